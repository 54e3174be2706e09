"""A run that was killed at any moment is gone on with by the same command, and ends in the same bytes."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from linkage import investigate
from linkage.case import Case
from linkage.links import constraints
from tests import promised
from tests.conftest import ROOT
from tests.promised import PLAIN, small

STORED = ("read", "rows", "prompts", "observations", "evidence", "links")
STAGES = (*STORED, "groups", "stability", "write")

PROGRAM = """
import itertools, os, signal, sys
from linkage import investigate
from linkage.runs import parts, store
from tests.promised import small
source, case, at = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def progress(stage, rows, total):
    if at == f"{'begin' if total is None else 'end'} {stage}":
        die()

def counted(name, whole):
    calls = itertools.count(1)
    def call(*given, **more):
        number = next(calls)
        if at == f"before {name} {number}":
            die()
        done = whole(*given, **more)
        if at == f"after {name} {number}":
            die()
        return done
    return call

parts.TakenApart._parquet = counted("part", parts.TakenApart._parquet)
store.Store.draft = counted("draft", store.Store.draft)
store.Store.seal = counted("seal", store.Store.seal)
store.write_private = counted("entry", store.write_private)
store.Store.discard = counted("discard", store.Store.discard)
investigate(source, case=case, settings=small(), progress=progress)
"""


class Runs:
    """Runs of one source in processes of their own, with a cache of their own."""

    def __init__(self, folder: Path) -> None:
        self.source = promised.write(PLAIN.tables(), folder / "source")
        self.case, self.cache = folder / "case", folder / "cache"
        self.environment = {**os.environ, "XDG_CACHE_HOME": str(self.cache), "PYTHONPATH": str(ROOT)}

    def start(self, at: str = "") -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", PROGRAM, str(self.source), str(self.case), at]
        return subprocess.Popen(command, env=self.environment)

    def killed(self, at: str) -> None:
        """A run that dies at this point."""
        assert self.start(at).wait() == -signal.SIGKILL, at

    def done(self) -> dict[str, Any]:
        """The receipt of a run that comes to its end.

        A case that a killed run had already published goes first: the next run would compare itself with it.
        """
        shutil.rmtree(self.case, ignore_errors=True)
        assert self.start().wait() == 0
        return receipt(self.case)

    def left(self) -> list[Path]:
        """What the cache holds."""
        return [each for each in self.cache.rglob("*") if not each.is_dir()]


def receipt(case: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((case / "run.json").read_text("utf-8"))
    return found


def stored(run: dict[str, Any]) -> tuple[str, ...]:
    """The stages that were taken from the store."""
    return tuple(each["stage"] for each in run["stages"] if each.get("stored"))


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two receipts are of the same bytes, counts and cuts."""
    return all(one[what] == other[what] for what in ("outputs", "inputs", "caps", "population"))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    runs = Runs(tmp_path_factory.mktemp("undisturbed"))
    run = runs.done()
    assert stored(run) == () and [each["stage"] for each in run["stages"]] == [*STAGES]
    assert runs.left() == [], "nothing is left of a run that succeeded"
    return run


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path)


def test_killed_at_the_beginning_of_each_stage_it_goes_on_there(
    runs: Runs, undisturbed: dict[str, Any]
) -> None:
    for stage in STAGES:
        runs.killed(f"begin {stage}")
    run = runs.done()
    assert same(run, undisturbed) and stored(run) == STORED
    assert runs.left() == []


def test_killed_at_the_end_of_each_stage_it_goes_on_after_it(runs: Runs, undisturbed: dict[str, Any]) -> None:
    for stage in STAGES:
        runs.killed(f"end {stage}")
    run = runs.done()
    assert same(run, undisturbed) and stored(run) == STORED


@pytest.mark.parametrize(
    "moments",
    [
        ["after draft 1", "before seal 1", "before entry 1", "after entry 1", "after seal 1"],
        ["before part 4", "after part 3", "before seal 2", "after entry 2", "after draft 1"],
        ["before discard 2", "after discard 3", "before discard 1"],
    ],
    ids=["storing the first", "storing later ones", "removing"],
)
def test_killed_while_it_stores_or_removes(
    runs: Runs, undisturbed: dict[str, Any], moments: Sequence[str]
) -> None:
    for each in moments:
        runs.killed(each)
    assert same(runs.done(), undisturbed)
    assert runs.left() == []


def test_killed_at_random_moments_it_ends_in_the_same_bytes(runs: Runs, undisturbed: dict[str, Any]) -> None:
    draw = random.Random(time.time_ns() if "CI" not in os.environ else 7)
    started = time.perf_counter()
    Runs(runs.cache.parent / "timed").done()
    whole = time.perf_counter() - started
    for moment in (moments := [draw.uniform(0.3, 1) * whole for _ in range(5)]):
        process = runs.start()
        time.sleep(moment)
        process.kill()
        process.wait()
    assert same(runs.done(), undisturbed), moments
    assert runs.left() == []


# --- what is computed anew -------------------------------------------------------------------------


def run(tmp_path: Path, name: str, keep: bool = True, **changes: Any) -> dict[str, Any]:
    source = tmp_path / "source"
    if not source.exists():
        promised.write(PLAIN.tables(), source)
    investigate(source, case=tmp_path / name, settings=small(runs={"keep": keep}, **changes))
    return receipt(tmp_path / name)


CHANGES: dict[str, tuple[dict[str, Any], int]] = {
    "groups": ({"threads": 1, "groups": {"min_accounts": 4, "resamples": 3}}, 6),
    "links": ({"links": {"operator_accounts": 3, "strong_bits": 2.0}}, 5),
    "evidence": ({"evidence": {"min_propose_bits": 0.6, "min_pair_bits": 0.5}}, 4),
    "observations": ({"observations": {"undeclared_agreement": 0.4}}, 3),
    "prompts": ({"prompts": {"encoder": "hashing", "same": 0.9}}, 2),
    "seed": ({"seed": 5}, 2),
    "ingest": ({"ingest": {"max_quarantined": 0.02}}, 0),
}
"""A change, and how many stages are still what they were."""


def test_a_changed_setting_computes_only_what_depends_on_it(tmp_path: Path) -> None:
    run(tmp_path, "first")
    for name, (change, stay) in CHANGES.items():
        found = run(tmp_path, name, keep=False, **change)
        assert stored(found) == STORED[:stay], name


@pytest.mark.parametrize("name", ["links", "prompts"])
def test_what_is_computed_from_stored_stages_is_what_a_fresh_run_computes(tmp_path: Path, name: str) -> None:
    change, _ = CHANGES[name]
    run(tmp_path, "first")
    resumed = run(tmp_path, "resumed", **change)
    fresh = investigate(
        tmp_path / "source", case=tmp_path / "fresh", settings=small(runs={"fresh": True}, **change)
    ).run
    assert stored(resumed) and not stored(fresh)
    assert same(resumed, fresh)


def test_a_verdict_changes_links_alone(tmp_path: Path) -> None:
    run(tmp_path, "case")
    one, other = sorted(PLAIN.names()[:2])
    Case(tmp_path / "case").judge(constraints.on_pair("not linked", one, other, "seen"), who="mira")
    assert stored(run(tmp_path, "case")) == STORED[:5]


def test_a_source_that_changed_is_read_again(tmp_path: Path) -> None:
    run(tmp_path, "first")
    file = max((tmp_path / "source").rglob("*.ndjson"), key=lambda each: each.stat().st_size)
    times = file.stat()
    content = file.read_bytes()
    name = PLAIN.names()[0].encode()
    assert name in content
    file.write_bytes(content.replace(name, name[:-1] + b"~"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    found = run(tmp_path, "second")
    assert file.stat().st_size == times.st_size and stored(found) == ()


def test_a_source_that_moved_is_the_same(tmp_path: Path) -> None:
    run(tmp_path, "first")
    (tmp_path / "source").rename(tmp_path / "moved")
    case = investigate(tmp_path / "moved", case=tmp_path / "second", settings=small())
    assert stored(case.run) == STORED
