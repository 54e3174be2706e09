"""What was lost or changed inside rows: cells dropped, cells cleaned, words that mean nothing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from linkage.schema import Receipt


@dataclass
class Losses:
    """Counts by column and reason, each with the first `listed` rows of dropped cells.

    `inside` counts what was met in prompts that are conversations.
    """

    listed: int
    dropped: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    cleaned: dict[str, Counter[str]] = field(default_factory=dict)
    meaningless: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)

    def drop(self, column: str, reason: str, rows: Iterable[int]) -> None:
        """Count a cell of `column` as dropped in each of the rows."""
        lines = list(rows)
        if lines:
            self.dropped.setdefault(column, Counter())[reason] += len(lines)
            self._show(column, reason, lines)

    def clean(self, column: str, kinds: Iterable[str]) -> None:
        """Count what was cleaned in cells of `column`."""
        counted = Counter(kinds)
        if counted:
            self.cleaned.setdefault(column, Counter()).update(counted)

    def skip(self, column: str, cells: int) -> None:
        """Count cells of `column` that hold a word that means nothing."""
        if cells:
            self.meaningless[column] += cells

    def add(self, other: "Losses") -> None:
        """Count the other's too, after these."""
        for column, why in other.dropped.items():
            self.dropped.setdefault(column, Counter()).update(why)
            for reason, lines in other.examples.get(column, {}).items():
                self._show(column, reason, lines)
        for column, kinds in other.cleaned.items():
            self.cleaned.setdefault(column, Counter()).update(kinds)
        self.meaningless.update(other.meaningless)
        self.inside.update(other.inside)

    def _show(self, column: str, reason: str, lines: list[int]) -> None:
        shown = self.examples.setdefault(column, {}).setdefault(reason, [])
        shown += lines[: max(self.listed - len(shown), 0)]

    def for_receipt(self) -> dict[str, Any]:
        """The fields of a receipt that say it, columns and reasons in order."""
        return {
            "dropped_cells": _plain(self.dropped),
            "dropped_examples": {
                name: {reason: tuple(lines) for reason, lines in sorted(why.items()) if lines}
                for name, why in sorted(self.examples.items())
            },
            "cleaned_cells": _plain(self.cleaned),
            "meaningless": dict(sorted(self.meaningless.items())),
            "inside_prompts": dict(sorted(self.inside.items())),
        }


def sum_of(one: Receipt, other: Receipt) -> dict[str, Any]:
    """What two receipts of one file say of cells, taken together; the examples of the first come first."""
    most = max((len(lines) for each in (one, other) for why in each.dropped_examples.values()
                for lines in why.values()), default=0)  # fmt: skip
    total = Losses(most)
    for each in (one, other):
        total.add(
            Losses(
                most,
                {name: Counter(why) for name, why in each.dropped_cells.items()},
                {n: {r: list(lines) for r, lines in why.items()} for n, why in each.dropped_examples.items()},
                {name: Counter(kinds) for name, kinds in each.cleaned_cells.items()},
                Counter(each.meaningless),
                Counter(each.inside_prompts),
            )
        )
    return total.for_receipt()


def _plain(counted: dict[str, Counter[str]]) -> dict[str, dict[str, int]]:
    return {name: dict(sorted(why.items())) for name, why in sorted(counted.items())}
