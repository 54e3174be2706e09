"""Up the ladder to a million accounts: time and memory of `simulate` and `investigate`, and what is found.

The last row is the case the project was made for: one operator with 25,000 accounts, and six smaller ones.
Each program runs as people run it, by a process of its own; its peak is of all of its processes together,
their proportional set sizes added up. A run that goes over the limit is ended, and its row says so.
Run: `python benchmarks/scale.py [--simulate 1 2 3 4 5] [--investigate 1] [--limit 12] [--unique-share 0.6]
[--seed 1] [--keep FOLDER]`; rows are numbered from 1. Without a number nothing is investigated.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from main_job import scored, table
from process_memory import Measured, measured

from linkage.lab.evaluate import Evaluation
from linkage.lab.truth import TRUTH
from linkage.prompts.skeleton import skeleton
from linkage.settings.prompts import Prompts

GIB = 2**30
LOOKED_AT = 100_000
"""Prompts of which is counted how many are unique after masking."""


@dataclass(frozen=True)
class Rung:
    """One population: accounts, interactions, and the accounts of its largest operator if that is set."""

    accounts: int
    interactions: int
    operator_accounts: int | None = None

    @property
    def name(self) -> str:
        """As the tables and folders have it."""
        return f"{self.accounts:,} / {self.interactions:,}"


LADDER = (
    Rung(20_000, 250_000),
    Rung(200_000, 2_500_000),
    Rung(20_000, 2_500_000),
    Rung(1_000_000, 10_000_000),
    Rung(1_000_000, 28_800_000, operator_accounts=25_000),
)

SIMULATED = (
    "accounts / interactions", "seconds", "processor seconds", "interactions/s", "peak GiB", "GB written",
    "unique after masking",
)  # fmt: skip
INVESTIGATED = (
    "accounts / interactions", "seconds", "processor seconds", "interactions/s", "peak GiB",
    "operators found", "recall of the largest", "B³ recall", "B³ precision",
    "innocents flagged per 10,000", "groups",
)  # fmt: skip


def simulate(rung: Rung, out: Path, chosen: argparse.Namespace) -> Measured:
    """Runs `linkage simulate`."""
    command = ["simulate", str(out), "--profile", "mixed", "--seed", str(chosen.seed)]
    command += ["--accounts", str(rung.accounts), "--interactions", str(rung.interactions)]
    if rung.operator_accounts is not None:
        command += ["--operator-accounts", str(rung.operator_accounts)]
    if chosen.unique_share is not None:
        command += ["--unique-share", str(chosen.unique_share)]
    return _linkage(command, chosen)


def investigate(out: Path, chosen: argparse.Namespace) -> Measured:
    """Runs `linkage investigate`, with no vector kept from before."""
    with tempfile.TemporaryDirectory() as cache:
        command = ["investigate", str(out / "source"), "--case", str(out / "case")]
        return _linkage(command, chosen, XDG_CACHE_HOME=cache)


def _linkage(command: list[str], chosen: argparse.Namespace, **env: str) -> Measured:
    run = measured(
        [sys.executable, "-m", "linkage", *command],
        limit=int(chosen.limit * GIB),
        env={**os.environ, **env},
    )
    if run.ended:
        print(run.output, file=sys.stderr)
    return run


def unique_share(source: Path) -> float:
    """Share of the first LOOKED_AT prompts whose masked text no other of them has."""
    with pq.ParquetFile(source / "interactions.parquet") as file:
        batch = next(file.iter_batches(LOOKED_AT, columns=["prompt"]))
    found = Counter(skeleton(text, Prompts()).id for text in batch.column(0).to_pylist())
    return sum(count == 1 for count in found.values()) / len(batch)


def simulated_row(rung: Rung, out: Path, run: Measured) -> list[object]:
    """One row of the first table."""
    if run.ended:
        return [rung.name, run.ended, *[None] * (len(SIMULATED) - 2)]
    written = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return [*_ran(rung, run), round(written / 1e9, 2), unique_share(out / "source")]


def investigated_row(rung: Rung, out: Path, run: Measured) -> list[object]:
    """One row of the second table."""
    if run.ended:
        peak, empty = round(run.peak / GIB, 2), len(INVESTIGATED) - 5
        return [rung.name, f"{run.ended} after {run.seconds:.0f}", None, None, peak, *[None] * empty]
    found: Evaluation = scored(out / "case", out / TRUTH)
    per_1000 = found.innocents_flagged_per_1000
    return [
        *_ran(rung, run), f"{found.operators_found} of {found.operators}",
        found.per_operator[0].recall if found.per_operator else None, found.b3_recall, found.b3_precision,
        None if per_1000 is None else 10 * per_1000, found.groups,
    ]  # fmt: skip


def _ran(rung: Rung, run: Measured) -> list[object]:
    rate = round(rung.interactions / run.seconds)
    seconds, processor = round(run.seconds, 1), round(run.processor_seconds, 1)
    return [rung.name, seconds, processor, rate, round(run.peak / GIB, 2)]


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    rows = range(1, len(LADDER) + 1)
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--simulate", type=int, nargs="*", choices=rows, default=list(rows))
    parser.add_argument("--investigate", type=int, nargs="*", choices=rows, default=[])
    parser.add_argument("--limit", type=float, default=12.0, help="GiB of all processes of a run together")
    parser.add_argument("--unique-share", type=float, default=None)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep populations and cases in this folder")
    return parser.parse_args()


def report(chosen: argparse.Namespace, work: Path) -> Iterator[str]:
    """All lines of the report."""
    made: list[list[object]] = []
    found: list[list[object]] = []
    for number in sorted({*chosen.simulate, *chosen.investigate}):
        rung, out = LADDER[number - 1], work / f"row-{number}"
        run = simulate(rung, out, chosen)
        made.append(simulated_row(rung, out, run))
        print(*made[-1], sep=" | ", file=sys.stderr, flush=True)
        if number in chosen.investigate and not run.ended:
            found.append(investigated_row(rung, out, investigate(out, chosen)))
            print(*found[-1], sep=" | ", file=sys.stderr, flush=True)
    yield from ("`linkage simulate`:", "", *table(SIMULATED, made))
    if found:
        yield from ("`linkage investigate`:", "", *table(INVESTIGATED, found))


def main() -> None:
    """Runs and prints everything asked for."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        for line in report(chosen, chosen.keep or Path(scratch)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
