"""Which pairs can become links at all, so that only their reasons leave the engine.

Of all pairs worth comparing about one in nine becomes a link, and the others hold most of the rows. The
bound is the family rule itself (the strongest signal of a family counts, several of its values as fewer by
Kish's design effect), without what speaks against a pair: no link is lost, only what cannot be one.
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from linkage.signals.profile import MOST_BITS
from linkage.signals.shared import millionths

_SLACK = 0.01
"""Bits; what is rounded, and when, differs a little from the score itself."""


@dataclass(frozen=True)
class Needed:
    """What makes a link: `rules` has signal, family, cap, correlation, strong for every signal number;
    so many bits from all signals, and so many from strong ones, are needed."""

    rules: pa.Table
    bits: float
    strong_bits: float


def possible(said: ir.Table, rules: ir.Table, needed: Needed) -> ir.Table:
    """Pairs (left, right) of the evidence (left, right, signal, v, bits) that may reach what is needed.

    Bits for likeness of hours are not in the evidence yet; as many as they can be are granted.
    """
    known = said.filter(_.bits > 0).join(rules, "signal")
    order = ibis.window(group_by=["left", "right", "signal"], order_by=[known.bits.desc(), "v"], following=0)
    place = ibis.row_number().over(order)
    running = millionths(known.bits).sum().over(order) / 1e6
    sums = known.mutate(together=running / (1 + place * known.correlation))
    each = sums.group_by("left", "right", "family", "signal").agg(
        bits=millionths(ibis.least(_.together.max(), _.cap.max())), strong=_.strong.max()
    )
    families = each.group_by("left", "right", "family").agg(
        bits=_.bits.max(), strong=ibis.ifelse(_.strong, _.bits, 0).max()
    )
    pairs = families.group_by("left", "right").agg(bits=_.bits.sum(), strong=_.strong.sum())
    least = (needed.bits - MOST_BITS - _SLACK) * 1e6
    enough = (pairs.bits >= least) & (pairs.strong >= (needed.strong_bits - _SLACK) * 1e6)
    return pairs.filter(enough).select("left", "right")
