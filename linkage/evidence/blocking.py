"""Blocking: which pairs of accounts are worth comparing, and what bounds their number."""

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.arrays import MICRO
from linkage.evidence.shared_values import millionths
from linkage.settings.evidence import Evidence


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


def proposals(held: ir.Table, chosen: Evidence, seed: int) -> ir.Table:
    """Pairs that some value proposes, each once: left < right (account numbers), bits of these values,
    which count as fewer the more they are, as they will when the pair is scored.

    All pairs of a value on up to `clique_degree` accounts; on up to `nearest_degree` each account with
    its nearest in time and as many drawn by a seeded hash, so that a large group hangs together across
    its whole life; commoner values propose none. The hash is the account's, so that the same pairs are
    drawn for every value they share.
    """
    may = held.filter(held.proposes & (held.bits >= chosen.min_propose_bits))
    few = may.filter(_.degree <= chosen.clique_degree)
    many = may.filter((_.degree > chosen.clique_degree) & (_.degree <= chosen.nearest_degree))
    key = ibis.literal(f"{seed}:") + many.a.cast("string")
    in_time = _neighbours(many, ["first_at", "a"], chosen.nearest)
    by_hash = _neighbours(many.mutate(drawn=key.hexdigest("md5")), ["drawn", "a"], chosen.nearest)
    # A pair may be near in both orders; its value counts once all the same.
    proposed = _everyone(few).union(in_time.union(by_hash, distinct=True))
    summed = proposed.group_by("left", "right").agg(total=millionths(_.bits).sum(), n=_.count())
    fewer = 1 + (summed.n - 1) * chosen.proposal_correlation
    return summed.select("left", "right", bits=summed.total / MICRO / fewer)


FACTORS, PRIME = (2_654_435_761, 40_503), 2_147_483_647
"""Knuth 1997 (6.4): products with these, modulo a prime, fall apart however numbers follow one another."""


def strongest(pairs: ir.Table, most: int, seed: int) -> ir.Table:
    """Of pairs with bits those that are among the `most` of either account with most of them: left, right.

    So an account that shares a little with thousands keeps those with whom it shares most, and whoever has
    few partners keeps all of them. Which of those alike are kept, a seeded hash says.
    """
    sides = [pairs.select(a=pairs[one], other=pairs[other], bits="bits")
             for one, other in (("left", "right"), ("right", "left"))]  # fmt: skip
    either = sides[0].union(sides[1])
    low, high = ibis.least(either.a, either.other), ibis.greatest(either.a, either.other)
    drawn = (low.cast("int64") * FACTORS[0] + high.cast("int64") * FACTORS[1] + seed) % PRIME
    ordered = either.mutate(left=low, right=high, drawn=drawn)
    by = ibis.window(group_by="a", order_by=[ibis.desc("bits"), "drawn", "other"])
    placed = ordered.mutate(place=ibis.row_number().over(by))
    return placed.filter(placed.place < most).select("left", "right").distinct()


def accounts_of(pairs: ir.Table) -> ir.Table:
    """The accounts that are in any of some pairs: a, each once."""
    return pairs.select(a="left").union(pairs.select(a="right"), distinct=True)


def nearest_only_values(values: ir.Table, chosen: Evidence) -> ir.Table:
    """Values that propose only some of the pairs of their accounts."""
    some = values.degree.between(chosen.clique_degree + 1, chosen.nearest_degree)
    return values.filter(values.proposes & (values.bits >= chosen.min_propose_bits) & some)


def too_common_values(values: ir.Table, chosen: Evidence) -> ir.Table:
    """Values that could propose pairs and are too common for it."""
    common = (values.bits < chosen.min_propose_bits) | (values.degree > chosen.nearest_degree)
    return values.filter(values.proposes & common)
