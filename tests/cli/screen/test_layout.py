"""Tables on screens of any width: words may be cut, numbers not."""

import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.cli.screen.layout import indented, rows, show

WORDS = st.text("abcdefgh ", max_size=60)
NUMBERS = st.integers(0, 10**9).map(lambda value: f"{value:,}")


def screen(width: int, body: list[tuple[str, str, str]]) -> list[str]:
    """The printed lines at a width, without the head."""
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        patched.setenv("COLUMNS", str(width))
        show(indented(rows(("what", "sent", "there"), body, right="sent there")))
    return out.getvalue().splitlines()[2:]


@given(st.integers(46, 200), st.lists(st.tuples(WORDS, NUMBERS, NUMBERS), min_size=1, max_size=5))
def test_numbers_are_whole_at_every_width(width: int, body: list[tuple[str, str, str]]) -> None:
    lines = screen(width, body)
    assert [line.split()[-2:] for line in lines] == [[sent, there] for _what, sent, there in body]
    assert all(len(line) <= width for line in lines)


def test_words_are_cut_in_one_line() -> None:
    assert screen(40, [("relationships " * 5, "29", "1,234")]) == ["  relationships relation…     29   1,234"]
