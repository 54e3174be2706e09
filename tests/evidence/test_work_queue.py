"""Queues being drained: fewer exact repeats than any two users of the template have."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.evidence import overlap, work_queue
from linkage.evidence.stage_coincidences import drained
from linkage.settings.evidence import Evidence, WorkQueue

QUESTIONS, STRANGERS, POOL = 120, 14, 6

RULES = WorkQueue()

Sent = tuple[int, int, int]
"""Account, template, text."""


def found(
    engine: Engine, sent: Iterable[Sent], rules: WorkQueue = RULES
) -> tuple[dict[tuple[int, int], float], int]:
    rows = list(sent)
    a, o, x = list(zip(*rows, strict=True)) if rows else [()] * 3
    columns = {"a": pa.array(a, pa.int64()), "o": pa.array(o, pa.int64())}
    texts = engine.table(pa.table(columns | {"x": pa.array([f"t{i}" for i in x], pa.string())}))
    table, left_out = drained(engine, texts, Evidence(work_queue=rules))
    return {(row["left"], row["right"]): row["bits"] for row in table.to_pylist()}, left_out


def strangers(rng: np.random.Generator, each: int = 40) -> list[Sent]:
    """Accounts from 0 that each draw questions of a public set by themselves."""
    return [(a, 1, int(x)) for a in range(STRANGERS) for x in rng.permutation(QUESTIONS)[:each]]


def pool(rng: np.random.Generator) -> list[Sent]:
    """Accounts from 100 that share one list of the same questions."""
    return [(100 + i % POOL, 1, int(x)) for i, x in enumerate(rng.permutation(QUESTIONS))]


@pytest.mark.parametrize("seed", range(3))
def test_a_pool_that_drains_a_public_set_is_seen_among_those_who_draw_from_it(
    engine: Engine, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    bits, left_out = found(engine, [*strangers(rng), *pool(rng)])
    inside = [bits.get((x, y), 0.0) for x in range(100, 106) for y in range(x + 1, 106)]
    assert np.mean(inside) > 1.5
    others = [value for pair, value in bits.items() if pair[0] < 100]
    assert sum(others) / (STRANGERS * (STRANGERS + 2 * POOL)) < 0.05
    assert left_out == 0


def test_larger_shares_of_the_queue_say_more(engine: Engine) -> None:
    rng = np.random.default_rng(1)
    two = [(100 + i % 2, 1, int(x)) for i, x in enumerate(rng.permutation(QUESTIONS))]
    bits, _ = found(engine, [*strangers(rng), *two])
    assert bits[100, 101] == RULES.max_bits


def test_pieces_handed_out_again_do_not_hide_a_queue(engine: Engine) -> None:
    rng = np.random.default_rng(2)
    two = [(100 + i % 2, 1, int(x)) for i, x in enumerate(rng.permutation(QUESTIONS))]
    again = [(201 - a, o, x) for a, o, x in two[:4]]
    bits, _ = found(engine, [*strangers(rng), *two, *again])
    assert bits[100, 101] > 3


@pytest.mark.parametrize("repeated", [0, 3])
def test_where_every_text_is_new_nothing_is_said(engine: Engine, repeated: int) -> None:
    """Free texts have no repeats to miss, and a few that happen by chance make none expected."""
    free = [(a, 1, 1_000 * a + i) for a in range(20) for i in range(40)]
    free += [(a, 1, 999_000 + a // 2) for a in range(2 * repeated)]
    assert found(engine, free) == ({}, 0)


def test_strangers_who_work_on_shards_of_a_set_are_no_pool(engine: Engine) -> None:
    """Each took one of four parts by chance: some have all in common, others nothing, and it says little."""
    rng = np.random.default_rng(3)
    parts = [(a, 1, 30 * (a % 4) + int(x)) for a in range(16) for x in rng.permutation(30)[:25]]
    bits, _ = found(engine, parts)
    assert max(bits.values(), default=0.0) < 2


def test_too_few_users_show_nothing(engine: Engine) -> None:
    rng = np.random.default_rng(4)
    two = [(100 + i % 2, 1, int(x)) for i, x in enumerate(rng.permutation(QUESTIONS))]
    one = [(0, 1, int(x)) for x in rng.permutation(QUESTIONS)[:60]]
    assert found(engine, [*two, *one]) == ({}, 0)
    assert found(engine, []) == ({}, 0)


def test_those_who_sent_one_text_each_drained_nothing(engine: Engine) -> None:
    rng = np.random.default_rng(5)
    readers = [(1_000 + i, 1, int(rng.integers(QUESTIONS))) for i in range(300)]
    bits, _ = found(engine, [*strangers(rng), *readers])
    assert not [pair for pair in bits if pair[1] >= 1_000]


def test_a_template_that_is_too_large_is_left_out_and_counted(engine: Engine) -> None:
    rng = np.random.default_rng(6)
    rows = [*strangers(rng), *pool(rng)]
    assert found(engine, rows, WorkQueue(max_meetings=399)) == ({}, 1)


def test_repeats_of_one_s_own_and_the_order_of_rows_change_nothing(engine: Engine) -> None:
    rng = np.random.default_rng(7)
    rows = [*strangers(rng), *pool(rng)]
    once, _ = found(engine, rows)
    more = [rows[i] for i in rng.permutation(len(rows))] + rows[:50]
    assert found(engine, more)[0] == once


# --- what a count says ---------------------------------------------------------------------------


def test_fewer_repeats_say_more_and_expected_ones_nothing() -> None:
    k = np.arange(0.0, 21.0)
    bits = work_queue.weigh(k, np.full(21, 20.0), np.full(21, 0.1), RULES)
    assert (np.diff(bits[:8]) <= 0).all() and bits[0] == RULES.max_bits
    assert (bits[10:] == 0).all()


def test_the_more_users_differ_the_less_a_lack_says() -> None:
    spread = np.array([0.05, 0.5, 2.0])
    bits = work_queue.weigh(np.zeros(3), np.full(3, 8.0), spread, RULES)
    assert (np.diff(bits) < 0).all() and bits[2] < 1.5


@pytest.mark.parametrize("spread", [0.1, 1.0])
def test_accidents_earn_no_bits_on_average(spread: float) -> None:
    rng = np.random.default_rng(8)
    for expected in (3.0, 10.0, 30.0):
        k = rng.poisson(rng.gamma(1 / spread, spread * expected, 40_000)).astype(float)
        bits = work_queue.weigh(k, np.full(len(k), expected), np.full(len(k), spread), RULES)
        assert np.where(bits > 0, 2.0**bits, 0).mean() < 1.1
        assert overlap.accident(k, np.full(len(k), expected), np.full(len(k), spread)).max() <= 0
