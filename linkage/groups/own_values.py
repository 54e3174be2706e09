"""Texts that are a community's own: common in it, and rare among other accounts that send as much."""

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.trait_index import TraitIndex
from linkage.settings.communities import Workload

SIGNATURE, EXCLUSIVE = 1, 2
"""What an own value can be besides, as flags: the community's signature, which half of it holds and at most
as many others; and exclusive, with `own_ratio` times as many holders in it as elsewhere."""


def own_values(index: TraitIndex, members: Ints, trait: str, beside: Ints, chosen: Workload) -> Ints:
    """Numbers of the values of a content trait that are the community's own: held by enough of it, and so
    many only if they are far rarer among accounts as busy.

    And far rarer among the accounts `beside` it, which share what it shares and not its work: what a reseller
    sends along with every request is on every account of the pool.
    """
    rows, (busy, whole) = index.holders[trait], index.busy
    values, counts = np.unique(rows.value[rows.rows_of(members)], return_counts=True)
    common = (counts >= chosen.min_own_accounts) & (counts >= chosen.min_own_share * len(members))
    values, counts = values[common], counts[common]
    mine, share = busy[members], counts / len(members)
    outside = expected_share(rows.totals[values] - counts, whole - int(mine.sum()), mine)
    near = rows.among(beside, values)
    ratio = chosen.own_ratio
    rare = (share >= ratio * outside) & (share >= ratio * near / max(len(beside), 1))
    own: Ints = values[rare]
    return own


def own_value_kinds(index: TraitIndex, members: Ints, trait: str, own: Ints, ratio: float) -> Ints:
    """Of each of a community's `own` values whether it is SIGNATURE, EXCLUSIVE, both or neither, as a public
    set of questions is that others hold as well."""
    rows = index.holders[trait]
    inside = rows.among(members, own)
    outside = rows.totals[own] - inside
    signature = (2 * inside >= len(members)) & (inside >= outside)
    return SIGNATURE * signature + EXCLUSIVE * (inside >= ratio * outside)


def expected_share(holders: Ints, prompts: int, busy: Ints) -> Floats:
    """Share of a group's accounts that would hold each value if they were like others.

    `holders` of each value are among accounts that sent so many `prompts` in all; `busy`: prompts of each
    account of the group. Each prompt holds the value with the same small chance, so one of n does with
    1 − exp(−rate · n); who holds it counts once, however often he sent it.
    """
    each, many = np.unique(np.maximum(busy, 1), return_counts=True)
    rate = holders / max(prompts, 1)
    result: Floats = -np.expm1(-np.outer(rate, each)) @ many / len(busy)
    return result
