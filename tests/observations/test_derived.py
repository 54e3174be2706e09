"""Facts that follow from several rows together."""

from typing import Any

import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.observations import derived
from tests.evidence.made import DAY, HOUR, START

SCHEMA = pa.schema(
    [
        ("row", pa.string()),
        ("account", pa.string()),
        ("at", pa.int64()),
        ("prompt_id", pa.string()),
        ("template", pa.string()),
        ("system_template", pa.string()),
        ("response_sha256", pa.string()),
        ("context_sha256", pa.list_(pa.string())),
    ]
)


def interactions(engine: Engine, *rows: dict[str, Any]) -> Any:
    filled = [{"row": f"r{n}", "at": START + n, **row} for n, row in enumerate(rows)]
    return engine.table(pa.Table.from_pylist(filled, schema=SCHEMA))


def facts(engine: Engine, table: Any) -> list[dict[str, Any]]:
    return sorted(
        engine.collect(table, at_most=engine.max_rows).to_pylist(),
        key=lambda r: (r["trait"], r["account"], r["value"]),
    )


# --- answers passed on ---------------------------------------------------------------------------


def turns(engine: Engine, *rows: tuple[str, str | None, list[str]]) -> Any:
    given = [{"account": a, "response_sha256": r, "context_sha256": c} for a, r, c in rows]
    return interactions(engine, *given)


def test_an_answer_that_comes_back_from_another_account_is_an_echo(engine: Engine) -> None:
    rows = turns(engine, ("a", "h1", []), ("b", "h2", ["h1"]), ("a", "h3", ["h1"]))
    assert engine.collect(derived.echoed(rows), at_most=engine.max_rows).to_pylist() == [
        {"value": "h1", "maker": "a", "sender": "b"}
    ]
    found = facts(engine, derived.echoes(rows))
    assert [(f["account"], f["trait"], f["value"], f["count"]) for f in found] == [
        ("a", "response", "h1", 2),
        ("b", "response", "h1", 1),
    ]
    assert [f["source"] for f in found] == ["interactions:r0", "interactions:r1"]


def test_an_answer_given_and_sent_again_and_again_is_one_echo(engine: Engine) -> None:
    rows = turns(engine, *[("a", "h1", [])] * 3, *[("b", None, ["h1", "h1"])] * 2)
    assert engine.collect(derived.echoed(rows), at_most=engine.max_rows).to_pylist() == [
        {"value": "h1", "maker": "a", "sender": "b"}
    ]


def test_only_hashes_are_sent_on(engine: Engine) -> None:
    given = [{"account": "a", "context_sha256": each} for each in (["h1", None], [], None, [None])]
    sent = engine.collect(derived.sent_on(interactions(engine, *given)), at_most=engine.max_rows)
    assert sent.select(["account", "row", "value"]).to_pylist() == [
        {"account": "a", "row": "r0", "value": "h1"}
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("a", "h1", []), ("a", "h2", ["h1"])], id="its own conversation"),
        pytest.param([("a", "h1", []), ("b", "h1", []), ("b", None, ["h1"])], id="both were given it"),
        pytest.param([("a", "h1", []), ("b", None, ["h9"])], id="an answer nobody here was given"),
        pytest.param([("a", None, ["h1"]), ("b", None, ["h1"])], id="two that send it, given elsewhere"),
        pytest.param([("a", None, []), ("b", None, [])], id="no hashes"),
    ],
)
def test_what_is_no_echo(engine: Engine, rows: list[tuple[str, str | None, list[str]]]) -> None:
    made = turns(engine, *rows)
    assert engine.collect(derived.echoed(made), at_most=engine.max_rows).num_rows == 0
    assert facts(engine, derived.echoes(made)) == []


# --- what is asked -------------------------------------------------------------------------------


def test_content_facts_count_and_keep_the_first_row(engine: Engine) -> None:
    rows = interactions(
        engine,
        {"account": "a", "prompt_id": "p1", "template": "t1", "system_template": "s1"},
        {"account": "a", "prompt_id": "p1", "template": "t1"},
        {"account": "b", "prompt_id": "p2", "template": "t1"},
        {"account": "c"},
    )
    held = pa.table({"prompt_id": ["p1", "p1", "p2"], "segment": ["g1", "g2", "g1"]})
    found = [f for part in derived.content(rows, engine.table(held)) for f in facts(engine, part)]
    told = {(f["trait"], f["account"], f["value"]): (f["count"], f["first_at"], f["last_at"]) for f in found}
    assert told == {
        ("prompt", "a", "p1"): (2, START, START + 1),
        ("prompt", "b", "p2"): (1, START + 2, START + 2),
        ("template", "a", "t1"): (2, START, START + 1),
        ("template", "b", "t1"): (1, START + 2, START + 2),
        ("system_prompt", "a", "s1"): (1, START, START),
        # g2 is one account's only: it can link nobody and would be most of all sentences.
        ("segment", "a", "g1"): (2, START, START + 1),
        ("segment", "b", "g1"): (1, START + 2, START + 2),
    }
    assert {f["source"] for f in found if f["account"] == "a"} == {"interactions:r0"}


# --- hours ---------------------------------------------------------------------------------------


def acts(events: list[tuple[int, int]]) -> pa.Table:
    ordered = sorted(events)
    return pa.table(
        {
            "a": pa.array([a for a, _ in ordered], pa.int64()),
            "at": pa.array([at for _, at in ordered], pa.int64()),
            "source": pa.array([f"interactions:{n:04d}" for n in range(len(ordered))], pa.string()),
        }
    )


def test_hours_are_told_of_accounts_with_enough_events() -> None:
    busy = [(1, START + d * DAY + 3 * HOUR) for d in range(40)]
    busy += [(1, START + d * DAY + 15 * HOUR) for d in range(20)]
    idle = [(0, START + d * DAY) for d in range(5)]
    (row,) = derived.hour_facts(["idle", "busy", "none"], acts([*idle, *busy])).to_pylist()
    digits = ["0"] * 24
    digits[3], digits[15] = "9", "4"
    assert row == {
        "account": "busy",
        "trait": "hours",
        "value": "".join(digits),
        "first_at": START + 3 * HOUR,
        "last_at": START + 39 * DAY + 3 * HOUR,
        "count": 60,
        "source": "interactions:0005",
    }


def test_no_events_no_hours() -> None:
    assert derived.hour_facts(["a"], acts([])).num_rows == 0


# --- bursts --------------------------------------------------------------------------------------


def test_accounts_without_an_opening_time_make_no_burst() -> None:
    nobody = {"account": pa.array([], pa.string()), "at": pa.array([], pa.int64())}
    none = pa.table({**nobody, "source": pa.array([], pa.string())})
    assert derived.registration_bursts(none).num_rows == 0
    assert derived.issuing_bursts(none.append_column("bin", pa.array([], pa.string()))).num_rows == 0


def test_registrations_within_the_hour_and_within_days_are_both_told() -> None:
    calm = [START + d * DAY for d in range(90)]
    at = calm + [START + 50 * DAY + i * 1_000_000 for i in range(15)]
    seen = {"account": [f"a{i:03d}" for i in range(len(at))], "at": at}
    facts = derived.registration_bursts(
        pa.table({**seen, "source": [f"accounts:{i}" for i in range(len(at))]})
    )
    kinds = {value.rpartition("+")[2] for value in facts["value"].to_pylist()}
    assert kinds == {"1 h", "3 d"}
    assert set(facts["trait"].to_pylist()) == {"registration_burst"}


def bursting(at: list[int], bins: list[str] | None = None) -> pa.Table:
    names = {"account": [f"a{i:04d}" for i in range(len(at))], "at": pa.array(at, pa.int64())}
    return pa.table(
        names | {"source": [f"t:{i:04d}" for i in range(len(at))]} | ({"bin": bins} if bins else {})
    )


@pytest.mark.parametrize(
    ("each", "count", "kind"), [(HOUR // 10, 240, "1 h"), (DAY // 10, 90, "3 d")], ids=["hours", "days"]
)
def test_a_busy_stretch_is_held_against_what_came_long_before_and_after(
    each: int, count: int, kind: str
) -> None:
    """A launch is as busy an hour earlier and later (or a day), not a week (or three)."""
    calm = [START + d * 4 * DAY for d in range(30)]
    launch = [START + 50 * DAY + HOUR + i * each for i in range(count)]
    facts = derived.registration_bursts(bursting([*calm, *launch]))
    assert kind in {value.rpartition("+")[2] for value in facts["value"].to_pylist()}


def test_cards_are_held_against_their_own_number_over_three_days() -> None:
    calm = [START + d * DAY // 4 for d in range(200)]
    burst = [START + 20 * DAY + i * 5 * HOUR for i in range(12)]
    facts = derived.issuing_bursts(bursting([*calm, *burst], ["411111"] * 200 + ["523456"] * 12))
    assert set(facts["account"].to_pylist()) == {f"a{i:04d}" for i in range(200, 212)}
    assert set(facts["value"].to_pylist()) == {"523456 from 2026-01-21 00:00 +3 d"}
    assert set(facts["trait"].to_pylist()) == {"issuing_burst"}


# --- moves to a new model --------------------------------------------------------------------------


def models(engine: Engine, *rows: tuple[str, str | None, int]) -> Any:
    schema = pa.schema(
        [("row", pa.string()), ("account", pa.string()), ("model", pa.string()), ("at", pa.int64())]
    )
    filled = [{"row": f"r{n}", "account": a, "model": m, "at": at} for n, (a, m, at) in enumerate(rows)]
    return engine.table(pa.Table.from_pylist(filled, schema=schema))


def test_a_move_is_the_first_use_of_a_new_model_by_who_used_another_before(engine: Engine) -> None:
    rows = [
        ("old", "one", START), ("old", "two", START + 9 * DAY), ("old", "two", START + 10 * DAY),
        ("silent", None, START + 2 * DAY), ("silent", "two", START + 8 * DAY),
        ("young", "two", START + 9 * DAY), ("young", "one", START + 9 * DAY + HOUR),
        ("late", "one", START + 3 * DAY), ("late", "old one", START + 4 * DAY),
        ("young", "old one", START + DAY),
    ]  # fmt: skip
    found = engine.collect(derived.taken_up(models(engine, *rows)), at_most=engine.max_rows).to_pylist()
    told = sorted((r["account"], r["model"], r["at"], r["source"]) for r in found)
    # `young` began with the new model, as far as `old one`, there since the first day, can be called old.
    assert told == [
        ("old", "two", START + 9 * DAY, "interactions:r1"),
        ("silent", "two", START + 8 * DAY, "interactions:r4"),
        ("young", "two", START + 9 * DAY, "interactions:r5"),
    ]


def moves(*rows: tuple[str, str, int]) -> list[dict[str, Any]]:
    account, model, at = zip(*rows, strict=True) if rows else ((), (), ())
    source = [f"interactions:{n}" for n in range(len(rows))]
    texts = {"account": account, "model": model, "source": source}
    columns = {name: pa.array(column, pa.string()) for name, column in texts.items()}
    return derived.model_moves(pa.table(columns | {"at": pa.array(at, pa.int64())})).to_pylist()


def test_those_who_move_within_hours_far_above_the_usual_rate_hold_their_window() -> None:
    usual = [(f"u{i:02d}", "new", START + i * 12 * HOUR) for i in range(60)]
    crew = [(f"c{i}", "new", START + 10 * DAY + HOUR + i * 60_000_000) for i in range(8)]
    found = moves(*usual, *crew)
    held = {r["account"]: r["value"] for r in found if r["trait"] == "model_move"}
    assert {name for name, _, _ in crew} <= set(held) and len(held) <= 10
    assert set(held.values()) == {"new from 2026-01-11 00:00 +6 h"}
    started = {r["account"]: r["value"] for r in found if r["trait"] == "model_start"}
    assert len(started) == 68
    assert {name: started[name] for name in held} == held
    # The others' value is their own: it can be no mark of a group.
    others = [value for name, value in started.items() if name not in held]
    assert len(set(others)) == len(others) == 68 - len(held)
    assert all(r["first_at"] == r["last_at"] and r["count"] == 1 for r in found)


def test_without_a_burst_nobody_moved_together() -> None:
    found = moves(*[(f"u{i:02d}", "new", START + i * 5 * HOUR) for i in range(60)])
    assert {r["trait"] for r in found} == {"model_start"}
    assert moves() == []


def test_moves_to_different_models_are_no_burst() -> None:
    found = moves(*[(f"u{i}", f"model {i}", START + i) for i in range(9)])
    assert {r["trait"] for r in found} == {"model_start"}
