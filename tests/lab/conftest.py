from pathlib import Path

import pytest

from linkage.lab.simulate import simulate
from tests.lab.made import Made, load


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Made:
    out: Path = tmp_path_factory.mktemp("mixed")
    return load(simulate(out, profile="mixed", accounts=6_000, interactions=60_000, seed=5))
