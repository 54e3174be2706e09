"""What groups hold of known operators' values, computed by an engine from the expressions."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.attribution import matches
from linkage.attribution.earlier_cases import ROWS
from linkage.attribution.hypotheses import UNKNOWN, UNRELATED
from linkage.engines import Engine
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import evidence_rows

NAMES = ["a", "b", "c", "d"]
GROUPS: Any = [("op-1", SimpleNamespace(members=np.array([0, 1])))]


def indicator(operator: str, value: str, at: int | None) -> dict[str, Any]:
    return {"operator": operator, "trait": "ip", "value": value, "first_at": at, "last_at": at, "source": "s"}


KNOWN = pa.Table.from_pylist(
    [indicator("Heron", "x", 100), indicator("Heron", "y", None), indicator("Heron", "nowhere", 0)], ROWS
)
OBSERVATIONS = pa.table(
    {
        "account": ["a", "b", "c", "b"],
        "trait": ["ip"] * 4,
        "value": ["x", "x", "x", "y"],
        "first_at": [130, 160, 0, 5],
        "last_at": [130, 170, 0, 5],
        "observation": ["o1", "o2", "o3", "o4"],
    }
)


def test_each_value_of_a_group_has_its_holders_inside_and_outside_and_its_distance_in_time(
    engine: Engine,
) -> None:
    listed = engine.table(
        KNOWN.append_column("i", pa.array(range(3))).select(["i", "trait", "value", "first_at", "last_at"])
    )
    held = engine.table(OBSERVATIONS)
    mine = held.join(engine.table(matches.members(GROUPS, NAMES)), "account")
    rows = engine.collect(matches.matched(mine, listed, matches.degrees(held)), at_most=9).to_pylist()
    assert [(row["i"], row["k"], row["degree"], row["gap"]) for row in rows] == [(0, 2, 3, 30), (1, 1, 1, 0)]
    few = engine.collect(matches.few_observations(mine, 1), at_most=9).to_pylist()
    tried = matches.tried(KNOWN, pa.chunked_array([[0, 1]]))
    assert tried == {("Heron", "ip"): 2}
    x, y = matches.by_group(rows, KNOWN, tried, few)["op-1"]
    assert (x.value, x.holders, x.outside, x.tried, x.observations) == ("x", 2, 1, 2, ("o1",))
    assert (y.value, y.holders, y.outside, y.observations) == ("y", 1, 0, ("o4",))


def links() -> Any:
    """a–b with most bits for, b–c outside the group; one row against a–b."""
    evidence = evidence_rows(
        0,
        left=np.array([0, 0, 0, 1]),
        right=np.array([1, 1, 1, 2]),
        value=np.array([7, 8, 9, 7]),
        bits=np.array([3.0, 5.0, -1.0, 9.0]),
    )
    scored = SimpleNamespace(
        left=np.array([0, 1]),
        right=np.array([1, 2]),
        log_odds=np.array([4.0, 5.0]),
        pair=np.array([0, 0, 0, 1]),
        counted=np.array([3.0, 5.0, -1.0, 9.0]),
    )
    return SimpleNamespace(scored=scored, linked=np.array([True, True]), evidence=evidence)


def test_the_strongest_reasons_for_and_against_come_from_links_inside_the_group() -> None:
    rows = matches.reasons(GROUPS, links(), len(NAMES), 1).to_pylist()
    found = {(row["hypothesis"], row["a"], row["v"]) for row in rows}
    assert found == {(UNKNOWN, 0, 8), (UNKNOWN, 1, 8), (UNRELATED, 0, 9), (UNRELATED, 1, 9)}
    assert {row["kind"] for row in rows} == {Kind.VALUE}
    assert matches.reasons(GROUPS, links(), len(NAMES), 9).num_rows == 2 * 3


def test_the_observations_behind_reasons_are_those_of_values_and_of_hours(engine: Engine) -> None:
    reasons = pa.table(
        {
            "group": ["op-1"] * 2,
            "hypothesis": [UNKNOWN, UNRELATED],
            "a": pa.array([0, 1], pa.int32()),
            "kind": pa.array([Kind.VALUE, Kind.HOURS], pa.int8()),
            "v": [8, 0],
        }
    )
    holders = pa.table({"a": pa.array([0, 1], pa.int32()), "v": [8, 8], "observation": ["o1", "o2"]})
    hours = pa.table({"a": pa.array([0, 1], pa.int32()), "observation": ["h0", "h1"]})
    grounds = matches.grounds(engine.table(reasons), engine.table(holders), engine.table(hours))
    rows = engine.collect(grounds, at_most=9).to_pylist()
    assert [(row["hypothesis"], row["observation"]) for row in rows] == [(UNKNOWN, "o1"), (UNRELATED, "h1")]
