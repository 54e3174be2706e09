"""How often is it right? The whole table of figures, with 95 % intervals, beside what was aimed for.

Simulates populations, runs the main job on each (a process of its own for each run) and three simple methods
on the same rows, and prints Markdown. Intervals: Wilson for rates, Garwood for counts per run, else the
bootstrap over seeds and, within a seed, over operators (B³) or accounts (calibration).
A full run takes hours: each result is appended to runs.ndjson in the folder of `--keep`, and `--resume` takes
up those that the same code and settings gave.
Run: `python benchmarks/accuracy.py [--seeds 1 2 3 4 5] [--accounts 20000] [--interactions N] [--only ROW...]
[--large 1] [--shuffles 50] [--keep FOLDER [--resume] [--cases]] [--alone]`.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import rivals
from accuracy_calibration import calibration
from accuracy_intervals import Interval
from accuracy_rows import ROWS, Figure, Row, Sizes
from accuracy_runs import OURS, Record, Runs, Spec, missing
from main_job import table

HEAD = ("case", "figure", "aim", OURS, "met", *rivals.RIVALS)


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--interactions", type=int, help="default: 12.5 for each account")
    parser.add_argument("--only", nargs="+", choices=[row.key for row in ROWS], help="these rows alone")
    parser.add_argument("--large", type=int, default=1, help="seeds run at ten times the accounts")
    parser.add_argument("--shuffles", type=int, default=50, help="runs with shuffled rows and another seed")
    parser.add_argument("--keep", type=Path, help="folder for results; without it they are lost")
    parser.add_argument("--resume", action="store_true", help="take up the results in the folder of --keep")
    parser.add_argument("--cases", action="store_true", help="keep sources and cases there too")
    parser.add_argument("--alone", action="store_true", help="without the three simple methods")
    chosen = parser.parse_args()
    if (chosen.resume or chosen.cases) and not chosen.keep:
        parser.error("--resume and --cases need --keep FOLDER")
    return chosen


def main() -> None:
    """Runs and prints everything asked for."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        work = chosen.keep or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        runs = Runs(work, keep=chosen.cases)
        if chosen.resume:
            say(f"{runs.resume()} results taken up")
        elif runs.file.exists():
            raise SystemExit(f"{runs.file} exists: go on with --resume, or name another folder")
        for line in report(chosen, runs):
            print(line, flush=True)


def say(text: str) -> None:
    """One line for whoever waits."""
    print(text, file=sys.stderr, flush=True)


def report(chosen: argparse.Namespace, runs: Runs) -> Iterator[str]:
    """All lines of the report."""
    sizes = Sizes(
        tuple(chosen.seeds),
        chosen.accounts,
        chosen.interactions or round(12.5 * chosen.accounts),
        chosen.large,
        chosen.shuffles,
    )
    for name in rivals.RIVALS:
        if why := rivals.missing(name):
            yield from (f"{name} was left out: {why}.", "")
    rows = [row for row in ROWS if not chosen.only or row.key in chosen.only]
    lines: list[list[object]] = []
    for row in rows:
        records, why = gathered(row, sizes, runs, alone=chosen.alone)
        lines += [[row.title, f"left out: {why}", *[None] * (len(HEAD) - 2)]] if why else told(row, records)
        if row.key == "calibration" and not why:
            more = list(calibration(records))
    yield f"{sizes.accounts:,} accounts, {sizes.interactions:,} interactions, seeds {list(sizes.seeds)}."
    yield "Accounts, prompts and operators are simulated; intervals are of 95 %."
    yield ""
    yield from table(HEAD, lines)
    if any(row.key == "calibration" for row in rows):
        yield from more


def gathered(row: Row, sizes: Sizes, runs: Runs, *, alone: bool) -> tuple[list[Record], str]:
    """The results a row needs, made where they are not there yet; or why it is left out."""
    specs = [replace(spec, compared=spec.compared and not alone) for spec in row.specs(sizes)]
    why = next((each for each in map(missing, specs) if each), "")
    if why:
        say(f"{row.title}: left out: {why}")
        return [], why
    return [made(spec, runs) for spec in specs], ""


def made(spec: Spec, runs: Runs) -> Record:
    """One result, told on the screen when it had to be made."""
    record, new = runs.get(spec)
    if new:
        ours = record["methods"][OURS]
        say(
            f"{spec.told()}: {ours['groups']} groups, {ours['false_groups']} false,"
            f" {ours['flagged']} innocents flagged, {record['seconds']:,.0f} s, {record['peak_gb']} GB"
        )
    return record


# --- the table -----------------------------------------------------------------------------------


def told(row: Row, records: Sequence[Record]) -> list[list[object]]:
    """The lines of one row."""
    lines: list[list[object]] = []
    for figure in row.figures:
        ours = figure.compute(records, OURS)
        others = [figure.compute(records, name) if figure.rivals else None for name in rivals.RIVALS]
        aim = "" if figure.target is None else f"{figure.sense} {figure.target:g}"
        title = row.title if not lines else ""
        lines.append([title, figure.name, aim, shown(ours), met(figure, ours), *map(shown, others)])
    return lines


def shown(each: Interval | None) -> str | None:
    """A figure with its interval."""
    if each is None:
        return None
    if each.low is None or each.high is None:
        return f"{each.value:.3f} (one run)"
    return f"{each.value:.3f} ({each.low:.3f}–{each.high:.3f})"


def met(figure: Figure, each: Interval | None) -> str:
    """Whether the aim is reached, and whether the whole interval says so."""
    if figure.target is None:
        return ""
    if each is None:
        return "not measured"
    sign = 1 if figure.sense == "≥" else -1
    margins = [sign * (bound - figure.target) for bound in (each.low, each.high) if bound is not None]
    reached = sign * (each.value - figure.target) >= 0
    sure = bool(margins) and all((margin >= 0) is reached for margin in margins)
    return f"{'yes' if reached else 'no'}{'' if sure else ', not for certain'}"


if __name__ == "__main__":
    main()
