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

from linkage.signals.signal import Signal

DAY = 86_400_000_000
LEAST_BITS = 0.5
"""A shared value worth less than this is left out of the evidence: it could not change a decision."""


def rules(signals: Sequence[Signal]) -> pa.Table:
    """The Shared signals as rows: signal (number in the list), trait, agreement, floor, half_life, proposes."""
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
    return pa.Table.from_pylist(rows)


def numbered(accounts: ir.Table) -> ir.Table:
    """Every account, numbered from 0 in the order of its name: account, a."""
    return accounts.mutate(a=ibis.row_number().over(ibis.window(order_by="account")).cast("int32"))


def degrees(observations: ir.Table, table: ir.Table, population: int) -> ir.Table:
    """Every value of a Shared signal: trait, value, degree, v (its number), and what sharing it says in bits."""
    held = observations.group_by("trait", "value").agg(degree=observations.account.nunique())
    others = max(population - 1, 1)
    joined = held.join(table, "trait")
    u = ibis.greatest((joined.degree - 1) / others, joined.floor, 1 / others)
    rated = joined.mutate(bits=(joined.agreement / u).log2().round(6))
    kept = rated.filter((_.degree >= 2) & (_.bits >= LEAST_BITS))
    return kept.mutate(v=ibis.row_number().over(ibis.window(order_by=["trait", "value"])))


def holders(observations: ir.Table, names: ir.Table, values: ir.Table) -> ir.Table:
    """Who holds each value: a, v, first_at, last_at, signal, bits, degree, half_life, proposes."""
    joined = observations.join(values, ["trait", "value"]).join(names, "account")
    return joined.select(
        "a", "v", "first_at", "last_at", "signal", "bits", "degree", "half_life", "proposes", "observation"
    )


# --- candidates ----------------------------------------------------------------------------------


def _ordered(left: ir.Table, right: ir.Table, on: list[str]) -> ir.Table:
    pairs = left.join(right, on).filter(_.a != _.other)
    return pairs.select(left=ibis.least(pairs.a, _.other), right=ibis.greatest(pairs.a, _.other), bits=_.bits)


def _everyone(held: ir.Table) -> ir.Table:
    mine, theirs = held.select("a", "v", "bits"), held.select(other="a", v="v")
    pairs = mine.join(theirs, "v").filter(_.a < _.other)
    return pairs.select(left="a", right="other", bits="bits")


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


def candidates(held: ir.Table, bands: Bands) -> ir.Table:
    """Pairs worth comparing, each once: left < right (account numbers).

    All pairs of a value on up to `clique_degree` accounts; on up to `nearest_degree` each account with
    its nearest in time and as many drawn by a seeded hash, so that a large group hangs together across
    its whole life; commoner values propose none. The hash is the account's, so that the same pairs are
    drawn for every value they share. A pair must be proposed with `min_together` bits in all.
    """
    may = held.filter(held.proposes & (held.bits >= bands.min_bits))
    few = may.filter(_.degree <= bands.clique_degree)
    many = may.filter((_.degree > bands.clique_degree) & (_.degree <= bands.nearest_degree))
    key = ibis.literal(f"{bands.seed}:") + many.a.cast("string")
    in_time = _neighbours(many, ["first_at", "a"], bands.nearest)
    by_hash = _neighbours(many.mutate(drawn=key.hexdigest("md5")), ["drawn", "a"], bands.nearest)
    proposed = _everyone(few).union(in_time, by_hash)
    summed = proposed.group_by("left", "right").agg(bits=_.bits.sum())
    return summed.filter(_.bits >= bands.min_together).select("left", "right")


# --- evidence ------------------------------------------------------------------------------------


def evidence(pairs: ir.Table, held: ir.Table) -> ir.Table:
    """What every value shared by a candidate pair says: left, right, signal, v, bits, gap (µs between uses)."""
    mine = held.select(
        left=held.a, v=held.v, f=held.first_at, t=held.last_at, signal=held.signal, raw=held.bits,
        half_life=held.half_life,
    )  # fmt: skip
    theirs = held.select(right=held.a, v=held.v, f2=held.first_at, t2=held.last_at)
    both = pairs.join(mine, "left").join(theirs, ["right", "v"])
    gap = ibis.greatest(
        ibis.greatest(both.f, both.f2) - ibis.least(both.t, both.t2), ibis.literal(0)
    ).fill_null(0)
    fade = ibis.ifelse(both.half_life > 0, ibis.literal(2.0) ** (-(gap / both.half_life)), 1.0)
    said = both.mutate(bits=(both.raw * fade).round(6), gap=gap)
    return said.filter(_.bits >= LEAST_BITS).select("left", "right", "signal", "v", "bits", "gap")
