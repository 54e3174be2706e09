"""Lines are added whole or not at all; what a killed writer left is kept, and is no entry."""

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.case import ndjson
from linkage.case.ndjson import TORN, append, mend, read_lines, torn
from linkage.errors import IntegrityError


def add(path: Path, **fields: Any) -> None:
    append(path, lambda last: {"seq": last["seq"] + 1 if last else 1, **fields})


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), st.data())
def test_cut_anywhere_nothing_that_was_whole_is_lost(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("lines") / "x.ndjson"
    for text in texts:
        add(path, text=text)
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    add(path, text="next")
    rows = read_lines(path)
    ends = [place + 1 for place, byte in enumerate(whole) if byte == 10]
    # A line that lacks only its end is whole.
    left = sum(end - 1 <= cut for end in ends)
    assert [row["text"] for row in rows] == [*texts[:left], "next"]
    assert [row["seq"] for row in rows] == list(range(1, left + 2))
    fragment = b"" if any(end - 1 <= cut <= end for end in ends) else whole[:cut].rpartition(b"\n")[2]
    assert [each.read_bytes() for each in torn(path.parent)] == ([fragment] if fragment else [])


def test_a_full_disk_takes_back_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.ndjson"
    add(path, n=1)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ndjson.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        add(path, n=2)
    monkeypatch.undo()
    assert path.read_bytes() == before
    add(path, n=2)
    assert [row["n"] for row in read_lines(path)] == [1, 2]


FULL = """
import resource, signal, sys
from pathlib import Path
from linkage.case.ndjson import append
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 7, resource.RLIM_INFINITY))
try:
    append(path, lambda last: {"seq": 2, "text": "x" * 100})
except OSError:
    sys.exit(9)
"""


def test_a_file_that_may_not_grow_stays_what_it_was(tmp_path: Path) -> None:
    """The system itself writes seven bytes of the line, and refuses the eighth."""
    path = tmp_path / "x.ndjson"
    add(path, n=1)
    before = path.read_bytes()
    assert subprocess.run([sys.executable, "-c", FULL, str(path)], check=False).returncode == 9
    assert path.read_bytes() == before and torn(tmp_path) == []


def test_a_torn_line_that_cannot_be_kept_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.ndjson"
    add(path, n=1)
    path.write_bytes(path.read_bytes() + b'{"se')
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ndjson, "write_private", full)
    with pytest.raises(OSError, match="No space"):
        mend(path)
    assert path.read_bytes() == before
    with pytest.raises(IntegrityError, match="cut short"):
        read_lines(path)


def test_the_mending_of_a_killed_process_is_done_again(tmp_path: Path) -> None:
    """Killed between keeping the torn line and taking it out: the same line is kept once."""
    path = tmp_path / "x.ndjson"
    add(path, n=1)
    torn_line = path.read_bytes() + b'{"se'
    for _ in range(2):
        path.write_bytes(torn_line)
        mend(path)
    assert len(torn(tmp_path)) == 1 and [row["n"] for row in read_lines(path)] == [1]


def test_files_are_for_their_owner_alone_whatever_stood_there(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.touch()
    path.chmod(0o666)
    path.write_bytes(b'{"se')
    before = os.umask(0)
    try:
        add(path, n=1)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / TORN).stat().st_mode & 0o777 == 0o700
    assert [each.stat().st_mode & 0o777 for each in torn(tmp_path)] == [0o600]


@pytest.mark.parametrize(
    "line", [b"1\n", b'{"seq": "1"}\n', b"{\n", b"\xff\n", b"[" * 100_000 + b"\n", b"\n"]
)
def test_a_line_that_is_no_entry_is_named(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    add(path, n=1)
    path.write_bytes(path.read_bytes() + line)
    with pytest.raises(IntegrityError, match="line 2"):
        read_lines(path)


def test_long_lines_are_found_again(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    for length in (1, 5_000, 40_000, 300_000, 2):
        add(path, text="x" * length)
    assert [row["seq"] for row in read_lines(path)] == [1, 2, 3, 4, 5]
    assert json.loads(ndjson._last_line(io.BytesIO(path.read_bytes())))["text"] == "xx"
