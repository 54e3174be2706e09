"""The findings of an examination: what is written is what is read, and nothing else is read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.units import plain
from linkage.errors import IntegrityError
from linkage.explain.findings import Examination, Remains, examination
from tests import made_case

numbers = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**53)
st.register_type_strategy(float, numbers)
st.register_type_strategy(int, counts)
examinations = st.builds(Examination)


@given(examinations)
def test_what_is_written_is_what_is_read(found: Examination) -> None:
    assert Examination.from_json(json.loads(json.dumps(found.to_json()))) == found


@given(examinations)
def test_a_sealed_bundle_holds_the_same(found: Examination) -> None:
    assert Examination.from_json(plain(found.to_json())) == found


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"stability": None}, "examined.stability: a number expected"),
        ({"stability": "nan"}, "examined.stability: a number expected"),
        ({"accounts": 6.5}, "examined.accounts: int expected"),
        ({"accounts": True}, "examined.accounts: int expected"),
        ({"whole": {}}, "examined.whole: an object with the keys links, of"),
        ({"sources": {}}, "examined.sources: a list expected"),
        ({"extra": 1}, "examined: an object with the keys accounts"),
        ({"strength": {"level": 3, "reasons": []}}, "examined.strength.level: str expected"),
        ({"weakest_cut": {**made_case.examined()["weakest_cut"], "sizes": [1]}}, "sizes: 2 values expected"),
    ],
)
def test_anything_else_is_refused_with_its_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(IntegrityError, match=where) as raised:
        Examination.from_json({**made_case.examined(), **change})
    assert "investigate again" in raised.value.hint


def test_a_missing_key_is_refused() -> None:
    given = made_case.examined()
    del given["hours"]
    with pytest.raises(IntegrityError, match="examined: an object with the keys"):
        Examination.from_json(given)


def test_a_group_that_was_not_examined_has_none() -> None:
    assert examination({}) is None
    assert examination({"examined": {}}) is None
    found = examination({"examined": made_case.examined()})
    assert found is not None
    assert found.without_family[1].passes is False


@pytest.mark.parametrize(
    ("remains", "falls"),
    [
        (Remains(10, 20, 12, (12, 8), 0), True),
        (Remains(10, 20, 17, (17, 3), 0), False),
        (Remains(10, 20, 9, (9,), 11), True),
        (Remains(20, 20, 20, (20,), 0), False),
    ],
)
def test_two_large_parts_or_none_that_holds_half_is_a_fall(remains: Remains, falls: bool) -> None:
    assert remains.falls_apart(5) is falls
