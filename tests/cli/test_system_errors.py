"""What the system refuses is said with what to do; a program ended from outside leaves nothing behind."""

import errno
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from linkage.cli import run
from linkage.cli.system_errors import HINTS, in_words
from linkage.errors import LinkageError
from tests import made_case

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "case"
PROGRAM = [sys.executable, "-c", "from linkage.cli import main; main()"]


def raising(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    """A command that ends with this error."""

    def ends(action: str, /, **given: object) -> int:
        raise error

    monkeypatch.setattr("linkage.cli.verbs.case.call", ends)
    code = run(["show", "cases/spring", "op-1"])
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EROFS, errno.ENOENT, errno.EACCES, errno.EIO, errno.EMFILE]
)
def test_the_system_is_quoted_with_what_to_do(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = raising(OSError(number, os.strerror(number), "a place"), monkeypatch, capsys)
    assert code in (2, 3) and "internal error" not in told
    assert told.startswith(f"error: a place: {os.strerror(number)}\n  next: ") and HINTS[number] in told


def test_memory_is_a_budget(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = raising(MemoryError(), monkeypatch, capsys)
    assert code == 6 and "memory is used up" in told and "next: " in told


@pytest.mark.parametrize("error", [OSError("no number"), OSError(errno.EBADF, "bad handle"), KeyError("x")])
def test_a_defect_stays_one(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(type(error)):
        raising(error, monkeypatch, capsys)
    if isinstance(error, OSError):
        assert in_words(error) is None


def test_both_places_of_a_move_are_named() -> None:
    told = in_words(OSError(errno.ENOSPC, "full", "here", None, "there"))
    assert isinstance(told, LinkageError) and str(told) == "here to there: full"


def test_a_full_disk_is_no_internal_error(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk; the real program, in a process of its own."""
    whole = shlex.join([*PROGRAM, "investigate", str(FIXTURE), "--case", str(tmp_path / "case")])
    limited = f"ulimit -f 4; exec {whole}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (2, 6) and "internal error" not in done.stderr, done.stderr
    assert "next: make room there" in done.stderr
    assert not (tmp_path / "case").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_ended_from_outside_sweeps(number: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    case = tmp_path / "case"
    command = [*PROGRAM, "investigate", str(FIXTURE), "--case", str(case)]
    started = subprocess.Popen(
        command,
        env={**os.environ, "TMPDIR": str(tmp_path / "tmp")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 200
    while not list(case.glob(".work-*/*")) and started.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    assert started.poll() is None, started.communicate()
    started.send_signal(number)
    _, told = started.communicate(timeout=200)
    assert started.returncode == 128 + number and b"ended from outside" in told
    assert b"Traceback" not in told and b"internal error" not in told
    assert not case.exists() or {each.name for each in case.iterdir()} == {".lock"}
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_folder_of_another_program_is_no_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is neither read, nor written into, nor taken for a damaged case."""
    for text in ('{"command": "train", "outputs": ["model.bin"]}', "{not json", "[]"):
        (tmp_path / "run.json").write_text(text)
        before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
        for arguments in (
            ["show", tmp_path, "op-1"],
            ["audit", tmp_path],
            ["investigate", FIXTURE, "--case", tmp_path],
        ):
            assert run([str(each) for each in arguments]) == 2
            assert "case" in capsys.readouterr().err
        assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_case_whose_receipt_is_damaged_is_still_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = made_case.write(tmp_path / "case")
    (made / "run.json").write_text("{")
    assert run(["show", str(made), made_case.GROUP]) == 5
    assert "run.json" in capsys.readouterr().err
    shutil.rmtree(made)
