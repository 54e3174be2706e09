"""The rows that were not used, written as they are met, each with file, row and reason."""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from linkage.private_files import open_private


def printable_row(raw: bytes | str, most: int) -> str:
    """The first `most` characters of a row as harmless text.

    What is no UTF-8 and every character that is not printable is escaped.
    """
    head = raw[:most]
    text = head.decode("utf-8", "backslashreplace") if isinstance(head, bytes) else head
    shown = "".join(each if each.isprintable() else _escaped(each) for each in text)
    return shown[:most]


def _escaped(character: str) -> str:
    # unicode_escape leaves nothing above ASCII and nothing below a blank as it is.
    return character.encode("unicode_escape").decode("ascii")


class Quarantine:
    """`quarantine.ndjson`, open for writing; use it in a `with`. Of each row it keeps so many characters.

    `first` says where the first row of each table stands.
    """

    def __init__(self, path: Path, characters: int) -> None:
        self.path, self._characters = path, characters
        handle = open_private(path, os.O_WRONLY | os.O_TRUNC)
        self._out = os.fdopen(handle, "w", encoding="ascii", newline="\n")
        self.first: dict[str, str] = {}

    def add(
        self, table: str, file: str, row: int, *, reason: str, raw: bytes | str, column: str | None = None
    ) -> None:
        """Write one row; `column` is the one that made it unusable, None where the row's shape is wrong."""
        place = f"{file}, line {row}" + (f", column {column}" if column else "")
        self.first.setdefault(table, place)
        text = printable_row(raw, self._characters)
        entry = {"table": table, "file": file, "row": row, "reason": reason, "raw": text, "column": column}
        self._out.write(json.dumps(entry) + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._out.close()
