"""What tells one operator's community from an innocent one: a few figures, and the state each amounts to."""

from dataclasses import dataclass

HARDLY, FEW = 0.02, 0.10
"""Exact copies among the community's own prompts: hardly any, few, else many."""

MOST, SOME = 2 / 3, 1 / 4
"""Share of its accounts' prompts that is the community's own: most of it, some of it, else little."""

TASKS, EACH, EVEN = 5.0, 3.0, 1.5
"""Work is dealt where there are as many tasks (as told by the entropy of their use), an account has done so many of
them, and the spread of tasks over accounts is at most so many times what dealing at random gives."""

ONE = 0.8
"""Share of the accounts that come by one small network, pay under one name or with one card, lie in one declared
unit: so many are one."""

OWN = 0.5
"""Share of the accounts that have an e-mail domain of their own, each another: tenants show whose they are."""

HALF = 0.5
"""Share of the accounts that must bear what one hand provided."""


@dataclass(frozen=True)
class Features:
    """What is known of a community; None: the source does not say.

    `copies`, `work`: shares; `tasks`, `each`, `dispersion`: how its work is divided (`workload.division`);
    `chained`: cards, names or numbers chain half of it, in more than a household; `in_lots`: share of accounts
    whose card another one has as well; `payment`, `opening`, `client`, `addresses`: whether it differs beyond chance
    in kind of card, in when accounts were opened, in client, in machine-made addresses; `one_name`, `own_domains`,
    `unit`, `one_place`: shares; `answers`: whether answers were passed on inside it.
    """

    copies: float | None
    work: float | None
    tasks: float | None
    each: float | None
    dispersion: float | None
    chained: bool | None
    in_lots: float | None
    payment: bool | None
    one_name: float
    own_domains: float
    unit: float
    opening: bool | None
    one_place: float | None
    client: bool | None
    addresses: bool | None
    answers: bool | None

    def states(self) -> dict[str, str]:
        """The state of every feature that is known."""
        found = {
            "copies": self._copies(),
            "work": self._work(),
            "division": self._division(),
            "identities": self._identities(),
            "payment": _either(self.payment, "alike", "not alike"),
            "openness": "open" if self._open() else "not open",
            "opening": _either(self.opening, "together", "apart"),
            "way in": _either(_reaches(self.one_place, ONE), "one", "several"),
            "client": _either(self.client, "alike", "not alike"),
            "addresses": _either(self.addresses, "made in number", "not"),
            "answers": _either(self.answers, "passed on", "not"),
        }
        return {name: state for name, state in found.items() if state is not None}

    def _copies(self) -> str | None:
        if self.copies is None:
            return None
        return "hardly any" if self.copies < HARDLY else "few" if self.copies < FEW else "many"

    def _work(self) -> str | None:
        if self.work is None:
            return None
        return "most of it" if self.work >= MOST else "some of it" if self.work >= SOME else "little"

    def _division(self) -> str | None:
        if self.tasks is None or self.each is None:
            return None
        if self.tasks < TASKS or self.each < EACH:
            return "in part" if self.tasks >= EACH and self._evenly() else "not"
        return "dealt" if self._evenly() else "not"

    def _evenly(self) -> bool:
        return self.dispersion is not None and self.dispersion <= EVEN

    def _identities(self) -> str | None:
        if self.chained is None:
            return None
        lots = self.in_lots is not None and self.in_lots >= HALF and self.one_name < HALF
        return "chained" if self.chained else "in small lots" if lots else "own"

    def _open(self) -> bool:
        return self.one_name >= ONE or self.own_domains >= OWN or self.unit >= ONE


def _reaches(share: float | None, least: float) -> bool | None:
    return None if share is None else share >= least


def _either(known: bool | None, yes: str, no: str) -> str | None:
    return None if known is None else yes if known else no
