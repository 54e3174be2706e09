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
import hashlib
import json
import math
import os
import re
import stat
import struct
import sys
import time
import zlib
from calendar import timegm
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Optional, Protocol

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


# --- file_names ----------------------------------------------------------------------------------

SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""

SUFFIXES = (".txt", ".json", ".jsonl", ".md", ".html", ".pdf", ".sha256", ".lock", ".sig", ".tsr", ".pem")
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
        """The lines of a file without their ends, in bounded memory. Once the report is full, the rest is not
        read: the bundle is refused, and millions of faults more would tell nobody anything."""
        if not self.has(name):
            self.report.fault(rung, "a file is missing", name, expected="a file")
            return
        digest, rest = hashlib.sha256(), b""
        for piece in self.files.chunks(name):
            digest.update(piece)
            *complete, rest = (rest + piece).split(b"\n")
            if len(rest) > LONGEST_LINE or any(len(each) > LONGEST_LINE for each in complete):
                self.report.fault(rung, "a line is too long", name, expected=f"at most {LONGEST_LINE} bytes")
                return
            for line in complete:
                if self.report.full:
                    return
                yield line
        if rest:
            self.report.fault(rung, "the last line has no end", name)
            yield rest
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


# --- strict_json ---------------------------------------------------------------------------------

HALF = re.compile(r"\\u[dD][89a-fA-F]")
NO_BRACKET = re.compile(r"[^\[\]]+")
ROUND = str.maketrans("{}", "[]")
COUNT = re.compile("0|[1-9][0-9]{0,14}")
_DECODER: list[json.JSONDecoder] = []


class NotStrict(ValueError):
    """A text that is not JSON, or not of one meaning."""


def strict(text: bytes) -> Any:
    """The value; raises NotStrict with the reason."""
    try:
        plain = text.decode("ascii")
        if plain.count("[") + plain.count("{") > DEEPEST and _too_deep(plain):
            raise NotStrict("nested too deeply")
        value = _decoder().decode(plain)
        if HALF.search(plain):
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


def check_stamps(content: Content, check: StampCheck | None, declared: str) -> float | None:
    """The time by which a trusted token says that the view was signed; None where none says so.

    `check(response, message)` gives who signed a token and why that does not count, one of them empty;
    without it the signature is not looked at, and the report says so.
    """
    report, trusted = content.report, []
    for name in STAMPS:
        if not content.has(name):
            continue
        response, message = content.whole(name, "V1"), content.whole(SIGNATURE, "V1")
        try:
            stamp = read_stamp(response)
        except NotStrict as error:
            report.fault("V1", f"a time stamp: {error}", name)
            continue
        why, expected, found = stamp_fault(stamp, message)
        if not why and stamp.said[:19] < declared[:19]:
            why, expected, found = "a time stamp from before what it stamps", declared, stamp.said
        if why:
            report.fault("V1", why, name, expected=expected, found=found)
            continue
        who, why = check(response, message) if check else ("", "")
        if why:
            report.fault("V1", why, name, found=stamp.said)
        elif who:
            trusted.append(stamp.at)
            report.facts[f"time stamp {name}"] = f"{stamp.said} by {who}"
        else:
            report.facts[f"time stamp {name}"] = (
                f"{stamp.said}, over this signature; who signed the token was not checked: openssl ts -verify"
                f" -data {SIGNATURE} -in {name} -CAfile ROOTS"
            )
    return min(trusted, default=None)


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


# --- disclosures ---------------------------------------------------------------------------------

SEAL, COMMITMENTS, OPENED = "data/seal/SEAL.txt", "data/seal/commitments.txt", "data/disclosures.jsonl"
SEAL_TITLE = "evidence seal v1"
SEAL_FIELDS = (
    "case", "declared", "tool", "schema", "custodian", "commitments", "commitments-sha256", "run-sha256",
    "custody-entries", "custody-head", "prior-seal",
)  # fmt: skip
SALT = re.compile("[0-9a-f]{32}")
PATH = re.compile(r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)+")
DIGEST = re.compile(rb"[0-9a-f]{64}")
MICRO = 1_000_000

Seal = dict[str, str]


@dataclass
class Opened:
    """What the opened units say, as far as claims are computed from it."""

    small: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    strengths: dict[str, dict[str, int]] = field(default_factory=dict)
    weights: dict[str, dict[str, list[list[str]]]] = field(default_factory=dict)
    paths: dict[bytes, bytes] = field(default_factory=dict)


SMALL = ("run", "setting", "group", "against", "claim")
"""Kinds of units that are kept as they are, by path."""

JOINED = (*(f"{kind}/" for kind in SMALL), "link/")
"""Where parts are joined to the list that is computed from; of other lists parts are counted alone."""


def short_path(path: str) -> bytes:
    """A path in 16 bytes: millions of them stay in memory."""
    return hashlib.blake2b(path.encode("ascii"), digest_size=16).digest()


def unit_class(path: str) -> str:
    """The class of a unit: its kind and its last name, by which policies open and withhold."""
    names = path.split("/")
    return f"setting.{names[1]}" if names[0] == "setting" else f"{names[0]}.{names[-1]}"


def read_seal(content: Content, report: Report) -> Seal:
    """The fields of the seal; a field that is missing is empty."""
    lines = content.whole(SEAL, "V2").decode("latin-1").splitlines()
    if not lines:
        return dict.fromkeys(SEAL_FIELDS, "")
    pairs = [line.partition(": ")[::2] for line in lines[1:]]
    if lines[0] != SEAL_TITLE or tuple(name for name, _ in pairs) != SEAL_FIELDS:
        report.fault("V2", "not a seal of version 1", SEAL, expected=", ".join(SEAL_FIELDS))
    return {**dict.fromkeys(SEAL_FIELDS, ""), **dict(pairs)}


def check_commitments(content: Content, seal: Seal, report: Report) -> bytes:
    """All commitments as 32 bytes each, in order; the list must be the one the seal names."""
    digest, packed, last, count = hashlib.sha256(), bytearray(), b"", 0
    for line in content.lines(COMMITMENTS, "V2"):
        count += 1
        digest.update(line + b"\n")
        if not DIGEST.fullmatch(line):
            report.fault("V2", "a commitment that is no digest", f"{COMMITMENTS}:{count}", found=line)
            continue
        if line <= last:
            same = "a commitment twice" if line == last else "commitments out of order"
            report.fault("V2", same, f"{COMMITMENTS}:{count}")
        last = line
        packed += bytes.fromhex(line.decode("ascii"))
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


def check_opened(content: Content, packed: bytes, report: Report) -> Opened:
    """Every opened unit: its form, that it stands alone, and that it was sealed."""
    opened, salts, digests, parts = Opened(), set[bytes](), list[bytes](), Parts()
    for number, line in enumerate(content.lines(OPENED, "V2"), 1):
        where = f"{OPENED}:{number}"
        unit = _unit(line, where, report)
        if unit is None:
            continue
        salt, path, value = unit
        digests.append(hashlib.sha256(line).digest())
        if (short := short_path(path)) in opened.paths:
            report.fault("V2", "two values opened for one path", where, found=path)
        if (raw := bytes.fromhex(salt)) in salts:
            report.fault("V2", "one salt used twice", where, found=path)
        opened.paths[short] = digests[-1]
        salts.add(raw)
        _keep(opened, parts, (path, value), where, report)
    _join(opened, parts, report)
    _sealed(digests, packed, report)
    report.looked["V2"] = f"{len(digests)} opened units among {len(packed) // 32} commitments"
    return opened


def _unit(line: bytes, where: str, report: Report) -> tuple[str, str, Any] | None:
    try:
        unit = strict(line)
    except NotStrict as error:
        report.fault("V2", f"an opened unit: {error}", where)
        return None
    if not (
        isinstance(unit, list) and len(unit) == 3 and isinstance(unit[0], str) and isinstance(unit[1], str)
    ):
        report.fault("V2", "an opened unit that is not salt, path, value", where)
        return None
    salt, path, value = unit
    if not SALT.fullmatch(salt):
        report.fault("V2", "a salt that is not 128 bits", where, found=salt)
        return None
    if not PATH.fullmatch(path) or len(path) > LONGEST_PATH:
        report.fault("V2", "a path outside the grammar", where, found=path)
        return None
    return salt, path, value


def _sealed(digests: list[bytes], packed: bytes, report: Report) -> None:
    """Both lists in order, side by side."""
    place, last = 0, b""
    for digest in sorted(digests):
        if digest == last:
            report.fault("V2", "one unit opened twice", OPENED, found=digest.hex())
            continue
        last = digest
        place = _seek(packed, digest, place)
        if packed[place * 32 : place * 32 + 32] != digest:
            report.fault(
                "V2",
                "an opened unit that was not sealed",
                OPENED,
                expected="a commitment",
                found=digest.hex(),
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


def micro(text: Any) -> int:
    """Millionths of a number that is written as text with six decimals."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]{1,12}\.[0-9]{6}", text):
        raise NotStrict("not a number with six decimals")
    return int(text.replace(".", ""))


def _keep(opened: Opened, parts: Parts, unit: tuple[str, Any], where: str, report: Report) -> None:
    path, value = unit
    name = unit_class(path)
    opened.classes[name] = opened.classes.get(name, 0) + 1
    try:
        if part := part_of(path):
            parts.add(part, value if path.startswith(JOINED) else [])
        else:
            _sort(opened, path, value)
    except (NotStrict, ValueError, TypeError, IndexError, AttributeError) as error:
        report.fault("V2", f"a unit of another form: {error}", where, found=path)


def _join(opened: Opened, parts: Parts, report: Report) -> None:
    """Lists whose parts are all opened, as if each were one unit."""
    for path in parts.paths():
        if short_path(path) in opened.paths:
            report.fault("V2", "a list opened as a whole and in parts", OPENED, found=path)
    for path, value in parts.complete():
        try:
            _sort(opened, path, value)
        except (NotStrict, ValueError, TypeError, IndexError, AttributeError) as error:
            report.fault("V2", f"a unit of another form: {error}", OPENED, found=path)


def _sort(opened: Opened, path: str, value: Any) -> None:
    names = path.split("/")
    if names[0] == "member":
        opened.members.setdefault(names[1], []).append((micro(value[0]), value[1]))
    elif names[0] == "link" and names[-1] == "strength":
        opened.strengths.setdefault(names[1], {})[names[2]] = micro(value[0])
    elif names[0] == "link" and names[-1] == "weights":
        opened.weights.setdefault(names[1], {})[names[2]] = value
    elif names[0] in SMALL:
        opened.small[path] = value


def small_under(opened: Opened, prefix: str) -> Iterator[tuple[str, Any]]:
    """Kept units whose path begins so, in order."""
    return ((path, opened.small[path]) for path in sorted(opened.small) if path.startswith(prefix))


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


# --- claims --------------------------------------------------------------------------------------

CLAIMS, COUNTER, PARAMETERS = (
    "data/claims.jsonl",
    "data/counter-evidence.jsonl",
    "data/methodology/params.json",
)
VALIDATION = "data/methodology/validation.json"
REPORT = "data/report/report.html"
SHOWN = re.compile(r'<data class="n" id="[a-z0-9-]*" data-claim="([a-z0-9-]+)" value="([^"]*)">')

Claim = dict[str, Any]
Computed = Optional[str]  # noqa: UP045
"""A number as the claim writes it; None where not everything it needs is opened."""


def check_claims(content: Content, opened: Opened, report: Report) -> dict[str, Claim]:
    """The claims of the view are those that were sealed, and nothing that was counted against is missing."""
    claims: dict[str, Claim] = {}
    for number, row in _rows(content, CLAIMS, report):
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
    _counter(content, opened, report)
    _parameters(content, opened, report)
    _validation(content, opened, report)
    return claims


def _rows(content: Content, name: str, report: Report) -> list[tuple[int, Claim]]:
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


def _counter(content: Content, opened: Opened, report: Report) -> None:
    """Of every opened group, as many points against it as were sealed."""
    listed = {str(row.get("unit")): row.get("says") for _, row in _rows(content, COUNTER, report)}
    for path, says in sorted(listed.items()):
        sealed = opened.small.get(path)
        if not path.startswith("against/") or sealed is None or sealed != says:
            what = "a point against that is not the sealed one"
            report.fault("V2", what, COUNTER, expected=sealed or path, found=says)
    groups = {path.split("/")[1] for path, _ in small_under(opened, "group/")}
    for group in sorted(groups):
        count = opened.small.get(f"against/{group}/count")
        points = len({path.split("/")[2] for path in listed if path.startswith(f"against/{group}/")})
        if count != points:
            report.fault(
                "V2", "points against were left out", f"against/{group}", expected=count, found=points
            )


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
    for name, claim in sorted(claims.items()):
        method = METHODS.get(str(claim.get("method")))
        if method is None:
            report.fault("V3", "a method nobody knows", name, found=claim.get("method"))
            continue
        try:
            found = method(claim, opened)
        except (NotStrict, KeyError, TypeError, ValueError, IndexError) as error:
            report.fault("V3", "a claim whose units cannot be read", name, found=repr(error))
            continue
        if found is None:
            states[name] = "attested, not recomputable"
        elif found != claim.get("value"):
            report.fault(
                "V3", "a claim computes to another number", name, expected=claim.get("value"), found=found
            )
        elif (near := _interval(claim, opened)) is not None and near != (claim.get("interval") or []):
            said = claim.get("interval")
            report.fault("V3", "a claim computes to another interval", name, expected=said, found=near)
        else:
            states[name] = "stated in the sealed unit" if claim["method"] == "as-run" else "recomputed"
    done = sum(state == "recomputed" for state in states.values())
    report.looked["V3"] = f"{done} claims recomputed, {len(states) - done} attested"
    return states


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


def _all(found: int, claim: Claim) -> bool:
    """Whether as many units are opened as the claim rests on; a missing one makes it attested."""
    return bool(found == claim["units"])


def _fixed(millionths: int) -> str:
    sign = "-" if millionths < 0 else ""
    return f"{sign}{abs(millionths) // MICRO}.{abs(millionths) % MICRO:06d}"


def _members(claim: Claim, opened: Opened) -> Computed:
    rows = opened.members.get(claim["group"], [])
    return str(len(rows)) if _all(len(rows), claim) else None


def _core(claim: Claim, opened: Opened) -> Computed:
    rows = opened.members.get(claim["group"], [])
    return str(sum(role == "core" for _, role in rows)) if _all(len(rows), claim) else None


def _membership(claim: Claim, opened: Opened) -> Computed:
    rows = opened.members.get(claim["group"], [])
    if not rows or not _all(len(rows), claim):
        return None
    return _fixed((2 * sum(each for each, _ in rows) + len(rows)) // (2 * len(rows)))


def _strongest(claim: Claim, opened: Opened) -> Computed:
    rows = opened.strengths.get(claim["group"], {})
    return _fixed(max(rows.values())) if rows and _all(len(rows), claim) else None


def _add_up(claim: Claim, opened: Opened) -> Computed:
    """How many links are the prior plus their bits."""
    strengths = opened.strengths.get(claim["group"], {})
    weights, prior = opened.weights.get(claim["group"], {}), opened.small.get("run/prior-bits")
    if prior is None or not _all(len(strengths), claim) or strengths.keys() != weights.keys():
        return None
    sums = {link: micro(prior) + sum(micro(bits) for _, _, bits in rows) for link, rows in weights.items()}
    return str(sum(abs(sums[link] - strengths[link]) <= 1 for link in strengths))


def _family(claim: Claim, opened: Opened) -> Computed:
    """Mean bits of a family over the links it speaks in."""
    weights = opened.weights.get(claim["group"], {})
    if not _all(len(weights), claim):
        return None
    spoken = _spoken(claim, opened)
    return _fixed((2 * sum(spoken) + len(spoken)) // (2 * len(spoken))) if spoken else "0.000000"


def _spoken(claim: Claim, opened: Opened) -> list[int]:
    """Of each link that a family speaks in, all its bits."""
    weights = opened.weights.get(claim["group"], {})
    own = [[micro(bits) for _, family, bits in rows if family == claim["of"]] for rows in weights.values()]
    return [sum(bits) for bits in own if bits]


def _days(claim: Claim, opened: Opened) -> list[tuple[str, int]] | None:
    days = opened.small.get(f"group/{claim['group']}/{claim['of']}")
    return None if days is None else [(str(day), int(count)) for day, count in days]


def _sum_of_days(claim: Claim, opened: Opened) -> Computed:
    days = _days(claim, opened)
    return None if days is None else str(sum(count for _, count in days))


def _days_with_any(claim: Claim, opened: Opened) -> Computed:
    days = _days(claim, opened)
    return None if days is None else str(sum(count > 0 for _, count in days))


def _points(claim: Claim, opened: Opened) -> Computed:
    points = [path for path, _ in small_under(opened, f"against/{claim['group']}/") if path.endswith("/said")]
    return str(len(points)) if _all(len(points), claim) else None


def _as_run(claim: Claim, opened: Opened) -> Computed:
    value = opened.small.get(f"group/{claim['group']}/{claim['of']}")
    return None if value is None else str(value)


def _interval(claim: Claim, opened: Opened) -> list[str] | None:
    """The interval of a claim: empty where there is none for it, None where its units are not opened."""
    if claim.get("method") == "family-bits":
        sums = _spoken(claim, opened)
        return [_fixed(min(sums)), _fixed(max(sums))] if sums else []
    if claim.get("method") != "mean-membership":
        return []
    runs = opened.small.get("setting/groups/resamples")
    if not isinstance(runs, int):
        return None
    found = of_resamples(micro(claim["value"]), runs)
    return [_fixed(each) for each in found] if found else []


METHODS: dict[str, Callable[[Claim, Opened], Computed]] = {
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
}
"""How a claim is computed; `as-run` needs the run itself, and is compared with its sealed unit."""


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
        ("case", "seal", "recipient", "purpose", "tlp", "view", "declared"), ("a text", _is_text)
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
UTC_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|\+00:00)")


def check_chain(content: Content, seal: Seal, seal_digest: str, report: Report) -> None:
    """Order, numbers, times, and that the sealed part is the one that was sealed."""
    before, last, heads, acts = NOTHING_BEFORE, "", [NOTHING_BEFORE], []
    for number, line in enumerate(content.lines(CUSTODY, "V2"), 1):
        where = f"{CUSTODY}:{number}"
        row = _row(line, where, report)
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
        at = str(row.get("at"))
        if not UTC_MOMENT.fullmatch(at):
            report.fault("V2", "a custody time that is not in UTC", where, found=at)
        elif at[:19] < last:
            report.fault("V2", "a clock that goes back in custody", where, expected=f"from {last}", found=at)
        last = at[:19]
        before = hashlib.sha256(line).hexdigest()
        heads.append(before)
        acts.append(row)
    _against_seal(acts, heads, seal, seal_digest, report)


def _row(line: bytes, where: str, report: Report) -> dict[str, Any]:
    try:
        row = strict(line)
    except NotStrict as error:
        report.fault("V2", f"a custody line: {error}", where)
        return {}
    return row if isinstance(row, dict) else {}


def _against_seal(
    acts: list[dict[str, Any]], heads: list[str], seal: Seal, digest: str, report: Report
) -> None:
    sealed = count_of(seal["custody-entries"]) or 0
    if sealed >= len(heads) or heads[sealed] != seal["custody-head"]:
        found = heads[sealed] if sealed < len(heads) else f"{len(acts)} lines"
        report.fault(
            "V2", "custody is not what was sealed", CUSTODY, expected=seal["custody-head"], found=found
        )
    rest = [(row.get("act"), row.get("out")) for row in acts[sealed:]]
    if [act for act, _ in rest] != ["seal", "export"]:
        report.fault(
            "V2", "custody does not end with seal and export", CUSTODY, expected="seal, export", found=rest
        )
    elif rest[0][1] != digest:
        report.fault("V2", "custody names another seal", CUSTODY, expected=digest, found=rest[0][1])


# --- challenge -----------------------------------------------------------------------------------

MOST_PICKED = 100_000
CHALLENGE_FIELDS = ("seal", "beacon", "count")


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


def check_answer(
    texts: tuple[bytes, bytes], seal: str, packed: bytes, paths: dict[bytes, bytes], report: Report
) -> None:
    """Whether every picked commitment was opened, with one value for each path."""
    try:
        challenge = read_challenge(texts[0])
    except NotStrict as error:
        return report.fault("V5", f"the challenge: {error}", "challenge")
    if challenge["seal"] != seal:
        return report.fault(
            "V5", "a challenge to another seal", "challenge", expected=seal, found=challenge["seal"]
        )
    answered = {hashlib.sha256(line).digest(): line for line in texts[1].splitlines()}
    real, known = 0, dict(paths)
    picked = picks(seal, challenge["beacon"], challenge["count"], len(packed) // 32)
    for place in picked:
        digest = packed[place * 32 : place * 32 + 32]
        if digest not in answered:
            report.fault(
                "V5", "a picked unit that was not opened", f"commitment {place}", expected=digest.hex()
            )
        elif why := _answer_fault(answered[digest], digest, known):
            report.fault("V5", why, f"commitment {place}", found=answered[digest][:150].decode("latin-1"))
        else:
            real += not answered[digest][36:].startswith(b'"decoy/')
    result = f"{len(picked)} picked, {real} of them units: bad ones below {bound(real):.1%} at 95 %"
    report.looked["V5"] = f"{result}, if each is what the logs say"


def _answer_fault(line: bytes, digest: bytes, known: dict[bytes, bytes]) -> str:
    try:
        unit = strict(line)
    except NotStrict as error:
        return f"an answer: {error}"
    if not isinstance(unit, list) or len(unit) != 3 or not all(isinstance(each, str) for each in unit[:2]):
        return "an answer that is not salt, path, value"
    if not SALT.fullmatch(unit[0]) or not PATH.fullmatch(unit[1]):
        return "an answer with a salt or path outside the grammar"
    short = hashlib.blake2b(unit[1].encode("ascii"), digest_size=16).digest()
    if known.setdefault(short, digest) != digest:
        return "two values sealed for one path"
    return ""


# --- ladder --------------------------------------------------------------------------------------

BAG, VIEW = "bagit.txt", "data/VIEW.json"
SEAL_SIGNATURE = f"{SEAL}.sig"


@dataclass
class Asked:
    """What a verification is given: who may sign, which keys are revoked, when, and how far to go."""

    signers: str | None = None
    revoked: str = ""
    at: float | None = None
    recompute: bool = False
    audit: tuple[bytes, bytes] | None = None
    """A challenge, and the answer to it."""

    keep_going: bool = False
    """Whether to look at what is said where bytes or signature fail, and it is nobody's word."""

    stamps: StampCheck | None = None
    """Of a time stamp and what it is over: who signed it, or why that does not count."""


@dataclass
class Verified:
    """What a verification found, and the units it read for whoever goes on from there."""

    report: Report
    seal: Seal = field(default_factory=lambda: dict.fromkeys(SEAL_FIELDS, ""))
    view: dict[str, Any] = field(default_factory=dict)
    opened: Opened = field(default_factory=Opened)
    packed: bytes = b""
    states: dict[str, str] = field(default_factory=dict)


def verify_bundle(path: str, asked: Asked) -> Verified:
    """Everything that is wrong with a bundle: an archive, or the folder it was unpacked to.

    Raises nothing for whatever stands in a bundle: a check that cannot be completed is a fault.
    """
    report = Report()
    found = Verified(report)
    report.not_looked["V4"] = "needs the sealed inputs: linkage bundle verify --rerun"
    report.not_looked["V5"] = "needs a beacon and the provider's answer: linkage bundle challenge"
    with to_the_end(report, "V0", path):
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
    with to_the_end(report, "V1", SIGNATURE):
        found.seal = read_seal(content, report)
        _signatures(content, asked, found.seal["declared"])
    if not asked.keep_going and (failed := [rung for rung in ("V0", "V1") if report.failed(rung)]):
        # What follows is whatever somebody put there: it is neither read nor reported as if it were evidence.
        for rung in ("V2", "V3"):
            report.not_looked[rung] = f"{failed[0]} fails; --keep-going looks all the same"
        return
    with to_the_end(report, "V2", VIEW):
        found.view = _view(content, found.seal, report)
        check_stix(content, found.view)
    with to_the_end(report, "V2", COMMITMENTS):
        found.packed = check_commitments(content, found.seal, report)
    with to_the_end(report, "V2", OPENED):
        found.opened = check_opened(content, found.packed, report)
    _what_is_said(content, asked, found)


def _what_is_said(content: Content, asked: Asked, found: Verified) -> None:
    """What the other files say of the opened units."""
    report, claims = found.report, dict[str, Claim]()
    with to_the_end(report, "V2", CLAIMS):
        claims = check_claims(content, found.opened, report)
    with to_the_end(report, "V2", VIEW):
        check_outcomes(content, found.view, found.opened)
        _counts(found, report)
    with to_the_end(report, "V2", CUSTODY):
        check_chain(content, found.seal, _digest_of(content, SEAL), report)
    with to_the_end(report, "V3", REPORT):
        check_report(content, claims, report)
    with to_the_end(report, "V5", "--answer"):
        if asked.audit is not None:
            check_answer(asked.audit, _digest_of(content, SEAL), found.packed, found.opened.paths, report)
    with to_the_end(report, "V3", CLAIMS):
        if asked.recompute:
            found.states = recompute_claims(claims, found.opened, report)
        else:
            report.not_looked["V3"] = "not asked for: --recompute"


def _signatures(content: Content, asked: Asked, declared: str) -> None:
    """V1: who signed view and seal, and by when as far as a time stamp says so."""
    report, count = content.report, _who_counts(asked, content.report)
    stamped = check_stamps(content, asked.stamps, declared)
    if asked.at is None and stamped is not None:
        # A signature that is known to have been there while its key was valid stays good.
        count = replace(count, at=stamped)
    view = _signed(content, (SIGNED, SIGNATURE), VIEW_ROLE, count)
    seal = _signed(content, (SEAL, SEAL_SIGNATURE), SEAL_ROLE, count)
    if view and seal:
        when = "now" if asked.at is None and stamped is None else "then"
        time_said = "no independent time" if stamped is None else "an independent time stamp holds"
        report.looked["V1"] = f"both by keys you trust, valid {when}; {time_said}"
        report.facts |= {"view signed by": view, "seal signed by": seal}


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
    if view["seal"] != digest or view["case"] != seal["case"]:
        report.fault("V2", "a view of another seal", VIEW, expected=digest, found=view["seal"])
    _bag_info(content, view, report)
    report.facts |= {"case": seal["case"], "recipient": view["recipient"], "declared": view["declared"]}
    return dict(view)


def _bag_info(content: Content, view: dict[str, Any], report: Report) -> None:
    labels = bag_labels(content, report)
    for label, value in (
        ("External-Identifier", view["case"]),
        ("Evidence-View", view["view"]),
        ("Bagging-Date", view["declared"][: len("2026-01-31")]),
    ):
        if not value or labels.get(label) != value:
            what = "the bag is labelled as another view"
            report.fault("V2", what, BAG_INFO, expected=value, found=labels.get(label))


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
        report.fault(
            "V2",
            "a view of another case",
            name,
            expected=found.seal.get("case"),
            found=other.seal.get("case"),
        )
    elif found.view.get("seal") != other.view.get("seal"):
        known = {found.seal.get("prior-seal"), other.seal.get("prior-seal")}
        follows = {found.view.get("seal"), other.view.get("seal")} & known
        what = "one seal takes the place of the other" if follows else "two seals of one case"
        report.fault("V2", what, SEAL, expected=other.view.get("seal"), found=found.view.get("seal"))
    for path in sorted(found.opened.paths.keys() & other.opened.paths.keys()):
        if found.opened.paths[path] != other.opened.paths[path]:
            report.fault("V2", "two values sealed for one path", name, found=path.hex())


# --- standalone ----------------------------------------------------------------------------------

BROKEN, MISUSED = 5, 2


def main(arguments: list[str]) -> int:
    """Check one bundle; returns 0, 5 where anything is wrong, 2 where what was asked cannot be understood."""
    given = _arguments().parse_args(arguments)
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
        asked.audit = (Path(given.answer[0]).read_bytes(), Path(given.answer[1]).read_bytes())
    return asked


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Verifies an evidence bundle. Runs nothing that is in it.")
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
    parser.add_argument(
        "--answer", nargs=2, metavar=("CHALLENGE", "ANSWER"), help="also check the answer to a challenge (V5)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _read(path: str | None) -> str | None:
    return None if path is None else Path(path).read_text("utf-8")


def as_rows(found: Verified) -> dict[str, Any]:
    """What the checks found, for a program."""
    report = found.report
    names = ("rung", "meaning", "state", "remark")
    return {
        "rows": [vars(each) for each in report.faults],
        "ladder": [dict(zip(names, row, strict=True)) for row in report.ladder()],
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
