"""Moves to a new model: when an account first uses it, and who did so in a burst."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from linkage.observations.bursts import Window, burst_facts
from linkage.observations.durations import DAY, HOUR
from linkage.settings.observations import Bursts

START = "model_start"


def model_moves(interactions: ir.Table, chosen: Bursts) -> ir.Table:
    """When accounts that had used other models before first used each new one: account, model, at, source.

    What was there when the log began was taken up before it, nobody knows when: that is not new.
    """
    used = interactions.filter(_.model.notnull())
    first = used.group_by("account", "model").agg(at=_.at.min())
    begun = interactions.group_by("account").agg(since=_.at.min())
    known = interactions.agg(opened=_.at.min())
    after = chosen.new_model_after_days * DAY
    new = first.group_by("model").agg(seen=_.at.min()).cross_join(known).filter(_.seen > _.opened + after)
    moves = first.semi_join(new, "model").join(begun, "account").filter(_.at > _.since)
    rows = used.join(moves.select("account", "model", "at"), ["account", "model", "at"])
    named = rows.mutate(source=ibis.literal("interactions:") + rows.row)
    return named.group_by("account", "model", "at").agg(source=_.source.min())


def model_move_facts(moves: pa.Table, chosen: Bursts) -> pa.Table:
    """Facts for accounts that took up a new model in a burst of them; `moves` as `model_moves` has them.

    The trait `model_move` is held by those in a burst only; `model_start` also by the others, so that a
    group can be held against everybody who moved at all.
    """
    window = Window(chosen.model_move_hours * HOUR, chosen.model_move_around_days * DAY)
    bursts = burst_facts(moves, window, chosen, trait="model_move", by="model")
    names = bursts.schema.names
    both = bursts.set_column(names.index("trait"), "trait", pa.array([START] * len(bursts), pa.string()))
    return pa.concat_tables([bursts, both, _outside(moves, bursts).select(names)])


def _outside(moves: pa.Table, bursts: pa.Table) -> pa.Table:
    """Facts for moves in no burst. A moment of its own is nobody else's: it can be no mark of a group."""
    inside = set(zip(bursts["account"].to_pylist(), bursts["source"].to_pylist(), strict=True))
    rows = moves.sort_by([(name, "ascending") for name in ("account", "model", "at")])
    pairs = zip(rows["account"].to_pylist(), rows["source"].to_pylist(), strict=True)
    alone = rows.filter(pa.array([pair not in inside for pair in pairs], pa.bool_()))
    moments = alone["at"].cast(pa.timestamp("us")).cast(pa.string()).to_pylist()
    when = [f"{model} at {at}" for model, at in zip(alone["model"].to_pylist(), moments, strict=True)]
    return pa.table(
        {
            "account": alone["account"].cast(pa.string()),
            "trait": pa.array([START] * len(alone), pa.string()),
            "value": pa.array(when, pa.string()),
            "source": alone["source"].cast(pa.string()),
            "first_at": alone["at"],
            "last_at": alone["at"],
            "count": pa.array([1] * len(alone), pa.int64()),
        }
    )
