"""A queue being drained: accounts that share a template's work and do not do the same piece twice."""

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.arrays import DECIMALS, Floats
from linkage.evidence import overlap
from linkage.settings.evidence import WorkQueue


def busy_accounts(texts: ir.Table, chosen: WorkQueue) -> ir.Table:
    """Different texts of accounts that sent enough of them on a template: a, o, x, each once.

    `texts`: a, o (template), x (the exact text, or the hash given for a withheld one), in any number.
    """
    every = texts.distinct()
    busy = overlap.own(every).filter(_.n >= chosen.least_texts)
    return every.semi_join(busy, ["a", "o"])


def large_templates(items: ir.Table, chosen: WorkQueue) -> ir.Table:
    """Templates with too many users or equal texts to be compared: o."""
    load = overlap.load(items).join(overlap.own(items).group_by("o").agg(users=_.count()), "o")
    most = chosen.max_meetings
    return load.filter((load.load > most) | (load.users * load.users > most))


def fewer_repeats(own: ir.Table, met: ir.Table, chosen: WorkQueue) -> ir.Table:
    """Pairs with at most half of the texts in common that were to be expected: left, right, o, k, expected,
    spread; `own` and `met` as of `overlap`."""
    urns = overlap.urns(own, met).filter(_.users >= chosen.least_accounts)
    mine = own.join(urns, "o").rename(left="a", n1="n")
    pairs = mine.join(own.select("o", right="a", n2="n"), "o").filter(_.left < _.right)
    pairs = pairs.mutate(expected=pairs.n1 * pairs.n2 * pairs.shared / pairs.opportunities)
    able = pairs.filter(pairs.expected >= chosen.least_expected)
    joined = able.left_join(met.select("left", "right", "o", "k"), ["left", "right", "o"])
    few = joined.mutate(k=joined.k.fill_null(0)).filter(_.k <= _.expected / 2)
    return overlap.among_others(few).select("left", "right", "o", "k", "expected", "spread")


def weighed(found: pa.Table, chosen: WorkQueue) -> pa.Table:
    """The same in bits: left, right, o, k, expected, bits."""
    k, expected, spread = (found[c].to_numpy().astype(float) for c in ("k", "expected", "spread"))
    bits = weigh(k, expected, spread, chosen)
    return found.drop_columns(["spread"]).append_column("bits", pa.array(bits))


def weigh(k: Floats, expected: Floats, spread: Floats, chosen: WorkQueue) -> Floats:
    """Bits that k texts in common say for one queue, where strangers would have `expected`."""
    drained = overlap.about(k, chosen.retries * expected)
    bits = drained - overlap.accident(k, expected, spread)
    return np.asarray(np.round(np.clip(bits, 0.0, chosen.max_bits), DECIMALS), dtype=np.float64)
