"""Columns of texts that wait in a file for what reads them once more: two gigabytes for two million prompts.

The file has no name, and lies in the folder of the run: nothing is left of it when the run ends or is killed.
Without a folder it is memory.
"""

import mmap
import tempfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa

from linkage.arrays import Ints

ROWS = 100_000
"""Rows that are brought into another order at once."""


class Waiting:
    """Rows that are written some at a time, and then read in the order in which they came, or in another."""

    def __init__(self, schema: pa.Schema, folder: Path | None) -> None:
        self._schema, self._folder = schema, folder
        self._file = _file(folder)
        self._out = pa.ipc.new_stream(self._file, schema)

    def add(self, rows: pa.Table) -> None:
        """Some more rows; columns beyond the schema's own are left out."""
        self._out.write_table(rows.select(self._schema.names))

    def rows(self, kept: np.ndarray) -> pa.Table:
        """Those that are `kept`, in the order in which they came. Nothing can be added any more."""
        self._out.close()
        self._file.seek(0)
        with pa.ipc.open_stream(self._file) as reader:
            table = pa.Table.from_batches(_only(reader, kept), self._schema)
        self._file.close()
        return table

    def mapped(self, places: Ints, kept: np.ndarray) -> pa.Table:
        """The `kept` rows in the order of `places` among them, in a file that is read as it is asked for."""
        rows = self.rows(kept)
        whole = {name: rows[name].combine_chunks() for name in self._schema.names}
        del rows
        made = (
            [column.take(pa.array(places[low : low + ROWS])) for column in whole.values()]
            for low in range(0, len(places), ROWS)
        )
        return in_file(self._schema, made, self._folder)


def in_file(schema: pa.Schema, pieces: Iterable[list[pa.Array]], folder: Path | None) -> pa.Table:
    """A table whose columns are made some rows at a time, in a file that is read as it is asked for."""
    file = _file(folder)
    with pa.ipc.new_file(file, schema) as out:
        for columns in pieces:
            out.write_batch(pa.record_batch(columns, schema))
    return pa.ipc.open_file(pa.py_buffer(_content(file))).read_all()


def _only(reader: pa.RecordBatchReader, kept: np.ndarray) -> Iterator[pa.RecordBatch]:
    at = 0
    for batch in reader:
        own = kept[at : at + len(batch)]
        yield batch if own.all() else batch.filter(pa.array(own))
        at += len(batch)


def _file(folder: Path | None) -> IO[bytes]:
    return tempfile.TemporaryFile(dir=folder) if folder else BytesIO()


def _content(file: IO[bytes]) -> mmap.mmap | bytes:
    if isinstance(file, BytesIO):
        return file.getvalue()
    with file:
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
