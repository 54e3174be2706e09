"""The vectors that a slow encoder made, kept between runs: where they lie, how large they are, and their end.

They are in the cache of the user who ran the program, in a folder for each encoder. A vector tells what its
text is about, so they are as private as the texts, and go when their owner says so.
"""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_cache_dir

from linkage.errors import UsageError

VECTORS = "vectors"


@dataclass(frozen=True)
class Stored:
    """The vectors of one encoder: how many files and bytes, and when one was last added (UTC)."""

    encoder: str
    folder: Path
    files: int
    bytes: int
    changed: datetime


def vectors_folder() -> Path:
    """Where the vectors lie, a folder for each encoder."""
    return Path(user_cache_dir("linkage")) / VECTORS


def stored() -> list[Stored]:
    """The vectors of each encoder, by its name."""
    top = vectors_folder()
    folders = sorted(each for each in top.iterdir() if each.is_dir()) if top.is_dir() else []
    return [_stored(each) for each in folders]


def clear() -> list[Stored]:
    """Remove all vectors; returns what there was. Raises UsageError where that is refused."""
    found = stored()
    try:
        if vectors_folder().is_dir():
            shutil.rmtree(vectors_folder())
    except OSError as error:
        raise UsageError(f"{vectors_folder()}: cannot be removed: {error.strerror}") from error
    return found


def _stored(folder: Path) -> Stored:
    files = [each.stat() for each in folder.rglob("*") if each.is_file()]
    changed = max([folder.stat().st_mtime, *(each.st_mtime for each in files)])
    size = sum(each.st_size for each in files)
    return Stored(folder.name, folder, len(files), size, datetime.fromtimestamp(changed, UTC))
