"""Of how many of each account's interactions the prompt is known.

Prompts are withheld row by row: a log may hand out those of some accounts, of some days or of some products
only. What follows from prompts follows from the rows of which they are known.
"""

from dataclasses import dataclass

import numpy as np

from linkage.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class KnownPrompts:
    """By account number: its interactions (`rows`), and those of which a text, a hash or a vector of the
    prompt is known (`known`)."""

    rows: Ints
    known: Ints

    @classmethod
    def everywhere(cls, accounts: int) -> "KnownPrompts":
        """Those of so many accounts of which nothing is withheld."""
        nothing = np.zeros(accounts, dtype=np.int64)
        return cls(nothing, nothing)

    @property
    def shares(self) -> Floats:
        """The share of each account's interactions, 0 to 1. Of who asked nothing, it is the log's: had he
        asked, as much would be known."""
        return np.where(self.rows > 0, self.known / np.maximum(self.rows, 1), self._whole)

    @property
    def _whole(self) -> float:
        """The share of all interactions; 1 where there are none."""
        rows = int(self.rows.sum())
        return int(self.known.sum()) / rows if rows else 1.0

    @property
    def accounts(self) -> int:
        """Accounts of which any prompt is known, or would be, had they asked anything."""
        return int((self.shares > 0).sum())

    def withheld(self, share: float, prompts: int) -> Bools:
        """Accounts of which less than this share and fewer than so many are known."""
        return np.asarray((self.shares < share) & (self.known < prompts))

    def share(self, members: Ints) -> float:
        """The share of the interactions of these accounts together; the log's where there are none."""
        rows = int(self.rows[members].sum())
        return int(self.known[members].sum()) / rows if rows else self._whole
