"""One engine of each backend; the tests of `test_conformance` run on all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from linkage.engines import Engine
from linkage.engines.connect import connect

BACKENDS: dict[str, Callable[[Path, int], Engine]] = {
    "duckdb": lambda scratch, threads: connect(
        scratch, "duckdb", threads=threads, memory="500MB", stage=lambda: "prompts"
    ),
}
"""How each backend is opened for the tests, with so many threads; a new backend is a line here."""

Opened = Callable[[int], Engine]


@pytest.fixture(params=sorted(BACKENDS))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Opens engines of one backend."""
    made: list[Engine] = []

    def one(threads: int = 2) -> Engine:
        made.append(BACKENDS[request.param](tmp_path, threads))
        return made[-1]

    yield one
    for each in made:
        each.close()


@pytest.fixture
def engine(opened: Opened) -> Engine:
    return opened(2)
