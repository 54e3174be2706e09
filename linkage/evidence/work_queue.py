"""A queue being drained: accounts that share a template's work and do not do the same piece twice."""

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.arrays import Floats
from linkage.engines import Engine
from linkage.evidence import overlap

LEAST_TEXTS = 3
"""Different texts an account must have sent on a template: whoever used it once drained nothing."""

LEAST_USERS = 5
"""Accounts from which a template shows how often strangers send the same text on it."""

LEAST_EXPECTED = 3.0
"""Texts in common that two strangers would have; where fewer are to be expected none says little, and
where texts are free (each one new) none at all is to be expected."""

RETRIES = 0.1
"""Share of the expected repeats that a queue still makes: work that failed is handed out again."""

MOST_BITS = 6.0
"""Strangers may have divided a public set among them without knowing: different shards, other tastes."""

MOST_LOAD = 1_000_000
"""Pairs of accounts of one template, or of equal texts on it, above which the template is left out."""


def drains(engine: Engine, texts: ir.Table) -> tuple[pa.Table, int]:
    """Pairs with fewer texts in common than the template's users have: left, right, o, k, expected, bits.

    `texts`: a, o (template), x (the exact text, or the hash given for a withheld one), in any number. Also
    how many templates were left out as too large to compare.
    """
    every = texts.distinct()
    busy = overlap.own(every).filter(_.n >= LEAST_TEXTS)
    items = engine.keep(every.semi_join(busy, ["a", "o"]))
    load = overlap.load(items).join(overlap.own(items).group_by("o").agg(users=_.count()), "o")
    large = engine.keep(load.filter((load.load > MOST_LOAD) | (load.users * load.users > MOST_LOAD)))
    left_out = int(engine.collect(large.count().as_table(), at_most=1)[0][0].as_py())
    kept = engine.keep(items.anti_join(large, "o"))
    mine = engine.keep(overlap.own(kept))
    met = engine.keep(overlap.meetings(kept, mine))
    found = engine.collect(_fewer(mine, met), at_most=engine.max_rows)
    engine.drop(items, large, kept, mine, met)
    return _weighed(found), left_out


def _fewer(own: ir.Table, met: ir.Table) -> ir.Table:
    """Pairs with at most half of the texts in common that were to be expected."""
    urns = overlap.urns(own, met).filter(_.users >= LEAST_USERS)
    mine = own.join(urns, "o").rename(left="a", n1="n")
    pairs = mine.join(own.select("o", right="a", n2="n"), "o").filter(_.left < _.right)
    pairs = pairs.mutate(expected=pairs.n1 * pairs.n2 * pairs.shared / pairs.opportunities)
    able = pairs.filter(pairs.expected >= LEAST_EXPECTED)
    joined = able.left_join(met.select("left", "right", "o", "k"), ["left", "right", "o"])
    few = joined.mutate(k=joined.k.fill_null(0)).filter(_.k <= _.expected / 2)
    return overlap.among_others(few).select("left", "right", "o", "k", "expected", "spread")


def _weighed(found: pa.Table) -> pa.Table:
    k, expected, spread = (found[c].to_numpy().astype(float) for c in ("k", "expected", "spread"))
    return found.drop_columns(["spread"]).append_column("bits", pa.array(weigh(k, expected, spread)))


def weigh(k: Floats, expected: Floats, spread: Floats) -> Floats:
    """Bits that k texts in common say for one queue, where strangers would have `expected`."""
    drained = overlap.about(k, RETRIES * expected)
    bits = drained - overlap.accident(k, expected, spread)
    return np.asarray(np.round(np.clip(bits, 0.0, MOST_BITS), 6), dtype=np.float64)
