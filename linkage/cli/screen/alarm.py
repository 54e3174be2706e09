"""Interrupts a run once something is the matter, also while a stage works for minutes and says nothing."""

import _thread
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

from linkage.errors import LinkageError

SECONDS = 0.5
"""How often it looks."""

BELL = signal.SIGUSR1
"""The signal whose handler the main thread runs. None is sent, which might end a system call early."""


class Alarm:
    """`with Alarm(check):` has the main thread raise the error of this program that `check` raises elsewhere.

    Whatever the interrupted code makes of that error, it is what comes out in the end.
    """

    def __init__(self, check: Callable[[], None]) -> None:
        self._check, self._error = check, None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, name="budget", daemon=True)
        self._before: Any = None

    _error: LinkageError | None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(BELL, self._ring)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._before is not None:
            signal.signal(BELL, self._before)
        # An engine in the middle of a query makes an error of its own of it.
        if self._error is not None and kind is not None and error is not self._error:
            raise self._error from error

    def _look(self) -> None:
        while not self._ended.wait(SECONDS):
            try:
                self._check()
            except LinkageError as error:
                self._error = error
                _thread.interrupt_main(BELL)
                return

    def _ring(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self._error is not None and not self._ended.is_set():
            raise self._error
