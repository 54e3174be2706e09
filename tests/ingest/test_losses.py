"""Counts of lost, cleaned and empty cells add up however rows were cut into pieces and files."""

from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.losses import Losses, sum_of
from linkage.schema import Receipt

EVENTS = st.lists(
    st.tuples(st.sampled_from(["ip", "model"]), st.sampled_from(["bad", "worse"]), st.integers(1, 9)),
    max_size=8,
)


def counted(events: list[tuple[str, str, int]], listed: int = 2) -> Losses:
    found = Losses(listed)
    for column, reason, line in events:
        found.drop(column, reason, [line])
        found.clean(column, [reason])
        found.skip(column, line)
        found.inside.update({reason: line})
    return found


def receipt(found: Losses) -> Receipt:
    return Receipt("sessions", "f", 0, "", 0, 0, {}, {}, (), 0, **found.for_receipt())


def test_what_is_counted_is_said_in_order() -> None:
    found = Losses(2)
    found.drop("ip", "worse", [4, 5, 6])
    found.drop("ip", "bad", [7])
    found.drop("at", "bad", [])
    found.clean("model", ["x", "x", "y"])
    found.clean("ip", [])
    found.skip("ip", 3)
    found.skip("model", 0)
    assert found.for_receipt() == {
        "dropped_cells": {"ip": {"bad": 1, "worse": 3}},
        "dropped_examples": {"ip": {"bad": (7,), "worse": (4, 5)}},
        "cleaned_cells": {"model": {"x": 2, "y": 1}},
        "meaningless": {"ip": 3},
        "inside_prompts": {},
    }
    assert set(found.for_receipt()) <= {each.name for each in fields(Receipt)}


@given(EVENTS, EVENTS)
def test_the_sum_of_two_is_what_one_would_count(
    first: list[tuple[str, str, int]], second: list[tuple[str, str, int]]
) -> None:
    together = counted([*first, *second])
    total = counted(first)
    total.add(counted(second))
    assert total.for_receipt() == together.for_receipt()

    summed = sum_of(receipt(counted(first)), receipt(counted(second)))
    examples = summed.pop("dropped_examples")
    whole = together.for_receipt()
    shown = whole.pop("dropped_examples")
    assert summed == whole
    for column, why in examples.items():
        for reason, lines in why.items():
            assert lines == shown[column][reason][: len(lines)] != ()


def test_no_examples_are_listed_where_none_are_asked_for() -> None:
    found = counted([("ip", "bad", 1)], listed=0)
    assert found.for_receipt()["dropped_examples"] == {"ip": {}}
    assert found.for_receipt()["dropped_cells"] == {"ip": {"bad": 1}}
