"""Staged rows on disk, and the one check that needs a whole table: the length of its vectors."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage.ingest import reasons
from linkage.ingest.quarantine import Quarantine

GROUP_ROWS = 100_000
BATCH_ROWS = 10_000
GROUP_BYTES = 64 * 2**20
VECTORS = "embedding"


class Stage:
    """One staged Parquet file, open for writing; `used` rows, and how many vectors have each length."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self._schema = path, schema
        self.used = 0
        self.lengths: Counter[int] = Counter()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._out = pq.ParquetWriter(path, schema, compression="zstd", compression_level=1)
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


def quarantine_other_lengths(stage: Stage, length: int, table: str, quarantine: Quarantine) -> int:
    """Move rows with vectors of another length to the quarantine; says how many."""
    if set(stage.lengths) <= {length}:
        return 0
    moved, old = 0, stage.path.with_suffix(".mixed")
    stage.path.rename(old)
    with (
        pq.ParquetFile(old) as source,
        pq.ParquetWriter(stage.path, source.schema_arrow, compression="zstd") as out,
    ):
        for batch in source.iter_batches(BATCH_ROWS):
            lengths = pc.fill_null(pc.list_value_length(batch.column(VECTORS)), length)
            other = np.asarray(pc.not_equal(lengths, length))
            for index in np.flatnonzero(other).tolist():
                _put_away(batch, index, table, quarantine)
            moved += int(other.sum())
            kept = pa.Table.from_batches([batch]).filter(pa.array(~other))
            out.write_table(kept)
    old.unlink()
    return moved


def _put_away(batch: pa.RecordBatch, index: int, table: str, quarantine: Quarantine) -> None:
    row = batch.slice(index, 1).to_pylist()[0]
    file, line = row.pop("file"), row.pop("line")
    raw = json.dumps({name: value for name, value in row.items() if value is not None})
    quarantine.add(table, file, line, reason=reasons.OTHER_LENGTH, raw=raw)
