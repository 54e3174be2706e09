"""Blocking: which pairs of accounts are worth comparing, and what bounds their number."""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.evidence.shared_values import millionths


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
