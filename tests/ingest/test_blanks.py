"""Words that say that nothing is known: the same ones in bulk and one by one."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.blanks import blank_cells, is_blank, words
from linkage.ingest.cells import WHITE
from linkage.settings.ingest import Ingest

WORDS = words(Ingest().meaningless)
PROSE = words(Ingest().meaningless_texts)


@pytest.mark.parametrize(
    "text", ["-", "NULL", "None", "n/a", "(not set)", "***", "Redacted by policy", "[REDACTED"]
)
def test_words_that_mean_nothing(text: str) -> None:
    assert is_blank(text, WORDS)


@pytest.mark.parametrize("text", ["", "--", "none at all", "*", "****", "unredacted", "nobody", "Nö"])
def test_words_that_mean_something(text: str) -> None:
    assert not is_blank(text, WORDS)


def test_people_do_ask_unknown_or_a_dash() -> None:
    assert not any(is_blank(text, PROSE) for text in ("unknown", "-", "n/a", "redacted text is what?"))
    assert all(is_blank(text, PROSE) for text in ("null", "REDACTED", "redacted by the client", "redacted…"))


def test_a_star_at_the_end_stands_for_any_rest_and_stars_for_themselves() -> None:
    found = words(["Ab*", " ** ", "x", "", " "])
    assert (found.whole, found.beginnings) == ({"**", "x"}, ("ab",))
    assert [is_blank(each, found) for each in ("ab", "ABC", "a", "**", "***", "X", "xy")] == [
        True, True, False, True, False, True, False,
    ]  # fmt: skip


TEXTS = st.none() | st.text(max_size=6) | st.sampled_from(
    [" - ", "NULL", "null ", "Redacted by x", "\u2003none", "none\x00", "*", "***", "[]", "É", "x" * 99]
)  # fmt: skip


@given(st.lists(TEXTS, max_size=6), st.integers(0, 3), st.booleans())
def test_a_column_says_what_its_cells_say(given: list[str | None], skipped: int, prose: bool) -> None:
    known = PROSE if prose else WORDS
    texts = pa.array(given, pa.string()).slice(skipped)
    one_by_one = [text is not None and is_blank(text.strip(WHITE), known) for text in texts.to_pylist()]
    assert blank_cells(texts, known, WHITE).to_pylist() == one_by_one


def test_no_words_at_all() -> None:
    none = words([])
    assert not is_blank("-", none)
    assert blank_cells(pa.array(["-", ""]), none, WHITE).to_pylist() == [False, False]
