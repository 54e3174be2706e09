"""Files named on the command line, read and written; what goes wrong with them is a usage error.

What is written is for its owner alone, also where a file that everybody could read stood there before.
"""

from pathlib import Path

from linkage.errors import UsageError
from linkage.private_files import FOLDER, write_private


def read_bytes(path: Path) -> bytes:
    """The content of a file; raises UsageError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error


def read_text(path: Path) -> str:
    """The text of a UTF-8 file; raises UsageError."""
    try:
        return read_bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def passphrase(path: Path | None) -> bytes | None:
    """The passphrase in a file, without its line end; raises UsageError."""
    return None if path is None else read_bytes(path).rstrip(b"\r\n")


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; raises UsageError."""
    try:
        write_private(path, content)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def make_folder(path: Path) -> None:
    """Make a folder and those above it; raises UsageError."""
    try:
        path.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be made: {error.strerror}") from error
