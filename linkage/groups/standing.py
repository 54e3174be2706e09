"""Verdicts on whole groups as constraints on the next partition: what was confirmed stays together, and what
was dismissed does not slip into what was confirmed."""

from collections.abc import Mapping, Sequence

import numpy as np

from linkage.arrays import Ints

Pair = tuple[int, int]

NONE: Mapping[Pair, str] = {}
"""No verdicts on pairs."""


def keep(
    labels: Ints, confirmed: Sequence[Ints], dismissed: Sequence[Ints], forced: Mapping[Pair, str] = NONE
) -> Ints:
    """The partition with the accounts of each confirmed group in one community, that of most of them.

    Accounts of a dismissed group leave a community that holds a confirmed one's: the two were told apart.
    So does whoever is `not linked` to a confirmed account, with those linked to him. Groups are taken in
    their order; verdicts on pairs (`forced`) are obeyed in full afterwards, and come first.
    """
    result, fresh = labels.copy(), int(labels.max(initial=-1)) + 1
    for accounts in confirmed:
        homes = result[accounts]
        known, counts = np.unique(homes[homes >= 0], return_counts=True)
        result[accounts] = known[np.argmax(counts)] if len(known) else fresh
        fresh += not len(known)
    sure = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *confirmed]))
    leaving = [np.setdiff1d(accounts, sure) for accounts in dismissed]
    leaving += [_company(account, forced) for account in _told_apart(sure, forced)]
    for accounts in leaving:
        if not np.isin(accounts, sure).any():
            inside = accounts[(result[accounts] >= 0) & np.isin(result[accounts], result[sure])]
            result[inside] = fresh
            fresh += bool(len(inside))
    return result


def _told_apart(sure: Ints, forced: Mapping[Pair, str]) -> list[int]:
    """Accounts that a person told apart from a confirmed one, and that are none themselves."""
    known = set(sure.tolist())
    pairs = [pair for pair, verdict in sorted(forced.items()) if verdict == "not linked"]
    return sorted({other for pair in pairs if known & {*pair} for other in {*pair} - known})


def _company(account: int, forced: Mapping[Pair, str]) -> Ints:
    """An account and those that a person linked to it, one to another."""
    linked = [{*pair} for pair, verdict in forced.items() if verdict == "linked"]
    found = {account}
    while more := {each for pair in linked if pair & found for each in pair} - found:
        found |= more
    return np.array(sorted(found), dtype=np.int64)
