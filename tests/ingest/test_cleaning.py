"""Texts that nothing can hold are cleaned, and clean ones are known at a glance."""

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linkage.ingest import cleaning
from linkage.ingest.cleaning import CONTROL, NOT_UTF8, SURROGATE, TOO_LONG, at_a_glance, clean, cut, decoded


@pytest.mark.parametrize(
    ("text", "prose", "cleaned", "how"),
    [
        ("plain é", False, "plain é", ()),
        ("a\0b\x1b[2J\x7f\x85c", False, "ab[2Jc", (CONTROL,)),
        ("a\tb\nc\rd\x0be", True, "a\tb\nc\rde", (CONTROL,)),
        ("a\tb\nc", False, "abc", (CONTROL,)),
        ("x\ud83d", False, "x\ufffd", (SURROGATE,)),
        ("\udc80\0", True, "\ufffd", (SURROGATE, CONTROL)),
        ("\u200b\u202e", False, "\u200b\u202e", ()),  # odd, and can be held
    ],
)
def test_what_is_removed_and_what_is_said_of_it(
    text: str, prose: bool, cleaned: str, how: tuple[str, ...]
) -> None:
    assert clean(text, prose=prose) == (cleaned, how)


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert decoded("é".encode()) == ("é", ())
    assert decoded(b"a\xffb\xc3") == ("a\ufffdb\ufffd", (NOT_UTF8,))


@given(st.text(max_size=9), st.integers(0, 20))
def test_a_text_is_cut_between_characters(text: str, most: int) -> None:
    found = cut(text, most)
    assert text.startswith(found.text)
    assert len(found.text.encode()) <= most
    assert (found.how == (TOO_LONG,)) == (len(text.encode()) > most)
    if found.how:
        rest = text[len(found.text)]
        assert len((found.text + rest).encode()) > most


CHARACTERS = st.characters() | st.sampled_from("\0\t\n\r\x0b\x1f\x7f\x80\x85\x9f\xa0\xc2é\ud800")


@given(st.text(CHARACTERS, max_size=9), st.booleans())
def test_a_clean_text_is_held_and_stays(text: str, prose: bool) -> None:
    once = clean(text, prose=prose)
    assert clean(once.text, prose=prose) == (once.text, ())
    assert (once.text == text) is (once.how == ())
    once.text.encode()  # no half of a character is left
    assert "\0" not in once.text


@example(["\x7f"], False, 0)
@example(["a\x85"], True, 0)
@example(["\t"], False, 0)
@example(["\n", "é"], True, 1)
@given(st.lists(st.none() | st.text(CHARACTERS.filter(lambda c: not "\ud800" <= c <= "\udfff"), max_size=5)),
       st.booleans(), st.integers(0, 3))  # fmt: skip
def test_a_column_that_looks_clean_is(given: list[str | None], prose: bool, skipped: int) -> None:
    texts = pa.array(given, pa.string()).slice(skipped)
    shown = at_a_glance(texts, prose=prose)
    each = [text for text in texts.to_pylist() if text is not None]
    assert shown.clean is all(clean(text, prose=prose).how == () for text in each)
    assert shown.ascii is all(text.isascii() for text in each)


def test_an_empty_column_is_clean() -> None:
    assert at_a_glance(pa.array([], pa.string()), prose=False) == (True, True)
    assert at_a_glance(pa.nulls(3, pa.string()), prose=True) == cleaning.Bytes(True, True)
