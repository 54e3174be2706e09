"""Sentences without the values that could name somebody."""

import re
from collections.abc import Iterable

SHORTEST = 4
"""Values of fewer characters are words and numbers of any sentence, and name nobody."""

HIDDEN = "[withheld]"


class Mask:
    """Takes known values out of sentences, the longest first."""

    def __init__(self, values: Iterable[str]) -> None:
        self._values = {each for each in values if len(each) >= SHORTEST}

    def hide(self, sentence: str) -> str:
        """The sentence with each known value replaced where it stands as a word."""
        inside = [each for each in self._values if each in sentence]
        for value in sorted(inside, key=lambda each: (-len(each), each)):
            sentence = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", HIDDEN, sentence)
        return sentence
