"""Staged rows on disk, and the one check that needs a whole table: the length of its vectors."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

GROUP_ROWS = 100_000
BATCH_ROWS = 10_000
GROUP_BYTES = 64 * 2**20
VECTORS = "embedding"
COMPRESSION = "lz4"
"""Staged files live as long as a run. They are half as large again as with zstd, and take half the time."""


class Stage:
    """One staged Parquet file, open for writing; `used` rows, and how many vectors have each length."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self._schema = path, schema
        self.used = 0
        self.lengths: Counter[int] = Counter()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._out = pq.ParquetWriter(path, schema, compression=COMPRESSION)
        self._waiting: list[pa.Table] = []

    def add(self, table: pa.Table) -> None:
        """Add rows; they are written once there are enough for a row group."""
        self.used += table.num_rows
        if VECTORS in table.column_names:
            counted = pc.value_counts(pc.drop_null(pc.list_value_length(table.column(VECTORS))))
            for each in counted:
                self.lengths[each["values"].as_py()] += each["counts"].as_py()
        self._waiting.append(table)
        rows = sum(each.num_rows for each in self._waiting)
        if rows >= GROUP_ROWS or sum(each.nbytes for each in self._waiting) >= GROUP_BYTES:
            self._write()

    def close(self) -> None:
        """Write what is left."""
        self._write()
        self._out.close()

    def _write(self) -> None:
        if self._waiting:
            self._out.write_table(pa.concat_tables(self._waiting), row_group_size=GROUP_ROWS)
            self._waiting = []


def common_length(stages: Iterable[Stage]) -> int | None:
    """The commonest length of a table's vectors, if they differ at all; of equally common ones the longer.

    The whole table decides, so that neither the order of rows nor their split into files does.
    """
    lengths: Counter[int] = sum((stage.lengths for stage in stages), Counter())
    if len(lengths) < 2:
        return None
    return max(lengths, key=lambda length: (lengths[length], length))


def drop_other_lengths(stage: Stage, length: int) -> list[int]:
    """Empty the vectors of another length; the lines of the rows that lost theirs, in their order."""
    if set(stage.lengths) <= {length}:
        return []
    lines: list[int] = []
    old = stage.path.with_suffix(".mixed")
    stage.path.rename(old)
    with (
        pq.ParquetFile(old) as source,
        pq.ParquetWriter(stage.path, source.schema_arrow, compression=COMPRESSION) as out,
    ):
        for batch in source.iter_batches(BATCH_ROWS):
            table = pa.Table.from_batches([batch])
            vectors = table.column(VECTORS).combine_chunks()
            other = pc.fill_null(pc.not_equal(pc.list_value_length(vectors), length), False)
            lines += table.column("line").filter(other).to_pylist()
            out.write_table(_emptied(table, vectors, other))
    old.unlink()
    return lines


def _emptied(table: pa.Table, vectors: pa.Array, other: pa.Array) -> pa.Table:
    kept = vectors.take(pc.if_else(other, None, pa.array(np.arange(len(vectors)))))
    place = table.schema.get_field_index(VECTORS)
    return table.set_column(place, table.schema.field(VECTORS), kept)
