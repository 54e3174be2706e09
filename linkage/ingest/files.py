"""Which files there are, which table each is part of by its name or a mapping, and what is left alone.

A table is `interactions.csv`, a folder `interactions/` of part files under any names, or numbered
parts beside each other (`interactions-0.parquet`, `interactions.part1.csv`,
`interactions-2026-03-01.ndjson.gz`); several of these together are parts of one table. Folders inside one
another are entered; a folder `dt=2026-05-04` gives its files a column `dt`.
What is no part of any table is for `recognition` to look at.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from linkage.errors import InputError, UsageError
from linkage.ingest import folder_dates, lakehouse, sniffing
from linkage.ingest.folder_dates import Dates
from linkage.ingest.roots import Names, Root, real_path
from linkage.ingest.sniffing import Unreadable, Written
from linkage.schema import SOURCES
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping

NUMBERED = re.compile(r"(?:[-_.](?:part[-_]?)?[0-9]+)+")
"""What may follow the table's name in a part's name: unambiguous, as no table's name ends in a digit."""

PARTITION = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)=(.*)", re.DOTALL)
"""A folder's name that is a column and its value, as Hive and Spark write them: with %20 for a blank."""
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""What they write for a value that is empty."""

_DENIED = "ask its owner for the right to read it, or take it out of the source"


@dataclass(frozen=True)
class Part:
    """One file to be read as part of one table.

    `mapping` is the key that claimed it, `adapter` the format of others that it is in; `table` is empty as
    long as nobody knows. `partitions` are the columns that its folders' names give.
    """

    table: str
    path: Path
    name: str
    written: Written
    mapping: str | None = None
    adapter: str | None = None
    partitions: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Found:
    """The parts in reading order, and what was left alone, with its reason."""

    parts: list[Part] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)


def find(
    paths: Sequence[Path],
    mappings: Mapping[str, TableMapping],
    chosen: IngestSettings,
    indicators: Sequence[Path] = (),
) -> Found:
    """All files; `indicators` are further files of that table.

    Raises InputError when a path or a mapped file is missing, or a table's own file cannot be read.
    """
    found, names = Found(), Names()
    walk = _Walk(found, names, Dates.of(chosen.since, chosen.until, chosen.folder_slack_hours), chosen)
    for path in paths:
        root = Root.of(path)
        claimed = {key: list(root.matching(each.file)) for key, each in mappings.items()}
        for key, files in claimed.items():
            for file in files:
                walk.claim(root, file, key, mappings[key])
        walk.by_name(root, {file for files in claimed.values() for file in files})
    _check(mappings, walk.claimed, paths)
    found.parts += [part for file in indicators for part in _indicators(file, names)]
    return found


def table_of(stem: str) -> str | None:
    """The table that a stem names, as a whole or as a numbered part, in capitals or not."""
    plain = stem.lower()
    for table in SOURCES:
        if plain == table or (plain.startswith(table) and NUMBERED.fullmatch(plain[len(table) :])):
            return table
    return None


@dataclass
class _Walk:
    """Goes through folders, file by file."""

    found: Found
    names: Names
    dates: Dates
    chosen: IngestSettings
    claimed: set[str] = field(default_factory=set)
    entered: set[Path] = field(default_factory=set)

    def claim(self, root: Root, file: Path, key: str, mapping: TableMapping) -> None:
        """A file that a mapping names; raises InputError where its format is not known."""
        name, table = self.names.name(root, file), key.partition(".")[0]
        self.claimed.add(key)
        if self._outside(name, table):
            return
        try:
            written = _written(file, self.chosen, mapping)
        except Unreadable as error:
            raise InputError(
                f"[sources.{key}]: {name} is in no format that can be read: {error.reason}",
                hint=f"say which it is: format = one of {', '.join(sniffing.KINDS)}",
            ) from None
        partitions = _partitions(name)
        self.found.parts.append(Part(table, file, name, written, key, partitions=partitions))

    def by_name(self, root: Root, mapped: set[Path]) -> None:
        """All files of a source that no mapping names."""
        if root.only is not None:
            if root.only not in mapped:
                self._file(root, root.only, table_of(sniffing.stem(root.only.name)))
            return
        self._folder(root, root.base, None, mapped)

    def _folder(self, root: Root, folder: Path, table: str | None, mapped: set[Path]) -> None:
        self.entered.add(real_path(folder))
        table_files = lakehouse.data_files(folder)
        if table_files is not None:
            own = table or table_of(folder.name)
            self._lakehouse(root, folder, own, table_files)
            return
        for entry in self._entries(root, folder, table):
            if entry in mapped:
                continue
            own = table or (table_of(sniffing.stem(entry.name)) if folder == root.base else None)
            if entry.name.startswith((".", "_")):
                name = self.names.name(root, entry)
                self.found.ignored[f"{name}/" if entry.is_dir() else name] = (
                    "hidden, or a mark of who wrote it"
                )
            elif entry.is_symlink() and real_path(entry) in self.entered:
                self.found.ignored[f"{self.names.name(root, entry)}/"] = "a link to a folder that is read"
            elif entry.is_dir():
                self._folder(root, entry, own, mapped)
            else:
                self._file(root, entry, own)

    def _entries(self, root: Root, folder: Path, table: str | None) -> list[Path]:
        """What is in a folder, in order; raises InputError for one of a table that must not be read."""
        try:
            return sorted(folder.iterdir())
        except PermissionError as error:
            if table is not None or folder == root.base:
                raise InputError(f"{folder}: must not be read: {error.strerror}", hint=_DENIED) from None
            self.found.ignored[f"{self.names.name(root, folder)}/"] = f"it must not be read: {error.strerror}"
            return []

    def _lakehouse(
        self, root: Root, folder: Path, table: str | None, files: Sequence[lakehouse.DataFile]
    ) -> None:
        """The files of a table's newest version; all others in its folder are older ones or its log."""
        newest = {each.path: each for each in files}
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            name = self.names.name(root, file)
            if file not in newest:
                self.found.ignored[name] = "of the table's log, or of an older version of it"
            elif not self._outside(name, table, newest[file].folders):
                partitions = _partitions(name) | newest[file].partitions
                self.found.parts.append(
                    Part(table or "", file, name, Written(sniffing.PARQUET), partitions=partitions)
                )

    def _file(self, root: Root, file: Path, table: str | None) -> None:
        name, real = self.names.name(root, file), real_path(file)
        if not file.is_file():
            self.found.ignored[name] = "no file: a link that leads nowhere, or a device"
        elif real in self.names.taken:
            self.found.ignored.setdefault(name, "given twice, read once")
        elif not self._outside(name, table):
            self.names.taken.add(real)
            self._place(file, name, table)

    def _place(self, file: Path, name: str, table: str | None) -> None:
        try:
            written = _written(file, self.chosen)
        except Unreadable as error:
            if table is not None and sniffing.DATA_ENDING.search(file.name):
                raise InputError(
                    f"{name}: {error.reason}", hint="copy or export it again; or take it out of the source"
                ) from None
            self.found.ignored[name] = error.reason
            return
        self.found.parts.append(Part(table or "", file, name, written, partitions=_partitions(name)))

    def _outside(self, name: str, table: str | None, folders: str = "") -> bool:
        """Whether a file's folders, or those that its table says it could lie in, are of other dates."""
        if not self.dates.bounded or not folder_dates.dated(table):
            return False
        if not any(self.dates.exclude(folder_dates.span(each)) for each in (name, folders)):
            return False
        self.found.ignored[name] = "its folder's date is outside the dates asked for"
        return True


def _written(file: Path, chosen: IngestSettings, mapping: TableMapping | None = None) -> Written:
    """How a file is written, as it looks, or as the mapping or the settings say."""
    said = mapping or TableMapping(file="*")
    kind, delimiter = said.format, said.delimiter or chosen.delimiter
    encoding = said.encoding or chosen.encoding
    try:
        seen = sniffing.sniffed(file)
    except Unreadable:
        if not kind:
            raise
        seen = Written(kind)
    if seen.kind in (sniffing.EMPTY, sniffing.PARQUET):
        return seen
    return replace(
        seen,
        kind=kind or seen.kind,
        delimiter=delimiter or seen.delimiter,
        encoding=encoding or seen.encoding,
    )


def _partitions(name: str) -> dict[str, str]:
    """Columns and values of the folders on the way to a file."""
    found = {}
    for folder in PurePosixPath(name).parts[:-1]:
        match = PARTITION.fullmatch(folder)
        if match and match[2] != NO_VALUE:
            found[match[1]] = unquote(match[2])
    return found


def _indicators(file: Path, names: Names) -> list[Part]:
    """A file of indicators that the user names as such; none if it was found among the sources."""
    root = Root.of(file)
    if root.only is None:
        raise InputError(f"{file}: is a folder", hint="give one file of indicators")
    try:
        written = sniffing.sniffed(file)
    except Unreadable as error:
        raise InputError(f"{file}: is in no format that indicators can have: {error.reason}") from None
    if re.search(r"\.json(?:\.(?:gz|zst|bz2|xz))?$", file.name, re.IGNORECASE):
        written = replace(written, kind=sniffing.STIX)
    if file.resolve() in names.taken:
        return []
    names.taken.add(file.resolve())
    return [Part("indicators", file, names.name(root, file), written)]


def _check(mappings: Mapping[str, TableMapping], claimed: set[str], paths: Sequence[Path]) -> None:
    where = ", ".join(map(str, paths)) or "no source at all"
    for key, mapping in mappings.items():
        if key not in claimed:
            raise InputError(
                f"[sources.{key}] file = {mapping.file!r}: no such file in {where}",
                hint="the name is relative to the folder given, and may hold * and **",
            )


def check_pattern(key: str, pattern: str) -> None:
    """Raises UsageError for a glob that could leave the source."""
    parts = PurePosixPath(pattern).parts
    if not parts or ".." in parts or PurePosixPath(pattern).is_absolute():
        raise UsageError(f"[sources.{key}] file = {pattern!r}: must be a name inside the source")
