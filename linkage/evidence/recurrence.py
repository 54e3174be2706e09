"""Two accounts on one object in the same ten minutes, two hours or day, again and again.

A narrow window misses whoever adds a pause. In a wider one it is occasions that count, not requests: a
hundred requests in one evening are one evening. What two accounts should have in common by accident is
what any two users of the object have, but never less than independent moments would give.
"""

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.arrays import DECIMALS, Floats
from linkage.evidence import overlap
from linkage.settings.evidence import Recurrence


def occasions(events: ir.Table, chosen: Recurrence) -> ir.Table:
    """What accounts did in which of the narrowest stretches of time: a, o, x (its number), each once.

    `events`: a, o (object), at. Only objects that several accounts used on several occasions.
    """
    moments = events.filter(_.o.notnull()).select("a", "o", x=events.at // chosen.widths[0]).distinct()
    # Who is there once at the finest scale is there once at all.
    several = regulars(overlap.own(moments), chosen)
    shared = several.group_by("o").agg(users=_.count()).filter(_.users > 1)
    return moments.semi_join(several.semi_join(shared, "o"), ["a", "o"])


def at_scale(moments: ir.Table, scale: int, chosen: Recurrence) -> ir.Table:
    """The same in wider stretches of time, of the place `scale` in the widths."""
    narrow = chosen.widths[scale] // chosen.widths[0]
    return moments.mutate(x=moments.x // narrow).distinct()


def busy_objects(moments: ir.Table, chosen: Recurrence) -> ir.Table:
    """Objects on which so many meet that it says nothing: o."""
    return overlap.load(moments).filter(_.load > chosen.max_meetings)


def regulars(own: ir.Table, chosen: Recurrence) -> ir.Table:
    """Accounts with enough occasions on an object, of `overlap.own`."""
    return own.filter(_.n >= chosen.least_occasions)


def expected(items: ir.Table, own: ir.Table, met: ir.Table, chosen: Recurrence) -> ir.Table:
    """Pairs with enough common occasions and what is to be expected: left, right, o, k, expected, spread.

    Expected are the most of two: what the object's other pairs show, and what independent moments would give.
    """
    span = items.group_by("o").agg(periods=_.x.max() - _.x.min() + 1)
    known = met.filter(_.k >= chosen.least_occasions).join(overlap.urns(own, met), "o").join(span, "o")
    rated = overlap.among_others(known)
    # Half of the span: people and machines alike are not active evenly.
    alone = 1 / ibis.greatest(rated.periods / 2, 1.0)
    rated = rated.mutate(expected=rated.n1 * rated.n2 * ibis.greatest(rated.rate, alone))
    return rated.select("left", "right", "o", "k", "expected", "spread")


def weighed(found: pa.Table, scale: int, chosen: Recurrence) -> pa.Table:
    """The rows of `expected` at one scale in bits: left, right, o, k, scale, bits."""
    k, expected, spread = (found[c].to_numpy().astype(float) for c in ("k", "expected", "spread"))
    counted = found.select(["left", "right", "o", "k"])
    scales = pa.array(np.full(len(found), scale))
    bits = pa.array(weigh(k, expected, spread, chosen))
    return counted.append_column("scale", scales).append_column("bits", bits)


def weigh(k: Floats, expected: Floats, spread: Floats, chosen: Recurrence) -> Floats:
    """Bits that k common occasions say where `expected` were to be expected; fewer say nothing.

    log2 of the number of scales is taken off, since only the best of them is kept.
    """
    chance = np.maximum(expected, chosen.least_expected)
    linked = overlap.about(k, chance + chosen.excess)
    bits = linked - overlap.accident(k, chance, spread) - float(np.log2(len(chosen.widths)))
    result: Floats = np.where(k > chance, np.round(np.clip(bits, 0.0, chosen.max_bits), DECIMALS), 0.0)
    return result


def best_scale(found: pa.Table) -> pa.Table:
    """The scale that says most of each pair and object; the narrower of two that say the same."""
    keys = ("bits", "descending"), ("scale", "ascending")
    ordered = found.sort_by([(name, "ascending") for name in ("left", "right", "o")] + list(keys))
    left, right, o = (ordered[c].to_numpy() for c in ("left", "right", "o"))
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1]) | (o[1:] != o[:-1])
    return ordered.filter(pa.array(first))
