"""What `linkage doctor --cost` predicts beside what runs cost, by stage: processor seconds, memory, disk.

Two populations calibrate, those that `doctor` takes; others, of other sizes, are asked about by their source
alone and then run, each by a process of its own. Seconds are those of a processor, so that a machine with
other work gives the same table. Run: `python benchmarks/cost.py [--accounts 2000 20000]
[--cases FOLDER...]`; a case that was made before, with its source beside it, is not run again.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from main_job import investigated, table

from linkage.cli.cost import CALIBRATION
from linkage.ingest.estimate import estimated_shape
from linkage.lab.simulate import simulate
from linkage.runs.cost import FACTOR, Cost, Measured, Shape, predicted, total
from linkage.settings.program import Settings

PER_ACCOUNT = 12.5
"""Interactions, as in the populations that calibrate."""

COLUMNS = (
    "stage", "processor seconds", "predicted", "ratio", "peak MB", "predicted", "ratio",
    "disk MB", "predicted", "ratio",
)  # fmt: skip


def by_processor(run: dict[str, Any]) -> Measured:
    """What a run has cost by its receipt, in seconds of a processor."""
    stages = [{**each, "seconds": each["processor_seconds"]} for each in run["stages"]]
    return Measured.of({**run, "stages": stages})


def made(accounts: int, interactions: int, work: Path) -> tuple[Path, Measured]:
    """A population's source, and what its investigation has cost."""
    out = work / f"{accounts}"
    source = simulate(out, profile="mixed", accounts=accounts, interactions=interactions, seed=1).source
    return source, by_processor(investigated(source, out / "case").receipt)


def beside(shape: Shape, run: Measured, calibrated: list[Measured]) -> Iterator[list[object]]:
    """A row for each stage that was computed, and one for all of them."""
    measured = {each.stage: each for each in run.stages}
    found = [each for each in predicted(shape, calibrated) if each.stage in measured]
    for one in found:
        yield _row(measured[one.stage], one)
    yield _row(total([measured[each.stage] for each in found]), total(found))


def _row(measured: Cost, said: Cost) -> list[object]:
    pairs = [
        (measured.seconds, said.seconds), (measured.memory / 1e6, said.memory / 1e6),
        (measured.disk / 1e6, said.disk / 1e6),
    ]  # fmt: skip
    cells: list[object] = [measured.stage]
    for was, wanted in pairs:
        cells += [round(was, 1), round(wanted, 1), round(wanted / was, 2) if was else None]
    return cells


def report(chosen: argparse.Namespace, work: Path) -> Iterator[str]:
    """All tables."""
    calibrated = [made(accounts, interactions, work)[1] for accounts, interactions in CALIBRATION]
    settings, asked = Settings(), []
    for accounts in chosen.accounts:
        source, run = made(accounts, round(PER_ACCOUNT * accounts), work)
        asked.append((f"{accounts:,} accounts", source, run))
    for case in chosen.cases:
        receipt = json.loads((case / "run.json").read_text("utf-8"))
        asked.append((str(case), case.parent / "source", by_processor(receipt)))
    for name, source, run in asked:
        shape = estimated_shape([source], settings.ingest, settings.sources)
        rows = list(beside(shape, run, calibrated))
        ratios = [cell for row in rows for cell in (row[3], row[6], row[9]) if isinstance(cell, float)]
        within = sum(1 / FACTOR <= ratio <= FACTOR for ratio in ratios)
        yield from (f"{name}: {within} of {len(ratios)} within a factor of {FACTOR}", "")
        yield from (*table(COLUMNS, rows), "")


def main() -> None:
    """Runs and prints everything asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--accounts", type=int, nargs="*", default=[2_000, 20_000])
    parser.add_argument("--cases", type=Path, nargs="*", default=[])
    with tempfile.TemporaryDirectory() as scratch:
        for line in report(parser.parse_args(), Path(scratch)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
