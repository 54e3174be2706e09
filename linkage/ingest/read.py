"""From paths to staged tables: every row ends in a table, among the filtered or in the quarantine."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from linkage import schema
from linkage.errors import InputError, IntegrityError
from linkage.ingest import losses, reasons
from linkage.ingest.asked import taken_apart
from linkage.ingest.cells import Limits
from linkage.ingest.chunk import Chunk, names_for_receipt
from linkage.ingest.files import Part
from linkage.ingest.folder_dates import Dates
from linkage.ingest.losses import Losses
from linkage.ingest.mapping import Plan
from linkage.ingest.normalise import normalise_rows
from linkage.ingest.opening import NONE, chunks_of, of_one, opened, source_of, together
from linkage.ingest.projection import projected, projected_plan
from linkage.ingest.quarantine import Quarantine, check_dropped, check_share
from linkage.ingest.rare_collections import rare_collections
from linkage.ingest.staging import VECTORS, Stage, common_length, drop_other_lengths
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping
from linkage.wording import many

Progress = Callable[[str, int], None]


@dataclass(frozen=True)
class Sources:
    """What was read.

    `tables`: staged Parquet files of each table, with the schema of `schema.SOURCES`. `receipts`: one for
    each file and table, where rows == used + filtered + quarantined. `quarantine`: the rows not used, as
    NDJSON. `ignored`: files and folders that were not read, each with its reason.
    """

    tables: dict[str, tuple[Path, ...]]
    receipts: tuple[schema.Receipt, ...]
    quarantine: Path
    ignored: Mapping[str, str] = field(default_factory=dict)


def _quiet(table: str, rows: int) -> None:
    """Progress that nobody watches."""


def read(
    paths: Sequence[Path],
    staging: Path,
    *,
    chosen: IngestSettings,
    mappings: Mapping[str, TableMapping],
    progress: Progress = _quiet,
    indicators: Sequence[Path] = (),
    rejected: Path | None = None,
    left_out: Mapping[str, str] | None = None,
) -> Sources:
    """Stage all tables found under `paths`; `progress` is called with each table's rows so far.

    `indicators` are further files of that table, whatever their names, or STIX bundles. Where too many rows
    cannot be used, these rows are kept as the file `rejected`, since `staging` will not last. `left_out` are
    files that are not here at all, each with its reason.

    Raises InputError naming file and line when a file cannot be read, and, after reading everything,
    when more than `chosen.max_quarantined` of a table's rows could not be used.
    """
    given = opened(paths, chosen, mappings, indicators)
    staging.mkdir(parents=True, exist_ok=True)
    kept = chosen.quarantined_characters
    with rare_collections(), Quarantine(staging / "quarantine.ndjson", kept) as quarantine:
        dates = Dates.of(chosen.since, chosen.until)
        reader = _Reader(staging, chosen, given.limits, quarantine, progress, dates)
        staged = reader.staged([(part, given.plan(part)) for part in given.found.parts])
        _level_vectors(staged)
    _check_columns(staged)
    _share_columns(staged)
    receipts = _merged(each.receipt(chosen.listed_columns) for each in staged)
    check_share(receipts, chosen.max_quarantined, quarantine, rejected)
    check_dropped(receipts, chosen.max_quarantined)
    tables: dict[str, tuple[Path, ...]] = {}
    for each in staged:
        tables[each.part.table] = (*tables.get(each.part.table, ()), each.stage.path)
    return Sources(tables, receipts, quarantine.path, {**(left_out or {}), **given.found.ignored})


@dataclass
class _Staged:
    """One part while and after it is read; `rows` is counted at the reader, independently of the rest."""

    part: Part
    plan: Plan
    stage: Stage
    rows: int = 0
    bytes: int = 0
    sha256: str = ""
    filtered: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    unknown: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    naive: int = 0
    losses: Losses = field(default_factory=lambda: Losses(0))

    @property
    def present(self) -> set[str]:
        """Columns met in the file."""
        return self.seen | self.unknown

    def receipt(self, listed_columns: int) -> schema.Receipt:
        return schema.Receipt(
            self.part.table,
            self.part.name,
            self.bytes,
            self.sha256,
            self.rows,
            self.stage.used,
            dict(sorted(self.filtered.items())),
            dict(sorted(self.quarantined.items())),
            names_for_receipt(self.unknown, listed_columns),
            self.naive,
            **self.losses.for_receipt(),
        )


@dataclass
class _Reader:
    """Reads parts, one after the other, into staged files."""

    folder: Path
    chosen: IngestSettings
    limits: Limits
    quarantine: Quarantine
    progress: Progress
    dates: Dates
    totals: Counter[str] = field(default_factory=Counter)
    numbers: Counter[str] = field(default_factory=Counter)

    def staged(self, given: Sequence[tuple[Part, Plan]]) -> list[_Staged]:
        """All parts staged, in their order; a file that fills several tables is read once."""
        places = [self._place(part) for part, _ in given]
        found: dict[int, _Staged] = {}
        for group in together([part for part, _ in given]):
            found |= zip(group, self._stage([(*given[at], places[at]) for at in group]), strict=True)
        return [found[at] for at in range(len(given))]

    def _place(self, part: Part) -> Path:
        number = self.numbers[part.table]
        self.numbers[part.table] += 1
        return self.folder / part.table / f"{number:05}.parquet"

    def _stage(self, given: Sequence[tuple[Part, Plan, Path]]) -> list[_Staged]:
        """Parts of one file, each with its plan and the place of its staged rows."""
        listed = self.chosen.listed_cells
        staged = [
            _Staged(part, plan, Stage(path, plan.table.schema), losses=Losses(listed))
            for part, plan, path in given
        ]
        part, plan, _ = given[0]
        source, more = source_of(part, self.chosen), NONE.union(*(each.wanted for _, each, _ in given))
        for chunk in chunks_of(source, part, plan, self.chosen, more):
            for each in staged:
                self._chunk(each, chunk if len(staged) == 1 else of_one(chunk, each.plan))
        for each in staged:
            each.stage.close()
            each.bytes, each.sha256 = source.bytes, source.sha256
            if each.plan.key and each.present:
                each.plan.check(each.part.name, sorted(each.present))
        return staged

    def _chunk(self, staged: _Staged, chunk: Chunk) -> None:
        table = staged.part.table
        staged.seen |= chunk.columns.keys()
        made = projected(staged.plan, chunk)
        staged.given |= made.columns.keys()
        self._take(staged, projected_plan(staged.plan), made)
        self.totals[table] += chunk.rows
        self.progress(table, self.totals[table])

    def _take(self, staged: _Staged, plan: Plan, chunk: Chunk) -> None:
        table, name = staged.part.table, staged.part.name
        plan, chunk, inside = taken_apart(plan, chunk, self.chosen.conversations)
        staged.losses.inside.update(inside)
        rows = normalise_rows(plan, chunk, self.limits, self.chosen.listed_cells)
        for broken in chunk.broken:
            self.quarantine.add(table, name, broken.line, reason=broken.reason, raw=broken.raw)
        for index, reason, column in rows.faults:
            line, raw = chunk.lines[index], chunk.raw(index)
            self.quarantine.add(table, name, line, reason=reason, raw=raw, column=column)
        used, outside = self.dates.within(rows.used)
        staged.stage.add(_named(used, name))
        if outside:
            staged.filtered[reasons.OUTSIDE_DATES] += outside
        staged.rows += rows.rows + len(chunk.broken) + chunk.blank + sum(chunk.filtered.values())
        staged.quarantined.update(broken.reason for broken in chunk.broken)
        staged.quarantined.update(fault.reason for fault in rows.faults)
        staged.filtered.update(rows.filtered)
        staged.filtered.update(chunk.filtered)
        if chunk.blank:
            staged.filtered[reasons.BLANK] += chunk.blank
        staged.unknown |= chunk.unknown
        staged.naive += rows.naive
        staged.losses.add(rows.losses)


def _check_columns(staged: Sequence[_Staged]) -> None:
    """Raises InputError for a column that a mapping names and none of its files has: a slip of the pen.

    One part may lack it, since writers of JSON leave out what is empty.
    """
    for key in dict.fromkeys(each.part.mapping for each in staged if each.part.mapping):
        parts = [each for each in staged if each.part.mapping == key and each.present]
        there = set().union(*(each.present | each.plan.partitions.keys() for each in parts))
        if not parts or parts[0].plan.explode:
            continue
        plan, name = parts[0].plan, parts[0].part.name
        for expression in plan.expressions:
            if not expression.rootless and expression.roots.isdisjoint(there):
                plan.missing(name, expression.text, sorted(there))
        given = set().union(*(each.given for each in parts))
        for ours in set(plan.table.required) & plan.columns.keys() - given:
            raise InputError(
                f"{name}: [sources.{key}] {ours} = {plan.columns[ours].text!r} gives nothing in any of"
                f" {many(sum(each.rows for each in parts), 'row')}",
                hint="linkage doctor SOURCE --settings FILE shows what each expression gives, with examples",
            )


def _share_columns(staged: Sequence[_Staged]) -> None:
    """A column of a file is unused only if no table takes it."""
    taken: dict[str, set[str]] = {}
    for each in staged:
        taken.setdefault(each.part.name, set()).update(each.plan.wanted)
    for each in staged:
        each.unknown -= taken[each.part.name]


def _named(table: pa.Table, name: str) -> pa.Table:
    at = table.schema.get_field_index("file")
    return table.set_column(at, table.schema.field("file"), pa.repeat(name, table.num_rows))


def _level_vectors(staged: list[_Staged]) -> None:
    for table in dict.fromkeys(each.part.table for each in staged):
        parts = [each for each in staged if each.part.table == table]
        length = common_length(each.stage for each in parts)
        if length is None:
            continue
        for each in parts:
            each.losses.drop(VECTORS, reasons.OTHER_LENGTH, drop_other_lengths(each.stage, length))


def _merged(receipts: Iterator[schema.Receipt]) -> tuple[schema.Receipt, ...]:
    """One receipt for each file and table, though two mappings may have read it."""
    found: dict[tuple[str, str], schema.Receipt] = {}
    for receipt in receipts:
        key = (receipt.table, receipt.file)
        found[key] = _sum(found[key], receipt) if key in found else receipt
    for receipt in found.values():
        counted = receipt.used + sum(receipt.filtered.values()) + sum(receipt.quarantined.values())
        if counted != receipt.rows:
            raise IntegrityError(
                f"{receipt.file}: {many(receipt.rows, 'row')} read, but {counted} accounted for in"
                f" {receipt.table}",
                hint="this is a fault of the program: please report it with the file's shape",
            )
    return tuple(found.values())


def _sum(one: schema.Receipt, other: schema.Receipt) -> schema.Receipt:
    return replace(
        one,
        rows=one.rows + other.rows,
        used=one.used + other.used,
        filtered=dict(Counter(one.filtered) + Counter(other.filtered)),
        quarantined=dict(Counter(one.quarantined) + Counter(other.quarantined)),
        # A column is unknown only if neither mapping takes it.
        unknown_columns=tuple(sorted(set(one.unknown_columns) & set(other.unknown_columns))),
        naive_times=one.naive_times + other.naive_times,
        **losses.sum_of(one, other),
    )
