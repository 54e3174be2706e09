"""Says when the database is waited for."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from linkage.cli.terminal import say

SECONDS = 10.0
"""Between two such lines."""


class _Waiting(logging.Handler):
    """Hears from the driver that a transaction failed and is tried again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._spoke = float("-inf")

    def emit(self, record: logging.LogRecord) -> None:
        """One line, not one for each attempt."""
        if "retried" in str(record.msg) and time.monotonic() - self._spoke > SECONDS:
            self._spoke = time.monotonic()
            say("Neo4j did not take what was sent, or went away; trying again")


@contextmanager
def told_of_waiting(*, quiet: bool = False) -> Iterator[None]:
    """Within it, a database that is away is told of."""
    if quiet:
        yield
        return
    handler, driver = _Waiting(), logging.getLogger("neo4j")
    driver.addHandler(handler)
    try:
        yield
    finally:
        driver.removeHandler(handler)
