"""gzip as it is found: any number of streams one after the other, and zeros after the last.

Tapes, block devices and some object stores fill a file up with zeros. Anything else after the end of a stream
is no part of it, and not passed over: it may be what is left of a stream that was cut or written over.
"""

import zlib
from typing import BinaryIO

PIECE = 64 * 1024
MAGIC = b"\x1f\x8b"
_GZIP = 31
"""zlib's word for streams with the header and the checksum of gzip."""


class GzipMembers:
    """Reads the decompressed bytes of a file; `read` raises EOFError where a stream is cut short, and OSError
    without a number where something is no stream."""

    def __init__(self, handle: BinaryIO) -> None:
        self._handle = handle
        self._given = b""
        self._member: zlib._Decompress | None = zlib.decompressobj(_GZIP)

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none at the end."""
        while self._member is not None or self._next():
            data = self._decompressed(size)
            if data:
                return data
        return b""

    def _decompressed(self, size: int) -> bytes:
        member = self._member
        if member is None:
            return b""
        if not self._given:
            self._given = self._handle.read(PIECE)
        over = not self._given
        try:
            data = member.decompress(self._given, size)
        except zlib.error as error:
            raise OSError(str(error)) from None
        self._given = member.unused_data if member.eof else member.unconsumed_tail
        if member.eof:
            self._member = None
        elif over and not data:
            raise EOFError
        return data

    def _next(self) -> bool:
        """Goes on to the next stream; False where there is none."""
        while not self._given.startswith(MAGIC):
            self._given = self._given.lstrip(b"\0")
            if len(self._given) >= len(MAGIC):
                break
            more = self._handle.read(PIECE)
            if not more:
                break
            self._given += more
        if not self._given:
            return False
        if not self._given.startswith(MAGIC):
            raise OSError("what follows its end is no gzip stream")
        self._member = zlib.decompressobj(_GZIP)
        return True
