"""Shared values: who holds what, which pairs are worth comparing, and what each shared value says.

Fellegi and Sunter's weight with the value's own frequency: log2(m / max(u, floor)), where u is the
share of the other accounts that hold the value. All of it is relational and linear in the number of
observations: a value on 25,000 accounts never becomes 312 million pairs.
"""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from linkage.arrays import DECIMALS, MICRO
from linkage.evidence.signals.signal import Signal

DAY = 86_400_000_000


def rules(signals: Sequence[Signal]) -> pa.Table:
    """The Shared signals as rows: signal (its number), trait, agreement, floor, half_life, proposes."""
    rows = [
        {
            "signal": number,
            "trait": each.rule.trait,
            "agreement": each.rule.agreement,
            "floor": each.rule.floor,
            "half_life": (each.rule.half_life_days or 0.0) * DAY,
            "proposes": each.rule.proposes,
        }
        for number, each in enumerate(signals)
        if each.rule is not None
    ]
    kinds = {"signal": pa.int64(), "trait": pa.string(), "proposes": pa.bool_()}
    numbers = ("agreement", "floor", "half_life")
    fields = kinds | dict.fromkeys(numbers, pa.float64())
    return pa.Table.from_pylist(rows, pa.schema(fields.items()))


def degrees(
    observations: ir.Table,
    table: ir.Table,
    population: int,
    *,
    least_bits: float,
    objects: Sequence[str] = (),
    known: Mapping[str, int] | None = None,
) -> ir.Table:
    """Every value of a Shared signal that says `least_bits`: trait, value, degree, v (its number), bits.

    All values of the traits in `objects` that two accounts hold are there too, however common: they say
    something by when they are used. Where no signal weighs them by rarity, `signal` and `bits` are null.
    `known` says of traits, by name, of how many accounts they are known where that is not all: rarity is the
    share of those.
    """
    held = observations.group_by("trait", "value").agg(degree=observations.account.nunique())
    joined = held.left_join(table, "trait").drop("trait_right")
    fewer = [(joined.trait == trait, max(count - 1, 1)) for trait, count in sorted((known or {}).items())]
    others: ir.IntegerValue = (
        ibis.cases(*fewer, else_=max(population - 1, 1)) if fewer else ibis.literal(max(population - 1, 1))
    )
    u = ibis.greatest((joined.degree - 1) / others, joined.floor, 1 / others)
    rated = joined.mutate(bits=(joined.agreement / u).log2().round(DECIMALS))
    worth = (_.bits >= least_bits).fill_null(False)
    kept = rated.filter((_.degree >= 2) & (worth | _.trait.isin(list(objects))))
    return kept.mutate(v=ibis.row_number().over(ibis.window(order_by=["trait", "value"])))


def holders(observations: ir.Table, names: ir.Table, values: ir.Table) -> ir.Table:
    """Who holds each value: a, v, first_at, last_at, signal, bits, degree, half_life, proposes."""
    joined = observations.join(values, ["trait", "value"]).join(names, "account")
    return joined.select(
        "a", "v", "first_at", "last_at", "signal", "bits", "degree", "half_life", "proposes", "observation"
    )


def millionths(number: ir.NumericValue) -> ir.IntegerValue:
    """As whole millionths: their sum does not depend on its order, so not on how threads share it."""
    return (number * MICRO).round().cast("int64")
