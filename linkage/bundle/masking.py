"""Sentences without the values that could name somebody."""

import re
from collections.abc import Iterable

from linkage.bundle.checks.decided import NOT_BY_DATA, SETTLES
from linkage.bundle.checks.outcomes import FIRST_POINT

SHORTEST = 4
"""Digits of a number that can name somebody; shorter ones are the counts of any sentence."""

HIDDEN = "[withheld]"

BEGINNINGS = (FIRST_POINT, SETTLES, NOT_BY_DATA)
"""How sentences begin that a verifier looks for."""


class Mask:
    """Takes known values out of sentences, the longest first; of `names` (of accounts) short numbers, too.

    An account may be called `a` or `42`: then these words of a sentence go, whatever they meant there.
    """

    def __init__(self, values: Iterable[str], names: Iterable[str] = ()) -> None:
        kept = {each for each in values if len(each) >= SHORTEST or not each.isdigit()}
        self._values = {each for each in {*kept, *names} if each.strip()}

    def hide(self, sentence: str) -> str:
        """The sentence with each known value replaced where it stands as a word; not in a beginning that says
        what kind of sentence it is, whatever an account is called."""
        start = next((each for each in BEGINNINGS if sentence.startswith(each)), "")
        return start + self._hidden(sentence.removeprefix(start))

    def _hidden(self, sentence: str) -> str:
        inside = [each for each in self._values if each in sentence]
        if not inside:
            return sentence
        # All at once: what one of them is replaced by is not looked at for another.
        longest = sorted(inside, key=lambda each: (-len(each), each))
        return re.sub("|".join(map(_word, longest)), HIDDEN, sentence)


def _word(value: str) -> str:
    return rf"(?<!\w){re.escape(value)}(?!\w)"
