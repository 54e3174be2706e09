"""A page of a PDF as a picture, without a library for pictures."""

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2


def png(page: pypdfium2.PdfPage, out: Path) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Write the page, and give its pixels: rows, columns, red, green and blue."""
    drawn = page.render(scale=1.2)
    rows = np.frombuffer(drawn.buffer, np.uint8).reshape(drawn.height, drawn.stride)
    pixels = rows[:, : drawn.width * 3].reshape(drawn.height, drawn.width, 3)[:, :, ::-1].copy()
    lines = np.concatenate([np.zeros((drawn.height, 1), np.uint8), pixels.reshape(drawn.height, -1)], axis=1)
    head = struct.pack(">IIBBBBB", drawn.width, drawn.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes())), (b"IEND", b""))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, chunks)))
    return pixels


def _chunk(given: tuple[bytes, bytes]) -> bytes:
    name, content = given
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
