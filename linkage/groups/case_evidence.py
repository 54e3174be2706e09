"""What the whole case says of its links: sharing that is explained, and company that is missing.

Two accounts of a household share a card, an address and a client, and by themselves look like one operator's;
two strangers who like one book share rare sentences. Only the case as a whole tells them from an operator's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linkage.arrays import Floats, Ints

BOTH = 0.25
"""Chance that a further account of an operator is linked with both of two others of his: one link in two,
twice. In the sparsest communities that grouping keeps about half of the pairs are links."""

MOST = 12.0
"""Company and size may not say more than what any undeclared reason may (`scoring.caps`, family other)."""


@dataclass(frozen=True)
class Explained:
    """Why links are explained: for each pair the number of its reason (−1: none), and for each reason its
    words and the families that it explains."""

    reason: Ints
    words: tuple[str, ...]
    families: tuple[frozenset[str], ...]


def taken_back(explained: Explained, bits: Floats, names: Sequence[str]) -> Floats:
    """Bits against each pair: what the explained families had said for it (`bits`: pairs × families)."""
    covered = np.array([[name in some for name in names] for some in explained.families], dtype=bool)
    covered = np.vstack([covered.reshape(-1, len(names)), np.zeros(len(names), dtype=bool)])
    return np.asarray(-np.where(covered[explained.reason], np.maximum(bits, 0.0), 0.0).sum(axis=1))


def common(left: Ints, right: Ints, asked: tuple[Ints, Ints], accounts: int) -> Ints:
    """For each of the `asked` pairs, how many accounts are linked (`left`, `right`) with both of its ends."""
    from scipy.sparse import csr_array

    ends = np.concatenate([left, right]), np.concatenate([right, left])
    linked = csr_array((np.ones(len(ends[0]), dtype=np.int32), ends), shape=(accounts, accounts))
    rows = linked[asked[0]].multiply(linked[asked[1]])
    return np.asarray(rows.sum(axis=1), dtype=np.int64)


def no_company(found: Ints, operator_accounts: int) -> Floats:
    """Bits against a link whose ends have `found` links in common: how seldom an operator of so many accounts
    would leave so few (lower tail of the binomial distribution), strangers always."""
    from scipy.special import bdtr  # the distributions of scipy.stats take seconds to load

    # More than there are others is no surprise.
    tail = bdtr(np.minimum(found, operator_accounts - 2), operator_accounts - 2, BOTH)
    return np.asarray(np.log2(np.maximum(tail, 2.0**-MOST)))


def parted(stays: Floats) -> float:
    """Chance that two accounts of one group are put into different communities by bad luck, from the
    membership of accounts in reported groups (one of them added that left in half of its runs)."""
    kept = (float(stays.sum()) + 0.5) / (len(stays) + 1)
    return 1 - kept * kept


def of_size(accounts: Floats, operator_accounts: int) -> Floats:
    """Bits for a link in a reported group of so many accounts: how much commoner pairs of an operator of that
    size are than those of the smallest looked for, after whom the prior is (none where he is smaller)."""
    return np.asarray(np.minimum(np.log2(np.maximum(accounts / operator_accounts, 1.0)), MOST))
