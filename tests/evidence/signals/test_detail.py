"""The sentences that go with rows of evidence."""

from typing import Any

import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.evidence.rows import evidence_rows
from linkage.evidence.signals.detail import DAY, Run, held, times
from linkage.evidence.signals.registry import SIGNALS, WHOLE_CASE
from linkage.settings.evidence import Evidence

RUN = Run(400, Evidence())


def worded(engine: Engine, detail: Any, **columns: Any) -> str:
    one = {name: pa.array([value]) for name, value in columns.items() if name != "text"}
    row = evidence_rows(0, **{"left": [0], "right": [1], "bits": [1.0], **one})
    row = row.append_column("text", pa.array([columns.get("text")], pa.string()))
    rows = engine.table(row.append_column("degree", pa.array([7], pa.int64())))
    return str(engine.collect(rows.select(said=detail(rows, RUN)), at_most=1)["said"][0].as_py())


@pytest.mark.parametrize(
    ("gap", "apart"),
    [(None, ""), (DAY - 1, ""), (DAY, ", used 1 day apart"), (9 * DAY, ", used 9 days apart")],
)
def test_a_shared_value_says_who_holds_it_and_how_long_apart(
    engine: Engine, gap: int | None, apart: str
) -> None:
    columns = {} if gap is None else {"gap": gap}
    assert worded(engine, held, **columns) == f"held by 7 of 400 accounts{apart}"


@pytest.mark.parametrize(("count", "often"), [(1, "once"), (3, "3 times")])
def test_coincidences_say_how_often(engine: Engine, count: int, often: str) -> None:
    assert worded(engine, times, count=count) == f"{often} on this object, itself held by 7 of 400 accounts"


SAID = {
    "day–night profile": ({}, "hours of the day compared"),
    "common themes": ({}, "common themes compared"),
    "same object again and again": ({"scale": 1, "count": 4}, "within two hours, 4 times, on this object"),
    "queue draining": (
        {"count": 0, "expected": 17.9},
        "0 exact texts in common, where about 17 were to be expected",
    ),
    "explained sharing": ({"text": "one office"}, "one office"),
    "no common company": ({"count": 2}, "2 other accounts are linked with both"),
    "grouped apart": (
        {"expected": 0.1234},
        "of two accounts of one group, resampled runs part 12.3 %",
    ),
    "size of the group": ({"count": 40}, "as a pair of an operator of 40 accounts"),
    "prompts withheld": ({"expected": 0.25}, "of pairs of their prompts 25.0 % are known on both sides"),
}


@pytest.mark.parametrize("name", SAID)
def test_what_a_signal_measures_is_said_in_its_own_words(engine: Engine, name: str) -> None:
    columns, sentence = SAID[name]
    (found,) = [each for each in (*SIGNALS, *WHOLE_CASE) if each.name == name]
    assert worded(engine, found.detail, **columns) == sentence
