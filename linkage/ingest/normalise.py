"""Rows of one chunk in the contract's types: which are used, and why the others are not.

With `unpivot` a row of ours is one non-empty cell: each of them is used or quarantined by itself, and a
source row without any such cell counts as one row, filtered as having no value. So rows still add up.

A cell that cannot be used costs the row only where its table must have the column; elsewhere it is empty, and
counted. In a log of others an account or a time that is a list, an object or the like is such a cell too: the
entry then says nothing of anybody or of any time, and is filtered as others of its kind are.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage import schema
from linkage.ingest import cleaning, reasons, spelling
from linkage.ingest.bulk import Column, Mask
from linkage.ingest.cells import Limits
from linkage.ingest.chunk import Chunk
from linkage.ingest.columns import read_column
from linkage.ingest.losses import Losses
from linkage.ingest.mapping import Plan


class Fault(NamedTuple):
    """A row that is not used: its place in the chunk, the reason, and the column that made it unusable."""

    place: int
    reason: str
    column: str


@dataclass
class Rows:
    """Used rows (all columns of the contract, `file` still empty), each other row's fault, and lost cells."""

    used: pa.Table
    rows: int
    faults: list[Fault]
    losses: Losses
    filtered: Counter[str] = field(default_factory=Counter)
    naive: int = 0


def normalise_rows(plan: Plan, chunk: Chunk, limits: Limits, listed: int = 0) -> Rows:
    """What becomes of the chunk's rows; blank lines and broken rows are the caller's to count.

    Of the rows that lost a cell, `listed` are named for each column and reason.
    """
    found = _columns(plan, chunk, limits)
    if not plan.unpivot:
        every = np.ones(len(chunk.lines), bool)
        return _checked(plan, chunk, _spelt(found, limits), every, Losses(listed))
    return _unpivoted(plan, chunk, found, limits, listed)


def _columns(plan: Plan, chunk: Chunk, limits: Limits) -> dict[str, Column]:
    size, table = len(chunk.lines), plan.table
    found = {name: Column(pa.repeat(value, size)) for name, value in plan.constants.items()}
    for ours, theirs in plan.columns.items():
        if theirs.column in chunk.columns:
            given, epoch = chunk.columns[theirs.column], plan.epochs.get(ours, "")
            column = read_column(ours, table.columns[ours], given, limits, epoch)
            found[ours] = _cleaned_before(column, chunk.cleaned.get(theirs.column))
    return found


def _cleaned_before(column: Column, before: Mapping[int, tuple[str, ...]] | None) -> Column:
    """The column with what was cleaned in its cells before they were read, each kind once a cell."""
    if not before:
        return column
    rows = {row: (*kinds, *column.cleaned.get(row, ())) for row, kinds in before.items()}
    return replace(
        column, cleaned=column.cleaned | {row: tuple(dict.fromkeys(kinds)) for row, kinds in rows.items()}
    )


def _spelt(found: dict[str, Column], limits: Limits) -> dict[str, Column]:
    """The columns with one spelling for each value: columns of a trait's name, and values of that trait."""
    result = dict(found)
    for trait in spelling.TRAITS:
        if trait in found:
            result[trait] = _respelt(found[trait], trait, limits)
    if {"trait", "value"} <= found.keys():
        traits = found["trait"].values
        for trait in sorted({*spelling.TRAITS} & {*pc.unique(traits).to_pylist()}):
            result["value"] = _respelt(result["value"], trait, limits, pc.equal(traits, trait))
    return result


def _respelt(column: Column, trait: str, limits: Limits, rows: pa.Array | None = None) -> Column:
    made = spelling.respell(column.values, spelling.spelling(trait, limits.proxies), rows)
    blank = column.blank
    if made.blank:
        blank = np.zeros(len(column.values), bool) if blank is None else blank.copy()
        blank[list(made.blank)] = True
    return replace(column, values=made.values, faults=column.faults | made.faults, blank=blank)


def _checked(plan: Plan, chunk: Chunk, found: dict[str, Column], chosen: Mask, losses: Losses) -> Rows:
    """The chosen rows, sorted into used and not; the first fault in the contract's order counts."""
    meaningless = _valueless(plan, found, len(chosen)) & chosen
    faults: dict[int, Fault] = {}
    for name in (each for each in plan.table.columns if each in plan.table.required):
        for index, reason in _wrong(name, found.get(name), len(chunk.lines)).items():
            faults.setdefault(index, Fault(index, reason, name))
    bad = [faults[index] for index in sorted(faults) if chosen[index] and not meaningless[index]]
    kept = chosen & ~meaningless
    kept[[each.place for each in bad]] = False
    odd = [each for each in bad if plan.tolerant and each.reason == reasons.WRONG_TYPE]
    bad = [each for each in bad if not (plan.tolerant and each.reason == reasons.WRONG_TYPE)]
    _count(plan, chunk, found, kept, losses)
    _skip(found, chosen, losses)
    naive = sum(int((each.naive & kept).sum()) for each in found.values() if each.naive is not None)
    none = int(meaningless.sum())
    filtered = Counter({reasons.NO_VALUE: none} if none else {}) + _dropped(odd, chunk, losses)
    return Rows(_table(plan, chunk, found, kept), int(chosen.sum()), bad, losses, filtered, naive)


def _dropped(odd: Sequence[Fault], chunk: Chunk, losses: Losses) -> Counter[str]:
    """What rows are filtered as whose required cell is dropped."""
    for name in sorted({each.column for each in odd}):
        rows = [chunk.lines[each.place] for each in odd if each.column == name]
        losses.drop(name, reasons.WRONG_TYPE, rows)
    return Counter(reasons.WITHOUT[each.column] for each in odd)


def _valueless(plan: Plan, found: dict[str, Column], size: int) -> Mask:
    """Rows of the long form that say nothing, as its value is a word that means nothing."""
    value = found.get("value")
    if value is None or value.blank is None or "value" not in plan.table.required:
        return np.zeros(size, bool)
    return value.blank


def _count(plan: Plan, chunk: Chunk, found: dict[str, Column], kept: Mask, losses: Losses) -> None:
    for name, column in found.items():
        if name not in plan.table.required:
            lines: dict[str, list[int]] = {}
            for index, reason in sorted(column.faults.items()):
                if kept[index]:
                    lines.setdefault(reason, []).append(chunk.lines[index])
            for reason, rows in lines.items():
                losses.drop(name, reason, rows)
        losses.clean(name, (kind for i, kinds in column.cleaned.items() if kept[i] for kind in kinds))


def _skip(found: dict[str, Column], chosen: Mask, losses: Losses) -> None:
    for name, column in found.items():
        if column.blank is not None:
            losses.skip(name, int((column.blank & chosen).sum()))


def _wrong(name: str, normal: Column | None, size: int) -> dict[int, str]:
    """The rows in which a required column is empty or unusable, with the reason."""
    if normal is None:
        return dict.fromkeys(range(size), reasons.REQUIRED[name])
    # Bytes that are no text become one and the same character: two ids must not become one by that.
    lost = {row: reasons.NOT_UTF8 for row, how in normal.cleaned.items() if cleaning.NOT_UTF8 in how}
    if normal.values.null_count == len(normal.faults):
        return lost | normal.faults
    empty = np.flatnonzero(np.asarray(pc.is_null(normal.values))).tolist()
    return dict.fromkeys(empty, reasons.REQUIRED[name]) | lost | normal.faults


def _table(plan: Plan, chunk: Chunk, found: dict[str, Column], kept: Mask) -> pa.Table:
    size, declared = len(chunk.lines), plan.table.schema
    more = {
        "line": pa.array(np.asarray(chunk.lines, np.int64)),
        schema.CLEANED: _cleanings(found, size),
    }
    arrays = [
        found[each.name].values if each.name in found else more.get(each.name, pa.nulls(size, each.type))
        for each in declared
    ]
    table = pa.Table.from_arrays(arrays, schema=declared)
    return table if kept.all() else table.filter(pa.array(kept))


def _cleanings(found: dict[str, Column], size: int) -> pa.Array:
    """What was cleaned in each row, as `column: what`; null in nearly all."""
    texts: dict[int, list[str]] = {}
    for name, column in sorted(found.items()):
        for index, kinds in column.cleaned.items():
            texts.setdefault(index, []).extend(f"{name}: {kind}" for kind in kinds)
    kind = schema.ARROW[schema.HASHES]
    return pa.array([texts.get(index) for index in range(size)], kind) if texts else pa.nulls(size, kind)


def _unpivoted(plan: Plan, chunk: Chunk, found: dict[str, Column], limits: Limits, listed: int) -> Rows:
    size, losses = len(chunk.lines), Losses(listed)
    pieces, any_cell = [], np.zeros(size, bool)
    for trait, theirs in plan.unpivot.items():
        if theirs.column not in chunk.columns:
            continue
        value = read_column("value", schema.TEXT, chunk.columns[theirs.column], limits)
        named = _spelt(found | {"trait": Column(pa.repeat(trait, size)), "value": value}, limits)
        value = named["value"]
        there = np.array(pc.is_valid(value.values))
        there[list(value.faults)] = True
        any_cell |= there
        losses.skip("value", 0 if value.blank is None else int(value.blank.sum()))
        pieces.append(_checked(plan, chunk, named | {"value": replace(value, blank=None)}, there, losses))
    none = int(size - any_cell.sum())
    return _joined(plan, pieces, none, losses)


def _joined(plan: Plan, pieces: Sequence[Rows], none: int, losses: Losses) -> Rows:
    """The rows of all unpivoted columns, and `none` rows without any value."""
    tables = [plan.table.schema.empty_table(), *(piece.used for piece in pieces)]
    # By row, then trait: so the staged rows do not tell how the file was cut into chunks.
    used = pa.concat_tables(tables)
    order = np.argsort(used.column("line").to_numpy(), kind="stable")
    return Rows(
        used.take(pa.array(order)),
        sum(piece.rows for piece in pieces) + none,
        sorted((fault for piece in pieces for fault in piece.faults), key=lambda fault: fault.place),
        losses,
        sum((piece.filtered for piece in pieces), Counter({reasons.NO_VALUE: none} if none else {})),
        sum(piece.naive for piece in pieces),
    )
