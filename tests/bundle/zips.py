"""Archives of every wrong form, written byte by byte."""

import struct
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linkage.bundle.checks.archive import CENTRAL, DATE, END, LOCAL, MADE_BY, MODE, NEEDED, TIME
from tests.bundle.made import unpacked


@dataclass(frozen=True)
class Entry:
    """One entry; every field can lie."""

    name: bytes
    content: bytes
    flags: int = 0
    method: int = 0
    mode: int = MODE
    date: int = DATE
    extra: bytes = b""
    size: int | None = None
    packed: int | None = None
    local_name: bytes | None = None
    start: int | None = None


def entries(source: Path) -> list[Entry]:
    """Those of a good bundle, in order."""
    return [Entry(name.encode(), content) for name, content in sorted(unpacked(source).items())]


def write(
    path: Path,
    given: list[Entry],
    *,
    before: bytes = b"",
    after: bytes = b"",
    between: bytes = b"",
    count: int | None = None,
    comment: int = 0,
) -> Path:
    """The archive of these entries."""
    body, directory = bytearray(before), bytearray()
    for entry in given:
        crc, length = zlib.crc32(entry.content), len(entry.content)
        size = length if entry.size is None else entry.size
        stored = size if entry.packed is None else entry.packed
        named = entry.name if entry.local_name is None else entry.local_name
        at = len(body) if entry.start is None else entry.start
        body += LOCAL.pack(
            b"PK\x03\x04",
            NEEDED,
            entry.flags,
            entry.method,
            TIME,
            entry.date,
            crc,
            stored,
            size,
            len(named),
            0,
        )
        body += named + entry.content + between
        directory += CENTRAL.pack(
            b"PK\x01\x02", MADE_BY, NEEDED, entry.flags, entry.method, TIME, entry.date, crc, stored, size,
            len(entry.name), len(entry.extra), 0, 0, 0, entry.mode, at,
        )  # fmt: skip
        directory += entry.name + entry.extra
    number = len(given) if count is None else count
    end = END.pack(b"PK\x05\x06", 0, 0, number, number, len(directory), len(body), comment)
    path.write_bytes(bytes(body) + bytes(directory) + end + after)
    return path


def changed(given: list[Entry], name: bytes, **fields: Any) -> list[Entry]:
    """The same with one entry changed."""
    return [replace(each, **fields) if each.name == name else each for each in given]


def added(given: list[Entry], *more: Entry) -> list[Entry]:
    """The same with further entries, in order."""
    return sorted([*given, *more], key=lambda each: each.name)


def deflated(content: bytes) -> bytes:
    """As a compressed entry holds it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


assert struct.calcsize(END.format) == 22
