"""What tells one operator's community from an innocent one: a few figures, and the state each amounts to."""

from dataclasses import dataclass, replace

import numpy as np

from linkage.arrays import Ints
from linkage.settings.stories import Stories


@dataclass(frozen=True)
class Features:
    """What is known of a community; None: the source does not say.

    `copies`: share of its own prompts that are exact copies; `work`: share of its accounts' prompts that
    are its own; `tasks`, `tasks_each`, `dispersion`: how its work is divided (`workload.Division`);
    `chained`: cards, names or numbers chain half of it, in more than a household; `in_lots`: share of
    accounts whose card another one has as well; `payment`, `opening`, `client`, `addresses`: whether it
    differs beyond chance in kind of card, in when accounts were opened, in client, in machine-made
    addresses; `issuers`: of how many issuers the cards are that are dealt to its accounts; `openness`:
    whether it shows whose it is, a state already; `one_place`: share that uses its commonest small
    network; `answers`: whether answers were passed on inside it; `volumes`: how much its accounts differ
    in how much they do (`volume_spread`), relative to how much all accounts differ; `past`: share of its
    accounts with an older life of another kind (`older_lives`)."""

    copies: float | None = None
    work: float | None = None
    tasks: float | None = None
    tasks_each: float | None = None
    dispersion: float | None = None
    chained: bool | None = None
    in_lots: float | None = None
    payment: bool | None = None
    issuers: int | None = None
    openness: str | None = None
    opening: bool | None = None
    one_place: float | None = None
    client: bool | None = None
    addresses: bool | None = None
    answers: bool | None = None
    volumes: float | None = None
    past: float | None = None

    def states(self, chosen: Stories) -> dict[str, str]:
        """The state of every feature that is known."""
        one_place = None if self.one_place is None else self.one_place >= chosen.same_customer_share
        found = {
            "copies": _copies(self.copies, chosen),
            "work": _work(self.work, chosen),
            "division": _division(self, chosen),
            "identities": _identities(self, chosen),
            "payment": _payment(self),
            "openness": self.openness,
            "opening": _either(self.opening, "together", "apart"),
            "way in": _either(one_place, "one", "several"),
            "client": _either(self.client, "alike", "different"),
            "addresses": _either(self.addresses, "made in number", "made by people"),
            "answers": _either(self.answers, "passed on", "kept"),
            "volumes": _volumes(self.volumes, chosen),
            "past": None if self.past is None else _past(self.past, chosen),
        }
        return {name: state for name, state in found.items() if state is not None}

    def without(self, family: str) -> "Features":
        """The same where nothing of a family is known; that a community is open is not forgotten."""
        return replace(self, **dict.fromkeys(FIELDS_OF_FAMILY.get(family, ()), None))


FIELDS_OF_FAMILY = {
    "content": ("copies", "work", "tasks", "tasks_each", "dispersion"),
    "payment": ("chained", "in_lots", "payment", "issuers"),
    "registration": ("opening", "addresses"),
    "network": ("one_place",),
    "device": ("client",),
    "lineage": ("answers",),
    "timing": ("volumes", "past"),
}
"""Which figures rest on evidence of a family."""


def volume_spread(interactions: Ints) -> float:
    """How much active accounts differ in how much they do: standard deviation of the logarithm of their
    interactions, without what counting adds (Poisson, 1 over the mean)."""
    active = interactions[interactions > 0]
    if not len(active):
        return 0.0
    variance = float(np.log(active).var()) - 1 / float(active.mean())
    return float(np.sqrt(max(variance, 0.0)))


def _volumes(spread: float | None, chosen: Stories) -> str | None:
    if spread is None:
        return None
    return (
        "even"
        if spread <= chosen.even_volumes
        else "uneven"
        if spread <= chosen.uneven_volumes
        else "as anybody"
    )


def _copies(share: float | None, chosen: Stories) -> str | None:
    if share is None:
        return None
    return (
        "hardly any" if share < chosen.hardly_any_copies else "few" if share < chosen.few_copies else "many"
    )


def _work(share: float | None, chosen: Stories) -> str | None:
    if share is None:
        return None
    return (
        "most of it" if share >= chosen.most_work else "some of it" if share >= chosen.some_work else "little"
    )


def _division(known: Features, chosen: Stories) -> str | None:
    """Dealt: many tasks, many of them done by each account, as evenly as by chance."""
    if known.tasks is None or known.tasks_each is None:
        return None
    evenly = known.dispersion is not None and known.dispersion <= chosen.max_dispersion
    if not evenly or known.tasks < chosen.dealt_tasks_each:
        return "none"
    many = known.tasks >= chosen.dealt_tasks and known.tasks_each >= chosen.dealt_tasks_each
    return "dealt" if many else "in part"


def _identities(known: Features, chosen: Stories) -> str | None:
    if known.chained is None:
        return None
    lots = known.in_lots is not None and known.in_lots >= chosen.known_share
    return "chained" if known.chained else "in small lots" if lots else "own"


def _past(share: float, chosen: Stories) -> str:
    return "of another kind" if share >= chosen.known_share else "none"


def _payment(known: Features) -> str | None:
    if known.payment and known.issuers is not None and known.issuers > 1:
        return "of several issuers"
    return _either(known.payment, "alike", "different")


def _either(known: bool | None, yes: str, no: str) -> str | None:
    return None if known is None else yes if known else no
