"""In what the members of a group differ, and which of them are least typical.

A difference stands beside the figure that it is compared with: how often strangers differ, or how common the
same is among all other accounts. What is known of too few members is not compared, and listed as such.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import DECIMALS, Floats, Ints
from linkage.explain.findings import AtypicalMember, HoursCompared, MemberDifference
from linkage.groups.trait_index import TraitHolders
from linkage.settings.explain import Outliers as OutlierSettings

DAY = 86_400_000_000

EXAMPLES = 5
"""Accounts named as examples; the rest are counted."""


def agreement(
    a: Ints, value: Ints, among: Ints, chosen: OutlierSettings, *, seed: int
) -> tuple[float | None, int]:
    """Share of pairs of these accounts that hold a common value, and how many hold any.

    `a` and `value` are the holders of one trait, row by row. Above `sampled_accounts` holders a sample is
    drawn by seed; None below `min_members_known`.
    """
    inside = np.isin(a, among)
    who, place = np.unique(a[inside], return_inverse=True)
    if len(who) < chosen.min_members_known:
        return None, len(who)
    known, most = len(who), chosen.sampled_accounts
    if known > most:
        sample = np.sort(np.random.default_rng([seed, known]).choice(known, most, replace=False))
        kept = np.isin(place, sample)
        place, held = np.searchsorted(sample, place[kept]), value[inside][kept]
    else:
        held = value[inside]
    _, column = np.unique(held, return_inverse=True)
    holds = np.zeros((min(known, most), int(column.max()) + 1), dtype=np.float32)
    holds[place, column] = 1.0
    common = np.triu(holds @ holds.T > 0, 1).sum()
    pairs = len(holds) * (len(holds) - 1) / 2
    return round(float(common / pairs), DECIMALS), known


def like_strangers(inside: float | None, outside: float | None, chosen: OutlierSettings) -> bool:
    """Whether members agree hardly more often than strangers; False where either is not known."""
    if inside is None or outside is None:
        return False
    return inside < chosen.min_agreement_ratio * outside


# --- members that differ from the others ---------------------------------------------------------


@dataclass(frozen=True)
class Outliers:
    """Members who differ from the others in a way that does not fit one operator.

    `accounts` are their numbers, `known` how many members it is known of, `outside` the share of the other
    accounts of whom it is true (None: not asked).
    """

    difference: str
    accounts: tuple[int, ...]
    known: int
    outside: float | None = None

    @property
    def share(self) -> float:
        """Share of the members of whom it is known."""
        return len(self.accounts) / max(self.known, 1)

    def named(self, names: Sequence[str]) -> MemberDifference:
        """The same with a few accounts by name; `names` are all accounts'."""
        examples = tuple(names[i] for i in self.accounts[:EXAMPLES])
        return MemberDifference(self.difference, len(self.accounts), self.known, self.outside, examples)


def long_before(members: Ints, first: Floats, what: str, chosen: OutlierSettings) -> Outliers:
    """Members whose first use lies long before the median member's; `first` in µs (NaN: not known)."""
    own = first[members]
    known = ~np.isnan(own)
    if known.sum() < chosen.min_members_known:
        return Outliers(what, (), int(known.sum()))
    early = known & (own < np.median(own[known]) - chosen.long_history_days * DAY)
    return Outliers(what, _accounts(members[early]), int(known.sum()))


def holders_among(members: Ints, holders: Ints, known: Ints, what: str, *, accounts: int) -> Outliers:
    """Members that are among `holders`, of those `known`; with the share of the other accounts."""
    # By marks on all accounts: sorting the holders anew for each group takes longer than all else.
    holds, is_known = np.zeros((2, accounts), dtype=bool)
    holds[holders], is_known[known] = True, True
    own, mine = np.sort(members[holds[members]]), int(is_known[members].sum())
    outside = (int(holds.sum()) - len(own)) / max(int(is_known.sum()) - mine, 1)
    share = round(outside, DECIMALS) if accounts > len(members) else None
    return Outliers(what, _accounts(own), mine, share)


def not_the_commonest(
    members: Ints, held: TraitHolders, what: str, chosen: OutlierSettings
) -> Outliers | None:
    """Members without the value that most of the group hold; None where none is held by half."""
    inside = np.isin(held.a, members)
    known = np.unique(held.a[inside])
    if len(known) < chosen.min_members_known:
        return None
    values, counts = np.unique(held.value[inside], return_counts=True)
    most = int(np.argmax(counts))
    if 2 * counts[most] < len(known):
        return None
    holding = held.a[inside & (held.value == values[most])]
    others = _accounts(np.setdiff1d(known, holding))
    return Outliers(f"{what} than {held.names[values[most]]}", others, len(known))


def other_hours(ends: Ints, pair: Ints, bits: Floats, members: Ints) -> tuple[Outliers, HoursCompared]:
    """Members whose hours speak against more of their links than for, and how many links hours speak for
    and against; `pair` and `bits` are the rows that compare hours, `ends` places of accounts by pair."""
    n = len(members)
    balance, known = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    for side in ends:
        np.add.at(balance, side[pair], np.where(bits > 0, 1, -1))
        known[side[pair]] = True
    what = "work at other hours than the accounts they are linked to"
    found = Outliers(what, _accounts(members[balance < 0]), int(known.sum()))
    return found, HoursCompared(int((bits > 0).sum()), int((bits < 0).sum()))


def least_typical(
    found: Sequence[Outliers], names: Sequence[str], chosen: OutlierSettings
) -> tuple[AtypicalMember, ...]:
    """The members of whom most of these differences are true (at least two); at most EXAMPLES.

    What is true of most members is left out. `names` are all accounts'.
    """
    true_of: dict[int, list[str]] = {}
    for each in found:
        if each.share <= chosen.max_outlier_share:
            for account in each.accounts:
                true_of.setdefault(account, []).append(each.difference)
    several = sorted((-len(what), names[account], what) for account, what in true_of.items() if len(what) > 1)
    return tuple(AtypicalMember(name, tuple(what)) for _, name, what in several[:EXAMPLES])


def _accounts(numbers: Ints) -> tuple[int, ...]:
    return tuple(int(each) for each in np.sort(numbers))
