"""Common themes: what one hand looks like is learnt from the accounts' own even and odd days."""

from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.observations import themes
from linkage.observations.themes import ThemeCounts, ThemeProfiles
from linkage.settings.observations import Themes
from tests.evidence.made import DAY, START, names

KINDS = 20
CHOSEN = Themes()


def profiles(counts: ThemeCounts, accounts: int) -> ThemeProfiles | None:
    return themes.theme_profiles(counts, accounts, CHOSEN, seed=0)


def used(rng: np.random.Generator, accounts: int, events: int = 40) -> ThemeCounts:
    """Accounts that mostly come back to three themes of their own, account i to those of i mod 20."""
    a = np.repeat(np.arange(accounts), events)
    own = (a % KINDS * 3 + rng.integers(0, 3, len(a))) % (3 * KINDS)
    theme = np.where(rng.random(len(a)) < 0.7, own, rng.integers(0, 3 * KINDS, len(a)))
    return made(a, theme, rng.integers(0, 2, len(a)))


def made(a: np.ndarray, theme: np.ndarray, odd: np.ndarray) -> ThemeCounts:
    cells, n = np.unique(np.stack([a, theme, odd]), axis=1, return_counts=True)
    columns: dict[str, Any] = dict(zip(("a", "theme", "odd"), cells, strict=True))
    times = {"first": START + cells[0], "last": START + DAY + cells[0]}
    row = pa.array([f"r{i}" for i in range(len(n))], pa.string())
    return ThemeCounts(
        pa.table(columns | {"n": n} | times | {"row": row}), tuple(f"t{i}" for i in range(CHOSEN.themes))
    )


def test_like_themes_speak_for_and_unlike_ones_say_nothing() -> None:
    learnt = profiles(used(np.random.default_rng(1), 400), 400)
    assert learnt is not None
    other = np.arange(1, 400)
    bits = themes.theme_bits(learnt, np.zeros(399, dtype=np.int64), other)
    same = other % KINDS == 0
    assert np.median(bits[same]) > 2
    assert np.median(bits[~same]) == 0
    assert (bits >= 0).all() and bits.max() <= CHOSEN.max_bits


def test_where_everyone_asks_the_same_it_says_little() -> None:
    rng = np.random.default_rng(2)
    a = np.repeat(np.arange(300), 40)
    found = made(
        a, rng.choice(8, len(a), p=np.array([8, 7, 6, 5, 4, 3, 2, 1]) / 36), rng.integers(0, 2, len(a))
    )
    learnt = profiles(found, 300)
    assert learnt is not None
    left, right = rng.integers(0, 150, 800), rng.integers(150, 300, 800)
    assert themes.theme_bits(learnt, left, right).mean() < 0.4


def test_bits_are_what_strangers_do_not_earn() -> None:
    """Over pairs of strangers a fair ratio is one on average."""
    learnt = profiles(used(np.random.default_rng(3), 600), 600)
    assert learnt is not None
    rng = np.random.default_rng(4)
    bits = themes.theme_bits(learnt, rng.integers(0, 600, 20_000), rng.integers(0, 600, 20_000))
    assert np.where(bits > 0, 2.0**bits, 0).mean() < 1.4


def test_few_events_are_not_compared() -> None:
    rng = np.random.default_rng(5)
    found = used(rng, 100)
    rows = found.rows.to_pylist()
    # Account 7 asks on even days only, account 8 five times on odd ones.
    kept = [r for r in rows if (r["a"], r["odd"]) not in ((7, 1), (8, 1))]
    kept.append({**rows[0], "a": 8, "theme": 1, "odd": 1, "n": 5})
    learnt = profiles(ThemeCounts(pa.Table.from_pylist(kept), found.themes), 101)
    assert learnt is not None
    bits = themes.theme_bits(learnt, np.array([7, 8, 0, 9]), np.array([9, 9, 100, 10]))
    assert np.isnan(bits).tolist() == [True, True, True, False]


@pytest.mark.parametrize(("accounts", "taught"), [(49, False), (50, True)])
def test_too_few_accounts_teach_nothing(accounts: int, taught: bool) -> None:
    found = used(np.random.default_rng(6), accounts)
    assert (profiles(found, accounts) is not None) is taught


def test_each_active_account_has_one_fact_with_its_commonest_themes() -> None:
    a = np.array([0] * 20 + [1] * 20 + [2] * 3)
    theme = np.array([5] * 10 + [4] * 6 + [9] * 3 + [1] + [2] * 20 + [3] * 3)
    found = made(a, theme, np.arange(43) % 2)
    rows = themes.theme_facts(names(3), found, CHOSEN).to_pylist()
    assert [(r["account"], r["value"], r["count"]) for r in rows] == [
        ("a00000", "t5 t4 t9", 20),
        ("a00001", "t2", 20),
    ]
    assert {r["trait"] for r in rows} == {"themes"}
    assert rows[0]["first_at"] == START and rows[1]["last_at"] == START + DAY + 1
    assert all(r["source"].startswith("interactions:r") for r in rows)


def test_themes_are_counted_by_account_and_day(engine: Engine) -> None:
    rows = [
        {"a": a, "at": START + day * DAY, "row": f"r{i}", "prompt_id": p, "template": t}
        for i, (a, day, p, t) in enumerate(
            [
                (0, 0, "p1", "t1"),
                (0, 1, "p1", "t1"),
                (0, 2, "p2", None),
                (1, 0, "p1", "t1"),
                (1, 1, None, None),
            ]
        )
    ]
    kinds = [
        ("a", pa.int32()),
        ("at", pa.int64()),
        *((c, pa.string()) for c in ("row", "prompt_id", "template")),
    ]
    asked = engine.table(pa.Table.from_pylist(rows, pa.schema(kinds)))
    segments = engine.table(pa.table({"prompt_id": ["p1", "p2", "p2"], "segment": ["s1", "s2", "s1"]}))
    uses = engine.keep(themes.daily_uses(asked, segments))
    top = engine.collect(themes.commonest(uses, Themes(themes=2)), at_most=2)
    # Two accounts hold the sentence and the template; the other sentence one alone.
    assert top["value"].to_pylist() == ["s1", "t1"]
    numbers = engine.table(pa.table({"value": ["s1", "t1"], "theme": [0, 1]}))
    found = engine.collect(themes.theme_uses(uses, numbers), at_most=6)
    rows_found = [(r["a"], r["theme"], r["odd"], r["n"], r["row"]) for r in found.to_pylist()]
    odd = (START // DAY) % 2
    assert sorted(rows_found) == sorted(
        [
            (0, 0, odd, 2, "r0"),
            (0, 0, 1 - odd, 1, "r1"),
            (0, 1, odd, 1, "r0"),
            (0, 1, 1 - odd, 1, "r1"),
            (1, 0, odd, 1, "r3"),
            (1, 1, odd, 1, "r3"),
        ]
    )
    assert found.sort_by([(c, "ascending") for c in ("a", "theme", "odd")]).equals(found)


def test_a_use_without_a_time_is_of_no_day() -> None:
    day = 86_400_000_000
    asked = {"a": 0, "prompt_id": 7, "template": "t", "row": 1}
    given = ibis.memtable(
        pa.Table.from_pylist(
            [{**asked, "at": None}, {**asked, "at": day, "row": 2}],
            schema=pa.schema(
                {"a": pa.int64(), "prompt_id": pa.int64(), "template": pa.string(), "row": pa.int64()}
                | {"at": pa.int64()}
            ),
        )
    )
    segments = ibis.memtable(pa.table({"prompt_id": [7], "segment": ["s"]}))

    found = themes.daily_uses(given, segments).order_by("value").to_pyarrow().to_pylist()

    assert [(row["value"], row["odd"], row["n"], row["row"]) for row in found] == [
        ("s", 1, 1, 2),
        ("t", 1, 1, 2),
    ]
