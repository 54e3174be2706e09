"""JSON that is not by lines: an array of objects, or objects one after the other, over any number of lines.

The text is read in blocks, and no more than one block and one object are held. A row's number is its
place in the file, from 1.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import orjson

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.ingest.chunk import CHUNK_BYTES, CHUNK_ROWS, Broken, Chunk
from linkage.ingest.formats import strict_json
from linkage.ingest.formats.plain_json import PlainJson
from linkage.ingest.formats.streams import Lines, TextFile
from linkage.settings.ingest import Ingest as IngestSettings

_SPACE = " \t\r\n\ufeff"
_GOES_ON = ("", ".", "e", "E")
"""What may follow the beginning of a number that goes on."""


def chunks(
    file: TextFile,
    wanted: frozenset[str],
    chosen: IngestSettings,
    plain: PlainJson | None = None,
    *,
    rows: int = CHUNK_ROWS,
) -> Iterator[Chunk]:
    """The file's rows, at most `rows` at a time, those that `plain` can read as columns; raises InputError
    where it stops being JSON."""
    found = _values(file, chosen, _decoder(_object if plain is None else None))
    first = 1
    while True:
        values, texts, size, ended = list[Any](), list[str](), 0, True
        for value, text in found:
            (values if plain is None else texts).append(value if plain is None else text)
            size += len(text)
            if len(values) + len(texts) >= rows or size >= CHUNK_BYTES:
                ended = False
                break
        if plain is None or not texts:
            yield _chunk(values, first, wanted, chosen)
        else:
            yield from _by_columns(plain, texts, first, wanted, chosen)
        first += len(values) + len(texts)
        if ended:
            return


def _by_columns(
    plain: PlainJson, texts: list[str], first: int, wanted: frozenset[str], chosen: IngestSettings
) -> Iterator[Chunk]:
    """The values of texts, as lines of which none is odd, or one by one."""
    # Between the parts of a value a line end is white space, and inside a text there is none.
    data = "\n".join([text.translate(_ONE_LINE) for text in texts]) + "\n"
    exactly = _decoder(_object).decode
    for lines, found in plain.chunks(Lines(first, data.encode("utf-8"))):
        own = texts[lines.first - first : lines.first - first + lines.count]
        if found is None:
            yield _chunk([exactly(text) for text in own], lines.first, wanted, chosen)
        else:
            yield replace(found, raw=lambda i, own=own: _raw(exactly(own[i])))  # type: ignore[misc]


_ONE_LINE = str.maketrans("\t\r\n", "   ")


def _chunk(values: list[Any], first: int, wanted: frozenset[str], chosen: IngestSettings) -> Chunk:
    rows: list[dict[str, Any]] = []
    numbers: list[int] = []
    broken: list[Broken] = []
    for number, value in enumerate(values, first):
        reason = _wrong(value, chosen)
        if reason is None:
            rows.append(value)
            numbers.append(number)
        else:
            broken.append(Broken(number, reason, _raw(value)[: chosen.quarantined_characters]))
    seen = set().union(*rows) if rows else set()
    columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in wanted & seen}
    return Chunk(
        columns, numbers, lambda i: _raw(rows[i]), broken, unknown=frozenset(seen - wanted), objects=rows
    )


class _Repeated(dict[str, Any]):
    """An object that had one key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    return row if len(row) == len(pairs) else _Repeated(row)


def _wrong(value: Any, chosen: IngestSettings) -> str | None:
    if not isinstance(value, dict):
        return reasons.NOT_AN_OBJECT
    if strict_json.deep(value, chosen.max_json_depth):
        return reasons.TOO_DEEP
    return reasons.DUPLICATE_KEY if _repeats(value) else None


def _repeats(value: Any) -> bool:
    todo = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, _Repeated):
            return True
        if isinstance(each, dict):
            todo.extend(each.values())
        elif isinstance(each, list):
            todo.extend(each)
    return False


def _raw(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # numbers beyond 64 bits, or halves of characters
        return json.dumps(value, default=str).encode()


def _decoder(pairs: Callable[[list[tuple[str, Any]]], Any] | None) -> json.JSONDecoder:
    """What reads a value exactly with `_object`; without, what only finds where it ends."""
    if pairs is None:
        return json.JSONDecoder(parse_int=len, parse_float=len)
    return json.JSONDecoder(object_pairs_hook=pairs, parse_int=_whole)


def _values(file: TextFile, chosen: IngestSettings, decoder: json.JSONDecoder) -> Iterator[tuple[Any, str]]:
    """Each top value, or each element where the top value is an array, with its text."""
    feed = _Feed(file)
    inside = feed.skipped() == "["
    feed.at += inside
    number = 0
    while (first := feed.skipped(comma=inside)) and not (inside and first == "]"):
        found = _decoded(decoder, feed, number, chosen)
        number += 1
        yield found
    _finished(feed, inside, number)


class _Feed:
    """The file's text from `at` on, as far as it has been read."""

    def __init__(self, file: TextFile) -> None:
        self.name, self._blocks = file.name, file.texts()
        self.text, self.at, self.over = "", 0, False

    def more(self) -> bool:
        """Reads on until twice as much is held, so that a large object is not tried once for each block."""
        wanted = max(2 * (len(self.text) - self.at), 1)
        pieces, size = [self.text[self.at :]], len(self.text) - self.at
        while size < wanted:
            block = next(self._blocks, None)
            if block is None:
                self.over = True
                break
            pieces.append(block)
            size += len(block)
        self.text, self.at = "".join(pieces), 0
        return not self.over

    def skipped(self, *, comma: bool = False) -> str:
        """The next character that is no white space, nor a comma between elements; "" at the end."""
        while True:
            while self.at < len(self.text):
                here = self.text[self.at]
                if here not in _SPACE and not (comma and here == ","):
                    return here
                self.at += 1
            if self.over:
                return ""
            self.more()


def _decoded(decoder: json.JSONDecoder, feed: _Feed, number: int, chosen: IngestSettings) -> tuple[Any, str]:
    while True:
        fault = "it ends inside a value"
        try:
            value, end = decoder.raw_decode(feed.text, feed.at)
        except RecursionError:
            raise InputError(f"{feed.name}: row {number + 1} is {reasons.TOO_DEEP}") from None
        except json.JSONDecodeError as error:
            fault = error.msg
        else:
            # A number at the end of what was read may go on.
            if feed.over or isinstance(value, dict | list | str) or feed.text[end : end + 1] not in _GOES_ON:
                text, feed.at = feed.text[feed.at : end], end
                return value, text
        if feed.over or len(feed.text) - feed.at > chosen.max_bundle_bytes:
            raise InputError(
                f"{feed.name}: not JSON after row {number}: {fault}",
                hint="the file is cut short or broken there; rows after it would be missing",
            )
        feed.more()


def _finished(feed: _Feed, inside: bool, number: int) -> None:
    if not inside:
        return
    if feed.at >= len(feed.text):
        raise InputError(
            f"{feed.name}: the array has no end after row {number}",
            hint="the file is cut short; copy it again: rows after it are missing",
        )
    feed.at += 1
    if feed.skipped():
        rest = feed.text[feed.at : feed.at + 80]
        raise InputError(f"{feed.name}: something follows the array after row {number}: {rest!r}")


def _whole(digits: str) -> int | float:
    # Python refuses to read beyond 4,300 digits, and the time to do so grows with their square.
    return int(digits) if len(digits) <= strict_json.MAX_DIGITS else float("inf")
