"""Who is it? One operator against the innocent stories that explain the same community.

Each story says how often communities of its kind look so: rich or poor in exact copies, at one task or at
many, paid for alike or not. A community is described by a few such features; what a feature says for one
operator against a story is log2 of how much oftener operators' communities are in that state (a naive
Bayes table, as in the verbal scales of forensic evaluation, ENFSI 2015). No feature is required: one that
the source cannot give is silent. The table (`settings.groups.stories.likelihoods`) is judgement over wide
ranges, not a fit to one population.

What tells most is coverage against redundancy. An operator's items are dealt: many templates, each account
has some of all, hardly any item twice. A class asks the same items; users of a tool have its one template;
tenants of a platform show whose they are, and come by its servers.

Hijacked accounts are told by their past alone: what somebody does on them is an operator's work. So that
story is weighed only where the source shows a past, or that there was none."""

from collections.abc import Mapping
from math import log2

from linkage.arrays import DECIMALS
from linkage.groups.features import Features
from linkage.hypothesis_names import (
    CUSTOMER,
    EVENT,
    HIJACKED,
    INNOCENT,
    ONE_OPERATOR,
    PLATFORM,
    RESELLER,
    TOOL,
    UNRELATED,
)
from linkage.settings.stories import Stories

PAST = "past"
"""The feature without which nobody can say whether accounts were hijacked."""


def feature_bits(features: Features, chosen: Stories) -> dict[str, dict[str, float]]:
    """What each known feature says for one operator against each innocent story, in bits.

    A state that the table does not have says nothing.
    """
    result, states = {}, features.states(chosen)
    for name, state in states.items():
        row = chosen.likelihoods.get(name, {}).get(state)
        if row is not None:
            result[name] = {
                story: round(log2(row[ONE_OPERATOR] / row[story]), DECIMALS) for story in _weighed(states)
            }
    return result


def _weighed(states: Mapping[str, str]) -> list[str]:
    """The innocent stories that can be weighed by the features of which the state is known."""
    return [story for story in INNOCENT if story != HIJACKED or PAST in states]


def story_bits(features: Features, chosen: Stories) -> dict[str, float]:
    """Bits for one operator against each innocent story; what is not known says nothing."""
    found, weighed = feature_bits(features, chosen).values(), _weighed(features.states(chosen))
    return {story: round(sum(each[story] for each in found), DECIMALS) for story in weighed}


def best_innocent(bits: Mapping[str, float]) -> tuple[str, float]:
    """The innocent story that stands up best, and the bits for one operator against it."""
    story = min(bits, key=lambda name: (bits[name], INNOCENT.index(name)))
    return story, bits[story]


IN_WORDS = {
    EVENT: "participants of one event, such as a course, hackathon or launch",
    TOOL: "a popular tool, tutorial or public text",
    CUSTOMER: "one customer's own accounts",
    PLATFORM: "tenants of one platform, each with a customer of its own",
    RESELLER: "customers of one reseller: one way in, no common work",
    HIJACKED: "hijacked accounts: each has an older life of another kind",
    UNRELATED: "unrelated accounts with habits in common",
}
"""Each innocent story as the reason why a community is not reported."""

SETTLES = {
    EVENT: "ask the university or the organiser whether these are its participants",
    TOOL: "look for the common text in public, and ask two of the accounts where they have it from",
    CUSTOMER: "ask for the organisation behind the accounts, and whether it knows of all of them",
    PLATFORM: "ask the platform whether each account is a customer of its own",
    RESELLER: "ask the reseller whether one customer ordered these accounts",
    HIJACKED: "ask the owners of two of the accounts whether they sent these requests, and change their keys",
    UNRELATED: "look again after more days of the log: chance does not last",
}
"""Who can say whether an innocent story is true."""


SILENT = {
    "copies": "whether they send the same texts",
    "work": "whether most of what they ask is one piece of work",
    "division": "whether tasks are dealt out among them",
    "identities": "whether cards and names go from account to account",
    "payment": "how they pay",
    "openness": "whether they show whose they are",
    "opening": "whether they were opened together",
    "way in": "whether they come through one network",
    "client": "whether they use one program",
    "addresses": "whether a program made their e-mail addresses",
    "answers": "whether answers are passed on between them",
    "volumes": "whether they ask equally much",
    "past": "whether they were somebody else's before",
}
"""What is not known of accounts where a feature is not."""


def settling_facts(story: str, features: Features, chosen: Stories, bin_number: str = "") -> str:
    """What would decide between one operator and an innocent story, in a sentence.

    Whom to ask; whose cards these are, where they are of one BIN (`bin_number`); and the features of which
    the source says nothing, those that could tell most first.
    """
    asked = [SETTLES[story]]
    if bin_number:
        asked.append(f"ask the card processor whether one party bought the cards of BIN {bin_number}")
    silent = chosen.likelihoods.keys() - features.states(chosen).keys()
    telling = sorted(silent, key=lambda name: (-_most_bits(name, story, chosen), name))
    if telling:
        unknown = ", ".join(SILENT[name] for name in telling[: chosen.listed_features])
        asked.append(f"find out what these logs do not say: {unknown}")
    return "; ".join(asked)


def _most_bits(feature: str, story: str, chosen: Stories) -> float:
    """How much a feature can say about this story, either way."""
    return max(abs(log2(row[ONE_OPERATOR] / row[story])) for row in chosen.likelihoods[feature].values())
