"""Indicators that came as digests under an exchange key, opened where this log has the value.

Composition only: every value that this log has is digested under the key, and compared.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import ibis.expr.types as ir

from linkage.attribution.exchange_key import PREFIX, ExchangeKey, is_keyed, key_name
from linkage.engines import Engine

NO_KEY = "indicators under an exchange key, and none was given"
OTHER_KEY = "indicators under another exchange key than the one given"
NO_DIGEST = "indicators that should be digests and are none"

Row = dict[str, Any]
Count = Callable[[str, int], None]


def opened(
    rows: Iterable[Row], engine: Engine, observations: ir.Table, key: ExchangeKey | None, count: Count
) -> Iterator[Row]:
    """The rows, those with digests only where this log has the value, which then stands in its place."""
    given = list(rows)
    keyed = [each for each in given if each["trait"].startswith(PREFIX)]
    yield from (each for each in given if not each["trait"].startswith(PREFIX))
    usable = []
    for each in keyed:
        if why := _unusable(each, key):
            count(why, 1)
        else:
            usable.append(each)
    if not usable or key is None:
        return
    traits = sorted({each["trait"].removeprefix(PREFIX) for each in usable})
    here = _digests(engine, observations, traits, key)
    for each in usable:
        trait = each["trait"].removeprefix(PREFIX)
        for value in here.get((trait, each["value"]), ()):
            yield {**each, "trait": trait, "value": value}


def _unusable(row: Row, key: ExchangeKey | None) -> str:
    """Why a digest cannot be compared; empty where it can."""
    if not is_keyed(row["trait"], row["value"]):
        return NO_DIGEST
    if key is None:
        return NO_KEY
    return "" if key_name(row["value"]) == key.name() else OTHER_KEY


def _digests(
    engine: Engine, observations: ir.Table, traits: list[str], key: ExchangeKey
) -> dict[tuple[str, str], list[str]]:
    """The values of this log by trait and digest; one digest may stand for two spellings."""
    chosen = observations.filter(observations.trait.isin(traits)).select("trait", "value").distinct()
    table = engine.collect(chosen.order_by(["trait", "value"]), at_most=engine.max_rows)
    found: dict[tuple[str, str], list[str]] = {}
    for trait, value in zip(*(column.to_pylist() for column in table.columns), strict=True):
        found.setdefault((trait, key.digest(trait, value)), []).append(value)
    return found
