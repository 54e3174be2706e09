"""Lists of values: what the library's interpreter makes of the same expression."""

from typing import Any

import jmespath
import jmespath.exceptions
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.expression_functions import OPTIONS
from linkage.ingest.expression_lists import listed
from linkage.ingest.expressions import compiled

VALUES = st.one_of(
    st.sampled_from(["", "x", "-", 0, 1, False, True, None, 1.5]), st.just([]), st.just({}), st.just(["x"])
)
ROWS = st.fixed_dictionaries(
    {}, optional={"a": VALUES, "b": VALUES, "o": st.fixed_dictionaries({"a": VALUES})}
)


@pytest.mark.parametrize(
    "text",
    [
        "[a, b]", "[a, b][?@]", "[o.a, 'x', b][?@]", "join('-', [a, b])", "join('-', [a, b][?@])",
        "join(a, [b])", "starts_with(a, 'x')", "starts_with(a, b)", "!starts_with(a, 'x')",
        "[a, b][?@ == 'x']", "[a, b] | [0]",
    ],
)  # fmt: skip
def test_an_expression_gives_what_the_library_gives(text: str) -> None:
    asked = compiled(f"({text})")

    @given(ROWS)
    def compared(row: dict[str, Any]) -> None:
        try:
            expected = jmespath.search(f"({text})", row, OPTIONS)
        except jmespath.exceptions.JMESPathError:
            expected = True if text.startswith("!") else None  # what cannot be said does not hold
        assert repr(asked.value(row)) == repr(expected)

    compared()


@pytest.mark.parametrize(("text", "has"), [("[a, b][?@]", True), ("[a, b][?a]", False), ("a[?@]", False)])
def test_other_lists_are_left_to_the_library(text: str, has: bool) -> None:
    tree = jmespath.compile(text).parsed

    assert (listed(tree, lambda child: lambda row: row) is not None) is has
