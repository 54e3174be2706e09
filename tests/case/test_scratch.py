"""What a command writes on its way lies in the case, and goes with it, however it ends."""

import subprocess
import sys
from pathlib import Path

import pytest

from linkage.case import Case, CaseWriter
from linkage.case.scratch import PREFIX, scratch, scratch_in, sweep
from linkage.case.writer import working_folder
from linkage.errors import CaseError


def left(case: Path) -> list[str]:
    return [each.name for each in case.glob(f"{PREFIX}*")]


def test_it_is_private_and_goes_when_the_command_ends(made: Path) -> None:
    with scratch(made) as folder:
        assert folder.parent == made and folder.stat().st_mode & 0o777 == 0o700
        (folder / "plain").write_text("card_1")
    assert left(made) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from linkage.case.scratch import scratch
with scratch(Path(sys.argv[1])) as folder:
    (folder / "plain").write_text("card_1")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_command_left_is_swept_by_the_next_that_opens_the_case(made: Path) -> None:
    for opens in (Case, lambda path: CaseWriter(path).__enter__().__exit__(ValueError, None, None)):
        assert subprocess.run([sys.executable, "-c", KILLED, str(made)], check=False).returncode == -9
        assert len(left(made)) == 1
        opens(made)
        assert left(made) == []


def test_what_a_living_command_works_in_is_left(made: Path) -> None:
    with scratch(made) as folder:
        Case(made)
        sweep(made)
        assert folder.is_dir()


def test_a_folder_of_somebody_else_is_swept_of_nothing_but_scratch_and_stays(tmp_path: Path) -> None:
    assert subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False).returncode == -9
    (tmp_path / f"{PREFIX}thesis").mkdir()
    with scratch_in(tmp_path) as folder:
        assert sorted(left(tmp_path)) == sorted([folder.name, f"{PREFIX}thesis"])
    (tmp_path / f"{PREFIX}thesis").rmdir()
    with scratch_in(tmp_path):
        pass
    assert tmp_path.is_dir()


def test_a_case_that_came_to_nothing_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="stop"), working_folder(tmp_path / "case"):
        raise ValueError("stop")
    assert not (tmp_path / "case").exists()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").touch()
    with pytest.raises(CaseError, match="no case"), working_folder(tmp_path / "other"):
        pass
