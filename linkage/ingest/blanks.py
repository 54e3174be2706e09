"""Words that say that nothing is known: `-`, `null`, `unknown`, `redacted by …`. They are read as empty.

Otherwise every account of which nothing is known would share a value. They are counted, since a column
that holds little else is a fault of the export.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc


class Words(NamedTuple):
    """Words that mean nothing when they are a whole cell, beginnings of such cells, and the most characters
    that need be looked at. All in lower case, as far as ASCII goes."""

    whole: frozenset[str]
    beginnings: tuple[str, ...]
    characters: int


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


def blank_cells(texts: pa.Array, known: Words) -> pa.Array:
    """For each text, which has no blanks around it, whether it is one of the words; null counts as no."""
    # Cut first: a prompt may be long, a word is short.
    heads = pc.ascii_lower(pc.utf8_slice_codeunits(texts, 0, known.characters))
    found = pc.is_in(heads, pa.array(sorted(known.whole), pa.string()))
    for each in known.beginnings:
        found = pc.or_(found, pc.fill_null(pc.starts_with(heads, each), False))
    return found


def _lower(text: str) -> str:
    # Of ASCII only: libraries disagree about other letters.
    return text.encode("utf-8").lower().decode("utf-8")
