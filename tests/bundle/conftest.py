"""One sealed case and one court view of it, made once."""

from pathlib import Path

import pytest

from tests.bundle.made import World, world


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
