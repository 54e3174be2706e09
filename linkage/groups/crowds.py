"""Whether a mark of a community is more than what was chosen from a crowd.

Hundreds who ask about gardening are linked alike. Division finds among them the ten that also came in one
week and pay by cards of one bank: their links are the strongest. That these ten have the week and the bank
in common says nothing then; of so many, some ten always have. So a mark has to stand among all accounts that
are tied to the community as its members are, by evidence in which no mark is looked for. A community that is
most of these itself was not chosen from a crowd, and is not held to more: so it is with an operator's. One
that is nearly all of them was chosen by nothing in which marks are looked for, even if each link needs it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.enrichment import OPENING, ComparedTraits, Enrichment
from linkage.groups.partition import members_by_community
from linkage.groups.trait_tests import tail


@dataclass(frozen=True)
class Ties:
    """Pairs of accounts (`left`, `right`) and the bits of evidence that tie them, of the families in which
    no trait of communities is tested."""

    left: Ints
    right: Ints
    bits: Floats

    def around(self, labels: Ints, share: float) -> dict[int, Ints]:
        """For each community that is tied the accounts around it: its own and all others that are tied to it
        by at least this `share` of what ties its median account."""
        width = int(labels.max(initial=-1)) + 1
        account, home = (
            np.concatenate([self.left, self.right]),
            labels[np.concatenate([self.right, self.left])],
        )
        kept = home >= 0
        key, place = np.unique(account[kept] * width + home[kept], return_inverse=True)
        bits = np.bincount(place, np.tile(self.bits, 2)[kept], minlength=len(key))
        order = np.argsort(key % width, kind="stable") if width else np.empty(0, dtype=np.int64)
        bounds = np.searchsorted((key % width)[order] if width else order, np.arange(width + 1))
        result = {}
        for number, members in members_by_community(labels).items():
            if not len(members):
                continue
            rows = order[bounds[number] : bounds[number + 1]]
            who, tied = key[rows] // width, bits[rows]
            own = np.isin(who, members)
            usual = float(np.median(np.concatenate([tied[own], np.zeros(len(members) - int(own.sum()))])))
            if usual > 0:
                result[number] = np.union1d(members, who[tied >= share * usual])
        return result


def cut_from(around: Mapping[int, Ints], members: Mapping[int, Ints]) -> dict[int, Ints]:
    """The crowds among the accounts around communities: where most of them are not the community's own."""
    return {number: crowd for number, crowd in around.items() if len(crowd) > 2 * len(members[number])}


def nearly_all(around: Mapping[int, Ints], members: Mapping[int, Ints], share: float) -> frozenset[int]:
    """The communities that are themselves at least this share of the accounts around them."""
    return frozenset(number for number, crowd in around.items() if len(members[number]) >= share * len(crowd))


def ties(links: tuple[Ints, Ints], bits: Floats, families: Sequence[str], tested: Iterable[str]) -> Ties:
    """The ties between pairs, of the families (columns of `bits`) in which no trait is `tested`."""
    without = [place for place, family in enumerate(families) if family not in set(tested)]
    return Ties(*links, np.maximum(bits[:, without].sum(axis=1), 0.0))


@dataclass(frozen=True)
class Crowds:
    """The crowd `of` each community that is cut from one, and in what accounts are compared."""

    of: Mapping[int, Ints]
    traits: ComparedTraits

    def p_value(self, found: Enrichment) -> float:
        """The p-value of a mark in the crowd, or in the community if that is higher or there is no crowd."""
        crowd = self.of.get(found.group)
        if crowd is None:
            return found.p_value
        known = _both(crowd, self.traits.known(found.trait))
        holding = np.intersect1d(known, self.traits.holders(found))
        chance = float(tail(*(np.array([float(x)]) for x in (len(holding), len(known), found.outside)))[0])
        return max(found.p_value, min(chance * self._choices(found, known), 1.0))

    def _choices(self, found: Enrichment, accounts: Ints) -> int:
        """How many values, or windows that begin with one of the accounts, there were to find one among: as
        many as the accounts hold, or as many values so rare as there is room for in the population."""
        if found.trait == OPENING:
            return len(accounts) * len(self.traits.chosen.window_days)
        _holders, values = self.traits.traits[found.trait].of(accounts)
        return max(len(np.unique(values)), round(1 / found.outside))


def _both(few: Ints, many: Ints) -> Ints:
    """Those of a few numbers that are among many, all in order and once."""
    place = np.searchsorted(many, few)
    inside = place < len(many)
    inside[inside] = many[place[inside]] == few[inside]
    return few[inside]
