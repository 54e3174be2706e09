import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.cli.screen.safe import cut, safe, spreadsheet

BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u3164\U000e0041"


def unseen(text: str) -> list[str]:
    return [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def test_every_character_there_is() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        shown = safe(character)
        assert not unseen(shown), hex(code)
        assert shown in (character, f"\\u{{{code:x}}}"), hex(code)


@pytest.mark.parametrize(
    "character", [*map(chr, range(32)), "\x7f", *map(chr, range(128, 160)), *BIDI, *ZERO_WIDTH]
)
def test_hostile_characters_become_visible(character: str) -> None:
    assert safe(f"a{character}b") == f"a\\u{{{ord(character):x}}}b"


@pytest.mark.parametrize(
    "text", ["plain", "Größe 12 €", "日本語", "مرحبا", "[bold]x[/bold]", "[/foo]", "e\u0301", "🙂", ""]
)
def test_readable_text_stays(text: str) -> None:
    assert safe(text) == text


@given(st.text(st.characters()))
def test_nothing_unseen_ever(text: str) -> None:
    assert not unseen(safe(text))
    assert safe(safe(text)) == safe(text)
    assert len(cut(text, 7)) <= 7
    safe(text).encode("utf-8")


@given(st.text(st.characters(), min_size=1))
def test_no_cell_is_a_formula(text: str) -> None:
    assert spreadsheet(text)[0] not in "=+-@\t\r"


@pytest.mark.parametrize("start", "=+-@\t\r")
def test_formulas_are_marked(start: str) -> None:
    assert spreadsheet(f"{start}1+1").startswith("'")
