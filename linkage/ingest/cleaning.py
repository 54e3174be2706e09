"""Texts that no database, screen or digest holds as they are: cleaned, and never lost.

A row that is thrown away for a NUL in its prompt is a row by which its sender can hide. So the text is kept
without what cannot be kept, and what was done to it is stated: it becomes an observation of the account.
"""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

CONTROL = "control characters"
"""Removed: U+0000 to U+001F, U+007F to U+009F. Tabs and line ends of a prompt stay."""
SURROGATE = "lone surrogates"
"""Replaced by U+FFFD: half of a character, written as an escape in JSON."""
NOT_UTF8 = "invalid UTF-8"
"""Replaced by U+FFFD: bytes that are no text."""
TOO_LONG = "too long"
"""Cut at `ingest.max_line_bytes`."""

_HALVES = re.compile("[\ud800-\udfff]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]")
_CONTROLS_IN_PROSE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PROSE = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x{9f}]"
_ANY = "[\\x00-\\x1f\\x7f-\\x{9f}]"

MOST_BYTES = 4
"""Bytes that a character of UTF-8 takes at most."""
_BLANK, _DELETE, _LATIN_1_LEAD = 0x20, 0x7F, 0xC2
_LAYOUT = (0x09, 0x0A, 0x0D)


class Cleaned(NamedTuple):
    """A text that can be kept, and what was done to it."""

    text: str
    how: tuple[str, ...] = ()


def decoded(value: bytes) -> Cleaned:
    """Bytes as text; what is no UTF-8 is replaced."""
    try:
        return Cleaned(value.decode("utf-8"))
    except UnicodeDecodeError:
        return Cleaned(value.decode("utf-8", "replace"), (NOT_UTF8,))


def whole(text: str) -> str:
    """The text with halves of characters replaced."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def clean(text: str, *, prose: bool) -> Cleaned:
    """The text without control characters and halves of characters; `prose` keeps tabs and line ends."""
    how = []
    if not text.isascii() and _HALVES.search(text):
        text, how = whole(text), [SURROGATE]
    controls = _CONTROLS_IN_PROSE if prose else _CONTROLS
    if not text.isprintable() and controls.search(text):
        text, how = controls.sub("", text), [*how, CONTROL]
    return Cleaned(text, tuple(how))


def clean_id(text: str) -> Cleaned:
    """An account's id with its control characters, since two ids could become one without them.

    What no table can hold is replaced: NUL and halves of characters.
    """
    how = []
    if not text.isascii() and _HALVES.search(text):
        text, how = whole(text), [SURROGATE]
    if "\0" in text:
        left = text.strip("\0")
        text, how = text.replace("\0", "\ufffd") if left else "", [*how, CONTROL]
    return Cleaned(text, tuple(how))


def cut(text: str, most: int) -> Cleaned:
    """The text in `most` bytes of UTF-8 at most."""
    if len(text) * MOST_BYTES <= most or len(data := text.encode("utf-8")) <= most:
        return Cleaned(text)
    return Cleaned(data[:most].decode("utf-8", "ignore"), (TOO_LONG,))


class Bytes(NamedTuple):
    """What the bytes of a text column show at a glance."""

    ascii: bool
    clean: bool


def at_a_glance(texts: pa.Array, *, prose: bool) -> Bytes:
    """Whether a column of valid texts is ASCII, and certainly has no character that would be removed."""
    data = _data(texts)
    if not len(data):
        return Bytes(True, True)
    ascii_only = bool(data.max() <= _DELETE)
    low = int(np.count_nonzero(data < _BLANK))
    if low and prose:
        low -= sum(int(np.count_nonzero(data == each)) for each in _LAYOUT)
    odd = low or (data == _DELETE).any() or (not ascii_only and (data == _LATIN_1_LEAD).any())
    # A byte at the edge of a slice or a letter such as `é` looks odd and is not: the pattern decides.
    return Bytes(ascii_only, not odd or not _found(texts, _PROSE if prose else _ANY))


def with_controls(texts: pa.Array) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which texts of prose have a character that would be removed."""
    if at_a_glance(texts, prose=True).clean:
        return np.zeros(len(texts), bool)
    return np.asarray(pc.fill_null(pc.match_substring_regex(texts, _PROSE), False))


def _found(texts: pa.Array, pattern: str) -> bool:
    return pc.any(pc.match_substring_regex(texts, pattern), min_count=0).as_py() is True


def _data(texts: pa.Array) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    offsets, data = texts.buffers()[1:]
    if not len(texts) or data is None:
        return np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
