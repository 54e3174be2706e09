"""What a file holds: one of our tables under its own names, or a log format of others."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from linkage.errors import InputError
from linkage.ingest import sniffing
from linkage.ingest.adapters.adapter import Adapter
from linkage.ingest.adapters.registry import ADAPTERS, adapter
from linkage.ingest.files import Found, Part
from linkage.ingest.sampling import Sample, sample
from linkage.ingest.unread import known
from linkage.schema import ENOUGH, SOURCES
from linkage.settings.ingest import Ingest as IngestSettings


def recognised(found: Found, chosen: IngestSettings, paths: Sequence[Path]) -> Found:
    """The parts with their tables and formats; files that are of none are named among the ignored.

    Raises InputError where two formats could be meant, or nothing is left that could hold evidence.
    """
    asked = [adapter(chosen.format)] if chosen.format else list(ADAPTERS.values())
    result = Found([], dict(found.ignored))
    for part in found.parts:
        if part.mapping is not None or part.written.kind == sniffing.STIX:
            result.parts.append(part)
            continue
        try:
            seen = sample(part.path, part.written, chosen)
        except InputError as error:
            if part.table:
                raise
            why = str(error).removeprefix(f"{part.path.name}: ")
            result.ignored[part.name] = f"no table has this name, and it cannot be read: {why}"
            continue
        if part.table and _is_ours(part, seen):
            result.parts.append(part)
            continue
        adapters = [each for each in asked if each.recognises(seen.rows)]
        if not adapters and chosen.format and not part.table and seen.rows:
            result.ignored[part.name] = f"does not look like {asked[0].title}"
        elif len(adapters) > 1:
            raise _ambiguous(part.name, adapters)
        elif adapters:
            result.parts += [
                replace(part, table=table, adapter=adapters[0].name) for table in adapters[0].tables
            ]
        elif part.table:
            result.parts.append(part)  # the reader says what is missing
        else:
            result.ignored[part.name] = _reason(part, seen)
    order = list(SOURCES)
    result.parts.sort(key=lambda part: (order.index(part.table), part.name, part.mapping or ""))
    result.ignored = dict(sorted(result.ignored.items()))
    _check(result, paths)
    return result


def _is_ours(part: Part, seen: Sample) -> bool:
    """Whether a table's own file has the columns that it must have, or no columns at all."""
    needed = set(SOURCES[part.table].required)
    return not seen.columns or needed <= {*seen.columns, *part.partitions}


def _ambiguous(name: str, adapters: Sequence[Adapter]) -> InputError:
    which = " and ".join(f"{each.title} ({each.name})" for each in adapters)
    return InputError(
        f"{name}: its columns fit {which}", hint=f"say which it is: --format {adapters[0].name}"
    )


def _reason(part: Part, seen: Sample) -> str:
    if part.written.kind == sniffing.EMPTY:
        return "empty, and no table has this name"
    if said := known(seen.rows):
        return said
    columns = set(seen.columns)
    fits = [name for name, table in SOURCES.items() if set(table.required) <= columns]
    fits.sort(key=lambda name: -len(SOURCES[name].required))
    stem = sniffing.stem(part.path.name).lower()
    alike = get_close_matches(stem, SOURCES, n=1) or fits[:1]
    if alike:
        return f"no table has this name; if it is {alike[0]}, call it {alike[0]} or map it under [sources]"
    return "no table has this name, and no known format has these columns"


def _check(found: Found, paths: Sequence[Path]) -> None:
    if any(part.table in ENOUGH for part in found.parts):
        return
    where = ", ".join(map(str, paths)) or "no source at all"
    shown = list(found.ignored.items())[:10]
    others = "; ".join(f"{name}: {why}" for name, why in shown) or "nothing, the folder is empty"
    raise InputError(
        f"{where}: none of the tables {', '.join(ENOUGH)} is there; found besides: {others}",
        hint="name a file or folder after its table, map it under [sources] in linkage.toml, or see"
        " linkage doctor --formats",
    )
