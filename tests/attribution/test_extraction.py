"""What a group asked for, and the figures of its habits."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from linkage.attribution import extraction, targets
from linkage.attribution.extraction import OTHERS, Asked, Counts, Habits
from linkage.engines import Engine
from linkage.settings.attribution import Distillation

CHOSEN = Distillation()
HOUR, DAY = extraction.HOUR, extraction.DAY
NAMES = [f"acct_{i}" for i in range(12)]


def test_of_each_group_and_of_all_others_at_most_so_many_accounts_are_examined() -> None:
    activity = np.full(12, 50)
    activity[11] = CHOSEN.min_requests - 1
    members = {"op-1": np.arange(4)}
    whole, nothing = extraction.examined_accounts(NAMES, members, activity, CHOSEN)
    assert sorted(whole["account"].to_pylist()) == sorted(NAMES[:11])
    assert set(nothing.values()) == {0}
    few, cut = extraction.examined_accounts(NAMES, members, activity, Distillation(max_accounts=3))
    assert few["group"].to_pylist().count("op-1") == few["group"].to_pylist().count(OTHERS) == 3
    assert few["k"].to_pylist() == list(range(6))
    assert sorted(cut.values()) == [1, 4]


def requests(engine: Engine) -> Any:
    """Three requests of one account and one of another."""
    columns = {
        "k": [0, 0, 0, 1],
        "row": ["r0", "r1", "r2", "r3"],
        "at": [0, HOUR, DAY + HOUR, 5 * HOUR],
        "group": ["op-1"] * 4,
        "model": ["m", "m", None, "n"],
        "text_id": ["t0", "t1", "t0", "t3"],
        "prompt_id": ["p0", "p1", "p0", "p3"],
        "system_id": ["s", None, None, None],
        "template": ["T", "T", None, "T"],
        "input_tokens": [10, None, 10, 1],
        "output_tokens": [30, 30, 50, 2],
        "finish_reason": ["stop", "Content_Filter", None, "refusal"],
    }
    hashes = pa.array([[], ["x"], None, []], pa.list_(pa.string()))
    return engine.table(pa.table({**columns, "context_sha256": hashes}))


def rows(engine: Engine, expression: Any) -> list[dict[str, Any]]:
    found = engine.collect(expression, at_most=99).to_pylist()
    return sorted(found, key=lambda row: [str(each) for each in row.values()])


def test_requests_are_summed_by_account_and_tokens_only_where_both_are_known(engine: Engine) -> None:
    first, second = rows(engine, extraction.request_sums(requests(engine)))
    assert first == {"k": 0, "n": 3, "texts": 3, "input": 20, "output": 80, "single": 2, "refused": 1}
    assert second == {"k": 1, "n": 1, "texts": 1, "input": 1, "output": 2, "single": 1, "refused": 1}


def test_a_request_is_repeated_by_its_template_or_by_a_sentence(engine: Engine) -> None:
    asked = requests(engine)
    segments = engine.table(pa.table({"prompt_id": ["p0"], "segment": ["S"]}))
    units = extraction.repeatable_units(asked, segments)
    assert rows(engine, extraction.repeated_requests(asked, units, 2)) == [{"k": 0, "n": 3, "different": 2}]
    whole = extraction.repeatable_units(asked, None)
    assert rows(engine, extraction.repeated_requests(asked, whole, 2)) == [{"k": 0, "n": 2, "different": 2}]


def test_days_hours_and_models_are_counted(engine: Engine) -> None:
    asked = requests(engine)
    assert rows(engine, extraction.active_days(asked)) == [{"group": "op-1", "days": 2}]
    models = engine.collect(extraction.models(asked), at_most=9).to_pylist()
    assert models[0] == {"group": "op-1", "name": "m", "n": 2}
    counts = extraction.hour_counts(engine.collect(extraction.hours(asked), at_most=99), 2)
    assert counts[0, [0, 1]].tolist() == [1, 2]
    assert counts[1, 5] == counts[1].sum() == 1


def test_what_was_asked_for_is_read_from_prompt_system_prompt_or_model() -> None:
    found = pa.table(
        {
            "k": [0, 0, 1, 1],
            "below": ["p0", None, None, "p9"],
            "above": [None, "p1", None, None],
            "model": ["m", "m", "deep-coder", "m"],
            "n": [2, 3, 4, 5],
        }
    )
    skeletons = ["refactor this python function: <code>", "think step by step and show your reasoning", None]
    prompts = pa.table({"prompt": ["p0", "p1", "p9"], "skeleton": skeletons})
    asked = extraction.asked(found, prompts, 2, CHOSEN)
    code, reasoning = (targets.NAMES.index(name) for name in ("software engineering", targets.REASONING))
    assert asked.read.tolist() == [5, 0]
    assert asked.elicits.tolist() == [3, 0]
    assert asked.category[0, [code, reasoning]].tolist() == [2, 3]
    assert asked.category[1].sum() == asked.category[1, code] == 4


def counts(single: int) -> Counts:
    """Of two accounts with twenty requests each."""
    twenty = np.array([20, 20])
    names = ("n", "texts", "input", "output")
    sums = {**dict.fromkeys(names, twenty), "single": np.array([single, 20]), "refused": np.array([0, 1])}
    repeated = {"n": np.array([20, 5]), "different": np.array([10, 5])}
    category = np.zeros((2, len(targets.NAMES)), dtype=np.int64)
    category[0, 0] = 20
    return Counts(sums, repeated, np.ones((2, 24), dtype=np.int64), Asked(twenty, np.array([5, 0]), category))


def test_figures_of_too_few_requests_are_not_known() -> None:
    found = extraction.habits(np.array(["op-1", OTHERS], dtype=object), counts(10), CHOSEN)
    assert found.figures["template share"].tolist() == [1.0, 0.25]
    assert found.figures["breadth of coverage"][0] == 0.5
    assert np.isnan(found.figures["breadth of coverage"][1])
    assert found.figures["single-turn share"].tolist() == [0.5, 1.0]
    assert found.targets["op-1"].sum() == 20


def test_where_no_conversation_is_recorded_single_turns_say_nothing() -> None:
    found = extraction.habits(np.array(["op-1", OTHERS], dtype=object), counts(20), CHOSEN)
    assert np.isnan(found.figures["single-turn share"]).all()


def test_a_group_is_compared_with_all_others() -> None:
    group = np.array(["op-1"] * 6 + [OTHERS] * 40, dtype=object)
    figures = {name: np.r_[np.ones(6), np.zeros(40)] for name in ("template share", "output per input")}
    requests = np.full(46, 100)
    category = np.zeros(len(targets.NAMES), dtype=np.int64)
    category[0] = 4
    habits = Habits(group, figures, np.zeros(46, dtype=np.int64), requests, {"op-1": category})
    found = extraction.extraction("op-1", habits, {"days": 3}, Distillation(min_habits=2))
    assert found.distillation == pytest.approx(1.0)
    assert found.targets == [{"name": targets.NAMES[0], "share": 1.0}]
    score = found.detail["distillation"]
    assert (found.detail["days"], score["accounts"], score["compared"]) == (3, 6, 40)
    assert found.detail["targets"][0]["elsewhere"] is None
