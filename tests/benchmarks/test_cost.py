"""What is predicted stands beside what was measured, stage by stage."""

from cost import COLUMNS, beside, by_processor

from linkage.runs.cost import Cost, Measured, Shape
from tests.runs.test_cost import RUN, measured


def test_seconds_are_those_of_a_processor() -> None:
    stages = [{**each, "processor_seconds": 10 * each["seconds"]} for each in RUN["stages"]]
    found = by_processor({**RUN, "stages": stages})
    assert [each.seconds for each in found.stages] == [5.0, 25.0]


def test_each_stage_that_was_measured_is_a_row_with_ratios_and_all_of_them_the_last() -> None:
    calibrated = [measured(1_000, 0.0, 1e-3), measured(4_000, 0.0, 1e-3)]
    shape = Shape(rows=14_000, interactions=12_000, texts=11_000, accounts=1_000)
    run = Measured(
        shape, (Cost("read", 1, 28.0, 14 * 10**6, 28 * 10**6), Cost("write", 1, 7.0, 28 * 10**6, 0))
    )
    rows = list(beside(shape, run, calibrated))
    assert [row[0] for row in rows] == ["read", "write", "all"]
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert rows[0][1:] == [28.0, 14.0, 0.5, 14.0, 14.0, 1.0, 28.0, 28.0, 1.0]
    assert rows[1][1:4] == [7.0, 14.0, 2.0] and rows[1][9] is None
    assert rows[2][1:4] == [35.0, 28.0, 0.8]
