"""A written case for the tests of this folder."""

from pathlib import Path

import pytest

from tests import made_case


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return made_case.write(tmp_path / "case")
