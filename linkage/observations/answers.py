"""Answers by hash: which an account was given, and which it sent on as input."""

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.observations.facts import long_facts


def answers_given(interactions: ir.Table) -> ir.Table:
    """Every answer an account was given, by hash: account, at, row, value."""
    given = interactions.filter(_.response_sha256.notnull())
    return given.select("account", "at", "row", value="response_sha256")


def answers_sent_on(interactions: ir.Table) -> ir.Table:
    """Every earlier answer found in an account's input, by hash: account, at, row, value."""
    held = interactions.filter(_.context_sha256.notnull())
    return held.select("account", "at", "row", value=held.context_sha256.unnest()).filter(_.value.notnull())


def echo_pairs(interactions: ir.Table) -> ir.Table:
    """Accounts that sent on an answer they were never given, with those that were: value, maker, sender."""
    made = answers_given(interactions).select("value", maker="account").distinct()
    sent = answers_sent_on(interactions).select("value", sender="account").distinct()
    strange = sent.anti_join(made, [sent.value == made.value, sent.sender == made.maker])
    return strange.join(made, "value").select("value", "maker", "sender")


def echo_facts(interactions: ir.Table) -> ir.Table:
    """Facts for answers that one account was given and another, which was not, sent as input."""
    both = answers_given(interactions).union(answers_sent_on(interactions))
    crossed = both.semi_join(echo_pairs(interactions), "value")
    rows = crossed.mutate(source=ibis.literal("interactions:") + crossed.row)
    return long_facts(rows, "response", rows.value)
