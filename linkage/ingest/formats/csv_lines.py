"""Lines for the reader of CSV: as texts one by one, or as they are, a block of whole records at a time."""

from collections import deque
from collections.abc import Iterator

from linkage.ingest.formats.streams import Lines

DECODED = 2**16
"""Bytes of lines that are made texts at a time: those around an odd record, which are read one by one."""


class TooLong(Exception):
    """A record or line beyond the limit."""


class CsvLines:
    """The lines as text for the csv module; remembers those since `forget`, and where they stand."""

    def __init__(self, batches: Iterator[Lines], max_bytes: int) -> None:
        self._batches, self._max = batches, max_bytes
        self._rest = b""
        self._texts: deque[str] = deque()
        self._unfinished = False
        self._too_long: bytes | None = None
        self._ends_open = False
        self.first = 1
        self.lines: list[str] = []
        self.size = 0
        self.doubtful = False
        self.open_end = False
        self.blocks = 0

    def __iter__(self) -> "CsvLines":
        return self

    def __next__(self) -> str:
        while not self._texts:
            self._decode()
        text = self._texts.popleft()
        self.open_end = self.ends_open and not self._texts
        self.lines.append(text)
        self.size += len(text)
        if self.size > self._max:
            raise TooLong
        return text

    def forget(self) -> None:
        """Drop the lines of finished records."""
        self.first += len(self.lines)
        self.lines = []

    @property
    def line(self) -> int:
        """The number of the next line."""
        return self.first + len(self.lines)

    @property
    def held(self) -> int:
        """How many lines are at hand."""
        return len(self._texts) + self._rest.count(b"\n")

    @property
    def midway(self) -> bool:
        """Whether the next lines cannot be had as a block, as those before were given out one by one."""
        return bool(self._texts)

    @property
    def ends_open(self) -> bool:
        """Whether nothing follows what is at hand, and its last line has no end."""
        return self._ends_open and not self._rest

    def block(self) -> bytes:
        """The lines at hand as they are, between two records; none where some were given out."""
        if self._texts or self._too_long is not None:
            return b""
        if self._unfinished or not self._rest:
            try:
                self._advance()
            except StopIteration:
                return b""
        return self._rest

    def skip(self, size: int, lines: int) -> None:
        """Drop so many bytes and lines of the block: whole records. The last one's rest is in later lines."""
        self._rest = self._rest[size:]
        self.first += lines
        self._unfinished = bool(self._rest)

    def _advance(self) -> None:
        if self._too_long is not None:
            head, self._too_long = self._too_long, None
            self.lines.append(head.decode("utf-8", "surrogateescape"))
            raise TooLong
        lines = next(self._batches)
        self._ends_open, self._too_long = lines.open_end, lines.too_long
        self._rest += lines.data
        self.blocks += 1

    def _decode(self) -> None:
        """Some lines as texts; of a file's first ones that of the header alone."""
        if not self._rest:
            self._advance()
        most = 0 if self.line == 1 else DECODED
        end = self._rest.rfind(b"\n", 0, most) + 1 or self._rest.find(b"\n") + 1
        data, self._rest = self._rest[:end], self._rest[end:]
        self._unfinished = False
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.doubtful, text = True, data.decode("utf-8", "surrogateescape")
        self._texts.extend(line + "\n" for line in text.split("\n")[:-1])
        if self.ends_open and self._texts:
            self._texts.append(self._texts.pop()[:-1])
