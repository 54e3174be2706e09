#!/usr/bin/env python3
"""Checks an evidence bundle: python3 verify_bundle.py BUNDLE.zip --signers SIGNERS --recompute

One file of standard Python (3.9 or newer). It runs nothing that is in a bundle, writes nothing, and opens
no connection. Exit code 0: everything that was looked at holds. 5: something is wrong. 2: wrong usage.
`scripts/one-file` makes this file from linkage/bundle/checks; change it there.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import datetime
import fnmatch
import gc
import hashlib
import json
import math
import os
import re
import shlex
import stat
import struct
import sys
import time
import uuid
import zlib
from bisect import bisect_right
from calendar import timegm
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, islice
from operator import lt
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

# --- limits --------------------------------------------------------------------------------------

MOST_FILES = 1_000
MOST_DIRECTORY = 1 << 20
"""Bytes of an archive's directory."""

LONGEST_SEGMENT, LONGEST_NAME = 100, 200
"""Characters of a part of a file's name, and of the whole."""

LONGEST_LINE = 8 << 20
"""Bytes of a line without its end."""

LONGEST_UNIT = 1 << 20
"""Bytes of a unit's line, above which a list is sealed in parts; one element may be as long as a line."""

LONGEST_PATH = 200
"""Characters of the path of a unit."""

MOST_PARTS = 9_999
"""Parts that one list is sealed in."""

DEEPEST = 32
"""Lists and objects around a value, as JSON nests them."""

SAFE_INTEGER = 2**53
"""Beyond it, readers that hold numbers as fractions take one integer for another."""

LARGEST_WHOLE = 64 << 20
"""Bytes of a file that is read whole; what can be larger is read line by line."""

_LARGEST = {
    "bagit.txt": 1 << 10,
    "bag-info.txt": 64 << 10,
    "manifest-sha256.txt": 1 << 20,
    "manifest-sha512.txt": 1 << 20,
    "tagmanifest-sha256.txt": 1 << 20,
    "tagmanifest-sha512.txt": 1 << 20,
    "tagmanifest-sha256.txt.sig": 8 << 10,
    "tagmanifest-sha256.txt.sig.tsr": 1 << 20,
    "tagmanifest-sha256.txt.sig.2.tsr": 1 << 20,
    "data/seal/SEAL.txt": 64 << 10,
    "data/seal/SEAL.txt.sig": 8 << 10,
}
"""Bytes of the files that are read before anybody's signature is known to be good."""


def largest(name: str) -> int:
    """Bytes that a file which is read whole may have."""
    return _LARGEST.get(name, LARGEST_WHOLE)


# --- faults --------------------------------------------------------------------------------------

RUNGS = {
    "V0": "bytes intact",
    "V1": "signer and time",
    "V2": "opened units were sealed",
    "V3": "claims recompute from the opened units",
    "V4": "a full re-run gives the same tables",
    "V5": "random-challenge audit",
}

HOLDS, FAILS, OPEN = "holds", "fails", "not checked"

MOST_FAULTS = 1_000
"""Faults that are kept; further ones are counted."""


def shown(text: object) -> str:
    """A text as plain ASCII: no character of it can steer a terminal or pass for another."""
    return "".join(each if " " <= each <= "~" else f"\\u{{{ord(each):x}}}" for each in str(text))


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, at the rung of the ladder that it breaks."""

    rung: str
    what: str
    path: str
    expected: str = ""
    found: str = ""


@dataclass
class Report:
    """What a verification found: faults, and for each rung what was looked at and what was not."""

    faults: list[Fault] = field(default_factory=list)
    more: int = 0
    looked: dict[str, str] = field(default_factory=dict)
    not_looked: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    def fault(self, rung: str, what: str, path: str, *, expected: object = "", found: object = "") -> None:
        """Keep one fault."""
        if self.full:
            self.more += 1
        else:
            self.faults.append(Fault(rung, what, path, str(expected)[:200], str(found)[:200]))

    @property
    def full(self) -> bool:
        """Whether further faults are counted, not kept."""
        return len(self.faults) >= MOST_FAULTS

    def failed(self, rung: str) -> bool:
        """Whether a rung has a fault."""
        return any(each.rung == rung for each in self.faults)

    def ladder(self) -> Iterator[tuple[str, str, str, str]]:
        """Of each rung: its name, what it means, whether it holds, and a remark."""
        for rung, meaning in RUNGS.items():
            if self.failed(rung):
                count = sum(each.rung == rung for each in self.faults)
                yield rung, meaning, FAILS, f"{count} fault{'' if count == 1 else 's'}"
            elif rung in self.looked:
                yield rung, meaning, HOLDS, self.looked[rung]
            else:
                yield rung, meaning, OPEN, self.not_looked.get(rung, "an earlier rung fails")

    @property
    def good(self) -> bool:
        """Nothing is wrong, and bytes, signer and seal were all looked at."""
        return not self.faults and {"V0", "V1", "V2"} <= set(self.looked)


BY_CONTENT = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)
"""What content of another form than a check was written for can raise."""


@contextmanager
def to_the_end(report: Report, rung: str, path: str) -> Iterator[None]:
    """A check: whatever ends it early is a fault of the bundle, for what was not checked does not hold."""
    try:
        yield
    except OSError as error:
        report.fault(
            rung, "a file cannot be read", path, expected="a file", found=error.strerror or repr(error)
        )
    except BY_CONTENT as error:
        report.fault(
            rung,
            "a check that could not be completed",
            path,
            expected="content of the form that is checked",
            found=repr(error),
        )


# --- reference_cycles ----------------------------------------------------------------------------


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """No search inside; afterwards as it was."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# --- file_names ----------------------------------------------------------------------------------

SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""

SUFFIXES = (
    ".txt", ".json", ".jsonl", ".jsonld", ".md", ".html", ".pdf", ".sha256", ".lock", ".sig", ".tsr", ".pem",
)  # fmt: skip
BARE = ("allowed_signers",)
"""Files of a bundle that have no suffix."""

TAG_FILES = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "manifest-sha512.txt")
TAG_MANIFESTS = ("tagmanifest-sha256.txt", "tagmanifest-sha512.txt")
SIGNED = "tagmanifest-sha256.txt"
SIGNATURE = f"{SIGNED}.sig"
STAMPS = (f"{SIGNATURE}.tsr", f"{SIGNATURE}.2.tsr")
"""Time stamps of the signature, by up to two authorities; there may be none."""

ROOT = (*TAG_FILES, *TAG_MANIFESTS, SIGNATURE)
"""Everything that has to stand beside `data/`; nothing else may, but for time stamps."""


def name_fault(name: str) -> str:
    """Why a name is refused; empty for a good one."""
    for wrong, why in _WRONG:
        if wrong(name):
            return why
    return ""


def _segments(name: str) -> list[str]:
    return name.split("/")


def _bad_segment(name: str) -> bool:
    return not all(SEGMENT.fullmatch(each) for each in _segments(name))


_WRONG = (
    (lambda name: not name, "an empty name"),
    (lambda name: not name.isascii(), "a name that is not plain ASCII"),
    (lambda name: any(ord(each) < 32 or ord(each) == 127 for each in name), "a control character in a name"),
    (lambda name: "%" in name, "an escaped character in a name"),
    (lambda name: name.startswith(("\\\\", "//")), "a network or device path"),
    (lambda name: re.match(r"[A-Za-z]:", name) is not None, "a name with a drive letter"),
    (lambda name: "\\" in name, "a backslash in a name"),
    (lambda name: name.startswith("/"), "an absolute name"),
    (lambda name: ".." in _segments(name), "a name that leads out of the bundle"),
    (lambda name: ":" in name, "a name with a second stream"),
    (lambda name: any(RESERVED.fullmatch(each) for each in _segments(name)), "a device's name"),
    (
        lambda name: any(each.endswith((".", " ")) for each in _segments(name)),
        "a name ending in dot or blank",
    ),
    (lambda name: max(map(len, _segments(name))) > LONGEST_SEGMENT, "a name that is too long"),
    (lambda name: len(name) > LONGEST_NAME, "a name that is too long"),
    (_bad_segment, "a name outside the grammar"),
    (
        lambda name: not name.endswith(SUFFIXES) and name.rpartition("/")[2] not in BARE,
        "a kind of file that bundles do not hold",
    ),
)


def twins(names: list[str]) -> list[tuple[str, str]]:
    """Names that differ by case alone."""
    seen: dict[str, str] = {}
    found = []
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            found.append((other, name))
    return found


# --- archive -------------------------------------------------------------------------------------

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


# --- unpacked_folder -----------------------------------------------------------------------------

PIECE = 1 << 20


class Folder:
    """The files below a folder; whatever else is there is in the report."""

    def __init__(self, path: str, report: Report) -> None:
        self.path = path
        self.report = report
        self.sizes: dict[str, int] = {}
        self._walk()
        for one, other in twins(sorted(self.sizes)):
            report.fault("V0", "two names that differ by case alone", other, found=one)

    def names(self) -> list[str]:
        """Every file, sorted."""
        return sorted(self.sizes)

    def length(self, name: str) -> int:
        """Bytes of a file."""
        return self.sizes[name]

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, in pieces; raises OSError where it has become a link since."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        left = self.sizes[name]
        with os.fdopen(os.open(os.path.join(self.path, *name.split("/")), flags), "rb") as file:
            while piece := file.read(min(PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    self.report.fault("V0", "a file grew while it was read", name, expected=self.sizes[name])
                    return
                yield piece

    def close(self) -> None:
        """Nothing is held."""

    def _walk(self) -> None:
        """Folder by folder, with a list of those to come: however deep they are, nothing calls itself."""
        waiting, seen = [""], 0
        while waiting:
            below = waiting.pop()
            with os.scandir(os.path.join(self.path, below)) as found:
                entries = sorted(islice(found, MOST_FILES + 1 - seen), key=lambda each: each.name)
            if not entries:
                self.report.fault("V0", "an empty folder", below or ".", expected="files")
            seen += len(entries)
            if seen > MOST_FILES:
                limit = f"at most {MOST_FILES}"
                return self.report.fault("V0", "too many files", below or ".", expected=limit)
            for entry in entries:
                name = f"{below}/{entry.name}" if below else entry.name
                if self._is_folder(name, entry):
                    waiting.append(name)

    def _is_folder(self, name: str, entry: os.DirEntry[str]) -> bool:
        """Whether there is more to look at below an entry; what else it is, is kept or in the report."""
        info = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(info.st_mode):
            self.report.fault("V0", "a link", name)
        elif stat.S_ISDIR(info.st_mode) and len(name) > LONGEST_NAME:
            self.report.fault("V0", "a name that is too long", name, expected=f"at most {LONGEST_NAME}")
        elif stat.S_ISDIR(info.st_mode):
            return True
        elif not stat.S_ISREG(info.st_mode):
            self.report.fault("V0", "a device, pipe or socket", name)
        elif info.st_mode & 0o7000:
            self.report.fault("V0", "a set-uid or set-gid mode", name)
        elif why := name_fault(name):
            self.report.fault("V0", why, name)
        else:
            self.sizes[name] = info.st_size
        return False


# --- bundle_files --------------------------------------------------------------------------------


class Files(Protocol):
    """An archive or a folder."""

    def names(self) -> list[str]:
        """Every file."""

    def length(self, name: str) -> int:
        """Bytes of a file."""

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, in pieces."""

    def close(self) -> None:
        """Let go."""


class Content:
    """Files with what their SHA-256 has to be; an empty digest where no manifest has spoken yet."""

    def __init__(self, files: Files, report: Report) -> None:
        self.files = files
        self.report = report
        self.wanted: dict[str, str] = {}
        self._names = frozenset(files.names())

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._names

    def whole(self, name: str, rung: str = "V0") -> bytes:
        """A small file; empty where it is missing or too large, which is then a fault."""
        if not self.has(name):
            self.report.fault(rung, "a file is missing", name, expected="a file")
            return b""
        if self._too_large(name, self.files.length(name), rung):
            return b""
        pieces, size = [], 0
        for piece in self.files.chunks(name):
            size += len(piece)
            # A file of a folder can grow after its length was asked for.
            if self._too_large(name, size, rung):
                return b""
            pieces.append(piece)
        content = b"".join(pieces)
        self._same(name, hashlib.sha256(content).hexdigest())
        return content

    def lines(self, name: str, rung: str) -> Iterator[bytes]:
        """The lines of a file, one by one; see `batches`."""
        for lines in self.batches(name, rung):
            for line in lines:
                if self.report.full:
                    return
                yield line

    def batches(self, name: str, rung: str) -> Iterator[list[bytes]]:
        """The lines of a file without their ends, as many at once as are read together, in bounded memory.

        Once the report is full, the rest is not read: the bundle is refused, and millions of faults more
        would tell nobody anything.
        """
        if not self.has(name):
            self.report.fault(rung, "a file is missing", name, expected="a file")
            return
        digest, rest = hashlib.sha256(), b""
        for piece in self.files.chunks(name):
            digest.update(piece)
            *complete, rest = (rest + piece).split(b"\n")
            if max(len(rest), *map(len, complete), 0) > LONGEST_LINE:
                self.report.fault(rung, "a line is too long", name, expected=f"at most {LONGEST_LINE} bytes")
                return
            if self.report.full:
                return
            if complete:
                yield complete
        if rest:
            self.report.fault(rung, "the last line has no end", name)
            yield [rest]
        self._same(name, digest.hexdigest())

    def _too_large(self, name: str, size: int, rung: str) -> bool:
        if size <= largest(name):
            return False
        limit = f"at most {largest(name)} bytes"
        self.report.fault(rung, "a file is too large", name, expected=limit, found=size)
        return True

    def _same(self, name: str, found: str) -> None:
        wanted = self.wanted.get(name, found)
        if wanted != found:
            self.report.fault("V0", "a file changed while it was read", name, expected=wanted, found=found)


# --- commitments ---------------------------------------------------------------------------------

COMMITMENTS = "data/seal/commitments.txt"
DIGEST = re.compile(rb"[0-9a-f]{64}")


def check_commitments(content: Content, seal: dict[str, str], report: Report) -> bytes:
    """All commitments as 32 bytes each, in order; the list must be the one the seal names."""
    digest, packed, last, count = hashlib.sha256(), bytearray(), b"", 0
    for lines in content.batches(COMMITMENTS, "V2"):
        text = b"\n".join(lines) + b"\n"
        digest.update(text)
        own = _packed(lines, text, last) or _one_by_one(lines, count, last, report)
        packed += own
        last, count = own[-32:].hex().encode("ascii") or last, count + len(lines)
    if str(count) != seal["commitments"]:
        report.fault(
            "V2", "not as many commitments as sealed", COMMITMENTS, expected=seal["commitments"], found=count
        )
    if digest.hexdigest() != seal["commitments-sha256"]:
        expected = seal["commitments-sha256"]
        report.fault(
            "V2",
            "not the commitments that were sealed",
            COMMITMENTS,
            expected=expected,
            found=digest.hexdigest(),
        )
    return bytes(packed)


def _packed(lines: list[bytes], text: bytes, last: bytes) -> bytes:
    """Commitments as 32 bytes each; empty where one is no digest, or not after the one before it."""
    try:
        packed = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return b""
    # Line ends are put in from the right: a first line that is too short would look as it should.
    whole = len(packed) == 32 * len(lines) and packed.hex("\n", 32).encode("ascii") + b"\n" == text
    return packed if whole and all(map(lt, chain([last], lines), lines)) else b""


def _one_by_one(lines: list[bytes], before: int, last: bytes, report: Report) -> bytes:
    """The same of those that are digests, with a fault for each that is none, or not in its place."""
    packed = bytearray()
    for number, line in enumerate(lines, before + 1):
        if not DIGEST.fullmatch(line):
            report.fault("V2", "a commitment that is no digest", f"{COMMITMENTS}:{number}", found=line)
            continue
        if line <= last:
            same = "a commitment twice" if line == last else "commitments out of order"
            report.fault("V2", same, f"{COMMITMENTS}:{number}")
        last = line
        packed += bytes.fromhex(line.decode("ascii"))
    return bytes(packed)


def check_sealed(digests: list[bytes], packed: bytes, name: str, report: Report) -> None:
    """Whether each digest is a commitment, and none is there twice: both lists in order, side by side."""
    place, last = 0, b""
    for digest in sorted(digests):
        if digest == last:
            report.fault("V2", "one unit opened twice", name, found=digest.hex())
            continue
        last = digest
        # Nearly all commitments are opened in most views: the next one is looked at first.
        if packed[place * 32 + 32 : place * 32 + 64] == digest:
            place += 1
            continue
        place = _seek(packed, digest, place)
        if packed[place * 32 : place * 32 + 32] != digest:
            report.fault(
                "V2", "an opened unit that was not sealed", name, expected="a commitment", found=digest.hex()
            )


def _seek(packed: bytes, digest: bytes, place: int) -> int:
    """Where a digest stands among the commitments, or would stand; looked for from `place` on."""
    step, end = 1, len(packed) // 32
    while place + step < end and packed[(place + step) * 32 : (place + step) * 32 + 32] <= digest:
        place, step = place + step, step * 2
    high = min(place + step, end)
    while place < high:
        middle = (place + high) // 2
        if packed[middle * 32 : middle * 32 + 32] < digest:
            place = middle + 1
        else:
            high = middle
    return place


# --- strict_json ---------------------------------------------------------------------------------

HALF = re.compile(r"\\u[dD][89a-fA-F]")
NO_BRACKET = re.compile(r"[^\[\]]+")
ROUND = str.maketrans("{}", "[]")
SAFE_DIGITS = 15
"""So many digits, sign and all, never make an integer beyond 2^53."""

COUNT = re.compile("0|[1-9][0-9]{0,14}")
_DECODER: list[json.JSONDecoder] = []
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True, allow_nan=False)


class NotStrict(ValueError):
    """A text that is not JSON, or not of one meaning."""


def strict(text: bytes) -> Any:
    """The value; raises NotStrict with the reason."""
    try:
        plain = text.decode("ascii")
        if plain.count("[") + plain.count("{") > DEEPEST and _too_deep(plain):
            raise NotStrict("nested too deeply")
        value = _decoder().decode(plain)
        if "\\u" in plain and HALF.search(plain):
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrict("not ASCII") from error
    except UnicodeEncodeError as error:
        raise NotStrict("half of a character") from error
    except json.JSONDecodeError as error:
        raise NotStrict("not JSON") from error
    except RecursionError as error:
        raise NotStrict("nested too deeply") from error
    return value


def json_bytes(value: Any) -> bytes:
    """The one way in which a bundle writes a value: on one line, keys sorted, ASCII alone."""
    return _ENCODER.encode(value).encode("ascii") + b"\n"


def is_written_so(lines: list[bytes], values: list[Any]) -> bool:
    """Whether each line is its value, written in the one way; each has been read from its line.

    One call for all of them takes half the time. No line can make up for another: where two texts of a value
    begin alike, one of the two goes on with blanks, and not with the comma that the other has next.
    """
    return json_bytes(values) == b"[" + b",".join(lines) + b"]\n"


def count_of(text: object) -> int | None:
    """A count written in decimal digits, as one writes it by hand; None for anything else."""
    return int(text) if isinstance(text, str) and COUNT.fullmatch(text) else None


def _decoder() -> json.JSONDecoder:
    if not _DECODER:
        _DECODER.append(
            json.JSONDecoder(
                object_pairs_hook=_once, parse_constant=_constant, parse_float=_fraction, parse_int=_whole
            )
        )
    return _DECODER[0]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) != len(pairs):
        raise NotStrict("one key twice")
    return row


def _constant(name: str) -> None:
    raise NotStrict(f"{name}, which is no number")


def _fraction(digits: str) -> None:
    raise NotStrict("a fraction that is not written as text")


def _whole(digits: str) -> int:
    if len(digits) <= SAFE_DIGITS:
        return int(digits)
    if len(digits) > 17 or abs(int(digits)) > SAFE_INTEGER:
        raise NotStrict("an integer beyond 2^53")
    return int(digits)


def _too_deep(text: str) -> bool:
    """Whether lists and objects nest too deeply; brackets inside texts are text.

    Whole passes over the text instead of a loop over its characters: in linear time, and a hundred times
    as fast.
    """
    unescaped = text.replace("\\\\", "").replace('\\"', "")
    outside = "".join(unescaped.split('"')[::2]).translate(ROUND)
    brackets = NO_BRACKET.sub("", outside)
    for _ in range(DEEPEST):
        brackets = brackets.replace("[]", "")
    return bool(brackets)


# --- unit_parts ----------------------------------------------------------------------------------

PART = re.compile(r"part-([0-9]{4})-of-([0-9]{4})")


def part_path(path: str, number: int, parts: int) -> str:
    """The path of a part of the list at `path`, counted from 1; raises ValueError beyond the limits."""
    if parts > MOST_PARTS:
        raise ValueError(f"{path}: a list in more than {MOST_PARTS} parts")
    start, _, last = path.rpartition("/")
    return f"{start}/part-{number:04d}-of-{parts:04d}/{last}"


def part_of(path: str) -> tuple[str, int, int] | None:
    """The list that a path is a part of, its number and how many there are; None where it is no part."""
    if "/part-" not in path:
        return None
    names = path.split("/")
    found = PART.fullmatch(names[-2])
    if found is None:
        return None
    number, parts = int(found[1]), int(found[2])
    if not 1 <= number <= parts:
        raise NotStrict("a part beyond the number of parts")
    return "/".join([*names[:-2], names[-1]]), number, parts


def joined(units: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The units, with each list whole again where the last of its parts stood."""
    parts: dict[str, list[Any]] = {}
    for path, value in units:
        part = part_of(path)
        if part is None:
            yield path, value
            continue
        whole, number, count = part
        parts.setdefault(whole, []).extend(value)
        if number == count:
            yield whole, parts.pop(whole)


def whole_path(path: str) -> str:
    """The path of the list that a unit is a part of; of any other unit its own."""
    part = part_of(path)
    return path if part is None else part[0]


class Parts:
    """Opened parts, list by list."""

    def __init__(self) -> None:
        self._found: dict[str, dict[int, list[Any]]] = {}
        self._counts: dict[str, int] = {}

    def add(self, part: tuple[str, int, int], value: Any) -> None:
        """Keep a part; raises NotStrict where it is no list, or does not fit the others."""
        path, number, parts = part
        if not isinstance(value, list):
            raise NotStrict("a part that is no list")
        if self._counts.setdefault(path, parts) != parts:
            raise NotStrict("parts of one list that count differently")
        self._found.setdefault(path, {})[number] = value

    def complete(self) -> Iterator[tuple[str, list[Any]]]:
        """Lists of which every part is opened, by path."""
        for path, found in sorted(self._found.items()):
            if len(found) == self._counts[path]:
                yield path, [row for _, rows in sorted(found.items()) for row in rows]

    def paths(self) -> Iterator[str]:
        """Lists of which any part is opened."""
        return iter(self._found)


# --- unit_paths ----------------------------------------------------------------------------------

_KINDS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "account": ((3,), ("member", "name")),
    "against": ((3, 4), ("count", "in-full", "said")),
    "claim": ((3,), ("claim",)),
    "group": ((3,), ()),
    "link": ((4,), ("ends", "reasons", "strength", "weights")),
    "member": ((4,), ("standing",)),
    "person": ((3,), ("name",)),
    "run": ((2, 4), ()),
    "seen": ((3,), ()),
    "seen-days": ((3,), ()),
    "setting": ((3,), ()),
    "signal": ((3,), ("meaning",)),
    "template": ((4,), ("example", "sent", "value")),
    "validation": ((2,), ("rates",)),
}
"""Of each kind how many names a path has, and which the last may be; any where none are listed."""

_NOTHING: tuple[tuple[int, ...], tuple[str, ...]] = ((), ())


def is_placed(names: list[str]) -> bool:
    """Whether the names of a path are those of a unit, or of a part of one."""
    lengths, last = _KINDS.get(names[0], _NOTHING)
    # A name may begin as a part does: a signal is called what a source calls its column.
    count = len(names) - (len(names) > 3 and PART.fullmatch(names[-2]) is not None)
    return count in lengths and (not last or names[-1] in last)


# --- seal_page -----------------------------------------------------------------------------------

SEAL = "data/seal/SEAL.txt"
SEAL_TITLE = "evidence seal v1"
SCHEMA = 4
"""Bundles of schema 2 lacked `data/case.jsonld`; seal, custody and times had more than one form."""

OTHER_SCHEMA = "a bundle of another schema: only verify_bundle.py of the version that sealed it reads it"

Seal = dict[str, str]

MOMENT_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
"""One form alone, so that the order of texts is the order of times."""

_TEXT, _COUNT, _DIGEST = re.compile("[ -~]+"), re.compile("0|[1-9][0-9]{0,14}"), re.compile("[0-9a-f]{64}")
_FORMS = {
    "case": _TEXT, "declared": MOMENT_FORM, "tool": _TEXT, "schema": _COUNT, "custodian": _TEXT,
    "commitments": _COUNT, "commitments-sha256": _DIGEST, "run-sha256": _DIGEST, "custody-entries": _COUNT,
    "custody-head": _DIGEST, "sealing": _COUNT, "prior-seal": _DIGEST,
}  # fmt: skip
SEAL_FIELDS = tuple(_FORMS)


def is_moment(text: object) -> bool:
    """Whether a text is a moment in UTC, with its six decimals, that a calendar has."""
    if not isinstance(text, str) or not MOMENT_FORM.fullmatch(text):
        return False
    try:
        time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return False
    return True


def page_text(fields: Seal) -> bytes:
    """The page in the one way to write it; raises UnicodeEncodeError beyond Latin-1, which no page holds."""
    rows = (f"{name}: {fields[name]}" for name in SEAL_FIELDS)
    return "\n".join([SEAL_TITLE, *rows, ""]).encode("latin-1")


def read_seal(content: Content, report: Report) -> Seal:
    """The fields of the seal; a field that is missing is empty."""
    text = content.whole(SEAL, "V2")
    pairs = [line.partition(": ")[::2] for line in text.decode("latin-1").split("\n")[1:-1]]
    fields = {**dict.fromkeys(SEAL_FIELDS, ""), **dict(pairs)}
    if not text:
        return fields
    if is_of_another_schema(fields):
        found = f"schema {fields['schema']}, sealed by {fields['tool']}"
        report.fault("V2", OTHER_SCHEMA, SEAL, expected=f"schema {SCHEMA}", found=found)
        return fields
    if set(fields) != set(SEAL_FIELDS) or text != page_text(fields):
        report.fault("V2", "not a seal of version 1", SEAL, expected=", ".join(SEAL_FIELDS))
    for name, form in _FORMS.items():
        if not form.fullmatch(fields[name]) or (name == "declared" and not is_moment(fields[name])):
            report.fault("V2", f"a seal whose {name} is of another form", SEAL, found=fields[name])
    return fields


def is_of_another_schema(seal: Seal) -> bool:
    """Whether a seal says a number that is not this verifier's; what says none is no seal at all."""
    return _COUNT.fullmatch(seal["schema"]) is not None and seal["schema"] != str(SCHEMA)


# --- intervals -----------------------------------------------------------------------------------

Z = 1.959964
"""Of a two-sided interval at 95 %."""


def wilson(share: float, trials: int) -> tuple[int, int]:
    """Wilson's interval at 95 % of a share among so many independent trials, in millionths."""
    spread = Z * Z / trials
    middle, wide = share + spread / 2, Z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    low, high = (middle - wide) / (1 + spread), (middle + wide) / (1 + spread)
    return max(0, round(low * 1e6)), min(1_000_000, round(high * 1e6))


def of_resamples(mean: int, runs: int) -> tuple[int, int] | None:
    """Of a mean share of resampled runs, in millionths. The accounts of one run stay or go together, so there
    are no more independent trials than runs, however many accounts there are."""
    return wilson(mean / 1e6, runs) if runs > 0 else None


# --- manifests -----------------------------------------------------------------------------------

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
BAG_INFO = "bag-info.txt"
HEX = {"sha256": 64, "sha512": 128}
WEAK = re.compile(r"(tag)?manifest-(md5|sha1|sha224)\.txt")
LABEL = re.compile("[A-Za-z0-9-]+")

Digests = dict[str, dict[str, str]]


def check_bag(content: Content, report: Report) -> None:
    """V0: the declaration, the files there are, and their digests under both algorithms."""
    names = content.files.names()
    _places(names, report)
    if content.has("bagit.txt") and content.whole("bagit.txt") != DECLARATION:
        report.fault("V0", "the bag declares another version", "bagit.txt", expected="1.0, UTF-8")
    payload = sorted(name for name in names if name.startswith("data/"))
    digests: Digests = {}
    for algorithm in HEX:
        _listed(content, f"manifest-{algorithm}.txt", payload, digests)
        _listed(content, f"tagmanifest-{algorithm}.txt", list(TAG_FILES), digests)
    for name, wanted in sorted(digests.items()):
        if content.has(name):
            _digest(content, name, wanted)
    content.wanted = {name: wanted["sha256"] for name, wanted in digests.items() if "sha256" in wanted}
    _oxum(content, payload, report)
    report.looked["V0"] = f"{len(names)} files, two digests each"


def bag_labels(content: Content, report: Report) -> dict[str, str]:
    """What the bag says of itself, label by label: one line each, and no label twice."""
    text = content.whole(BAG_INFO)
    labels: dict[str, str] = {}
    for number, line in enumerate(text.decode("latin-1").removesuffix("\n").split("\n"), 1):
        label, colon, value = line.partition(": ")
        if not colon or not LABEL.fullmatch(label) or not value.isprintable() or label in labels:
            report.fault("V0", "a line that is no label of the bag", f"{BAG_INFO}:{number}", found=line)
        labels.setdefault(label, value)
    return labels


def _places(names: list[str], report: Report) -> None:
    for name in names:
        if name.startswith("data/"):
            continue
        if name == "fetch.txt":
            report.fault("V0", "a list of files to fetch from elsewhere", name)
        elif WEAK.fullmatch(name):
            report.fault("V0", "a manifest of a weak algorithm", name, expected="sha256 and sha512")
        elif name not in ROOT and name not in STAMPS:
            report.fault("V0", "a file outside the payload that does not belong there", name)
    for name in ROOT:
        if name not in names:
            rung = "V1" if name.endswith(".sig") else "V0"
            report.fault(rung, "the signature is missing" if rung == "V1" else "a file is missing", name)


def _listed(content: Content, manifest: str, wanted: list[str], digests: Digests) -> None:
    """Read one manifest, and compare the names in it with those there must be."""
    if not content.has(manifest):
        return
    algorithm = manifest.rpartition("-")[2].removesuffix(".txt")
    rows = manifest_rows(content, manifest, HEX[algorithm])
    report, there = content.report, frozenset(wanted)
    for name, digest in rows.items():
        digests.setdefault(name, {})[algorithm] = digest
        if name not in there:
            missing = (
                "a listed file is missing" if not content.has(name) else "a file listed in the wrong place"
            )
            report.fault("V0", missing, name, found=manifest)
    for name in wanted:
        if name not in rows:
            report.fault("V0", "a file that a manifest does not list", name, expected=manifest)


def manifest_rows(content: Content, manifest: str, width: int) -> dict[str, str]:
    """Digest of each name; one grammar: lower-case hexadecimal, two blanks, name, line end."""
    text = content.whole(manifest)
    report = content.report
    for wrong, what in (
        (text.startswith(b"\xef\xbb\xbf"), "a byte-order mark"),
        (b"\r" in text, "line ends of another system"),
        (not text.endswith(b"\n"), "no line end after the last line"),
    ):
        if wrong:
            report.fault("V0", what, manifest)
    rows: dict[str, str] = {}
    for number, line in enumerate(text.decode("latin-1").removesuffix("\n").split("\n"), 1):
        if number > MOST_FILES:
            report.fault("V0", "too many files", manifest, expected=f"at most {MOST_FILES}")
            break
        digest, blanks, name = line[:width], line[width : width + 2], line[width + 2 :]
        if not re.fullmatch("[0-9a-fA-F]+", digest) or blanks != "  ":
            report.fault("V0", "a line that is no manifest line", f"{manifest}:{number}", found=line)
        elif digest != digest.lower():
            report.fault("V0", "upper-case digits in a manifest", f"{manifest}:{number}", found=digest)
        elif why := name_fault(name):
            report.fault("V0", f"{why}, in a manifest", f"{manifest}:{number}", found=name)
        elif name in rows:
            report.fault("V0", "a name listed twice", f"{manifest}:{number}", found=name)
        else:
            rows[name] = digest
    return rows


def _digest(content: Content, name: str, wanted: dict[str, str]) -> None:
    found = {algorithm: hashlib.new(algorithm) for algorithm in HEX}
    for piece in content.files.chunks(name):
        for each in found.values():
            each.update(piece)
    for algorithm, digest in wanted.items():
        if (now := found[algorithm].hexdigest()) != digest:
            content.report.fault("V0", f"bytes changed ({algorithm})", name, expected=digest, found=now)


def _oxum(content: Content, payload: list[str], report: Report) -> None:
    if not content.has(BAG_INFO):
        return
    found = f"{sum(content.files.length(name) for name in payload)}.{len(payload)}"
    said = bag_labels(content, report).get("Payload-Oxum")
    if said != found:
        report.fault(
            "V0", "bytes and files are not as many as declared", BAG_INFO, expected=said, found=found
        )


# --- timestamps ----------------------------------------------------------------------------------

SEQUENCE, SET, OCTETS, INTEGER, OBJECT, TIME_TAG, FIRST = 0x30, 0x31, 0x04, 0x02, 0x06, 0x18, 0xA0
DIGESTS = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
"""Digests that count; any other is too weak, or nobody's."""

TOKEN_IS = bytes.fromhex("2a864886f70d0109100104")
SIGNED_IS = bytes.fromhex("2a864886f70d010702")
GRANTED, CHANGED = 0, 1
StampCheck = Callable[[bytes, bytes], tuple[str, str]]
SEAL_STAMPS = ("data/seal/SEAL.txt.sig.tsr", "data/seal/SEAL.txt.sig.2.tsr")
"""Time stamps of the seal's signature, by up to two authorities; there may be none."""

AHEAD = 300
"""Seconds that an authority's clock may be ahead of the verifier's."""


@dataclass(frozen=True)
class Stamp:
    """What a token says: seconds since 1970, and the number that a request had it repeat."""

    algorithm: bytes
    imprint: bytes
    at: float
    said: str
    nonce: int | None


def read_stamp(response: bytes) -> Stamp:
    """What the token of a response says; raises NotStrict where there is none or it cannot be read."""
    try:
        status, token = _children(_one(response, SEQUENCE), 1)
        state = int.from_bytes(_one(status[1], INTEGER), "big")
        if state == CHANGED:
            raise NotStrict("granted with changes to what was asked")
        if state != GRANTED or token is None:
            raise NotStrict("not granted")
        return _parsed(_information(token[1]))
    except (IndexError, ValueError, TypeError) as error:
        if isinstance(error, NotStrict):
            raise
        raise NotStrict("cut short, or none") from error


def _information(token: bytes) -> bytes:
    """The signed content of a token."""
    kind, signed = _children(token, 2)
    if kind[1] != SIGNED_IS:
        raise NotStrict("not a signed token")
    parts = _all_children(_one(signed[1], SEQUENCE))
    inner = _all_children(parts[2][1])
    if inner[0][1] != TOKEN_IS:
        raise NotStrict("a token of another kind")
    return _one(_one(inner[1][1], OCTETS), SEQUENCE)


def _parsed(information: bytes) -> Stamp:
    fields = _all_children(information)
    kind, imprint = _children(fields[2][1], 2)
    algorithm = _all_children(kind[1])[0][1]
    tag, text = fields[4]
    if tag != TIME_TAG:
        raise NotStrict("a token without a time")
    said = text.decode("ascii")
    whole, _, part = said.removesuffix("Z").partition(".")
    if not said.endswith("Z") or len(whole) != 14 or not whole.isdigit() or (part and not part.isdigit()):
        raise NotStrict("a token whose time is not in UTC")
    at = timegm(time.strptime(whole, "%Y%m%d%H%M%S")) + (float(f"0.{part}") if part else 0.0)
    nonce = [value for tag, value in fields[5:] if tag == INTEGER]
    shown = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    return Stamp(algorithm, imprint[1], at, shown, int.from_bytes(nonce[0], "big") if nonce else None)


def _element(content: bytes, place: int) -> tuple[int, bytes, int]:
    """Tag, value and end of the element that begins at a place; lengths are written in one way alone."""
    tag, length, start = content[place], content[place + 1], place + 2
    if length == 0x80 or length > 0x84:
        raise NotStrict("cut short, or none")
    if length > 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(content[start : start + size], "big"), start + size
    if start + length > len(content):
        raise NotStrict("cut short, or none")
    return tag, content[start : start + length], start + length


def _one(content: bytes, wanted: int) -> bytes:
    """The value of the one element there is."""
    tag, value, end = _element(content, 0)
    if tag != wanted or end != len(content):
        raise NotStrict("cut short, or none")
    return value


def _all_children(content: bytes) -> list[tuple[int, bytes]]:
    found, place = [], 0
    while place < len(content):
        tag, value, place = _element(content, place)
        found.append((tag, value))
    return found


def _children(content: bytes, least: int) -> tuple[Any, Any]:
    """The first two elements, of which so many have to be there."""
    found = _all_children(content)
    if len(found) < least:
        raise NotStrict("cut short, or none")
    return found[0], found[1] if len(found) > 1 else None


def request_number(request: bytes) -> int:
    """The number that an answer to a request has to repeat; raises NotStrict where there is none."""
    fields = _all_children(_one(request, SEQUENCE))
    numbers = [value for tag, value in fields[2:] if tag == INTEGER]
    if not numbers:
        raise NotStrict("a request without a number")
    return int.from_bytes(numbers[0], "big")


# --- in a bundle -----------------------------------------------------------------------------------------


def stamp_fault(stamp: Stamp, message: bytes) -> tuple[str, object, object]:
    """Why a token is none over a message, what was expected and found; empty for a good one."""
    name = DIGESTS.get(stamp.algorithm)
    if name is None:
        return (
            "a time stamp over a digest that does not count",
            "sha256, sha384, sha512",
            stamp.algorithm.hex(),
        )
    wanted = hashlib.new(name, message).digest()
    if wanted != stamp.imprint:
        return "a time stamp of something else", wanted.hex(), stamp.imprint.hex()
    if stamp.at > time.time() + AHEAD:
        return "a time stamp from the future", "", stamp.said
    return "", "", ""


@dataclass(frozen=True)
class Stamped:
    """A token that fits what it is over: its file, when, and by whom; nobody where that was not looked at."""

    name: str
    at: float
    said: str
    who: str

    @property
    def of_seal(self) -> bool:
        """Whether it is over the seal's signature."""
        return self.name in SEAL_STAMPS


def check_stamps(content: Content, check: StampCheck | None, declared: str) -> list[Stamped]:
    """The tokens that fit. `declared` is when the seal says that it was made: nothing is stamped before.

    `check(response, message)` gives who signed a token and why that does not count, one of them empty;
    without it the signature is not looked at, and the report says so.
    """
    found = []
    for name in (*STAMPS, *SEAL_STAMPS):
        if content.has(name):
            over = SIGNATURE if name in STAMPS else SEAL_STAMPS[0].removesuffix(".tsr")
            found += _token(content, name, over, check, declared)
    return found


def _token(content: Content, name: str, over: str, check: StampCheck | None, declared: str) -> list[Stamped]:
    """One token as a list, empty with a fault where it does not count."""
    report = content.report
    response, message = content.whole(name, "V1"), content.whole(over, "V1")
    try:
        stamp = read_stamp(response)
    except NotStrict as error:
        report.fault("V1", f"a time stamp: {error}", name)
        return []
    why, expected, found = stamp_fault(stamp, message)
    if not why and stamp.said[:19] < declared[:19]:
        why, expected, found = "a time stamp from before what it stamps", declared, stamp.said
    if why:
        report.fault("V1", why, name, expected=expected, found=found)
        return []
    who, why = check(response, message) if check else ("", "")
    if why:
        report.fault("V1", why, name, found=stamp.said)
        return []
    hint = f"openssl ts -verify -data {over} -in {name} -CAfile ROOTS"
    by = f"by {who}" if who else f"over {over}; who signed the token was not checked: {hint}"
    report.facts[f"time stamp {name}"] = f"{stamp.said} {by}"
    return [Stamped(name, stamp.at, stamp.said, who)]


def trusted_time(stamps: list[Stamped], *, of_seal: bool) -> float | None:
    """The time by which a trusted token says that the view or the seal was signed; None where none says so.
    What is over a view is over the seal in it, too."""
    known = [each.at for each in stamps if each.who and (of_seal or not each.of_seal)]
    return min(known, default=None)


def check_stamp_order(stamps: list[Stamped], exported: str, report: Report) -> None:
    """The signature of a view is not stamped before the view was written."""
    for each in stamps:
        if not each.of_seal and each.said[:19] < exported[:19]:
            report.fault(
                "V1", "a time stamp from before what it stamps", each.name, expected=exported, found=each.said
            )


# --- ed25519 -------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> str:
    """Why a signature is refused; empty for a good one."""
    if len(public) != 32 or len(signature) != 64:
        return "key or signature has the wrong length"
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return "a signature or key that is not canonical"
    if _small(key) or _small(commitment):
        return "a key or signature of small order"
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    if not _equal(_times(scalar, _base()), _add(commitment, _times(challenge, key))):
        return "the signature does not fit these bytes"
    return ""


def _point(encoded: bytes) -> Point | None:
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    x = _x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _x(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def _base() -> Point:
    y = 4 * pow(5, P - 2, P) % P
    x = _x(y, 0)
    assert x is not None
    return (x, y, 1, x * y % P)


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: Point) -> Point:
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _equal(one: Point, other: Point) -> bool:
    return not ((one[0] * other[2] - other[0] * one[2]) % P or (one[1] * other[2] - other[1] * one[2]) % P)


def _small(point: Point) -> bool:
    return _equal(_times(8, point), NEUTRAL)


# --- sshsig --------------------------------------------------------------------------------------

BEGIN, END_LINE = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
COLUMNS = 70
"""Characters of a line of armour, as OpenSSH breaks it."""

MAGIC = b"SSHSIG"
KIND = b"ssh-ed25519"
VIEW_ROLE, SEAL_ROLE = "evidence-bundle@v1", "evidence-seal@v1"
"""The namespaces: a signature over a view is none over a seal."""


@dataclass(frozen=True)
class Signature:
    """What an armoured signature holds."""

    public: bytes
    namespace: str
    algorithm: bytes
    raw: bytes


@dataclass(frozen=True)
class Signer:
    """One line of `allowed_signers`; seconds since 1970, None for no bound."""

    principals: str
    public: bytes
    namespaces: str = ""
    after: float | None = None
    before: float | None = None


class Unreadable(ValueError):
    """A signature or a list of signers that cannot be read."""


def fingerprint(public: bytes) -> str:
    """As `ssh-keygen -l` prints it."""
    blob = string(KIND) + string(public)
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def public_line(public: bytes) -> str:
    """A public key of 32 bytes as OpenSSH writes it."""
    return f"ssh-ed25519 {base64.b64encode(string(KIND) + string(public)).decode('ascii')}"


def string(content: bytes) -> bytes:
    """A length and that many bytes."""
    return struct.pack(">I", len(content)) + content


def signed_bytes(message: bytes, namespace: str, algorithm: bytes = b"sha512") -> bytes:
    """What the key signs for a message."""
    digest = hashlib.new(algorithm.decode("ascii"), message).digest()
    return MAGIC + string(namespace.encode()) + string(b"") + string(algorithm) + string(digest)


def armour(blob: bytes) -> bytes:
    """A signature's bytes as text, in the one form that `ssh-keygen -Y sign` writes."""
    text = base64.b64encode(blob).decode("ascii")
    lines = [text[start : start + COLUMNS] for start in range(0, len(text), COLUMNS)]
    return "\n".join([BEGIN, *lines, END_LINE, ""]).encode("ascii")


def read_signature(armoured: bytes) -> Signature:
    """Take an armoured signature apart; raises Unreadable with the reason."""
    blob = _unarmoured(armoured)
    if blob[:10] != MAGIC + struct.pack(">I", 1):
        raise Unreadable("not an OpenSSH signature of version 1")
    key, namespace, reserved, algorithm, packed = _strings(blob[10:], 5)
    if reserved or algorithm not in (b"sha256", b"sha512"):
        raise Unreadable("a signature with fields nobody knows")
    (kind, public), (same, raw) = _strings(key, 2), _strings(packed, 2)
    if kind != KIND or same != KIND:
        raise Unreadable("a key that is not Ed25519")
    return Signature(public, namespace.decode("latin-1"), algorithm, raw)


def _unarmoured(armoured: bytes) -> bytes:
    if not armoured.strip():
        raise Unreadable("the signature is empty")
    begin, end = BEGIN.encode("ascii"), END_LINE.encode("ascii")
    if armoured.count(begin) > 1:
        raise Unreadable("more than one signature in one file")
    if not armoured.startswith(begin) or not armoured.rstrip(b"\r\n").endswith(end):
        raise Unreadable("the signature's armour is cut or has text around it")
    text = armoured.rstrip(b"\r\n")[len(begin) : -len(end)]
    try:
        blob = base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise Unreadable("the signature's armour is not base64") from error
    if armour(blob) != armoured:
        raise Unreadable("the signature's armour is not in the form that ssh-keygen writes")
    return blob


def _strings(blob: bytes, count: int) -> list[bytes]:
    found = []
    for _ in range(count):
        if len(blob) < 4:
            raise Unreadable("the signature is cut short")
        (length,) = struct.unpack(">I", blob[:4])
        if length > len(blob) - 4:
            raise Unreadable("the signature is cut short")
        found.append(blob[4 : 4 + length])
        blob = blob[4 + length :]
    if blob:
        raise Unreadable("bytes after the signature")
    return found


def signature_fault(signature: Signature, message: bytes, namespace: str) -> str:
    """Why a signature is not one over this message in this namespace; empty for a good one."""
    if signature.namespace != namespace:
        return "signed for another purpose"
    signed = signed_bytes(message, namespace, signature.algorithm)
    return verify_ed25519(signature.public, signed, signature.raw)


# --- who may sign: `allowed_signers` ----------------------------------------------------------------------

PRINCIPAL = r"[^\x00-\x20\x7f-\U0010ffff\"*?!,\\#]+"
"""A name. OpenSSH would take `*`, `?` and `!` for patterns, and commas and quotes apart."""

NAMESPACE = "[A-Za-z0-9@._+/:=-]+"
OPTION = re.compile(
    rf'namespaces="(?P<namespaces>{NAMESPACE}(?:,{NAMESPACE})*)"'
    r'|valid-after="(?P<after>[0-9]+Z?)"|valid-before="(?P<before>[0-9]+Z?)"'
)
SIGNER = re.compile(
    rf"[ \t]*(?P<principals>{PRINCIPAL}(?:,{PRINCIPAL})*)[ \t]+"
    r"(?:(?P<options>[a-z-]+=[^ \t]+)[ \t]+)?ssh-ed25519[ \t]+(?P<key>[A-Za-z0-9+/]+={0,2})(?:[ \t].*)?"
)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
LONGEST_LIST = 1_000
"""Characters of a list of names in one line: OpenSSH stops reading one that is not much longer."""


def is_name(text: str) -> bool:
    """Whether a text can stand for one signer in a list."""
    return len(text) <= LONGEST_LIST and re.fullmatch(PRINCIPAL, text) is not None


def read_signers(text: str) -> list[Signer]:
    """The lines of an `allowed_signers` file; raises Unreadable naming the line.

    What is accepted means here what it means to `ssh-keygen -Y verify`, to the last option; a line that
    OpenSSH reads in a way of its own (patterns, negations, capitals, escapes, times with names of zones) is
    refused, and the list with it.
    """
    signers = []
    for number, line in enumerate(text.split("\n"), 1):
        if found := CONTROL.search(line):
            raise Unreadable(f"line {number}: a control character, {found[0]!a}")
        if line.strip(" \t") and not line.lstrip(" \t").startswith("#"):
            signers.append(_signer(line, number))
    return signers


def _signer(line: str, number: int) -> Signer:
    found = SIGNER.fullmatch(line)
    if found is None:
        form = 'NAME [namespaces="…",valid-after="…",valid-before="…"] ssh-ed25519 KEY'
        raise Unreadable(f"line {number}: not in the form {form}")
    try:
        options = _options(found["options"])
        after, before = moment(options.get("after")), moment(options.get("before"))
        if after is not None and before is not None and before <= after:
            raise Unreadable("valid-before is not after valid-after")
        names = options.get("namespaces", "")
        if max(len(names), len(found["principals"])) > LONGEST_LIST:
            raise Unreadable(f"more than {LONGEST_LIST} characters of names")
        return Signer(found["principals"], _public(found["key"]), names, after, before)
    except Unreadable as error:
        raise Unreadable(f"line {number}: {error}") from error


def _options(text: str | None) -> dict[str, str]:
    """The options of a line; each at most once, none unknown."""
    options: dict[str, str] = {}
    place, rest = 0, text or ""
    while rest:
        found = OPTION.match(rest, place)
        if found is None:
            raise Unreadable(f"option {rest[place:]}")
        name = str(found.lastgroup)
        if name in options:
            raise Unreadable(f"option {name}: given twice")
        options[name], place = found[name], found.end()
        if place == len(rest):
            break
        if rest[place] != "," or place + 1 == len(rest):
            raise Unreadable(f"option {rest[place:]}")
        place += 1
    return options


def _public(text: str) -> bytes:
    try:
        blob = base64.b64decode(text, validate=True)
        kind, public = _strings(blob, 2)
    except (binascii.Error, Unreadable) as error:
        raise Unreadable("not a key") from error
    if kind != KIND or len(public) != 32 or base64.b64encode(blob).decode("ascii") != text:
        raise Unreadable("not an Ed25519 key")
    return public


MOMENTS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
MOMENT = re.compile("[0-9]{8}(?:[0-9]{4}(?:[0-9]{2})?)?Z?")
FIRST_YEAR, LAST_YEAR = 1971, 9998
"""Between them every time is one that OpenSSH can read, in every zone."""


def moment(text: str | None) -> float | None:
    """Seconds since 1970 of `YYYYMMDD[HHMM[SS]][Z]`: local time without a Z, as OpenSSH reads it."""
    if text is None:
        return None
    wrong = f"{text}: not a time such as 20260131 or 202601311200Z"
    if not MOMENT.fullmatch(text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise Unreadable(wrong)
    digits = text.rstrip("Z")
    try:
        parts = time.strptime(digits, MOMENTS[len(digits)])
    except ValueError as error:
        raise Unreadable(wrong) from error
    if parts.tm_sec > 59:
        raise Unreadable(wrong)
    # OpenSSH asks for standard time, whatever the season.
    return timegm(parts) if text.endswith("Z") else time.mktime((*parts[:8], 0))


def who_signed(signers: list[Signer], public: bytes, namespace: str, at: float) -> tuple[str, str]:
    """The principal a key belongs to, and why it does not count; one of the two is empty."""
    own = [each for each in signers if each.public == public]
    if not own:
        return "", "signed by a key that nobody has named to you"
    role = [each for each in own if not each.namespaces or namespace in each.namespaces.split(",")]
    if not role:
        return "", "signed by a key that may not sign this"
    if not (begun := [each for each in role if each.after is None or at >= each.after]):
        return "", "signed by a key that is not valid yet"
    if not (valid := [each for each in begun if each.before is None or at < each.before]):
        return "", "signed by a key that is no longer valid"
    return valid[0].principals, ""


REVOKED = re.compile("SHA256:[A-Za-z0-9+/]{43}")


def read_revoked(text: str) -> frozenset[str]:
    """Fingerprints of keys that no longer count, as `ssh-keygen -l` prints. Raises Unreadable for anything
    else, such as the keys themselves: a list that is misread would revoke nobody."""
    found = set()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not REVOKED.fullmatch(line.strip()):
            raise Unreadable(f"line {number}: not a fingerprint such as SHA256:…")
        found.add(line.strip())
    return frozenset(found)


# --- anonymity -----------------------------------------------------------------------------------

ABOUT_ONE = ("seen.", "seen-days.", "link.ends", "account.")
"""Classes of units that say something of one account."""

MOST = (1 << 256) - 1
SILENT = -1
"""Stands for accounts of which nothing is opened; no sum of digests is negative."""


def about_one(kind: str) -> bool:
    """Whether units of a class say something of one account."""
    return kind.startswith(ABOUT_ONE)


@dataclass
class Profiles:
    """What is opened of each account, as a digest, and who is linked to whom where that is opened."""

    digests: dict[str, int] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)

    def add(self, path: str, value: Any, said: bytes) -> None:
        """Take in one opened unit; `said` is its line from the path on."""
        kind, account, *_ = path.split("/", 2)
        if kind == "link":
            self.links.append((str(value[0]), str(value[1])))
        elif kind != "account":
            own = hashlib.sha256(kind.encode("ascii") + said[len(kind) + 1 + len(account) :]).digest()
            # A sum over the units: their order differs between a case and the file of opened units.
            self.digests[account] = (self.digests.get(account, 0) + int.from_bytes(own, "big")) & MOST

    def k(self, accounts: int) -> int:
        """The smallest number of accounts that look the same."""
        counts = Counter(self.digests.values())
        if (silent := accounts - len(self.digests)) > 0:
            counts[SILENT] = silent
        return min(counts.values(), default=accounts)

    def alone(self) -> int:
        """Accounts whose number of links, with those of their neighbours, no other account has."""
        near: dict[str, list[str]] = {}
        for one, other in self.links:
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
        shapes = {each: tuple(sorted(len(near[other]) for other in own)) for each, own in near.items()}
        counts = Counter(shapes.values())
        return sum(counts[shape] == 1 for shape in shapes.values())


def anonymity_row(own: Profiles, sizes: dict[str, int], *, min_k: int, names: bool) -> dict[str, Any]:
    """What a view says of it, on groups of these sizes."""
    accounts, smallest = sum(sizes.values()), min(sizes.values(), default=0)
    return {
        "accounts": accounts,
        "smallest_group": smallest,
        "k": min(own.k(accounts), smallest),
        "min_k": min_k,
        "unique_neighbourhoods": own.alone(),
        "names_opened": names,
    }


# --- reason_forms --------------------------------------------------------------------------------

HELD_BY = r"held by (?P<held>[0-9]+) of (?P<accounts>[0-9]+) accounts"
PERCENT = r"-?[0-9]+(?:\.[0-9])? %"
SENTENCE = re.compile(
    rf"(?:{HELD_BY}(?:, used (?:1 day|[0-9]+ days) apart)?"
    rf"|(?:once|[0-9]+ times) on this object, itself {HELD_BY.replace('<', '<itself_')}"
    r"|within [^,;]*, (?:1 time|[0-9]+ times), on this object"
    r"|(?:1 exact text|[0-9]+ exact texts) in common, where about (?:1 was|[0-9]+ were) to be expected"
    r"|(?:hours of the day|common themes) compared"
    r"|(?:1 other account is|[0-9]+ other accounts are) linked with both"
    rf"|of two accounts of one group, resampled runs part {PERCENT}"
    rf"|of pairs of their prompts {PERCENT} are known on both sides"
    r"|as a pair of an operator of (?:1 account|[0-9]+ accounts))"
)
COUNTED_AS = re.compile(
    r"; -?[0-9]+\.[0-9] bits; counted as (?P<bits>-?[0-9]+\.[0-9]),"
    r" because it overlaps other (?P<family>.+) evidence"
)

EXPLAINED = "explained sharing"
"""The signal whose sentence is why a group is not reported; only a new run tells its words."""

NO_VALUE = {
    "common themes": "common themes",
    "day–night profile": "hours of the day",
    "grouped apart": "different communities",
    "no common company": "accounts linked with both",
    "prompts withheld": "prompts that are not known",
    "size of the group": "one reported group",
}
"""What stands in the place of a value where a signal compares no values, by its name."""

OBSERVED = ("hours", "themes")
"""Traits whose observations show such a reason."""

TRAITS = {
    "API key": "api-key",
    "address": "ip",
    "address pattern": "address-pattern",
    "billing identity": "billing-hash",
    "card": "fingerprint",
    "client": "client",
    "device": "device",
    "e-mail address": "email-hash",
    "e-mail domain": "email-domain",
    "exact text": "prompt",
    "issuing burst": "issuing-burst",
    "move to a new model": "model-move",
    "network operator": "asn",
    "prefix": "prefix",
    "rare segments": "segment",
    "rare template": "template",
    "referrer": "referrer",
    "registration burst": "registration-burst",
    "regular gaps": "regularity",
    "system prompt": "system-prompt",
    "telephone number": "phone-hash",
}
"""The trait whose values a signal compares, by the name of the signal."""


class Stated(NamedTuple):
    """What a sentence states: how many of how many accounts hold the value, and what its bits count as."""

    held: int | None
    accounts: int | None
    bits: str | None
    family: str | None


STATES_NOTHING = Stated(None, None, None, None)


@lru_cache(maxsize=1 << 14)
def stated(signal: str, said: str) -> Stated | None:
    """What the sentence of a signal's reason states; None where it has no form that a run gives it."""
    if signal == EXPLAINED:
        return STATES_NOTHING
    start = SENTENCE.match(said)
    rest = start and COUNTED_AS.fullmatch(said, start.end())
    if not start or (start.end() < len(said) and not rest):
        return None
    held, of = (start[name] or start[f"itself_{name}"] for name in ("held", "accounts"))
    return Stated(
        int(held) if held else None,
        int(of) if of else None,
        rest["bits"] if rest else None,
        rest["family"] if rest else None,
    )


# --- reasons -------------------------------------------------------------------------------------

LINK = ("ends", "reasons", "strength", "weights")
DAY = len("2026-03-01")
ROUNDED_BITS = 0.0500011
"""By how much a number of bits with one decimal can be off."""


@dataclass
class Reasons:
    """What links rest on, and what was seen of accounts, as it is read; in any order."""

    hides: Callable[[str], bool]
    """Whether units of a class are withheld: of links only what is not is looked at."""

    seen_of: set[str] = field(default_factory=set)
    """Accounts of which anything that was seen is opened."""

    faults: list[tuple[str, str, object, object]] = field(default_factory=list)
    """What is wrong, where, what was expected and what was found."""

    _signals: set[tuple[str, str]] = field(default_factory=set)
    _open: dict[str, dict[str, Any]] = field(default_factory=dict)
    _needed: set[int] = field(default_factory=set)
    _there: set[int] = field(default_factory=set)
    _days: dict[int, int] = field(default_factory=dict)
    _held: dict[tuple[str, int], int] = field(default_factory=dict)
    """Of each signal and value how many accounts hold it, as the sentences say."""

    _named: set[int] = field(default_factory=set)
    _holders: dict[tuple[str, int], int] = field(default_factory=dict)
    """Of each trait and value that a reason names how many accounts are opened that hold it."""

    _signal_at: dict[int, str] = field(default_factory=dict)
    _trait_of: dict[str, str] = field(default_factory=dict)
    _of: set[int] = field(default_factory=set)
    """Of how many accounts the sentences say that they were compared."""

    def __post_init__(self) -> None:
        self._wanted = frozenset(name for name in LINK if not self.hides(f"link.{name}"))

    def link(self, path: str, value: Any) -> None:
        """Take in one unit of a link; its units are held until all that are not withheld are there."""
        start, _, name = path.rpartition("/")
        if name not in self._wanted:
            return
        own = self._open.setdefault(start, {})
        own[name] = value
        if len(own) == len(self._wanted):
            self._whole(start, self._open.pop(start))

    def _whole(self, path: str, own: dict[str, Any]) -> None:
        pairs = [(signal, family) for signal, family, _ in own.get("weights", ())]
        self._signals.update(pairs)
        families = {family for _, family in pairs}
        if {"weights", "strength"} <= own.keys() and not families.issuperset(own["strength"][1]):
            what = "a link of a family in which it has no bits"
            self._fault(what, f"{path}/strength", sorted(families), own["strength"][1])
        if not {"weights", "reasons"} <= own.keys():
            return
        if len(own["reasons"]) != len(pairs):
            what = "a link of which not every reason has its bits"
            self._fault(what, f"{path}/reasons", len(pairs), len(own["reasons"]))
            return
        told = [(pairs[place][0], row[0]) for place, row in enumerate(own["reasons"])]
        if len(set(told)) < len(told):
            self._fault("one reason of a link counted twice", f"{path}/reasons", len(set(told)), len(told))
        self._states(path, own["weights"], own["reasons"])
        for place, account in enumerate(own.get("ends", ()), 2):
            for number, row in enumerate(own["reasons"]):
                if row[place] is not None:
                    self._rests(pairs[number][0], account + row[place], row[0])

    def _rests(self, signal: str, observation: str, value: str) -> None:
        """A reason rests on an observation of its value; where no values are compared, on any."""
        key = hash(observation + ("" if signal in NO_VALUE else value))
        self._needed.add(key)
        if signal not in self._trait_of and signal not in NO_VALUE:
            self._trait_of[signal] = ""
            self._signal_at[key] = signal

    def _states(self, path: str, weights: list[Any], reasons: list[Any]) -> None:
        """Whether the sentences of a link state what its bits and the other sentences do."""
        for number, (value, said, *_) in enumerate(reasons):
            signal, family, bits = weights[number]
            found = stated(signal, said)
            if found is None or NO_VALUE.get(signal, value) != value:
                self._fault("a reason in other words than a run gives", f"{path}/reasons", signal, said)
                continue
            if found.bits is not None and abs(float(found.bits) - float(bits)) > ROUNDED_BITS:
                self._fault("a reason that counts as other bits than it has", f"{path}/reasons", bits, said)
            if found.family not in (None, family):
                self._fault("a reason that overlaps another family", f"{path}/reasons", family, said)
            # What is read after the observations cannot be counted among them.
            if found.held is not None and found.accounts is not None and not self.seen_of:
                self._of.add(found.accounts)
                self._named.add(known := hash(value))
                if self._held.setdefault((signal, known), found.held) != found.held:
                    what = "a value that several numbers of accounts hold"
                    self._fault(what, f"{path}/reasons", self._held[signal, known], said)

    def seen(self, names: list[str], value: Any, *, whole: bool) -> None:
        """Take in what was seen of an account: a list, or a part of one."""
        kind, account, *_ = names
        self.seen_of.add(account)
        days = value
        if kind == "seen":
            days = [[said, _day(first), _day(last), count] for _, said, first, last, count, *_ in value]
            for handle, held, *_ in value:
                self._there.add(key := hash(account + handle + held))
                if key in self._signal_at:
                    self._trait_of[self._signal_at[key]] = names[-1]
                if (known := hash(held)) in self._named:
                    self._holders[names[-1], known] = self._holders.get((names[-1], known), 0) + 1
            if names[-1] in OBSERVED:
                self._there.update(hash(account + row[0]) for row in value)
            if any(type(row[4]) is not int or row[4] < 1 or (row[2] or "") > (row[3] or "") for row in value):
                raise NotStrict("seen less than once, or last before first")
        known = hash(repr(days))
        if whole and self._days.setdefault(hash(f"{account}/{names[-1]}"), known) != known:
            self._fault("seen on other days than at the moments told", "/".join(names), days[:1], value[:1])

    def _fault(self, what: str, path: str, expected: object, found: object) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append((what, path, expected, found))

    def tell(
        self, signals: set[tuple[str, str]], report: Report, *, accounts: object, hides_seen: bool
    ) -> None:
        """Every fault; `signals` are those with a meaning in the bundle, none where that is withheld;
        `accounts` is how many were compared, None where that is."""
        for what, path, expected, found in self.faults:
            report.fault("V2", what, path, expected=expected, found=found)
        for signal, family in sorted(self._signals - signals) if signals else ():
            what = "a link that rests on a signal that there is not"
            report.fault(
                "V2", what, "signal", expected="a signal and its family", found=f"{signal}, {family}"
            )
        if accounts is not None and self._of - {accounts}:
            what = "reasons that were compared among another number of accounts"
            report.fault("V2", what, "run/population", expected=accounts, found=sorted(self._of))
        if not hides_seen:
            self._rarer(report)
        if not hides_seen and (missing := self._needed - self._there):
            what = "reasons that rest on observations of nobody, or of somebody else"
            report.fault("V2", what, "link", expected=0, found=len(missing))

    def holders(self, trait: str, value: str) -> int:
        """How many accounts are opened that hold a value which a reason names; 0 where none names it."""
        return self._holders.get((trait, hash(value)), 0)

    def _rarer(self, report: Report) -> None:
        """No value is held by fewer accounts than are opened that hold it; each is of its signal's trait."""
        for (signal, value), held in self._held.items():
            trait = TRAITS.get(signal, self._trait_of.get(signal, ""))
            found = self._holders.get((trait, value), 0)
            if held < max(found, 2):
                what = "a value that more accounts hold than its reasons say"
                report.fault("V2", what, f"link, by {signal}", expected=max(found, 2), found=held)
            if not found and signal in TRAITS and self._holders:
                what = "a reason by a signal that is of other values"
                report.fault("V2", what, f"link, by {signal}", expected=trait, found="another trait")


def _day(moment: str | None) -> str | None:
    return moment and moment[:DAY]


# --- disclosures ---------------------------------------------------------------------------------

OPENED = "data/disclosures.jsonl"
SALT = re.compile("[0-9a-f]{32}")
PATH = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)+")
UNIT = re.compile(rf'\["{SALT.pattern}","{PATH.pattern}",'.encode("ascii"))
"""How the line of a unit begins: with salt and path."""

PATH_AT = len('["",') + 32
"""Where the path begins in the line of a unit, with its quotation mark."""

SIX_DECIMALS = re.compile(r"-?[0-9]{1,12}\.[0-9]{6}")
MICRO = 1_000_000
ROLES = ("core", "fringe")
"""What a member of a group can be."""


COUNTED_KINDS = ("against", "claim", "link", "member")
"""Kinds of units whose number is sealed for each group."""

OF_A_GROUP = ("against", "group", "link", "member", "template")
"""Kinds of units whose path names a group after the kind."""


@dataclass
class Opened:
    """What the opened units say, as far as claims are computed from it."""

    small: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    strengths: dict[str, dict[str, int]] = field(default_factory=dict)
    weights: dict[str, dict[str, list[list[str]]]] = field(default_factory=dict)
    paths: dict[bytes, bytes] = field(default_factory=dict)
    profiles: Profiles = field(default_factory=Profiles)
    ends: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    member_of: dict[str, str] = field(default_factory=dict)
    sent: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)
    """Of each group path and value of who sent its texts."""

    texts: dict[str, Any] = field(default_factory=dict)
    """Of each of these what it is called, and what stands for it, by path."""

    reasons: Reasons | None = field(default=None, compare=False, repr=False)
    """What links rest on; None where it is not looked at."""

    groups: set[str] = field(default_factory=set)
    """Groups that an opened unit is about, by its path."""

    view: dict[str, Any] = field(default_factory=dict)
    """What the view says of itself: its groups, and what it withholds."""

    _family_bits: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def sealed(self, group: str) -> dict[str, int]:
        """How many units of each kind were sealed of a group; 0 where that is not opened."""
        said = self.small.get(f"group/{group}/units")
        known = said if isinstance(said, dict) else {}
        return {kind: known[kind] if type(known.get(kind)) is int else 0 for kind in COUNTED_KINDS}

    def family_bits(self, group: str) -> dict[str, list[int]]:
        """Of each family of evidence the bits in millionths, link by link, where it speaks in a link."""
        if group not in self._family_bits:
            found: dict[str, list[int]] = {}
            for rows in self.weights.get(group, {}).values():
                own: dict[str, int] = {}
                for _, family, bits in rows:
                    own[family] = own.get(family, 0) + micro(bits)
                for family, total in own.items():
                    found.setdefault(family, []).append(total)
            self._family_bits[group] = found
        return self._family_bits[group]

    def hides(self, kind: str) -> bool:
        """Whether the view says that it withholds units of a class."""
        names = (kind, f"{kind}, redacted", f"{kind.partition('.')[0]}.*")
        return any(name in self.view.get("withheld", ()) for name in names)

    def points(self, group: str) -> list[str]:
        """The opened points against a group, in order, by path."""
        start = f"against/{group}/"
        return [path for path, _ in small_under(self, start) if path.endswith("/said")]


SMALL = ("run", "setting", "group", "against", "claim", "signal", "validation")
"""Kinds of units that are kept as they are, by path."""

JOINED = (*(f"{kind}/" for kind in SMALL), "link/")
"""Where parts are joined to the list that is computed from; of other lists parts are counted alone."""


def short_path(path: str) -> bytes:
    """A path in 16 bytes: millions of them stay in memory."""
    return hashlib.blake2b(path.encode("ascii"), digest_size=16).digest()


def unit_class(path: str) -> str:
    """The class of a unit: its kind and its last name, by which policies open and withhold."""
    return class_of(path.split("/"))


def class_of(names: list[str]) -> str:
    """The class of a unit from the names in its path."""
    return f"setting.{names[1]}" if names[0] == "setting" else f"{names[0]}.{names[-1]}"


def check_opened(content: Content, packed: bytes, view: dict[str, Any], report: Report) -> Opened:
    """Every opened unit: its form, that it stands alone, and that it was sealed."""
    opened = Opened(view=view)
    opened.reasons = Reasons(opened.hides)
    salts, digests, parts = set[bytes](), list[bytes](), Parts()
    for number, line, (salt, path, value) in _units(content, report):
        digests.append(hashlib.sha256(line).digest())
        if (short := short_path(path)) in opened.paths:
            report.fault("V2", "two values opened for one path", _at(number), found=path)
        if (raw := bytes.fromhex(salt)) in salts:
            report.fault("V2", "one salt used twice", _at(number), found=path)
        opened.paths[short] = digests[-1]
        salts.add(raw)
        try:
            _keep(opened, parts, path, value, line[PATH_AT + 1 :])
        except (NotStrict, ValueError, TypeError, IndexError, AttributeError) as error:
            report.fault("V2", f"a unit of another form: {error}", _at(number), found=path)
    _join(opened, parts, report)
    check_sealed(digests, packed, OPENED, report)
    report.looked["V2"] = f"{len(digests)} opened units among {len(packed) // 32} commitments"
    return opened


def _at(number: int) -> str:
    """The place of an opened unit, for a fault."""
    return f"{OPENED}:{number}"


def _units(content: Content, report: Report) -> Iterator[tuple[int, bytes, Any]]:
    """Number, line, and salt, path and value of each opened unit that is written as units are."""
    before = 0
    for lines in content.batches(OPENED, "V2"):
        for start in range(0, len(lines), AT_ONCE):
            yield from _written(lines[start : start + AT_ONCE], before + start + 1, report)
        before += len(lines)


AT_ONCE = 16
"""Lines that are read and then written together: few enough for what they hold to be still at hand."""


def _written(lines: list[bytes], number: int, report: Report) -> Iterator[tuple[int, bytes, Any]]:
    """The same of a few lines, of which the first has this number."""
    units = [_unit(line, place, report) for place, line in enumerate(lines, number)]
    alike = None not in units and is_written_so(lines, units)
    for place, unit in enumerate(units):
        if unit is not None:
            if alike or json_bytes(unit) == lines[place] + b"\n":
                yield number + place, lines[place], unit
            else:
                report.fault("V2", WRITTEN_OTHERWISE, _at(number + place), found=unit[1])


WRITTEN_OTHERWISE = "an opened unit that is written otherwise than units are"


def _unit(line: bytes, number: int, report: Report) -> Any:
    """Salt, path and value of a line; None, with a fault, where it is none of the form of a unit."""
    try:
        unit = strict(line)
    except NotStrict as error:
        report.fault("V2", f"an opened unit: {error}", _at(number))
        return None
    # A line that is JSON and begins so holds salt and path as they stand there.
    if UNIT.match(line) and len(unit) == 3 and len(unit[1]) <= LONGEST_PATH:
        return unit
    what, found = _other_form(unit)
    report.fault("V2", what, _at(number), found=found)
    return None


def _other_form(unit: Any) -> tuple[str, str]:
    """What is wrong with the line of a unit that begins otherwise, and where."""
    if not (isinstance(unit, list) and len(unit) == 3 and all(isinstance(each, str) for each in unit[:2])):
        return "an opened unit that is not salt, path, value", ""
    salt, path, _ = unit
    if not SALT.fullmatch(salt):
        return "a salt that is not 128 bits", salt
    if not PATH.fullmatch(path) or len(path) > LONGEST_PATH:
        return "a path outside the grammar", path
    return WRITTEN_OTHERWISE, path


def micro(text: Any) -> int:
    """Millionths of a number that is written as text with six decimals."""
    if not isinstance(text, str) or not SIX_DECIMALS.fullmatch(text):
        raise NotStrict("not a number with six decimals")
    return int(text.replace(".", ""))


def _keep(opened: Opened, parts: Parts, path: str, value: Any, said: bytes) -> None:
    """Sort in one unit; `said` is its line from the path on. Raises where it has another form."""
    names = path.split("/")
    if not is_placed(names):
        raise NotStrict("of a kind that bundles do not hold")
    name = class_of(names)
    opened.classes[name] = opened.classes.get(name, 0) + 1
    if about_one(name):
        opened.profiles.add(path, value, said)
    part = part_of(path)
    if names[0].startswith("seen") and opened.reasons is not None:
        opened.reasons.seen(names, value, whole=part is None)
    if part:
        parts.add(part, value if path.startswith(JOINED) else [])
    else:
        _sort(opened, path, names, value)


def _join(opened: Opened, parts: Parts, report: Report) -> None:
    """Lists whose parts are all opened, as if each were one unit."""
    for path in parts.paths():
        if short_path(path) in opened.paths:
            report.fault("V2", "a list opened as a whole and in parts", OPENED, found=path)
    for path, value in parts.complete():
        try:
            _sort(opened, path, path.split("/"), value)
        except (NotStrict, ValueError, TypeError, IndexError, AttributeError) as error:
            report.fault("V2", f"a unit of another form: {error}", OPENED, found=path)


def _sort(opened: Opened, path: str, names: list[str], value: Any) -> None:
    if names[0] in OF_A_GROUP:
        opened.groups.add(names[1])
    if names[0] == "link" and opened.reasons is not None:
        opened.reasons.link(path, value)
    if names[0] == "member":
        opened.members.setdefault(names[1], []).append(_standing(*value))
    elif names[0] == "link" and names[-1] == "strength":
        opened.strengths.setdefault(names[1], {})[names[2]] = micro(value[0])
    elif names[0] == "link" and names[-1] == "weights":
        opened.weights.setdefault(names[1], {})[names[2]] = value
    elif names[0] == "link" and names[-1] == "ends":
        opened.ends.setdefault(names[1], {})[names[2]] = value
    elif names[0] == "template":
        _text(opened, path, names, value)
    elif names[0] == "account":
        (opened.names if names[-1] == "name" else opened.member_of)[names[1]] = str(value)
    elif names[0] in SMALL:
        opened.small[path] = value


def _text(opened: Opened, path: str, names: list[str], value: Any) -> None:
    if names[-1] == "sent":
        opened.sent.setdefault(names[1], []).append((path, value))
    elif names[-1] == "value":
        opened.texts[path] = value


def _standing(membership: Any, role: Any) -> tuple[int, str]:
    """How surely a member belongs, in millionths, and as what."""
    share = micro(membership)
    if not 0 <= share <= MICRO or role not in ROLES:
        raise NotStrict("a standing that no member has")
    return share, str(role)


def small_under(opened: Opened, prefix: str) -> Iterator[tuple[str, Any]]:
    """Kept units whose path begins so, in order."""
    return (
        (path, opened.small[path])
        for path in sorted(each for each in opened.small if each.startswith(prefix))
    )


# --- outcomes ------------------------------------------------------------------------------------

UNRESOLVED, REPORTED = "unresolved", "reported"
FIRST_POINT = "unresolved, no finding:"
"""How the first point against an unresolved group begins."""

READ_FIRST, VIEW_FILE = "data/README-FIRST.txt", "data/VIEW.json"


def check_outcomes(content: Content, view: dict[str, Any], opened: Opened) -> None:
    """The view and its first page say of the groups what the opened units say."""
    report = content.report
    if not view:
        return
    sealed = _unresolved(opened)
    told = view.get("unresolved", {})
    if told != sealed:
        report.fault("V2", "the view tells other groups unresolved", VIEW_FILE, expected=sealed, found=told)
    for group in view["groups"]:
        outcome = opened.small.get(path := f"group/{group}/outcome")
        if outcome not in (UNRESOLVED, REPORTED):
            expected = f"{UNRESOLVED} or {REPORTED}"
            report.fault("V2", "a group without its outcome", path, expected=expected, found=outcome)
    if not sealed:
        return
    if not str(view.get("override", "")).strip():
        report.fault("V2", "an unresolved group is handed out without a reason", VIEW_FILE)
    page = content.whole(READ_FIRST, "V2").decode("ascii", "replace")
    for group in sealed:
        if f"group {group} is unresolved. Nobody in it is accused." not in page:
            report.fault(
                "V2", "the first page does not say that a group is unresolved", READ_FIRST, expected=group
            )
    report.facts["unresolved, nobody in it is accused"] = ", ".join(sealed)


def reported(view: dict[str, Any]) -> list[str]:
    """The groups of a view that are findings."""
    told = view.get("unresolved", {})
    return sorted(str(each) for each in view["groups"] if not isinstance(told, dict) or each not in told)


def _unresolved(opened: Opened) -> dict[str, dict[str, Any]]:
    """Of each opened group that is unresolved what is opened of why."""
    found = {}
    for path, outcome in small_under(opened, "group/"):
        start = path.removesuffix("outcome")
        if start != path and outcome == UNRESOLVED:
            settles = opened.small.get(f"{start}settles-in-full", opened.small.get(f"{start}settles"))
            known = {name: opened.small.get(f"{start}{name}") for name in ("reason", "favours")}
            found[path.split("/")[1]] = {**known, "settles": settles}
    return found


# --- decided -------------------------------------------------------------------------------------

NOT_BY_DATA = "a person confirmed it: on this data alone it would not be reported:"
LINKED_BY_HAND = (
    "{} of its links stand because a person linked the accounts: on this data alone they would not"
)
KEPT_TOGETHER = "a person joined {} of its accounts: they are together whatever the data say"
OVERRULED = "a person dismissed it; this run does not obey that yet"
KEPT_APART = "a person kept {} pairs of its accounts apart, which are in one group here nonetheless"
"""What is said of a group because of what people decided."""

SETTLES = "what would settle it:"
"""How the second point against an unresolved group begins."""


def decided_notice(group: str) -> str:
    """How the first page begins what people decided about a group."""
    return f"A PERSON DECIDED about group {group}:"


def check_decided(content: Content, view: dict[str, Any], opened: Opened) -> None:
    """What people decided about the groups of a view is opened, and told by the view and its first page."""
    told, sealed = view.get("decided", {}), dict[str, list[str]]()
    for group in view.get("groups", ()):
        decided = opened.small.get(f"group/{group}/decided")
        if not isinstance(decided, list):
            what = "a group without what people decided about it"
            content.report.fault("V2", what, f"group/{group}/decided")
        elif decided:
            sealed[group] = decided
        _first(content, group, opened)
    if told != sealed:
        what = "the view tells other decisions of people"
        content.report.fault("V2", what, VIEW_FILE, expected=sealed, found=told)
    if not sealed:
        return
    page = content.whole(READ_FIRST, "V2").decode("ascii", "replace")
    for group in sealed:
        if decided_notice(group) not in page:
            what = "the first page does not say what a person decided"
            content.report.fault("V2", what, READ_FIRST, expected=group)
    content.report.facts["stands or was changed by what a person decided"] = ", ".join(sorted(sealed))


def _first(content: Content, group: str, opened: Opened) -> None:
    """Decisions stand first among the points against; only that a group is unresolved comes before. A
    reported group of which an opened gate failed has such a decision."""
    decided = opened.small.get(f"group/{group}/decided") or []
    points = [opened.small.get(path) for path in opened.points(group)]
    while points and str(points[0]).startswith((FIRST_POINT, SETTLES)):
        points.pop(0)
    if points[: len(decided)] != decided:
        what = "what a person decided does not stand first among what speaks against"
        content.report.fault("V2", what, f"against/{group}", expected=decided[0], found=points[:1])
    gates = opened.small.get(f"group/{group}/gates") or []
    unresolved = opened.small.get(f"group/{group}/outcome") == UNRESOLVED
    carried = unresolved or all(gate["passed"] is True for gate in gates)
    if not carried and not (decided and str(decided[0]).startswith(NOT_BY_DATA)):
        what = "a group that its data do not carry, and does not say so"
        content.report.fault("V2", what, f"group/{group}/decided", expected=NOT_BY_DATA)


# --- stix ----------------------------------------------------------------------------------------

STIX = "data/stix/bundle.json"


def check_stix(content: Content, view: dict[str, Any]) -> None:
    """Whether it is a bundle of objects with one id each, labelled and about what the view says."""
    report = content.report
    if not content.has(STIX) or not view:
        return
    try:
        bundle = strict(content.whole(STIX, "V2"))
    except NotStrict as error:
        return report.fault("V2", f"the STIX file: {error}", STIX)
    objects = bundle.get("objects") if isinstance(bundle, dict) else None
    if not isinstance(objects, list) or not all(isinstance(each, dict) for each in objects):
        return report.fault("V2", "the STIX file is no bundle", STIX)
    ids = [each.get("id") for each in objects]
    if len(set(map(str, ids))) != len(ids):
        report.fault("V2", "the STIX file has two objects of one id", STIX)
    groups = sorted(str(each.get("name")) for each in objects if each.get("type") == "intrusion-set")
    if groups != reported(view):
        report.fault("V2", "the STIX file is about other groups", STIX, expected=reported(view), found=groups)
    labels = [each.get("name") for each in objects if each.get("type") == "marking-definition"]
    if labels != [view["tlp"]]:
        report.fault("V2", "the STIX file has another label", STIX, expected=view["tlp"], found=labels)


# --- likelihood ----------------------------------------------------------------------------------

STEP = 10
"""Bounds and counted numbers are in tenths of a bit, which is finer than any word."""

WIDEST = 1_000
"""Tenths of a bit to which bounds are looked for."""

LOG10_OF_2 = math.log10(2)

Counts = dict[int, int]
"""How many accounts got a number, by the number in tenths of a bit: rounded down for accounts of one
operator, up for others, so that rounding never helps."""

SCALE = (
    (0.0, "supports another explanation rather than one operator"),
    (1.0, "supports neither"),
    (3.321928, "weak support for one operator"),
    (6.643856, "moderate support for one operator"),
    (9.965784, "moderately strong support for one operator"),
    (13.287712, "strong support for one operator"),
    (19.931569, "very strong support for one operator"),
    (float("inf"), "extremely strong support for one operator"),
)
"""Upper bounds in bits: likelihood ratios of 1, 2, 10, 100, 1,000, 10,000 and 1,000,000."""

REASON = """\
The table is this program's own. A word covers a factor of ten (the topmost but one a factor of a hundred),
because that is how many accounts have to be known to be innocent, and to be found so, before the word can be
used: some 10 for the end of weak, 10,000 for the end of strong. The words themselves follow the custom of
forensic reporting (ENFSI, 2015), which leaves it to the issuer to set a table and to give its reason."""

NO_DATA = "no word: no validation data say how far such a number can be trusted"


def support(bits: float) -> str:
    """The word for a likelihood ratio of so many bits; the prior is not in it."""
    return next(word for bound, word in SCALE if bits < bound or bound == float("inf"))


def log10_of(bits: float) -> float:
    """The same number as a power of ten."""
    return bits * LOG10_OF_2


def supported_range(same: Counts, different: Counts, totals: tuple[int, int]) -> tuple[int, int]:
    """Lower and upper bound in tenths of a bit: the widest range around 0 in which the numbers help.

    `same` and `different` count accounts whose truth is known, by the number they got; `totals` says how many
    there were of each kind. Those without a number were not reported, which says as much as a ratio of 1.
    """
    missing, wrong = _Above(same, totals[0]), _Above(different, totals[1])

    def helps(threshold: int) -> bool:
        # One misleading result more on either side than was seen, and so one more of each kind.
        misses = 1 - missing.share(threshold, more=0)
        odds = 2.0 ** (threshold / STEP)
        return bool(misses + odds * wrong.share(threshold, more=1) <= min(1.0, odds) * (1 + 1e-12))

    if not helps(0):
        return 0, 0
    upper = lower = 0
    while upper < WIDEST and helps(upper + 1):
        upper += 1
    while lower > -WIDEST and helps(lower - 1):
        lower -= 1
    return lower, upper


class _Above:
    """Which share of the accounts of one kind got more than a number."""

    def __init__(self, counts: Counts, total: int) -> None:
        rest = total - sum(counts.values())
        if rest < 0 or min(counts.values(), default=0) < 0:
            raise ValueError("more accounts with a number than there are")
        whole = {**counts, 0: counts.get(0, 0) + rest}
        self.total = total
        self.bits = sorted(whole)
        self.up_to = [0]
        for bits in self.bits:
            self.up_to.append(self.up_to[-1] + whole[bits])

    def share(self, threshold: int, *, more: int) -> float:
        """The share above a threshold, were there one account more, and `more` of it above."""
        above = self.total - self.up_to[bisect_right(self.bits, threshold)]
        return (above + more) / (self.total + 1)


def counted(rows: Any) -> Counts:
    """Counts as the validation unit holds them: pairs of tenths of a bit and how many."""
    return {int(bits): int(count) for bits, count in rows}


def bounds_of(validation: Any) -> tuple[int, int] | None:
    """The bounds that a validation unit supports, computed again; None where it has no such data."""
    known = validation.get("likelihood") if isinstance(validation, dict) else None
    if not known:
        return None
    totals = int(known["same_accounts"]), int(known["different_accounts"])
    return supported_range(counted(known["same"]), counted(known["different"]), totals)


def capped_micro(bits: int, bounds: tuple[int, int]) -> int:
    """A number in millionths of a bit, kept within bounds in tenths."""
    return min(max(bits, bounds[0] * 100_000), bounds[1] * 100_000)


# --- claim_forms ---------------------------------------------------------------------------------

SAYS = {
    ("count-members", ""): "accounts in the group",
    ("count-core", ""): "accounts in its core",
    (
        "mean-membership",
        "",
    ): "stability: mean share of resampled runs in which an account stays with the group",
    ("sum-of-days", "by-day"): "interactions of the group's accounts",
    ("sum-of-days", "registrations"): "accounts whose registration is known",
    ("days-with-any", "by-day"): "days with interactions",
    ("links-add-up", ""): "sealed links whose log-odds is the prior plus their bits",
    ("strongest-link", ""): "bits of log-odds of the strongest link",
    ("count-against", ""): "points that speak against the group",
}
SUPPORTED = ("supported-bits", "log-odds")
SUPPORTED_SAYS = (
    "bits of the likelihood ratio (log-odds less the prior), kept to what validation data support"
)
"""What a claim says, by its method and what it is of."""

AS_RUN = {
    "log-odds": "bits of log-odds that the group's typical member belongs to it",
    "q-value": "expected share of false groups among those that score as high",
    "distillation": "distillation score, 0 to 1",
    "input-tokens": "tokens sent by the group's accounts",
    "output-tokens": "tokens received by the group's accounts",
    "favours": "bits for one operator over the best innocent explanation: too few to decide, so unresolved",
}
"""Numbers that only the whole run can compute again; they are compared with their sealed unit."""

NEAR = {
    "mean-membership": "95 %, Wilson, with as many trials as resampled runs: accounts stay or go together",
    "family-bits": "lowest and highest of the links it is the mean of: a range, not a confidence interval",
}
NO_INTERVAL = {
    "log-odds": "none: a computed number; how often groups that scored so were wrong is in validation.json",
    "q-value": "none: a bound itself, from how often redrawn populations score as high",
    "distillation": "none: a score by fixed rules, of no rate in a population",
    "favours": "none: a computed number, below the margin that a report asks for",
    "strongest-link": "none: a computed number; how near log-odds come to chances is in validation.json",
}
EXACT = "none: a count of what is recorded, from which nothing is estimated"
"""Why a claim has the interval that it has, or none."""

OF_LINKS = ("links-add-up", "strongest-link", "family-bits")
OF_MEMBERS = ("count-members", "count-core", "mean-membership")

Claim = dict[str, Any]


def claim_says(method: str, of: str) -> str | None:
    """The sentence of a claim; None where no claim is made so."""
    if method == "family-bits" and of:
        return f"mean bits of {of}, over the sealed links it speaks in"
    if (method, of) == SUPPORTED:
        return SUPPORTED_SAYS
    return AS_RUN.get(of) if method == "as-run" else SAYS.get((method, of))


def interval_is(method: str, of: str, *, has_interval: bool) -> str:
    """What the interval is, or why there is none."""
    if method == SUPPORTED[0]:
        return "none: an end of the range that validation data support, or a computed number within it"
    if method in NEAR:
        return NEAR[method] if has_interval else "none: nothing was resampled"
    return NO_INTERVAL.get(of or method, EXACT)


def level_of(method: str) -> str:
    """The rung of the ladder at which a number is computed again."""
    return "V4" if method == "as-run" else "V3"


def needed(claim: Claim) -> tuple[str, ...]:
    """The classes of units that a claim is computed from."""
    method, of = claim["method"], claim["of"]
    if method in OF_MEMBERS:
        return ("member.standing",)
    if method == "links-add-up":
        return ("link.strength", "link.weights", "run.prior-bits")
    if method == SUPPORTED[0]:
        return (f"group.{of}", "run.prior-bits")
    if method in OF_LINKS:
        return ("link.strength" if method == "strongest-link" else "link.weights",)
    return ("against.said",) if method == "count-against" else (f"group.{of}",)


def rests_on(claim: Claim, sealed: dict[str, int]) -> int:
    """How many units a claim rests on, from how many are sealed of its group."""
    method = claim["method"]
    if method in OF_MEMBERS:
        return sealed["member"]
    if method in OF_LINKS:
        return sealed["link"]
    return sealed["against"] if method == "count-against" else 1


def claims_due(group: str, opened: Opened) -> Iterator[tuple[str, str]]:
    """The claims that the opened units of a group make: method, and what of."""
    yield from SAYS if opened.sealed(group)["link"] else (key for key in SAYS if key[0] not in OF_LINKS)
    for rows in opened.weights.get(group, {}).values():
        yield from (("family-bits", str(family)) for _, family, _ in rows)
    for of in AS_RUN:
        if opened.small.get(f"group/{group}/{of}") is not None:
            yield "as-run", of
    known = {f"group/{group}/log-odds", "run/prior-bits"} <= opened.small.keys()
    if known and opened.small[f"group/{group}/log-odds"] is not None and _bounds(opened) is not None:
        yield SUPPORTED


def _bounds(opened: Opened) -> tuple[int, int] | None:
    return bounds_of(opened.small.get("validation/rates"))


def supported_micro(claim: Claim, opened: Opened) -> int | None:
    """The likelihood ratio of a group in millionths of a bit, kept to what validation data support.

    None where there are none, or what it follows from is withheld.
    """
    bounds, prior = _bounds(opened), opened.small.get("run/prior-bits")
    log_odds = opened.small.get(f"group/{claim['group']}/log-odds")
    if bounds is None or prior is None or log_odds is None:
        return None
    return capped_micro(micro(log_odds) - micro(prior), bounds)


def words_of(claim: Claim, opened: Opened) -> str | None:
    """The word for a number; None where what it follows from is withheld."""
    if (claim["method"], claim["of"]) != ("as-run", "log-odds") or _bounds(opened) is None:
        return ""
    bits = supported_micro(claim, opened)
    return None if bits is None else support(bits / MICRO)


def alternatives_of(claim: Claim, opened: Opened) -> list[list[str]] | None:
    """The innocent explanations that were tested beside a number; None where that is not opened."""
    if claim["method"] != "as-run" or claim["of"] not in ("log-odds", "favours"):
        return []
    name = "examined" if claim["of"] == "log-odds" else "competing"
    found = opened.small.get(f"group/{claim['group']}/{name}")
    if found is None:
        return None
    if not found:
        return []
    if name == "examined":
        rows = found["benign_explanations"]
        return [[each["explanation"], each["outcome"]] for each in rows]
    return [[each["hypothesis"], margin_says(float(each["bits"]))] for each in found.get("stories") or ()]


def margin_says(bits: float) -> str:
    """How far one operator leads an innocent explanation."""
    return f"{bits:+.1f} bits against it"


# --- claim_methods -------------------------------------------------------------------------------


def _fixed(millionths: int) -> str:
    sign = "-" if millionths < 0 else ""
    return f"{sign}{abs(millionths) // MICRO}.{abs(millionths) % MICRO:06d}"


def _members(claim: Claim, opened: Opened) -> str:
    return str(len(opened.members[claim["group"]]))


def _core(claim: Claim, opened: Opened) -> str:
    return str(sum(role == "core" for _, role in opened.members[claim["group"]]))


def _membership(claim: Claim, opened: Opened) -> str:
    rows = opened.members[claim["group"]]
    return _fixed((2 * sum(each for each, _ in rows) + len(rows)) // (2 * len(rows)))


def _strongest(claim: Claim, opened: Opened) -> str:
    return _fixed(max(opened.strengths[claim["group"]].values()))


def _add_up(claim: Claim, opened: Opened) -> str:
    """How many links are the prior plus their bits."""
    strengths, weights = opened.strengths[claim["group"]], opened.weights[claim["group"]]
    prior = micro(opened.small["run/prior-bits"])
    sums = {link: prior + sum(micro(bits) for _, _, bits in rows) for link, rows in weights.items()}
    return str(sum(abs(sums[link] - strengths[link]) <= 1 for link in strengths.keys() & sums.keys()))


def _family(claim: Claim, opened: Opened) -> str:
    """Mean bits of a family over the links it speaks in."""
    spoken = _spoken(claim, opened)
    return _fixed((2 * sum(spoken) + len(spoken)) // (2 * len(spoken))) if spoken else "0.000000"


def _spoken(claim: Claim, opened: Opened) -> list[int]:
    """Of each link that a family speaks in, all its bits."""
    return opened.family_bits(claim["group"]).get(claim["of"], [])


def _days(claim: Claim, opened: Opened) -> list[tuple[str, int]]:
    days = opened.small[f"group/{claim['group']}/{claim['of']}"]
    return [(str(day), int(count)) for day, count in days]


def _sum_of_days(claim: Claim, opened: Opened) -> str:
    return str(sum(count for _, count in _days(claim, opened)))


def _days_with_any(claim: Claim, opened: Opened) -> str:
    return str(sum(count > 0 for _, count in _days(claim, opened)))


def _points(claim: Claim, opened: Opened) -> str:
    return str(len(opened.points(claim["group"])))


def _as_run(claim: Claim, opened: Opened) -> str:
    return str(opened.small[f"group/{claim['group']}/{claim['of']}"])


def _supported(claim: Claim, opened: Opened) -> str:
    bits = supported_micro(claim, opened)
    return "no validation data" if bits is None else _fixed(bits)


def interval_of(claim: Claim, opened: Opened) -> list[str] | None:
    """The interval of a claim: empty where there is none for it, None where its setting is withheld."""
    if claim.get("method") == "family-bits":
        sums = _spoken(claim, opened)
        return [_fixed(min(sums)), _fixed(max(sums))] if sums else []
    if claim.get("method") != "mean-membership":
        return []
    runs = opened.small.get("setting/groups/resamples")
    if runs is None and opened.hides("setting.groups"):
        return None
    found = of_resamples(micro(claim["value"]), runs or 0)
    return [_fixed(each) for each in found] if found else []


METHODS: dict[str, Callable[[Claim, Opened], str]] = {
    "count-members": _members,
    "count-core": _core,
    "mean-membership": _membership,
    "strongest-link": _strongest,
    "links-add-up": _add_up,
    "family-bits": _family,
    "sum-of-days": _sum_of_days,
    "days-with-any": _days_with_any,
    "count-against": _points,
    "as-run": _as_run,
    "supported-bits": _supported,
}
"""How a claim is computed; `as-run` needs the run itself, and is compared with its sealed unit."""


# --- counted -------------------------------------------------------------------------------------

COUNTER = "data/counter-evidence.jsonl"

Row = dict[str, Any]


def rows_of(content: Content, name: str, report: Report) -> list[tuple[int, Row]]:
    """The objects of a file of lines, each with the number of its line."""
    rows = []
    for number, line in enumerate(content.lines(name, "V2"), 1):
        try:
            row = strict(line)
        except NotStrict as error:
            report.fault("V2", f"a line: {error}", f"{name}:{number}")
            continue
        if isinstance(row, dict):
            rows.append((number, row))
        else:
            report.fault("V2", "a line that is no object", f"{name}:{number}")
    return rows


def check_counts(content: Content, claims: dict[str, Row], opened: Opened) -> None:
    """Of every group that view, claims or opened units name: its points against, and as many units of each
    kind, opened or withheld, as were sealed."""
    report = content.report
    shown = {str(each) for each in opened.view.get("groups", ())}
    named = shown | opened.groups | {str(claim.get("group")) for claim in claims.values()}
    for group in sorted(named - shown):
        report.fault("V2", "units of a group that the view does not name", f"group {group}")
    for group in sorted(named):
        _check_group(group, opened, report)
    _check_listed(content, opened, named)
    for kind, each in (("member.standing", "member"), ("link.strength", "link"), ("claim.claim", "claim")):
        _check_withheld(kind, sum(opened.sealed(group)[each] for group in shown), opened, report)


def _check_group(group: str, opened: Opened, report: Report) -> None:
    said = opened.small.get(f"group/{group}/units")
    if not isinstance(said, dict) or set(said) != set(COUNTED_KINDS) or said != opened.sealed(group):
        what = "a group without the numbers of its units"
        report.fault("V2", what, f"group/{group}/units", expected=", ".join(COUNTED_KINDS), found=said)
        return
    count = said["against"]
    if opened.small.get(f"against/{group}/count") != count:
        found = opened.small.get(f"against/{group}/count")
        report.fault(
            "V2", "points against were left out", f"against/{group}/count", expected=count, found=found
        )
    points = opened.points(group)
    if len(points) != count or points != [
        f"against/{group}/{number:03d}/said" for number in range(len(points))
    ]:
        what = "points against were left out"
        report.fault("V2", what, f"against/{group}", expected=count, found=len(points))
    counts = {
        "member.standing": (len(opened.members.get(group, ())), said["member"]),
        "link.strength": (len(opened.strengths.get(group, ())), said["link"]),
        "link.weights": (len(opened.weights.get(group, ())), said["link"]),
    }
    for kind, (found, wanted) in counts.items():
        if found > wanted or (found < wanted and not opened.hides(kind)):
            what = (
                "units that are neither opened nor withheld"
                if found < wanted
                else "more units than were sealed"
            )
            report.fault("V2", what, f"{kind} of {group}", expected=wanted, found=found)


def _check_withheld(kind: str, sealed: int, opened: Opened, report: Report) -> None:
    """Opened and withheld are what was sealed."""
    said = opened.view.get("withheld", {})
    rows = [said[name] for name in (kind, f"{kind}, redacted") if name in said]
    withheld = sum(row["units"] for row in rows)
    if opened.classes.get(kind, 0) + withheld != sealed:
        what = "opened and withheld units are not as many as were sealed"
        found = f"{opened.classes.get(kind, 0)} opened, {withheld} withheld"
        report.fault("V2", what, kind, expected=sealed, found=found)


def _check_listed(content: Content, opened: Opened, named: set[str]) -> None:
    """The list of points against has every opened one, in its own words."""
    report = content.report
    listed = {str(row.get("unit")): row.get("says") for _, row in rows_of(content, COUNTER, report)}
    for path, says in sorted(listed.items()):
        sealed = opened.small.get(path)
        if not path.startswith("against/") or sealed is None or sealed != says:
            what = "a point against that is not the sealed one"
            report.fault("V2", what, COUNTER, expected=sealed or path, found=says)
    told = {path.rpartition("/")[0] for path in listed}
    for group in sorted(named):
        for path in opened.points(group):
            if path.rpartition("/")[0] not in told:
                report.fault("V2", "points against were left out", COUNTER, expected=path)


# --- claims --------------------------------------------------------------------------------------

CLAIMS, PARAMETERS = "data/claims.jsonl", "data/methodology/params.json"
VALIDATION = "data/methodology/validation.json"
REPORT = "data/report/report.html"
SHOWN = re.compile(r'<data class="n" id="[a-z0-9-]*" data-claim="([a-z0-9-]+)" value="([^"]*)">')

FIELDS = frozenset(
    (
        "alternatives",
        "claim",
        "group",
        "interval",
        "interval_is",
        "level",
        "method",
        "of",
        "says",
        "units",
        "value",
        "words",
    )
)


def check_claims(content: Content, opened: Opened, report: Report) -> dict[str, Claim]:
    """The claims of the view are those that were sealed, and nothing that was counted against is missing."""
    claims: dict[str, Claim] = {}
    for number, row in rows_of(content, CLAIMS, report):
        name = str(row.get("claim"))
        if name in claims:
            report.fault("V2", "one claim twice", f"{CLAIMS}:{number}", found=name)
        claims[name] = row
        sealed = opened.small.get(f"claim/{name}/claim")
        if sealed != row:
            what = "a claim that is not opened" if sealed is None else "a claim other than the sealed one"
            report.fault("V2", what, f"{CLAIMS}:{number}", expected=sealed or "", found=row)
    for path, _ in small_under(opened, "claim/"):
        if path.split("/")[1] not in claims:
            report.fault("V2", "an opened claim that the list leaves out", CLAIMS, expected=path)
    _parameters(content, opened, report)
    _validation(content, opened, report)
    return claims


def _parameters(content: Content, opened: Opened, report: Report) -> None:
    wanted = {path.removeprefix("setting/"): value for path, value in small_under(opened, "setting/")}
    try:
        said = strict(content.whole(PARAMETERS, "V2"))
    except NotStrict as error:
        return report.fault("V2", f"parameters: {error}", PARAMETERS)
    if said != wanted:
        report.fault(
            "V2", "parameters other than the sealed ones", PARAMETERS, expected=len(wanted), found=said
        )


def _validation(content: Content, opened: Opened, report: Report) -> None:
    """Rates measured on the case's own data would say how well it fits itself."""
    try:
        said = strict(content.whole(VALIDATION, "V2"))
    except NotStrict as error:
        return report.fault("V2", f"the rates: {error}", VALIDATION)
    inputs = said.get("inputs") if isinstance(said, dict) else None
    own = {
        str(value.get("sha256"))
        for path, value in small_under(opened, "run/input/")
        if path.endswith("/content") and isinstance(value, dict)
    }
    for digest in sorted(own & set(map(str, inputs if isinstance(inputs, list) else ()))):
        report.fault("V2", "rates that were measured on the case's own data", VALIDATION, found=digest)


def recompute_claims(claims: dict[str, Claim], opened: Opened, report: Report) -> dict[str, str]:
    """What became of each claim: `recomputed`, or why it is only attested."""
    states = {}
    _due(claims, opened, report)
    for name, claim in sorted(claims.items()):
        try:
            state = _state(name, claim, opened, report)
        except (NotStrict, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            report.fault("V3", "a claim whose units cannot be read", name, found=repr(error))
        else:
            if state:
                states[name] = state
    done = sum(state == "recomputed" for state in states.values())
    report.looked["V3"] = f"{done} claims recomputed, {len(states) - done} attested"
    return states


def _due(claims: dict[str, Claim], opened: Opened, report: Report) -> None:
    """Every number that the opened units of a group give is claimed, and once."""
    if opened.hides("claim.claim"):
        return
    made: dict[tuple[str, str, str], str] = {}
    for name, claim in sorted(claims.items()):
        key = (str(claim.get("group")), str(claim.get("method")), str(claim.get("of")))
        if key in made:
            report.fault("V3", "one number claimed twice", name, found=made[key])
        made[key] = name
    for group in sorted(map(str, opened.view.get("groups", ()))):
        for method, of in sorted(set(claims_due(group, opened))):
            if (group, method, of) not in made:
                what = "a claim that the opened units make is left out"
                report.fault("V3", what, f"group {group}", expected=claim_says(method, of))


def _state(name: str, claim: Claim, opened: Opened, report: Report) -> str:
    """What became of one claim; empty, with a fault, where it does not follow from the units."""
    method = METHODS.get(str(claim.get("method")))
    says = claim_says(str(claim.get("method")), str(claim.get("of")))
    if method is None or says is None:
        report.fault("V3", "a method nobody knows", name, found=(claim.get("method"), claim.get("of")))
        return ""
    _form(name, claim, opened, report)
    missing = [kind for kind in needed(claim) if not _all_opened(kind, claim, opened)]
    for kind in missing:
        if not opened.hides(kind):
            what = "a claim whose units are neither opened nor withheld"
            report.fault("V3", what, name, expected=f"{claim.get('units')} of {kind}")
    if missing:
        _attested(name, claim, opened, report)
        return "attested, not recomputable"
    if (found := method(claim, opened)) != claim.get("value"):
        report.fault(
            "V3", "a claim computes to another number", name, expected=claim.get("value"), found=found
        )
        return ""
    if (near := interval_of(claim, opened)) is not None and near != (claim.get("interval") or []):
        said = claim.get("interval")
        report.fault("V3", "a claim computes to another interval", name, expected=said, found=near)
        return ""
    return "stated in the sealed unit" if claim["method"] == "as-run" else "recomputed"


def _form(name: str, claim: Claim, opened: Opened, report: Report) -> None:
    """Whether a claim is in the words, rests on the units, and names the alternatives that it has to."""
    method, of = claim["method"], claim["of"]
    has_interval = claim.get("interval") is not None
    wanted: dict[str, object] = {
        "says": claim_says(method, of),
        "interval_is": interval_is(method, of, has_interval=has_interval),
        "level": level_of(method),
        "units": rests_on(claim, opened.sealed(claim["group"])),
    }
    if (tested := alternatives_of(claim, opened)) is not None:
        wanted["alternatives"] = tested
    if (words := words_of(claim, opened)) is not None:
        wanted["words"] = words
    for part, value in wanted.items():
        if claim.get(part) != value:
            what = f"a claim with other {part} than its units give"
            report.fault("V3", what, name, expected=value, found=claim.get(part))
    if unknown := sorted(claim.keys() - FIELDS):
        report.fault("V3", "a claim with fields nobody knows", name, found=unknown)


def _all_opened(kind: str, claim: Claim, opened: Opened) -> bool:
    """Whether all units of a class that a claim rests on are opened."""
    group = claim["group"]
    count = opened.sealed(group)
    if kind == "member.standing":
        return len(opened.members.get(group, ())) == count["member"] > 0
    if kind in ("link.strength", "link.weights"):
        rows = opened.strengths if kind == "link.strength" else opened.weights
        return len(rows.get(group, ())) == count["link"] > 0
    if kind == "against.said":
        return len(opened.points(group)) == count["against"]
    return (
        kind.replace(".", "/") if kind.startswith("run.") else f"group/{group}/{claim['of']}"
    ) in opened.small


def _attested(name: str, claim: Claim, opened: Opened, report: Report) -> None:
    """A number of units follows from their sealed count, whether they are opened or not."""
    sealed = opened.sealed(claim["group"])
    counts = {"count-members": sealed["member"], "links-add-up": sealed["link"]}
    wanted = counts.get(claim["method"])
    if wanted is not None and claim.get("value") != str(wanted):
        what = "a claim of another number than was sealed"
        report.fault("V3", what, name, expected=wanted, found=claim.get("value"))


def check_report(content: Content, claims: dict[str, Claim], report: Report) -> None:
    """Every number the report shows is the number of a claim of the view."""
    if not content.has(REPORT):
        return
    for name, value in SHOWN.findall(content.whole(REPORT).decode("utf-8", "replace")):
        wanted = claims.get(name)
        if wanted is None:
            report.fault("V3", "the report cites a claim that is not there", REPORT, found=name)
        elif str(wanted.get("value")) != value:
            report.fault(
                "V3", "the report shows another number", REPORT, expected=wanted.get("value"), found=value
            )


# --- view_form -----------------------------------------------------------------------------------


def view_faults(view: object) -> list[tuple[str, str, object]]:
    """Of each field that is not of its form: its name, what was expected and what was found."""
    if not isinstance(view, dict):
        return [("", "an object", view)]
    return [
        (name, says, view.get(name, "nothing"))
        for name, (says, fits) in FORM.items()
        if name not in view or not fits(view[name])
    ]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= SAFE_INTEGER


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _is_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_count, value.values()))


def _is_withheld(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(row, dict) and _is_count(row.get("units")) and _is_text(row.get("reason"))
        for row in value.values()
    )


def _is_objects(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(row, dict) for row in value.values())


FORM = {
    **dict.fromkeys(
        ("case", "seal", "recipient", "purpose", "tlp", "view", "declared", "exported", "signer", "tool"),
        ("a text", _is_text),
    ),
    "groups": ("a list of different texts", _is_names),
    "unresolved": ("objects by group", _is_objects),
    "opened": ("numbers of units, by class", _is_counts),
    "withheld": ("units and reason, by class", _is_withheld),
    "override": ("a text", _is_text),
}


# --- custody_chain -------------------------------------------------------------------------------

CUSTODY = "data/custody/custody.jsonl"
NOTHING_BEFORE = "0" * 64
CUSTODY_ACTS = (
    "compute", "compute-begun", "compute-failed", "review", "transfer", "import", "seal", "re-export", "look",
    "mend", "export",
)  # fmt: skip

ACT_FIELDS = {"act": str, "actor": str, "at": str, "in": list, "out": str, "prev": str, "seq": int}
ENTRY_FIELDS, EXPORT_FIELDS = {"clock": str, "entry": str}, {"clock": str, "override": str}
"""The fields of every act, and those that an act of the audit file or an export may have beside them."""

Act = dict[str, Any]


def check_chain(content: Content, seal: Seal, view: dict[str, Any], digest: str) -> list[Act]:
    """Order, numbers, times, that the sealed part is the one that was sealed, and that seal and export are
    those of this view; returns the acts. `digest` is that of the seal's page."""
    report = content.report
    before, last, heads, acts = NOTHING_BEFORE, "", [NOTHING_BEFORE], []
    for number, line in enumerate(content.lines(CUSTODY, "V2"), 1):
        where = f"{CUSTODY}:{number}"
        row = _act_row(line, where, report)
        if row.get("prev") != before:
            report.fault(
                "V2",
                "a custody line that does not follow from the one before",
                where,
                expected=before,
                found=row.get("prev"),
            )
        if row.get("seq") != number:
            report.fault("V2", "a gap in the custody numbers", where, expected=number, found=row.get("seq"))
        last = _time(row, (last, seal["declared"]), where, report)
        before = hashlib.sha256(line).hexdigest()
        heads.append(before)
        acts.append(row)
    sealed = _sealed_part(acts, heads, seal, report)
    _sealing(acts[:sealed], seal, report)
    _handed_out(acts[sealed:], seal, view, digest, report)
    if behind := sum("clock" in row for row in acts):
        report.facts["acts whose clock was behind the act before"] = str(behind)
    return acts


def _act_row(line: bytes, where: str, report: Report) -> Act:
    try:
        row = strict(line)
    except NotStrict as error:
        report.fault("V2", f"a custody line: {error}", where)
        return {}
    if not isinstance(row, dict):
        report.fault("V2", "a custody line that is no object", where)
        return {}
    if row.get("act") not in CUSTODY_ACTS:
        report.fault("V2", "an act that custody does not know", where, found=row.get("act"))
    if not _is_act(row) or json_bytes(row) != line + b"\n":
        report.fault("V2", "a custody line of another form", where, expected=", ".join(ACT_FIELDS), found=row)
    return row


def _is_act(row: Act) -> bool:
    """Whether an act has the fields that acts have, each of its kind, and no others."""
    known = {**ACT_FIELDS, **(EXPORT_FIELDS if row.get("act") == "export" else ENTRY_FIELDS)}
    read = row.get("in")
    return (
        all(name in known and type(value) is known[name] for name, value in row.items())
        and ACT_FIELDS.keys() <= row.keys()
        and isinstance(read, list)
        and all(isinstance(each, str) for each in read)
    )


def _time(row: Act, bounds: tuple[str, str], where: str, report: Report) -> str:
    """The time of a line, which is not before the one before it; `bounds` are that one's, and the seal's."""
    last = bounds[0]
    at, clock = str(row.get("at")), row.get("clock")
    for said in (at, str(clock)) if clock is not None else (at,):
        if not is_moment(said):
            report.fault("V2", "a custody time that is not in UTC", where, found=said)
            return last
    if at < last:
        report.fault("V2", "a clock that goes back in custody", where, expected=f"from {last}", found=at)
    if clock is not None and (str(clock) >= at or at not in bounds):
        # It stands there only where it was behind, and then the line has the time of what came before.
        report.fault("V2", "a custody time that its clock did not show", where, expected=clock, found=at)
    return max(at, last)


def _sealed_part(acts: list[Act], heads: list[str], seal: Seal, report: Report) -> int:
    """How many acts are under the seal."""
    sealed = count_of(seal["custody-entries"]) or 0
    if sealed >= len(heads) or heads[sealed] != seal["custody-head"]:
        found = heads[sealed] if sealed < len(heads) else f"{len(acts)} lines"
        report.fault(
            "V2", "custody is not what was sealed", CUSTODY, expected=seal["custody-head"], found=found
        )
    return sealed


def _sealing(sealed: list[Act], seal: Seal, report: Report) -> None:
    """A case that was sealed before says so: by number, and by the seal before."""
    earlier = [str(row.get("out")) for row in sealed if row.get("act") == "seal"]
    prior = earlier[-1] if earlier else NOTHING_BEFORE
    if seal["prior-seal"] != prior or seal["sealing"] != str(len(earlier) + 1):
        expected = f"number {len(earlier) + 1}, after {prior}"
        found = f"number {seal['sealing']}, after {seal['prior-seal']}"
        report.fault("V2", "a seal that hides an earlier one", CUSTODY, expected=expected, found=found)
    if any(str(row.get("at")) > seal["declared"] for row in sealed):
        report.fault("V2", "sealed before what it seals was done", CUSTODY, found=seal["declared"])
    report.facts["sealed"] = seal["declared"]
    if earlier:
        report.facts["sealed again"] = f"this is seal number {len(earlier) + 1}; the one before is {prior}"


def _handed_out(rest: list[Act], seal: Seal, view: dict[str, Any], digest: str, report: Report) -> None:
    """After the sealed part: this seal and no other, then, as the last act, the export of this view."""
    acts = [row.get("act") for row in rest]
    if acts[-1:] != ["export"] or acts.count("export") != 1 or acts.count("seal") != 1:
        return report.fault(
            "V2", "custody does not end with seal and export", CUSTODY, expected="seal, export", found=acts
        )
    (sealing,) = (row for row in rest if row.get("act") == "seal")
    export = rest[-1]
    if sealing.get("out") != digest or export.get("in") != [digest]:
        report.fault("V2", "custody names another seal", CUSTODY, expected=digest, found=sealing.get("out"))
    if str(sealing.get("at")) < seal["declared"]:
        report.fault("V2", "the seal was recorded before it was made", CUSTODY, expected=seal["declared"])
    for what, said, wanted in (
        ("custodian", sealing.get("actor"), seal["custodian"]),
        ("recipient", export.get("out"), view.get("recipient")),
        ("signer", export.get("actor"), view.get("signer")),
        ("time of export", export.get("at"), view.get("exported")),
        ("reason to override", export.get("override", ""), view.get("override")),
    ):
        if view and said != wanted:
            report.fault("V2", f"custody names another {what}", CUSTODY, expected=wanted, found=said)


# --- agreement -----------------------------------------------------------------------------------

WITHHELD_WORD = "[withheld]"
"""What stands in a sentence in place of a value that could name somebody."""

TORN = ("op-" + WITHHELD_WORD, WITHHELD_WORD + "-")
"""A name of a group of which an account's name hid a part."""


def check_agreement(content: Content, seal: Seal, opened: Opened, acts: list[Act]) -> None:
    """Seal and run, custody and run, numbers of a group, its points against, its accounts and links."""
    report = content.report
    run = opened.small.get("run/sha256")
    if run is not None and run != seal["run-sha256"]:
        report.fault("V2", "the seal is of another run", SEAL, expected=run, found=seal["run-sha256"])
    _attempts(seal, opened, acts, report)
    for group in sorted(map(str, opened.view.get("groups", ()))):
        _said_twice(group, opened, report)
        _same_points(group, opened, report)
        _joined_accounts(group, opened, report)
    _one_each(opened, report)
    _one_whole(opened, report)
    _rested_on(opened, report)


def _rested_on(opened: Opened, report: Report) -> None:
    """What links rest on was seen, of the accounts they are between, by signals that there are."""
    told = {tuple(value[:2]) for path, value in small_under(opened, "signal/")}
    if opened.reasons is not None:
        hides_seen = any(name.startswith("seen.") for name in opened.view.get("withheld", ()))
        accounts = (opened.small.get("run/population") or {}).get("accounts")
        opened.reasons.tell(told, report, accounts=accounts, hides_seen=hides_seen)


def _one_whole(opened: Opened, report: Report) -> None:
    """Whoever has a name, or did something, is a member with a name, as far as that is not withheld."""
    hides = {name: opened.hides(name) for name in ("account.member", "account.name")}
    seen = set() if opened.reasons is None else opened.reasons.seen_of
    some = seen | opened.names.keys() | opened.member_of.keys()
    for name, known in (("account.member", opened.member_of), ("account.name", opened.names)):
        for account in sorted(some - known.keys()) if not hides[name] else ():
            report.fault("V2", "an account of which not everything is told", name, found=account)


def _attempts(seal: Seal, opened: Opened, acts: list[Act], report: Report) -> None:
    """Every run that custody says was begun is among those that are told."""
    told = opened.small.get("run/attempts")
    begun = sum(row.get("act") == "compute-begun" for row in acts[: count_of(seal["custody-entries"]) or 0])
    if isinstance(told, list) and len(told) < begun:
        report.fault("V2", "runs of which custody tells were left out", CUSTODY, expected=begun, found=told)


def _said_twice(group: str, opened: Opened, report: Report) -> None:
    """How many accounts and links a group has, where it is said a second time."""
    sealed, start = opened.sealed(group), f"group/{group}"
    accounts, links = opened.small.get(f"{start}/accounts"), opened.small.get(f"{start}/links")
    if accounts is not None and (type(accounts) is not int or accounts != sealed["member"]):
        what = "a group of another number of accounts than of members"
        report.fault("V2", what, f"{start}/accounts", expected=sealed["member"], found=accounts)
    if links is not None and (not _is_pair(links) or links[1] != sealed["link"] or links[0] < links[1]):
        what = "a group of another number of links than were sealed"
        report.fault("V2", what, f"{start}/links", expected=sealed["link"], found=links)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)


def _same_points(group: str, opened: Opened, report: Report) -> None:
    """A point in full is the point that is counted, with the values that this one leaves out."""
    said = opened.points(group)
    full = {path for path, _ in small_under(opened, f"against/{group}/") if path.endswith("/in-full")}
    for path in said:
        own = f"{path.removesuffix('said')}in-full"
        if own in full and not fits(str(opened.small[path]), str(opened.small[own])):
            what = "a point against that says something else in full"
            report.fault("V2", what, own, expected=opened.small[path], found=opened.small[own])
    for path in sorted(full - {f"{each.removesuffix('said')}in-full" for each in said}):
        report.fault("V2", "a point against in full that is not counted", path, found=opened.small[path])


def fits(said: str, full: str) -> bool:
    """Whether a sentence is another one with some of its words withheld."""
    if TORN[0] in said or TORN[1] in said:
        # The name of a group is replaced in both, and part of it was withheld before in one of them.
        said = said.replace(TORN[0], WITHHELD_WORD)
        return full.startswith(said.partition(WITHHELD_WORD)[0])
    start, *rest = said.split(WITHHELD_WORD)
    if not rest:
        return said == full
    *between, end = rest
    if not full.startswith(start) or not full.endswith(end):
        return False
    place, last = len(start), len(full) - len(end)
    for part in between:
        # At least one character is withheld; the first place leaves most for what follows.
        found = full.find(part, place + 1, last)
        if found < 0:
            return False
        place = found + len(part)
    return place < last


def _joined_accounts(group: str, opened: Opened, report: Report) -> None:
    pairs: set[tuple[str, ...]] = set()
    strange = {
        account
        for account, member in opened.member_of.items()
        if short_path(f"member/{group}/{member}/standing") not in opened.paths
    }
    if opened.hides("member.standing"):
        strange.clear()
    for name, ends in sorted(opened.ends.get(group, {}).items()):
        pair = tuple(sorted(map(str, ends))) if isinstance(ends, list) else ()
        for wrong, what in (
            (len(set(pair)) != 2, "a link that is none between two accounts"),
            (pair in pairs, "two links between the same two accounts"),
            (not strange.isdisjoint(pair), "a link with somebody who is no member"),
        ):
            if wrong:
                report.fault("V2", what, f"link/{group}/{name}/ends", found=ends)
        pairs.add(pair)


def _one_each(opened: Opened, report: Report) -> None:
    for what, values in (
        ("one account under two handles", opened.names),
        ("one member who is two accounts", opened.member_of),
    ):
        for value, count in Counter(values.values()).items():
            if count > 1:
                report.fault("V2", what, OPENED, expected="one", found=value)


# --- group_numbers -------------------------------------------------------------------------------

HOURS, WEEKDAYS = 24, 7
ROUNDED = 1
"""Millionths by which a mean of numbers with six decimals can be off."""

SHARES = ("q-value", "distillation", "stability")
"""Numbers of a group that are shares: from 0 to 1."""

WHOLE = ("interactions", "input-tokens", "output-tokens")
"""Numbers of a group that are counted."""

Wrong = tuple[str, str, object, object]
"""What is wrong, the unit it is said in, what follows from the other units, and what is said."""


def check_numbers(opened: Opened, report: Report) -> None:
    """Every group that the view names, and the run."""
    rules: list[Callable[[Opened, str], Iterator[Wrong]]] = [
        _counted, _shares, _by_day, _activity, _standings, _examined, _stories, _attributed, _texts,
    ]  # fmt: skip
    for group in sorted(map(str, opened.view.get("groups", ()))):
        for rule in rules:
            _tell(f"group/{group}", rule, opened, report)
    _tell("run", lambda opened, _: _of_run(opened), opened, report)


def _tell(start: str, rule: Callable[[Opened, str], Iterator[Wrong]], opened: Opened, report: Report) -> None:
    try:
        for what, path, expected, found in rule(opened, start):
            report.fault("V2", what, path, expected=expected, found=found)
    except (NotStrict, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        report.fault("V2", f"numbers of another form: {error}", start)


def _counted(opened: Opened, start: str) -> Iterator[Wrong]:
    for name in WHOLE:
        value = opened.small.get(path := f"{start}/{name}")
        if value is not None and not (_is_counted(value) or _is_large(value)):
            yield "a count that is none", path, "a whole number from 0 on", value


def _shares(opened: Opened, start: str) -> Iterator[Wrong]:
    found = {f"{start}/{name}": [opened.small.get(f"{start}/{name}")] for name in SHARES}
    found[f"{start}/targets"] = [share for _, share in opened.small.get(f"{start}/targets") or ()]
    found[f"{start}/marks"] = [
        mark[side] for mark in opened.small.get(f"{start}/marks") or () for side in ("inside", "outside")
    ]
    for path, values in found.items():
        for value in values:
            if value is not None and not 0 <= float(value) <= 1:
                yield "a share that is none", path, "0 to 1", value


def _by_day(opened: Opened, start: str) -> Iterator[Wrong]:
    """Days are days, each once and in order; of an account's registration there is one."""
    for name in ("by-day", "registrations"):
        rows = opened.small.get(path := f"{start}/{name}") or []
        days = [day for day, _ in rows]
        dates = [str(datetime.date.fromisoformat(day)) for day in days]
        if days != sorted(set(dates)) or not all(_is_counted(count) for _, count in rows):
            yield "days that are none, or twice, or out of order", path, "each day once, and its count", days
    opened_on = _total(opened.small.get(f"{start}/registrations"))
    accounts = opened.small.get(f"{start}/accounts")
    if accounts is not None and opened_on > accounts:
        yield "more registrations than accounts", f"{start}/registrations", accounts, opened_on


def _activity(opened: Opened, start: str) -> Iterator[Wrong]:
    """What the accounts did, by day, by hour and in all."""
    rows = opened.small.get(f"{start}/by-day")
    if not rows:
        return
    total = _total(rows)
    hours, week = opened.small.get(f"{start}/hours"), opened.small.get(f"{start}/week")
    said = {
        "interactions": opened.small.get(f"{start}/interactions"),
        "hours": _total(hours) if hours else None,
        "week": sum(map(sum, week)) if week else None,
    }
    for name, number in said.items():
        if number is not None and number != total and not _is_large(number):
            yield "another number of requests than by day", f"{start}/{name}", total, number
    if hours and [hour for hour, _ in hours] != [f"{hour:02d}" for hour in range(HOURS)]:
        yield "hours that are not those of a day", f"{start}/hours", HOURS, hours
    if week and [len(each) for each in week] != [HOURS] * WEEKDAYS:
        yield "hours that are not those of a week", f"{start}/week", HOURS * WEEKDAYS, week
    span, active = opened.small.get(f"{start}/active-days"), [day for day, count in rows if count]
    if span and None not in span and active and not span[0] <= active[0] <= active[-1] <= span[1]:
        yield "requests on days on which the group was not active", f"{start}/by-day", span, active
    exact = opened.small.get(f"{start}/active")
    if exact and span and None not in (*exact, *span) and [each[:10] for each in exact] != span:
        yield "other days than the group was active on", f"{start}/active-days", exact, span


def _standings(opened: Opened, start: str) -> Iterator[Wrong]:
    """How surely the members belong, one by one and on average, and who of them is core."""
    members = opened.members.get(start.partition("/")[2])
    if not members or opened.hides("member.standing"):
        return
    mean, said = sum(share for share, _ in members) / len(members), opened.small.get(f"{start}/stability")
    if said is not None and abs(micro(said) - mean) > ROUNDED:
        yield "a stability that is not the mean of its members", f"{start}/stability", mean / MICRO, said
    core = opened.small.get("setting/groups/core")
    if core is None:
        return
    from_here = float(core) * MICRO
    for share, role in members:
        if abs(share - from_here) > ROUNDED and (role == "core") != (share > from_here):
            yield (
                "a member of another role than its membership gives",
                start,
                core,
                f"{share / MICRO}, {role}",
            )


def _examined(opened: Opened, start: str) -> Iterator[Wrong]:
    """The group that was examined is the one that is shown, and it was held to gates."""
    if opened.small.get(f"{start}/outcome") == REPORTED and opened.small.get(f"{start}/gates") == []:
        yield "a group that was held to no gate", f"{start}/gates", "every gate", []
    about = opened.small.get(path := f"{start}/examined")
    members = opened.members.get(start.partition("/")[2])
    if not about or not members or opened.hides("member.standing"):
        return
    core = sum(role == "core" for _, role in members)
    expected = {"accounts": len(members), "core": core, "fringe": len(members) - core}
    if links := opened.small.get(f"{start}/links"):
        expected["links"] = links[0]
    found = {name: about[name] for name in expected}
    if found != expected:
        yield "another group than was examined", path, expected, found


def _stories(opened: Opened, start: str) -> Iterator[Wrong]:
    """One operator leads by what it leads the best innocent explanation by."""
    weighed = opened.small.get(path := f"{start}/competing")
    if not weighed or not weighed.get("stories"):
        return
    least = min(float(each["bits"]) for each in weighed["stories"])
    for where, said in (
        (path, weighed.get("favours")),
        (f"{start}/favours", opened.small.get(f"{start}/favours")),
    ):
        if said is not None and abs(float(said) - least) * MICRO > ROUNDED:
            yield "a lead that is not that over the best innocent explanation", where, least, said


def _attributed(opened: Opened, start: str) -> Iterator[Wrong]:
    """No story is held with more confidence than its odds give."""
    about = opened.small.get(path := f"{start}/attribution") or {}
    bands = {name: float(each) for name, each in about.get("bands", {}).items()}
    for story in about.get("stories", ()):
        odds, said = float(story["log_odds"]), story["confidence"]
        if said in bands and odds < bands[said]:
            yield "a story held with more confidence than its odds give", path, bands[said], odds


def _texts(opened: Opened, start: str) -> Iterator[Wrong]:
    """No text was sent by more members than there are."""
    group = start.partition("/")[2]
    accounts = opened.sealed(group)["member"]
    for path, (members, others, uses) in opened.sent.get(group, ()):
        if not all(map(_is_counted, (members, others, uses))) or members > accounts or uses < members:
            found = [members, others, uses]
            yield "a text that more sent than there are", path, f"at most {accounts} members", found


def _of_run(opened: Opened) -> Iterator[Wrong]:
    """Rows of each source, the seed, and how many accounts there are to find groups among."""
    seeds = [opened.small.get(path) for path in ("run/seed", "setting/run/seed")]
    if None not in seeds and seeds[0] != seeds[1]:
        yield "two seeds of one run", "run/seed", seeds[1], seeds[0]
    yield from _sources(opened)
    groups = [str(each) for each in opened.view.get("groups", ())]
    members = sum(opened.sealed(each)["member"] for each in groups)
    population = opened.small.get("run/population") or {}
    if "accounts" in population and population["accounts"] < members:
        yield "more members than accounts", "run/population", members, population["accounts"]
    links = sum(sum(opened.small.get(f"group/{each}/links", ())[:1]) for each in groups)
    if "links" in population and population["links"] < links:
        yield "more links of groups than there are", "run/population", links, population["links"]
    tables = opened.small.get("run/outputs") or {}
    found = [each for each in groups if opened.small.get(f"group/{each}/outcome") == REPORTED]
    listed = sum(opened.sealed(each)["member"] for each in found)
    for name, least in (("findings.parquet", len(found)), ("groups.parquet", listed)):
        if "rows" in tables.get(name, ()) and tables[name]["rows"] < least:
            yield "a table with fewer rows than are shown", "run/outputs", least, tables[name]["rows"]


def _sources(opened: Opened) -> Iterator[Wrong]:
    """Sources are numbered without a gap, and each row of one was used, filtered or set aside."""
    given = dict(small_under(opened, "run/input/"))
    for kind in ("content", "file"):
        found = [path for path in given if path.endswith(f"/{kind}")]
        if not opened.hides(f"run.{kind}") and found != [
            f"run/input/{number:05d}/{kind}" for number in range(len(found))
        ]:
            yield "a source that is neither opened nor withheld", f"run.{kind}", len(found), found[-1]
    for path, row in given.items():
        if path.endswith("/content") and "rows" in row:
            kinds = [row.get(name) or {} for name in ("filtered", "quarantined")]
            used = row.get("used", 0) + sum(sum(each.values()) for each in kinds)
            if used != row["rows"]:
                yield "a source with other rows than were used or set aside", path, used, row["rows"]


def _total(rows: Any) -> int:
    return sum(count for _, count in rows or ())


def _is_counted(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_large(value: Any) -> bool:
    """Whether a text is a count too large for a number of JSON."""
    return isinstance(value, str) and value.isascii() and value.isdigit() and int(value) > SAFE_INTEGER


# --- said_again ----------------------------------------------------------------------------------

OFF = 1e-5
"""By how much a number can be off that follows from rounded ones."""

Twice = tuple[str, str, object, object]
"""What is wrong, the unit it is said in, what follows from the other units, and what is said."""


def check_said_again(opened: Opened, report: Report) -> None:
    """Every group that the view names, and all of them beside the population."""
    groups = sorted(map(str, opened.view.get("groups", ())))
    for group in groups:
        start = f"group/{group}"
        for rule in (_of_work, _of_marks, _of_weakest, _of_texts):
            try:
                for what, path, expected, found in rule(opened, start):
                    report.fault("V2", what, path, expected=expected, found=found)
            except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
                report.fault("V2", f"a unit of another form: {error}", start)
    counts = [opened.small.get(f"group/{group}/interactions") for group in groups]
    known = sum(each for each in counts if type(each) is int)
    population = (opened.small.get("run/population") or {}).get("interactions")
    if type(population) is int and population < known:
        what = "more requests of groups than there are"
        report.fault("V2", what, "run/population", expected=known, found=population)


def _of_work(opened: Opened, start: str) -> Iterator[Twice]:
    """Topics, days, models and the score of distillation, as what was taken tells them."""
    taken, path = opened.small.get(f"{start}/taken"), f"{start}/taken"
    if not taken:
        return
    targets = opened.small.get(f"{start}/targets")
    told = [[each["name"], float(each["share"])] for each in taken["targets"]]
    if targets is not None and [[name, float(share)] for name, share in targets] != told:
        yield "other topics than were counted", f"{start}/targets", told, targets
    score, again = (opened.small.get(f"{start}/distillation"), taken["distillation"]["score"])
    if f"{start}/distillation" in opened.small and not _alike(score, again):
        yield "another score than was computed", f"{start}/distillation", again, score
    accounts = opened.small.get(f"{start}/accounts")
    if accounts is not None and taken["distillation"]["accounts"] != accounts:
        yield "another number of accounts than is told of", path, accounts, taken["distillation"]["accounts"]
    days = sum(count > 0 for _, count in opened.small.get(f"{start}/by-day") or ())
    if days and taken["days"] != days:
        yield "another number of days than have requests", path, days, taken["days"]
    asked, of_models = opened.small.get(f"{start}/interactions"), taken["models"]
    if type(asked) is int and sum(each["interactions"] for each in of_models) > asked:
        yield "more requests to models than there are", path, asked, of_models


def _alike(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return abs(float(one) - float(other)) <= OFF


def _of_marks(opened: Opened, start: str) -> Iterator[Twice]:
    """What sets a group apart has as many bits as its two shares give."""
    path = f"{start}/marks"
    for mark in opened.small.get(path) or ():
        inside, outside = float(mark["inside"]), float(mark["outside"])
        bits = math.log2(inside / outside) if inside > 0 and outside > 0 else None
        if bits is not None and abs(bits - float(mark["bits"])) > OFF * max(1.0, 1 / outside):
            yield "a mark of other bits than its shares give", path, f"{bits:.5f}", mark["bits"]


def _of_weakest(opened: Opened, start: str) -> Iterator[Twice]:
    """The weakest member belongs as surely as some member does."""
    about, path = opened.small.get(f"{start}/examined"), f"{start}/examined"
    members = opened.members.get(start.partition("/")[2])
    if not about or not members or opened.hides("member.standing"):
        return
    said = float(about["weakest_member"]["membership"])
    if all(abs(share / MICRO - said) > OFF for share, _ in members):
        least = min(share for share, _ in members) / MICRO
        yield "a weakest member of another standing than any member", path, least, said
    stays = opened.small.get(f"{start}/stability")
    if stays is not None and abs(micro(stays) / MICRO - float(about["stability"])) > OFF:
        yield "another stability than was examined", path, stays, about["stability"]


def _of_texts(opened: Opened, start: str) -> Iterator[Twice]:
    """No text of which a link speaks was sent by more members than are opened that sent it."""
    if opened.reasons is None or any(name.startswith("seen.") for name in opened.view.get("withheld", ())):
        return
    for path, (members, *_) in opened.sent.get(start.partition("/")[2], ()):
        kind, value, *_ = opened.texts.get(f"{path.removesuffix('sent')}value", ("", ""))
        seen = opened.reasons.holders(TEXT_TRAITS.get(kind, ""), value)
        if seen and members > seen:
            yield "a text that more members sent than are seen to have", path, seen, members


TEXT_TRAITS = {
    "template": "template",
    "system prompt": "system-prompt",
    "sentence": "segment",
    "exact text": "prompt",
}
"""The trait whose value stands for a text, by what the text is called."""


# --- said_numbers --------------------------------------------------------------------------------

HALF_OF_LAST = 5e-7
"""What a number with six decimals can be off."""

WAY_IN_FAMILIES = ("network", "device")
ONE_WAY_IN = " (network and device count as one)"
PERHAPS = " by marks that one of so many communities may bear"
"""What is said of families that stand for one another, and of those that may say it by chance."""

KINDS_COUNTED = re.compile(r"([0-9]+) independent: ([^(;]+?)(?: \(|;|$)")

Otherwise = tuple[str, str, object, object]
"""What is wrong, the unit it is said in, what follows from the other units, and what is said."""


def how_many(number: int, one: str) -> str:
    """A count with its noun, as a case words it."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def check_sentences(opened: Opened, report: Report) -> None:
    """Gates and summary of every group that the view names."""
    for group in sorted(map(str, opened.view.get("groups", ()))):
        start = f"group/{group}"
        for rule in (_gates, _summary):
            try:
                for what, path, expected, found in rule(opened, start):
                    report.fault("V2", what, path, expected=expected, found=found)
            except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
                report.fault("V2", f"a sentence about units of another form: {error}", start)


# --- gates ---------------------------------------------------------------------------------------


def _gates(opened: Opened, start: str) -> Iterator[Otherwise]:
    path = f"{start}/gates"
    told = opened.small.get(path) or []
    names = [gate["name"] for gate in told]
    if len(set(names)) < len(names):
        yield "one gate told twice", path, sorted(set(names)), names
    for gate in told:
        name, said = gate["name"], gate["detail"]
        if name not in GATES:
            yield "a gate that there is not", path, ", ".join(GATES), name
            continue
        wanted, passes = GATES[name](opened, start, said)
        if wanted and said not in wanted:
            yield "a gate in other words than its numbers give", path, wanted[0], said
        if type(gate["passed"]) is not bool or gate["passed"] not in passes:
            yield "a gate with another outcome than its numbers give", path, passes[0], gate["passed"]


Rendered = tuple[list[str], list[bool]]
"""Sentences that the numbers allow, none where they are withheld, and outcomes."""

EITHER = [True, False]


def _size(opened: Opened, start: str, said: str) -> Rendered:
    accounts, least = (
        _own_unit(opened, start, "accounts"),
        _own_unit(opened, "setting/groups", "min-accounts"),
    )
    if accounts is None:
        return [], EITHER
    return [how_many(accounts, "account")], EITHER if least is None else [accounts >= least]


def _families(opened: Opened, start: str, said: str) -> Rendered:
    """As many as are listed, each family of the group among them."""
    found = KINDS_COUNTED.match(said)
    listed = [] if not found or found[2] == "none" else found[2].split(", ")
    count = len(set(listed) - {"device"} | ({"network"} if "device" in listed else set()))
    both = ONE_WAY_IN if set(WAY_IN_FAMILIES) <= set(listed) else ""
    whole = f"{count} independent: {', '.join(sorted(set(listed))) or 'none'}{both}"
    own, least = (
        _own_unit(opened, start, "families") or [],
        _own_unit(opened, "setting/groups", "min-families"),
    )
    missing = sorted(set(own) - set(listed))
    if missing or not said.startswith(whole):
        return [f"{whole}, with {', '.join(missing)}" if missing else whole], EITHER
    rest = said[len(whole) :]
    unsure = rest[len("; ") : -len(PERHAPS)].split(", ") if rest.endswith(PERHAPS) else []
    if rest and rest != f"; {', '.join(sorted(set(unsure) & set(listed)))}{PERHAPS}":
        return [whole], EITHER
    # That a tool brings all of it fails a gate, too.
    return [said], [False] if least is not None and count < least else EITHER


def _stable(opened: Opened, start: str, said: str) -> Rendered:
    stays, least = _own_unit(opened, start, "stability"), _own_unit(opened, "setting/groups", "fringe")
    if stays is None:
        return [], EITHER
    wanted = [f"stability {each:.2f}" for each in _near(stays)]
    return wanted, EITHER if least is None else _at_least(stays, float(least))


def _lead(opened: Opened, start: str, said: str) -> Rendered:
    """By what one operator leads the best innocent explanation, and by what it has to."""
    weighed = _own_unit(opened, start, "competing")
    if not weighed or not weighed.get("stories"):
        return [], EITHER
    bits, margin = float(weighed["favours"]), float(weighed["margin"])
    missing = f", as the source has no {' and no '.join(weighed['missing'])}" if weighed["missing"] else ""
    least = min(float(each["bits"]) for each in weighed["stories"])
    best = [each["hypothesis"] for each in weighed["stories"] if float(each["bits"]) == least]
    needed = f"{margin:.1f} are needed{missing}"
    chosen = _own_unit(opened, "setting/groups", "stories") or {}
    if "margin_bits" in chosen:
        asked = float(chosen["margin_bits"]) + float(chosen["missing_family_bits"]) * len(weighed["missing"])
        needed = needed if abs(asked - margin) <= HALF_OF_LAST else f"{asked:.1f} are needed{missing}"
    wanted = [f"{bits:+.1f} bits against the best innocent story, {each}; {needed}" for each in best]
    return wanted, [bits >= margin]


def _beyond_chance(opened: Opened, start: str, said: str) -> Rendered:
    share, most = _own_unit(opened, start, "q-value"), _own_unit(opened, "setting/groups", "max-q")
    runs = _own_unit(opened, "setting/groups", "null-runs")
    if None in (share, most, runs):
        return [], EITHER
    rest = f"over {runs} redrawn populations, at most {float(most):.2g}"
    wanted = [f"q-value {each:.2g} {rest}" for each in _near(share)]
    return wanted, _at_least(most, float(share))


GATES = {
    "size": _size,
    "families": _families,
    "stable": _stable,
    "one operator leads": _lead,
    "beyond chance": _beyond_chance,
}
"""What each gate says, by its name."""


def _own_unit(opened: Opened, start: str, name: str) -> Any:
    return opened.small.get(f"{start}/{name}")


def _near(said: Any) -> list[float]:
    """A number, and what it may have been before it was rounded."""
    number = float(said)
    return [number, number - HALF_OF_LAST, number + HALF_OF_LAST]


def _at_least(said: Any, least: float) -> list[bool]:
    number = float(said)
    return EITHER if abs(number - least) <= HALF_OF_LAST else [number >= least]


# --- the summary ---------------------------------------------------------------------------------


def _summary(opened: Opened, start: str) -> Iterator[Otherwise]:
    path = f"{start}/summary"
    said, accounts = opened.small.get(path), opened.small.get(f"{start}/accounts")
    marks = opened.small.get(f"{start}/marks")
    if said is None or accounts is None:
        return
    if opened.small.get(f"{start}/outcome") == UNRESOLVED:
        begins, ends = f"{how_many(accounts, 'account')}, unresolved: ", ". Nobody in it is accused."
        why = str(opened.small.get(f"{start}/reason"))
        inner = said[len(begins) : len(said) - len(ends)]
        if not (said.startswith(begins) and said.endswith(ends) and fits(why, inner)):
            yield OTHER_SUMMARY, path, f"{begins}{why}{ends}", said
        return
    asked = opened.small.get(f"{start}/interactions")
    begins = how_many(accounts, "account")
    if asked:
        begins += f" and {how_many(int(asked), 'interaction')}"
    ends = "" if marks is None else _apart(marks[:2])
    middle = said[len(begins) : len(said) - len(ends)]
    if asked is None:
        # How many is withheld: any number may be told.
        middle = ASKED.sub("", middle, count=1)
    families = _by_role(middle) if marks is not None else opened.small.get(f"{start}/families")
    if not (said.startswith(begins) and said.endswith(ends)) or families is None:
        yield OTHER_SUMMARY, path, f"{begins} … {ends}", said
    elif sorted(families) != sorted(opened.small.get(f"{start}/families", families)):
        yield OTHER_SUMMARY, path, opened.small[f"{start}/families"], families


OTHER_SUMMARY = "a summary in other words than its numbers give"
ASKED = re.compile(r"^ and [0-9,]+ interactions?")
BY_ROLE = re.compile(r"(?:, linked by (.+?))?(?:, confirmed by (.+))?")


def _by_role(said: str) -> list[str] | None:
    """The families that a summary names, those that link before those that confirm; None where it says
    something else."""
    found = BY_ROLE.fullmatch(said)
    if not found:
        return None
    named = [part.split(", ") for part in found.groups() if part]
    return [each for part in named for each in part] if all(each == sorted(each) for each in named) else None


def _apart(marks: list[dict[str, Any]]) -> str:
    told = [
        f"{float(mark['inside']):.0%} {mark['trait'].replace('_', ' ')} {mark['value']}"
        f" ({float(mark['outside']):.0%} elsewhere)"
        for mark in marks
    ]
    return f"; set apart by {', '.join(told)}" if told else ""


# --- points_found --------------------------------------------------------------------------------

Found = dict[str, Any]

WOULD_BE = {
    "size": "too few accounts would be left",
    "families": "too few independent kinds of evidence would speak for it",
    "stable": "it would fall apart when part of the evidence is left out",
    "one operator leads": (
        "one operator would not lead every innocent explanation by the margin that is asked for"
    ),
    "beyond chance": "chance would bring about as much in common too often",
}
"""What would be so if a gate were failed, by its name."""

AFTER = tuple(
    map(
        re.compile,
        (
            r"[0-9]{1,3}% of the accounts lie in one declared unit: .+",
            "nothing about payment distinguishes these accounts from comparable ones",
            "their registrations are spread over time like everybody's",
            r"only [0-9]{1,3}% of their prompts lie in templates of the group",
            r"[0-9]{1,3}% of the common prompts are exact copies, as those of a public text are",
        ),
    )
)
"""Points of which nothing but a new run tells the numbers, in the order they have."""


def check_points(opened: Opened, report: Report) -> None:
    """Every group that the view names and of which an examination is opened."""
    for group in sorted(map(str, opened.view.get("groups", ()))):
        try:
            _check_points(group, opened, report)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            report.fault("V2", f"an examination of another form: {error}", f"group/{group}/examined")


def _check_points(group: str, opened: Opened, report: Report) -> None:
    found, decided = (opened.small.get(f"group/{group}/{name}") for name in ("examined", "decided"))
    if found is None or not isinstance(decided, list):
        return
    paths = opened.points(group)
    while paths and str(opened.small[paths[0]]).startswith((FIRST_POINT, SETTLES)):
        paths.pop(0)
    paths, least = paths[len(decided) :], _share_of(opened)
    if found and found["outliers"] and least is None:
        return
    expected = list(examined_points(found, least or 0.0)) if found else []
    for place, wanted in enumerate(expected):
        said = str(opened.small[paths[place]]) if place < len(paths) else ""
        if not fits(said, wanted):
            what = "a point against in other words than its examination gives"
            return report.fault("V2", what, f"against/{group}", expected=wanted, found=said)
    after = [str(opened.small[path]) for path in paths[len(expected) :]]
    forms = iter(AFTER)
    for said in after:
        if WITHHELD_WORD not in said and not any(form.fullmatch(said) for form in forms):
            what = "a point against that no examination gives"
            return report.fault("V2", what, f"against/{group}", expected="one of fixed form", found=said)
    return None


def _share_of(opened: Opened) -> float | None:
    """From which share of the members on a difference counts; None where that is withheld."""
    chosen = opened.small.get("setting/explain/strength")
    return float(chosen["min_member_share"]) if chosen else None


def examined_points(found: Found, least: float) -> Iterator[str]:
    """The points that follow from an examination, in order; `least` is the share of the members from which a
    difference of some of them counts."""
    smallest, cut = found["smallest_set"], found["weakest_cut"]
    if smallest and smallest["falls_apart"]:
        sources = "; ".join(map(_source, smallest["sources"]))
        yield f"without {sources}, the group falls apart into {_left(smallest['remains'])}"
    if cut and cut["thin"]:
        yield (
            f"two sides of {cut['sizes'][0]:,} and {how_many(cut['sizes'][1], 'account')} are joined by"
            f" {how_many(cut['links'], 'link')}; one evenly linked group would have"
            f" {float(cut['expected']):,.0f}"
        )
    yield from _that_narrow(found)
    for each in found["outliers"]:
        share = each["accounts"] / max(each["known"], 1)
        if each["accounts"] >= least * each["known"]:
            outside = each["outside"]
            others = "" if outside is None else f"; {float(outside):.0%} of other accounts do"
            those = f"{each['accounts']:,} of {each['known']:,} members ({share:.0%})"
            yield f"{those} {each['difference']}{others}"
    alike = [
        f"{each['trait']} (the same in {float(each['inside']):.0%} of pairs of members,"
        f" {float(each['outside']):.0%} of pairs of strangers)"
        for each in found["agreement"]
        if each["like_strangers"]
    ]
    if alike:
        yield f"members agree less than twice as often as strangers in {'; '.join(alike)}"
    for each in found["counter_evidence"]:
        share = each["links"] / max(found["links_examined"], 1)
        yield (
            f"{each['signal']} speaks against {how_many(each['links'], 'link')} ({share:.1%}), with at most"
            f" {-float(each['strongest_bits']):.1f} bits"
        )


def _that_narrow(found: Found) -> Iterator[str]:
    for each in found["without_family"]:
        if each["failed"]:
            failed = "; ".join(WOULD_BE[gate] for gate in each["failed"])
            yield f"without {each['family']} evidence it would not be reported: {failed}"
    for each in found["benign_explanations"]:
        if each["outcome"] == "fits":
            yield f"a benign explanation fits, {each['explanation']}: {each['figure']}"


def _source(found: Found) -> str:
    first, *more = found["values"]
    others = len(more) + found["more"]
    also = f" (and {how_many(others, 'other value')} of the same accounts)" if others else ""
    return f"{first['trait']} {first['value']}{also}"


def _left(found: Found) -> str:
    parts, alone = found["parts"], found["alone"]
    if len(parts) == 1 and not alone:
        return f"one part of all {parts[0]:,} accounts"
    several = " + ".join(f"{size:,}" for size in parts)
    noun = "account" if sum(parts) == 1 else "accounts"
    told = [f"{several} {noun}"] if several else []
    told += [f"{alone:,} alone or in smaller parts"] if alone else []
    return ", ".join(told) or "nothing"


# --- challenge -----------------------------------------------------------------------------------

MOST_PICKED = 100_000
CHALLENGE_FIELDS = ("seal", "beacon", "count")
SHORTEST_BEACON = 8
DECOY = re.compile(rb'"decoy/[0-9a-f]{20}/none",null\]')
"""The end of the line of a unit that says nothing."""


def picks(seal: str, beacon: str, count: int, total: int) -> list[int]:
    """Distinct places in the list of commitments, drawn by SHA-256 from the seal's digest and a beacon."""
    found: dict[int, None] = {}
    number = 0
    while len(found) < min(count, total):
        text = f"challenge-v1\0{seal}\0{beacon}\0{number}".encode("utf-8", "surrogatepass")
        # 256 bits over at most 2^32 places: the remainder favours none by more than 2^-224.
        found[int.from_bytes(hashlib.sha256(text).digest(), "big") % total] = None
        number += 1
    return list(found)


def bound(clean: int) -> float:
    """The share of bad units that so many clean ones leave possible at 95 %."""
    return float(1 - 0.05 ** (1 / clean)) if clean else 1.0


def challenge_fault(beacon: str, count: int) -> str:
    """Why a challenge is useless; empty for a good one."""
    if len(beacon.strip()) < SHORTEST_BEACON:
        return (
            "a challenge needs a beacon: a public text that nobody could foresee, such as a lottery's numbers"
        )
    if not 0 < count <= MOST_PICKED:
        return f"{count}: not a number of units to pick, 1 to {MOST_PICKED}; 300 bound 1 %"
    return ""


def read_challenge(text: bytes) -> dict[str, Any]:
    """A challenge as it was written; raises NotStrict."""
    given = strict(text)
    if not isinstance(given, dict) or tuple(given) != CHALLENGE_FIELDS:
        raise NotStrict(f"not a challenge with {', '.join(CHALLENGE_FIELDS)}")
    if not isinstance(given["count"], int) or not 0 < given["count"] <= MOST_PICKED:
        raise NotStrict(f"a challenge for 1 to {MOST_PICKED} units")
    if not isinstance(given["seal"], str) or not isinstance(given["beacon"], str):
        raise NotStrict("a challenge whose seal and beacon are texts")
    return given


@dataclass(frozen=True)
class Drawn:
    """What is drawn: the seal's digest, the verifier's beacon, how many, and the commitments drawn from."""

    seal: str
    beacon: str
    count: int
    packed: bytes


def check_answer(drawn: Drawn, answer: bytes, paths: dict[bytes, bytes], report: Report) -> None:
    """Whether every commitment that the verifier's own beacon picks was opened, with one value for each path.

    The bound is that of the units drawn: decoys, which say nothing, are no units.
    """
    report.facts["beacon of the challenge"] = drawn.beacon
    answered = {hashlib.sha256(line).digest(): line for line in answer.split(b"\n") if line}
    real, known = 0, dict(paths)
    picked = picks(drawn.seal, drawn.beacon, drawn.count, len(drawn.packed) // 32)
    for place in picked:
        digest = drawn.packed[place * 32 : place * 32 + 32]
        if digest not in answered:
            report.fault(
                "V5", "a picked unit that was not opened", f"commitment {place}", expected=digest.hex()
            )
        elif why := _answer_fault(answered[digest], digest, known):
            report.fault("V5", why, f"commitment {place}", found=answered[digest][:150].decode("latin-1"))
        else:
            real += not DECOY.fullmatch(answered[digest][36:])
    if not real:
        return report.fault(
            "V5", "no unit was drawn, only decoys", "challenge", expected=drawn.count, found=0
        )
    result = (
        f"{real} units drawn and opened, and {len(picked) - real} decoys: bad units below {bound(real):.1%}"
    )
    report.looked["V5"] = f"{result} at 95 %, if each is what the logs say and nobody foresaw the beacon"
    return None


def _answer_fault(line: bytes, digest: bytes, known: dict[bytes, bytes]) -> str:
    try:
        unit = strict(line)
    except NotStrict as error:
        return f"an answer: {error}"
    if not isinstance(unit, list) or len(unit) != 3 or not all(isinstance(each, str) for each in unit[:2]):
        return "an answer that is not salt, path, value"
    if not SALT.fullmatch(unit[0]) or not PATH.fullmatch(unit[1]):
        return "an answer with a salt or path outside the grammar"
    if json_bytes(unit) != line + b"\n":
        return "an answer that is written otherwise than units are"
    if not unit[1].startswith("decoy/") and not is_placed(unit[1].split("/")):
        return "an answer of a kind that bundles do not hold"
    if unit[1].startswith("decoy/") and not DECOY.fullmatch(line[36:]):
        return "a decoy that says something"
    short = hashlib.blake2b(unit[1].encode("ascii"), digest_size=16).digest()
    if known.setdefault(short, digest) != digest:
        return "two values sealed for one path"
    return ""


# --- parties -------------------------------------------------------------------------------------

SEAL_SIGNATURE = f"{SEAL}.sig"


def signing_key(content: Content, name: str) -> bytes:
    """The 32 bytes of the key that made a signature; empty where there is none to read."""
    try:
        return read_signature(content.whole(name, "V1")).public if content.has(name) else b""
    except Unreadable:
        return b""


def check_parties(content: Content, seal: Seal, view: dict[str, Any], trusted: dict[str, str]) -> None:
    """The custodian of the seal and the signer of the view: by principal and by fingerprint.

    `trusted` says of a signature's file to whom the recipient's own list gives its key, as `principals
    fingerprint`.
    """
    for name, signature, what, said in (
        (SEAL, SEAL_SIGNATURE, "custodian", seal["custodian"]),
        (SIGNED, SIGNATURE, "signer", view.get("signer") if view else None),
    ):
        public = signing_key(content, signature)
        if not public or said is None:
            continue
        principal, _, key = str(said).rpartition(" ")
        if key != fingerprint(public):
            content.report.fault(
                "V1",
                f"names another {what} than the key that signed",
                name,
                expected=fingerprint(public),
                found=said,
            )
        own = trusted.get(signature, "").rpartition(" ")[0]
        if own and principal not in own.split(","):
            content.report.fault(
                "V1", f"the {what} is not who your list gives this key to", name, expected=own, found=said
            )


# --- wording -------------------------------------------------------------------------------------

RULES = {
    "902(13)": "a record generated by an electronic process or system that produces an accurate result",
    "902(14)": "data copied from an electronic device, storage medium, or file, authenticated by digest",
}

SHOWS_NOTHING = """\
data/report/ and data/stix/ are there for convenience and show nothing by themselves: data/report/ is drawn
from the opened units, and only `linkage bundle verify` of the same version can draw it again and compare
(a PDF never); data/stix/ is made from the case, and nobody can make it again from this bundle. Whatever
counts is in data/disclosures.jsonl and in the files that are rendered from it."""

READ_FIRST_TEXT = """\
Evidence bundle {case}, view {view}, {tlp}
For {recipient}: {purpose}.
Sealed {declared}, as seal number {sealing} of this case. This view was written {exported}.

{notice}What it shows
{shown}
data/claims.jsonl has every number that is claimed, data/counter-evidence.jsonl what speaks against,
data/VIEW.json what is withheld and why, data/methodology/errors.md where errors can come from and what was
checked.

What it cannot show
No bundle can show that the provider's logs are true or complete. It shows that these logs, as they were
when they were sealed, give these numbers. That accounts act as one is an inference from coincidences; it
names no person and no company, and does not say that a rule was broken. A reseller, a shared tool, or one
customer whom the logs do not name can leave the same traces.

What can be checked, and what a dishonest holder of the keys could still do
V0  bytes intact               every file has the two digests that the manifests name.
                               Still possible: anything else; the manifests are his
V1  signer and time            a key you trust signed this view, and one signed the seal.
                               Still possible: a clock set wrong, unless there is a time stamp by an
                               authority you chose
V2  opened units were sealed   what is shown was fixed before this view was chosen; every text in this
                               bundle but those named below follows from it.
                               Still possible: to seal members, numbers or points against that no run on the
                               logs gives, or to leave some out, if all that is sealed fits together: V4
                               tells; to seal made-up logs, made-up error rates, or a history of the case
                               with acts left out; to seal a second time, which shows in the number of the
                               seal and in custody, unless he hides the first seal and the case's audit file
                               from everybody
V3  claims recompute           each number follows from the opened units, or is said to be attested only.
                               Still possible: to withhold what a number needs; it then counts as attested
V4  full re-run                the sealed inputs give the same tables again; needs the inputs.
                               Still possible: to have given false inputs to the first run, too; and what
                               follows from no inputs (error rates, custody, names of people and files)
V5  random challenge           you choose a public number that nobody could foresee when the case was
                               sealed; it picks sealed units, and the provider opens them. As many units as
                               were opened without a fault bound the share of bad ones: 300 units, below 1 %
                               at 95 %. Decoys among those picked do not count.
                               Still possible: a unit that is bad in a way that opening it does not show

Files that show nothing by themselves
{shows_nothing}

In an empty folder below the one with this bundle, with packages of any Debian machine (unzip, coreutils,
openssh-client; openssl for time stamps), in bash:

  unzip -q ../BUNDLE.zip

  # V0: bytes intact, and nothing added; all three commands print nothing
  sha256sum -c --strict --quiet manifest-sha256.txt
  sha256sum -c --strict --quiet tagmanifest-sha256.txt
  # (a time stamp of the view is made after all manifests, so none can list it)
  diff <(find . -type f -o -type l | sed 's|^\\./||' | LC_ALL=C sort | grep -vxF \\
          -e tagmanifest-sha256.txt.sig.tsr -e tagmanifest-sha256.txt.sig.2.tsr) \\
       <({{ cut -c67- manifest-sha256.txt; cut -c67- tagmanifest-sha256.txt; printf '%s\\n' \\
          tagmanifest-sha256.txt tagmanifest-sha256.txt.sig tagmanifest-sha512.txt; }} | LC_ALL=C sort)

  # V1: who signed. The file `signers` is yours: ask the provider for each fingerprint by another way
  # (letterhead, website, court file). Those in data/keys are a convenience and show nothing by themselves.
  # The view is signed by {principal}, the seal by {custodian}{same}.
  # The last two commands print one line each, which begins with `Good`.
  cut -d' ' -f3- data/keys/allowed_signers | ssh-keygen -lf -
  ssh-keygen -Y verify -f ../signers -I {asked_principal} -n evidence-bundle@v1 \\
      -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt
  ssh-keygen -Y verify -f ../signers -I {asked_custodian} -n evidence-seal@v1 \\
      -s data/seal/SEAL.txt.sig < data/seal/SEAL.txt

  # V1, time: only where there are time stamps, of the seal or of the view. The file `roots.pem` comes from
  # the time authority, by another way than this bundle. A time stamp shows that the signature was there by
  # then; if the authority's certificate has expired since, add -attime and the seconds since 1970 of the
  # stamped time
  for s in data/seal/SEAL.txt.sig tagmanifest-sha256.txt.sig; do for t in "$s".tsr "$s".2.tsr; do
      if [ -e "$t" ]; then openssl ts -verify -data "$s" -in "$t" -CAfile ../roots.pem; fi; done; done

  # V2: the opened units are sealed; both commands print nothing
  grep -x "commitments-sha256: $(sha256sum < data/seal/commitments.txt | cut -c1-64)" data/seal/SEAL.txt \\
      > /dev/null || echo "not the sealed commitments"
  while IFS= read -r l; do printf %s "$l" | sha256sum | cut -c1-64; done < data/disclosures.jsonl \\
      | LC_ALL=C sort | LC_ALL=C comm -23 - data/seal/commitments.txt

All of this, the rendering of every text, and V3 at once:
python3 verify_bundle.py BUNDLE.zip --signers signers --recompute
verify_bundle.py is one file of standard Python, published apart from this bundle. Run nothing that comes
inside a bundle, whoever sent it.
"""

METHOD_TEXT = """\
# Method

Two accounts that share a value get log2(m / u) bits: m is how often accounts of one operator share such a
value, u how common it is among all accounts. Within a family of signals reasons repeat one another, so a
family gives its best reasons, discounted and capped. Prior and families add up to log-odds; a link has
positive log-odds and enough bits from signals that can identify somebody. Accounts linked more densely to
one another than to the rest are communities; a community is reported as a group only if it passes every
gate. The bits of a unit are already after these rules, so a link's number is the prior plus its bits.

The prior, u and m are the run's own estimates: V3 checks the sums, V4 the estimates. Of each member the
strongest links are sealed one by one; all others are bound by the digests of the tables.

## Words

The likelihood ratio (log-odds less the prior) is put into words by this table and no other, and never beyond
what validation data support:

| below, bits | below, log10 | below, ratio | words |
|---|---|---|---|
{scale}

{reason}

{range}

## Signals

{signals}

## Settings in force

{settings}
"""

CERTIFICATION_TEXT = """\
TEMPLATE, UNSIGNED. Certification under Federal Rule of Evidence {rule}
({what})

This template is no legal advice. It is to be completed and signed by a qualified person, or not used.
It goes to authenticity: Rule 901(b)(9) (a process or system that produces an accurate result) and Rule
{rule}. Whether the method is reliable is a question of Rule 702; what bears on it is in data/methodology.

1. The records. Evidence bundle of case {case}, view {view},
   sealed as SHA-256 {seal},
   declared {declared}.
2. The person. I, ____________________, am employed as ____________________ by
   ____________________ and am qualified by ____________________ to certify the following.
3. The process. The records were computed by the program named in data/reproduce/run.json from the
   inputs whose digests stand there, by the method in data/methodology/method.md. Its error rates,
   where they were measured, are in data/methodology/validation.json, and the sources of error and what was
   checked of each in data/methodology/errors.md.
4. The digests. SHA-256 of each table, as computed when it was written and compared by me
   on ____________:
{outputs}
5. Identification by digest. A copy whose SHA-256 equals the value above is the same data.

I declare under penalty of perjury that the foregoing is true and correct.
Signed ____________________   Date ____________   Place ____________________
"""


# --- error_page ----------------------------------------------------------------------------------

UNITS = dict[str, Any]
"""Opened units by path: those of run, setting, group, claim, validation."""

Rows = list[tuple[str, str, str]]

HIDDEN = "withheld in this view"
UNMEASURED = "not measured: no validation data were sealed with this case"
ERRORS_HEAD = """\
# Sources of error

No single rate says how wrong such a result can be. Each row names one source of error, what is done against
it and how that was checked, and what the check gave for this case. "Rate" is a share with its interval; where
it was measured, on which data, and how far these resemble the case, is in data/methodology/validation.json.

| source of error | check | result |
|---|---|---|
"""


def error_page(units: UNITS, groups: list[str]) -> str:
    """The page for the groups of a view, from what it opens."""
    rows = error_rows(units, groups)
    return ERRORS_HEAD + "".join("| " + " | ".join(_cell(each) for each in row) + " |\n" for row in rows)


def error_rows(units: UNITS, groups: list[str]) -> Rows:
    """Source of error, check and result, row by row."""
    return [*_of_data(units), *_of_groups(units, groups), *_of_validation(units), *_of_program(units)]


def _cell(text: str) -> str:
    """A text that stays in its cell: what is not printable ASCII, or ends a cell, is shown as a number."""
    kept = (each if " " <= each <= "~" and each not in "|\\<>`" else f"&#{ord(each)};" for each in text)
    return "".join(kept)


def _of_data(units: UNITS) -> Rows:
    return [
        (
            "the logs are false or incomplete",
            "none is possible from a bundle; V5 opens units at random, to compare with the sources",
            "not known",
        ),
        (
            "rows of the sources could not be read or were filtered",
            "rows in = rows used + filtered + quarantined, for each file",
            _rows_lost(units),
        ),
        (
            "a limit of the run cut something off",
            "each limit counts what it cut",
            _cut(units),
        ),
    ]


def _rows_lost(units: UNITS) -> str:
    rows = [
        value
        for path, value in sorted(units.items())
        if path.startswith("run/input/") and path.endswith("/content") and isinstance(value, dict)
    ]
    if not rows:
        return HIDDEN
    whole = sum(_int(row.get("rows")) for row in rows)
    kept = sum(_int(row.get("used")) for row in rows)
    return f"{kept} of {whole} rows were used"


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _cut(units: UNITS) -> str:
    caps = units.get("run/caps")
    if not isinstance(caps, list):
        return HIDDEN
    cut = [each for each in caps if isinstance(each, dict) and _int(each.get("count"))]
    return (
        f"{len(cut)} limits cut something: run/caps in data/disclosures.jsonl" if cut else "nothing was cut"
    )


def _of_groups(units: UNITS, groups: list[str]) -> Rows:
    said = _claims(units)
    found: Rows = []
    for group in groups:
        own = {(key[1], key[2]): claim for key, claim in said.items() if key[0] == group}
        found += [
            (
                f"group {group} is a coincidence",
                "q-value: expected share of false groups among those that score as high",
                _value(own, "as-run", "q-value"),
            ),
            (
                f"group {group} depends on a few accounts or links",
                "the run is repeated on samples: mean share of them in which an account stays with the group",
                _value(own, "mean-membership", ""),
            ),
            (
                f"the bits of group {group} are added up wrongly",
                "V3: of the sealed links, those whose log-odds is the prior plus their bits",
                _value(own, "links-add-up", ""),
            ),
            (
                f"another explanation holds for group {group}",
                "what speaks against is counted, sealed, and in every view: data/counter-evidence.jsonl",
                _value(own, "count-against", "") + " points",
            ),
        ]
    return found


def _claims(units: UNITS) -> dict[tuple[str, str, str], dict[str, Any]]:
    claims = (value for path, value in units.items() if path.startswith("claim/") and isinstance(value, dict))
    return {(str(each.get("group")), str(each.get("method")), str(each.get("of"))): each for each in claims}


def _value(own: dict[tuple[str, str], dict[str, Any]], method: str, of: str) -> str:
    claim = own.get((method, of))
    if claim is None:
        return "not computed for this group, or withheld in this view"
    near = claim.get("interval")
    interval = f" (interval {near[0]} to {near[1]})" if isinstance(near, list) and len(near) == 2 else ""
    return f"{claim.get('value')}{interval}"


RATES = (
    ("innocent accounts in a group", "innocent accounts who share hard things are taken for one operator"),
    ("groups that are not one operator's", "a whole group is wrong"),
    ("operators not found", "an operator is missed"),
    ("operators' accounts not found", "an operator's account is missed"),
)


def _of_validation(units: UNITS) -> Rows:
    validation = units.get("validation/rates")
    known = validation.get("rates") if isinstance(validation, dict) else None
    rates = [each for each in known or () if isinstance(each, dict)]
    found: Rows = []
    for name, source in RATES:
        own = [each for each in rates if each.get("rate") == name and each.get("value") is not None]
        worst = max(own, key=lambda each: (str(each["value"]), str(each.get("class"))), default=None)
        whole = next((each for each in own if each.get("class") == "all"), None)
        result = UNMEASURED if whole is None else _rate(whole)
        if whole is not None and worst is not None and worst is not whole and worst["value"] > whole["value"]:
            result += f"; worst class, {worst.get('class')}: {_rate(worst)}"
        found.append((source, f"rate of {name}, where the truth is known", result))
    bounds = bounds_of(validation)
    result = UNMEASURED
    if bounds is not None:
        low, high = (each / STEP for each in bounds)
        powers = f"log10 {log10_of(low):.2f} to {log10_of(high):.2f}"
        result = f"from {low:.1f} to {high:.1f} bits ({powers}); numbers beyond are not put into words"
    found.append(
        (
            "a number of bits is larger than any test could confirm",
            "empirical lower and upper bound of the likelihood ratio (Vergeer et al. 2016)",
            result,
        )
    )
    found.append(
        (
            "the validation data do not resemble the case",
            "digests of inputs show that they are other data; resemblance is for a person to say",
            "no overlap of files" if rates else UNMEASURED,
        )
    )
    return found


def _rate(rate: dict[str, Any]) -> str:
    near = rate.get("interval")
    interval = f", interval {near[0]} to {near[1]}" if isinstance(near, list) and len(near) == 2 else ""
    return f"{rate['value']} ({rate.get('hits')} of {rate.get('of')}{interval})"


def _of_program(units: UNITS) -> Rows:
    versions = units.get("run/versions")
    version = versions.get("linkage") if isinstance(versions, dict) else None
    return [
        (
            "the settings were chosen to fit",
            "settings and error rates are sealed before any view; a second seal has a number of its own",
            "data/seal/SEAL.txt",
        ),
        (
            "the program is wrong, or its numbers depend on the machine",
            "V4: the same inputs give the same tables, to the byte",
            f"not checked in this bundle; made by version {version or 'withheld'}",
        ),
        (
            "something was changed after it was sealed",
            "V0 to V2: digests, signatures, commitments",
            "whatever the recipient's own check gives",
        ),
    ]


# --- case_uco ------------------------------------------------------------------------------------

UCO = "https://ontology.unifiedcyberontology.org/uco"
VOCABULARIES = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "kb": "urn:x-linkage:view:",
    **{f"uco-{name}": f"{UCO}/{name}/" for name in ("action", "core", "identity", "marking", "observable")},
    "uco-tool": f"{UCO}/tool/",
    "uco-types": f"{UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes of terms; `kb` is that of the objects of one view."""

TAKEN = "accounts that the provider takes to be run by one operator; an inference from coincidences"
UNDECIDED = "no finding: the group is unresolved, nobody in it is accused"

Node = dict[str, Any]
Refs = list[dict[str, str]]


def case_jsonld(view: Node, seal: dict[str, str], units: Node, against: dict[str, str]) -> bytes:
    """The file; `units` are the opened units by path, `against` the points against by the paths they are
    taken from."""
    graph = _Graph(view["seal"], str(view["recipient"]))
    marking = {"uco-marking:definitionType": "statement", "uco-marking:statement": str(view["tlp"])}
    graph.add(
        "marking",
        "uco-marking:MarkingDefinition",
        {
            "uco-marking:definitionType": "statement",
            "uco-marking:definition": [graph.part("tlp", "uco-marking:StatementMarking", marking)],
        },
    )
    graph.marking = graph.ref("marking")
    _acts(graph, view, seal, units)
    for group in map(str, view["groups"]):
        _group(graph, view, group, units, against)
    graph.add(
        "investigation",
        "case-investigation:Investigation",
        {
            "uco-core:name": f"Evidence in case {view['case']}",
            "uco-core:object": graph.refs(graph.names[1:]),
            "case-investigation:focus": str(view["purpose"]),
        },
    )
    return json_bytes({"@context": VOCABULARIES, "@graph": graph.nodes})


class _Graph:
    """The objects of a view, in order; each is named by what it is in the view, and its identifier by that
    name under this seal and for this recipient."""

    def __init__(self, *of: str) -> None:
        self.of = "/".join(of)
        self.nodes: list[Node] = []
        self.names: list[str] = []
        self.marking: Refs = []

    def part(self, name: str, kind: str, said: Node) -> Node:
        """An object that stands in another."""
        known = {term: value for term, value in said.items() if value not in ([], None, "")}
        return {"@id": self._id(name), "@type": kind, **known}

    def add(self, name: str, kind: str, said: Node) -> Refs:
        """An object of its own; returns what others refer to it by."""
        if name not in self.names:
            self.names.append(name)
            self.nodes.append(self.part(name, kind, {**said, "uco-core:objectMarking": self.marking}))
        return self.ref(name)

    def ref(self, name: str) -> Refs:
        return [{"@id": self._id(name)}]

    def refs(self, names: Iterable[str]) -> Refs:
        return [each for name in names for each in self.ref(name)]

    def _id(self, name: str) -> str:
        kind = name.partition("/")[0]
        return f"kb:{kind}-{uuid.uuid5(uuid.NAMESPACE_URL, f'{self.of}/{name}')}"


def _acts(graph: _Graph, view: Node, seal: dict[str, str], units: Node) -> None:
    """The files, and what was done with them by whom: computed, sealed, handed out."""
    outputs = units.get("run/outputs")
    tables = sorted(outputs.items()) if isinstance(outputs, dict) else []
    given = [ref for name, row in _inputs(units) for ref in _file(graph, "given", name, row)]
    made = _file(graph, "made", "run.json", {"sha256": seal["run-sha256"]})
    made += [ref for name, row in tables for ref in _file(graph, "made", str(name), row)]
    sealed = _file(graph, "sealed", "data/seal/SEAL.txt", {"sha256": view["seal"]})
    sealed += _file(graph, "sealed", "data/seal/commitments.txt", {"sha256": seal["commitments-sha256"]})
    about: Node = {
        "case-investigation:exhibitNumber": str(view["case"]),
        "uco-core:description": f"view {view['view']}, {view['purpose']}",
        "uco-core:object": sealed,
    }
    record = graph.add("record", "case-investigation:ProvenanceRecord", about)
    tool = {"instrument": _tool(graph, seal["tool"])}
    computed = _act(graph, "investigate", "", {**tool, "object": given, "result": made})
    custodian = {"performer": _person(graph, seal["custodian"])}
    kept = _act(graph, "seal", seal["declared"], {**tool, **custodian, "object": made, "result": sealed})
    handed = {
        "performer": _person(graph, str(view["signer"])),
        "participant": _person(graph, str(view["recipient"])),
        "instrument": _tool(graph, str(view["tool"])),
        "object": sealed,
        "result": record,
    }
    written = _act(graph, "export", str(view["exported"]), handed)
    for later, earlier in ((kept, computed), (written, kept)):
        later["case-investigation:wasInformedBy"] = [{"@id": earlier["@id"]}]


def _inputs(units: Node) -> Iterator[tuple[str, Any]]:
    """Name and receipt of each file that was read, as far as they are opened."""
    for path, row in sorted(units.items()):
        if path.startswith("run/input/") and path.endswith("/content"):
            start = path.rpartition("/")[0]
            yield str(units.get(f"{start}/file") or start.removeprefix("run/")), row


def _file(graph: _Graph, place: str, name: str, row: Node) -> Refs:
    """A file that was given, made or sealed, by its digest."""
    size, own = row.get("bytes"), f"{place}/{name}"
    digest = {
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": str(row["sha256"])},
    }
    content = {
        "uco-observable:hash": [graph.part(f"hash/{own}", "uco-types:Hash", digest)],
        "uco-observable:sizeInBytes": size if type(size) is int else None,
    }
    facets = [
        graph.part(f"named/{own}", "uco-observable:FileFacet", {"uco-observable:fileName": name}),
        graph.part(f"content/{own}", "uco-observable:ContentDataFacet", content),
    ]
    about = {"uco-core:name": name, "uco-core:hasFacet": facets}
    return graph.add(f"file/{own}", "uco-observable:File", about)


def _person(graph: _Graph, said: str) -> Refs:
    """Somebody by name, and by the key that speaks for him where there is one."""
    name, _, key = said.rpartition(" ") if " SHA256:" in said else (said, "", "")
    about = f"signs with the key {key}" if key else ""
    said_of = {"uco-core:name": name, "uco-core:description": about}
    return graph.add(f"identity/{said}", "uco-identity:Identity", said_of)


def _tool(graph: _Graph, said: str) -> Refs:
    name, _, version = said.partition(" ")
    return graph.add(
        f"tool/{said}", "uco-tool:AnalyticTool", {"uco-core:name": name, "uco-tool:version": version}
    )


def _act(graph: _Graph, name: str, at: str, said: dict[str, Refs]) -> Node:
    about: Node = {f"uco-action:{term}": refs for term, refs in said.items()}
    if at:
        about["uco-action:endTime"] = {"@type": "xsd:dateTime", "@value": at}
    kind = "case-investigation:InvestigativeAction"
    graph.add(f"action/{name}", kind, {**about, "uco-core:name": name})
    return graph.nodes[-1]


def _group(graph: _Graph, view: Node, group: str, units: Node, against: dict[str, str]) -> None:
    """A group, first what speaks against it, then the claims on it."""
    standing = [UNDECIDED if units.get(f"group/{group}/outcome") == UNRESOLVED else TAKEN]
    if decided := view["decided"].get(group):
        standing = [" ".join([decided_notice(group), *map(str, decided)]), *standing]
    of = graph.add(
        f"group/{group}", "uco-core:Grouping", {"uco-core:name": group, "uco-core:description": standing}
    )
    for path, said in sorted(against.items()):
        if path.startswith(f"against/{group}/"):
            _said(graph, path, ("counter-evidence", str(said)), of)
    for path, claim in sorted(units.items()):
        if path.startswith("claim/") and claim["group"] == group:
            near = claim["interval"]
            between = f" ({claim['interval_is']}: {near[0]} to {near[1]})" if near else ""
            _said(graph, path, ("claim", f"{claim['says']}: {claim['value']}{between}"), of)


def _said(graph: _Graph, path: str, said: tuple[str, str], of: Refs) -> None:
    tag, statement = said
    about = {"uco-core:tag": tag, "uco-core:statement": statement, "uco-core:object": of}
    graph.add(f"statement/{path}", "uco-core:Annotation", about)


# --- rendering -----------------------------------------------------------------------------------

Units = dict[str, Any]
View = dict[str, Any]

VALIDATION_UNIT = "validation/rates"


def rendered(view: View, seal: dict[str, str], units: Units, keys: tuple[bytes, bytes]) -> dict[str, bytes]:
    """The files below `data/` and beside it, by name.

    `units` are the opened units by path; `keys` the public keys (32 bytes) that signed view and seal.
    """
    # As a reader of the bundle finds them, in order: whoever makes a view holds them as the case does.
    view, units = json.loads(json_bytes(view)), json.loads(json_bytes(units))
    claims = [value for path, value in sorted(units.items()) if path.startswith("claim/")]
    outputs = _outputs(units)
    files = {
        "README-FIRST.txt": read_first(view, seal),
        "VIEW.json": json_bytes(view),
        "claims.jsonl": b"".join(json_bytes(each) for each in claims),
        "counter-evidence.jsonl": b"".join(
            json_bytes({"unit": path, "says": said}) for path, said in against(units).items()
        ),
        "case.jsonld": case_jsonld(view, seal, units, against(units)),
        "methodology/method.md": method(units),
        "methodology/errors.md": error_page(units, sorted(map(str, view["groups"]))).encode("ascii"),
        "methodology/params.json": json_bytes(below(units, "setting/")),
        "methodology/validation.json": json_bytes(units.get(VALIDATION_UNIT)),
        "reproduce/run.json": json_bytes(below(units, "run/")),
        "reproduce/requirements.lock": _versions(units),
        "reproduce/expected-outputs.sha256": "".join(f"{each}\n" for each in outputs).encode("ascii"),
        "certifications/902-13.template.txt": certification("902(13)", view, outputs),
        "certifications/902-14.template.txt": certification("902(14)", view, outputs),
        "keys/allowed_signers": allowed_signers(str(view["signer"]), seal["custodian"], keys),
    }
    return {f"data/{name}": content for name, content in files.items()}


def view_labels(view: View, seal: dict[str, str]) -> dict[str, str]:
    """The labels of the bag, but for the number of its bytes."""
    return {
        "Bag-Software-Agent": str(view["tool"]),
        "Bagging-Date": str(view["exported"])[:10],
        "Evidence-View": str(view["view"]),
        "External-Identifier": seal["case"],
    }


def below(units: Units, prefix: str) -> Units:
    """The units whose path begins so, by the rest of it."""
    return {path[len(prefix) :]: value for path, value in sorted(units.items()) if path.startswith(prefix)}


def against(units: Units) -> Units:
    """Every point against a group once, by its path: in full where the view opens that, else without the
    values it names."""
    said = [path for path in units if path.startswith("against/") and not path.endswith("/count")]
    points = {path.rpartition("/")[0]: path for path in sorted(said)}
    best = [f"{point}/in-full" if f"{point}/in-full" in units else path for point, path in points.items()]
    return {path: units[path] for path in sorted(best)}


def _outputs(units: Units) -> list[str]:
    """A line for each table of the run, as sha256sum has it."""
    outputs = units.get("run/outputs")
    rows = outputs if isinstance(outputs, dict) else {}
    return [f"{_ascii(str(row['sha256']))}  {_ascii(name)}" for name, row in sorted(rows.items())]


def _versions(units: Units) -> bytes:
    """What the run stood on: one package a line, as a requirements file has it."""
    versions = units.get("run/versions")
    rows = versions if isinstance(versions, dict) else {}
    return "".join(f"{_ascii(name)}=={_ascii(str(each))}\n" for name, each in sorted(rows.items())).encode(
        "ascii"
    )


def _filled(text: str, **given: object) -> bytes:
    """A text with its names filled in; they may hold anything: what is not printable ASCII is shown as its
    number."""
    return text.format(**{key: _printable(str(value)) for key, value in given.items()}).encode("ascii")


def _printable(text: str) -> str:
    return "".join(each if each == "\n" or " " <= each <= "~" else ascii(each)[1:-1] for each in text)


def _ascii(text: str) -> str:
    """A text that stays on its line."""
    return _printable(text.replace("\n", "\\n"))


def read_first(view: View, seal: dict[str, str]) -> bytes:
    """What it shows, what it cannot show, and the commands to check it."""
    named = ("case", "view", "tlp", "recipient", "purpose", "declared", "exported")
    signer, custodian = str(view["signer"]), seal["custodian"]
    principals = [_ascii(each.rpartition(" ")[0]) for each in (signer, custodian)]
    return _filled(
        READ_FIRST_TEXT,
        **{name: _ascii(str(view[name])) for name in named},
        sealing=seal["sealing"],
        shown=_shown_groups(view),
        notice=notice(view),
        shows_nothing=SHOWS_NOTHING,
        principal=principals[0],
        custodian=principals[1],
        asked_principal=shlex.quote(principals[0]),
        asked_custodian=shlex.quote(principals[1]),
        same=", the same key" if signer == custodian else ", another key",
    )


def _shown_groups(view: View) -> str:
    undecided, opened = len(view["unresolved"]), sum(view["opened"].values())
    by_hand = sum(str(said[0]).startswith(NOT_BY_DATA) for said in view["decided"].values())
    found, said = len(view["groups"]) - undecided - by_hand, []
    if found:
        said.append(f"{found} group(s) of accounts that the provider takes to be run by one operator each")
    if by_hand:
        said.append(
            f"{by_hand} group(s) of accounts that a person took to be run by one operator each, which on this"
            "\ndata alone would not be reported"
        )
    if undecided:
        said.append(
            f"{undecided} group(s) of accounts for which one operator and an innocent explanation account"
            "\nabout equally well: the provider has not decided which, and accuses nobody in them"
        )
    return ";\n".join(said) + f".\n{opened} units of evidence are opened."


def notice(view: View) -> str:
    """What the first page says of the groups of a view that are unresolved, or on which a person has decided,
    each with an empty line after it; nothing where there are none."""
    parts = []
    for group, row in view["unresolved"].items():
        parts.append(
            [
                f"NO FINDING: group {group} is unresolved. Nobody in it is accused.",
                f"  Competing: {row['reason']}.",
                f"  Bits for one operator over the best innocent explanation: {row['favours']}; too few.",
                f"  What would settle it: {row['settles']}",
                f"  Why it was handed out nonetheless: {view['override']}",
            ]
        )
    for group, said in view["decided"].items():
        parts.append([decided_notice(group), *(f"  {each}" for each in said)])
    return "".join("".join(f"{_ascii(each)}\n" for each in [*lines, ""]) for lines in parts)


def method(units: Units) -> bytes:
    """How the numbers were made, from the settings in force that the view opens."""
    signals = [value for path, value in sorted(units.items()) if path.startswith("signal/")]
    settings = below(units, "setting/")
    return _filled(
        METHOD_TEXT,
        scale="\n".join(f"| {' | '.join(row)} |" for row in scale_rows()),
        reason=REASON,
        range=range_says(units.get(VALIDATION_UNIT)),
        signals="\n".join(_ascii(f"- {name} ({family}): {said}") for name, family, said in signals)
        or "Withheld in this view.",
        settings="\n".join(_ascii(f"- {name}: {_setting(value)}") for name, value in sorted(settings.items()))
        or "Withheld in this view.",
    )


def _setting(value: Any) -> str:
    """A setting as it is written in `params.json`, a text as it is."""
    return value if isinstance(value, str) else json_bytes(value).decode("ascii").rstrip("\n")


def scale_rows() -> list[tuple[str, ...]]:
    """The table of words: bits, log10 and ratio below which each stands, and the word."""
    rows = [
        (f"{bound:.3f}", f"{log10_of(bound):.3f}", f"{round(2**bound):,}", word) for bound, word in SCALE[:-1]
    ]
    return [*rows, ("above", "above", "above", SCALE[-1][1])]


def range_says(validation: Any) -> str:
    """Which numbers the validation data of a case support."""
    bounds = bounds_of(validation)
    if bounds is None:
        return f"In this case: {NO_DATA}."
    low, high = (each / STEP for each in bounds)
    return (
        f"In this case validation data support numbers from {low:.1f} to {high:.1f} bits"
        f" (log10 {log10_of(low):.2f} to {log10_of(high):.2f});"
        " what is beyond is put into words as the end of that range."
    )


def certification(rule: str, view: View, outputs: list[str]) -> bytes:
    """A template for a certificate under the Federal Rules of Evidence, filled with what is known."""
    listed = "\n".join(f"   {each}" for each in outputs) or "   ____________________"
    said = {name: _ascii(str(view[name])) for name in ("case", "view", "seal", "declared")}
    return _filled(CERTIFICATION_TEXT, rule=rule, what=RULES[rule], outputs=listed, **said)


def allowed_signers(signer: str, custodian: str, keys: tuple[bytes, bytes]) -> bytes:
    """Lines of `ssh-keygen`: the key of the view, and that of the seal where it is another."""
    view, seal = (signer.rpartition(" ")[0], keys[0]), (custodian.rpartition(" ")[0], keys[1])
    if view == seal:
        return _signer_line(*view, f"{VIEW_ROLE},{SEAL_ROLE}").encode("ascii")
    return (_signer_line(*view, VIEW_ROLE) + _signer_line(*seal, SEAL_ROLE)).encode("ascii")


def _signer_line(principal: str, public: bytes, roles: str) -> str:
    return f'{_ascii(principal)} namespaces="{roles}" {public_line(public)}\n'


# --- attestation ---------------------------------------------------------------------------------

ATTESTATION = "data/attestation/seal.dsse.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
RECEIPT_TYPE = "urn:x-linkage:receipt:v1"
"""What the predicate is: the fields of `data/reproduce/run.json`."""


def statement(seal: str, units: dict[str, Any]) -> bytes:
    """The statement over a seal, by its SHA-256, with the receipt that the opened units give."""
    return json_bytes(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": SEAL, "digest": {"sha256": seal}}],
            "predicateType": RECEIPT_TYPE,
            "predicate": below(units, "run/"),
        }
    )


def pre_authentication(kind: str, payload: bytes) -> bytes:
    """What is signed, by DSSE 1.0: `DSSEv1`, type and payload, each of the two after its length in bytes."""
    name = kind.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(payload), payload)


def envelope(payload: bytes, public: bytes, signature: bytes) -> bytes:
    """The envelope, in its one form; `public` are the 32 bytes of the key, `signature` its 64."""
    return json_bytes(
        {
            "payload": base64.b64encode(payload).decode("ascii"),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [
                {"keyid": fingerprint(public), "sig": base64.b64encode(signature).decode("ascii")}
            ],
        }
    )


def check_attestation(content: Content, view: dict[str, Any], units: dict[str, Any]) -> None:
    """Whether the envelope, where a bundle has one, holds the statement that seal and units give, signed by
    the key that signed the view."""
    report = content.report
    if not content.has(ATTESTATION) or not view:
        return
    found, payload = content.whole(ATTESTATION, "V2"), statement(str(view["seal"]), units)
    public, signature = signing_key(content, SIGNATURE), _signature(found)
    wanted = envelope(payload, public, signature)
    if found != wanted:
        what = "an attestation of something else than seal and receipt"
        return report.fault("V2", what, ATTESTATION, expected=wanted, found=found)
    if why := verify_ed25519(public, pre_authentication(PAYLOAD_TYPE, payload), signature):
        return report.fault("V1", why, ATTESTATION, expected=fingerprint(public))
    report.facts["in-toto statement over the seal, signed by"] = fingerprint(public)


def _signature(found: bytes) -> bytes:
    """The signature in an envelope; empty where there is none to read."""
    try:
        (signed,) = strict(found)["signatures"]
        return base64.b64decode(signed["sig"], validate=True)
    except (NotStrict, binascii.Error, KeyError, TypeError, ValueError):
        return b""


# --- derived -------------------------------------------------------------------------------------

STATED = (SEAL, SEAL_SIGNATURE, COMMITMENTS, OPENED, CUSTODY, ATTESTATION)
"""What a view is rendered from; each of them has checks of its own. So have the statements in VIEW.json."""

DRAWN = re.compile(r"data/report/(report\.html|report\.pdf|plots/[a-z0-9][a-z0-9._-]*\.vl\.json)")
FROM_CASE = ("data/stix/bundle.json",)
"""Files that show nothing by themselves; those that are drawn can be drawn again by the whole program."""

VIEW_PAGE, NAMES = "data/VIEW.json", "account.name"
VIEW_KINDS = {
    "case": str, "decided": dict, "declared": str, "exported": str, "groups": list, "opened": dict,
    "override": str,
    "policy": dict, "purpose": str, "recipient": str, "reidentification": dict, "schema": int, "seal": str,
    "signer": str, "tlp": str, "tool": str, "unresolved": dict, "view": str, "withheld": dict,
}  # fmt: skip
POLICY_KINDS = {
    "open": list, "withhold": list, "paths": list, "min_k": int, "names": bool, "stix": bool, "sha256": str,
}  # fmt: skip
"""The fields of a view and of its policy, and what each is."""

Redraw = Callable[[dict[str, Any], Iterable[bytes], list[str]], Mapping[str, bytes]]
"""Of a view, its opened lines and the names of files: those of the files that can be drawn, drawn again."""


def check_derived(
    content: Content, seal: Seal, view: dict[str, Any], opened: Opened, redraw: Redraw | None
) -> None:
    """Compare every file that can be rendered, and name those that show nothing."""
    if not view:
        return
    report = content.report
    if not _of_kinds(view, VIEW_KINDS) or not _of_kinds(view["policy"], POLICY_KINDS):
        report.fault("V2", "a view with other fields", VIEW_PAGE, expected=", ".join(VIEW_KINDS))
        return
    files = _rendered(content, seal, view, opened)
    names = [name for name in content.files.names() if name.startswith("data/")]
    drawn = [name for name in names if DRAWN.fullmatch(name)]
    allowed = {*STATED, *SEAL_STAMPS, *FROM_CASE, *drawn, *files}
    for name in names:
        if files and name not in allowed:
            report.fault("V2", "a file that bundles do not hold", name)
    for name, wanted in sorted(files.items()):
        _same_bytes(content, name, wanted, "not what the opened units give")
    again = _drawn_again(content, view, drawn, redraw)
    for name, wanted in sorted(again.items()):
        _same_bytes(content, name, wanted, "drawn otherwise than from the opened units")
    silent = [name for name in names if (name in drawn and name not in again) or name in FROM_CASE]
    if silent:
        report.facts["files that show nothing here"] = ", ".join(silent)
    _view_fields(view, opened, report)


def _of_kinds(row: dict[str, Any], kinds: dict[str, type]) -> bool:
    """Whether a row has these fields and no others, each of its kind."""
    return sorted(row) == sorted(kinds) and all(type(row[name]) is kind for name, kind in kinds.items())


NOT_RENDERED = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What units of another form than they should have lead to."""


def _drawn_again(
    content: Content, view: dict[str, Any], names: list[str], redraw: Redraw | None
) -> Mapping[str, bytes]:
    if redraw is None or not names:
        return {}
    try:
        return redraw(view, content.lines(OPENED, "V2"), names)
    except NOT_RENDERED as error:
        content.report.fault("V2", "units from which the report cannot be drawn", names[0], found=repr(error))
        return {}


def _rendered(content: Content, seal: Seal, view: dict[str, Any], opened: Opened) -> dict[str, bytes]:
    """The files that there must be; empty, with a fault, where what they follow from has another form."""
    report = content.report
    keys = signing_key(content, SIGNATURE), signing_key(content, SEAL_SIGNATURE)
    try:
        files = rendered(view, seal, opened.small, keys)
        labels = view_labels(view, seal)
    except NOT_RENDERED as error:
        report.fault("V2", "units from which the texts cannot be rendered", VIEW_PAGE, found=repr(error))
        return {}
    found = {name: said for name, said in bag_labels(content, report).items() if name != "Payload-Oxum"}
    if found != labels:
        report.fault("V2", "the bag is labelled as another view", BAG_INFO, expected=labels, found=found)
    return files


def _same_bytes(content: Content, name: str, wanted: bytes, what: str) -> None:
    """Whether a file has these bytes; a fault names the first line that differs."""
    if not content.has(name):
        return content.report.fault("V2", "a file is missing", name)
    found = content.whole(name, "V2")
    if found == wanted:
        return None
    ours, theirs = wanted.splitlines(), found.splitlines()
    line = next(
        (place for place, each in enumerate(ours) if place >= len(theirs) or each != theirs[place]), len(ours)
    )
    pair = [(side[line] if line < len(side) else b"").decode("latin-1") for side in (ours, theirs)]
    content.report.fault("V2", what, f"{name}:{line + 1}", expected=pair[0], found=pair[1])


def _view_fields(view: dict[str, Any], opened: Opened, report: Report) -> None:
    """What the view says of its groups, of its policy, and of how well accounts are hidden."""
    named = {path.split("/")[1] for path in opened.small if path.startswith("group/")}
    named |= {str(row.get("group")) for row in _claim_rows(opened)}
    if named and view["groups"] != sorted(named):
        report.fault(
            "V2", "the view is about other groups", VIEW_PAGE, expected=sorted(named), found=view["groups"]
        )
    if view["schema"] != SCHEMA:
        report.fault("V2", "a view of another schema", VIEW_PAGE, expected=SCHEMA, found=view["schema"])
    policy = view["policy"]
    if NAMES in opened.classes and not policy["names"]:
        report.fault("V2", "a view that opens names and says that it does not", VIEW_PAGE, found=NAMES)
    for kind in sorted(opened.classes):
        if not _any(kind, policy["open"]) or _any(kind, policy["withhold"]):
            report.fault("V2", "a class is opened that the policy withholds", VIEW_PAGE, found=kind)
    if policy["sha256"] != policy_digest(view):
        report.fault("V2", "the policy has another digest", VIEW_PAGE, expected=policy_digest(view))
    sizes = _sizes(view, opened)
    if sizes is None:
        report.facts["not computed again"] = (
            "the re-identification result: the view withholds how large a group is"
        )
        return
    wanted = anonymity_row(opened.profiles, sizes, min_k=policy["min_k"], names=policy["names"])
    apart = wanted["k"] < wanted["min_k"] or wanted["unique_neighbourhoods"]
    if apart and not policy["names"] and not view["override"]:
        what = "a view without names that tells accounts apart, and does not say why"
        report.fault("V2", what, VIEW_PAGE, expected=policy["min_k"], found=wanted)
    if view["reidentification"] != wanted:
        report.fault(
            "V2",
            "another re-identification result",
            VIEW_PAGE,
            expected=wanted,
            found=view["reidentification"],
        )


def policy_digest(view: dict[str, Any]) -> str:
    """SHA-256 of everything that decides what is opened."""
    names = ("open", "withhold", "min_k", "names", "stix", "paths")
    said = [view["view"], view["purpose"], view["tlp"], *(view["policy"][name] for name in names)]
    return hashlib.sha256(json.dumps(said).encode("ascii")).hexdigest()


def _any(kind: str, patterns: list[Any]) -> bool:
    return any(fnmatch.fnmatchcase(kind, str(each)) for each in patterns)


def _claim_rows(opened: Opened) -> list[dict[str, Any]]:
    rows = (value for path, value in opened.small.items() if path.startswith("claim/"))
    return [each for each in rows if isinstance(each, dict)]


def _sizes(view: dict[str, Any], opened: Opened) -> dict[str, int] | None:
    """How many accounts each group has: by its unit, its claim, or its opened members."""
    claimed = {
        str(row.get("group")): row for row in _claim_rows(opened) if row.get("method") == "count-members"
    }
    found = {}
    for group in map(str, view["groups"]):
        said = opened.small.get(f"group/{group}/accounts")
        if said is None and group in claimed:
            said = claimed[group].get("value")
        if said is None or not re.fullmatch(r"[0-9]{1,15}", str(said)):
            return None
        found[group] = int(str(said))
    return found


# --- ladder --------------------------------------------------------------------------------------

BAG, VIEW = "bagit.txt", "data/VIEW.json"


@dataclass
class Asked:
    """What a verification is given: who may sign, which keys are revoked, when, and how far to go."""

    signers: str | None = None
    revoked: str = ""
    at: float | None = None
    recompute: bool = False
    challenge: tuple[str, int] | None = None
    """The verifier's own beacon, and how many units it picks."""

    answer: bytes = b""
    """What the provider opened."""

    keep_going: bool = False
    """Whether to look at what is said where bytes or signature fail, and it is nobody's word."""

    stamps: StampCheck | None = None
    """Of a time stamp and what it is over: who signed it, or why that does not count."""

    redraw: Redraw | None = None
    """Draws the report again; the one-file verifier cannot."""


@dataclass
class Verified:
    """What a verification found, and the units it read for whoever goes on from there."""

    report: Report
    seal: Seal = field(default_factory=lambda: dict.fromkeys(SEAL_FIELDS, ""))
    view: dict[str, Any] = field(default_factory=dict)
    opened: Opened = field(default_factory=Opened)
    packed: bytes = b""
    states: dict[str, str] = field(default_factory=dict)
    acts: list[dict[str, Any]] = field(default_factory=list)
    """The lines of custody."""


def verify_bundle(path: str, asked: Asked) -> Verified:
    """Everything that is wrong with a bundle: an archive, or the folder it was unpacked to.

    Raises nothing for whatever stands in a bundle: a check that cannot be completed is a fault.
    """
    report = Report()
    found = Verified(report)
    report.not_looked["V4"] = "needs the sealed inputs: linkage bundle verify --rerun"
    report.not_looked["V5"] = "needs a beacon and the provider's answer: linkage bundle challenge"
    with without_cycle_search(), to_the_end(report, "V0", path):
        files: Files = Folder(path, report) if os.path.isdir(path) else Archive(path, report)
        try:
            if not report.failed("V0"):
                _climb(Content(files, report), asked, found)
        finally:
            files.close()
    return found


def _climb(content: Content, asked: Asked, found: Verified) -> None:
    report = found.report
    with to_the_end(report, "V0", BAG):
        check_bag(content, report)
    trusted: dict[str, str] = {}
    stamps: list[Stamped] = []
    with to_the_end(report, "V1", SIGNATURE):
        found.seal = read_seal(content, report)
        trusted, stamps = _signatures(content, asked, found.seal["declared"])
    if is_of_another_schema(found.seal):
        return
    if not asked.keep_going and (failed := [rung for rung in ("V0", "V1") if report.failed(rung)]):
        # What follows is whatever somebody put there: it is neither read nor reported as if it were evidence.
        for rung in ("V2", "V3"):
            report.not_looked[rung] = f"{failed[0]} fails; --keep-going looks all the same"
        return
    with to_the_end(report, "V2", VIEW):
        found.view = _view(content, found.seal, report)
        check_parties(content, found.seal, found.view, trusted)
        check_stamp_order(stamps, found.view.get("exported", ""), report)
        check_stix(content, found.view)
    with to_the_end(report, "V2", COMMITMENTS):
        found.packed = check_commitments(content, found.seal, report)
    with to_the_end(report, "V2", OPENED):
        found.opened = check_opened(content, found.packed, found.view, report)
    _what_is_said(content, asked, found)


def _what_is_said(content: Content, asked: Asked, found: Verified) -> None:
    """What the other files say of the opened units."""
    report = found.report
    claims: dict[str, Claim] = {}
    with to_the_end(report, "V2", CLAIMS):
        claims = check_claims(content, found.opened, report)
        check_counts(content, claims, found.opened)
    with to_the_end(report, "V2", VIEW):
        check_outcomes(content, found.view, found.opened)
        check_decided(content, found.view, found.opened)
        check_derived(content, found.seal, found.view, found.opened, asked.redraw)
        _counts(found, report)
    with to_the_end(report, "V2", ATTESTATION):
        check_attestation(content, found.view, found.opened.small)
    with to_the_end(report, "V2", CUSTODY):
        found.acts = check_chain(content, found.seal, found.view, _digest_of(content, SEAL))
        check_agreement(content, found.seal, found.opened, found.acts)
        check_numbers(found.opened, report)
        check_said_again(found.opened, report)
        check_sentences(found.opened, report)
        check_points(found.opened, report)
    with to_the_end(report, "V3", REPORT):
        check_report(content, claims, report)
    with to_the_end(report, "V5", "--answer"):
        if asked.challenge is not None:
            drawn = Drawn(_digest_of(content, SEAL), *asked.challenge, found.packed)
            check_answer(drawn, asked.answer, found.opened.paths, report)
    with to_the_end(report, "V3", CLAIMS):
        if asked.recompute:
            found.states = recompute_claims(claims, found.opened, report)
        else:
            report.not_looked["V3"] = "not asked for: --recompute"


def _signatures(content: Content, asked: Asked, declared: str) -> tuple[dict[str, str], list[Stamped]]:
    """V1: who signed view and seal, and by when as far as a time stamp says so."""
    report, count = content.report, _who_counts(asked, content.report)
    stamps = check_stamps(content, asked.stamps, declared)
    view_at, seal_at = (trusted_time(stamps, of_seal=each) for each in (False, True))
    # A signature that is known to have been there while its key was valid stays good.
    of_view, of_seal = (
        replace(count, at=at) if asked.at is None and at is not None else count for at in (view_at, seal_at)
    )
    view = _signed(content, (SIGNED, SIGNATURE), VIEW_ROLE, of_view)
    seal = _signed(content, (SEAL, SEAL_SIGNATURE), SEAL_ROLE, of_seal)
    if view and seal:
        when = "now" if asked.at is None and view_at is None else "then"
        stamped = " and ".join(name for name, at in (("view", view_at), ("seal", seal_at)) if at is not None)
        time_said = f"an independent time stamp holds for {stamped}" if stamped else "no independent time"
        report.looked["V1"] = f"both by keys you trust, valid {when}; {time_said}"
        report.facts |= {"view signed by": view, "seal signed by": seal}
    return {SIGNATURE: view, SEAL_SIGNATURE: seal}, stamps


def _digest_of(content: Content, name: str) -> str:
    return hashlib.sha256(content.whole(name, "V2")).hexdigest()


@dataclass(frozen=True)
class _Counting:
    """Whose signatures count, and at what time; `signers` is None where nobody has been named."""

    signers: list[Signer] | None
    revoked: frozenset[str]
    at: float


def _who_counts(asked: Asked, report: Report) -> _Counting:
    signers: list[Signer] | None = None
    revoked: frozenset[str] = frozenset()
    if asked.signers is None:
        what = "nobody has been named who may sign"
        report.fault("V1", what, "--signers", expected="a file of signers you trust")
    else:
        try:
            signers = read_signers(asked.signers)
        except Unreadable as error:
            report.fault("V1", f"the list of signers: {error}", "--signers")
    try:
        revoked = read_revoked(asked.revoked)
    except Unreadable as error:
        report.fault("V1", f"the list of revoked keys: {error}", "--revoked")
    return _Counting(signers, revoked, time.time() if asked.at is None else asked.at)


def _signed(content: Content, names: tuple[str, str], role: str, count: _Counting) -> str:
    """Who signed a file for a purpose; empty, with a fault, where nobody who counts has."""
    (name, armoured), report = names, content.report
    if not content.has(armoured):
        if armoured != SIGNATURE:
            report.fault("V1", "the signature is missing", armoured)
        return ""
    try:
        signature = read_signature(content.whole(armoured, "V1"))
    except Unreadable as error:
        report.fault("V1", str(error), armoured)
        return ""
    key = fingerprint(signature.public)
    if why := signature_fault(signature, content.whole(name, "V1"), role):
        report.fault("V1", why, armoured, expected=role, found=signature.namespace)
        return ""
    if key in count.revoked:
        report.fault("V1", "signed by a revoked key", armoured, found=key)
        return ""
    if count.signers is None:
        report.facts[f"key of {role}, not among your signers"] = key
        return ""
    who, why = who_signed(count.signers, signature.public, role, count.at)
    if why:
        report.fault("V1", why, armoured, found=key)
    return f"{who} {key}" if who else ""


def _view(content: Content, seal: Seal, report: Report) -> dict[str, Any]:
    try:
        view = strict(content.whole(VIEW, "V2"))
    except NotStrict as error:
        report.fault("V2", f"the view: {error}", VIEW)
        return {}
    if wrong := view_faults(view):
        for name, expected, is_said in wrong:
            what = f"a view whose {name} is of another form" if name else "a view that is no object"
            report.fault("V2", what, VIEW, expected=expected, found=is_said)
        return {}
    digest = _digest_of(content, SEAL)
    if (view["seal"], view["case"], view["declared"]) != (digest, seal["case"], seal["declared"]):
        report.fault("V2", "a view of another seal", VIEW, expected=digest, found=view["seal"])
    report.facts |= {"case": seal["case"], "recipient": view["recipient"], "written": view["exported"]}
    return dict(view)


def _counts(found: Verified, report: Report) -> None:
    """What the view says it opens is what it opens, and no more is left than the seal commits to."""
    if not found.view:
        return
    opened, withheld = found.view["opened"], found.view["withheld"]
    if opened != found.opened.classes:
        what = "the view miscounts what it opens"
        report.fault("V2", what, VIEW, expected=opened, found=found.opened.classes)
    hidden = [row["units"] for row in withheld.values()]
    if not all(hidden):
        return report.fault("V2", "the view miscounts what it withholds", VIEW, found=hidden)
    sealed = count_of(found.seal["commitments"])
    total = sum(found.opened.classes.values()) + sum(hidden)
    if sealed is not None and total > sealed:
        report.fault("V2", "more units than the seal commits to", VIEW, expected=sealed, found=total)


# --- view_comparison -----------------------------------------------------------------------------


def compare(found: Verified, other: Verified, name: str) -> None:
    """Add to the first report what the other view contradicts."""
    report = found.report
    if not other.report.good:
        report.fault(
            "V2", "the other view does not verify itself", name, found=f"{len(other.report.faults)} faults"
        )
        return
    if found.seal.get("case") != other.seal.get("case"):
        # Whoever seals a copy of a case anew, with another secret, gives the case another name, not the run.
        same_run = found.seal.get("run-sha256") == other.seal.get("run-sha256")
        report.fault(
            "V2",
            "one run sealed twice, as two cases" if same_run else "a view of another case",
            name,
            expected=found.seal.get("case"),
            found=other.seal.get("case"),
        )
    elif found.view.get("seal") != other.view.get("seal"):
        known = {found.seal.get("prior-seal"), other.seal.get("prior-seal")}
        follows = {found.view.get("seal"), other.view.get("seal")} & known
        what = "one seal takes the place of the other" if follows else "two seals of one case"
        report.fault("V2", what, SEAL, expected=other.view.get("seal"), found=found.view.get("seal"))
    else:
        _histories(found, other, name)
    for path in sorted(found.opened.paths.keys() & other.opened.paths.keys()):
        if found.opened.paths[path] != other.opened.paths[path]:
            report.fault("V2", "two values sealed for one path", name, found=path.hex())


def _histories(found: Verified, other: Verified, name: str) -> None:
    """What was done by one export is what was done by the other, as far as both go."""
    one, two = ([row["entry"] for row in each.acts if "entry" in row] for each in (found, other))
    for place in range(min(len(one), len(two))):
        if one[place] != two[place]:
            what = "two histories of one case"
            found.report.fault(
                "V2", what, f"{name}, custody line {place + 1}", expected=one[place], found=two[place]
            )
            return


# --- standalone ----------------------------------------------------------------------------------

BROKEN, MISUSED = 5, 2


def main(arguments: list[str]) -> int:
    """Check one bundle; returns 0, 5 where anything is wrong, 2 where what was asked cannot be understood."""
    parser = _arguments()
    given = parser.parse_args(arguments)
    if given.answer and (why := challenge_fault(given.beacon, given.count)):
        parser.error(why)
    try:
        asked = _asked(given)
    except (OSError, ValueError) as error:
        print(f"error: {shown(error)}", file=sys.stderr)
        return MISUSED
    found = verify_bundle(given.bundle, asked)
    for other in given.against:
        compare(found, verify_bundle(other, asked), other)
    if given.json:
        print(json.dumps(as_rows(found), indent=1))
    else:
        print("\n".join(report_lines(found)))
    return 0 if found.report.good else BROKEN


def _asked(given: argparse.Namespace) -> Asked:
    """What is asked for; raises OSError or ValueError where a file of the verifier's own is wrong."""
    asked = Asked(_read(given.signers), _read(given.revoked) or "", moment(given.at or None), given.recompute)
    asked.keep_going = given.keep_going
    if given.answer:
        asked.challenge, asked.answer = (given.beacon, given.count), Path(given.answer).read_bytes()
    return asked


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=f"Verifies an evidence bundle of schema {SCHEMA}. Runs nothing that is in it."
    )
    parser.add_argument("bundle", help="the zip file, or the folder it is unpacked in")
    parser.add_argument("--signers", help="keys whose signatures count, in the format of ssh-keygen")
    parser.add_argument("--revoked", help="file with fingerprints of keys that no longer count")
    parser.add_argument("--at", default="", help="day YYYYMMDD on which keys must be valid; default: today")
    parser.add_argument(
        "--recompute", action="store_true", help="also recompute the claims from the opened units (V3)"
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="also check V2 and V3 where bytes or signature fail: what they say is then nobody's word",
    )
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        help="another bundle of the same seal to compare; repeatable",
    )
    parser.add_argument("--answer", help="also check the provider's answer to your challenge (V5)")
    parser.add_argument("--beacon", default="", help="the public number of your challenge")
    parser.add_argument("--count", type=int, default=300, help="how many commitments it picks; default: 300")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _read(path: str | None) -> str | None:
    return None if path is None else Path(path).read_text("utf-8")


def as_rows(found: Verified) -> dict[str, Any]:
    """What the checks found, for a program."""
    report = found.report
    return {
        "rows": [vars(each) for each in report.faults],
        "ladder": [
            {"rung": rung, "meaning": meaning, "state": state, "remark": remark}
            for rung, meaning, state, remark in report.ladder()
        ],
        "verified": report.good,
        "more_faults": report.more,
        "claims": found.states,
    }


def report_lines(found: Verified) -> Iterator[str]:
    """What the checks found, for a person."""
    report = found.report
    for rung, meaning, state, remark in report.ladder():
        yield shown(f"{rung}  {meaning:<40} {state:<12} {remark}")
    for name, value in sorted(report.facts.items()):
        yield shown(f"    {name}: {value}")
    for fault in report.faults:
        yield shown(f"{fault.rung}  {fault.path}: {fault.what}")
        for name, value in (("expected", fault.expected), ("found", fault.found)):
            if value:
                yield shown(f"      {name} {value}")
    if report.more:
        yield f"and {report.more} more faults"
    yield "verified" if report.good else "NOT VERIFIED"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
