"""A prediction is what measured runs amount to at the size that is asked for."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.runs.cost import FACTOR, WORK, Cost, Measured, Shape, predicted, total


def shape(size: int) -> Shape:
    return Shape(rows=14 * size, interactions=12 * size, texts=11 * size, accounts=size)


def measured(size: int, fixed: float, each: float, power: float = 1.0) -> Measured:
    of = shape(size)
    stages = []
    for stage, work in WORK.items():
        value = fixed + each * getattr(of, work) ** power
        stages.append(Cost(stage, round(value * 1e3), value, round(value * 1e6), round(value * 2e6)))
    return Measured(of, tuple(stages))


def quantities(costs: list[Cost]) -> list[float]:
    return [value for each in costs for value in (each.rows, each.seconds, each.disk)]


def memory(costs: list[Cost]) -> list[float]:
    return [each.memory for each in costs]


@given(
    fixed=st.floats(0.1, 100),
    each=st.floats(1e-4, 1e-1),
    sizes=st.lists(st.integers(500, 10_000), min_size=2, max_size=6, unique=True),
    asked=st.integers(200, 1_000_000),
)
def test_what_lies_on_a_line_is_found_on_it(fixed: float, each: float, sizes: list[int], asked: int) -> None:
    if max(sizes) < 1.5 * min(sizes):
        sizes = [*sizes, 4 * min(sizes)]
    found = predicted(shape(asked), [measured(size, fixed, each) for size in sizes])
    truth = measured(asked, fixed, each).stages
    assert [each.stage for each in found] == [*WORK]
    assert quantities(found) == pytest.approx(quantities(list(truth)), rel=0.03)
    if asked <= max(sizes) or len(set(sizes)) > 2:
        assert memory(found) == pytest.approx(memory(list(truth)), rel=0.03)
    else:
        assert max(np.divide(memory(found), memory(list(truth)))) < 1.03


OF_20_000 = {
    "read": (285, 475, 739), "rows": (490, 660, 1_109), "prompts": (487, 976, 1_630),
    "observations": (501, 964, 1_708), "evidence": (502, 895, 1_675), "links": (474, 974, 1_983),
    "groups": (480, 979, 2_024), "stability": (483, 1_480, 3_664), "write": (546, 1_874, 3_290),
}  # fmt: skip
"""Megabytes that runs of 600, 4,000 and 20,000 accounts have held in each stage."""


def test_memory_of_a_run_five_times_as_large_is_known_from_two_smaller_ones() -> None:
    shapes = (Shape(9_996, 7_001, 6_822, 600), Shape(79_462, 60_000, 59_198, 4_000))
    runs = [
        Measured(of, tuple(Cost(stage, 1, 1.0, held[place], 1) for stage, held in OF_20_000.items()))
        for place, of in enumerate(shapes)
    ]
    found = predicted(Shape(342_517, 250_000, 239_585, 20_000), runs)
    assert [each.stage for each in found] == [*OF_20_000]
    for one in found:
        truth = OF_20_000[one.stage][2]
        assert truth / FACTOR < one.memory < truth * FACTOR, one.stage


@pytest.mark.parametrize("power", [1.0, 1.3, 1.5, 2.0])
def test_what_grows_faster_than_the_work_is_found_within_the_factor(power: float) -> None:
    runs = [measured(size, 0.0, 1e-3, power) for size in (1_000, 4_000)]
    (found,) = {
        round(each.seconds, 3) for each in predicted(shape(20_000), runs) if WORK[each.stage] == "rows"
    }
    truth = 1e-3 * (14 * 20_000) ** power
    assert truth / FACTOR < found < truth * FACTOR


@given(st.lists(st.floats(0.7, 1.4), min_size=6, max_size=6))
def test_noise_of_the_runs_stays_within_the_factor_near_their_size(noise: list[float]) -> None:
    runs = []
    for size, loud in zip((1_000, 2_000, 4_000, 8_000, 16_000, 20_000), noise, strict=True):
        run = measured(size, 0.5, 1e-3)
        runs.append(
            Measured(
                run.shape,
                tuple(Cost(s.stage, s.rows, s.seconds * loud, s.memory, s.disk) for s in run.stages),
            )
        )
    for one in predicted(shape(10_000), runs):
        truth = next(each for each in measured(10_000, 0.5, 1e-3).stages if each.stage == one.stage)
        assert truth.seconds / FACTOR < one.seconds < truth.seconds * FACTOR


def test_what_does_not_grow_is_a_constant() -> None:
    runs = [measured(size, 5.0, 0.0) for size in (1_000, 4_000)]
    assert {round(each.seconds, 6) for each in predicted(shape(100_000), runs)} == {5.0}


def test_one_run_says_its_share_and_none_says_nothing() -> None:
    one = [measured(1_000, 0.0, 1e-3)]
    assert predicted(shape(3_000), one)[0].seconds == pytest.approx(3 * one[0].stages[0].seconds)
    assert predicted(shape(3_000), []) == []
    assert total([]) == Cost("all", 0, 0, 0, 0)


def test_a_source_of_nothing_has_finite_costs() -> None:
    runs = [measured(size, 1.0, 1e-3) for size in (1_000, 4_000)]
    for each in predicted(Shape(0, 0, 0, 0), runs):
        assert 0 <= each.seconds < 10 and math.isfinite(each.memory)


def test_all_stages_together_add_time_and_disk_and_take_the_most_memory() -> None:
    costs = [Cost("read", 10, 1.0, 5, 7), Cost("rows", 9, 2.0, 8, 1)]
    assert total(costs) == Cost("all", 10, 3.0, 8, 8)


RUN: dict[str, Any] = {
    "inputs": [{"rows": 10}, {"rows": 4}],
    "population": {"interactions": 9, "accounts": 3},
    "outputs": {"links.parquet": {"bytes": 100}, "run.json": {"bytes": 11}},
    "stages": [
        {"stage": "read", "rows": 14, "seconds": 0.5, "memory": 7, "disk": 3},
        {"stage": "prompts", "rows": 8, "seconds": 1.5, "memory": 9, "disk": 4, "stored": True},
        {"stage": "write", "rows": 20, "seconds": 2.5, "memory": 11},
    ],
}


def test_a_receipt_gives_shape_and_costs_of_what_was_computed() -> None:
    found = Measured.of(RUN)
    assert found.shape == Shape(rows=14, interactions=9, texts=8, accounts=3)
    assert found.stages == (Cost("read", 14, 0.5, 7, 3), Cost("write", 20, 2.5, 11, 111))
    assert Measured.of_json(json.loads(json.dumps(found.to_json()))) == found
