"""Facts that follow from several rows together: what is asked, bursts, echoes, hours."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.signals.bursts import DAY, HOUR, burst_facts
from linkage.signals.profile import halves


def content(interactions: ir.Table) -> ir.Table:
    """Facts about what is asked, from interactions with `prompt_id`, `template` and `system_template`."""
    source = ibis.literal("interactions:") + interactions.row
    parts = []
    for trait, column in (
        ("prompt", "prompt_id"),
        ("template", "template"),
        ("system_prompt", "system_template"),
    ):
        facts = interactions.select(
            "account", trait=ibis.literal(trait), value=interactions[column], at="at", source=source
        )
        parts.append(facts.filter(_.value.notnull()))
    return parts[0].union(*parts[1:])


def segments(interactions: ir.Table, clusters: ir.Table) -> ir.Table:
    """Facts about shared sentences; `clusters` maps `prompt_id` to each `segment` it holds."""
    joined = interactions.join(clusters, "prompt_id")
    return joined.select(
        "account",
        trait=ibis.literal("segment"),
        value="segment",
        at="at",
        source=ibis.literal("interactions:") + joined.row,
    )


def echoes(interactions: ir.Table) -> ir.Table:
    """Facts for response hashes that one account received and another sent back as input."""
    source = ibis.literal("interactions:") + interactions.row
    made = interactions.filter(_.response_sha256.notnull()).select(
        "account", value="response_sha256", at="at", source=source
    )
    sent = interactions.filter(_.context_sha256.notnull()).select(
        "account", value=interactions.context_sha256.unnest(), at="at", source=source
    )
    known = made.select("value", maker="account").distinct()
    crossed = sent.join(known, "value").filter(_.account != _.maker).select("value").distinct()
    both = made.union(sent).semi_join(crossed, "value")
    return both.select("account", trait=ibis.literal("response"), value="value", at="at", source="source")


def registration_bursts(accounts: pa.Table) -> pa.Table:
    """Facts for accounts opened in a burst: `accounts` has account, at, source."""
    hours = burst_facts(accounts, trait="registration_burst", width=HOUR, around=7 * DAY)
    days = burst_facts(accounts, trait="registration_burst", width=3 * DAY, around=21 * DAY)
    return pa.concat_tables([hours, days])


def issuing_bursts(payments: pa.Table) -> pa.Table:
    """Facts for cards first used in a burst of their BIN: `payments` has account, at, source, bin."""
    return burst_facts(payments, trait="issuing_burst", width=3 * DAY, around=45 * DAY, by="bin")


def hour_facts(names: list[str], numbered: Mapping[str, np.ndarray]) -> pa.Table:
    """One fact for each account with enough events: its 24 hours as digits 0–9, busiest hour 9.

    `numbered` has a (account number), at (µs) and source as arrays in canonical order.
    """
    a, at, source = numbered["a"], numbered["at"], numbered["source"]
    enough = halves(a, at, len(names))[2]
    counts = np.bincount(a * 24 + (at // HOUR) % 24, minlength=len(names) * 24).reshape(-1, 24)
    digits = (counts * 9 // np.maximum(counts.max(axis=1, keepdims=True), 1)).astype(int)
    first = np.full(len(names), -1)
    first[a[::-1]] = np.arange(len(a))[::-1]
    who = np.flatnonzero(enough)
    return pa.table(
        {
            "account": pa.array([names[i] for i in who], pa.string()),
            "trait": pa.array(["hours"] * len(who), pa.string()),
            "value": pa.array(["".join(map(str, digits[i])) for i in who], pa.string()),
            "at": pa.array([int(at[first[i]]) for i in who], pa.int64()),
            "source": pa.array([str(source[first[i]]) for i in who], pa.string()),
        }
    )
