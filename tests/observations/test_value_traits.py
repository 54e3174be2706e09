"""Traits that follow from one value alone."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.observations.value_traits import address_pattern, value_traits


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("maria84@mail.example", "a592@mail.example"),
        ("Maria84@Mail.Example", "a592@mail.example"),
        ("qx7-81k@mail.example", "a291-92a1@mail.example"),
        ("box7231.example", "a394.example"),
        ("maria@mail.example", None),
        ("8472@mail.example", None),
        ("mária84@mail.example", None),
        ("mail.example", None),
        ("x1", None),
        ("", None),
        ("@", None),
    ],
)
def test_the_pattern_of_an_address(address: str, pattern: str | None) -> None:
    assert address_pattern(address) == pattern


@given(st.text(max_size=30))
def test_any_text_has_a_pattern_or_none(text: str) -> None:
    found = address_pattern(text)
    assert found is None or any(c.isdigit() for c in found)


def test_values_that_follow_keep_what_they_come_from() -> None:
    values = pa.table({"trait": ["ip", "ip", "email"], "value": ["192.0.2.1", "nowhere", "x1y@a.example"]})
    assert value_traits(values).to_pylist() == [
        {"trait": "ip", "value": "192.0.2.1", "new_trait": "prefix", "new_value": "192.0.2.0/24"},
        {
            "trait": "email",
            "value": "x1y@a.example",
            "new_trait": "address_pattern",
            "new_value": "a191a1@a.example",
        },
    ]
    assert value_traits(values.slice(0, 0)).num_rows == 0
