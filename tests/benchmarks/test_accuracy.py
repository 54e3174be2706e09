"""The accuracy table's arithmetic, without a run of the main job."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import accuracy
import accuracy_intervals as intervals
import accuracy_runs
import numpy as np
import pytest
from accuracy_calibration import calibration
from accuracy_intervals import Interval
from accuracy_rows import ROWS, Figure, Sizes, agreement, calibration_error, fall, rand
from accuracy_runs import OURS, Runs, Spec, key, scored
from hypothesis import given
from hypothesis import strategies as st

from linkage.lab import calibrate
from linkage.lab.evaluate import evaluate

names = st.sampled_from([f"a{n}" for n in range(9)])


# --- intervals -----------------------------------------------------------------------------------


def test_wilson_is_the_published_one() -> None:
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for hits, of, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611)]:
        found = intervals.wilson(hits, of)
        assert found is not None
        assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))
    assert intervals.wilson(0, 0) is None


def test_no_false_group_in_five_runs_is_no_proof_of_none() -> None:
    none, some = intervals.per_run(0, 5), intervals.per_run(10, 5)
    assert none is not None
    assert some is not None
    assert (none.low, none.high) == (0.0, pytest.approx(3.6889 / 5, abs=1e-3))
    assert (some.low, some.high) == (
        pytest.approx(4.7954 / 5, abs=1e-3),
        pytest.approx(18.3904 / 5, abs=1e-3),
    )


def test_bootstrap_covers_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(200):
        runs = [(rng.normal(0.8, 0.1, 12), np.ones(12)) for _ in range(5)]
        found = intervals.ratio([(part.tolist(), whole.tolist()) for part, whole in runs])
        assert found is not None
        inside += (found.low or 0) <= 0.8 <= (found.high or 0)
    assert inside >= 176


def test_one_run_has_no_bounds() -> None:
    assert intervals.of_runs([0.5]) == Interval(0.5, None, None)
    assert intervals.of_runs([]) is None
    assert intervals.ratio([]) is None


# --- what a run leaves ---------------------------------------------------------------------------


@given(
    st.dictionaries(names, st.sampled_from(["g1", "g2", "g3"])),
    st.dictionaries(names, st.sampled_from(["x", "y", None])),
)
def test_operators_parts_make_up_b_cubed(groups: dict[str, str], truth: dict[str, str | None]) -> None:
    whole, parts = evaluate(groups, truth), scored(groups, truth, {})["operators"]
    total = sum(each["accounts"] for each in parts)
    for name, value in (("precision", whole.b3_precision), ("recall", whole.b3_recall)):
        if total:
            assert sum(o[name] * o["accounts"] for o in parts) / total == pytest.approx(value)


def test_kinds_are_counted_with_those_flagged() -> None:
    kinds = {"a": "victim", "b": "victim", "c": "person"}
    assert scored({"a": "1"}, dict.fromkeys("abc"), kinds)["kinds"] == {"victim": [2, 1], "person": [1, 0]}


def record(seed: int, accounts: int = 100, **changes: Any) -> dict[str, Any]:
    method = scored(
        {"a": "1", "b": "1", "f": "1"}, {"a": "x", "b": "x", "f": None, "g": None}, {"f": "victim"}
    )
    sums = {"as given": [[0.0] * 3] * 15, "true prior": None, "class weighted": None, "again": []}
    return {
        "key": {"seed": seed, "accounts": accounts},
        "seconds": 1.0,
        "peak_gb": 0.5,
        "methods": {OURS: method},
        "operators": {"x": {"address": "shared", "accounts_per_card": 3.0}},
        "messages": None,
        "members": {"a": [0, True], "b": [0, True], "f": [0, False]},
        "calibration": {
            "assumed": -9.0,
            "planted": -3.0,
            "links": dict.fromkeys((accuracy_runs.ALL, *calibrate.PLACES), sums),
            "groups": [],
            "membership": [[0.0] * 3] * 10,
        },
        **changes,
    }


def test_every_figure_of_every_row_is_told_of_few_runs_and_of_none() -> None:
    for row in ROWS:
        for records in ([], [record(1)], [record(1), record(2)]):
            lines = accuracy.told(row, records)
            assert len(lines) == len(row.figures)
            assert all(len(line) == len(accuracy.HEAD) for line in lines)


def test_what_is_asked_for_is_what_was_aimed_for() -> None:
    aims = {row.key: [(f.sense, f.target) for f in row.figures if f.target is not None] for row in ROWS}
    assert aims == {
        "null": [("≤", 0.2), ("≤", 1.0)],
        "mixed": [("≥", 1.0), ("≥", 0.98), ("≥", 0.9)],
        "careful": [("≥", 0.95), ("≥", 0.6)],
        "hydra": [("≥", 0.9), ("≤", 0.01)],
        "pool": [("≥", 0.95)],
        "pool-bare": [("≥", 0.7)],
        "framing": [("≤", 0.01)],
        "metadata": [("≥", 0.95), ("≥", 0.75)],
        "sizes": [("≤", 0.02), ("≤", 0.02)],
        "shuffles": [("≥", 0.98)],
        "calibration": [("≤", 0.05)],
    }


@pytest.mark.parametrize(
    ("sense", "interval", "said"),
    [
        ("≥", Interval(0.95, 0.92, 0.97), "yes"),
        ("≥", Interval(0.95, 0.85, 0.97), "yes, not for certain"),
        ("≥", Interval(0.85, 0.80, 0.95), "no, not for certain"),
        ("≤", Interval(0.95, 0.92, 0.97), "no"),
        ("≤", Interval(0.9, 0.8, 0.9), "yes"),
        ("≥", Interval(0.95, None, None), "yes, not for certain"),
        ("≥", None, "not measured"),
    ],
)
def test_met_says_how_sure_it_is(sense: str, interval: Interval | None, said: str) -> None:
    assert accuracy.met(Figure("f", lambda _, __: None, sense, 0.9), interval) == said


def test_precision_lost_is_that_of_the_same_seeds() -> None:
    def at(accounts: int, seed: int, precision: float) -> dict[str, Any]:
        method = {"operators": [{"accounts": 10, "precision": precision}]}
        return record(seed, accounts, methods={OURS: method})

    runs = [at(10, 1, 1.0), at(10, 2, 0.8), at(100, 1, 0.9), at(100, 2, 0.9), at(1000, 1, 0.7)]
    small, large = fall(0.1)(runs, OURS), fall(10)(runs, OURS)
    assert small is not None
    assert large is not None
    assert small.value == pytest.approx(0.0)
    assert large.value == pytest.approx(0.2)


def test_agreement_looks_at_core_members_of_either_run() -> None:
    one = {"a": [0, True], "b": [0, True], "c": [1, True], "d": [1, True], "e": [1, False]}
    assert rand(one, {**one, "e": [0, False]}) == 1.0
    assert rand(one, {"a": [0, True], "b": [0, True], "c": [0, True], "d": [0, True]}) < 0.5
    # Numbers of groups mean nothing, and one that is missing is alone.
    assert rand(one, {"a": [7, True], "b": [7, True], "c": [2, True], "d": [2, True]}) == 1.0
    assert rand(one, {"a": [7, True], "b": [7, True]}) < 1.0
    found = agreement([record(1), record(1), record(1)], OURS)
    assert found == Interval(1.0, 1.0, 1.0)
    assert agreement([record(1, members={}), record(2, members={})], OURS) is None
    assert agreement([record(1)], OURS) is None


def test_calibration_adds_up_over_runs() -> None:
    def run(predicted: float, right: float) -> dict[str, Any]:
        table = [[0.0] * 3 for _ in range(15)]
        table[5] = [10.0, predicted, right]
        made = record(1)
        sums = {"as given": table, "true prior": None, "class weighted": None, "again": [table]}
        made["calibration"]["links"] = dict.fromkeys((accuracy_runs.ALL, *calibrate.PLACES), sums)
        return made

    runs = [run(9.0, 6.0), run(9.0, 8.0)]
    found = calibration_error(accuracy_runs.ALL)(runs, OURS)
    assert found is not None
    assert found.value == pytest.approx((18 - 14) / 20)
    assert any("| 4 to 6 | 20 | 0.900 | 0.700 |" in line for line in calibration(runs))


# --- running, cutting off, going on --------------------------------------------------------------


@pytest.fixture
def never(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Spec]]:
    """Runs that cost nothing and are counted."""
    done: list[Spec] = []

    def run(self: Runs, spec: Spec) -> dict[str, Any]:
        done.append(spec)
        made = record(spec.seed, spec.accounts)
        del made["key"]
        return made

    monkeypatch.setattr(Runs, "_run", run)
    return iter([done])


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, never: Iterator[list[Spec]]) -> None:
    done, spec = next(never), Spec("mixed", 1, 100, 1250)
    first = Runs(tmp_path, keep=False)
    assert [first.get(spec)[1], first.get(spec)[1]] == [True, False]
    with first.file.open("a") as file:
        file.write('{"key": {"profile": "mix')
    second = Runs(tmp_path, keep=False)
    assert second.resume() == 1
    assert not second.get(spec)[1]
    assert second.get(Spec("mixed", 2, 100, 1250))[1]
    assert len(done) == 2
    # What follows a line cut short is read all the same.
    third = Runs(tmp_path, keep=False)
    assert third.resume() == 2


def test_results_of_other_code_or_settings_are_not_these(tmp_path: Path, never: Iterator[list[Spec]]) -> None:
    done, spec = next(never), Spec("mixed", 1, 100, 1250)
    other = {**key(spec, "0" * 16)}
    (tmp_path / accuracy_runs.RESULTS).write_text(json.dumps({**record(1), "key": other}) + "\n")
    runs = Runs(tmp_path, keep=False)
    assert runs.resume() == 0
    assert runs.get(spec)[1]
    assert len(done) == 1


def test_code_that_changes_on_the_way_stops_it(
    tmp_path: Path, never: Iterator[list[Spec]], monkeypatch: pytest.MonkeyPatch
) -> None:
    next(never)
    runs = Runs(tmp_path, keep=False)
    monkeypatch.setattr(accuracy_runs, "code", lambda: "another")
    with pytest.raises(SystemExit, match="changed"):
        runs.get(Spec("mixed", 1, 100, 1250))


def test_the_report_shares_runs_between_rows_and_skips_what_is_not_there(
    tmp_path: Path, never: Iterator[list[Spec]], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = next(never)
    monkeypatch.setattr(accuracy_runs, "PROFILES", {"mixed": None, "null": None})
    chosen = argparse.Namespace(
        seeds=[1, 2], accounts=1000, interactions=None, only=None, large=1, shuffles=3, alone=False
    )
    lines = list(accuracy.report(chosen, Runs(tmp_path, keep=False)))
    text = "\n".join(lines)
    assert "left out: the simulator has no profile 'careful'" in text
    assert text.count("| `mixed` |") == 1
    # null 2, mixed 2, its prompts withheld 2, a tenth 2, ten times 1, shuffles 3: none run twice.
    assert len(done) == len(set(done)) == 12
    assert Counter(spec.accounts for spec in done) == {1000: 9, 100: 2, 10_000: 1}
    assert {spec.interactions / spec.accounts for spec in done} == {12.5}


def test_three_sizes_need_few_large_runs() -> None:
    sizes = Sizes((1, 2, 3), 20_000, 250_000, 1, 50)
    specs = next(row for row in ROWS if row.key == "sizes").specs(sizes)
    assert Counter(spec.accounts for spec in specs) == {2_000: 3, 20_000: 3, 200_000: 1}
