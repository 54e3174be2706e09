"""Who holds which values, as numbers: what questions about several accounts are answered from."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from linkage.arrays import Ints

Value = tuple[str, str]
"""Trait and value."""


@dataclass(frozen=True)
class HeldValues:
    """Each pair of an account and a value that it holds, once.

    `accounts` are the holders, sorted. The pair number i is `account[i]`, a place in `accounts`, and
    `value[i]`, a place in `values`. Of every value all its holders are there. `population`: accounts of the
    case.
    """

    accounts: Sequence[str]
    values: Sequence[Value]
    account: Ints
    value: Ints
    population: int

    @cached_property
    def degrees(self) -> Ints:
        """Accounts that hold each value, in the order of `values`."""
        return np.bincount(self.value, minlength=len(self.values)).astype(np.int64)

    def holders(self, value: int) -> Ints:
        """Places of the accounts that hold the value at a place, ascending."""
        return np.sort(self.account[self._by_value[self._starts[value] : self._starts[value + 1]]])

    def inside(self, accounts: Sequence[str]) -> Ints:
        """How many of these accounts hold each value."""
        mine = np.isin(self.account, [self.place[each] for each in accounts if each in self.place])
        return np.bincount(self.value[mine], minlength=len(self.values)).astype(np.int64)

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each account."""
        return {name: i for i, name in enumerate(self.accounts)}

    @cached_property
    def _by_value(self) -> Ints:
        return np.argsort(self.value, kind="stable")

    @cached_property
    def _starts(self) -> Ints:
        return np.concatenate([[0], np.cumsum(self.degrees)]).astype(np.int64)
