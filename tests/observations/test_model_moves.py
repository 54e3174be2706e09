"""Moves to a new model, and who made them in a burst."""

from typing import Any

import pyarrow as pa

from linkage.engines import Engine
from linkage.observations import model_moves
from linkage.settings.observations import Bursts
from tests.evidence.made import DAY, HOUR, START

CHOSEN = Bursts()


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
    found = engine.collect(
        model_moves.model_moves(models(engine, *rows), CHOSEN), at_most=engine.max_rows
    ).to_pylist()
    found_moves = sorted((r["account"], r["model"], r["at"], r["source"]) for r in found)
    # `young` began with the new model, as far as `old one`, there since the first day, can be called old.
    assert found_moves == [
        ("old", "two", START + 9 * DAY, "interactions:r1"),
        ("silent", "two", START + 8 * DAY, "interactions:r4"),
        ("young", "two", START + 9 * DAY, "interactions:r5"),
    ]


def moves(*rows: tuple[str, str, int]) -> list[dict[str, Any]]:
    account, model, at = zip(*rows, strict=True) if rows else ((), (), ())
    source = [f"interactions:{n}" for n in range(len(rows))]
    texts = {"account": account, "model": model, "source": source}
    columns = {name: pa.array(column, pa.string()) for name, column in texts.items()}
    return model_moves.model_move_facts(
        pa.table(columns | {"at": pa.array(at, pa.int64())}), CHOSEN
    ).to_pylist()


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
