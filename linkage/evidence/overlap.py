"""What two accounts have in common on one object, against what the object's own users have in common.

Each account did some things there (sent texts, was active in some hours). If all drew from one urn, two
of them would have n₁·n₂·q things in common, q being the rate at which any two users of the object meet.
Users differ more than one urn allows, and how much more is read off the same pairs: counts are held
against a negative binomial law of that spread, not against a Poisson law.
"""

import ibis
import ibis.expr.types as ir
import numpy as np
from ibis import _

from linkage.arrays import MICRO, Floats
from linkage.evidence.shared_values import millionths

LARGEST = 30_000
"""Things of one account from which its fourth power would leave 64 bits; it only corrects a sum."""


def load(items: ir.Table) -> ir.Table:
    """So many rows `meetings` would have to join for each object: o, load."""
    return items.group_by("o", "x").agg(n=_.count()).group_by("o").agg(load=(_.n * _.n).sum())


def own(items: ir.Table) -> ir.Table:
    """How many things each account did on each object: a, o, n. `items`: a, o, x, each row once."""
    return items.group_by("a", "o").agg(n=_.count())


def meetings(items: ir.Table, own: ir.Table) -> ir.Table:
    """Things that two accounts have in common: left, right, o, k, and both counts n1, n2."""
    mine = items.select("o", "x", left="a")
    theirs = items.select("o", "x", right="a")
    pairs = mine.join(theirs, ["o", "x"]).filter(_.left < _.right)
    met = pairs.group_by("left", "right", "o").agg(k=_.count())
    ends = own.select(left="a", o="o", n1="n"), own.select(right="a", o="o", n2="n")
    return met.join(ends[0], ["left", "o"]).join(ends[1], ["right", "o"])


def urns(own: ir.Table, met: ir.Table) -> ir.Table:
    """Sums over all pairs of each object: o, users, most (things of one account), and of n₁·n₂ and its square
    (opportunities, opportunities2), of k and its square (shared, shared2), of k·n₁·n₂ (crossed)."""
    sums = (
        own.mutate(held=ibis.least(own.n, LARGEST))
        .group_by("o")
        .agg(
            users=_.count(),
            most=_.n.max(),
            once=_.n.sum(),
            squares=(_.n * _.n).sum(),
            fourths=(_.held * _.held * _.held * _.held).sum(),
        )
    )
    both = met.group_by("o").agg(
        shared=_.k.sum(), shared2=(_.k * _.k).sum(), crossed=(_.k * _.n1 * _.n2).sum()
    )
    known = sums.join(both, "o").mutate(
        opportunities=(_.once * _.once - _.squares) / 2,
        opportunities2=(_.squares * _.squares - _.fourths) / 2,
    )
    return known.drop("once", "squares", "fourths")


def among_others(pairs: ir.Table) -> ir.Table:
    """Adds what the object's other pairs show: `rate`, at which they have things in common, and `spread`, 1/r
    of their negative binomial law, of which 0 would be Poisson's and 1 is a geometric one.

    `pairs` has n1, n2, k, and what `urns` gives. By moments, as if one more pair, the largest possible, had
    been spread as the geometric law: of few pairs little can be learnt.
    """
    chances = pairs.n1 * pairs.n2
    rate = (pairs.shared - pairs.k) / ibis.greatest(pairs.opportunities - chances, 1.0)
    squares = rate * rate * ibis.greatest(pairs.opportunities2 - chances * chances, 0.0)
    crossed = pairs.crossed - pairs.k * chances
    excess = pairs.shared2 - pairs.k * pairs.k - 2 * rate * crossed + squares - pairs.shared + pairs.k
    largest = (rate * pairs.most * pairs.most) ** 2
    spread = (ibis.greatest(excess, 0.0) + largest) / (squares + largest)
    return pairs.mutate(rate=rate, spread=ibis.ifelse(rate > 0, millionths(spread) / MICRO, 1.0))


def accident(k: Floats, expected: Floats, spread: Floats) -> Floats:
    """log₂ of the chance of exactly k things in common by accident."""
    from scipy.special import gammaln

    r = 1 / np.maximum(spread, 1 / MICRO)
    counts = gammaln(k + r) - gammaln(r) - gammaln(k + 1)
    shape = -r * np.log1p(expected / r) + k * np.log(expected / (expected + r))
    result: Floats = (counts + shape) / np.log(2)
    return result


def about(k: Floats, mean: Floats) -> Floats:
    """log₂ of the chance of k where only the mean of an exponential law of rates is known."""
    result: Floats = k * np.log2(mean / (1 + mean)) - np.log2(1 + mean)
    return result
