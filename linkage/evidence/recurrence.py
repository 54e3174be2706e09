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

from linkage.arrays import Floats
from linkage.engines import Engine
from linkage.evidence import overlap
from linkage.evidence.coincidence import LEAST_CHANCE

MINUTE = 60_000_000
SCALES = ((10 * MINUTE, "ten minutes"), (120 * MINUTE, "two hours"), (1440 * MINUTE, "a day"))
"""Widths and their names. Relays that were looked at pause for milliseconds to hours; above a day two
accounts of one period of the year meet anyway."""

LEAST_TIMES = 2
"""Once is no pattern: whoever read the same newsletter met on its day."""

MOST_BITS = 6.0
"""Two people of one time zone with the same working week share many occasions."""

MOST_LOAD = 200_000
"""Accounts met on one object, all occasions together, above which the object is a meeting place for all."""

CHOICE = float(np.log2(len(SCALES)))
"""Bits taken off for telling only the best of the scales."""


def again(engine: Engine, events: ir.Table) -> tuple[pa.Table, int]:
    """Pairs on common occasions: left, right, o, k, scale (a place in SCALES), bits; best scale of each.

    `events`: a, o (object), at. Also how many objects were too busy, all scales together.
    """
    finest = SCALES[0][0]
    moments = events.filter(_.o.notnull()).select("a", "o", x=events.at // finest).distinct()
    # Who is there once at the finest scale is there once at all.
    several = overlap.own(moments).filter(_.n >= LEAST_TIMES)
    shared = several.group_by("o").agg(users=_.count()).filter(_.users > 1)
    items = engine.keep(moments.semi_join(several.semi_join(shared, "o"), ["a", "o"]))
    parts, busy = [], 0
    for number, (width, _name) in enumerate(SCALES):
        found, left_out = _at(engine, items.mutate(x=items.x // (width // finest)).distinct())
        parts.append(found.append_column("scale", pa.array(np.full(len(found), number))))
        busy += left_out
    engine.drop(items)
    return _best(pa.concat_tables(parts)), busy


def _at(engine: Engine, moments: ir.Table) -> tuple[pa.Table, int]:
    items = engine.keep(moments)
    busy = engine.keep(overlap.load(items).filter(_.load > MOST_LOAD))
    kept = engine.keep(items.anti_join(busy, "o"))
    own = engine.keep(overlap.own(kept).filter(_.n >= LEAST_TIMES))
    met = engine.keep(overlap.meetings(kept.semi_join(own, ["a", "o"]), own))
    left_out = int(engine.collect(busy.count().as_table(), at_most=1)[0][0].as_py())
    found = engine.collect(_expected(kept, own, met), at_most=engine.max_rows)
    engine.drop(items, busy, kept, own, met)
    return _weighed(found), left_out


def _expected(items: ir.Table, own: ir.Table, met: ir.Table) -> ir.Table:
    """Adds what is to be expected: from the object's other pairs, and from independent moments."""
    span = items.group_by("o").agg(periods=_.x.max() - _.x.min() + 1)
    known = met.filter(_.k >= LEAST_TIMES).join(overlap.urns(own, met), "o").join(span, "o")
    rated = overlap.among_others(known)
    # Half of the span: people and machines alike are not active evenly.
    alone = 1 / ibis.greatest(rated.periods / 2, 1.0)
    rated = rated.mutate(expected=rated.n1 * rated.n2 * ibis.greatest(rated.rate, alone))
    return rated.select("left", "right", "o", "k", "expected", "spread")


def _weighed(found: pa.Table) -> pa.Table:
    k, expected, spread = (found[c].to_numpy().astype(float) for c in ("k", "expected", "spread"))
    return found.drop_columns(["expected", "spread"]).append_column(
        "bits", pa.array(weigh(k, expected, spread))
    )


def weigh(k: Floats, expected: Floats, spread: Floats) -> Floats:
    """Bits that k common occasions say where `expected` were to be expected; fewer say nothing."""
    chance = np.maximum(expected, LEAST_CHANCE)
    linked = overlap.about(k, chance + 2)
    bits = linked - overlap.accident(k, chance, spread) - CHOICE
    result: Floats = np.where(k > chance, np.round(np.clip(bits, 0.0, MOST_BITS), 6), 0.0)
    return result


def _best(found: pa.Table) -> pa.Table:
    """The scale that says most of each pair and object; the narrower of two that say the same."""
    keys = ("bits", "descending"), ("scale", "ascending")
    ordered = found.sort_by([(name, "ascending") for name in ("left", "right", "o")] + list(keys))
    left, right, o = (ordered[c].to_numpy() for c in ("left", "right", "o"))
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1]) | (o[1:] != o[:-1])
    return ordered.filter(pa.array(first))
