"""From a part to its chunks: which plan reads it, and which reader."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from linkage.ingest import cells, files, mapping, sniffing
from linkage.ingest.adapters.registry import adapter
from linkage.ingest.cells import Limits
from linkage.ingest.chunk import Chunk
from linkage.ingest.files import Found, Part
from linkage.ingest.formats import access_log, csv, document, ndjson, stix
from linkage.ingest.formats.parquet import ParquetSource
from linkage.ingest.formats.plain_json import PlainJson
from linkage.ingest.formats.streams import TextFile
from linkage.ingest.mapping import Plan
from linkage.ingest.recognition import recognised
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping

Names = frozenset[str]
NONE: Names = frozenset()


@dataclass
class Opened:
    """What was found at the paths of a run, with the plan for each part."""

    found: Found
    limits: Limits
    _named: Mapping[str, Plan]
    _adapted: dict[str, dict[str, Plan]] = field(default_factory=dict)

    def plan(self, part: Part) -> Plan:
        """The plan of its mapping, its table, or the format of others that it is in."""
        if part.adapter is None:
            found = self._named[mapping.plan_key(part.table, part.mapping)]
        else:
            if part.adapter not in self._adapted:
                self._adapted[part.adapter] = adapter(part.adapter).plans(self.limits)
            found = self._adapted[part.adapter][part.table]
        return replace(found, partitions=part.partitions) if part.partitions else found


def opened(
    paths: Sequence[Path],
    chosen: IngestSettings,
    mappings: Mapping[str, TableMapping],
    indicators: Sequence[Path] = (),
) -> Opened:
    """Finds and recognises all files; raises InputError and UsageError as these two do."""
    limits = cells.limits(chosen)
    plans = mapping.plans(mappings, limits)
    found = recognised(files.find(paths, mappings, chosen, indicators), chosen, paths)
    return Opened(found, limits, plans)


def source_of(part: Part, chosen: IngestSettings) -> TextFile | ParquetSource:
    """The file of a part, from which chunks are read; its digest holds once all of them were."""
    if part.written.kind == sniffing.PARQUET:
        return ParquetSource(part.path, part.name)
    limits = stix.limits(chosen) if part.written.kind == sniffing.STIX else chosen
    return TextFile(part.path, part.name, part.written, limits)


def together(parts: Sequence[Part]) -> list[list[int]]:
    """The places of the parts, those together that one reading of their file serves: of the tables that a log
    format fills from lines of JSON, each takes its columns of the same objects."""
    found: dict[object, list[int]] = {}
    for place, part in enumerate(parts):
        shared = part.adapter is not None and part.written.kind in (sniffing.NDJSON, sniffing.DOCUMENT)
        found.setdefault((part.path, part.adapter) if shared else place, []).append(place)
    return list(found.values())


def of_one(chunk: Chunk, plan: Plan) -> Chunk:
    """What a chunk that was read for several plans would be, had it been read for this one."""
    columns = {name: column for name, column in chunk.columns.items() if name in plan.wanted}
    return replace(chunk, columns=columns, unknown=(chunk.unknown | chunk.columns.keys()) - plan.wanted)


def chunks_of(
    source: TextFile | ParquetSource,
    part: Part,
    plan: Plan,
    chosen: IngestSettings,
    more: Names = NONE,
) -> Iterator[Chunk]:
    """The rows of a part under the file's own names, some at a time; of JSON with `more` columns than the
    plan's."""
    wanted = plan.wanted | more
    if isinstance(source, ParquetSource):
        return source.chunks(plan, chosen)
    if part.written.kind == sniffing.STIX:
        return stix.chunks(source, part.name, chosen)
    if part.written.kind == sniffing.CSV:
        return csv.chunks(source, plan, part.written, chosen)
    if part.written.kind == sniffing.DOCUMENT:
        return document.chunks(source, wanted, chosen, PlainJson(plan, chosen, more))
    if part.written.kind == sniffing.ACCESS:
        return access_log.chunks(source, plan.wanted, chosen)
    return ndjson.chunks(source, wanted, chosen, PlainJson(plan, chosen, more))
