"""Which pairs can become links at all, so that only their reasons leave the engine.

Of all pairs worth comparing about one in nine becomes a link, and the others hold most of the rows. The
bound follows the family rule (the strongest signal of a family counts, several of its values as fewer by
Kish's design effect) from above, without what speaks against a pair: no link is lost, and most others go.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.engine import Engine
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


def possible(engine: Engine, said: ir.Table, needed: Needed, later: Mapping[int, float]) -> ir.Table:
    """Pairs (left, right) of the evidence (left, right, signal, v, bits) that may reach what is needed.

    `later` are signals that are not in the evidence yet, with the most bits each can give; as many are
    granted. They are weak ones: none counts among the strong.
    """
    rules = engine.table(with_later(needed.rules, later))
    sums = said.filter(_.bits > 0).group_by("left", "right", "signal")
    known = sums.agg(total=millionths(_.bits).sum(), top=millionths(_.bits).max()).join(rules, "signal")
    # As if the values were all as strong as the strongest: the k that give the total then count most.
    together = known.total / (1 + (known.total / known.top - 1) * known.correlation)
    each = known.mutate(bits=ibis.least(together, known.cap * 1e6).round().cast("int64"))
    families = each.group_by("left", "right", "family").agg(
        bits=_.bits.max(), strong=ibis.ifelse(_.strong, _.bits, 0).max(), later=_.later.max()
    )
    # A family gives its best signal: what comes later adds only what is above the family's best so far.
    pairs = families.group_by("left", "right").agg(
        bits=ibis.greatest(_.bits - _.later, 0).sum(), strong=_.strong.sum()
    )
    least = (needed.bits - _SLACK) * 1e6 - granted(needed.rules, later)
    enough = (pairs.bits >= least) & (pairs.strong >= (needed.strong_bits - _SLACK) * 1e6)
    return pairs.filter(enough).select("left", "right")


def with_later(rules: pa.Table, later: Mapping[int, float]) -> pa.Table:
    """The rules with the millionths of a bit that the family of each signal may still give (`later`)."""
    return rules.append_column("later", pa.array(_by_family(rules, later)[rules["family"].to_numpy()]))


def granted(rules: pa.Table, later: Mapping[int, float]) -> int:
    """Millionths of a bit that all families together may still give."""
    return int(_by_family(rules, later).sum())


def _by_family(rules: pa.Table, later: Mapping[int, float]) -> np.ndarray:
    family, signal = rules["family"].to_numpy(), rules["signal"].to_numpy()
    most = np.zeros(int(family.max(initial=0)) + 1, dtype=np.int64)
    for number, bits in later.items():
        home = family[signal == number]
        most[home] = np.maximum(most[home], round(bits * 1e6))
    return most
