"""What the tests of signals share: observations, moments and a small population ready to be weighed."""

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from linkage.engines import Engine
from linkage.evidence.holdings import Holdings, informative_holdings
from linkage.evidence.signals.registry import SIGNALS, declared
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.evidence.stage_held import held
from linkage.settings.evidence import Evidence
from linkage.settings.observations import Observations

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
START = 1_767_225_600 * SECOND
"""2026-01-01."""

CHOSEN = Evidence(min_pair_bits=9.0, max_pairs=1_000_000)

Held = tuple[str, str, str] | tuple[str, str, str, int | None, int | None]


def observed(rows: Iterable[Held]) -> pa.Table:
    """Observations from (account, trait, value) or (account, trait, value, first_at, last_at)."""
    filled = [(*row, START, START) if len(row) == 3 else row for row in rows]
    account, trait, value, first, last = list(zip(*filled, strict=True)) if filled else [()] * 5
    texts = {"account": account, "trait": trait, "value": value}
    return pa.table(
        {name: pa.array(column, pa.string()) for name, column in texts.items()}
        | {"first_at": pa.array(first, pa.int64()), "last_at": pa.array(last, pa.int64())}
        | {"observation": [f"{a}/{t}/{v}" for a, t, v in zip(account, trait, value, strict=True)]}
    )


def used(rows: Iterable[tuple[str, str, str, int]]) -> pa.Table:
    """Dated uses from (account, trait, value, at)."""
    account, trait, value, at = list(zip(*rows, strict=True))
    texts = {"account": account, "trait": trait, "value": value}
    columns = {name: pa.array(column, pa.string()) for name, column in texts.items()}
    return pa.table(columns | {"at": pa.array(at, pa.int64())})


def names(count: int) -> list[str]:
    """So many account names, in order."""
    return [f"a{i:05d}" for i in range(count)]


def weighing(
    engine: Engine,
    rows: Iterable[Held],
    *,
    accounts: int = 0,
    signals: Sequence[Signal] = SIGNALS,
    seed: int = 0,
    **changes: Any,
) -> Weighing:
    """A population of at least so many accounts, holding what `rows` say; `changes` are of its settings."""
    given = observed(rows)
    everyone = sorted({*given["account"].to_pylist(), *names(accounts)})
    known = engine.table(pa.table({"account": pa.array(everyone, pa.string())}))
    chosen = CHOSEN.with_changes(**changes)
    found = held(engine, known, engine.table(given), signals=signals, chosen=chosen)
    return Weighing(engine, found, signals=signals, chosen=chosen, habits=Observations(), seed=seed)


def foreign(*traits: str) -> tuple[Signal, ...]:
    """All signals, and those of traits that a source brings."""
    return (*SIGNALS, *declared({trait: ("other", 0.5) for trait in traits}))


def said(of: Weighing, left: str, right: str) -> dict[str, float]:
    """Bits by signal for one pair; a signal that is not there was not compared."""
    low, high = sorted((of.names.index(left), of.names.index(right)))
    pair = pa.table({"left": pa.array([low], pa.int32()), "right": pa.array([high], pa.int32())})
    sums: dict[str, float] = {}
    for row in of.evidence(pair).to_pylist():
        name = of.signals[row["signal"]].name
        sums[name] = round(sums.get(name, 0.0) + row["bits"], 6)
    return sums


def holdings(of: Weighing) -> Holdings:
    """What the accounts of a population hold, as arrays."""
    least = of.chosen.least_bits
    rows = of.engine.collect(informative_holdings(of.holders, least), at_most=of.engine.max_rows)
    return Holdings(rows, len(of.names), least_bits=least)
