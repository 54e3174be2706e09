"""NDJSON: one object a line. A file without any line is a table without rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

import numpy as np
import orjson

from linkage.ingest import reasons
from linkage.ingest.chunk import CHUNK_ROWS, Broken, Chunk
from linkage.ingest.formats import strict_json
from linkage.ingest.formats.plain_json import PlainJson
from linkage.ingest.formats.streams import Lines, TextFile
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest as IngestSettings


def chunks(
    file: TextFile, wanted: frozenset[str], chosen: IngestSettings, plain: PlainJson | None = None
) -> Iterator[Chunk]:
    """The file's rows, some at a time; those of blocks that `plain` can read as columns."""
    names = _Names(wanted)
    for lines in file.lines():
        parts = [(lines, None)] if plain is None else plain.chunks(lines)
        for part, found in parts:
            if found is not None:
                yield found
                continue
            for start in range(0, part.count, CHUNK_ROWS):
                yield _chunk(part, slice(start, start + CHUNK_ROWS), names, chosen)
        if lines.too_long is not None:
            broken = Broken(lines.first + lines.count, reasons.TOO_LONG, lines.too_long)
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
    plain = _plain_rows(texts, names, chosen)
    if plain is not None:
        return _made(plain, range(first, first + len(texts)), lambda i: texts[i], names)
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    broken: list[Broken] = []
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
        rows.append(row)
        numbers.append(number)
    chunk = _made(rows, numbers, lambda i: texts[numbers[i] - first], names)
    return replace(chunk, broken=broken, blank=blank)


def _plain_rows(texts: list[bytes], names: _Names, chosen: IngestSettings) -> list[dict[str, Any]] | None:
    """The rows of lines of which none is odd, seen for all of them at once; None where one may be."""
    try:
        rows = list(map(orjson.loads, texts))
    except orjson.JSONDecodeError:
        return None
    if set(map(type, rows)) != {dict}:
        return None
    block = b"\n".join(texts)
    if _may_be_deep(block, texts, rows, chosen.max_json_depth) or _may_repeat(block, rows):
        return None
    seen = set().union(*rows)
    return None if any(name != name.strip() for name in seen - names.wanted) else rows


_CASE = 0x20
"""The bit by which `[` differs from `{`."""


def _may_be_deep(block: bytes, texts: list[bytes], rows: list[dict[str, Any]], most: int) -> bool:
    opening = np.count_nonzero(np.frombuffer(block, np.uint8) | _CASE == ord("{"))
    if opening - len(texts) < most:
        return False
    pairs = zip(texts, rows, strict=True)
    nested = [row for text, row in pairs if text.count(b"[") + text.count(b"{") > most]
    return any(strict_json.deep(row, most) for row in nested)


def _may_repeat(block: bytes, rows: list[dict[str, Any]]) -> bool:
    """Whether an object of these lines may have one key twice, of which `rows` has lost one.

    Every key stands before `":`. As many of these as there are keys at the top means that nothing is lost or
    inside anything; as many as in the rows written again, that nothing is lost.
    """
    keys = strict_json.keys(block)
    if keys is None:
        return True
    if keys == sum(map(len, rows)):
        return False
    if b"\\u00" in block:  # a quotation mark or a colon may be spelt so, which upsets the count
        return True
    try:
        return keys != strict_json.keys(orjson.dumps(rows))
    except TypeError:
        return True


def _made(
    rows: list[dict[str, Any]], numbers: Sequence[int], raw: Callable[[int], bytes], names: _Names
) -> Chunk:
    seen = set().union(*rows)
    columns = {name: _column(rows, name) for name in names.wanted & seen}
    return Chunk(columns, numbers, raw, unknown=frozenset(seen - names.wanted), objects=rows)


def _column(rows: list[dict[str, Any]], name: str) -> list[Any]:
    try:
        return list(map(itemgetter(name), rows))
    except KeyError:
        return [row.get(name) for row in rows]
