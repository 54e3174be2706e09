"""How often values are met, in bounded memory."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

MOST_COUNTED = 20_000
"""Different values counted at once. Beyond that the lesser half is forgotten. What links rest on is counted
again once it is chosen, so that only the choice can miss a value; other counts are told as lower bounds."""


@dataclass
class Counted:
    """How often each of many things is met, in bounded memory."""

    counts: dict[Any, int] = field(default_factory=dict)
    forgot: bool = False

    def add(self, key: Any, amount: int) -> None:
        """Count one thing."""
        self.counts[key] = self.counts.get(key, 0) + amount
        self._forget()

    def add_each(self, keys: Iterable[Any]) -> None:
        """Count each of a set once. What is forgotten is so after the last: the order of a set is another in
        every process, and must show nowhere."""
        counts = self.counts
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
        self._forget()

    def _forget(self) -> None:
        if len(self.counts) > MOST_COUNTED:
            self.forgot = True
            middle = sorted(self.counts.values())[len(self.counts) // 2]
            self.counts = {key: count for key, count in self.counts.items() if count > middle}
