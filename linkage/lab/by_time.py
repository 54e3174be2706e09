"""Interactions laid down on disk as they are drawn, by account, and taken up again by time."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from linkage.arrays import Ints
from linkage.lab.calendar import DAY, DAYS, START
from linkage.lab.identifiers import HASH, ID, Bytes, Identified, id_keys
from linkage.lab.roster import Flags, Rows

WEEK = 7 * DAY
WEEKS = DAYS // 7 + 1

_NUMBERS = {
    "account": pa.int32(),
    "at": pa.int64(),
    "kind": pa.int8(),
    "sub": pa.int64(),
    "item": pa.int32(),
    "hand": pa.int64(),
    "station": pa.int32(),
}
_SCHEMA = pa.schema(
    [
        *_NUMBERS.items(),
        ("second", pa.bool_()),
        ("id", pa.binary(ID)),
        ("response", pa.binary(HASH)),
        ("context", pa.list_(pa.binary(HASH))),
    ]
)


@dataclass(frozen=True)
class Sent:
    """Interactions with all that is known of them but their texts.

    `second`: from the account's second place. `context`: hashes of the turns that each carries, oldest
    first, one after the other; `turns` says how many are whose.
    """

    rows: Rows
    second: Flags
    ids: Bytes
    responses: Bytes
    turns: Ints
    context: Bytes


@contextmanager
def scratch(out: Path) -> Iterator[Path]:
    """A folder in `out` while it is needed; what a run that was killed left in it is removed."""
    folder = out / "unfinished"
    folder.mkdir(exist_ok=True)
    try:
        _clear(folder)
        yield folder
    finally:
        _clear(folder)
        with suppress(OSError):  # it holds files of somebody else
            folder.rmdir()


def _clear(folder: Path) -> None:
    for path in folder.glob("*.arrow"):
        path.unlink()


class ByTime:
    """One file for each block that is added, in it one record batch for each week."""

    def __init__(self, folder: Path, never_given: Bytes) -> None:
        """Files go into `folder`; `never_given` are the responses that contexts name beyond a block's."""
        self._folder, self._never_given = folder, never_given
        self._files: list[Path] = []

    def add(self, rows: Rows, second: Flags, identified: Identified) -> None:
        """Lay a block down."""
        week = np.clip((rows.at - START) // WEEK, 0, WEEKS - 1)
        order = np.argsort(week, kind="stable")
        ends = np.searchsorted(week[order], np.arange(WEEKS - 1), side="right")
        known = np.concatenate([identified.responses, self._never_given])
        self._files.append(self._folder / f"{len(self._files)}.arrow")
        with pa.OSFile(str(self._files[-1]), "wb") as file, pa.ipc.new_file(file, _SCHEMA) as writer:
            for chosen in np.split(order, ends):
                batch = _batch(rows, chosen, known)
                ids, responses = identified.ids[chosen], identified.responses[chosen]
                columns = [*batch[:-1], pa.array(second[chosen]), _binary(ids), _binary(responses), batch[-1]]
                writer.write_batch(pa.record_batch(columns, schema=_SCHEMA))

    def chunks(self, size: int) -> Iterator[Sent]:
        """All interactions by time and id, so many at a time."""
        waiting: list[pa.Table] = []
        for week in self._weeks():
            waiting.append(week)
            while sum(map(len, waiting)) >= size:
                together = pa.concat_tables(waiting)
                yield _sent(together.slice(0, size))
                waiting = [together.slice(size)]
        together = pa.concat_tables(waiting)
        if len(together):
            yield _sent(together)

    def _weeks(self) -> Iterator[pa.Table]:
        # Not mapped into memory: a map would count as memory until the system takes it back.
        files = [pa.ipc.open_file(pa.OSFile(str(path))) for path in self._files]
        for week in range(WEEKS):
            table = pa.Table.from_batches([file.get_batch(week) for file in files]).combine_chunks()
            ids = _bytes(table["id"].combine_chunks(), ID)
            yield table.take(pa.array(np.lexsort((*id_keys(ids), table["at"].to_numpy()))))


def _batch(rows: Rows, chosen: Ints, known: Bytes) -> list[pa.Array]:
    numbers = [pa.array(getattr(rows, name)[chosen]).cast(kind) for name, kind in _NUMBERS.items()]
    # Oldest turn first, as a client sends them.
    backwards = rows.context[chosen][:, ::-1]
    carried = backwards >= 0
    offsets = np.concatenate([[0], np.cumsum(carried.sum(axis=1))]).astype(np.int32)
    return [*numbers, pa.ListArray.from_arrays(pa.array(offsets), _binary(known[backwards[carried]]))]


def _binary(values: Bytes) -> pa.Array:
    count, width = values.shape
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(width), count, [None, pa.py_buffer(values)])


def _bytes(column: pa.Array, width: int) -> Bytes:
    all_rows = np.frombuffer(column.buffers()[1] or b"", np.uint8)
    return all_rows[column.offset * width : (column.offset + len(column)) * width].reshape(-1, width)


def _sent(table: pa.Table) -> Sent:
    columns = {name: table[name].combine_chunks() for name in table.column_names}
    rows = Rows(**{name: columns[name].to_numpy().astype(np.int64) for name in _NUMBERS})
    second = columns["second"].to_numpy(zero_copy_only=False)
    context = columns["context"]
    turns = context.value_lengths().to_numpy().astype(np.int64)
    ids, responses = _bytes(columns["id"], ID), _bytes(columns["response"], HASH)
    return Sent(rows, second, ids, responses, turns, _bytes(context.flatten(), HASH))
