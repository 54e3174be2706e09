"""Words that say that nothing is known: `-`, `null`, `unknown`, `redacted by …`. They are read as empty.

Otherwise every account of which nothing is known would share a value. They are counted, since a column
that holds little else is a fault of the export.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Mask = np.ndarray[Any, np.dtype[np.bool_]]


class Words(NamedTuple):
    """Words that mean nothing when they are a whole cell, beginnings of such cells, and the most characters
    that need be looked at. All in lower case, as far as ASCII goes."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    characters: int


BYTE_VALUES = 256
_STARS = re.compile(r"\*+")


def words(given: Sequence[str]) -> Words:
    """The words of a setting: a trailing `*` stands for any rest, but stars alone stand for themselves."""
    plain = [_lower(each.strip()) for each in given if each.strip()]
    begin = tuple(sorted(each[:-1] for each in plain if each.endswith("*") and not _STARS.fullmatch(each)))
    whole = frozenset(each for each in plain if _STARS.fullmatch(each) or not each.endswith("*"))
    longest = max(map(len, whole), default=0)
    return Words(whole, begin, max([longest + 1, *map(len, begin)]))


def is_blank(text: str, known: Words) -> bool:
    """Whether a text (without blanks around it) is one of the words."""
    head = _lower(text[: known.characters])
    return head in known.whole or head.startswith(known.beginnings)


def blank_cells(texts: pa.Array, known: Words, white: str) -> pa.Array:
    """Whether each text, without the blanks `white` around it, is one of the words; null counts as no."""
    # Few cells of a log begin as a word does; only those are looked at.
    likely = begin(texts, first_bytes((*known.whole, *known.beginnings, *white)))
    if not likely.any():
        return pa.array(likely)
    some = texts.filter(pa.array(likely))
    heads = pc.ascii_lower(pc.utf8_slice_codeunits(pc.utf8_trim(some, characters=white), 0, known.characters))
    found = pc.is_in(heads, pa.array(sorted(known.whole), pa.string()))
    for each in known.beginnings:
        found = pc.or_(found, pc.fill_null(pc.starts_with(heads, each), False))
    return pc.replace_with_mask(pa.array(likely), pa.array(likely), found)


def first_bytes(beginnings: Iterable[str]) -> Mask:
    """For each value of a byte whether one of the beginnings begins with it, in either case."""
    wanted = np.zeros(BYTE_VALUES, bool)
    for each in beginnings:
        wanted[[each.lower().encode()[0], each.upper().encode()[0]]] = True
    return wanted


def begin(texts: pa.Array, wanted: Mask) -> Mask:
    """Whether each text begins with one of the bytes that are `wanted`; an empty text and null do not."""
    offsets, data = texts.buffers()[1:]
    if not len(texts) or data is None or not data.size:
        return np.zeros(len(texts), bool)
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    first = np.frombuffer(data, np.uint8)[np.minimum(ends[:-1], data.size - 1)]
    found: Mask = wanted[first] & (ends[:-1] < ends[1:])
    if texts.null_count:
        found &= np.asarray(pc.is_valid(texts))
    return found


def _lower(text: str) -> str:
    # Of ASCII only: libraries disagree about other letters.
    return text.encode("utf-8").lower().decode("utf-8")
