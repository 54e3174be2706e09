"""How many objects of Python live at once while something runs, by what is running."""

import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

EVERY = 0.001
"""Seconds between two looks. Who holds the interpreter's lock is asked for it after a few milliseconds, and a
list of 200,000 objects takes longer to make."""


class LiveObjects:
    """Looks again and again at how many small objects are allocated.

    `most` has the most that were seen in each stage beyond those at its beginning; `running` says which stage
    is running. The memory of arrays is none of them.
    """

    def __init__(self, running: Callable[[], str]) -> None:
        self._running = running
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.most: dict[str, int] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _look(self) -> None:
        before: dict[str, int] = {}
        while not self._done.is_set():
            now, objects = self._running(), sys.getallocatedblocks()
            more = objects - before.setdefault(now, objects)
            self.most[now] = max(self.most.get(now, 0), more)
            time.sleep(EVERY)
