"""Bytes of text files as lines: decompressed, counted, hashed, and never more than one block held.

A file that ends in the middle of its compressed stream is an error, not a quarantined row: nobody
knows how many rows are missing, and no share of them could be judged.
"""

import codecs
import hashlib
import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol, cast

import numpy as np
import pyarrow as pa

from linkage.errors import InputError
from linkage.ingest.chunk import CHUNK_BYTES
from linkage.ingest.formats.gzip_members import GzipMembers
from linkage.ingest.sniffing import Written
from linkage.settings.ingest import Ingest as IngestSettings

PIECE = 64 * 1024

_LINE_END = ord("\n")

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Lines:
    """Whole lines in a row; `first` is the number of the first.

    `data` holds them, a line end after each. `too_long` is the head of one more line, after them, that was
    streamed past. `open_end`: the last line had no line end, and was given one.
    """

    first: int
    data: bytes
    too_long: bytes | None = None
    open_end: bool = False

    @cached_property
    def count(self) -> int:
        """How many lines there are, the one that is too long aside."""
        return int(np.count_nonzero(np.frombuffer(self.data, np.uint8) == _LINE_END))

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines without their ends; for readers that go line by line."""
        found = self.data.split(b"\n")
        found.pop()
        return found


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
    """A text file, plain or compressed. `bytes` are those of the file that were read by now; `sha256` holds
    once all were."""

    def __init__(self, path: Path, name: str, written: Written, chosen: IngestSettings) -> None:
        self._path, self.name, self._chosen = path, name, chosen
        self._compression, self._encoding = written.compression, written.encoding
        self.bytes = 0
        self.sha256 = hashlib.sha256().hexdigest()

    def texts(self) -> Iterator[str]:
        """All of it as text, a block at a time; raises InputError naming the file where it is no text."""
        decoder = codecs.getincrementaldecoder("utf-8")("strict")
        for block in self._blocks():
            if isinstance(block, _Ended):
                raise self._ended(block, 0)
            try:
                yield decoder.decode(block)
            except UnicodeDecodeError as error:
                raise InputError(
                    f"{self.name}: not UTF-8 at byte {error.start} of a block: {error.reason}",
                    hint="say how it is written with ingest.encoding, such as 'latin-1'",
                ) from None

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
                yield Lines(number, b"", too_long=head)
                number, head = number + 1, None
            whole = block.rfind(b"\n") + 1
            if whole:
                lines = Lines(number, carry + block[:whole])
                carry = block[whole:]
                yield from self._split(lines)
                number += lines.count
            else:
                carry += block
            if len(carry) > self._chosen.max_line_bytes:
                head, carry = carry[:kept], b""
        if head is not None:
            yield Lines(number, b"", too_long=head)
        elif carry:
            yield Lines(number, carry + b"\n", open_end=True)

    def _split(self, found: Lines) -> Iterator[Lines]:
        """The lines, parted where one is longer than the limit."""
        limit, kept, start = self._chosen.max_line_bytes, self._chosen.quarantined_characters, 0
        long = [] if len(found.data) <= limit else [i for i, x in enumerate(found.lines) if len(x) > limit]
        for index in long:
            before = _joined(found.lines[start:index])
            yield Lines(found.first + start, before, too_long=found.lines[index][:kept])
            start = index + 1
        yield Lines(found.first + start, _joined(found.lines[start:])) if long else found

    def _blocks(self) -> Iterator["bytes | _Ended"]:
        with self._path.open("rb") as handle:
            tally = _Tally(handle)
            source: Any = tally
            if self._compression == "xz":  # which Arrow does not read
                source = lzma.LZMAFile(cast(IO[bytes], tally))  # noqa: SIM115  the tally's owner closes it
            elif self._compression == "gzip":
                source = GzipMembers(cast(BinaryIO, tally))
            elif self._compression:
                source = pa.CompressedInputStream(pa.PythonFile(tally, "r"), self._compression)
            total, ended, recoded = 0, None, _recoder(self._encoding)
            while ended is None:
                block, ended = _fill(source)
                if total == 0:
                    block = block.removeprefix(BOM)
                total += len(block)
                self._check(total, tally.bytes)
                block = recoded(block, final=ended is not None)
                self.bytes = tally.bytes
                if block:
                    yield block
            if ended.message:
                yield ended
            self.bytes, self.sha256 = tally.bytes, tally.sha256.hexdigest()

    def _check(self, total: int, read: int) -> None:
        chosen = self._chosen
        if total > chosen.max_file_bytes:
            raise InputError(
                f"{self.name}: more than {chosen.max_file_bytes:,} bytes once decompressed",
                hint="split the file, or raise ingest.max_file_bytes",
            )
        if self._compression and total > chosen.ratio_from_bytes and total > chosen.max_ratio * read:
            raise InputError(
                f"{self.name}: decompresses to more than {chosen.max_ratio} times its size, as a bomb does",
                hint="look at what is in it; raise ingest.max_ratio if it is honest",
            )

    def _ended(self, ended: "_Ended", line: int) -> InputError:
        if "Truncated" in ended.message:
            what = f"the {self._compression} stream is cut short; the last whole line read is {line}"
            return InputError(f"{self.name}: {what}", hint="copy the file again: rows after it are missing")
        what = f"not a {self._compression} stream after line {line}: {ended.message}"
        return InputError(
            f"{self.name}: {what}",
            hint="check how the file was made or copied; unpack it by hand to see what can be read",
        )


@dataclass(frozen=True)
class _Ended:
    """The stream is over; with a message if it should not be."""

    message: str = ""


def _joined(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)


class _Recoded(Protocol):
    def __call__(self, block: bytes, *, final: bool) -> bytes: ...


def _recoder(encoding: str) -> _Recoded:
    """What makes UTF-8 of blocks in another encoding; what is no character there becomes U+FFFD."""
    if encoding.replace("_", "-").lower() in ("utf-8", "utf-8-sig", "utf8", "ascii"):
        return lambda block, *, final: block
    decoder, first = codecs.getincrementaldecoder(encoding)("replace"), [True]

    def recode(block: bytes, *, final: bool) -> bytes:
        text = decoder.decode(block, final)
        if first[0] and text:
            text, first[0] = text.removeprefix("\ufeff"), False
        return text.encode("utf-8", "replace")

    return recode


def _fill(source: Any) -> tuple[bytes, _Ended | None]:
    pieces: list[bytes] = []
    size = 0
    while size < CHUNK_BYTES:
        try:
            piece = source.read(PIECE)
        except (EOFError, lzma.LZMAError) as error:
            cut = isinstance(error, EOFError)
            return b"".join(pieces), _Ended("Truncated" if cut else str(error))
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
