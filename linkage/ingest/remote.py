"""Sources in object stores: `s3://`, `gs://`, `abfs://`, `hdfs://`, through Arrow's file systems.

Files are copied into a folder of their own before they are read, so that every line can be walked back to
and every digest is of bytes that were seen. What the dates asked for leave out is not fetched. Credentials
come from where the file system's own tools have them (environment, profile, machine), never from here.
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.fs as pafs

from linkage.errors import InputError
from linkage.ingest import folder_dates
from linkage.ingest.folder_dates import Dates
from linkage.settings.ingest import Ingest as IngestSettings

SCHEMES = ("s3", "gs", "gcs", "abfs", "abfss", "hdfs")
PIECE = 2**20
_PASSWORD = re.compile(":[^@]*@")


@dataclass
class Local:
    """The sources with every remote one replaced by a folder of its copies, and what was not fetched."""

    sources: list[str | Path]
    left_out: dict[str, str] = field(default_factory=dict)


def is_remote(source: object) -> bool:
    """Whether a source is an address in an object store."""
    return isinstance(source, str) and "://" in source and source.partition("://")[0].lower() in SCHEMES


def shown(address: str) -> str:
    """An address as it may be shown and kept: without a password and without its options."""
    host = _PASSWORD.sub("@", urlsplit(address).netloc)
    scheme, path = address.partition("://")[0], urlsplit(address).path
    return f"{scheme}://{host}{path}"


@contextmanager
def local_copies(
    sources: Sequence[str | Path], chosen: IngestSettings, within: Path | None = None
) -> Iterator[Local]:
    """The sources as files and folders of this machine, which are there until the end: copies lie in the
    folder `within`, else where temporary files lie.

    Raises InputError naming the address where it cannot be listed or fetched.
    """
    local = Local([])
    dates = Dates.of(chosen.since, chosen.until)
    with tempfile.TemporaryDirectory(prefix="linkage-", dir=within) as scratch:
        for number, source in enumerate(sources):
            if is_remote(source):
                folder = Path(scratch) / str(number)
                local.sources.append(_fetched(str(source), folder, dates, local))
            else:
                local.sources.append(source)
        yield local


def _fetched(address: str, folder: Path, dates: Dates, local: Local) -> Path:
    """The folder or file that holds the copies."""
    name = shown(address)
    if not urlsplit(address).netloc and not address.lower().startswith("hdfs:"):
        raise InputError(f"{name}: names no bucket", hint="write it as s3://bucket/folder")
    try:
        system, base = pafs.FileSystem.from_uri(address)
        target = folder / (PurePosixPath(base).name or "source")
        target.parent.mkdir(parents=True)
        found = system.get_file_info(base)
        if found.type == pafs.FileType.File:
            _copy(system, base, target)
            return target
        files = system.get_file_info(pafs.FileSelector(base, recursive=True, allow_not_found=True))
        wanted = sorted(each.path for each in files if each.type == pafs.FileType.File)
        if not wanted:
            raise InputError(f"{name}: nothing is there", hint="check bucket, path and region")
        for path in wanted:
            inside = PurePosixPath(path).relative_to(base).as_posix()
            if dates.bounded and dates.exclude(folder_dates.days(inside)):
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
