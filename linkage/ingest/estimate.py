"""How much a source holds, from a look at the beginning of some of its files."""

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage.ingest.asked import taken_apart
from linkage.ingest.files import Part
from linkage.ingest.formats.parquet import ParquetSource
from linkage.ingest.normalise import normalise_rows
from linkage.ingest.opening import Opened, chunks_of, opened, source_of
from linkage.ingest.projection import projected, projected_plan
from linkage.runs.cost import Shape
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping

CHUNKS = 4
"""Pieces of a text file that are looked at; its rows go on as they do there."""

FILES = 8
"""Files of a table that are looked into; of the others the size counts."""


def estimated_shape(
    paths: Sequence[Path], chosen: IngestSettings, mappings: Mapping[str, TableMapping]
) -> Shape:
    """How many rows, interactions, distinct texts and accounts there are, about; raises as reading does."""
    given = opened(paths, chosen, mappings)
    by_table: dict[str, list[Part]] = {}
    for part in given.found.parts:
        by_table.setdefault(part.table, []).append(part)
    looks = {table: _Look.at(parts, given, chosen) for table, parts in by_table.items()}
    asked = looks.get("interactions", NOTHING)
    named = looks.get("accounts")
    accounts = named.rows if named else max((each.distinct("account") for each in looks.values()), default=0)
    rows = sum(each.rows for each in looks.values())
    return Shape(rows, asked.rows, asked.distinct("prompt"), accounts)


class _Look:
    """Rows of one table in all, about, and some of them."""

    def __init__(self, rows: int, some: pa.Table) -> None:
        self.rows, self._some = rows, some

    @classmethod
    def at(cls, parts: Sequence[Part], given: Opened, chosen: IngestSettings) -> "_Look":
        """Parts of one table."""
        spread = np.unique(np.linspace(0, len(parts) - 1, min(FILES, len(parts))).astype(int))
        looked_at, rows, size, some = {int(place) for place in spread}, 0.0, 0, []
        for place in sorted(looked_at):
            found, used = _first(parts[place], given, chosen)
            rows += found
            size += parts[place].path.stat().st_size
            some += used
        others = sum(each.path.stat().st_size for n, each in enumerate(parts) if n not in looked_at)
        rows += others * rows / size if size else 0
        return cls(round(rows), pa.concat_tables(some) if some else pa.table({}))

    def distinct(self, column: str) -> int:
        """How many values of a column there are, as they grow with the rows looked at (Heaps' law)."""
        if column not in self._some.column_names:
            return 0
        values = pc.drop_null(self._some[column].combine_chunks())
        if not len(values):
            return 0
        mixed = values.take(pa.array(np.random.default_rng(0).permutation(len(values))))
        half, all_of = (len(pc.unique(mixed.slice(0, n))) for n in ((len(mixed) + 1) // 2, len(mixed)))
        growth = float(np.log2(all_of / half)) if half and len(mixed) > 1 else 1.0
        there = self.rows * len(values) / self._some.num_rows
        found: int = round(min(all_of * max(there / len(values), 1.0) ** growth, max(there, all_of)))
        return found


NOTHING = _Look(0, pa.table({}))


def _first(part: Part, given: Opened, chosen: IngestSettings) -> tuple[float, list[pa.Table]]:
    """The rows of a file, about, and the first that can be used."""
    plan, source = given.plan(part), source_of(part, chosen)
    most = 1 if isinstance(source, ParquetSource) else CHUNKS
    used, met = [], [(0, 0)]
    for chunk in islice(chunks_of(source, part, plan, chosen), most):
        ours, first, _ = taken_apart(projected_plan(plan), projected(plan, chunk), chosen.conversations)
        used.append(normalise_rows(ours, first, given.limits).used)
        met.append((met[-1][0] + chunk.rows, source.bytes))
    if isinstance(source, ParquetSource):
        return float(pq.read_metadata(part.path).num_rows), used
    rows, end = met[-1]
    if len(met) <= most:
        return float(rows), used
    # A reader is ahead of the rows it has handed out, always by as much.
    each = (rows - met[1][0]) / max(end - met[1][1], 1)
    return rows + each * max(part.path.stat().st_size - end, 0), used
