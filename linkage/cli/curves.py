"""evaluate --curves: recall against the cost of an evasion, on simulated populations."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linkage.api import investigate
from linkage.cli.evaluate import figure
from linkage.cli.screen.layout import FAINT, heading, indented, rows, show, text
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.errors import UsageError
from linkage.lab.evasion_costs import knobs_named
from linkage.lab.evasion_curves import Grouping, Halved, Point, Trial, halved, measure, write
from linkage.settings.program import Settings


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
    """Simulate, investigate and score a population for every step; write the table and the plots."""
    if case is not None:
        raise UsageError("--curves simulates its own populations and takes no case", hint="leave out CASE")
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is not a folder", hint="choose another one")
    trial = Trial(base, accounts, tuple(dict.fromkeys(seeds)))
    points = measure(knobs_named(tuple(knobs)), trial, _grouping(settings), on_step=_report_step)
    files = write(out, points)
    if output is Format.table:
        show(*_page(points, halved(points)))
    else:
        emit(output, [vars(point) for point in points], halved=[vars(each) for each in halved(points)])
    say(f"wrote {', '.join(str(file) for file in files)}")


def _grouping(file: Path | None) -> Grouping:
    chosen = Settings.load(file)

    def group(source: Path, case: Path) -> dict[str, str]:
        found = investigate(source, case=case, settings=chosen)
        return {row["account"]: row["group"] for row in found.groups}

    return group


def _report_step(done: int, every: int, point: Point) -> None:
    say(
        f"{done} of {every}: {point.knob} at {point.budget:g} {point.unit}, seed {point.seed}:"
        f" recall {figure(point.recall)}"
    )


def _page(points: Sequence[Point], half: Sequence[Halved]) -> list[Any]:
    measured = [
        (p.knob, f"{p.budget:g}", p.unit, p.seed, figure(p.recall), figure(p.precision), p.innocents_flagged)
        for p in points
    ]
    columns = ("evasion", "cost", "unit", "seed", "recall", "precision", "innocents")
    ends = [(each.knob, figure(each.first), figure(each.last), _where(each), each.unit) for each in half]
    return [
        heading("Steps"),
        indented(rows(columns, measured, right="cost seed recall precision innocents")),
        heading("Cost at which recall is halved"),
        indented(rows(("evasion", "first", "last", "halved at", "unit"), ends, right="first last")),
        text(""),
        text("These populations are small: differences of a few accounts are noise. Use more seeds.", FAINT),
    ]


def _where(each: Halved) -> str:
    return "not reached" if each.budget is None else f"{each.budget:g}"
