"""What the numbers in rows of evidence stand for: values, signals, accounts, and observations behind them.

Texts are looked up by place when a piece of the table is written. An engine would carry each of them through
its joins, and those of all pairs at once are gigabytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.arrays import Ints
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import PAIR
from linkage.evidence.stage import Weighing
from linkage.links.log_odds import Numbers

PIECE = 250_000
"""Rows that are looked up and sorted at once, of some eight hundred bytes each."""


@dataclass(frozen=True)
class Names:
    """Names in their order: of accounts and groups (`sides`), and of signals."""

    sides: list[str]
    signals: list[str]

    def in_words(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """The rows of evidence.parquet with names in the place of numbers."""
        lists = {
            "left": pa.array(self.sides),
            "right": pa.array(self.sides),
            "signal": pa.array(self.signals),
        }
        for batch in batches:
            columns = {name: batch.column(name) for name in batch.schema.names}
            columns |= {name: texts.take(columns[name]) for name, texts in lists.items()}
            yield pa.RecordBatch.from_pydict(columns)


@dataclass(frozen=True)
class Column:
    """Texts or numbers, each with a key of its own; `keys` are in order, `rows` says where each one's are."""

    keys: Ints
    rows: Ints
    values: pa.Table

    @classmethod
    def of(cls, keys: Ints, values: pa.Table) -> Self:
        """Rows with their keys, in any order."""
        order = np.argsort(keys)
        # In one piece, or it would be put together whenever rows are looked up.
        return cls(keys[order], order, values.combine_chunks())

    def at(self, keys: Ints) -> pa.Table:
        """The rows that have these keys; nulls for a key that none has."""
        if not len(self.keys):
            return self.values.take(pa.nulls(len(keys), pa.int64()))
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        missing = self.keys[place] != keys
        return self.values.take(pa.array(self.rows[place], mask=missing))


@dataclass(frozen=True)
class Lookup:
    """What one run's rows of evidence stand for.

    `places` of accounts, by number, among the names of sides; `signals`: family, and place among the names;
    `values`: text and degree by kind and number; `observed`: the observation by kind, account and number,
    which are below `width`.
    """

    places: Ints
    signals: pa.Table
    values: Column
    observed: Column
    width: int

    @classmethod
    def of(cls, weighing: Weighing, observations: ir.Table, names: Names, reasons: Sequence[str]) -> Self:
        """That of one run; `reasons` are the words of what explains links."""
        engine = weighing.engine
        values = engine.collect(
            weighing.values.select("v", text=_.value.cast("string"), degree=_.degree.cast("int64")),
            at_most=engine.max_rows,
        )
        seen = engine.collect(observed(weighing, observations), at_most=engine.max_rows)
        v, kind, a, of = (
            each.to_numpy().astype(np.int64) for each in (values["v"], seen["kind"], seen["a"], seen["v"])
        )
        width = max(int(v.max(initial=0)) + 1, len(reasons))
        explained = pa.table(
            {"text": pa.array(reasons, pa.string()), "degree": np.zeros(len(reasons), np.int64)}
        )
        return cls(
            places(weighing.names, names.sides),
            pa.table(
                {
                    "family": pa.array([each.family for each in weighing.signals], pa.string()),
                    "signal_place": places([each.name for each in weighing.signals], names.signals),
                }
            ),
            Column.of(
                np.concatenate([Kind.VALUE * width + v, Kind.EXPLAINED * width + np.arange(len(reasons))]),
                pa.concat_tables([values.select(explained.column_names), explained]),
            ),
            # Of a large population these are more bytes than 32 bits can number.
            Column.of(
                (kind * len(weighing.names) + a) * width + of,
                pa.table({"observation": seen["observation"].cast(pa.large_string())}),
            ),
            width,
        )

    def named(self, rows: pa.Table) -> pa.Table:
        """Rows of evidence with what they stand for: text, degree, family, places of both accounts and of the
        signal, and the observations by which both sides show it."""
        kind, shown = (_numbers(rows, name) for name in ("kind", "shown_kind"))
        # A number that is null is that of nothing: its kind alone says all, or no observation shows it.
        value = np.where(
            np.asarray(rows["value"].is_valid()), kind * self.width + _numbers(rows, "value"), -1
        )
        found = self.values.at(value), self.signals.take(rows["signal"])
        added = {name: table[name] for table in found for name in table.column_names}
        for side in PAIR.names:
            account = _numbers(rows, side)
            added[f"{side}_place"] = pa.array(self.places[account])
            keys = (shown * len(self.places) + account) * self.width + _numbers(rows, "shown_value")
            added[f"{side}_observation"] = self.observed.at(keys)["observation"]
        for name, column in added.items():
            rows = rows.append_column(name, column)
        return rows


def observed(weighing: Weighing, observations: ir.Table) -> ir.Table:
    """The observations that can show a row of evidence: kind, a, v, observation."""
    on_values = weighing.holders.select(
        "a", "observation", kind=ibis.literal(Kind.VALUE, "int8"), v=_.v.cast("int64")
    )
    compared = [
        observations.filter(_.trait == each.observed)
        .join(weighing.accounts, "account")
        .select("a", "observation", kind=ibis.literal(each.kind, "int8"), v=ibis.literal(0, "int64"))
        for each in weighing.signals
        if each.observed
    ]
    return on_values.union(*compared) if compared else on_values


def places(some: Sequence[str], names: Sequence[str]) -> Ints:
    """The place of each of some names among all."""
    found = pc.index_in(pa.array(some, pa.string()), value_set=pa.array(names, pa.string()))
    result: Ints = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return result


def pieces(rows: pa.Table, places_of_left: Numbers, places: int) -> Iterator[tuple[range, pa.Table]]:
    """Rows about PIECE at a time, those whose left side has its place in a range; the ranges follow one
    another and hold all `places`."""
    # Rows come in a few runs that are in order, so that none of them need be moved.
    falls = np.flatnonzero(np.diff(places_of_left) < 0) + 1
    runs = [*pairwise([0, *falls.tolist(), len(places_of_left)])]
    part = np.cumsum(np.bincount(places_of_left, minlength=places)) // PIECE
    for low, high in pairwise([0, *(np.flatnonzero(np.diff(part)) + 1).tolist(), places]):
        cuts = [(at, *np.searchsorted(places_of_left[at:end], [low, high])) for at, end in runs]
        some = [rows.slice(at + first, last - first) for at, first, last in cuts]
        yield range(low, high), pa.concat_tables(some)


def _numbers(rows: pa.Table, name: str) -> Ints:
    """A column of whole numbers; 0 for null."""
    result: Ints = rows[name].fill_null(0).to_numpy().astype(np.int64)
    return result
