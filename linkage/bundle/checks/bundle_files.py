"""What a bundle's files say, each byte hashed as it is read: what is parsed is what the manifest names."""

import hashlib
from collections.abc import Iterator
from typing import Protocol

from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.limits import LONGEST_LINE, largest


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
