"""What an adapter takes from a folder, before cells are read: so a test sees the field that was chosen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from linkage.ingest import cells, files
from linkage.ingest.adapters.registry import adapter
from linkage.ingest.chunk import Chunk
from linkage.ingest.expressions import compiled, says_nothing
from linkage.ingest.files import Part
from linkage.ingest.mapping import Plan
from linkage.ingest.projection import projected
from linkage.ingest.recognition import recognised
from linkage.ingest.sampling import sample
from linkage.settings.ingest import Ingest as IngestSettings

CHOSEN = IngestSettings()
LIMITS = cells.limits(CHOSEN)
ALL = IngestSettings(sampled_rows=10_000)


def formats(folder: Path) -> dict[str, set[str | None]]:
    """The formats in which each file of a folder is recognised."""
    found: dict[str, set[str | None]] = {}
    for part in _parts(folder):
        found.setdefault(part.name, set()).add(part.adapter)
    return found


def mapped_rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The values found for each table's columns; `answer` is what `response_sha256` is made of."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for part in _parts(folder):
        rows.setdefault(part.table, []).extend(_mapped(part))
    return rows


def _parts(folder: Path) -> list[Part]:
    return recognised(files.find([folder], {}, CHOSEN), CHOSEN, [folder]).parts


def _mapped(part: Part) -> list[dict[str, Any]]:
    assert part.adapter
    seen = sample(part.path, part.written, ALL)
    columns = {name: [row.get(name) for row in seen.rows] for name in seen.columns}
    lines = range(1, len(seen.rows) + 1)
    chunk = Chunk({name: column for name, column in columns.items()}, lines, str, objects=seen.rows)
    made = projected(_with_answer(adapter(part.adapter).plans(LIMITS)[part.table]), chunk)
    rows = [dict(zip(made.columns, row, strict=True)) for row in zip(*made.columns.values(), strict=True)]
    return [{name: value for name, value in row.items() if not says_nothing(value)} for row in rows]


def _with_answer(plan: Plan) -> Plan:
    asked = dict(plan.columns)
    digest = asked.pop("response_sha256", None)
    if digest is None:
        return plan
    inner = digest.text.removeprefix("text_hash(answer(").removesuffix("))")
    return replace(plan, columns={**asked, "answer": compiled(inner)})
