"""The paths that a user gave, and the names that files below them go by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from linkage.errors import InputError
from linkage.ingest.sniffing import DATA_ENDING

OF_CATALOG = re.compile(r"\w+(?:\.\w+){1,3}")
"""A name such as `warehouse.logs.interactions`, by which a catalog knows a table."""
IN_CATALOG = (
    "no catalog is asked for a table's name: give the table's folder, as the catalog tells it (its location),"
    " such as s3://bucket/warehouse/logs/interactions"
)


@dataclass(frozen=True)
class Root:
    """A path the user gave: names are relative to `base`; `only` if it is a single file."""

    base: Path
    only: Path | None

    @classmethod
    def of(cls, path: Path) -> "Root":
        """The root that a path is; raises InputError where nothing is there."""
        if path.is_dir():
            return cls(path, None)
        if path.is_file():
            return cls(path.parent, path)
        what = "neither a file nor a folder" if path.exists() else "no such file or folder"
        named = OF_CATALOG.fullmatch(str(path)) and not DATA_ENDING.search(path.name)
        raise InputError(
            f"{path}: {what}", hint=IN_CATALOG if named else "give the folder that holds the tables"
        )

    def matching(self, pattern: str) -> Iterator[Path]:
        """The files that fit a glob, in order."""
        if self.only is not None:
            fits = PurePosixPath(self.only.name).match(pattern)
            return iter([self.only] if fits else [])
        return iter(sorted(file for file in self.base.glob(pattern) if file.is_file()))


class Names:
    """Names given out so far: two sources may each hold an `accounts.csv`."""

    def __init__(self) -> None:
        self.taken: set[Path] = set()
        self._owner: dict[str, Path] = {}

    def name(self, root: Root, file: Path) -> str:
        """The file's name below its root, with more before it where another file has that."""
        plain = printable_name(file.relative_to(root.base).as_posix())
        folder = printable_name(root.base.resolve().name)
        candidates = [plain, f"{folder}/{plain}", *(f"{folder}~{n}/{plain}" for n in range(2, 1000))]
        real = real_path(file)
        return next(name for name in candidates if self._owner.setdefault(name, real) == real)


def printable_name(name: str) -> str:
    """A file's name as a text that every table can hold: bytes that are no UTF-8 are escaped."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def real_path(path: Path) -> Path:
    """Where a path leads; of links that lead in a circle the path itself."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # which of them, depends on the version of Python
        return path.absolute()
