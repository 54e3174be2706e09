"""Runs a function over a list in two processes, for work in Python that one core takes long over."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Any

LEAST = 20_000
"""Items from which a second process pays: it needs half a second to start."""


def in_two_processes(function: Callable[..., list[Any]], items: Sequence[Any], **options: Any) -> list[Any]:
    """`function(items, **options)`, whose answer for each item depends on that item alone, by two processes.

    `function` is a module's own function. Where there is no second process, this one does all of the work.
    """
    middle = len(items) // 2 if len(items) >= LEAST else len(items)
    if middle == len(items):
        return function(items, **options)
    with subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as other:
        assert other.stdin and other.stdout
        try:
            with suppress(OSError):  # it may not have started; then it does not answer either
                pickle.dump((function, items[middle:], options), other.stdin, pickle.HIGHEST_PROTOCOL)
            with suppress(OSError):
                other.stdin.close()
            return function(items[:middle], **options) + _answer(
                other.stdout, function, items[middle:], options
            )
        finally:
            other.kill()


def _answer(
    answers: IO[bytes], function: Callable[..., list[Any]], items: Sequence[Any], options: dict[str, Any]
) -> list[Any]:
    """The other process's half; done here where it gave none."""
    try:
        second: list[Any] = pickle.load(answers)
    except (EOFError, OSError, pickle.UnpicklingError):
        second = function(items, **options)
    return second


def work() -> None:
    """What the second process does: reads its half, answers."""
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        function, items, options = pickle.load(sys.stdin.buffer)
        pickle.dump(function(items, **options), answers, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    work()
