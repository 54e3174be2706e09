"""One line of JSON: what is honest is read as Python's own reader does, what is odd has its reason."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest import reasons
from linkage.ingest.formats import strict_json
from linkage.ingest.reasons import Refused

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | TEXTS
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)


def read(line: bytes, depth: int = 64) -> dict[str, Any]:
    return strict_json.reader(line, depth)(line)


@given(st.dictionaries(TEXTS, VALUES, max_size=5), st.booleans())
def test_an_object_is_read_as_it_was_written(row: dict[str, Any], spaced: bool) -> None:
    separators = (" , ", " : ") if spaced else (",", ":")
    assert read(json.dumps(row, separators=separators).encode()) == row


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), st.booleans())
def test_a_key_given_twice_is_refused(row: dict[str, Any], escaped: bool) -> None:
    key = json.dumps(next(iter(row)), ensure_ascii=escaped)
    line = f"{json.dumps(row, ensure_ascii=escaped)[:-1]}, {key}: 1}}".encode()
    with pytest.raises(Refused) as refused:
        read(line)
    assert refused.value.reason == reasons.DUPLICATE_KEY


@pytest.mark.parametrize(("levels", "fits"), [(3, True), (4, False)])
def test_nesting_is_bounded(levels: int, fits: bool) -> None:
    line = b'{"a":' + b"[" * levels + b"]" * levels + b"}"
    if fits:
        assert read(line, depth=3)
    else:
        with pytest.raises(Refused) as refused:
            read(line, depth=3)
        assert refused.value.reason == reasons.TOO_DEEP


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"[1]", reasons.NOT_AN_OBJECT),
        (b"{", reasons.NOT_JSON),
        (b'{"a": "\xff"', reasons.NOT_UTF8),
        (b'{"a": 1}\0', reasons.NUL),
        (b'{"a": NaN, "a": 1}', reasons.DUPLICATE_KEY),
        (b'{"a\\ud800": NaN, "a\\ud801": 1}', reasons.DUPLICATE_KEY),
        (b'{"a": NaN, "b": ' + b"[" * 65 + b"]" * 65 + b"}", reasons.TOO_DEEP),
        (b'{"a": NaN', reasons.NOT_JSON),
    ],
)
def test_each_fault_has_its_reason(line: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(line)
    assert refused.value.reason == reason


def test_a_value_that_is_no_utf8_comes_as_its_bytes() -> None:
    line = b'{"a": "x\xffy", "b": "caf\xc3\xa9", "c": ["\xff"], "\xffd": "\xed\xa0\x80", "e": "\xff\\ud800"}'
    assert read(line) == {
        "a": b"x\xffy",
        "b": "café",
        "c": ["\udcff"],
        "\ufffdd": b"\xed\xa0\x80",
        "e": "\udcff\ud800",
    }


@pytest.mark.parametrize(("text", "reason"), [("[1", reasons.WRONG_TYPE), ("[1, NaN]", reasons.NOT_FINITE)])
def test_a_value_inside_a_cell(text: str, reason: str) -> None:
    assert strict_json.value('["a", 1]') == ["a", 1]
    with pytest.raises(Refused) as refused:
        strict_json.value(text)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        (b"1e999", 10**300),
        (b"9" * 400, 10**300),
        (b"-Infinity", float("-inf")),
        (b'"x\\ud83d"', "x\ud83d"),
        (b'"x\0y\x01"', "x\0y\x01"),
        (b'"x\\u0000y"', "x\0y"),
    ],
)
def test_what_the_grammar_forbids_comes_through_for_the_cells_to_judge(cell: bytes, wanted: Any) -> None:
    assert read(b'{"b": [1, {"c": "d:"}], "a": ' + cell + b"}") == {"b": [1, {"c": "d:"}], "a": wanted}


def test_nan_comes_through() -> None:
    assert math.isnan(read(b'{"a": NaN}')["a"])


def test_half_a_character_in_a_name_is_replaced() -> None:
    assert read(b'{"a\\udfff": NaN, "b": "\\ud800"}').keys() == {"a\ufffd", "b"}
