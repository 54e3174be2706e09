"""evaluate --curves: what is still found of an operator, by what he pays for hiding."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linkage.api import investigate
from linkage.cli.lab import figure
from linkage.cli.layout import FAINT, heading, indented, rows, show, text
from linkage.cli.output import Format, emit
from linkage.cli.terminal import say
from linkage.errors import UsageError
from linkage.lab.curves import Grouping, Halved, Point, Trial, halved, measure, write
from linkage.lab.knobs import knobs_named
from linkage.settings import Settings


def curves(
    *,
    out: Path,
    case: Path | None,
    knobs: Sequence[str],
    base: str,
    accounts: int,
    seeds: Sequence[int],
    settings: Path | None,
    output: Format,
) -> None:
    """Simulate, investigate and score a population for every step; write the table and the pictures."""
    if case is not None:
        raise UsageError("curves are drawn of simulated populations, not of a case", hint="leave out CASE")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is no folder", hint="choose another one")
    trial = Trial(base, accounts, tuple(dict.fromkeys(seeds)))
    points = measure(knobs_named(tuple(knobs)), trial, _grouping(settings), told=_tell)
    files = write(out, points)
    if output is Format.table:
        show(*_screen(points, halved(points)))
    else:
        emit(output, [vars(point) for point in points], halved=[vars(each) for each in halved(points)])
    say(f"wrote {', '.join(str(file) for file in files)}")


def _grouping(file: Path | None) -> Grouping:
    chosen = Settings.load(file)

    def group(source: Path, case: Path) -> dict[str, str]:
        found = investigate(source, case=case, settings=chosen)
        return {row["account"]: row["group"] for row in found.groups}

    return group


def _tell(done: int, every: int, point: Point) -> None:
    say(
        f"{done} of {every}: {point.knob} at {point.budget:g} {point.unit}, seed {point.seed}:"
        f" recall {figure(point.recall)}"
    )


def _screen(points: Sequence[Point], half: Sequence[Halved]) -> list[Any]:
    measured = [
        (p.knob, f"{p.budget:g}", p.unit, p.seed, figure(p.recall), figure(p.precision), p.innocents_flagged)
        for p in points
    ]
    columns = ("knob", "budget", "unit", "seed", "recall", "precision", "innocents")
    ends = [(each.knob, figure(each.first), figure(each.last), _where(each), each.unit) for each in half]
    return [
        heading("Each step"),
        indented(rows(columns, measured, right="budget seed recall precision innocents")),
        heading("Where recall is half of what it is without the evasion"),
        indented(rows(("knob", "first", "last", "halved at", "unit"), ends, right="first last")),
        text(""),
        text("Small populations: a step of one account in thirty is no finding. Give more seeds.", FAINT),
    ]


def _where(each: Halved) -> str:
    return "not reached" if each.budget is None else f"{each.budget:g}"
