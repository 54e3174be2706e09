"""Facts that follow from several rows together: what is asked, bursts, echoes, hours."""

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.observations.bursts import DAY, HOUR, burst_facts
from linkage.observations.hour_profile import halves

START = "model_start"


def _long(rows: ir.Table, trait: str, value: ir.StringValue) -> ir.Table:
    """Facts of one trait: account, trait, value, first_at, last_at, count, source."""
    named = rows.mutate(trait=ibis.literal(trait), value=value).filter(_.value.notnull())
    return named.group_by("account", "trait", "value").agg(
        first_at=_.at.min(), last_at=_.at.max(), count=_.count(), source=_.source.min()
    )


def content(interactions: ir.Table, segments: ir.Table) -> list[ir.Table]:
    """Facts about what is asked, from interactions with `prompt_id`, `template` and `system_template`.

    `segments` maps each `prompt_id` to the sentence clusters (`segment`) it holds.
    """
    rows = interactions.mutate(source=ibis.literal("interactions:") + interactions.row)
    asked = _long(rows, "prompt", rows.prompt_id)
    held = asked.rename(prompt_id="value").join(segments, "prompt_id")
    sentences = held.group_by("account", value=held.segment).agg(
        first_at=_.first_at.min(),
        last_at=_.last_at.max(),
        count=_["count"].sum(),
        source=_.source.min(),
    )
    several = sentences.group_by("value").agg(n=_.account.nunique()).filter(_.n > 1)
    return [
        asked,
        _long(rows, "template", rows.template),
        _long(rows, "system_prompt", rows.system_template),
        sentences.semi_join(several, "value").mutate(trait=ibis.literal("segment")),
    ]


def received(interactions: ir.Table) -> ir.Table:
    """Every answer an account was given, by hash: account, at, row, value."""
    given = interactions.filter(_.response_sha256.notnull())
    return given.select("account", "at", "row", value="response_sha256")


def sent_on(interactions: ir.Table) -> ir.Table:
    """Every earlier answer found in an account's input, by hash: account, at, row, value."""
    held = interactions.filter(_.context_sha256.notnull())
    return held.select("account", "at", "row", value=held.context_sha256.unnest()).filter(_.value.notnull())


def echoed(interactions: ir.Table) -> ir.Table:
    """Accounts that sent on an answer they were never given, with those that were: value, maker, sender."""
    made = received(interactions).select("value", maker="account").distinct()
    sent = sent_on(interactions).select("value", sender="account").distinct()
    strange = sent.anti_join(made, [sent.value == made.value, sent.sender == made.maker])
    return strange.join(made, "value").select("value", "maker", "sender")


def echoes(interactions: ir.Table) -> ir.Table:
    """Facts for answers that one account was given and another, which was not, sent as input."""
    both = received(interactions).union(sent_on(interactions))
    crossed = both.semi_join(echoed(interactions), "value")
    rows = crossed.mutate(source=ibis.literal("interactions:") + crossed.row)
    return _long(rows, "response", rows.value)


def taken_up(interactions: ir.Table) -> ir.Table:
    """When accounts that had used other models before first used each new one: account, model, at, source.

    New is a model first seen more than a day after the log begins: what was there from the beginning was
    taken up before it, nobody knows when.
    """
    used = interactions.filter(_.model.notnull())
    first = used.group_by("account", "model").agg(at=_.at.min())
    begun = interactions.group_by("account").agg(since=_.at.min())
    known = interactions.agg(opened=_.at.min())
    new = first.group_by("model").agg(seen=_.at.min()).cross_join(known).filter(_.seen > _.opened + DAY)
    moves = first.semi_join(new, "model").join(begun, "account").filter(_.at > _.since)
    rows = used.join(moves.select("account", "model", "at"), ["account", "model", "at"])
    named = rows.mutate(source=ibis.literal("interactions:") + rows.row)
    return named.group_by("account", "model", "at").agg(source=_.source.min())


def model_moves(moves: pa.Table) -> pa.Table:
    """Facts for accounts that took up a new model in a burst of such moves; `moves` as `taken_up` has them.

    The trait `model_move` is held by those in a burst only; `model_start` also by the others, so that a
    group can be held against everybody who moved at all.
    """
    bursts = burst_facts(moves, trait="model_move", width=6 * HOUR, around=7 * DAY, by="model")
    inside = set(zip(bursts["account"].to_pylist(), bursts["source"].to_pylist(), strict=True))
    rows = moves.sort_by([(name, "ascending") for name in ("account", "model", "at")])
    pairs = zip(rows["account"].to_pylist(), rows["source"].to_pylist(), strict=True)
    alone = rows.filter(pa.array([pair not in inside for pair in pairs], pa.bool_()))
    names = bursts.schema.names
    # A moment of its own is nobody else's: it can be no mark of a group.
    moments = alone["at"].cast(pa.timestamp("us")).cast(pa.string()).to_pylist()
    when = [f"{model} at {at}" for model, at in zip(alone["model"].to_pylist(), moments, strict=True)]
    own = pa.table(
        {
            "account": alone["account"].cast(pa.string()),
            "trait": pa.array([START] * len(alone), pa.string()),
            "value": pa.array(when, pa.string()),
            "source": alone["source"].cast(pa.string()),
            "first_at": alone["at"],
            "last_at": alone["at"],
            "count": pa.array([1] * len(alone), pa.int64()),
        }
    ).select(names)
    both = bursts.set_column(names.index("trait"), "trait", pa.array([START] * len(bursts), pa.string()))
    return pa.concat_tables([bursts, both, own])


def registration_bursts(accounts: pa.Table) -> pa.Table:
    """Facts for accounts opened in a burst: `accounts` has account, at, source."""
    hours = burst_facts(accounts, trait="registration_burst", width=HOUR, around=7 * DAY)
    days = burst_facts(accounts, trait="registration_burst", width=3 * DAY, around=21 * DAY)
    return pa.concat_tables([hours, days])


def issuing_bursts(payments: pa.Table) -> pa.Table:
    """Facts for cards first used in a burst of their BIN: `payments` has account, at, source, bin."""
    return burst_facts(payments, trait="issuing_burst", width=3 * DAY, around=45 * DAY, by="bin")


def hour_facts(names: list[str], acts: pa.Table) -> pa.Table:
    """One fact for each account with enough events: its 24 hours as digits 0–9, busiest hour 9.

    `acts` has a (account number), at (µs) and source, ordered by them.
    """
    a, at = acts["a"].to_numpy(), acts["at"].to_numpy()
    enough = halves(a, at, len(names)).enough
    counts = np.bincount(a * 24 + (at // HOUR) % 24, minlength=len(names) * 24).reshape(-1, 24)
    digits = (counts * 9 // np.maximum(counts.max(axis=1, keepdims=True), 1)).astype(int)
    first = np.full(len(names), -1)
    first[a[::-1]] = np.arange(len(a))[::-1]
    last = np.full(len(names), -1)
    last[a] = np.arange(len(a))
    who = np.flatnonzero(enough)
    return pa.table(
        {
            "account": pa.array([names[i] for i in who], pa.string()),
            "trait": pa.array(["hours"] * len(who), pa.string()),
            "value": pa.array(["".join(map(str, digits[i])) for i in who], pa.string()),
            "first_at": pa.array([int(at[first[i]]) for i in who], pa.int64()),
            "last_at": pa.array([int(at[last[i]]) for i in who], pa.int64()),
            "count": pa.array([int(n) for n in counts[who].sum(axis=1)], pa.int64()),
            "source": acts["source"].take(pa.array(first[who])),
        }
    )
