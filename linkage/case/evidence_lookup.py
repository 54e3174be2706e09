"""What the numbers in rows of evidence stand for: values, signals, accounts, and observations behind them.

Texts are looked up by place when a piece of the table is written. An engine would carry each of them through
its joins, and those of all pairs at once are gigabytes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.arrays import Ints, distinct
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import PAIR
from linkage.evidence.stage import Weighing
from linkage.links.log_odds import Numbers
from linkage.links.stage import Links

PIECE = 250_000
"""Rows that are looked up and sorted at once, of some eight hundred bytes each."""

KEYED = 2_000_000
"""Rows of which is found at once what they speak of, of some sixty bytes each."""


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
    def of(cls, weighing: Weighing, observations: ir.Table, names: Names, found: Links) -> Self:
        """That of one run's evidence: values and observations that no row speaks of are not looked up."""
        most = pc.max(found.evidence["value"]).as_py() or 0
        width = max(most + 1, len(found.reasons))
        said, shown = _keys(found.evidence, width, len(weighing.names))
        return cls(
            places(weighing.names, names.sides),
            pa.table(
                {
                    "family": pa.array([each.family for each in weighing.signals], pa.string()),
                    "signal_place": places([each.name for each in weighing.signals], names.signals),
                }
            ),
            _values(weighing, said, found.reasons, width),
            _observations(weighing, observations, shown, width),
            width,
        )

    def named(self, rows: pa.Table) -> pa.Table:
        """Rows of evidence with what they stand for: text, degree, family, places of both accounts and of the
        signal, and the observations by which both sides show it."""
        found = self.values.at(_value_keys(rows, self.width)), self.signals.take(rows["signal"])
        added = {name: table[name] for table in found for name in table.column_names}
        for side in PAIR.names:
            added[f"{side}_place"] = pa.array(self.places[_numbers(rows, side)])
            keys = _observed_keys(rows, side, self.width, len(self.places))
            added[f"{side}_observation"] = self.observed.at(keys)["observation"]
        for name, column in added.items():
            rows = rows.append_column(name, column)
        return rows


def _keys(evidence: pa.Table, width: int, accounts: int) -> tuple[Ints, Ints]:
    """The keys of the values and of the observations that rows of evidence speak of, each once, in order."""
    values = observed = np.empty(0, dtype=np.int64)
    for low in range(0, evidence.num_rows, KEYED):
        rows = evidence.slice(low, KEYED)
        values = distinct(np.concatenate([values, _value_keys(rows, width)]))
        for side in PAIR.names:
            shown = distinct(_observed_keys(rows, side, width, accounts))
            observed = distinct(np.concatenate([observed, shown]))
    return values, observed


def _value_keys(rows: pa.Table, width: int) -> Ints:
    """The key of what each row says; −1 for a number that is null: its kind alone says all."""
    known = rows["value"].is_valid().to_numpy()
    return np.where(known, _numbers(rows, "kind") * width + _numbers(rows, "value"), -1)


def _observed_keys(rows: pa.Table, side: str, width: int, accounts: int) -> Ints:
    """The key of the observation by which one side shows each row, if there is one."""
    kind, account, value = (_numbers(rows, name) for name in ("shown_kind", side, "shown_value"))
    return (kind * accounts + account) * width + value


def _values(weighing: Weighing, keys: Ints, reasons: Sequence[str], width: int) -> Column:
    """Text and degree of the values with these keys, and the words of what explains links."""
    values = weighing.values.select(
        "v", text=_.value.cast("string"), degree=_.degree.cast("int64"), kind=ibis.literal(Kind.VALUE, "int8")
    )
    explained = pa.table({"text": pa.array(reasons, pa.string()), "degree": np.zeros(len(reasons), np.int64)})
    own, texts = _among(
        weighing.engine.batches(values.filter(_.v < width)),
        keys,
        lambda rows: _column(rows, "kind") * width + _column(rows, "v"),
        explained.schema,
    )
    of_reasons = Kind.EXPLAINED * width + np.arange(len(reasons))
    return Column.of(np.concatenate([own, of_reasons]), pa.concat_tables([texts, explained]))


def _observations(weighing: Weighing, observations: ir.Table, keys: Ints, width: int) -> Column:
    """The observations with these keys."""
    accounts = len(weighing.names)
    rows = observed(weighing, observations).filter(_.v < width)
    own, found = _among(
        weighing.engine.batches(rows),
        keys,
        lambda rows: (_column(rows, "kind") * accounts + _column(rows, "a")) * width + _column(rows, "v"),
        # Of a large population these are more bytes than 32 bits can number.
        pa.schema([pa.field("observation", pa.large_string())]),
    )
    return Column.of(own, found)


def _among(
    batches: Iterable[pa.RecordBatch],
    wanted: Ints,
    keys_of: Callable[[pa.RecordBatch], Ints],
    schema: pa.Schema,
) -> tuple[Ints, pa.Table]:
    """Of rows that come some at a time those with a wanted key (in order), and their keys."""
    keys, found = [np.empty(0, dtype=np.int64)], [schema.empty_table()]
    for batch in batches:
        own = keys_of(batch)
        place = np.minimum(np.searchsorted(wanted, own), len(wanted) - 1)
        hit = np.flatnonzero(wanted[place] == own) if len(wanted) else np.empty(0, dtype=np.int64)
        if len(hit):
            keys.append(own[hit])
            rows = pa.Table.from_batches([batch]).select(schema.names)
            found.append(rows.take(pa.array(hit)).cast(schema))
    return np.concatenate(keys), pa.concat_tables(found)


def _column(batch: pa.RecordBatch, name: str) -> Ints:
    result: Ints = batch.column(name).to_numpy(zero_copy_only=False).astype(np.int64)
    return result


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
