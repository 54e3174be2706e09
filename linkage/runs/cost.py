"""What a run will cost, from what runs on this machine have cost.

The work of a stage is one number: rows, distinct texts or accounts. Seconds, rows, memory and disk of a stage
are a fixed part and a part for each unit of work, both fitted to measured runs so that relative errors are
small; runs of about the size that is asked for count most. What grows faster than the work is a power of it.
So is memory beyond the largest run, of a power below one: rows are taken some at a time, and engines spill.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

import numpy as np

from linkage.arrays import Floats

WORK = {
    "read": "rows",
    "rows": "rows",
    "prompts": "texts",
    "observations": "rows",
    "evidence": "rows",
    "links": "rows",
    "groups": "accounts",
    "stability": "accounts",
    "write": "rows",
}
"""What the work of each stage grows with."""

FACTOR = 1.5
"""How far a prediction may be off, either way."""


@dataclass(frozen=True)
class Shape:
    """How much there is: rows of all tables, interactions, distinct texts of prompts, accounts."""

    rows: int
    interactions: int
    texts: int
    accounts: int


@dataclass(frozen=True)
class Cost:
    """What a stage costs: rows it handles, seconds, the most bytes of memory, bytes on disk."""

    stage: str
    rows: int
    seconds: float
    memory: int
    disk: int


@dataclass(frozen=True)
class Measured:
    """What one run has cost, and of what shape its rows were."""

    shape: Shape
    stages: tuple[Cost, ...]

    @classmethod
    def of(cls, run: Mapping[str, Any]) -> Self:
        """From the receipt of a run; its stages that were taken from the store are left out."""
        stages = {each["stage"]: each for each in run["stages"]}
        counted = run["population"]
        texts = stages.get("prompts", {}).get("rows", 0)
        rows = sum(each["rows"] for each in run["inputs"])
        case = sum(each["bytes"] for each in run["outputs"].values())
        costs = [
            Cost(
                name, each["rows"], each["seconds"], each["memory"],
                case if name == "write" else each.get("disk", 0),
            )
            for name, each in stages.items() if not each.get("stored")
        ]  # fmt: skip
        return cls(Shape(rows, counted["interactions"], texts, counted["accounts"]), tuple(costs))

    @classmethod
    def of_json(cls, found: Mapping[str, Any]) -> Self:
        """From what `to_json` made; raises KeyError, TypeError or ValueError for anything else."""
        shape = Shape(**{each.name: int(found["shape"][each.name]) for each in fields(Shape)})
        stages = tuple(
            Cost(
                str(each["stage"]), int(each["rows"]), float(each["seconds"]),
                int(each["memory"]), int(each["disk"]),
            )
            for each in found["stages"]
        )  # fmt: skip
        return cls(shape, stages)

    def to_json(self) -> dict[str, Any]:
        """As JSON can hold it: numbers alone, and the names of stages."""
        return {"shape": asdict(self.shape), "stages": [asdict(each) for each in self.stages]}


def predicted(shape: Shape, runs: Sequence[Measured]) -> list[Cost]:
    """The cost of each stage for rows of this shape; without a measured run of a stage, nothing of it."""
    found = []
    for stage, work in WORK.items():
        measured = [
            (getattr(run.shape, work), each) for run in runs for each in run.stages if each.stage == stage
        ]
        if measured:
            amounts = np.array([amount for amount, _ in measured], dtype=float)
            asked = float(getattr(shape, work))
            of = {
                name: grows(amounts, np.array([getattr(each, name) for _, each in measured], float), asked)
                for name, grows in QUANTITIES.items()
            }
            found.append(
                Cost(stage, round(of["rows"]), of["seconds"], round(of["memory"]), round(of["disk"]))
            )
    return found


def total(costs: Sequence[Cost]) -> Cost:
    """All stages together: seconds and disk add up, of memory the most counts; rows are those read."""
    rows = next((each.rows for each in costs if each.stage == "read"), 0)
    seconds, disk = sum(each.seconds for each in costs), sum(each.disk for each in costs)
    return Cost("all", rows, seconds, max((each.memory for each in costs), default=0), disk)


STEEPER = 1.15
"""Growth, as a power of the work, from which on it is taken for more than a straight line."""

STEEPEST = 2.0
"""No stage compares each of its units with more than all others."""


def _grown(amounts: Floats, values: Floats, asked: float) -> float:
    """The value at `asked` on a line fitted to the others; where they grow faster than the work, on a power
    of it."""
    nearness = _nearness(amounts, asked)
    weight = nearness / np.maximum(values, TINY)
    columns = np.stack([np.ones_like(amounts), amounts], axis=1) * weight[:, None]
    if len(np.unique(amounts)) == 1:
        return _alone(columns[:, 1], values * weight) * asked
    fixed, each = np.linalg.lstsq(columns, values * weight, rcond=None)[0]
    if fixed >= 0 and each >= 0:
        return float(fixed + each * asked)
    if each < 0:
        return _alone(columns[:, 0], values * weight)
    steep = _steepness(amounts, values, nearness)
    return _power(amounts, values, asked, min(steep, STEEPEST) if steep > STEEPER else 1.0)


def _flattened(amounts: Floats, values: Floats, asked: float) -> float:
    """The same of what flattens: beyond all others a power of the work, at most the first, unless what was
    measured of three sizes or more lies nearer to the line."""
    if len(np.unique(amounts)) == 1 or asked <= amounts.max():
        return _grown(amounts, values, asked)
    steep = min(max(_steepness(amounts, values, _nearness(amounts, asked)), 0.0), 1.0)
    at = (*amounts, asked)
    line = np.array([_grown(amounts, values, each) for each in at])
    power = np.array([_power(amounts, values, each, steep) for each in at])
    beside_line, beside_power = (
        float(np.square(np.log(np.maximum(each[:-1], TINY) / np.maximum(values, TINY))).sum())
        for each in (line, power)
    )
    straight = len(np.unique(amounts)) > 2 and beside_line < beside_power
    return float(line[-1] if straight else min(line[-1], power[-1]))


Grows = Callable[[Floats, Floats, float], float]
"""The value at an amount of work that is asked for, from amounts and values that were measured."""

QUANTITIES: dict[str, Grows] = {"rows": _grown, "seconds": _grown, "memory": _flattened, "disk": _grown}

TINY = 1e-3
"""Seconds, rows or bytes below which relative errors mean nothing."""


def _alone(column: Floats, values: Floats) -> float:
    """The factor of one column that fits the values best."""
    square = float(column @ column)
    return float(column @ values) / square if square else 0.0


def _nearness(amounts: Floats, asked: float) -> Floats:
    """How much each measured amount counts for the one that is asked for."""
    return np.asarray(1 / (1 + np.abs(np.log((amounts + 1) / (asked + 1)))))


def _steepness(amounts: Floats, values: Floats, nearness: Floats) -> float:
    """The power of the work by which values grow."""
    x, y = np.log(np.maximum(amounts, 1)), np.log(np.maximum(values, TINY))
    return float(np.polyfit(x, y, 1, w=nearness)[0])


def _power(amounts: Floats, values: Floats, asked: float, steep: float) -> float:
    """The value at `asked` where values are a constant times this power of the work."""
    x, y = np.log(np.maximum(amounts, 1)), np.log(np.maximum(values, TINY))
    level = float(np.average(y - steep * x, weights=np.square(_nearness(amounts, asked))))
    return float(np.exp(level + steep * np.log(max(asked, 1))))
