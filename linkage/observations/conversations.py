"""Conversations that an account carries on and never had: answers of others in its input.

A conversation is made of answers that stand together in some input. An account carries it on if it sends an
answer that was given to another account, or several answers that nobody in these logs was given.
"""

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.arrays import DECIMALS, Ints
from linkage.schema import content_id
from linkage.settings.observations import Conversations


def foreign_answers(sent: ir.Table, given: ir.Table) -> ir.Table:
    """Answers that an account sends and was never given, of those that several accounts send.

    `sent` and `given` are `answers_sent_on` and `answers_given`; the columns are those of `sent`.
    """
    several = sent.group_by("value").agg(n=_.account.nunique()).filter(_.n > 1)
    had = given.semi_join(several, "value").select("account", "value").distinct()
    return sent.semi_join(several, "value").anti_join(had, ["account", "value"])


def between_accounts(foreign: ir.Table, given: ir.Table, chosen: Conversations) -> ir.Table:
    """Foreign answers that several accounts send, but not too many: account, at, row, value, known.

    `known`: some account of these logs was given the answer. Ordered by row and value.
    """
    senders = foreign.group_by("value").agg(n=_.account.nunique())
    crossing = foreign.semi_join(senders.filter(_.n.between(2, chosen.max_accounts)), "value")
    made = given.select("value").distinct().mutate(known=ibis.literal(True))
    rows = crossing.left_join(made, "value").drop("value_right")
    return rows.mutate(known=_.known.fill_null(False)).order_by(["row", "value"])


def with_conversations(rows: pa.Table) -> pa.Table:
    """The rows of `between_accounts` with `conversation`, the id of the one each answer belongs to."""
    codes = rows["value"].combine_chunks().dictionary_encode()
    value = codes.indices.to_numpy().astype(np.int64)
    row = rows["row"].combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    part = _components(row, value, len(codes.dictionary))
    names = codes.dictionary.to_pylist()
    first: dict[int, str] = {}
    for number, name in zip(part.tolist(), names, strict=True):
        first[number] = min(name, first.get(number, name))
    ids = {number: content_id(["conversation", name]) for number, name in first.items()}
    named = pa.array([ids[number] for number in part.tolist()], pa.string())
    return rows.append_column("conversation", named.take(pa.array(value)))


def _components(row: Ints, value: Ints, values: int) -> np.ndarray:
    """The number of the conversation of each value: values of one row belong together."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    together = np.flatnonzero(row[1:] == row[:-1])
    ends = value[together], value[together + 1]
    links = coo_matrix((np.ones(len(together), np.int8), ends), shape=(values, values))
    part: np.ndarray = connected_components(links, directed=False)[1]
    return part


def context_facts(answers: ir.Table, chosen: Conversations) -> ir.Table:
    """Facts for accounts that carry on a conversation which others carry on too and none of them had:
    account, trait, value (the conversation), first_at, last_at, count, source.

    `answers` are the rows of `with_conversations`.
    """
    held = answers.group_by("account", "conversation").agg(
        first_at=_.at.min(),
        last_at=_.at.max(),
        count=_.row.nunique(),
        source=_.row.min(),
        turns=_.value.nunique(),
        known=_.known.any(),
    )
    carried = held.filter(held.known | (held.turns >= chosen.min_unknown_turns))
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


def shared_conversations(held: ir.Table, accounts: int, chosen: Conversations) -> ir.Table:
    """Pairs that carry on several conversations, a row for each: left, right, v, bits.

    `held`: a, v (conversation), degree (accounts that carry it on).
    """
    few = held.filter(_.degree <= chosen.max_accounts)
    mine, theirs = few.select("v", "degree", left="a"), few.select("v", right="a")
    pairs = mine.join(theirs, "v").filter(_.left < _.right)
    several = pairs.group_by("left", "right").agg(n=_.count()).filter(_.n >= chosen.min_shared)
    u = ibis.greatest((pairs.degree - 1) / max(accounts - 1, 1), chosen.floor)
    rated = pairs.mutate(bits=(chosen.agreement / u).log2().round(DECIMALS))
    return rated.semi_join(several, ["left", "right"]).select("left", "right", "v", "bits")
