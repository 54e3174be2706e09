"""Sentences without the values that could name somebody."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from linkage.bundle.checks.decided import NOT_BY_DATA, SETTLES
from linkage.bundle.checks.outcomes import FIRST_POINT

SHORTEST = 4
"""Digits of a number that can name somebody; shorter ones are the counts of any sentence."""

HIDDEN = "[withheld]"

BEGINNINGS = (FIRST_POINT, SETTLES, NOT_BY_DATA)
"""How sentences begin that a verifier looks for."""


START, END = re.compile(r"(?<!\w)"), re.compile(r"(?!\w)")
"""Where a word may start, and where it may end."""


class Mask:
    """Takes known values out of sentences, the longest first; of `names` (of accounts) short numbers, too.

    An account may be called `a` or `42`: then these words of a sentence go, whatever they meant there.
    """

    def __init__(self, values: Iterable[str], names: Iterable[str] = ()) -> None:
        self._values, self._names = set(values), set(names)
        self._longest = max(map(len, (*self._values, *self._names)), default=0)

    def hide(self, sentence: str) -> str:
        """The sentence with each known value replaced where it stands as a word; not in a beginning that says
        what kind of sentence it is, whatever an account is called."""
        start, rest = _parted(sentence)
        inside = {each for each in _pieces(rest, self._longest) if self._known(each)}
        if not inside:
            return sentence
        # All at once: what one of them is replaced by is not looked at for another.
        longest = sorted(inside, key=lambda each: (-len(each), each))
        return start + re.sub("|".join(map(_word, longest)), HIDDEN, rest)

    def _known(self, piece: str) -> bool:
        if piece in self._names:
            return bool(piece.strip())
        return piece in self._values and bool(piece.strip()) and not _is_count(piece)


def maskable(sentence: str) -> set[str]:
    """Every piece of a sentence that a mask can hide: it knows no other value there."""
    _, rest = _parted(sentence)
    return set(_pieces(rest, len(rest)))


def _parted(sentence: str) -> tuple[str, str]:
    start = next((each for each in BEGINNINGS if sentence.startswith(each)), "")
    return start, sentence.removeprefix(start)


def _pieces(text: str, longest: int) -> Iterator[str]:
    """Each piece of a text that stands there as a word or as several, of at most so many characters.

    A group has far more values than a sentence has pieces, so that these are looked up among those.
    """
    ends = [found.start() for found in END.finditer(text)]
    for start in (found.start() for found in START.finditer(text)):
        for end in ends[bisect_right(ends, start) : bisect_right(ends, start + longest)]:
            yield text[start:end]


def _is_count(value: str) -> bool:
    return len(value) < SHORTEST and value.isdigit()


def _word(value: str) -> str:
    return rf"(?<!\w){re.escape(value)}(?!\w)"
