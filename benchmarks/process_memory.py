"""Runs a program and samples the memory of all of its processes together, up to a limit.

What is added up are proportional set sizes (Linux): a page that several processes share counts once.
"""

import os
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

EVERY = 0.25
"""Seconds between two samples."""

PROC = Path("/proc")


@dataclass(frozen=True)
class Measured:
    """Seconds a program ran, the peak of all of its processes in bytes, how it ended, what it printed.

    `ended` is None where the program ended by itself and well; else it says what happened.
    """

    seconds: float
    processor_seconds: float
    peak: int
    ended: str | None
    output: str


def measured(command: Sequence[str], *, limit: int, env: Mapping[str, str] | None = None) -> Measured:
    """Runs a program; one whose processes together take more than `limit` bytes is ended."""
    before, start = os.times(), time.perf_counter()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
        start_new_session=True,
    ) as running:
        watch = _Watch(running.pid, limit)
        watch.start()
        output, _ = running.communicate()
        watch.stop()
    seconds, after = time.perf_counter() - start, os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    ended = None
    if watch.over:
        ended = f"ended at the limit of {limit / 2**30:.1f} GiB"
    elif running.returncode:
        ended = f"failed with exit code {running.returncode}"
    return Measured(seconds, used, watch.peak, ended, output)


class _Watch(Thread):
    """Samples one process and all that descend from it."""

    def __init__(self, process: int, limit: int) -> None:
        super().__init__(daemon=True)
        self._process, self._limit, self._done = process, limit, Event()
        self.peak, self.over = 0, False

    def run(self) -> None:
        while not self._done.wait(EVERY):
            self.peak = max(self.peak, memory_of(self._process))
            if self.peak > self._limit and not self.over:
                self.over = True
                os.killpg(self._process, signal.SIGKILL)

    def stop(self) -> None:
        self._done.set()
        self.join()


def memory_of(process: int) -> int:
    """Bytes of a process and all that descend from it; a process that has just ended counts nothing."""
    children = defaultdict(list)
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            children[_parent(folder)].append(int(folder.name))
    waiting, total = [process], 0
    while waiting:
        each = waiting.pop()
        waiting += children[each]
        total += _proportional_set_size(each)
    return total


def _parent(folder: Path) -> int:
    try:
        # After the name, which may hold anything and stands in parentheses: state, parent.
        return int((folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return -1


def _proportional_set_size(process: int) -> int:
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text("utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:"))
