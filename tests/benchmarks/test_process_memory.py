"""Memory of a program and of the processes it starts, measured on real ones."""

import sys
import time

from process_memory import measured

GIB = 2**30
CHILD = "held = bytearray({size}); held[::4096] = b'x' * len(held[::4096]); import time; time.sleep({wait})"


def python(size: int, wait: float) -> list[str]:
    return [sys.executable, "-c", CHILD.format(size=size, wait=wait)]


def test_processes_are_counted_together() -> None:
    inner = python(150 << 20, 1.5)
    started = f"import subprocess; subprocess.run({inner!r}, check=True); print('done')"
    outer = f"held = bytearray(b'y') * {100 << 20}; {started}"
    run = measured([sys.executable, "-c", outer], limit=GIB)
    assert run.ended is None and run.output == "done\n"
    assert 250 << 20 <= run.peak < 330 << 20
    assert 1.5 <= run.seconds < 60 and 0 < run.processor_seconds < run.seconds + 1


def test_a_program_over_the_limit_is_ended_with_all_it_started() -> None:
    outer = f"import subprocess\nsubprocess.run({python(200 << 20, 60)!r})"
    begun = time.monotonic()
    run = measured([sys.executable, "-c", outer], limit=100 << 20)
    assert time.monotonic() - begun < 30
    assert run.ended == "ended at the limit of 0.1 GiB" and run.peak > 100 << 20


def test_a_program_that_fails_says_so() -> None:
    run = measured([sys.executable, "-c", "print('no'); raise SystemExit(3)"], limit=GIB)
    assert (run.ended, run.output) == ("failed with exit code 3", "no\n")
