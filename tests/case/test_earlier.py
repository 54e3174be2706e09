"""Earlier cases are opened once it is clear that they are some."""

from pathlib import Path

import pytest

from linkage.case.earlier import open_earlier
from linkage.errors import CaseError, UsageError


def test_earlier_cases_are_opened_in_their_order(made: Path, tmp_path: Path) -> None:
    (found,) = open_earlier([made], tmp_path / "new")
    assert found.path == made


def test_a_case_is_not_compared_with_itself(made: Path) -> None:
    with pytest.raises(UsageError, match="not compared with itself"):
        open_earlier([made.parent / "." / made.name], made)


def test_a_folder_that_is_no_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="no case folder"):
        open_earlier([tmp_path], tmp_path / "new")
