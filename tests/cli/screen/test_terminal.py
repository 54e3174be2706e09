"""Colour, width, closed pipes and internal errors."""

import errno
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.looks import LOOKS, look
from tests.conftest import Command


def on_a_terminal(arguments: list[str], **environment: str) -> bytes:
    master, slave = pty.openpty()
    env = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    env |= {"TERM": "xterm-256color", "COLUMNS": "100", **environment}
    process = subprocess.Popen(command(*arguments), stdout=slave, stderr=slave, env=env)
    os.close(slave)
    out = b"".join(iter(lambda: _read(master), b""))
    process.wait(timeout=60)
    os.close(master)
    return out


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError as error:
        if error.errno == errno.EIO:
            return b""
        raise


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from linkage.cli import main; main()", *arguments]


def test_colour_only_where_it_is_wanted(made: Path) -> None:
    arguments = ["explain", str(made), "acct_00", "acct_01"]
    assert b"\x1b[" in on_a_terminal(arguments)
    assert b"\x1b" not in on_a_terminal(arguments, NO_COLOR="1")
    assert b"\x1b" not in on_a_terminal(arguments, TERM="dumb")
    piped = subprocess.run(
        command(*arguments), capture_output=True, check=True, env={**os.environ, "FORCE_COLOR": "1"}
    )
    assert b"\x1b" not in piped.stdout + piped.stderr


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_screen(
    made: Path, width: int, monkeypatch: pytest.MonkeyPatch, linkage: Command
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for given in LOOKS:
        _, out, _ = linkage(*look(given, made))
        assert max(map(len, out.splitlines())) <= width, given


def test_an_accident_is_one_line_and_with_debug_the_whole_trace(tmp_path: Path) -> None:
    broken = "import linkage.cli.groups as groups\ngroups.open_case = lambda *a, **k: 1 / 0\n"
    code = f"{broken}from linkage.cli import main; main()"
    for extra, lines in (((), 2), (("--debug",), 5)):
        ended = subprocess.run(
            [sys.executable, "-c", code, "groups", str(tmp_path), *extra], capture_output=True, text=True
        )
        assert ended.returncode == 1
        assert ("Traceback" in ended.stderr) == bool(extra)
        assert len(ended.stderr.splitlines()) >= lines


def test_a_closed_pipe_is_no_error(made: Path) -> None:
    line = " ".join(f"'{each}'" for each in command("groups", str(made)))
    ended = subprocess.run(f"{line} | true", shell=True, capture_output=True, text=True)
    assert "Broken pipe" not in ended.stderr
    assert "Traceback" not in ended.stderr
