"""Which pairs can become links at all, so that only their reasons leave the engine.

Of all pairs worth comparing about one in nine becomes a link, and the others hold most of the rows. The
bound follows the family rule (the strongest signal of a family counts, several of its values as fewer by
Kish's design effect) from above, without what speaks against a pair: no link is lost, and most others go.
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
    sums = said.filter(_.bits > 0).group_by("left", "right", "signal")
    known = sums.agg(total=millionths(_.bits).sum(), top=millionths(_.bits).max()).join(rules, "signal")
    # As if the values were all as strong as the strongest: the k that give the total then count most.
    together = known.total / (1 + (known.total / known.top - 1) * known.correlation)
    each = known.mutate(bits=ibis.least(together, known.cap * 1e6).round().cast("int64"))
    families = each.group_by("left", "right", "family").agg(
        bits=_.bits.max(), strong=ibis.ifelse(_.strong, _.bits, 0).max()
    )
    pairs = families.group_by("left", "right").agg(bits=_.bits.sum(), strong=_.strong.sum())
    least = (needed.bits - MOST_BITS - _SLACK) * 1e6
    enough = (pairs.bits >= least) & (pairs.strong >= (needed.strong_bits - _SLACK) * 1e6)
    return pairs.filter(enough).select("left", "right")
