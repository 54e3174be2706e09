"""What the tests of groups share: who holds what, as arrays."""

from collections.abc import Iterable

import numpy as np

from linkage.groups.trait_index import TraitHolders


def held(rows: Iterable[tuple[int, str]]) -> TraitHolders:
    """The holders of a trait, from account number and value, each once and at one moment."""
    ordered = sorted(rows)
    names = sorted({value for _account, value in ordered})
    a = np.array([account for account, _value in ordered], dtype=np.int64)
    value = np.array([names.index(value) for _account, value in ordered], dtype=np.int64)
    never = np.zeros(len(a), dtype=np.int64)
    return TraitHolders(a, value, never + 1, names, first=never, last=never)
