"""The table of evidence: every reason for every pair and group, with the observations behind it.

Inside, accounts, values and signals are numbers; here they get their names and sentences.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.evidence.kinds import Kind
from linkage.evidence.signals import detail
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.groups.assessment import Assessment
from linkage.groups.enrichment import Enrichment
from linkage.links.stage import Links

Groups = Sequence[tuple[str, Assessment]]
"""Groups with their ids."""

PIECE = 1_000_000
"""Rows that are looked up and sorted at once, of some four hundred bytes each."""

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


@dataclass(frozen=True)
class Names:
    """Names in their order: of accounts and groups (`sides`), and of signals."""

    sides: list[str]
    signals: list[str]

    @classmethod
    def of(cls, weighing: Weighing, groups: Groups) -> Self:
        """All that a row of evidence can name."""
        marks = {GROUP + mark.trait for _, each in groups for mark in each.enrichments}
        return cls(
            sorted({*weighing.names, *(name for name, _ in groups)}),
            sorted({each.name for each in weighing.signals} | marks),
        )

    def in_words(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows of `ordered` with names in the place of numbers."""
        lists = {
            "left": pa.array(self.sides),
            "right": pa.array(self.sides),
            "signal": pa.array(self.signals),
        }
        for batch in batches:
            columns = {name: batch.column(name) for name in batch.schema.names}
            columns |= {name: texts.take(columns[name]) for name, texts in lists.items()}
            yield pa.RecordBatch.from_pydict(columns)


def small_tables(weighing: Weighing, found: Links, groups: Groups, names: Names) -> dict[str, pa.Table]:
    """What Python knows of the evidence, to be handed to the engine under these names for `ordered`."""
    return {
        "sides": _places(names.sides),
        "signals": _places(names.signals),
        "evidence": found.evidence.append_column("counted", pa.array(found.scored.counted)),
        "meanings": _signal_rows(weighing.signals),
        "reasons": _reasons(found.reasons),
        "marks": _marks(groups, weighing.names),
    }


def pieces(evidence: pa.Table, names: Names, accounts: Sequence[str]) -> Iterator[tuple[range, pa.Table]]:
    """The rows of evidence on pairs, about PIECE at a time: those whose left account, numbered as `accounts`,
    has its place in a range. The ranges follow one another, and hold all places."""
    place = pc.index_in(pa.array(accounts, pa.string()), value_set=pa.array(names.sides)).to_numpy()
    left = place[evidence["left"].to_numpy()]
    part = np.cumsum(np.bincount(left, minlength=len(names.sides))) // PIECE
    for low, high in pairwise([0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), len(names.sides)]):
        yield range(low, high), evidence.filter(pa.array((left >= low) & (left < high)))


def ordered(
    tables: Mapping[str, ir.Table], weighing: Weighing, observations: ir.Table, places: range
) -> ir.Table:
    """A piece of evidence.parquet in its order: every reason with the bits that count and the observations
    behind it.

    For all links, for all pairs that coincide on an object of a trait declared for it, and for groups whose
    left side has one of these places. `tables` are those of `small_tables` in the engine, with the piece in
    place of `evidence`, and `groups`, made by `of_groups`. Accounts, groups and signals are places in the
    lists of Names: an engine sorts by numbers far quicker than by names.
    """
    groups = tables["groups"]
    own = groups.filter((groups.left >= places.start) & (groups.left < places.stop))
    both = _pair_evidence(tables, weighing, observations).union(own)
    return both.order_by(["left", "right", "signal", "value"])


def _places(names: Sequence[str]) -> pa.Table:
    return pa.table({"name": pa.array(names, pa.string()), "place": np.arange(len(names), dtype=np.int32)})


def _pair_evidence(tables: Mapping[str, ir.Table], weighing: Weighing, observations: ir.Table) -> ir.Table:
    signals = tables["meanings"].join(
        tables["signals"].select(signal_name="name", signal_place="place"), "signal_name"
    )
    values = weighing.values.select(
        kind=ibis.literal(Kind.VALUE, "int8"), value=_.v.cast("int64"), text="value", degree="degree"
    ).union(tables["reasons"])
    names = weighing.accounts.join(tables["sides"].select(account="name", place="place"), "account")
    wide = (
        tables["evidence"]
        .join(signals, "signal")
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
    seen = _with_observations(wide.mutate(shown_value=_.shown_value.fill_null(0)), on_values.union(*compared))
    seen = seen.rename(raw="bits").mutate(bits=_.counted)
    shown = [(seen.signal == i, each.shown) for i, each in enumerate(weighing.signals) if each.shown]
    result = seen.mutate(
        detail=detail_of(seen, weighing),
        value=ibis.cases(*shown, else_=seen.text) if shown else seen.text,
    )
    return result.select(
        left="left_place", right="right_place", signal="signal_place", family="family", value="value",
        bits="bits", detail="detail", left_observation="left_observation",
        right_observation="right_observation",
    )  # fmt: skip


def _with_observations(rows: ir.Table, observed: ir.Table) -> ir.Table:
    """Adds the observation of each side by which a row is shown; `observed`: a, kind, v, observation."""
    for side in ("left", "right"):
        theirs = observed.select(
            **{side: "a", "shown_kind": "kind", "shown_value": "v", f"{side}_observation": "observation"}
        )
        keys = [side, "shown_kind", "shown_value"]
        rows = rows.left_join(theirs, keys).drop(*(f"{key}_right" for key in keys))
    return rows


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


def _marks(groups: Groups, names: Sequence[str]) -> pa.Table:
    """What sets each group apart, for each of its accounts."""
    rows = [
        {"group": name, "account": names[i], "trait": mark.trait, "mark": mark.value, **_mark(mark)}
        for name, each in groups
        for mark in each.enrichments
        for i in each.members
    ]
    columns = ("group", "account", "trait", "mark", "family", "bits", "detail", "low", "high")
    kinds = [pa.field(k, pa.float64() if k == "bits" else pa.string()) for k in columns]
    return pa.Table.from_pylist(rows, pa.schema(kinds))


def of_groups(tables: Mapping[str, ir.Table], observations: ir.Table) -> ir.Table:
    """The evidence on groups, as `ordered` gives that on pairs, in no order: each account that holds what
    marks its group, with its bits."""
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
