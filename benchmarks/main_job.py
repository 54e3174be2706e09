"""The main job, measured: simulates populations, runs `investigate`, scores the groups, prints Markdown.

Each run is a process of its own, so that its peak of memory is its own, and starts without the vectors
that earlier runs kept. A first, small run pays for what is read from disk once.
Run: `python benchmarks/main_job.py [--seeds 1 2 3] [--accounts 20000] [--interactions 250000]
[--profiles mixed null] [--prompts] [--scale 10] [--identity] [--keep FOLDER]`.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.lab.evaluate import Evaluation, evaluate, read_truth
from linkage.lab.simulate import simulate
from linkage.schema import CASE, SOURCES

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "prompts"
POOLS = ("human-clinc150.jsonl.gz", "machine-gpteacher.jsonl.gz")
SAME = tuple(name for name in CASE if name != "rows")
"""Tables that must not depend on the files; `rows` says where each row stands."""

PROGRAM = """
import json, resource, sys, time
start = time.perf_counter()
from linkage import Settings, investigate
source, case, threads, seed = sys.argv[1:]
loaded = time.perf_counter() - start
investigate(source, case=case, settings=Settings(threads=int(threads), seed=int(seed)))
used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"loaded": loaded, "seconds": time.perf_counter() - start, "peak": used}))
"""


@dataclass(frozen=True)
class Ran:
    """One run: where it is, seconds in all and of those for loading the program, peak memory, receipt."""

    case: Path
    seconds: float
    loaded: float
    peak: int
    receipt: dict[str, Any]

    @property
    def rows(self) -> int:
        """Rows read from all tables."""
        return sum(each["rows"] for each in self.receipt["inputs"])


def investigated(source: Path, case: Path, *, threads: int = 0, seed: int = 0) -> Ran:
    """Runs the main job in a process of its own, with no vector kept from before."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(source), str(case), str(threads), str(seed)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            env={**_plain(), "XDG_CACHE_HOME": cache},
        )
    told = json.loads(done.stdout.splitlines()[-1])
    receipt = json.loads((case / "run.json").read_text("utf-8"))
    return Ran(case, told["seconds"], told["loaded"], told["peak"], receipt)


def _plain() -> dict[str, str]:
    """The surroundings, in which Python keeps what it compiles, as it does unless told otherwise."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def scored(case: Path, truth: Path) -> Evaluation:
    """The reported groups against the planted operators."""
    groups = pq.read_table(case / "groups.parquet").to_pylist()
    return evaluate({row["account"]: row["group"] for row in groups}, read_truth(truth))


# --- tables --------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[str]:
    """A Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(_cell(each) for each in row) + " |"
    yield ""


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


QUALITY = (
    "profile", "seed", "accounts", "interactions", "B³ precision", "B³ recall", "B³ F1", "operators found",
    "innocents flagged per 1,000", "groups", "seconds", "rows/s", "peak GB",
)  # fmt: skip


def quality(profile: str, seed: int, interactions: int, ran: Ran, found: Evaluation) -> list[object]:
    """One row of the first table."""
    return [
        profile, seed, found.accounts, interactions, found.b3_precision, found.b3_recall, found.b3_f1,
        f"{found.operators_found} of {found.operators}", found.innocents_flagged_per_1000, found.groups,
        round(ran.seconds, 1), round(ran.rows / ran.seconds), round(ran.peak / 2**30, 2),
    ]  # fmt: skip


def stages(ran: Ran) -> Iterator[str]:
    """Seconds by the clock and of a processor, rows and memory of each stage of a run."""
    rows: list[list[object]] = [["(load the program)", "", round(ran.loaded, 1), "", "", ""]]
    for each in ran.receipt["stages"]:
        rate = round(each["rows"] / each["seconds"]) if each["rows"] and each["seconds"] else ""
        peak = round(each["memory"] / 2**20)
        seconds, used = round(each["seconds"], 1), round(each["processor_seconds"], 1)
        rows.append([each["stage"], each["rows"] or "", seconds, used, rate, peak])
    yield from table(("stage", "rows", "seconds", "processor seconds", "rows/s", "peak MB"), rows)


# --- how fast it answers -------------------------------------------------------------------------


def answers(case: Path) -> Iterator[str]:
    """Median seconds of five calls of the commands that people wait for."""
    first = next(iter(pq.read_table(case / "links.parquet").slice(0, 1).to_pylist()), None)
    group = next(iter(pq.read_table(case / "findings.parquet").to_pylist()), None)
    calls = [["--help"]]
    if group is not None:
        calls.append(["show", str(case), group["group"]])
    if first is not None:
        calls.append(["explain", str(case), first["left"], first["right"]])
    rows = [[f"linkage {call[0]}", round(_median(call), 2)] for call in calls]
    yield from table(("command", "seconds, median of 5"), rows)


def _median(call: Sequence[str]) -> float:
    program = Path(sys.executable).with_name("linkage")
    command = [str(program)] if program.exists() else [sys.executable, "-m", "linkage.cli"]
    took, quiet = [], subprocess.DEVNULL
    for _ in range(6):
        start = time.perf_counter()
        subprocess.run([*command, *call], check=True, stdout=quiet, stderr=quiet, env=_plain())
        took.append(time.perf_counter() - start)
    return statistics.median(took[1:])  # the first fills the system's file cache


# --- same input, same bytes ----------------------------------------------------------------------


def identity(source: Path, ran: Ran, work: Path) -> Iterator[str]:
    """The rows of `ran` shuffled, in seven files and on one thread, then on two: which tables differ?"""
    other = work / "shuffled"
    for path in sorted(source.iterdir()):
        _scattered(path, other, parts=7)
    rows = []
    for threads in (1, 2):
        again = investigated(other, work / f"case-{threads}", threads=threads)
        differ = [name for name in SAME if _digest(ran.case, name) != _digest(again.case, name)]
        rows.append([f"shuffled, 7 files, {threads} thread(s)", ", ".join(differ) or "none", again.seconds])
    yield from table(("run", "tables that differ", "seconds"), rows)


def _scattered(path: Path, out: Path, *, parts: int) -> None:
    name = path.name.partition(".")[0]
    if name not in SOURCES or path.suffix != ".parquet":
        raise SystemExit(f"{path}: expected the simulator's Parquet tables")
    rows = pq.read_table(path)
    order = list(range(rows.num_rows))
    random.Random(name).shuffle(order)
    (out / name).mkdir(parents=True)
    for part in range(parts):
        pq.write_table(rows.take(pa.array(order[part::parts])), out / name / f"part-{part}.parquet")


def _digest(case: Path, name: str) -> str:
    return hashlib.sha256((case / f"{name}.parquet").read_bytes()).hexdigest()


# --- the whole -----------------------------------------------------------------------------------


def pools(work: Path) -> list[Path]:
    """The real prompts, unpacked for the simulator."""
    if not DATA.is_dir():
        message = f"the real prompts are not there: {os.path.relpath(DATA)}"
        raise SystemExit(message)
    for name in POOLS:
        (work / name.removesuffix(".gz")).write_bytes(gzip.decompress((DATA / name).read_bytes()))
    return [work / name.removesuffix(".gz") for name in POOLS]


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--accounts", type=int, default=20_000)
    parser.add_argument("--interactions", type=int, default=250_000)
    parser.add_argument("--profiles", nargs="+", default=["mixed", "null"])
    parser.add_argument("--prompts", action="store_true", help="real prompts instead of the built-in grammar")
    parser.add_argument("--scale", type=int, default=0, help="also so many times the interactions")
    parser.add_argument("--identity", action="store_true", help="also the same rows in other files")
    parser.add_argument("--keep", type=Path, help="keep cases and sources in this folder")
    return parser.parse_args()


def main() -> None:
    """Runs and prints everything asked for."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        work = chosen.keep or Path(scratch)
        work.mkdir(parents=True, exist_ok=True)
        real = pools(work) if chosen.prompts else []
        for line in report(chosen, work, real):
            print(line, flush=True)


def report(chosen: argparse.Namespace, work: Path, real: Sequence[Path]) -> Iterator[str]:
    """All lines of the report, as they become known."""
    yield "Accounts, addresses, cards and operators are simulated; the prompts are " + (
        "real: innocents ask what people wrote, operators what a machine wrote, in templates."
        if real
        else "made by a grammar."
    )
    yield ""
    warm = simulate(work / "warm", profile="mixed", accounts=300, interactions=3_000, seed=1, prompts=real)
    investigated(warm.source, work / "warm" / "case")
    rows, first = [], None
    for profile in chosen.profiles:
        for seed in chosen.seeds:
            ran, found, source = one(chosen, work, real, profile=profile, seed=seed)
            rows.append(quality(profile, seed, chosen.interactions, ran, found))
            print(*rows[-1], sep=" | ", file=sys.stderr, flush=True)
            first = first or (ran, source, profile, seed)
    yield from table(QUALITY, rows)
    if first is None:
        return
    ran, source, profile, seed = first
    yield from (f"Stages of {profile}, seed {seed}:", "", *stages(ran))
    yield from answers(ran.case)
    if chosen.identity:
        yield from identity(source, ran, work)
    if chosen.scale:
        yield from larger(chosen, work, real, ran, profile=profile, seed=seed)


def one(
    chosen: argparse.Namespace, work: Path, real: Sequence[Path], *, profile: str, seed: int, times: int = 1
) -> tuple[Ran, Evaluation, Path]:
    """Simulates, runs and scores one population."""
    made = simulate(
        work / f"{profile}-{seed}-{times}",
        profile=profile,
        accounts=chosen.accounts,
        interactions=chosen.interactions * times,
        seed=seed,
        prompts=real,
    )
    ran = investigated(made.source, made.out / "case")
    return ran, scored(ran.case, made.truth), made.source


def larger(
    chosen: argparse.Namespace, work: Path, real: Sequence[Path], ran: Ran, *, profile: str, seed: int
) -> Iterator[str]:
    """The same population with many times the interactions: how many times the seconds?"""
    big, found, _ = one(chosen, work, real, profile=profile, seed=seed, times=chosen.scale)
    ratio = big.seconds / ran.seconds
    yield f"{chosen.scale} times the interactions: {ratio:.1f} times the seconds"
    yield ""
    yield from table(QUALITY, [quality(profile, seed, chosen.interactions * chosen.scale, big, found)])
    yield from stages(big)


if __name__ == "__main__":
    main()
