"""Rows of one chunk in the contract's types: which are used, and why the others are not.

With `unpivot` a row of ours is one non-empty cell: each of them is used or quarantined by itself, and a
source row without any such cell counts as one row, filtered as having no value. So rows still add up.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage import schema
from linkage.ingest import addresses, reasons
from linkage.ingest.cells import Limits
from linkage.ingest.chunk import Chunk
from linkage.ingest.columns import Column, read_column
from linkage.ingest.mapping import Plan

Mask = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass
class Rows:
    """Used rows (all columns of the contract, `file` still empty), and the index and reason of each other."""

    used: pa.Table
    rows: int
    faults: list[tuple[int, str]]
    filtered: Counter[str] = field(default_factory=Counter)
    naive: int = 0


def normalise_rows(plan: Plan, chunk: Chunk, limits: Limits) -> Rows:
    """What becomes of the chunk's rows; blank lines and broken rows are the caller's to count."""
    found = _columns(plan, chunk, limits)
    if not plan.unpivot:
        return _checked(plan, chunk, found, np.ones(len(chunk.lines), bool))
    return _unpivoted(plan, chunk, found, limits)


def _columns(plan: Plan, chunk: Chunk, limits: Limits) -> dict[str, Column]:
    size, table = len(chunk.lines), plan.table
    found = {name: Column(pa.repeat(value, size)) for name, value in plan.constants.items()}
    for ours, theirs in plan.columns.items():
        if theirs.column in chunk.columns:
            found[ours] = read_column(ours, table.columns[ours], chunk.columns[theirs.column], limits)
    return found


def _checked(plan: Plan, chunk: Chunk, found: dict[str, Column], chosen: Mask) -> Rows:
    """The chosen rows, sorted into used and not; the first fault in the contract's order counts."""
    found = _one_spelling(found)
    faults: dict[int, str] = {}
    for name in plan.table.columns:
        normal = found.get(name)
        for index, reason in _wrong(plan, name, normal, len(chunk.lines)).items():
            faults.setdefault(index, reason)
    bad = sorted(index for index in faults if chosen[index])
    kept = chosen.copy()
    kept[bad] = False
    naive = sum(int((each.naive & kept).sum()) for each in found.values() if each.naive is not None)
    return Rows(
        _table(plan, chunk, found, kept), int(chosen.sum()), [(i, faults[i]) for i in bad], naive=naive
    )


def _one_spelling(found: dict[str, Column]) -> dict[str, Column]:
    """The columns with addresses as one spelling each: columns of that name, and values of that trait."""
    result = dict(found)
    for trait in addresses.SPELLED:
        if trait in found:
            result[trait] = replace(found[trait], values=addresses.respell(found[trait].values, trait))
        if {"trait", "value"} <= found.keys():
            rows = pc.equal(found["trait"].values, trait)
            values = addresses.respell(result["value"].values, trait, rows)
            result["value"] = replace(result["value"], values=values)
    return result


def _wrong(plan: Plan, name: str, normal: Column | None, size: int) -> dict[int, str]:
    required = name in plan.table.required
    if normal is None:
        return dict.fromkeys(range(size), reasons.REQUIRED[name]) if required else {}
    if not required or normal.values.null_count == len(normal.faults):
        return normal.faults
    empty = np.flatnonzero(np.asarray(pc.is_null(normal.values))).tolist()
    return dict.fromkeys(empty, reasons.REQUIRED[name]) | normal.faults


def _table(plan: Plan, chunk: Chunk, found: dict[str, Column], kept: Mask) -> pa.Table:
    size, declared = len(chunk.lines), plan.table.schema
    arrays = [
        found[field.name].values if field.name in found else pa.nulls(size, field.type)
        for field in declared
        if field.name != "line"
    ]
    table = pa.Table.from_arrays([*arrays, pa.array(np.asarray(chunk.lines, np.int64))], schema=declared)
    return table if kept.all() else table.filter(pa.array(kept))


def _unpivoted(plan: Plan, chunk: Chunk, found: dict[str, Column], limits: Limits) -> Rows:
    size = len(chunk.lines)
    pieces, any_cell = [], np.zeros(size, bool)
    for trait, theirs in plan.unpivot.items():
        if theirs.column not in chunk.columns:
            continue
        value = read_column("value", schema.TEXT, chunk.columns[theirs.column], limits)
        there = np.array(pc.is_valid(value.values))
        there[list(value.faults)] = True
        any_cell |= there
        named = {"trait": Column(pa.repeat(trait, size)), "value": value}
        pieces.append(_checked(plan, chunk, found | named, there))
    none = int(size - any_cell.sum())
    tables = [plan.table.schema.empty_table(), *(piece.used for piece in pieces)]
    # By row, then trait: so the staged rows do not tell how the file was cut into chunks.
    used = pa.concat_tables(tables)
    order = np.argsort(used.column("line").to_numpy(), kind="stable")
    return Rows(
        used.take(pa.array(order)),
        sum(piece.rows for piece in pieces) + none,
        sorted((fault for piece in pieces for fault in piece.faults), key=lambda fault: fault[0]),
        Counter({reasons.NO_VALUE: none} if none else {}),
        sum(piece.naive for piece in pieces),
    )
