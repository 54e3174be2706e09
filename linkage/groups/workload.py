"""What a community's accounts work at: prompts that are its own, account by account, and who takes part."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir
import numpy as np

from linkage.arrays import DECIMALS, Bools, Floats, Ints
from linkage.groups.own_values import EXCLUSIVE, SIGNATURE
from linkage.groups.partition import members_by_community
from linkage.prompts.known_prompts import KnownPrompts
from linkage.settings.communities import Workload

DAY = 86_400_000_000
"""µs."""


@dataclass(frozen=True)
class Division:
    """How a community's work is divided: how many tasks it has, as the exponential of the entropy of their
    use; how many different ones each account does on average; and how unevenly (None for a single task).

    Unevenness is Pearson's dispersion of the table of accounts and tasks, χ² over its degrees of freedom: 1
    where each prompt's task was drawn without regard to whose turn it was, as a queue deals them; people come
    back to what is theirs.
    """

    tasks: float = 0.0
    each: float = 0.0
    dispersion: float | None = None


@dataclass(frozen=True)
class CommunityWork:
    """Of a community's prompts: how many there are, lie in its own templates or hold its own sentences,
    and of those how many are letter for letter what another of its accounts sent; and how they are
    divided."""

    prompts: int
    own: int
    copied: int
    division: Division = field(default_factory=Division)

    @property
    def workload(self) -> float:
        """Share of the prompts that are the community's own."""
        return self.own / max(self.prompts, 1)

    @property
    def verbatim(self) -> float:
        """Share of its own prompts that are copies."""
        return self.copied / max(self.own, 1)


@dataclass(frozen=True)
class Workloads:
    """The work of each community by number; prompts of each account, and those that are its community's
    own, with the time from first to last (µs) of either; how much of its community's work it does, relative
    to what is usual there (1 where not known); and the rows of its own prompts (row, label, account). Empty
    where no prompts are known."""

    of: Mapping[int, CommunityWork]
    prompts: Ints
    own: Ints
    span: Ints
    own_span: Ints
    breadth: Floats
    rows: ir.Table | None
    sent: ir.Table | None = None

    @property
    def own_rows(self) -> ir.Table | None:
        """The rows of prompts that are their community's own: row, account."""
        if self.rows is None or self.sent is None:
            return None
        return self.sent.semi_join(self.rows, "i").select("row", "account")

    def without_part(self, chosen: Workload) -> Bools:
        """Accounts that hardly take part in their community's work, in little of it, or did so once among
        other things."""
        seldom = self.own < chosen.min_prompt_share * self.prompts
        narrow = (self.own >= chosen.min_breadth_prompts) & (self.breadth < chosen.min_relative_part)
        return (self.prompts > 0) & (seldom | narrow | self.once(chosen))

    def once(self, chosen: Workload) -> Bools:
        """Accounts that took part in their community's work on one occasion, and reach beyond it by as much
        time with other things."""
        day = chosen.occasion_days * DAY
        # Three prompts of four may be chance: that they are what the account is for has to be shown.
        error = np.sqrt(chosen.main_share * (1 - chosen.main_share) * self.prompts)
        main = self.own >= chosen.main_share * self.prompts + chosen.main_standard_errors * error
        beyond = self.span - self.own_span
        return np.asarray((self.own > 0) & (self.own_span < day) & (beyond >= day) & ~main)


def withheld_accounts(known: KnownPrompts, chosen: Workload) -> Bools:
    """Accounts of whose prompts too few are known to say what they ask."""
    return known.withheld(chosen.min_known_share, chosen.min_known_prompts)


def is_withheld(members: Ints, withheld: Bools, chosen: Workload) -> bool:
    """Whether so many of a community's accounts are `withheld` that its work is not known."""
    return bool(len(members) and (~withheld[members]).mean() < chosen.min_known_share)


def no_workloads(accounts: int) -> Workloads:
    """Those of so many accounts of whose prompts nothing is known."""
    nothing = np.zeros(accounts, dtype=np.int64)
    return Workloads({}, nothing, nothing, nothing, nothing, np.ones(accounts), None)


@dataclass(frozen=True)
class ValueUses:
    """In how many prompts an account uses an own value: community, account, value and count of each row."""

    label: Ints
    a: Ints
    value: Ints
    count: Ints


def relative_breadths(uses: ValueUses, own: Ints, usual: Bools, kinds: Ints) -> Floats:
    """How much of its community's work each account does, relative to what is usual there.

    Of all that is its own; and where it has a signature, also of that, or of all that is exclusive (`kinds`,
    by value): half of the accounts may do one job and the others another. `own`: own prompts of each account;
    `usual`: accounts whose median is what is usual.
    """
    result = np.ones(len(own))
    for rows in members_by_community(uses.label).values():
        who, at = np.unique(uses.a[rows], return_inverse=True)
        kind = kinds[uses.value[rows]]
        every, signature, exclusive = (
            _relative(
                at[some], uses.value[rows[some]], uses.count[rows[some]], (own[who], usual[who]), unknown
            )
            for some, unknown in (
                (kind >= 0, 1.0),
                (kind & SIGNATURE > 0, 1.0),
                (kind & EXCLUSIVE > 0, 0.0),
            )
        )
        result[who] = np.minimum(every, np.maximum(signature, exclusive))
    return result


def _relative(at: Ints, value: Ints, count: Ints, of: tuple[Ints, Bools], unknown: float) -> Floats:
    """The breadth of each account, relative to the median of the usual ones, or `unknown`."""
    prompts, usual = of
    found = breadth(at, value - value.min(), count, prompts) if len(value) else np.zeros(len(prompts))
    middle = float(np.median(found[usual])) if usual.any() else 0.0
    return found / middle if middle else np.full(len(prompts), unknown)


def breadth(who: Ints, value: Ints, uses: Ints, prompts: Ints) -> Floats:
    """How many different values each account of a group uses, for as many as it would in so many prompts.

    Rows (`who`, `value`, `uses`): account number, value number, and in how many of the account's prompts the
    value is; `prompts`: how many prompts each account has that hold any, at least one. The expectation draws
    each prompt as the group's accounts on average make theirs (each account counts alike): a value in a part
    p of the prompts is met with a chance of 1 − (1 − p)ⁿ in n of them, as in rarefaction (Hurlbert 1971).
    """
    part = np.bincount(value, uses / prompts[who]) / len(prompts)
    several, place = np.unique(prompts, return_inverse=True)
    expected = np.array([(1.0 - (1.0 - np.minimum(part, 1.0)) ** n).sum() for n in several.tolist()])
    result: Floats = np.bincount(who, minlength=len(prompts)) / expected[place]
    return result


def division(who: Ints, task: Ints, *, least: int) -> Division:
    """How work is divided, from the account and the task (a number) of each prompt; tasks of fewer than
    `least` accounts are left out."""
    width = int(who.max(initial=0)) + 1
    ordered = np.sort(task * width + who)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    uses = np.diff(np.append(first, len(ordered)))
    each, by = np.divmod(ordered[first], width)
    kept = np.isin(each, np.flatnonzero(np.bincount(each, minlength=1) >= least))
    if not kept.any():
        return Division()
    (tasks, t), (accounts, a) = (np.unique(side[kept], return_inverse=True) for side in (each, by))
    counts = uses[kept].astype(np.float64)
    total, part = counts.sum(), np.bincount(t, counts) / counts.sum()
    # Cells that nobody filled add what is expected of them; all expected together are the total.
    expected = np.bincount(a, counts)[a] * part[t]
    chi_squared = float(((counts - expected) ** 2 / expected).sum() + total - expected.sum())
    freedom = (len(tasks) - 1) * (len(accounts) - 1)
    entropy = -float((part * np.log(part)).sum())
    return Division(
        round(float(np.exp(entropy)), DECIMALS),
        len(counts) / len(accounts),
        round(chi_squared / freedom, DECIMALS) if freedom else None,
    )


def fuller(one: Division, other: Division) -> Division:
    """Of two ways to tell tasks apart, that by which more tasks are told apart of more accounts."""
    return max(one, other, key=lambda each: each.tasks * each.each)
