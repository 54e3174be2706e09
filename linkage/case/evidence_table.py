"""The table of evidence: every reason for every pair and group, with the observations behind it.

Inside, accounts, values and signals are numbers; here they get their names and sentences.
"""

from collections.abc import Iterator, Mapping, Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.case.evidence_lookup import Lookup, Names, pieces
from linkage.evidence.signals import detail
from linkage.evidence.stage import Weighing
from linkage.groups.assessment import Assessment
from linkage.groups.enrichment import Enrichment
from linkage.links.stage import Links
from linkage.runs.memory import let_go

Groups = Sequence[tuple[str, Assessment]]
"""Groups with their ids."""

GROUP = "group "
"""Begins the name of what speaks for a group, before the trait it speaks of."""


def detail_of(rows: ir.Table, weighing: Weighing) -> ir.StringValue:
    """The sentence of each row: its signal's, and what the family rules left of its bits."""
    run = detail.Run(len(weighing.names), weighing.chosen)
    worded = [(i, each.detail) for i, each in enumerate(weighing.signals) if each.detail is not detail.held]
    cases = [(rows.signal == number, words(rows, run)) for number, words in worded]
    held = detail.held(rows, run)
    reason = ibis.cases(*cases, else_=held) if cases else held
    overlaps = rows.raw.round(1) > rows.bits.round(1)
    counted = ibis.literal("; ") + detail.number(rows.raw, 1) + " bits; counted as "
    counted = counted + detail.number(rows.bits, 1) + ", because it overlaps other " + rows.family
    return reason + ibis.ifelse(overlaps, counted + " evidence", "")


def names_of(weighing: Weighing, groups: Groups) -> Names:
    """All names that a row of evidence can have, of sides and signals."""
    marks = {GROUP + mark.trait for _, each in groups for mark in each.enrichments}
    return Names(
        sorted({*weighing.names, *(name for name, _ in groups)}),
        sorted({each.name for each in weighing.signals} | marks),
    )


def rows_in_order(
    found: Links, groups: Groups, weighing: Weighing, observations: ir.Table
) -> Iterator[pa.RecordBatch]:
    """evidence.parquet in its order: every reason with the bits that count and the observations behind it.

    For all links, for all pairs that coincide on an object of a trait declared for it, and for groups. They
    are made some accounts at a time, so that the engine never sorts the texts of all.
    """
    names, engine = names_of(weighing, groups), weighing.engine
    lookup = Lookup.of(weighing, observations, names, found)
    listed = {"marks": _marks(groups, weighing.names)}
    listed |= {"sides": _places(names.sides), "signals": _places(names.signals)}
    tables = {name: engine.table(each) for name, each in listed.items()}
    on_groups = engine.keep(_group_evidence(tables, observations))
    evidence = found.evidence.append_column("counted", pa.array(found.scored.counted))
    left = lookup.places[evidence["left"].to_numpy()]
    for places, piece in pieces(evidence, left, len(names.sides)):
        rows = engine.table(lookup.named(piece))
        own = on_groups.filter((on_groups.left >= places.start) & (on_groups.left < places.stop))
        both = _worded(rows, weighing).union(own).order_by(["left", "right", "signal", "value"])
        yield from names.in_words(engine.batches(both))
        engine.drop(rows)
        let_go(found.evidence)


def _places(names: Sequence[str]) -> pa.Table:
    return pa.table({"name": pa.array(names, pa.string()), "place": np.arange(len(names))})


def _worded(rows: ir.Table, weighing: Weighing) -> ir.Table:
    """Rows of evidence on pairs, with what they stand for, as those of the table: accounts and signals are
    places in lists of names, since an engine sorts by numbers far quicker than by names."""
    seen = rows.rename(raw="bits").mutate(bits=_.counted)
    shown = [(seen.signal == i, each.shown) for i, each in enumerate(weighing.signals) if each.shown]
    return seen.select(
        left="left_place", right="right_place", signal="signal_place", family="family",
        value=ibis.cases(*shown, else_=seen.text) if shown else seen.text,
        bits="bits", detail=detail_of(seen, weighing), left_observation="left_observation",
        right_observation="right_observation",
    )  # fmt: skip


def coordination(evidence: pa.Table) -> pa.Table:
    """The co-ordination network in evidence.parquet: left, right, weight (coincidences on all objects)."""
    rows = evidence.filter(pc.equal(evidence["signal"], "same object in a window"))
    found = pc.extract_regex(rows["detail"], r"^(?:once|(?P<times>[0-9]+) times) on this object")
    times = pc.struct_field(found, "times")
    weight = pc.if_else(pc.equal(times, ""), "1", times).cast(pa.int64())
    counted = rows.select(["left", "right"]).append_column("weight", weight)
    summed = counted.group_by(["left", "right"]).aggregate([("weight", "sum")])
    named = summed.rename_columns({"weight_sum": "weight"}).select(["left", "right", "weight"])
    return named.sort_by([("left", "ascending"), ("right", "ascending")])


def _marks(groups: Groups, names: Sequence[str]) -> pa.Table:
    """What sets each group apart, for each of its accounts."""
    marks = [(name, each, mark) for name, each in groups for mark in each.enrichments]
    sizes = np.array([len(each.members) for _name, each, _mark in marks], dtype=np.int64)
    members = np.concatenate([np.empty(0, np.int64), *(each.members for _name, each, _mark in marks)])
    rows = [
        {"group": name, "trait": mark.trait, "mark": mark.value, **_mark(mark)} for name, _, mark in marks
    ]
    columns = ("group", "trait", "mark", "family", "bits", "detail", "low", "high")
    kinds = [pa.field(k, pa.float64() if k == "bits" else pa.string()) for k in columns]
    of_mark = pa.array(np.repeat(np.arange(len(marks)), sizes))
    listed = pa.Table.from_pylist(rows, pa.schema(kinds)).take(of_mark)
    return listed.append_column("account", pa.array(names, pa.string()).take(pa.array(members)))


def _group_evidence(tables: Mapping[str, ir.Table], observations: ir.Table) -> ir.Table:
    """The same for groups: each account that holds what marks its group, with its bits."""
    seen = observations.select("account", "trait", "value", "first_at", "observation")
    held = tables["marks"].join(seen, ["account", "trait"])
    window = (held.trait == "created_at") & held.first_at.between(
        held.low.cast("int64"), held.high.cast("int64")
    )
    bearing = held.filter(((held.trait != "created_at") & (held.value == held.mark)) | window)
    first = bearing.account < bearing.group
    named = bearing.mutate(
        left_name=ibis.least(bearing.account, bearing.group),
        right_name=ibis.greatest(bearing.account, bearing.group),
        signal_name=ibis.literal(GROUP) + bearing.trait,
        first=first,
    )
    for column, places in (("left", "sides"), ("right", "sides"), ("signal", "signals")):
        numbers = tables[places].select(**{f"{column}_name": "name", f"{column}_place": "place"})
        named = named.join(numbers, f"{column}_name")
    return named.select(
        left="left_place",
        right="right_place",
        signal="signal_place",
        family="family",
        value="mark",
        bits="bits",
        detail="detail",
        left_observation=ibis.ifelse(named.first, named.observation, ibis.null("string")),
        right_observation=ibis.ifelse(named.first, ibis.null("string"), named.observation),
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
