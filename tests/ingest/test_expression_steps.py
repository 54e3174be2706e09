"""Closures give what the library's interpreter gives, wherever a name means the same to both."""

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.expressions import compiled

VALUES = st.sampled_from([None, True, False, 0, 1, "x", "y", [], ["x"], {}, {"c": "x"}, 1.5])
ROWS = st.fixed_dictionaries({"a": VALUES, "b": VALUES})


@pytest.mark.parametrize(
    "text",
    [
        "a && b",
        "a || b",
        "!a",
        "!(a && b)",
        "a == b",
        "a != b",
        "a == 'x'",
        "a != 'x' && b == `1`",
        "a == 'x' && b || `null`",
        "a.c == 'x' || !b",
    ],
)
@given(row=ROWS)
def test_logic_is_that_of_the_library(text: str, row: dict[str, object]) -> None:
    mine, theirs = compiled(text).value(row), jmespath.search(text, row)

    assert mine == theirs
    assert type(mine) is type(theirs)


def test_a_comparison_looks_into_lists_of_keys_and_values() -> None:
    row = {"attributes": [{"key": "op", "value": {"stringValue": "chat"}}]}

    assert compiled("attributes['op'] == 'chat'").value(row) is True
    assert compiled("attributes['op'] != 'chat' || attributes['other']").value(row) is None


def test_a_word_that_says_nothing_does_not_hold() -> None:
    assert compiled("a || b").value({"a": "-", "b": "x"}) == "x"
    assert compiled("!a").value({"a": "unknown"}) is True


def test_an_order_is_left_to_the_library() -> None:
    assert compiled("a < b && 'yes'").value({"a": 1, "b": 2}) == "yes"
    assert compiled("a < b").value({"a": 1, "b": "x"}) is None
