"""Blocks of accounts that are one decision and not many, such as a household on one card.

A team's card seen on five accounts says once, not five times, which bank it is of; five strangers who ask
alike and two of them colleagues are not seven witnesses. Tests on communities count blocks.
"""

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.partition import components


def main_values(accounts: Ints, values: Ints, uses: Ints, n: int, *, team_accounts: int) -> Ints:
    """The value (a card, a billing name) that each of `n` accounts shares with most others, else the one it
    uses most; −1: none.

    Rows: who, which, how often. One on more accounts than a team has (`team_accounts`) comes last.
    """
    holders = np.bincount(values, minlength=1)[values]
    holders = np.where(holders > team_accounts, 0, holders)
    order = np.lexsort((values, -uses, -holders, accounts))
    first = order[np.searchsorted(accounts[order], np.unique(accounts))]
    result = np.full(n, -1, dtype=np.int64)
    result[accounts[first]] = values[first]
    return result


def payers(card: Ints, name: Ints, *, team_accounts: int) -> Ints:
    """A number for each account, the same for those that pay with one card under one name (−1: not known).

    One card under several names is no household's. No team shares a card on more than `team_accounts`.
    """
    both = np.unique(np.stack([card, name]), axis=1, return_inverse=True)[1]
    alone = np.arange(len(card)) + int(both.max(initial=-1)) + 1
    shared = (card >= 0) & (np.bincount(both, minlength=1)[both] <= team_accounts)
    return np.where(shared, both, alone)


def linking_chain(accounts: Ints, values: Ints, n: int) -> Ints:
    """Rows whose values chain the largest part of `n` accounts together, none of them on most of that part.

    Rows: who, which (a card, a billing name). A household has one card, under one name. One operator who
    spreads a few cards and a few names over many accounts ties each to some by the card and to others by the
    name, until all hang together, though few pairs share anything.
    Accounts that share nothing are no part of any chain.
    """
    part = components(n + int(values.max(initial=-1)) + 1, accounts, n + values)
    sizes = np.bincount(part[:n], minlength=1)
    largest = int(np.argmax(sizes))
    rows: Ints = np.flatnonzero(part[accounts] == largest)
    most = int(np.bincount(values[rows], minlength=1).max())
    return rows if 2 * most <= sizes[largest] else rows[:0]


def blocks(payer: Ints, unit: Ints) -> Ints:
    """Declared units where there are any, else payers, as one numbering."""
    return np.where(unit >= 0, unit, payer + int(unit.max(initial=-1)) + 1)


def block_weights(labels: Ints, block: Ints) -> Floats:
    """For each account 1 / the accounts of its block in its community."""
    both = labels * (int(block.max(initial=0)) + 1) + block
    _, place, sizes = np.unique(both, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / sizes[place], dtype=np.float64)
