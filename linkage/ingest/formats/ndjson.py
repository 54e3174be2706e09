"""NDJSON: one object a line. A file without any line is a table without rows."""

from collections.abc import Iterator
from typing import Any

from linkage.ingest import reasons
from linkage.ingest.chunk import CHUNK_ROWS, Broken, Chunk
from linkage.ingest.formats import strict_json
from linkage.ingest.formats.streams import Lines, TextFile
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest as IngestSettings


def chunks(file: TextFile, wanted: frozenset[str], chosen: IngestSettings) -> Iterator[Chunk]:
    """The file's rows, some at a time."""
    names = _Names(wanted)
    for lines in file.lines():
        for start in range(0, len(lines.lines), CHUNK_ROWS):
            yield _chunk(lines, slice(start, start + CHUNK_ROWS), names, chosen)
        if lines.too_long is not None:
            broken = Broken(lines.first + len(lines.lines), reasons.TOO_LONG, lines.too_long)
            yield Chunk({}, [], bytes, [broken])


class _Names:
    """The wanted names, and those met so far that become no wanted one without their white space."""

    def __init__(self, wanted: frozenset[str]) -> None:
        self.wanted = wanted
        self._plain = set(wanted)

    def stripped(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row with names stripped where that makes a wanted one; raises Refused where it has that too."""
        if row.keys() <= self._plain:
            return row
        for name in row.keys() - self._plain:
            plain = name.strip()
            if plain == name or plain not in self.wanted:
                self._plain.add(name)
            elif plain in row:
                raise Refused(reasons.DUPLICATE_KEY)
            else:
                row[plain] = row.pop(name)
        return row


def _chunk(lines: Lines, part: slice, names: _Names, chosen: IngestSettings) -> Chunk:
    texts, first = lines.lines[part], lines.first + part.start
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    broken: list[Broken] = []
    seen: set[str] = set()
    blank, read = 0, strict_json.reader(b"\n".join(texts), chosen.max_json_depth)
    for number, text in enumerate(texts, first):
        if not text or text.isspace():
            blank += 1
            continue
        try:
            row = names.stripped(read(text))
        except Refused as refused:
            reason = refused.reason
            if lines.open_end and reason == reasons.NOT_JSON:
                reason = reasons.CUT_SHORT
            broken.append(Broken(number, reason, text[: chosen.quarantined_characters]))
            continue
        seen.update(row)
        rows.append(row)
        numbers.append(number)
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in names.wanted & seen}
    return Chunk(
        columns,
        numbers,
        lambda i: texts[numbers[i] - first],
        broken,
        blank,
        frozenset(seen - names.wanted),
        objects=rows,
    )
