"""Coincidences in time: two accounts on one object within a window, or one after the other.

Counting is relational and exact; what a count says is a likelihood ratio against the chance that the
object's own traffic explains.
"""

import ibis
import ibis.expr.types as ir
import numpy as np
from ibis import _

from linkage.arrays import DECIMALS, Floats
from linkage.settings.evidence import Coincidences


def window_load(events: ir.Table, window: int) -> ir.Table:
    """At most so many rows `window_pairs` has for each object: o, load."""
    step = max(window, 1)
    counts = events.filter(_.o.notnull()).group_by("o", bucket=events.at // step).agg(n=_.count())
    following = counts.select("o", bucket=counts.bucket - 1, ahead="n")
    joined = counts.left_join(following, ["o", "bucket"]).drop("o_right", "bucket_right")
    rows = joined.n * (joined.n - 1) / 2 + joined.n * joined.ahead.fill_null(0)
    return joined.mutate(load=rows.cast("int64")).group_by("o").agg(load=_.load.sum())


def window_pairs(events: ir.Table, window: int) -> ir.Table:
    """Every two events of different accounts on one object at most `window` µs apart, each pair once.

    `events`: a, o (object), at, e (a number of its own). Gives x, y (accounts), ex, ey (events), o.
    """
    step = max(window, 1)
    left = events.mutate(bucket=events.at // step)
    right = left.select(y="a", o="o", at2="at", ey="e", b2="bucket")
    near = []
    for ahead in (0, 1):
        joined = left.mutate(b2=left.bucket + ahead).join(right, ["o", "b2"])
        apart = (joined.a != joined.y) & ((joined.at2 - joined.at).abs() <= window)
        once = joined.ey > joined.e if ahead == 0 else ibis.literal(True)
        near.append(joined.filter(apart & once).select(x="a", y="y", ex="e", ey="ey", o="o"))
    return near[0].union(near[1])


def same_object(events: ir.Table, *, window: int, participation: int) -> ir.Table:
    """Accounts that act on the same objects within a window: left, right, o, k (event pairs).

    The rule of Righetti and Balluff's CooRTweet: accounts with fewer than `participation` events are
    left out; an event pair counts if either account has at least `participation` events in posts that
    stand in such pairs. What an account does at one moment is one post, and a post counts with all its
    objects. Events whose `o` is null (an object nobody else acted on) are counted and never paired.
    """
    busy = events.group_by("a").agg(n=_.count()).filter(_.n >= participation)
    pairs = window_pairs(events.filter(_.o.notnull()).semi_join(busy, "a"), window)
    sides = pairs.select(a="x", e="ex").union(pairs.select(a="y", e="ey")).select("e").distinct()
    posts = events.semi_join(sides, "e").select("a", "at").distinct()
    taking_part = events.semi_join(posts, ["a", "at"]).group_by("a").agg(n=_.count())
    taking_part = taking_part.filter(_.n >= participation).select("a", yes=True)
    xs, ys = taking_part.rename(x="a"), taking_part.rename(y="a", yes2="yes")
    known = pairs.left_join(xs, "x").left_join(ys, "y")
    kept = known.filter(known.yes.fill_null(False) | known.yes2.fill_null(False))
    ordered = kept.select(left=ibis.least(_.x, _.y), right=ibis.greatest(_.x, _.y), o=_.o)
    return ordered.group_by("left", "right", "o").agg(k=_.count())


def edges(found: ir.Table) -> ir.Table:
    """The co-ordination network: left, right, weight (event pairs on all objects together)."""
    return found.group_by("left", "right").agg(weight=_.k.sum())


def window_chance(events: ir.Table, found: ir.Table, window: int) -> ir.Table:
    """Adds `chance`: the coincidences that both accounts' use of the object would give by accident."""
    span = events.group_by("o").agg(first=_.at.min(), last=_.at.max())
    own = events.group_by("a", "o").agg(n=_.count())
    joined = (
        found.join(span, "o")
        .join(own.select(left="a", o="o", n1="n"), ["left", "o"])
        .join(own.select(right="a", o="o", n2="n"), ["right", "o"])
    )
    # Half of the span: people and machines alike are not active evenly over the day.
    effective = ibis.greatest((joined["last"] - joined["first"]) / 2, window)
    chance = joined.n1 * joined.n2 * ibis.least(2.0 * window / effective, 1.0)
    return joined.mutate(chance=chance).select("left", "right", "o", "k", "chance")


def successions(events: ir.Table, window: int) -> ir.Table:
    """How often two accounts follow each other on an object within `window` µs: left, right, o, k, chance.

    `chance` is what the changes from one account to another on that object would give if its accounts
    came in random order: with two accounts only, every change is between them and says nothing.
    """
    order = ibis.window(group_by="o", order_by=["at", "e"])
    following = events.mutate(y=events.a.lead().over(order), at2=events.at.lead().over(order))
    near = following.filter(_.y.notnull() & (_.y != _.a) & (_.at2 - _.at <= window))
    ordered = near.select(left=ibis.least(_.a, _.y), right=ibis.greatest(_.a, _.y), o=_.o)
    found = ordered.group_by("left", "right", "o").agg(k=_.count())
    own = events.group_by("a", "o").agg(n=_.count())
    changing = own.group_by("o").agg(changes=_.n.sum() * _.n.sum() - (_.n * _.n).sum())
    passed = near.group_by("o").agg(passed=_.count())
    joined = (
        found.join(changing, "o")
        .join(passed, "o")
        .join(own.select(left="a", o="o", n1="n"), ["left", "o"])
        .join(own.select(right="a", o="o", n2="n"), ["right", "o"])
    )
    orders = 2.0 * joined.n1 * joined.n2 / joined.changes
    return joined.mutate(chance=orders * joined.passed).select("left", "right", "o", "k", "chance")


def weigh(k: Floats, chance: Floats, chosen: Coincidences) -> Floats:
    """Bits that k coincidences say where `chance` were expected by accident.

    The count under one operator is unknown, so it is averaged over an exponential law whose mean is the
    chance and the excess: a gamma–Poisson likelihood ratio, not the best case. Fewer than expected say
    nothing: a broad law would take even these for a link.
    """
    expected = np.maximum(chance, chosen.least_expected)
    mean = expected + chosen.excess
    factorial = _log2_factorial(k)
    linked = k * np.log2(mean / (1 + mean)) - np.log2(1 + mean)
    accident = k * np.log2(expected) - expected / np.log(2) - factorial
    result: Floats = np.where(k > expected, np.round(linked - accident, DECIMALS), 0.0)
    return result


def _log2_factorial(k: Floats) -> Floats:
    table = np.concatenate([[0.0], np.cumsum(np.log2(np.arange(1, int(k.max(initial=1)) + 1)))])
    result: Floats = table[k.astype(np.int64)]
    return result
