"""Who is it? One operator against the innocent stories that explain the same community.

Each story says how often communities of its kind look so: rich or poor in exact copies, at one task or at many,
paid for alike or not. A community is described by a few such features; what a feature says for one operator
against a story is log2 of how much oftener operators' communities are in that state (a naive Bayes table, as in
the verbal scales of forensic evaluation, ENFSI 2015). No feature is required: one that the source cannot give is
silent. The table is judgement over wide ranges, not a fit to one population: rows are rounded, and no state is
rarer than one in two hundred in any story, so that no single feature can decide.

What tells most is coverage against redundancy. An operator's items are dealt: many templates, each account has
some of all, hardly any item twice. A class asks the same items; users of a tool have its one template; tenants of
a platform show whose they are, and come by its servers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2

from linkage.groups.features import Features

OPERATOR = "one operator"
EVENT, TOOL, CUSTOMER = "event participants", "users of one tool or text", "one customer"
PLATFORM, RESELLER, UNRELATED = "a platform's tenants", "a reseller's customers", "unrelated accounts"
INNOCENT = (EVENT, TOOL, CUSTOMER, PLATFORM, RESELLER, UNRELATED)

REPORTED, UNRESOLVED, EXPLAINED = "reported", "unresolved", "explained"


@dataclass(frozen=True)
class Likelihood:
    """How often communities of each story are in each state of a feature: `operator`, then as INNOCENT.
    `settles`: what would decide, where the feature is not known or does not tell."""

    states: tuple[str, ...]
    operator: tuple[float, ...]
    innocent: tuple[tuple[float, ...], ...]
    settles: str = ""


TABLE: Mapping[str, Likelihood] = {
    "copies": Likelihood(
        ("hardly any", "few", "many"),
        (0.80, 0.15, 0.05),
        (
            (0.01, 0.19, 0.80),
            (0.30, 0.20, 0.50),
            (0.50, 0.30, 0.20),
            (0.50, 0.40, 0.10),
            (0.50, 0.40, 0.10),
            (0.40, 0.20, 0.40),
        ),
    ),
    "work": Likelihood(
        ("most of it", "some of it", "little"),
        (0.65, 0.33, 0.02),
        (
            (0.40, 0.40, 0.20),
            (0.35, 0.25, 0.40),
            (0.30, 0.40, 0.30),
            (0.60, 0.30, 0.10),
            (0.40, 0.30, 0.30),
            (0.02, 0.18, 0.80),
        ),
    ),
    "division": Likelihood(
        ("dealt", "in part", "not"),
        (0.70, 0.20, 0.10),
        (
            (0.03, 0.37, 0.60),
            (0.02, 0.18, 0.80),
            (0.05, 0.25, 0.70),
            (0.15, 0.45, 0.40),
            (0.05, 0.35, 0.60),
            (0.01, 0.19, 0.80),
        ),
    ),
    "identities": Likelihood(
        ("chained", "in small lots", "own"),
        (0.35, 0.20, 0.45),
        (
            (0.005, 0.045, 0.95),
            (0.005, 0.045, 0.95),
            (0.10, 0.40, 0.50),
            (0.01, 0.09, 0.90),
            (0.01, 0.09, 0.90),
            (0.005, 0.095, 0.90),
        ),
        "who gave the cards, names and telephone numbers: ask the card processor whether one party ordered them",
    ),
    "payment": Likelihood(
        ("alike", "not alike"),
        (0.65, 0.35),
        ((0.25, 0.75), (0.02, 0.98), (0.60, 0.40), (0.50, 0.50), (0.05, 0.95), (0.02, 0.98)),
        "who bought the cards: ask their issuer whether one party ordered them, or a university or organiser did",
    ),
    "openness": Likelihood(
        ("open", "not open"),
        (0.02, 0.98),
        ((0.10, 0.90), (0.03, 0.97), (0.97, 0.03), (0.95, 0.05), (0.05, 0.95), (0.03, 0.97)),
        "whether they say whose they are: ask for the organisation behind the accounts",
    ),
    "opening": Likelihood(
        ("together", "apart"),
        (0.55, 0.45),
        ((0.80, 0.20), (0.25, 0.75), (0.30, 0.70), (0.15, 0.85), (0.05, 0.95), (0.03, 0.97)),
    ),
    "way in": Likelihood(
        ("one", "several"),
        (0.20, 0.80),
        ((0.40, 0.60), (0.03, 0.97), (0.60, 0.40), (0.90, 0.10), (0.90, 0.10), (0.05, 0.95)),
    ),
    "client": Likelihood(
        ("alike", "not alike"),
        (0.45, 0.55),
        ((0.10, 0.90), (0.50, 0.50), (0.30, 0.70), (0.80, 0.20), (0.50, 0.50), (0.02, 0.98)),
    ),
    "addresses": Likelihood(
        ("made in number", "not"),
        (0.25, 0.75),
        ((0.02, 0.98), (0.02, 0.98), (0.05, 0.95), (0.10, 0.90), (0.02, 0.98), (0.01, 0.99)),
    ),
    "answers": Likelihood(
        ("passed on", "not"),
        (0.15, 0.85),
        ((0.01, 0.99), (0.005, 0.995), (0.05, 0.95), (0.01, 0.99), (0.01, 0.99), (0.005, 0.995)),
    ),
}
"""Features and their states; columns of `innocent` in the order of INNOCENT."""


def log_odds(features: Features) -> dict[str, float]:
    """Bits for one operator against each innocent story; what is not known says nothing."""
    bits = dict.fromkeys(INNOCENT, 0.0)
    for name, each in said(features).items():
        for story, value in each.items():
            bits[story] += value
    return {story: round(value, 6) for story, value in bits.items()}


def said(features: Features) -> dict[str, dict[str, float]]:
    """What each known feature says for one operator against each story."""
    result = {}
    for name, state in features.states().items():
        row = TABLE[name]
        at = row.states.index(state)
        result[name] = {
            story: log2(row.operator[at] / other[at])
            for story, other in zip(INNOCENT, row.innocent, strict=True)
        }
    return result


def settles(features: Features, story: str) -> str:
    """What would decide against or for one operator, where this innocent story stands up best: of the questions
    somebody outside can answer, the one whose feature tells least here."""
    bits = said(features)
    asked = {name: abs(bits.get(name, {}).get(story, 0.0)) for name, each in TABLE.items() if each.settles}
    return TABLE[min(asked, key=lambda name: (asked[name], name))].settles


def best_innocent(bits: Mapping[str, float]) -> tuple[str, float]:
    """The innocent story that stands up best, and the bits for one operator against it."""
    story = min(bits, key=lambda name: (bits[name], name))
    return story, bits[story]


def outcome(bits: Mapping[str, float], margin: float) -> str:
    """One operator leads every innocent story by the margin, one of them leads him, or neither."""
    least = best_innocent(bits)[1]
    return REPORTED if least >= margin else EXPLAINED if least <= 0 else UNRESOLVED
