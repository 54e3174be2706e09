"""Takes the output of a stage apart into files and an outline, and puts it together again.

An output is a dataclass of tables, arrays, names and numbers, one inside another. Rows of the engine become
Parquet, tables Arrow's own format, arrays NumPy's, and everything small stands in the outline, which is JSON.
A table is not read again but mapped: what of it nobody asks for takes no memory.

What is put together again is of the types that the program names: a file can name none of its own, and
nothing in it is ever executed.
"""

import os
import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.engines import Engine
from linkage.errors import IntegrityError
from linkage.private_files import open_private

T = TypeVar("T")
Outline = dict[str, Any]

COMPRESSION = "lz4"
"""As staged rows: half as large again as with zstd, in half the time."""

ALL_OF_ONE_LIST = pa.ipc.IpcWriteOptions(unify_dictionaries=True)
"""A file of Arrow's holds one list of the distinct values of a column, whatever pieces its rows came in."""

LONG = 256
"""Names from which on a list is a file of its own."""

PLAIN = (bool, int, float, str, type(None))
KINDS = (
    "rows",
    "table",
    "array",
    "names",
    "path",
    "number",
    "plain",
    "record",
    "map",
    "set",
    "list",
    "tuple",
)


class TakenApart:
    """Writes the parts of one output into a folder; `engine` is asked for its rows."""

    def __init__(self, folder: Path, engine: Callable[[], Engine]) -> None:
        self._folder, self._engine, self._files = folder, engine, 0

    def outline(self, value: Any) -> Outline:
        """The outline of a value whose parts are now files in the folder; raises TypeError for a kind of
        value that cannot be stored."""
        if isinstance(value, ir.Table):
            return self._rows(value)
        if isinstance(value, pa.Table):
            return {"is": "table", "file": self._arrow(value)}
        if isinstance(value, np.ndarray):
            return {"is": "array", "file": self._array(value)}
        if isinstance(value, Path):
            return {"is": "path", "file": value.relative_to(self._folder).as_posix()}
        if isinstance(value, np.generic):
            return {"is": "number", "kind": value.dtype.str, "of": value.item()}
        if is_dataclass(value) and not isinstance(value, type):
            of = {each.name: self.outline(getattr(value, each.name)) for each in fields(value)}
            return {"is": "record", "name": type(value).__name__, "of": of}
        return self._collection(value)

    def _collection(self, value: Any) -> Outline:
        if type(value) in PLAIN:
            return {"is": "plain", "of": value}
        if isinstance(value, Mapping):
            return {"is": "map", "of": [[self.outline(k), self.outline(v)] for k, v in value.items()]}
        if isinstance(value, set | frozenset):
            return {"is": "set", "of": [self.outline(each) for each in sorted(value)]}
        if not isinstance(value, list | tuple):
            raise TypeError(f"{type(value).__name__}: an output of a stage cannot hold this")
        kind = "list" if isinstance(value, list) else "tuple"
        if len(value) > LONG and all(type(each) is str for each in value):
            rows = pa.table({"name": pa.array(value, pa.string())})
            return {"is": "names", "as": kind, "file": self._parquet(rows.schema, rows.to_batches())}
        return {"is": kind, "of": [self.outline(each) for each in value]}

    def _rows(self, rows: ir.Table) -> Outline:
        schema = rows.schema().to_pyarrow()
        batches = (_of_schema(each, schema) for each in self._engine().batches(rows))
        return {"is": "rows", "file": self._parquet(schema, batches)}

    def _parquet(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> str:
        name = self._name("parquet")
        with (
            os.fdopen(open_private(self._folder / name, os.O_RDWR | os.O_EXCL), "w+b") as file,
            pq.ParquetWriter(file, schema, compression=COMPRESSION) as out,
        ):
            for each in batches:
                out.write_batch(each)
        return name

    def _arrow(self, rows: pa.Table) -> str:
        name = self._name("arrow")
        with (
            os.fdopen(open_private(self._folder / name, os.O_RDWR | os.O_EXCL), "w+b") as file,
            pa.ipc.new_file(file, rows.schema, options=ALL_OF_ONE_LIST) as out,
        ):
            out.write_table(rows)
        return name

    def _array(self, values: np.ndarray) -> str:
        name = self._name("npy")
        with os.fdopen(open_private(self._folder / name, os.O_RDWR | os.O_EXCL), "w+b") as file:
            np.save(file, values, allow_pickle=False)
        return name

    def _name(self, kind: str) -> str:
        self._files += 1
        return f"part-{self._files:03}.{kind}"


def _of_schema(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Rows with the types of their expression: engines give sums as decimals, and lists with other names."""
    return batch if batch.schema.equals(schema) else batch.cast(schema)


def put_together(
    kind: type[T], outline: Outline, parts: Mapping[str, Path], engine: Callable[[], Engine]
) -> T:
    """The output of type `kind` whose parts are these files, by name; rows stay in theirs, for the engine to
    read.

    Raises IntegrityError where the outline does not fit the type.
    """
    made: T = _Putting(parts, engine).value(kind, outline)
    return made


class _Putting:
    def __init__(self, parts: Mapping[str, Path], engine: Callable[[], Engine]) -> None:
        self._parts, self._engine = parts, engine

    def value(self, kind: Any, outline: Outline) -> Any:
        if outline["is"] not in KINDS:
            raise IntegrityError(f"{outline['is']!r} is no part of a stored output")
        made: Callable[[Any, Outline], Any] = getattr(self, f"_{outline['is']}")
        return made(kind, outline)

    def _rows(self, _kind: Any, outline: Outline) -> ir.Table:
        return self._engine().files([self._parts[outline["file"]]])

    def _table(self, _kind: Any, outline: Outline) -> pa.Table:
        return pa.ipc.open_file(pa.memory_map(str(self._parts[outline["file"]]))).read_all()

    def _array(self, _kind: Any, outline: Outline) -> np.ndarray:
        found: np.ndarray = np.load(self._parts[outline["file"]], allow_pickle=False)
        return found

    def _names(self, _kind: Any, outline: Outline) -> Any:
        names = pq.read_table(self._parts[outline["file"]])["name"].to_pylist()
        return names if outline["as"] == "list" else tuple(names)

    def _path(self, _kind: Any, outline: Outline) -> Path:
        return self._parts[outline["file"]]

    def _number(self, _kind: Any, outline: Outline) -> Any:
        return np.dtype(outline["kind"]).type(outline["of"])

    def _plain(self, _kind: Any, outline: Outline) -> Any:
        return outline["of"]

    def _record(self, kind: Any, outline: Outline) -> Any:
        found = [each for each in _records(kind) if each.__name__ == outline["name"]]
        if len(found) != 1:
            raise IntegrityError(f"a stored {outline['name']} stands where {kind} is expected")
        hints, of = get_type_hints(found[0]), outline["of"]
        return found[0](
            **{each.name: self.value(hints[each.name], of[each.name]) for each in fields(found[0])}
        )

    def _map(self, kind: Any, outline: Outline) -> dict[Any, Any]:
        key, value = _inner(kind, 2)
        return {self.value(key, k): self.value(value, v) for k, v in outline["of"]}

    def _set(self, kind: Any, outline: Outline) -> frozenset[Any]:
        return frozenset(self._each(kind, outline))

    def _list(self, kind: Any, outline: Outline) -> list[Any]:
        return self._each(kind, outline)

    def _tuple(self, kind: Any, outline: Outline) -> tuple[Any, ...]:
        return tuple(self._each(kind, outline))

    def _each(self, kind: Any, outline: Outline) -> list[Any]:
        (inner,) = _inner(kind, 1)
        return [self.value(inner, each) for each in outline["of"]]


def _records(kind: Any) -> list[Any]:
    """The dataclasses that a type hint names: itself, or those of a union."""
    if get_origin(kind) in (Union, types.UnionType):
        return [found for each in get_args(kind) for found in _records(each)]
    return [kind] if isinstance(kind, type) and is_dataclass(kind) else []


def _inner(kind: Any, many: int) -> list[Any]:
    """The type hints of what a collection holds; of a union, those of the member that has so many."""
    options = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)
    for each in options:
        inner = [found for found in get_args(each) if found is not Ellipsis]
        if len(inner) >= many:
            return inner[:many] if many > 1 or len(inner) == 1 else [reduce(or_, inner)]
    return [Any] * many
