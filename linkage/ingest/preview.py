"""What a run would read of a source: the first rows of each kind of file, taken as the run takes them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest.asked import taken_apart
from linkage.ingest.chunk import Chunk
from linkage.ingest.columns import python_values
from linkage.ingest.expressions import says_nothing
from linkage.ingest.files import Part
from linkage.ingest.losses import Losses
from linkage.ingest.normalise import normalise_rows
from linkage.ingest.opening import Opened, chunks_of, opened, source_of
from linkage.ingest.projection import projected, projected_plan
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping

ROWS = 1_000
"""Rows of a file that are looked at."""
EXAMPLES = 3


@dataclass
class Preview:
    """What files of one kind give to one table.

    `mapped` has for each column of ours the expression that gives it, `filled` the share of the rows looked
    at in which it says something. `unused` are further columns of the file.
    """

    table: str
    read_as: str
    files: list[str]
    mapped: dict[str, str]
    rows: int = 0
    used: int = 0
    filled: dict[str, float] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)
    losses: dict[str, Any] = field(default_factory=dict)
    traits: frozenset[str] = frozenset()
    examples: list[dict[str, Any]] = field(default_factory=list)


def previews(
    paths: Sequence[Path], chosen: IngestSettings, mappings: Mapping[str, TableMapping]
) -> tuple[list[Preview], Mapping[str, str]]:
    """A preview for each kind of file and table, and the files that would not be read, with reasons.

    Raises InputError and UsageError as reading does.
    """
    given = opened(paths, chosen, mappings)
    kinds: dict[tuple[str, str], list[Part]] = {}
    for part in given.found.parts:
        kinds.setdefault((part.table, _read_as(part)), []).append(part)
    found = [_preview(table, name, parts, given, chosen) for (table, name), parts in kinds.items()]
    return found, given.found.ignored


def _read_as(part: Part) -> str:
    if part.mapping is not None:
        return f"[sources.{part.mapping}]"
    return f"format {part.adapter}" if part.adapter else "its own columns"


def _preview(table: str, name: str, parts: Sequence[Part], given: Opened, chosen: IngestSettings) -> Preview:
    plan = given.plan(parts[0])
    mapped = {ours: each.text for ours, each in plan.columns.items()}
    mapped |= {f"trait {trait}": each.text for trait, each in plan.unpivot.items()}
    made = Preview(table, name, [part.name for part in parts], mapped)
    tables, lost, left_out, unused = [], Losses(0), Counter[str](), set[str]()
    said, looked_at = Counter[str](), 0
    for part in parts:
        own = given.plan(part)
        for chunk in islice(chunks_of(source_of(part, chosen), part, own, chosen), 1):
            unused |= chunk.unknown
            first = projected(own, _first(chunk))
            ours, first, _ = taken_apart(projected_plan(own), first, chosen.conversations)
            rows = normalise_rows(ours, first, given.limits)
            made.rows += rows.rows + len(first.broken) + first.blank + sum(first.filtered.values())
            left_out.update(first.filtered)
            left_out.update(rows.filtered)
            left_out.update(fault.reason for fault in rows.faults)
            left_out.update(broken.reason for broken in first.broken)
            lost.add(rows.losses)
            tables.append(rows.used)
            looked_at += len(first.lines)
            said.update({name: _said(column) for name, column in first.columns.items()})
        if made.rows >= ROWS:
            break
    made.left_out, made.losses = dict(left_out), lost.for_receipt()
    made.unused = tuple(sorted(unused))
    made.filled = {name: count / looked_at for name, count in said.items() if count}
    if tables:
        _fill(made, pa.concat_tables(tables))
    return made


def _said(column: "list[Any] | pa.Array") -> int:
    """Cells that say something."""
    values = column if isinstance(column, list) else python_values(column)
    return sum(not says_nothing(value) for value in values)


def _first(chunk: Chunk) -> Chunk:
    """The chunk's first rows."""
    if len(chunk.lines) <= ROWS:
        return chunk
    objects = chunk.made_objects()
    return replace(
        chunk,
        columns={name: column[:ROWS] for name, column in chunk.columns.items()},
        lines=chunk.lines[:ROWS],
        objects=None if objects is None else objects[:ROWS],
    )


def _fill(made: Preview, used: pa.Table) -> None:
    made.used = used.num_rows
    if not used.num_rows:
        return
    columns = [name for name in used.column_names if name not in ("file", "line", "cleaned")]
    if "trait" in columns:
        made.traits = frozenset(pc.unique(used.column("trait")).to_pylist())
    spread = np.linspace(0, used.num_rows - 1, min(EXAMPLES, used.num_rows)).astype(int)
    rows = used.take(pa.array(np.unique(spread))).to_pylist()
    made.examples = [{name: row[name] for name in columns if row[name] is not None} for row in rows]
