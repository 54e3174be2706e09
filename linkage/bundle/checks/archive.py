"""A bundle as one archive, read under a grammar so narrow that only one archive fits a list of files.

Entries stand one after another from the first byte, stored and never compressed, then their directory,
then the end record, and nothing before, between or after. So none can overlap, unpack to more than its
size, or mean one thing to one program and another thing to the next.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import name_fault, twins
from linkage.bundle.checks.limits import MOST_DIRECTORY, MOST_FILES

LOCAL, CENTRAL, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
DATE, TIME = 0x21, 0
"""1980-01-01, 00:00:00."""
MADE_BY, NEEDED, MODE = 0x0314, 20, 0o100644 << 16
CHUNK = 1 << 20

Entry = tuple[int, int, int]
"""Where a file's bytes start, how many they are, and their CRC-32."""


class NotAnArchive(Exception):
    """Why reading an archive ended."""

    def __init__(self, what: str, *, expected: object = "", found: object = "") -> None:
        super().__init__(what)
        self.expected = expected
        self.found = found


class Archive:
    """The files of an archive; what does not fit the grammar is in the report."""

    def __init__(self, path: str, report: Report) -> None:
        self.path = path
        self.report = report
        self.entries: dict[str, Entry] = {}
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        self.file: BinaryIO = os.fdopen(os.open(path, flags), "rb")
        self.size = os.fstat(self.file.fileno()).st_size
        try:
            self._read()
        except NotAnArchive as error:
            self._wrong(str(error), expected=error.expected, found=error.found)

    def _wrong(self, what: str, *, path: str = "", expected: object = "", found: object = "") -> None:
        self.report.fault("V0", what, path or os.path.basename(self.path), expected=expected, found=found)

    def names(self) -> list[str]:
        """Every file, in the order of the archive."""
        return list(self.entries)

    def length(self, name: str) -> int:
        """Bytes of a file."""
        return self.entries[name][1]

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, in pieces."""
        start, length, crc = self.entries[name]
        self.file.seek(start)
        seen = 0
        while length:
            piece = self.file.read(min(CHUNK, length))
            if not piece:
                self._wrong("a file ends before its declared size", path=name)
                return
            length -= len(piece)
            seen = zlib.crc32(piece, seen)
            yield piece
        if seen != crc:
            self._wrong(
                "the archive's own checksum is wrong", path=name, expected=f"{crc:08x}", found=f"{seen:08x}"
            )

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def _read(self) -> None:
        count, size, start = self._end()
        self.file.seek(start)
        directory = self.file.read(size)
        place, at, names = 0, 0, []
        for _ in range(count):
            if len(directory) - place < CENTRAL.size:
                self._wrong("the archive's directory is cut short")
                return
            fields = CENTRAL.unpack_from(directory, place)
            raw = directory[place + CENTRAL.size : place + CENTRAL.size + fields[10]]
            place += CENTRAL.size + fields[10] + fields[11] + fields[12]
            name = raw.decode("latin-1")
            names.append(name)
            if not self._entry(name, fields, at):
                return
            at += LOCAL.size + fields[10] + fields[9]
        if place != size or at != start:
            self._wrong("bytes that belong to no entry", expected=start, found=at)
        self._names(names)

    def _end(self) -> tuple[int, int, int]:
        """Entries, size and start of the directory."""
        if self.size < END.size:
            raise NotAnArchive("not an archive")
        self.file.seek(max(0, self.size - 65_557))
        tail = self.file.read()
        place = tail.rfind(b"PK\x05\x06")
        if place < 0:
            raise NotAnArchive("a truncated archive, or none")
        if place != len(tail) - END.size:
            raise NotAnArchive("data after the end of the archive")
        _, disk, first, here, count, size, start, comment = END.unpack_from(tail, place)
        if 0xFFFF in (count, here) or 0xFFFFFFFF in (size, start):
            raise NotAnArchive("a 64-bit archive")
        if disk or first or here != count or comment:
            raise NotAnArchive("an archive in several parts")
        if count > MOST_FILES or size > MOST_DIRECTORY:
            raise NotAnArchive("too many files", expected=f"at most {MOST_FILES}", found=count)
        if start + size + END.size != self.size:
            before = start + size + END.size < self.size
            raise NotAnArchive("data before the archive" if before else "an archive whose directory lies")
        return count, size, start

    def _entry(self, name: str, central: tuple[Any, ...], at: int) -> bool:
        """Check one entry of the directory and its local header; False where reading must end."""
        (
            sign,
            made,
            needed,
            flags,
            method,
            time,
            date,
            crc,
            packed,
            size,
            _,
            extra,
            comment,
            disk,
            inner,
            outer,
            start,
        ) = central
        if sign != b"PK\x01\x02":
            self._wrong("the archive's directory is broken")
            return False
        for wrong, what in (
            (flags & 1, "an encrypted entry"),
            (flags & ~1, "an entry with flags"),
            (method, "a compressed entry"),
            (packed != size, "an entry with two sizes"),
            (outer >> 28 == 0xA, "a link"),
            (outer >> 28 == 0x4, "a directory entry"),
            (outer >> 16 & 0o7000, "a set-uid or set-gid mode"),
            (outer != MODE, "an entry with another mode"),
            (extra or comment, "an entry with extra fields"),
            (
                (made, needed, time, date, disk, inner) != (MADE_BY, NEEDED, TIME, DATE, 0, 0),
                "an entry with a time or tool of its own",
            ),
        ):
            if wrong:
                self._wrong(what, path=name)
        if start != at:
            self._wrong("entries overlap or leave gaps", path=name, expected=at, found=start)
            return False
        self.file.seek(start)
        head = self.file.read(LOCAL.size + len(name))
        expected = LOCAL.pack(
            b"PK\x03\x04", needed, flags, method, time, date, crc, packed, size, len(name), 0
        )
        if head != expected + name.encode("latin-1"):
            self._wrong("the entry's own header differs from the directory", path=name)
            return False
        if start + len(head) + size > self.size:
            self._wrong("an entry larger than the archive", path=name, expected=self.size, found=size)
            return False
        if name in self.entries:
            self._wrong("two entries of one name", path=name)
        self.entries[name] = (start + len(head), size, crc)
        return True

    def _names(self, names: list[str]) -> None:
        for name in names:
            if why := name_fault(name):
                self._wrong(why, path=name)
        for one, other in twins(names):
            self._wrong("two names that differ by case alone", path=other, found=one)
        if names != sorted(names):
            self._wrong("entries out of order")
