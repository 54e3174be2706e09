"""Bytes of text files as lines: decompressed, counted, hashed, and never more than one block held.

A file that ends in the middle of its compressed stream is an error, not a quarantined row: nobody
knows how many rows are missing, and no share of them could be judged.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from linkage.errors import InputError
from linkage.ingest.chunk import CHUNK_BYTES
from linkage.settings.ingest import Ingest as IngestSettings

PIECE = 64 * 1024

UTF16 = (b"\xff\xfe", b"\xfe\xff")
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Lines:
    """Whole lines in a row, without their ends; `first` is the number of the first.

    `too_long` is the head of one more line, after them, that was streamed past. `open_end`: the last
    line had no line end.
    """

    first: int
    lines: list[bytes]
    too_long: bytes | None = None
    open_end: bool = False


class _Tally:
    """A file that remembers the digest and number of the bytes read from it."""

    closed = False

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self.sha256 = hashlib.sha256()
        self.bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = self._handle.read(size)
        self.sha256.update(data)
        self.bytes += len(data)
        return data

    def close(self) -> None:
        self.closed = True


class TextFile:
    """A CSV or NDJSON file, plain or compressed; `bytes` and `sha256` hold once all lines were read."""

    def __init__(self, path: Path, name: str, compression: str | None, chosen: IngestSettings) -> None:
        self._path, self._name, self._compression, self._chosen = path, name, compression, chosen
        self.bytes = 0
        self.sha256 = hashlib.sha256().hexdigest()

    def lines(self) -> Iterator[Lines]:
        """All lines, some at a time; raises InputError naming file and last whole line."""
        number, carry, head = 1, b"", None
        kept = self._chosen.quarantined_characters
        for block in self._blocks():
            if isinstance(block, _Ended):
                raise self._ended(block, number - 1)
            if head is not None:
                _, end, block = block.partition(b"\n")
                if not end:
                    continue
                yield Lines(number, [], too_long=head)
                number, head = number + 1, None
            lines = (carry + block).split(b"\n")
            carry = lines.pop()
            yield from self._split(number, lines)
            number += len(lines)
            if len(carry) > self._chosen.max_line_bytes:
                head, carry = carry[:kept], b""
        if head is not None:
            yield Lines(number, [], too_long=head)
        elif carry:
            yield Lines(number, [carry], open_end=True)

    def _split(self, number: int, lines: list[bytes]) -> Iterator[Lines]:
        limit, start = self._chosen.max_line_bytes, 0
        kept = self._chosen.quarantined_characters
        if lines and len(max(lines, key=len)) > limit:
            for index in [i for i, line in enumerate(lines) if len(line) > limit]:
                yield Lines(number + start, lines[start:index], too_long=lines[index][:kept])
                start = index + 1
        yield Lines(number + start, lines[start:] if start else lines)

    def _blocks(self) -> Iterator["bytes | _Ended"]:
        with self._path.open("rb") as handle:
            tally = _Tally(handle)
            source = tally
            if self._compression:
                source = pa.CompressedInputStream(pa.PythonFile(tally, "r"), self._compression)
            total, ended = 0, None
            while ended is None:
                block, ended = _fill(source)
                if total == 0:
                    block = self._start(block)
                total += len(block)
                self._check(total, tally.bytes)
                if block:
                    yield block
            if self._compression and not tally.bytes:
                ended = _Ended("the file is empty")
            if ended.message:
                yield ended
            self.bytes, self.sha256 = tally.bytes, tally.sha256.hexdigest()

    def _start(self, block: bytes) -> bytes:
        if block.startswith(UTF16):
            raise InputError(f"{self._name}: UTF-16, not UTF-8", hint="save it again as UTF-8")
        return block.removeprefix(BOM)

    def _check(self, total: int, read: int) -> None:
        chosen = self._chosen
        if total > chosen.max_file_bytes:
            raise InputError(
                f"{self._name}: more than {chosen.max_file_bytes:,} bytes once decompressed",
                hint="split the file, or raise ingest.max_file_bytes",
            )
        if self._compression and total > chosen.ratio_from_bytes and total > chosen.max_ratio * read:
            raise InputError(
                f"{self._name}: decompresses to more than {chosen.max_ratio} times its size, as a bomb does",
                hint="look at what is in it; raise ingest.max_ratio if it is honest",
            )

    def _ended(self, ended: "_Ended", line: int) -> InputError:
        if "Truncated" in ended.message:
            what = f"the {self._compression} stream is cut short; the last whole line read is {line}"
            return InputError(f"{self._name}: {what}", hint="copy the file again: rows after it are missing")
        what = f"not a {self._compression} stream after line {line}: {ended.message}"
        return InputError(f"{self._name}: {what}", hint="check how the file was made or copied")


@dataclass(frozen=True)
class _Ended:
    """The stream is over; with a message if it should not be."""

    message: str = ""


def _fill(source: "_Tally | pa.CompressedInputStream") -> tuple[bytes, _Ended | None]:
    pieces: list[bytes] = []
    size = 0
    while size < CHUNK_BYTES:
        try:
            piece = source.read(PIECE)
        except OSError as error:
            # Arrow's own errors carry no errno; those of the disk do, and are not the file's fault.
            if error.errno is not None:
                raise
            return b"".join(pieces), _Ended(str(error))
        if not piece:
            return b"".join(pieces), _Ended()
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces), None
