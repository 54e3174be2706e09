from collections.abc import Iterator

import pytest

from linkage.engine import Engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine of our own for the tests of one file."""
    made = Engine(tmp_path_factory.mktemp("scratch"), threads=2)
    yield made
    made.close()
