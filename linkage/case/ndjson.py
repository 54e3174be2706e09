"""NDJSON files that only grow, each line an entry with a number.

A line is added under a lock, so that two commands at once cannot interleave, and is on disk before the call
returns. A full disk takes back what it wrote. A process that is killed in the middle of a line leaves a torn
one: nobody can say what it would have been, so it is kept as it stands beside the file, and is no entry.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from linkage.errors import IntegrityError
from linkage.private_files import open_private, private_folder, write_private

Row = dict[str, Any]

TORN = ".torn"
"""The folder beside a file in which its torn lines are kept, each named by the file and its SHA-256."""


def read_lines(path: Path) -> list[Row]:
    """The rows of an NDJSON file; raises IntegrityError naming the line that is none."""
    if not path.exists():
        return []
    content = path.read_bytes()
    if content and not content.endswith(b"\n"):
        raise IntegrityError(
            f"{path}: the last line is cut short", hint="open the case where it can be written: it is mended"
        )
    return [_parsed(line, f"{path}: line {number}") for number, line in enumerate(_lines(content), 1)]


def append(path: Path, make: Callable[[Row | None], Row]) -> Row:
    """Add the row that `make` derives from the last one; returns it.

    Raises OSError where the disk is full; the file is then what it was.
    """
    row = append_unless(path, make)
    assert row is not None
    return row


def append_numbered(path: Path, row: Mapping[str, Any]) -> Row:
    """Add a row with its number in the file, `seq`, before it; returns it as written."""
    return append(path, lambda last: {"seq": number_after(last), **row})


def number_after(last: Row | None) -> int:
    """The number of the entry that follows the last one of a file."""
    return last["seq"] + 1 if last else 1


def append_unless(path: Path, make: Callable[[Row | None], Row | None]) -> Row | None:
    """As `append`, but adds nothing where `make` derives no row."""
    with _locked(path) as file:
        _mend(file, path)
        last = _last_line(file)
        row = make(_parsed(last, f"{path}: last line") if last else None)
        if row is not None:
            _add(file, json.dumps(row).encode("ascii") + b"\n")
    return row


def mend(path: Path) -> None:
    """Take a torn last line out of a file, and keep it in TORN."""
    if _is_torn(path):
        with _locked(path) as file:
            _mend(file, path)


def torn(folder: Path) -> list[Path]:
    """The torn lines that are kept of the files in a folder."""
    return sorted((folder / TORN).glob("*")) if (folder / TORN).is_dir() else []


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    with os.fdopen(open_private(path, os.O_RDWR | os.O_APPEND), "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _is_torn(path: Path) -> bool:
    if not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _add(file: BinaryIO, line: bytes) -> None:
    size, done = file.seek(0, os.SEEK_END), 0
    try:
        while done < len(line):
            done += file.write(line[done:])
        os.fsync(file.fileno())
    except OSError:
        file.truncate(size)
        raise


def _mend(file: BinaryIO, path: Path) -> None:
    """Put the last line right, under the lock of whoever would have ended it were he alive."""
    tail = _tail(file)
    if not tail:
        return
    if _is_entry(tail):  # only its end is missing: no object that was cut short can be read
        _add(file, b"\n")
        return
    kept = private_folder(path.parent / TORN) / f"{path.name}-{hashlib.sha256(tail).hexdigest()}"
    write_private(kept, tail)
    file.truncate(file.seek(0, os.SEEK_END) - len(tail))
    os.fsync(file.fileno())


def _tail(file: BinaryIO) -> bytes:
    """What stands behind the last line end."""
    size, reach = file.seek(0, os.SEEK_END), 4096
    while True:
        start = max(0, size - reach)
        file.seek(start)
        content = _whole(file)
        _, end, tail = content.rpartition(b"\n")
        if end or not start:
            return tail
        reach *= 8


def _last_line(file: BinaryIO) -> bytes:
    size, reach = file.seek(0, os.SEEK_END), 4096
    while size:
        file.seek(max(0, size - reach))
        lines = _lines(_whole(file))
        if len(lines) > 1 or reach >= size:
            return lines[-1]
        reach *= 8
    return b""


def _whole(file: BinaryIO) -> bytes:
    return b"".join(iter(lambda: file.read(1 << 20), b""))


def _lines(content: bytes) -> list[bytes]:
    """Lines end in LF alone: inside JSON no other line end is written as it is."""
    return content.removesuffix(b"\n").split(b"\n") if content else []


def _is_entry(line: bytes) -> bool:
    try:
        _parsed(line, "")
    except IntegrityError:
        return False
    return True


def _parsed(line: bytes, where: str) -> Row:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise IntegrityError(f"{where} is not JSON: {error}") from error
    if not isinstance(row, dict) or not isinstance(row.get("seq"), int):
        raise IntegrityError(f"{where} is not an entry with a number")
    return row
