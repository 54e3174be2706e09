"""Knobs with a range: a class of innocents or operators says how wide each one may be, a run draws it."""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

import numpy as np

Knobs = TypeVar("Knobs")


@dataclass(frozen=True)
class Range:
    """Least and most of a knob; `log`: even over orders of size, as sizes and volumes are, else even."""

    least: float
    most: float
    log: bool = False

    def draw(self, rng: np.random.Generator) -> float:
        """A value within the range."""
        if self.log:
            return float(np.exp(rng.uniform(np.log(self.least), np.log(self.most))))
        return float(rng.uniform(self.least, self.most))


def within(least: float, most: float, *, log: bool = False) -> Any:
    """A field of a dataclass that `draw` fills from a range."""
    return field(metadata={"within": Range(least, most, log)})


def draw(of: type[Knobs], rng: np.random.Generator, **fixed: Any) -> Knobs:
    """The knobs of one run: every field that was made by `within` drawn, whole numbers rounded."""
    drawn: dict[str, Any] = dict(fixed)
    for each in fields(of):  # type: ignore[arg-type]
        limits: Range | None = each.metadata.get("within")
        if limits is None or each.name in fixed:
            continue
        value = limits.draw(rng)
        drawn[each.name] = round(value) if each.type is int else round(value, 4)
    return of(**drawn)
