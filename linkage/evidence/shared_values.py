"""Shared values: who holds what, which pairs are worth comparing, and what each shared value says.

Fellegi and Sunter's weight with the value's own frequency: log2(m / max(u, floor)), where u is the
share of the other accounts that hold the value. All of it is relational and linear in the number of
observations: a value on 25,000 accounts never becomes 312 million pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from linkage.evidence.signals.signal import Signal

DAY = 86_400_000_000
LEAST_BITS = 0.5
"""A shared value worth less than this is left out of the evidence: it could not change a decision."""


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


def numbered(accounts: ir.Table) -> ir.Table:
    """Every account, numbered from 0 in the order of its name: account, a."""
    return accounts.mutate(a=ibis.row_number().over(ibis.window(order_by="account")).cast("int32"))


def degrees(
    observations: ir.Table, table: ir.Table, population: int, *, objects: Sequence[str] = ()
) -> ir.Table:
    """Every value of a Shared signal that says something: trait, value, degree, v (its number), bits.

    All values of the traits in `objects` that two accounts hold are there too, however common: they say
    something by when they are used. Where no signal weighs them by rarity, `signal` and `bits` are null.
    """
    held = observations.group_by("trait", "value").agg(degree=observations.account.nunique())
    others = max(population - 1, 1)
    joined = held.left_join(table, "trait").drop("trait_right")
    u = ibis.greatest((joined.degree - 1) / others, joined.floor, 1 / others)
    rated = joined.mutate(bits=(joined.agreement / u).log2().round(6))
    worth = (_.bits >= LEAST_BITS).fill_null(False)
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
    return (number * 1e6).round().cast("int64")


# --- candidates ----------------------------------------------------------------------------------


def _ordered(left: ir.Table, right: ir.Table, on: list[str]) -> ir.Table:
    pairs = left.join(right, on).filter(_.a != _.other)
    left, right = ibis.least(pairs.a, pairs.other), ibis.greatest(pairs.a, pairs.other)
    return pairs.select(left=left, right=right, v="v", bits="bits")


def _everyone(held: ir.Table) -> ir.Table:
    mine, theirs = held.select("a", "v", "bits"), held.select(other="a", v="v")
    pairs = mine.join(theirs, "v").filter(_.a < _.other)
    return pairs.select(left="a", right="other", v="v", bits="bits")


def _neighbours(held: ir.Table, order: list[str], count: int) -> ir.Table:
    """Each holder with the next `count` holders of the same value in the given order."""
    place = ibis.row_number().over(ibis.window(group_by="v", order_by=order))
    ranked = held.mutate(place=place.cast("int64")).select("a", "v", "place", "bits")
    steps = ranked.mutate(step=ibis.range(1, count + 1).unnest())
    ahead = steps.select("a", "v", "bits", place=steps.place + steps.step)
    return _ordered(ahead, ranked.select(other=ranked.a, v=ranked.v, place=ranked.place), ["v", "place"])


@dataclass(frozen=True)
class Bands:
    """How far a value reaches; see `settings.Signals` for each number's reason."""

    clique_degree: int
    nearest_degree: int
    nearest: int
    min_bits: float
    min_together: float
    seed: int
    correlation: float = 0.3


def proposals(held: ir.Table, bands: Bands) -> ir.Table:
    """Pairs that some value proposes, each once: left < right (account numbers), bits of these values,
    which count as fewer the more they are, as they will when the pair is scored.

    All pairs of a value on up to `clique_degree` accounts; on up to `nearest_degree` each account with
    its nearest in time and as many drawn by a seeded hash, so that a large group hangs together across
    its whole life; commoner values propose none. The hash is the account's, so that the same pairs are
    drawn for every value they share.
    """
    may = held.filter(held.proposes & (held.bits >= bands.min_bits))
    few = may.filter(_.degree <= bands.clique_degree)
    many = may.filter((_.degree > bands.clique_degree) & (_.degree <= bands.nearest_degree))
    key = ibis.literal(f"{bands.seed}:") + many.a.cast("string")
    in_time = _neighbours(many, ["first_at", "a"], bands.nearest)
    by_hash = _neighbours(many.mutate(drawn=key.hexdigest("md5")), ["drawn", "a"], bands.nearest)
    # A pair may be near in both orders; its value counts once all the same.
    proposed = _everyone(few).union(in_time.union(by_hash, distinct=True))
    summed = proposed.group_by("left", "right").agg(total=millionths(_.bits).sum(), n=_.count())
    return summed.select("left", "right", bits=_.total / 1e6 / (1 + (_.n - 1) * bands.correlation))


def partly(values: ir.Table, bands: Bands) -> ir.Table:
    """Values that propose only some of the pairs of their accounts."""
    some = values.degree.between(bands.clique_degree + 1, bands.nearest_degree)
    return values.filter(values.proposes & (values.bits >= bands.min_bits) & some)


def unused(values: ir.Table, bands: Bands) -> ir.Table:
    """Values that could propose pairs and are too common for it."""
    common = (values.bits < bands.min_bits) | (values.degree > bands.nearest_degree)
    return values.filter(values.proposes & common)
