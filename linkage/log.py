"""What happens during one run: stages, rows, seconds, and everything that was cut."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

Progress = Callable[[str, int, int | None], None]


def quiet(stage: str, rows: int, total: int | None) -> None:
    """Progress that nobody watches."""
    del stage, rows, total


def by_table(handled: Callable[[int], None]) -> Callable[[str, int], None]:
    """Told each table's rows so far, tells `handled` those of all: whoever limits a run can end it there."""
    rows: dict[str, int] = {}

    def told(table: str, so_far: int) -> None:
        rows[table] = so_far
        handled(sum(rows.values()))

    return told


def processor_seconds() -> float:
    """Seconds of a processor that this process has used, and those it started that have ended."""
    return sum(os.times()[:4])


@dataclass
class Log:
    """What happens during one run: seconds, by the clock and of a processor, rows and memory of each stage,
    and everything that was cut.

    `memory` gives the most bytes held since it was last asked.
    """

    progress: Progress = quiet
    memory: Callable[[], int] = int
    stages: list[dict[str, Any]] = field(default_factory=list)
    caps: list[dict[str, Any]] = field(default_factory=list)
    running: str = ""

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[int], None]]:
        """Times a stage; what it yields is called with how many rows the stage handled."""
        self.progress(name, 0, None)
        self.memory()
        start, used = time.perf_counter(), processor_seconds()
        rows, self.running = [0], name

        def handled(count: int) -> None:
            rows[0] = count
            self.progress(name, count, None)

        yield handled
        times = {"seconds": time.perf_counter() - start, "processor_seconds": processor_seconds() - used}
        rounded = {what: round(each, 3) for what, each in times.items()}
        self.stages.append({"stage": name, **rounded, "rows": rows[0], "memory": self.memory()})
        self.progress(name, rows[0], rows[0])

    def cut(self, stage: str, what: Mapping[str, int]) -> None:
        """Notes what a cap, drop or sample left out; nothing is left out unsaid."""
        self.caps += [{"stage": stage, "what": k, "count": int(v)} for k, v in sorted(what.items()) if v]
