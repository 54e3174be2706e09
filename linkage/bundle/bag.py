"""A BagIt 1.0 bag as one archive, the same bytes whenever and wherever it is made."""

import errno
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from linkage.bundle.checks.archive import (
    CENTRAL,
    CHUNK,
    DATE,
    END,
    LOCAL,
    MADE_BY,
    MODE,
    NEEDED,
    TIME,
    Archive,
)
from linkage.bundle.checks.file_names import SIGNATURE, SIGNED, TAG_FILES, name_fault
from linkage.bundle.checks.manifests import DECLARATION, HEX
from linkage.bundle.checks.sshsig import VIEW_ROLE
from linkage.bundle.signing import Key
from linkage.errors import BudgetError, IntegrityError, UsageError
from linkage.private_files import open_private, replacing

LARGEST = 0xFFFFFFFE
"""Bytes of an archive whose sizes fit its fields; larger ones would need a second format."""

Payload = Mapping[str, bytes | Path]
"""Files of the bag below `data/`, given whole or as a file elsewhere."""


Check = Callable[[Path], None]
"""Raises where a finished archive must not be kept."""


def unchecked(path: Path) -> None:
    """No check."""
    del path


@dataclass(frozen=True)
class _Entry:
    name: str
    size: int
    crc: int
    start: int


def write_bag(
    out: Path,
    payload: Payload,
    info: Mapping[str, str],
    key: Key,
    *,
    scratch: Path,
    check: Check = unchecked,
) -> str:
    """Write the signed archive; returns its SHA-256. It is there whole, and passes `check`, or not at all.

    Until then it is in the folder `scratch`.
    """
    files: dict[str, bytes | Path] = {f"data/{name}": content for name, content in payload.items()}
    for name in files:
        if why := name_fault(name):
            raise IntegrityError(f"{name}: {why}")
    files |= _tags(files, info)
    files[SIGNATURE] = key.sign(_whole(files[SIGNED]), VIEW_ROLE)
    return _written(out, files, scratch, check)


def add_to_bag(archive: Archive, more: Mapping[str, bytes], out: Path, scratch: Path) -> str:
    """Write an archive again with files more, which no manifest lists; returns its SHA-256."""
    files: dict[str, bytes | Path] = dict(more)
    for number, name in enumerate(archive.names()):
        path = files[name] = scratch / str(number)
        with path.open("wb") as file:
            file.writelines(archive.chunks(name))
    return _written(out, files, scratch)


def _written(out: Path, files: Mapping[str, bytes | Path], scratch: Path, check: Check = unchecked) -> str:
    """The archive, there whole or not at all: what a killed command leaves is in its scratch."""
    part = scratch / "archive.zip"
    with os.fdopen(open_private(part, os.O_RDWR), "w+b") as file:
        _archive(file, files)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    check(part)
    try:
        _move(part, out)
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from error
    return digest


def _move(part: Path, out: Path) -> None:
    """Put a finished file in its place; to another file system it is copied first. Raises OSError."""
    try:
        os.replace(part, out)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        with part.open("rb") as source, replacing(out) as copy:
            shutil.copyfileobj(source, copy)


def _tags(files: Mapping[str, bytes | Path], info: Mapping[str, str]) -> dict[str, bytes]:
    """The files beside the payload but for the signature."""
    digests = {name: _digests(content) for name, content in sorted(files.items())}
    oxum = f"{sum(size for *_, size in digests.values())}.{len(digests)}"
    lines = {**info, "Payload-Oxum": oxum}
    tags = {
        "bagit.txt": DECLARATION,
        "bag-info.txt": "".join(f"{name}: {lines[name]}\n" for name in sorted(lines)).encode("ascii"),
    }
    for place, algorithm in enumerate(HEX):
        rows = [f"{found[place]}  {name}\n" for name, found in digests.items()]
        tags[f"manifest-{algorithm}.txt"] = "".join(rows).encode("ascii")
    for algorithm in HEX:
        rows = [f"{hashlib.new(algorithm, tags[name]).hexdigest()}  {name}\n" for name in TAG_FILES]
        tags[f"tagmanifest-{algorithm}.txt"] = "".join(rows).encode("ascii")
    return tags


def _digests(content: bytes | Path) -> tuple[str, str, int]:
    first, second, size = hashlib.sha256(), hashlib.sha512(), 0
    for piece in _pieces(content):
        first.update(piece)
        second.update(piece)
        size += len(piece)
    return first.hexdigest(), second.hexdigest(), size


def _whole(content: bytes | Path) -> bytes:
    return b"".join(_pieces(content))


def _pieces(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _archive(file: BinaryIO, files: Mapping[str, bytes | Path]) -> None:
    entries = [_stored(file, name, files[name]) for name in sorted(files)]
    start = file.tell()
    for entry in entries:
        name = entry.name.encode("ascii")
        sizes = (entry.crc, entry.size, entry.size, len(name), 0, 0, 0, 0, MODE, entry.start)
        file.write(CENTRAL.pack(b"PK\x01\x02", MADE_BY, NEEDED, 0, 0, TIME, DATE, *sizes) + name)
    size, count = file.tell() - start, len(entries)
    file.write(END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0))


def _stored(file: BinaryIO, name: str, content: bytes | Path) -> _Entry:
    size, crc = 0, 0
    for piece in _pieces(content):
        size, crc = size + len(piece), zlib.crc32(piece, crc)
    start = file.tell()
    if start + size > LARGEST:
        raise BudgetError(
            f"{name}: the bundle would be larger than 4 GB", hint="fewer groups, or a view that opens less"
        )
    encoded = name.encode("ascii")
    file.write(
        LOCAL.pack(b"PK\x03\x04", NEEDED, 0, 0, TIME, DATE, crc, size, size, len(encoded), 0) + encoded
    )
    for piece in _pieces(content):
        file.write(piece)
    return _Entry(name, size, crc, start)
