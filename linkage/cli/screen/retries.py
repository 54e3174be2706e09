"""Says on stderr that a database does not answer and is tried again."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from linkage.cli.screen.terminal import say

SECONDS = 10.0
"""Between two such lines."""


class _Waiting(logging.Handler):
    """Receives the driver's notice that a transaction failed and is tried again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._spoke = float("-inf")

    def emit(self, record: logging.LogRecord) -> None:
        """One line, not one for each attempt."""
        if "retried" in str(record.msg) and time.monotonic() - self._spoke > SECONDS:
            self._spoke = time.monotonic()
            say("Neo4j refused a transaction or does not answer; trying again")


@contextmanager
def announce_retries(*, quiet: bool = False) -> Iterator[None]:
    """Within it, each failed attempt is announced, at most one in ten seconds."""
    if quiet:
        yield
        return
    handler, driver = _Waiting(), logging.getLogger("neo4j")
    driver.addHandler(handler)
    try:
        yield
    finally:
        driver.removeHandler(handler)
