"""The table of evidence: every reason for every pair and group, with the observations behind it.

Inside, accounts, values and signals are numbers; here they get their names and sentences.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.engines import Engine
from linkage.evidence.kinds import Kind
from linkage.evidence.signals import detail
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.groups.assessment import Assessment
from linkage.groups.enrichment import Enrichment
from linkage.links.stage import Links

HUNDREDTH = 0.01

GROUP = "group "
"""Begins the name of what speaks for a group, before the trait it speaks of."""


def _detail(rows: ir.Table, weighing: Weighing) -> ir.StringValue:
    """The sentence of each row: its signal's, and what the family rules left of it."""
    run = detail.Run(len(weighing.names), weighing.chosen)
    worded = [(i, each.detail) for i, each in enumerate(weighing.signals) if each.detail is not detail.held]
    cases = [(rows.signal == number, words(rows, run)) for number, words in worded]
    held = detail.held(rows, run)
    said = ibis.cases(*cases, else_=held) if cases else held
    less = rows.raw > rows.bits + HUNDREDTH / 2
    alone = ibis.literal("; ") + detail.number(rows.raw, 2)
    alone = alone + " bits alone, less beside its family's other reasons"
    return said + ibis.ifelse(less, alone, "")


def rows(
    engine: Engine,
    weighing: Weighing,
    found: Links,
    observations: ir.Table,
    groups: Sequence[tuple[str, Assessment]],
) -> Iterator[pa.RecordBatch]:
    """evidence.parquet in its order: every reason with the bits that count and the observations behind it.

    For all links, for all pairs that coincide on an object of a trait declared for it, and for groups.
    The engine sorts by places in lists of names, which is far quicker than by the names.
    """
    sides = sorted({*weighing.names, *(name for name, _ in groups)})
    marks = {GROUP + mark.trait for _, each in groups for mark in each.enrichments}
    signals = sorted({each.name for each in weighing.signals} | marks)
    named = _Places(engine.table(_places(sides)), engine.table(_places(signals)))
    both = _pair_evidence(engine, weighing, found, observations, named).union(
        _group_evidence(observations, engine, groups, weighing.names, named)
    )
    ordered = both.order_by(["left", "right", "signal", "value"])
    lists = {"left": pa.array(sides), "right": pa.array(sides), "signal": pa.array(signals)}
    for batch in engine.batches(ordered):
        columns = {name: batch.column(name) for name in batch.schema.names}
        columns |= {name: texts.take(columns[name]) for name, texts in lists.items()}
        yield pa.RecordBatch.from_pydict(columns)


@dataclass(frozen=True)
class _Places:
    """Tables of name and place, in the order of names: of accounts and groups, and of signals."""

    sides: ir.Table
    signals: ir.Table


def _places(names: Sequence[str]) -> pa.Table:
    return pa.table({"name": pa.array(names, pa.string()), "place": np.arange(len(names), dtype=np.int32)})


def _pair_evidence(
    engine: Engine, weighing: Weighing, found: Links, observations: ir.Table, named: _Places
) -> ir.Table:
    rows = engine.table(found.evidence.append_column("counted", pa.array(found.scored.counted)))
    signals = engine.table(_signal_rows(weighing.signals)).join(
        named.signals.select(signal_name="name", signal_place="place"), "signal_name"
    )
    values = weighing.values.select(
        kind=ibis.literal(Kind.VALUE, "int8"), value=_.v.cast("int64"), text="value", degree="degree"
    ).union(engine.table(_reasons(found.reasons)))
    names = weighing.accounts.join(named.sides.select(account="name", place="place"), "account")
    wide = (
        rows.join(signals, "signal")
        .left_join(values, ["kind", "value"])
        .drop("kind_right", "value_right")
        .join(names.select(left_place="place", left="a"), "left")
        .join(names.select(right_place="place", right="a"), "right")
    )
    compared = [
        observations.filter(_.trait == each.observed)
        .join(weighing.accounts, "account")
        .select("a", "observation", kind=ibis.literal(each.kind, "int8"), v=ibis.literal(0, "int64"))
        for each in weighing.signals
        if each.observed
    ]
    on_values = weighing.holders.select(
        "a", "observation", kind=ibis.literal(Kind.VALUE, "int8"), v=_.v.cast("int64")
    )
    seen = _observed(wide.mutate(shown_value=_.shown_value.fill_null(0)), on_values.union(*compared))
    seen = seen.rename(raw="bits").mutate(bits=_.counted)
    shown = [(seen.signal == i, each.shown) for i, each in enumerate(weighing.signals) if each.shown]
    result = seen.mutate(
        detail=_detail(seen, weighing),
        value=ibis.cases(*shown, else_=seen.text) if shown else seen.text,
    )
    return result.select(
        left="left_place", right="right_place", signal="signal_place", family="family", value="value",
        bits="bits", detail="detail", left_observation="left_observation",
        right_observation="right_observation",
    )  # fmt: skip


def _observed(rows: ir.Table, seen_by: ir.Table) -> ir.Table:
    """Adds the observation of each side by which a row is shown; `seen_by`: a, kind, v, observation."""
    for side in ("left", "right"):
        theirs = seen_by.select(
            **{side: "a", "shown_kind": "kind", "shown_value": "v", f"{side}_observation": "observation"}
        )
        keys = [side, "shown_kind", "shown_value"]
        rows = rows.left_join(theirs, keys).drop(*(f"{key}_right" for key in keys))
    return rows


def coordination(evidence: pa.Table) -> pa.Table:
    """The co-ordination network in evidence.parquet: left, right, weight (coincidences on all objects)."""
    rows = evidence.filter(pc.equal(evidence["signal"], "same object in a window"))
    said = pc.extract_regex(rows["detail"], r"^(?:once|(?P<times>[0-9]+) times) on this object")
    times = pc.struct_field(said, "times")
    weight = pc.if_else(pc.equal(times, ""), "1", times).cast(pa.int64())
    counted = rows.select(["left", "right"]).append_column("weight", weight)
    summed = counted.group_by(["left", "right"]).aggregate([("weight", "sum")])
    named = summed.rename_columns({"weight_sum": "weight"}).select(["left", "right", "weight"])
    return named.sort_by([("left", "ascending"), ("right", "ascending")])


def _reasons(words: Sequence[str]) -> pa.Table:
    """What explains links, in the form of values."""
    number = len(words)
    columns = {
        "kind": pa.array(np.full(number, Kind.EXPLAINED, np.int8)),
        "value": pa.array(np.arange(number)),
        "text": pa.array(words, pa.string()),
        "degree": pa.array(np.zeros(number, np.int64)),
    }
    return pa.table(columns)


def _signal_rows(signals: Sequence[Signal]) -> pa.Table:
    return pa.table(
        {
            "signal": pa.array(range(len(signals)), pa.int16()),
            "signal_name": [each.name for each in signals],
            "family": [each.family for each in signals],
        }
    )


def _group_evidence(
    observations: ir.Table,
    engine: Engine,
    groups: Sequence[tuple[str, Assessment]],
    names: list[str],
    named: _Places,
) -> ir.Table:
    """The same for groups: each account that bears a mark of its group, with its bits."""
    rows = [
        {"group": name, "account": names[i], "trait": mark.trait, "mark": mark.value, **_mark(mark)}
        for name, each in groups
        for mark in each.enrichments
        for i in each.members
    ]
    columns = ("group", "account", "trait", "mark", "family", "bits", "detail", "low", "high")
    kinds = [pa.field(k, pa.float64() if k == "bits" else pa.string()) for k in columns]
    marks = engine.table(pa.Table.from_pylist(rows, pa.schema(kinds)))
    seen = observations.select("account", "trait", "value", "first_at", "observation")
    held = marks.join(seen, ["account", "trait"])
    window = (held.trait == "created_at") & held.first_at.between(
        held.low.cast("int64"), held.high.cast("int64")
    )
    bearing = held.filter(((held.trait != "created_at") & (held.value == held.mark)) | window)
    first = bearing.account < bearing.group
    said = bearing.mutate(
        left_name=ibis.least(bearing.account, bearing.group),
        right_name=ibis.greatest(bearing.account, bearing.group),
        signal_name=ibis.literal(GROUP) + bearing.trait,
        first=first,
    )
    for column, places in (("left", named.sides), ("right", named.sides), ("signal", named.signals)):
        numbers = places.select(**{f"{column}_name": "name", f"{column}_place": "place"})
        said = said.join(numbers, f"{column}_name")
    return said.select(
        left="left_place",
        right="right_place",
        signal="signal_place",
        family="family",
        value="mark",
        bits="bits",
        detail="detail",
        left_observation=ibis.ifelse(said.first, said.observation, ibis.null("string")),
        right_observation=ibis.ifelse(said.first, ibis.null("string"), said.observation),
    )


def _mark(mark: Enrichment) -> dict[str, object]:
    inside = f"{mark.inside:.0%} of {mark.compared} accounts of the group"
    detail = f"{inside}, {mark.outside:.1%} of comparable accounts"
    return {
        "family": mark.family,
        "bits": mark.bits,
        "detail": detail,
        "low": str(mark.low),
        "high": str(mark.high),
    }
