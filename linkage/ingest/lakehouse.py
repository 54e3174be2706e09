"""Tables of a lakehouse, by their folder: which data files make up Delta's and Iceberg's newest version.

Only names are taken from the table's own log; the files are then read as any other, so that every row still
walks back to a file and a line. A table whose rows are deleted by marks beside the files is refused: reading
its files alone would bring deleted rows back.
"""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson

from linkage.distribution import install_command
from linkage.errors import InputError, UsageError
from linkage.ingest import folder_dates

DELTA_LOG, ICEBERG_METADATA = "_delta_log", "metadata"

_BROKEN = (
    OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, EOFError, MemoryError,
    SystemError, zlib.error,
)  # fmt: skip
"""What reading Avro whose bytes are damaged raises, besides the library's own error."""


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of a table, and the partition columns that it does not hold itself.

    `folders`: those of its partition, wherever it lies, as `folder_dates.span` takes them.
    """

    path: Path
    partitions: dict[str, str]
    folders: str = ""


def data_files(folder: Path) -> list[DataFile] | None:
    """The files of the table's newest version; None where the folder is no such table.

    Raises InputError where its log cannot be read or marks rows as deleted, and UsageError where the library
    for it is not installed.
    """
    if (folder / DELTA_LOG).is_dir():
        return _delta(folder)
    newest = _newest_metadata(folder)
    return None if newest is None else _iceberg(folder, newest)


def _delta(folder: Path) -> list[DataFile]:
    try:
        import deltalake
        from deltalake.exceptions import DeltaError
    except ImportError:
        raise _needs("deltalake") from None
    try:
        table = deltalake.DeltaTable(str(folder))
        deleted = _deletes_rows(table)
        # As a table of Arrow, whatever its carrier: names of files, and their partition values as texts.
        added = _columns(table.get_add_actions(flatten=True))
    except (DeltaError, OSError, ValueError) as error:
        raise InputError(f"{folder}: not a readable Delta table: {_first_line(error)}") from error
    if deleted:
        raise InputError(
            f"{folder}: rows of this Delta table are deleted by deletion vectors",
            hint="rewrite it without (REORG TABLE … APPLY (PURGE)), or export it as Parquet",
        )
    names = [name for name in added if name.startswith("partition.")]
    rows = zip(added["path"], *(added[name] for name in names), strict=True)
    found = []
    for path, *values in rows:
        partitions = {
            name.removeprefix("partition."): str(value)
            for name, value in zip(names, values, strict=True)
            if value is not None
        }
        told = folder_dates.folders(partitions)
        found.append(DataFile(_inside(folder, folder / unquote(path)), partitions, told))
    return sorted(found, key=lambda each: each.path)


def _deletes_rows(table: Any) -> bool:
    """Whether a Delta table marks rows as deleted; an older library cannot tell of one that may."""
    if "deletionVectors" not in (table.protocol().reader_features or ()):
        return False
    vectors = getattr(table, "deletion_vectors", None)
    return vectors is None or len(_columns(vectors())["filepath"]) > 0


def _needs(package: str) -> UsageError:
    return UsageError(
        f"tables of this lakehouse need the package {package}", hint=install_command("lakehouse")
    )


def _columns(actions: Any) -> dict[str, list[Any]]:
    import pyarrow as pa

    table = pa.record_batch(actions) if hasattr(actions, "__arrow_c_array__") else pa.table(actions)
    columns: dict[str, list[Any]] = table.to_pydict()
    return columns


def _newest_metadata(folder: Path) -> Path | None:
    """The newest description of an Iceberg table: the highest number before `.metadata.json`."""
    found = list((folder / ICEBERG_METADATA).glob("*.metadata.json"))
    return max(found, key=lambda path: (_version(path.name), path.name), default=None)


def _version(name: str) -> int:
    digits = name.removeprefix("v").partition(".")[0].partition("-")[0]
    return int(digits) if digits.isdigit() else -1


def _iceberg(folder: Path, metadata: Path) -> list[DataFile]:
    try:
        from pyiceberg.exceptions import ValidationError
        from pyiceberg.table import StaticTable

        from linkage.ingest import iceberg_files as moved
    except ImportError:
        raise _needs("pyiceberg") from None
    try:
        home = str(orjson.loads(metadata.read_bytes())["location"])
        properties = {
            "py-io-impl": f"{moved.__name__}.{moved.MovedFiles.__name__}",
            moved.HOME: home,
            moved.FOLDER: str(folder),
        }
        table = StaticTable.from_metadata(str(metadata), properties)
        tasks, specs, columns = list(table.scan().plan_files()), table.specs(), table.schema()
        kept = [specs[each.file.spec_id].partition_to_path(each.file.partition, columns) for each in tasks]
    except (ValidationError, *_BROKEN) as error:
        raise InputError(f"{folder}: not a readable Iceberg table: {_first_line(error)}") from error
    if any(task.delete_files for task in tasks):
        raise InputError(
            f"{folder}: rows of this Iceberg table are deleted by delete files",
            hint="rewrite its data files (rewrite_data_files), or export it as Parquet",
        )
    found = [
        DataFile(_inside(folder, Path(moved.moved(task.file.file_path, properties))), {}, f"{told}/")
        for task, told in zip(tasks, kept, strict=True)
    ]
    return sorted(found, key=lambda each: each.path)


def _inside(folder: Path, path: Path) -> Path:
    if "\0" in str(path) or not path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{folder}: a file of this table lies outside it: {str(path)!r}")
    return path


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
