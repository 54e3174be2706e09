"""Which files feed which table: by the file's or folder's name, or because a mapping claims it.

A table is `interactions.csv`, a folder `interactions/` of part files under any names, or numbered
parts beside each other (`interactions-0.parquet`, `interactions.part1.csv`,
`interactions-2026-03-01.ndjson.gz`); several of these together are parts of one table. Folders inside a
table's folder are not entered.
What is no part of any table is listed, never guessed at.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from linkage.errors import InputError, UsageError
from linkage.schema import ENOUGH, SOURCES

FORMATS = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson"}
BUNDLE = "stix"
"""The kind of a STIX bundle, which only a file named as one of indicators can be."""
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}

NUMBERED = re.compile(r"(?:[-_.](?:part[-_]?)?[0-9]+)+")
"""What may follow the table's name in a part's name: unambiguous, as no table's name ends in a digit."""


@dataclass(frozen=True)
class Format:
    """How a file is written, as far as its name tells."""

    stem: str
    kind: str
    compression: str | None = None


@dataclass(frozen=True)
class Part:
    """One file to be read as part of one table; `mapping` is the key that claimed it."""

    table: str
    path: Path
    name: str
    format: Format
    mapping: str | None = None


@dataclass
class Found:
    """The parts in reading order, and what was left alone."""

    parts: list[Part] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def find(paths: Sequence[Path], patterns: Mapping[str, str], indicators: Sequence[Path] = ()) -> Found:
    """All parts of all tables; `patterns` has a glob for each mapping's key, `indicators` more such files.

    Raises InputError when a path or a mapped file is missing, or no table that could hold evidence is there.
    """
    found, names = Found(), _Names()
    for path in paths:
        root = _Root.of(path)
        claimed = {key: list(root.matching(pattern)) for key, pattern in patterns.items()}
        for key, files in claimed.items():
            found.parts += [_claimed(key, file, names.name(root, file)) for file in files]
        mapped = {file for files in claimed.values() for file in files}
        _by_name(root, mapped, found, names)
    found.parts += [part for file in indicators for part in _indicators(file, names)]
    _check(found, paths, patterns)
    found.parts.sort(key=lambda part: (list(SOURCES).index(part.table), part.name, part.mapping or ""))
    found.ignored.sort()
    return found


def format_of(name: str) -> Format | None:
    """The format a file's name announces, or None."""
    stem, compression = name, None
    for ending, found in COMPRESSIONS.items():
        if stem.lower().endswith(ending):
            stem, compression = stem[: -len(ending)], found
    for ending, kind in FORMATS.items():
        if stem.lower().endswith(ending) and not (kind == "parquet" and compression):
            return Format(stem[: -len(ending)], kind, compression)
    return None


def table_of(stem: str) -> str | None:
    """The table that a stem names, as a whole or as a numbered part."""
    for table in SOURCES:
        if stem == table or (stem.startswith(table) and NUMBERED.fullmatch(stem[len(table) :])):
            return table
    return None


@dataclass(frozen=True)
class _Root:
    """A path the user gave: names are relative to `base`; `only` if it is a single file."""

    base: Path
    only: Path | None

    @classmethod
    def of(cls, path: Path) -> "_Root":
        if path.is_dir():
            return cls(path, None)
        if path.is_file():
            return cls(path.parent, path)
        what = "neither a file nor a folder" if path.exists() else "no such file or folder"
        raise InputError(f"{path}: {what}", hint="give the folder that holds the tables")

    def matching(self, pattern: str) -> Iterator[Path]:
        if self.only is not None:
            fits = PurePosixPath(self.only.name).match(pattern)
            return iter([self.only] if fits else [])
        return iter(sorted(file for file in self.base.glob(pattern) if file.is_file()))


class _Names:
    """Names given out so far: two sources may each hold an `accounts.csv`."""

    def __init__(self) -> None:
        self.by_stem: set[Path] = set()
        self._owner: dict[str, Path] = {}

    def name(self, root: _Root, file: Path) -> str:
        plain = printable_name(file.relative_to(root.base).as_posix())
        folder = printable_name(root.base.resolve().name)
        candidates = [plain, f"{folder}/{plain}", *(f"{folder}~{n}/{plain}" for n in range(2, 1000))]
        real = file.resolve()
        return next(name for name in candidates if self._owner.setdefault(name, real) == real)


def printable_name(name: str) -> str:
    """A file's name as a text that every table can hold: bytes that are no UTF-8 are escaped."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _claimed(key: str, file: Path, name: str) -> Part:
    written = format_of(file.name)
    if written is None:
        raise InputError(
            f"[sources.{key}]: {name} is in no format that can be read",
            hint=f"formats: {', '.join(FORMATS)}; text ones also {', '.join(COMPRESSIONS)}",
        )
    return Part(key.partition(".")[0], file, name, written, key)


def _indicators(file: Path, names: _Names) -> list[Part]:
    """A file of indicators that the user names as such; none if it was found among the sources."""
    root = _Root.of(file)
    written = format_of(file.name) or _bundle(file.name)
    if root.only is None or written is None:
        raise InputError(
            f"{file}: is in no format that indicators can have",
            hint=f"give one file: {', '.join(FORMATS)}, or a STIX 2.1 bundle as .json",
        )
    if file.resolve() in names.by_stem:
        return []
    names.by_stem.add(file.resolve())
    return [Part("indicators", file, names.name(root, file), written)]


def _bundle(name: str) -> Format | None:
    """The format of a file whose name announces JSON that is not by lines."""
    stem, _, ending = name.lower().rpartition(".json")
    if not stem or ending not in ("", *COMPRESSIONS):
        return None
    return Format(stem, BUNDLE, COMPRESSIONS.get(ending))


def _by_name(root: _Root, mapped: set[Path], found: Found, names: _Names) -> None:
    entries = [root.only] if root.only is not None else sorted(root.base.iterdir())
    for entry in entries:
        if entry in mapped:
            continue
        if entry.is_dir():
            _folder(root, entry, mapped, found, names)
        else:
            written = format_of(entry.name)
            _place(root, entry, table_of(written.stem) if written else None, found, names)


def _folder(root: _Root, folder: Path, mapped: set[Path], found: Found, names: _Names) -> None:
    written = format_of(folder.name)  # engines write folders called interactions.parquet
    table = table_of(written.stem if written else folder.name) if folder.parent == root.base else None
    if table is None and not any(folder in file.parents for file in mapped):
        found.ignored.append(names.name(root, folder) + "/")
        return
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            _folder(root, entry, mapped, found, names)
        elif entry not in mapped:
            _place(root, entry, table, found, names)


def _place(root: _Root, file: Path, table: str | None, found: Found, names: _Names) -> None:
    name, written, real = names.name(root, file), format_of(file.name), file.resolve()
    if table is None or written is None or not file.is_file():
        found.ignored.append(name)
    elif real in names.by_stem:
        found.ignored.append(f"{name} (given twice, read once)")
    else:
        names.by_stem.add(real)
        found.parts.append(Part(table, file, name, written))


def _check(found: Found, paths: Sequence[Path], patterns: Mapping[str, str]) -> None:
    claimed = {part.mapping for part in found.parts}
    where = ", ".join(map(str, paths)) or "no source at all"
    for key, pattern in patterns.items():
        if key not in claimed:
            raise InputError(
                f"[sources.{key}] file = {pattern!r}: no such file in {where}",
                hint="the name is relative to the folder given, and may hold * and **",
            )
    if not any(part.table in ENOUGH for part in found.parts):
        others = ", ".join(sorted(found.ignored)[:10]) or "nothing"
        raise InputError(
            f"{where}: none of the tables {', '.join(ENOUGH)} is there; found besides: {others}",
            hint="name a file or folder after its table, or map it under [sources] in linkage.toml",
        )


def check_pattern(key: str, pattern: str) -> None:
    """Raises UsageError for a glob that could leave the source."""
    parts = PurePosixPath(pattern).parts
    if not parts or ".." in parts or PurePosixPath(pattern).is_absolute():
        raise UsageError(f"[sources.{key}] file = {pattern!r}: must be a name inside the source")
