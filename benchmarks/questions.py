"""How long does each question about a case take on the command line, start of the program included?

Asks `account`, `who`, `shared`, `collateral`, `diff`, `export` and `appeal` of a case folder, and prints
of each the median of some turns after one that is not counted: seconds by the clock, and of a processor,
which other work on the machine changes less. Modules are compiled, as in an installed program: where
`PYTHONDONTWRITEBYTECODE` is set, a checkout compiles them at each start, which takes half a second. The
account is of the largest group; `busiest` is the account with most links. Several accounts are those of the
largest group, and of the largest one of at most SEVERAL.
Run: `python benchmarks/questions.py CASE [--earlier CASE] [--turns 3]`, on a copy of a case: each command
adds to its audit file.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.case import Case

SEVERAL = 50

AIM = 1.0
"""Seconds that a question may take."""


def commands(case: Case, earlier: Path | None, out: Path) -> list[tuple[str, list[str]]]:
    """What is asked: a name, and the arguments."""
    links = case.table("links")
    degrees = Counter([*links.column("left").to_pylist(), *links.column("right").to_pylist()])
    [(busiest, _)] = degrees.most_common(1)
    groups = sorted(case.findings, key=lambda row: (row["accounts"], row["group"]), reverse=True)
    several = next((row for row in groups if row["accounts"] <= SEVERAL), groups[-1])
    members = [row["account"] for row in case.members(groups[0]["group"])]
    networks = case.table("observations", {"account": {members[0]}, "trait": {"prefix"}})
    network = f"prefix={networks.column('value')[0]}"
    path = str(case.path)
    asked = [
        ("account, of a group", ["account", path, members[0]]),
        ("account, busiest", ["account", path, busiest]),
        ("who, of a network", ["who", path, network]),
        ("shared, two accounts", ["shared", path, *members[:2]]),
        ("collateral, of a network", ["collateral", path, network]),
        *(each for row in (several, groups[0]) for each in _of_a_group(case, row, out)),
        ("diff, with the run before", ["diff", path]),
        *([("diff, with another case", ["diff", path, "--with", str(earlier)])] if earlier else []),
        ("appeal, of a group", ["appeal", path, members[0], "--out", str(out / "appeal.html")]),
        ("appeal, busiest", ["appeal", path, busiest, "--out", str(out / "busiest.html")]),
    ]
    forms = ("csv", "parquet", "graphml", "gexf", "opengraph", "attack-navigator")
    files = [["export", path, "--format", form, "--out", str(out / f"export.{form}")] for form in forms]
    return [*asked, *((f"export, {form}", file) for form, file in zip(forms, files, strict=True))]


def _of_a_group(case: Case, finding: Mapping[str, Any], out: Path) -> Iterator[tuple[str, list[str]]]:
    members = [row["account"] for row in case.members(finding["group"])]
    listed = out / f"{finding['group']}.txt"
    listed.write_text("\n".join(members), "utf-8")
    yield f"shared, {len(members):,} accounts", ["shared", str(case.path), "--accounts", str(listed)]
    name = f"collateral, of a group of {len(members):,}"
    yield name, ["collateral", str(case.path), finding["group"]]


def median(arguments: Sequence[str], turns: int) -> tuple[float, float]:
    """The median seconds of some turns, by the clock and of a processor."""
    clock, processor = [], []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    for _ in range(turns + 1):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "linkage", *arguments], env=environment, capture_output=True, text=True
        )
        clock.append(time.perf_counter() - began)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode == 0, done.stderr
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(clock[1:]), statistics.median(processor[1:])


def main() -> None:
    """The table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", type=Path)
    parser.add_argument("--earlier", type=Path, help="another case, for diff")
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    print("| question | seconds | of a processor | aim kept |\n|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name, arguments in commands(Case(asked.case), asked.earlier, Path(scratch)):
            clock, processor = median(arguments, asked.turns)
            kept = "yes" if clock < AIM else "NO"
            print(f"| {name} | {clock:.2f} | {processor:.2f} | {kept} |", flush=True)


if __name__ == "__main__":
    main()
