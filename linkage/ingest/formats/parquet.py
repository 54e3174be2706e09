"""Parquet files: batches of bounded size, their types reduced to the few that `columns` knows."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage import schema as model
from linkage.errors import InputError
from linkage.ingest.cell_reader import ADDRESS
from linkage.ingest.chunk import CHUNK_ROWS, Chunk
from linkage.ingest.expressions import Expression
from linkage.ingest.formats.nested_columns import remedy, written_out
from linkage.ingest.mapping import Plan
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.wording import many

BATCH_BYTES = 64 * 2**20
BROKEN = (pa.ArrowException, OSError, ValueError)  # bytes that are not what the file says of itself


class ParquetSource:
    """One Parquet file; `bytes` and `sha256` are of the whole file."""

    def __init__(self, path: Path, name: str) -> None:
        self._path, self._name = path, name
        self.bytes = path.stat().st_size

    @cached_property
    def sha256(self) -> str:
        """Digest of the whole file, in hexadecimal; not made for who only looks at the first rows."""
        with self._path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()

    def chunks(self, plan: Plan, chosen: IngestSettings) -> Iterator[Chunk]:
        """The file's rows, some at a time; raises InputError when it cannot be read or is a bomb."""
        try:
            yield from self._chunks(plan, chosen)
        except BROKEN as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise InputError(
                f"{self._name}: not a readable Parquet file: {str(error).splitlines()[0][:300]}",
                hint="check how it was written or copied; a Parquet file cut short has no usable part",
            ) from error

    def _chunks(self, plan: Plan, chosen: IngestSettings) -> Iterator[Chunk]:
        with pq.ParquetFile(self._path) as file:
            schema = file.schema_arrow
            names = {field.name: field.name.strip() for field in schema}
            plan.check(self._name, [field.name.strip() for field in schema])
            self._check_size(file, chosen)
            wanted = [name for name, plain in names.items() if plain in plan.wanted]
            unknown = frozenset(names.values()) - plan.wanted
            texts = text_paths(file, wanted)
        kept = chosen.quarantined_characters
        with pq.ParquetFile(self._path, read_dictionary=texts) as file:
            row, written = 1, 0
            for batch in file.iter_batches(_rows(file), columns=wanted):
                written += sum(map(_written_out, batch.columns))
                self._check_written(written, chosen)
                for piece in bounded(batch):
                    yield self._chunk(piece, row, names, plan, unknown=unknown, kept=kept)
                    row += piece.num_rows
            if (said := file.metadata.num_rows) != row - 1:
                raise InputError(f"{self._name}: holds {many(row - 1, 'row')}, but says {said}")

    def _check_size(self, file: pq.ParquetFile, chosen: IngestSettings) -> None:
        groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
        total = sum(group.total_byte_size for group in groups)
        suspect = total > chosen.ratio_from_bytes and total > chosen.max_ratio * self.bytes
        if total > chosen.max_file_bytes or suspect:
            raise InputError(
                f"{self._name}: {total:,} bytes once decompressed, from {self.bytes:,}, as a bomb has",
                hint="if it is honest, raise ingest.max_file_bytes or ingest.max_ratio",
            )

    def _check_written(self, total: int, chosen: IngestSettings) -> None:
        """Raises InputError where texts that the file holds once are written out beyond measure."""
        suspect = total > chosen.ratio_from_bytes and total > chosen.max_repeated_ratio * self.bytes
        if total > chosen.max_file_bytes or suspect:
            raise InputError(
                f"{self._name}: its texts take more than {total:,} bytes written out, from {self.bytes:,}, "
                "as a bomb's do",
                hint="if it is honest, raise ingest.max_file_bytes or ingest.max_repeated_ratio",
            )

    def _chunk(
        self,
        batch: pa.RecordBatch,
        first: int,
        names: dict[str, str],
        plan: Plan,
        *,
        unknown: frozenset[str],
        kept: int,
    ) -> Chunk:
        columns: dict[str, list[Any] | pa.Array] = {}
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            found = plain(column)
            if found is None:
                found = self._nested(column, names[name], plan)
            else:
                self._check_type(found, names[name], plan)
            columns[names[name]] = found
        return Chunk(
            columns,
            range(first, first + batch.num_rows),
            lambda i: row_text(batch, i, kept),
            unknown=unknown,
        )

    def _nested(self, column: pa.Array, theirs: str, plan: Plan) -> "list[Any] | pa.Array":
        """Structs, maps and lists of them, where a path or a conversation is inside."""
        kind = column.type
        nested = pa.types.is_nested(kind) or pa.types.is_map(kind)
        plainly = [ours for ours, each in plan.columns.items() if each.column == theirs]
        if nested and not set(plainly) - {"prompt"} and theirs not in _texts(plan.unpivot):
            return written_out(column)
        raise InputError(
            f"{self._name}: column {theirs} holds {_spelled(kind)}, not one value",
            hint=remedy(theirs, kind),
        )

    def _check_type(self, found: "list[Any] | pa.Array", theirs: str, plan: Plan) -> None:
        """A column of one wrong type is one mistake, not a million bad rows."""
        if isinstance(found, list) or pa.types.is_null(found.type):
            return
        ours = {name for name, each in plan.columns.items() if each.column == theirs}
        kind = found.type
        if _is_bytes(kind):
            kind = pa.string()
        elif ours == {ADDRESS} and pa.types.is_list(kind) and pa.types.is_string(kind.value_type):
            return
        wanted = {plan.table.columns[each] for each in ours}
        for each in wanted | ({model.TEXT} if theirs in _texts(plan.unpivot) else set()):
            if not _fits(kind, each):
                raise InputError(
                    f"{self._name}: column {theirs} holds {_spelled(found.type)}, "
                    f"but table {plan.table.name} needs a {each} there",
                    hint="cast it where the file is written, or map another column",
                )


def _spelled(kind: pa.DataType) -> str:
    """A type as the file has it: that texts are read once each, as a dictionary, is our own doing."""
    return re.sub(r"dictionary<values=(\w+), indices=\w+, ordered=\d>", r"\1", str(kind))


def _texts(expressions: Mapping[str, Expression]) -> set[str]:
    return {each.column for each in expressions.values()}


def plain(column: pa.Array) -> "list[Any] | pa.Array | None":
    """The column as text, bytes, int64, float64, time or list; None for a type that has no meaning here."""
    kinds, kind = pa.types, column.type
    if kinds.is_dictionary(kind) or isinstance(column, pa.ExtensionArray):
        return plain(column.dictionary_decode() if kinds.is_dictionary(kind) else column.storage)
    if _is_bytes(kind):
        # What they are, the name of the column tells.
        return column if kinds.is_fixed_size_binary(kind) else column.cast(pa.binary())
    if _is_text(kind):
        # Through bytes: a cast between kinds of text would check them and fail for one bad cell.
        return column.cast(pa.binary()).view(pa.string())
    if kinds.is_boolean(kind):
        values: list[Any] = column.to_pylist()
        return values
    if kinds.is_integer(kind):
        return column.to_pylist() if kinds.is_uint64(kind) else column.cast(pa.int64())
    if kinds.is_floating(kind):
        return column.cast(pa.float64())
    if kinds.is_decimal(kind):
        return [_undecimal(value) for value in column.to_pylist()]
    if kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind):
        return _plain_list(column)
    known = kinds.is_null(kind) or kinds.is_timestamp(kind) or kinds.is_date(kind)
    return column if known else None


def row_text(batch: pa.RecordBatch, index: int, kept: int) -> str:
    """A row as a person may look at it, with so many bytes of each text."""
    cells = {
        name: _cell_text(column.slice(index, 1), kept)
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    }
    return ", ".join(f"{name}={value}" for name, value in cells.items() if value != "null")


def _cell_text(cell: pa.Array, kept: int) -> str:
    if pa.types.is_dictionary(cell.type):
        cell = cell.dictionary_decode()
    if not cell[0].is_valid:
        return "null"
    if _is_text(cell.type):
        raw: bytes = cell.cast(pa.binary())[0].as_py()
        return repr(raw[:kept].decode("utf-8", "backslashreplace"))
    if pa.types.is_timestamp(cell.type):
        return f"{cell.cast(pa.int64())[0]} {cell.type.unit}"
    if pa.types.is_nested(cell.type):
        return f"list of {len(cell.flatten())}" if not pa.types.is_struct(cell.type) else "struct"
    return str(cell[0].as_py())


def _is_text(kind: pa.DataType) -> bool:
    kinds = pa.types
    checks = (kinds.is_string, kinds.is_large_string, kinds.is_string_view, kinds.is_binary)
    return any(check(kind) for check in (*checks, kinds.is_large_binary))


def _is_bytes(kind: pa.DataType) -> bool:
    kinds = pa.types
    checks = (kinds.is_binary, kinds.is_large_binary, kinds.is_fixed_size_binary)
    return any(check(kind) for check in checks)


def _fits(kind: pa.DataType, wanted: str) -> bool:
    kinds = pa.types
    number = kinds.is_int64(kind) or kinds.is_floating(kind)
    listed = kinds.is_list(kind)
    fits: dict[str, bool] = {
        model.TEXT: kinds.is_string(kind) or number or kinds.is_date(kind),
        model.TIME: kinds.is_string(kind) or number or kinds.is_timestamp(kind) or kinds.is_date(kind),
        model.COUNT: kinds.is_string(kind) or number,
        model.NUMBER: kinds.is_string(kind) or number,
        model.HASHES: kinds.is_string(kind) or (listed and kinds.is_string(kind.value_type)),
        model.VECTOR: kinds.is_string(kind) or (listed and kinds.is_floating(kind.value_type)),
    }
    return fits[wanted]


def _undecimal(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _plain_list(column: pa.Array) -> pa.Array | None:
    if pa.types.is_fixed_size_list(column.type) or pa.types.is_large_list(column.type):
        column = column.cast(pa.list_(column.type.value_type))
    inner = plain(column.flatten())
    if not isinstance(inner, pa.Array):
        return None
    if pa.types.is_null(inner.type):
        inner = inner.cast(pa.string())
    if pa.types.is_int64(inner.type):
        inner = inner.cast(pa.float64(), safe=False)
    lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    offsets = pa.array([0, *lengths.cumsum().tolist()], pa.int32())
    return pa.ListArray.from_arrays(offsets, inner, mask=pc.is_null(column))


def _rows(file: pq.ParquetFile) -> int:
    """Rows a batch may have so that, by the file's own account, it stays small."""
    groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
    heaviest = max((group.total_byte_size / max(group.num_rows, 1) for group in groups), default=1)
    return int(min(CHUNK_ROWS, max(1_000, BATCH_BYTES / max(heaviest, 1))))


def text_paths(file: pq.ParquetFile, names: Collection[str]) -> list[str]:
    """Paths of the texts in some columns, read as dictionaries: what is repeated a million times is held once
    until it is measured."""
    found = [file.schema.column(place) for place in range(len(file.schema))]
    top = set(names)
    return [
        each.path
        for each in found
        if each.physical_type == "BYTE_ARRAY"
        and (each.path in top or each.path.partition(".")[0] in top)
        and str(each.logical_type.type) not in ("DECIMAL",)
    ]


def bounded(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """The batch in pieces whose texts stay small when written out."""
    if batch.num_rows > 1 and sum(map(_written_out, batch.columns)) > BATCH_BYTES:
        half = batch.num_rows // 2
        yield from bounded(batch.slice(0, half))
        yield from bounded(batch.slice(half))
    elif batch.num_rows:
        yield batch


def _written_out(column: pa.Array) -> int:
    """Bytes of the texts in a column, each as often as it stands there."""
    if pa.types.is_struct(column.type):
        return sum(map(_written_out, column.flatten()))
    if pa.types.is_nested(column.type):
        return _written_out(column.values if pa.types.is_map(column.type) else column.flatten())
    if not pa.types.is_dictionary(column.type) or not _is_text(column.type.value_type):
        return 0
    lengths = pc.binary_length(column.dictionary.cast(pa.binary())).cast(pa.int64())
    return int(pc.sum(lengths.take(column.indices)).as_py() or 0)
