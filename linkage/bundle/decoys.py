"""Decoys: commitments to nothing, so that neither the list of commitments nor what a view says that it
withholds tells how many units there are of a kind.

Units that say how often something occurs (traits of accounts, their links, their texts, files) are counted by
group and class. Each such count is rounded up, and as many decoys are sealed as that takes. What a view says
that it withholds is the rounded count, so that all counts together never exceed what is sealed. Counts that
every view opens anyway (members, links, claims, points against) stay as they are.
"""

from collections import Counter
from dataclasses import dataclass, field

STEPS, STEPS_IN_ALL = 4, 8
"""A count is rounded up to one of so many steps between powers of two: it tells no more than that. Those of
the number of all commitments are finer: it is a sum of rounded counts already."""

LEAST = 8
"""Commitments of a group and class at least: one account with a trait looks like seven."""

LEAST_IN_ALL = 64

PADDED = (
    "account.", "link.ends", "link.reasons", "person.", "run.content", "run.file", "seen.", "seen-days.",
    "template.",
)  # fmt: skip
"""Classes whose number says something that no view has to open."""


@dataclass
class Blocks:
    """How many units there are of each group and class."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, group: str, kind: str) -> None:
        """Count one unit of a class."""
        self.counts[group, kind] += 1

    def decoys(self, group: str, kind: str) -> int:
        """How many decoys hide the number of units of a class of a group."""
        count = self.counts[group, kind]
        return max(LEAST, rounded(count, STEPS)) - count if count and kind.startswith(PADDED) else 0

    def total(self) -> int:
        """How many commitments are listed, decoys among them."""
        units = self.counts.total() + sum(self.decoys(*block) for block in self.counts)
        return rounded(max(LEAST_IN_ALL - 1, units), STEPS_IN_ALL)


def rounded(count: int, steps: int) -> int:
    """A count, one twentieth and one more, rounded up to the next of so many steps between powers of two."""
    wanted = count + count // 20 + 1
    step = max(1, (1 << (wanted.bit_length() - 1)) // steps)
    return -(-wanted // step) * step
