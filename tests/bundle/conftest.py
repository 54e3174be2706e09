"""Cases and views of them, made once."""

from pathlib import Path

import pytest

from tests.bundle import whole as wholes
from tests.bundle.made import World, world
from tests.bundle.whole import Whole


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(tmp_path_factory.mktemp("sealed"))


@pytest.fixture(scope="session")
def court(sealed: World) -> Path:
    out = sealed.case.parent / "court.zip"
    sealed.create(out)
    return out


@pytest.fixture(scope="session")
def signers(sealed: World) -> Path:
    path = sealed.case.parent / "signers"
    path.write_text(sealed.signers)
    return path


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A case that a run made, whose one group its data carry."""
    return wholes.whole(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="session")
def confirmed(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """A case whose one group stands because a person confirmed it."""
    return wholes.confirmed(tmp_path_factory.mktemp("confirmed"))
