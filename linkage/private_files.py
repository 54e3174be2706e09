"""Files and folders that nobody but their owner may read, whatever stood in their place before.

A mode given on making a file is not enough: what is there already keeps its own, and the umask of whoever
runs the program is no promise.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

FILE, FOLDER = 0o600, 0o700
OTHERS = 0o077


def private_folder(path: Path) -> Path:
    """A folder for its owner alone, made where it is missing, as are those above it; raises OSError."""
    path.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    close_to_others(path)
    return path


def close_to_others(path: Path) -> None:
    """Leave the rights on a file or folder to its owner; what another user owns stays as it is."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        with suppress(PermissionError):
            path.chmod(mode & ~OTHERS)


def open_private(path: Path, flags: int) -> int:
    """A handle on a file that others cannot read, made where it is missing; `flags` as in `os.open`."""
    handle = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, FILE)
    if stat.S_IMODE(os.fstat(handle).st_mode) & OTHERS:
        with suppress(PermissionError):
            os.fchmod(handle, FILE)
    return handle


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A private file that takes the place of `path` once all of it is on disk; raises OSError.

    Whoever may read what stands there now may not read what comes. A killed writer leaves its part
    behind beside `path`, and the next one removes it.
    """
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone; raises OSError.

    A device or a pipe is written to as it stands.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        path.write_bytes(content)
        return
    with replacing(path) as file:
        file.write(content)
