"""Sources in object stores: `s3://`, `gs://`, `abfs://`, `hdfs://`, through Arrow's file systems.

Files are copied into a folder of their own before they are read, so that every line can be walked back to
and every digest is of bytes that were seen. What the dates asked for leave out is not fetched. Credentials
come from where the file system's own tools have them (environment, profile, machine), never from here.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs as pafs

from linkage.errors import InputError, UsageError
from linkage.ingest import folder_dates, sniffing
from linkage.ingest.files import table_of
from linkage.ingest.folder_dates import Dates
from linkage.ingest.roots import IN_CATALOG
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping

SCHEMES = ("s3", "s3a", "s3n", "gs", "gcs", "abfs", "abfss", "hdfs")
_CATALOGS = ("iceberg", "glue", "hive", "thrift", "unity", "nessie")
_ANY_SCHEME = re.compile("[a-z][a-z0-9+.-]*", re.IGNORECASE)
PATIENCE = 20
"""Seconds for which Google's file system may try again; by itself it does so for a quarter of an hour."""
PIECE = 2**20
_PASSWORD = re.compile(":[^@]*@")


@dataclass
class Local:
    """The sources with every remote one replaced by a folder of its copies, and what was not fetched."""

    sources: list[str | Path]
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Wanted:
    """Which files of a source the dates asked for may need."""

    dates: Dates
    mappings: Mapping[str, TableMapping]

    def excludes(self, inside: str) -> bool:
        """Whether a file, by its path in the source, is of a time not asked for."""
        if not self.dates.bounded or not self.dates.exclude(folder_dates.span(inside)):
            return False
        claims = [
            key for key, each in self.mappings.items() if inside.startswith(each.file.partition("*")[0])
        ]
        tables = [
            *(key.partition(".")[0] for key in claims),
            table_of(sniffing.stem(inside.partition("/")[0])),
        ]
        return all(map(folder_dates.dated, tables))


def is_remote(source: object) -> bool:
    """Whether a source is an address in an object store."""
    return isinstance(source, str) and "://" in source and source.partition("://")[0].lower() in SCHEMES


def check_address(source: object) -> None:
    """Raises UsageError for an address of a kind that is not read, before it is taken for a path."""
    scheme, mark, _ = str(source).partition("://")
    if not isinstance(source, str) or not mark or not _ANY_SCHEME.fullmatch(scheme) or is_remote(source):
        return
    if not Path(source).exists():
        raise UsageError(
            f"{shown(source)}: no source is read from an address of {scheme}://",
            hint=IN_CATALOG
            if scheme.lower() in _CATALOGS
            else "copy it here first; or give a file, a folder, s3://, gs://, abfs://, hdfs:// or neo4j://",
        )


def _location(address: str) -> str:
    """The address as Arrow's file systems take it: by the name that Hadoop has for S3, it is S3."""
    scheme, rest = re.split("://", address, maxsplit=1)
    scheme = "s3" if scheme.lower() in ("s3a", "s3n") else scheme.lower()
    if scheme in ("gs", "gcs") and "retry_limit_seconds=" not in rest:
        rest += ("&" if "?" in rest else "?") + f"retry_limit_seconds={PATIENCE}"
    return f"{scheme}://{rest}"


def shown(address: str) -> str:
    """An address as it may be shown and kept: without a password and without its options."""
    host = _PASSWORD.sub("@", urlsplit(address).netloc)
    scheme, path = address.partition("://")[0], urlsplit(address).path
    return f"{scheme}://{host}{path}"


@contextmanager
def local_copies(
    sources: Sequence[str | Path],
    chosen: IngestSettings,
    within: Path | None = None,
    mappings: Mapping[str, TableMapping] = MappingProxyType({}),
) -> Iterator[Local]:
    """The sources as files and folders of this machine, which are there until the end: copies lie in the
    folder `within`, else where temporary files lie. `mappings` tell of which table files are.

    Raises InputError naming the address where it cannot be listed or fetched.
    """
    local = Local([])
    wanted = _Wanted(Dates.of(chosen.since, chosen.until, chosen.folder_slack_hours), mappings)
    with tempfile.TemporaryDirectory(prefix="linkage-", dir=within) as scratch:
        for number, source in enumerate(sources):
            if is_remote(source):
                folder = Path(scratch) / str(number)
                local.sources.append(_fetched(str(source), folder, wanted, local))
            else:
                local.sources.append(source)
        yield local


def _fetched(address: str, folder: Path, wanted: _Wanted, local: Local) -> Path:
    """The folder or file that holds the copies."""
    name = shown(address)
    if not urlsplit(address).netloc and not address.lower().startswith("hdfs:"):
        raise InputError(f"{name}: names no bucket", hint="write it as s3://bucket/folder")
    try:
        system, base = pafs.FileSystem.from_uri(_location(address))
        target = folder / (PurePosixPath(base).name or "source")
        target.parent.mkdir(parents=True)
        found = system.get_file_info(base)
        if found.type == pafs.FileType.File:
            _copy(system, base, target)
            return target
        files = system.get_file_info(pafs.FileSelector(base, recursive=True, allow_not_found=True))
        paths = sorted(each.path for each in files if each.type == pafs.FileType.File)
        if not paths:
            raise InputError(f"{name}: nothing is there", hint="check bucket, path and region")
        for path in paths:
            inside = PurePosixPath(path).relative_to(base).as_posix()
            if wanted.excludes(inside):
                local.left_out[inside] = "its folder's date is outside the dates asked for; not fetched"
            else:
                _copy(system, path, target / inside)
    except (OSError, pa.ArrowException, ValueError) as error:
        raise InputError(
            f"{name}: cannot be read: {str(error).splitlines()[0][:300]}",
            hint="check address and credentials; the cloud's own environment variables and profiles are used",
        ) from error
    return target


def _copy(system: pafs.FileSystem, path: str, target: Path) -> None:
    if ".." in PurePosixPath(path).parts:  # a key may be any text, and leads nowhere outside
        raise InputError(f"{path}: the name of an object leads out of its folder")
    target.parent.mkdir(parents=True, exist_ok=True)
    with system.open_input_stream(path, compression=None) as source, target.open("wb") as out:
        while piece := source.read(PIECE):
            out.write(piece)
