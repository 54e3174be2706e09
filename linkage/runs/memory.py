"""How much memory a run holds: its own process and those it has started, together."""

import ctypes
import os
import resource
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

KIB = 1_024
SECONDS = 0.2
"""How often a watch looks."""

PAGE, PAGE_OUT = resource.getpagesize(), 21
"""Linux, since 5.4: madvise(2). It refuses what it does not know."""

SMALL = 2**21
"""Bytes of a child that are not worth asking what of them is its own."""


def held() -> int:
    """Bytes that this process and its children hold now; where the system does not tell, the most that this
    one has held."""
    try:
        return _resident("self") + sum(_own(str(each)) for each in _children(os.getpid()))
    except OSError:
        return most_held()


def most_held() -> int:
    """The most bytes that this process alone has held."""
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * KIB


def give_back() -> None:
    """Has the allocators give back what is free, so that no stage holds what another has needed."""
    import pyarrow as pa  # which whoever only asks how much is held need not wait for

    pa.default_memory_pool().release_unused()
    with suppress(AttributeError, OSError):  # GNU's library has it, others do without
        ctypes.CDLL(None).malloc_trim(0)


def let_go(rows: Any) -> None:
    """Has the system take back the memory of an Arrow table that lies in a file and is not asked for soon; of
    one that does not it takes nothing. It is read again when it is asked for."""
    with suppress(AttributeError, OSError):
        advise = ctypes.CDLL(None).madvise
        for column in rows.columns:
            for chunk in column.chunks:
                for buffer in filter(None, chunk.buffers()):
                    first = -(-buffer.address // PAGE) * PAGE
                    whole = (buffer.address + buffer.size - first) // PAGE * PAGE
                    if whole > 0:
                        advise(ctypes.c_void_p(first), ctypes.c_size_t(whole), PAGE_OUT)


class Watch:
    """Looks at the memory of the run again and again, in a thread of its own: `with Watch() as watch`."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="memory watch", daemon=True)
        self.most = self._since = 0

    def __enter__(self) -> Self:
        self._see()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def take(self) -> int:
        """The most bytes held since this was last asked; what is free by now is given back."""
        self._see()
        most, self._since = self._since, 0
        give_back()
        return most

    def _look(self) -> None:
        while not self._ended.wait(SECONDS):
            self._see()

    def _see(self) -> None:
        now = held()
        self.most, self._since = max(self.most, now), max(self._since, now)


def _children(process: int) -> list[int]:
    """The processes that one has started, and those they have."""
    found: list[int] = []
    for thread in os.listdir(f"/proc/{process}/task"):
        try:
            with open(f"/proc/{process}/task/{thread}/children") as names:
                own = [int(each) for each in names.read().split()]
        except OSError:
            continue
        found += [*own, *(below for each in own for below in _children_of_living(each))]
    return found


def _children_of_living(process: int) -> list[int]:
    try:
        return _children(process)
    except OSError:
        return []


def _resident(process: str) -> int:
    with open(f"/proc/{process}/statm") as numbers:
        return int(numbers.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _own(process: str) -> int:
    """Bytes that a child shares with nobody, as it shares libraries, and after a fork much else, with us; 0
    for one that has ended."""
    try:
        if _resident(process) < SMALL:
            return 0
        with open(f"/proc/{process}/smaps_rollup") as lines:
            return sum(int(line.split()[1]) * KIB for line in lines if line.startswith("Private_"))
    except OSError:
        return 0
