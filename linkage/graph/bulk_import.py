"""Files for `neo4j-admin database import full`, which loads an empty database many times faster than a push.

One CSV file for each part, with a header that gives every column its type; the arguments of the import; and
the constraints. What cannot be a key goes to quarantine as in a push. The node of the case carries the ledger
of a push that has ended, so that a push after the import only makes the constraints and compares.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from linkage.errors import GraphError, UsageError
from linkage.graph import empty_lists, load_statements
from linkage.graph.batches import Quarantine, sound
from linkage.graph.ledger import Plan
from linkage.graph.schema import CASE, PARTS, Nodes, Part, Property, Relationships
from linkage.private_files import open_private, private_folder, write_private

ARGUMENTS, CONSTRAINTS, REPORT = "import.args", "constraints.cypher", "import.report"

SEPARATORS = "\x1f\x1e\x1d\x1c" + "".join(map(chr, range(0xE000, 0xE400)))
"""What may stand between the elements of a list: the first that no element holds. The importer knows no
quotes within a list, so one that occurs would cut an element in two."""

LEAST_BUFFER = 4 * 2**20
"""Bytes that the importer reads at a time unless it is told; a value must fit."""

TYPES = {
    "text": "string",
    "int": "long",
    "float": "double",
    "bool": "boolean",
    "at": "datetime",
    "vector": "double[]",
}

Rows = Iterable[tuple[Part, Iterable[pa.RecordBatch]]]
Progress = Callable[[str, int, int | None], None]


@dataclass
class Written:
    """What was written: the folder, the rows of each part by its name, and the rows put aside."""

    folder: Path
    rows: Counter[str] = field(default_factory=Counter)
    quarantine: Quarantine = field(default_factory=Quarantine)


def write(
    folder: Path, plan: Plan, rows: Callable[[], Rows], *, dimensions: int, progress: Progress
) -> Written:
    """Write the files of a case; `rows` gives its parts, from the beginning each time it is called.

    Raises UsageError where the folder holds anything but the files of an earlier such writing.
    """
    _claim(folder)
    taken: set[str] = set()
    while True:
        separator = next((each for each in SEPARATORS if each not in taken), None)
        if separator is None:
            raise GraphError("no character is left that could stand between the elements of a list")
        try:
            return _Files(folder, plan, separator, progress).write(rows(), dimensions)
        except _Occurs as found:
            taken |= found.characters


def file_name(part: Part) -> str:
    """The file of a part."""
    return part.name.replace(" ", "-") + ".csv"


def _claim(folder: Path) -> None:
    ours = {*map(file_name, PARTS), ARGUMENTS, CONSTRAINTS, REPORT}
    try:
        private_folder(folder)
        strange = sorted(each.name for each in folder.iterdir() if each.name not in ours)
        if strange:
            raise UsageError(f"{folder}: holds other files, such as {strange[0]}", hint="name a new folder")
        for name in sorted(ours):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}", hint="name a folder that can be written") from error


class _Occurs(Exception):
    """The separator stands in an element of a list."""

    def __init__(self, characters: set[str]) -> None:
        super().__init__()
        self.characters = characters


class _Files:
    """The files of one writing, with one separator."""

    def __init__(self, folder: Path, plan: Plan, separator: str, progress: Progress) -> None:
        self._folder, self._plan, self._separator, self._progress = folder, plan, separator, progress
        self._written = Written(folder)
        self._empty: set[str] = set()
        self._multiline = False
        self._longest = 0

    def write(self, rows: Rows, dimensions: int) -> Written:
        """All files; the node of the case last, because it tells of all others."""
        case: list[pa.RecordBatch] = []
        for part, batches in rows:
            if part is CASE:
                case = list(batches)
                self._written.rows[part.name] = 1
            else:
                self._part(part, batches)
        for batch in case:
            self._which_are_empty(CASE, pa.Table.from_batches([batch]))
        self._part(CASE, case, self._ledger())
        self._texts(dimensions)
        return self._written

    def _part(
        self, part: Part, batches: Iterable[pa.RecordBatch], more: dict[str, pa.Array] | None = None
    ) -> None:
        count, more = 0, more or {}
        with os.fdopen(open_private(self._folder / file_name(part), os.O_WRONLY), "wb") as file:
            file.write(",".join([*_header(part), *more]).encode() + b"\n")
            for batch in batches:
                table = sound(part, pa.Table.from_batches([batch]), self._plan.case, self._written.quarantine)
                columns = [*self._columns(part, table), *more.values()]
                texts = pa.table(columns, names=[str(number) for number in range(len(columns))])
                self._measure(texts)
                pyarrow.csv.write_csv(texts, file, pyarrow.csv.WriteOptions(include_header=False))
                count += table.num_rows
                self._progress(part.name, count, None)
        self._written.rows[part.name] = count
        if not count:
            (self._folder / file_name(part)).unlink()

    def _columns(self, part: Part, table: pa.Table) -> Iterator[Any]:
        """The columns in the order of the header."""
        if isinstance(part, Nodes):
            yield _id(table, part.keys)
            if len(part.key) > 1:
                yield from (table.column(name) for name in part.key)
        else:
            yield _id(table, part.keys[: len(part.start.key)])
            yield _id(table, part.keys[len(part.start.key) :])
        for value in (self._plan.case, self._plan.run):
            yield pa.repeat(value, table.num_rows)
        for each in part.properties:
            yield self._column(each, table.column(each.name))
        if _lists(part):
            yield self._which_are_empty(part, table)

    def _column(self, each: Property, column: pa.ChunkedArray) -> Any:
        if each.kind == "at":
            return pc.strftime(column.cast(pa.timestamp("us", "UTC")), format="%Y-%m-%dT%H:%M:%SZ")
        if each.kind == "float":
            return _numbers(column)
        if each.kind == "vector":
            return self._joined(column.cast(pa.list_(pa.float64())))
        return self._joined(column) if each.kind.endswith("[]") else column

    def _joined(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        texts = column.cast(pa.list_(pa.string()))
        if pa.types.is_string(column.type.value_type):
            elements = pc.list_flatten(texts)
            if _any(pc.match_substring(elements, self._separator)):
                raise _Occurs(set(SEPARATORS).intersection("".join(elements.to_pylist())))
        return pc.binary_join(texts, self._separator)

    def _which_are_empty(self, part: Part, table: pa.Table) -> pa.Array:
        """The names of the lists without elements, which the importer cannot tell from none."""
        names: list[list[str]] = [[] for _ in range(table.num_rows)]
        for name in _lists(part):
            empty = pc.equal(pc.list_value_length(table.column(name)), 0)
            if not _any(empty):
                continue
            self._empty.add(f"{part.name}.{name}")
            for index, hit in enumerate(empty.to_pylist()):
                if hit:
                    names[index].append(name)
        return pa.array([self._separator.join(each) or None for each in names], pa.string())

    def _measure(self, texts: pa.Table) -> None:
        """Notes line ends within values, and the longest of them: the importer has to be told."""
        for column in texts.columns:
            if pa.types.is_string(column.type):
                self._longest = max(self._longest, pc.max(pc.binary_length(column)).as_py() or 0)
                if _any(pc.match_substring_regex(column, "[\r\n]")):
                    self._multiline = True

    def _ledger(self) -> dict[str, pa.Array]:
        """What a push notes at its end, as further columns of the case."""
        sent = [str(self._written.rows[part.name]) for part in PARTS]
        headers = {
            "complete:boolean": "true",
            "push_origin": self._plan.origin,
            "push_done:long": "0",
            "push_token": self._plan.token,
            "push_sent:long[]": self._separator.join(sent),
            f"{empty_lists.COLUMNS}:string[]": self._separator.join(sorted(self._empty)) or None,
        }
        return {name: pa.array([value], pa.string()) for name, value in headers.items()}

    def _texts(self, dimensions: int) -> None:
        made = load_statements.preparations(dimensions)
        for name, lines in ((CONSTRAINTS, (f"{each};" for each in made)), (ARGUMENTS, self._arguments())):
            write_private(self._folder / name, "".join(f"{each}\n" for each in lines).encode("utf-8"))

    def _arguments(self) -> Iterator[str]:
        yield f"--array-delimiter=U+{ord(self._separator):04X}"
        yield f"--read-buffer-size={max(LEAST_BUFFER, 2 * self._longest + 2**20)}"
        yield f"--report-file={REPORT}"
        if self._multiline:
            # Slower, and for all files. The newer format, for single files, takes no carriage returns.
            yield "--multiline-fields=true"
        for part in PARTS:
            if self._written.rows[part.name]:
                kind, name = (
                    ("nodes", part.label) if isinstance(part, Nodes) else ("relationships", part.type)
                )
                yield f"--{kind}={name}={file_name(part)}"


def _lists(part: Part) -> list[str]:
    return [each.name for each in part.properties if each.kind.endswith("[]")]


def _header(part: Part) -> list[str]:
    if isinstance(part, Nodes):
        keys = (
            [f"{part.key[0]}:ID({part.label})"] if len(part.key) == 1 else [f":ID({part.label})", *part.key]
        )
    else:
        assert isinstance(part, Relationships)
        keys = [f":START_ID({part.start.label})", f":END_ID({part.end.label})"]
    typed = [f"{each.name}:{_type(each.kind)}" for each in part.properties]
    return [*keys, "case", "run", *typed, *([f"{empty_lists.NAMES}:string[]"] if _lists(part) else [])]


def _type(kind: str) -> str:
    basic = TYPES[kind.removesuffix("[]")]
    return f"{basic}[]" if kind.endswith("[]") else basic


def _id(table: pa.Table, keys: list[str]) -> pa.ChunkedArray:
    """The key as one text; of several columns, the length of the first tells where it ends."""
    columns = [table.column(name) for name in keys]
    if len(columns) == 1:
        return columns[0]
    return pc.binary_join_element_wise(pc.binary_length(columns[0]).cast(pa.string()), *columns, ":")


def _numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """As the importer spells them: it knows NaN and Infinity by these names alone."""
    if not _any(pc.invert(pc.is_finite(column))):
        return column
    texts = column.cast(pa.string())
    for ours, theirs in (("nan", "NaN"), ("inf", "Infinity")):
        texts = pc.replace_substring(texts, ours, theirs)
    return texts


def _any(answers: Any) -> bool:
    return pc.any(answers, min_count=0).as_py() is True
