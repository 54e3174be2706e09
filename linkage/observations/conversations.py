"""Conversations that one account carries on and that were never its own."""

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.engines import Engine
from linkage.observations.derived import received, sent_on
from linkage.schema import content_id

MOST_ACCOUNTS = 50
"""Accounts that send on one answer, above which it is a public example and ties nothing together."""

AGREEMENT, FLOOR = 0.3, 0.002
"""Chance that two accounts of one relay carry on the same conversation, and the least chance that two
strangers do: a conversation may be passed round outside these logs, too."""

LEAST_CONVERSATIONS = 3
"""Different conversations two accounts must both carry on: one is what people do who share a link, two what
readers of one author do."""

LEAST_TURNS = 2
"""Turns of a conversation that nobody here was given, from which carrying it on is more than pasting one
answer that a tutorial prints."""


def contexts(engine: Engine, interactions: ir.Table) -> ir.Table:
    """Facts for accounts that carry on a conversation which others carry on too and they never had:
    account, trait, value (the conversation), first_at, last_at, count, source.

    A conversation is made of answers that stand together in some input. An account carries it on if it
    sends an answer given to another account, or two answers that nobody here was given.
    """
    sent = engine.keep(sent_on(interactions))
    several = sent.group_by("value").agg(n=_.account.nunique()).filter(_.n > 1)
    given = received(interactions).semi_join(several, "value").select("account", "value").distinct()
    strange = engine.keep(sent.semi_join(several, "value").anti_join(given, ["account", "value"]))
    senders = strange.group_by("value").agg(n=_.account.nunique()).filter(_.n.between(2, MOST_ACCOUNTS))
    crossing = strange.semi_join(senders, "value")
    made = given.select("value").distinct().mutate(known=ibis.literal(True))
    rows = crossing.left_join(made, "value").drop("value_right")
    rows = engine.collect(
        rows.mutate(known=_.known.fill_null(False)).order_by(["row", "value"]), at_most=engine.max_rows
    )
    engine.drop(sent, strange)
    held = engine.table(_named(rows))
    told = held.group_by("account", "conversation").agg(
        first_at=_.at.min(),
        last_at=_.at.max(),
        count=_.row.nunique(),
        source=_.row.min(),
        turns=_.value.nunique(),
        known=_.known.any(),
    )
    carried = told.filter(told.known | (told.turns >= LEAST_TURNS))
    several = carried.group_by("conversation").agg(n=_.account.nunique()).filter(_.n > 1)
    facts = carried.semi_join(several, "conversation")
    return facts.select(
        "account",
        "first_at",
        "last_at",
        "count",
        trait=ibis.literal("context"),
        value="conversation",
        source=ibis.literal("interactions:") + facts.source,
    )


def carried_on(held: ir.Table, accounts: int) -> ir.Table:
    """Pairs that carry on several conversations, a row for each: left, right, v, bits.

    `held`: a, v (conversation), degree (accounts that carry it on).
    """
    few = held.filter(_.degree <= MOST_ACCOUNTS)
    mine, theirs = few.select("v", "degree", left="a"), few.select("v", right="a")
    pairs = mine.join(theirs, "v").filter(_.left < _.right)
    several = pairs.group_by("left", "right").agg(n=_.count()).filter(_.n >= LEAST_CONVERSATIONS)
    u = ibis.greatest((pairs.degree - 1) / max(accounts - 1, 1), FLOOR)
    rated = pairs.mutate(bits=(AGREEMENT / u).log2().round(6))
    return rated.semi_join(several, ["left", "right"]).select("left", "right", "v", "bits")


def _named(rows: pa.Table) -> pa.Table:
    """The same rows with the conversation each answer belongs to; `rows` are ordered by row and value."""
    codes = rows["value"].combine_chunks().dictionary_encode()
    value = codes.indices.to_numpy().astype(np.int64)
    row = rows["row"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    part = _parts(row, value, len(codes.dictionary))
    names = codes.dictionary.to_pylist()
    first: dict[int, str] = {}
    for number, name in zip(part.tolist(), names, strict=True):
        first[number] = min(name, first.get(number, name))
    ids = {number: content_id(["conversation", name]) for number, name in first.items()}
    named = pa.array([ids[number] for number in part.tolist()], pa.string())
    return rows.append_column("conversation", named.take(pa.array(value)))


def _parts(row: np.ndarray, value: np.ndarray, values: int) -> np.ndarray:
    """The number of the part to which each value belongs; values of one row belong together."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    together = np.flatnonzero(row[1:] == row[:-1])
    ends = value[together], value[together + 1]
    links = coo_matrix((np.ones(len(together), np.int8), ends), shape=(values, values))
    part: np.ndarray = connected_components(links, directed=False)[1]
    return part
