"""Memory is that of the run and of the processes it has started."""

import multiprocessing
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from linkage.runs.memory import Watch, give_back, held, let_go, most_held

MIB = 2**20
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a process holds now")


@linux
def test_a_watch_sees_what_was_held_for_a_moment() -> None:
    with Watch() as watch:
        before = watch.take()
        block = np.ones(200 * MIB, dtype=np.uint8)
        time.sleep(0.5)
        del block
        assert watch.take() > before + 150 * MIB
        time.sleep(0.3)
        assert watch.take() < before + 100 * MIB
        assert watch.most > before + 150 * MIB


@linux
def test_a_child_is_counted() -> None:
    before = held()
    code = "import sys; block = b'x' * (150 * 2**20); print('up', flush=True); sys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None and child.stdout.readline() == "up\n"
    try:
        assert held() > before + 120 * MIB
    finally:
        child.communicate("")
    assert held() < before + 100 * MIB


def _wait(event: object) -> None:
    event.wait()  # type: ignore[attr-defined]


@linux
def test_pages_in_common_with_a_forked_child_count_once() -> None:
    block = np.ones(200 * MIB, dtype=np.uint8)
    before = held()
    fork = multiprocessing.get_context("fork")
    event = fork.Event()
    child = fork.Process(target=_wait, args=(event,))
    child.start()
    try:
        assert held() < before + 100 * MIB
    finally:
        event.set()
        child.join()
    assert block[0] == 1


@linux
def test_what_is_free_between_what_is_used_is_given_back() -> None:
    blocks = [bytes(2_000) for _ in range(100_000)]
    before = held()
    del blocks[:-1]
    give_back()
    assert held() < before - 100 * MIB
    assert len(blocks[0]) == 2_000


def test_what_was_held_at_most_is_not_less_than_what_is_held() -> None:
    assert most_held() >= 10 * MIB


def _in_files() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("RssFile")).split()[1]) // 1024


@linux
def test_rows_in_a_file_are_let_go_and_are_there_when_they_are_asked_for(tmp_path: Path) -> None:
    rows = pa.table({"a": np.arange(8_000_000), "b": np.ones(8_000_000)})
    with pa.ipc.new_file(tmp_path / "rows", rows.schema) as out:
        out.write_table(rows)
    mapped = pa.ipc.open_file(pa.memory_map(str(tmp_path / "rows"))).read_all()
    total = mapped["a"].to_numpy().sum() + mapped["b"].to_numpy().sum()
    before = _in_files()
    let_go(mapped)
    assert _in_files() < before - 60
    assert mapped["a"].to_numpy().sum() + mapped["b"].to_numpy().sum() == total
    let_go(rows)
    assert rows["a"][7].as_py() == 7, "rows of no file stay"
