"""Text columns of a case's tables as numbers: the place of each cell in a list of texts.

Texts lie in the files as places in a list of the distinct ones of each part. So one look-up of each
distinct text, not of each cell, is enough, and no cell becomes a Python object.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from linkage.arrays import Ints
from linkage.case.parquet import Where, candidates, opened, texts

Numbers = np.ndarray[Any, Any]
ABSENT = -1
"""The code of a cell whose text is not in the list."""


@dataclass(frozen=True)
class Coded:
    """Rows as numbers: `own` are the places in `names` of their texts of one column, `codes` those of other
    columns in the lists that were asked for."""

    names: list[str]
    own: Ints
    codes: dict[str, Ints]


@dataclass(frozen=True)
class Texts:
    """A column: its texts, sorted, and the place of each cell among them."""

    names: list[str]
    codes: Ints


def coded(path: Path, column: str, wanted: Mapping[str, Sequence[str]]) -> Coded:
    """The rows that have one of the wanted texts in every named column; `names` are the texts that they have
    in `column`, sorted."""
    pieces: dict[str, list[Numbers]] = {name: [np.zeros(0, np.int64)] for name in wanted}
    own = _Gathered()
    for columns, found in _matching(path, [column], wanted):
        kept = np.logical_and.reduce([each != ABSENT for each in (_places(columns[column]), *found.values())])
        for name, each in found.items():
            pieces[name].append(each[kept])
        own.add(columns[column], kept)
    names, codes = own.joined()
    return Coded(names, codes, {name: np.concatenate(each).astype(np.int64) for name, each in pieces.items()})


def held_by(path: Path, column: str, wanted: Sequence[str], columns: Sequence[str]) -> dict[str, Texts]:
    """Some columns of the rows that have a wanted text in one column, and no empty cell."""
    gathered = {name: _Gathered() for name in columns}
    for part, found in _matching(path, columns, {column: wanted}):
        kept = found[column] != ABSENT
        for name in columns:
            gathered[name].add(part[name], kept)
    return {name: Texts(*each.joined()) for name, each in gathered.items()}


def _matching(
    path: Path, columns: Sequence[str], wanted: Mapping[str, Sequence[str]]
) -> Iterator[tuple[dict[str, Any], dict[str, Numbers]]]:
    """Part by part the columns, and the place of each cell of the named ones among the wanted texts."""
    lists = {name: texts(values) for name, values in wanted.items()}
    names = list(dict.fromkeys([*columns, *wanted]))
    with opened(path, read_dictionary=names) as file:
        for part in _parts(file, names, wanted):
            yield part, {name: _codes(part[name], lists[name]) for name in wanted}


def distinct_numbers(numbers: Ints) -> Ints:
    """Each of the numbers once, ascending. (NumPy's own way goes by hashes and is slower for hundreds of
    thousands.)"""
    ordered: Ints = np.sort(numbers)
    found: Ints = ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]
    return found


class _Gathered:
    """Cells of one column, part by part."""

    def __init__(self) -> None:
        self.parts: list[tuple[pa.Array, Numbers]] = []

    def add(self, column: Any, kept: Numbers) -> None:
        """Some cells of a part, none of them empty."""
        used, position = np.unique(_places(column)[kept], return_inverse=True)
        self.parts.append((column.dictionary.take(_array(used)), position))

    def joined(self) -> tuple[list[str], Ints]:
        """The texts, sorted, and the place of each cell among them."""
        every = pa.chunked_array([texts(()), *(each for each, _ in self.parts)]).combine_chunks()
        names = sorted(pc.unique(every).to_pylist())
        # At once for all parts: each look-up begins by hashing the names.
        place, low, codes = _filled(pc.index_in(every, value_set=texts(names))), 0, [np.zeros(0, np.int64)]
        for each, position in self.parts:
            codes.append(place[low : low + len(each)][position])
            low += len(each)
        return names, np.concatenate(codes).astype(np.int64)


def distinct(path: Path, column: str, where: Where | None = None) -> list[str]:
    """The distinct texts of a column, sorted: of all rows, or of those with a wanted text in each column
    of `where`."""
    lists = {name: texts(sorted(values)) for name, values in (where or {}).items()}
    names = [column, *(name for name in lists if name != column)]
    pieces = [texts(())]
    with opened(path, read_dictionary=names) as file:
        for columns in _parts(file, names, where or {}):
            own = columns[column]
            if not lists:
                pieces.append(own.dictionary)
                continue
            kept = [_codes(columns[name], values) != ABSENT for name, values in lists.items()]
            places = np.unique(_places(own)[np.logical_and.reduce(kept)])
            pieces.append(own.dictionary.take(_array(places[places != ABSENT])))
    return sorted(pc.unique(pa.chunked_array(pieces)).to_pylist())


def _parts(file: pq.ParquetFile, columns: list[str], where: Where) -> Iterator[dict[str, Any]]:
    for number in candidates(file, where):
        part = file.read_row_group(number, columns=columns)
        yield {column: part.column(column).combine_chunks() for column in columns}


def _codes(column: Any, values: pa.Array) -> Numbers:
    """The place in `values` of each cell, ABSENT for a cell that is not among them."""
    # The last entry stands for an empty cell, whose place is -1.
    known = np.append(_filled(pc.index_in(column.dictionary, value_set=values)), ABSENT)
    return known[_places(column)]


def _places(column: Any) -> Numbers:
    return _filled(column.indices)


def _filled(places: pa.Array) -> Numbers:
    """The numbers of an array, ABSENT where it is empty. (To fill with a number of Python's loads pandas.)"""
    if not places.null_count:
        return _numbers(places)
    return _numbers(pc.coalesce(places, _array(np.full(len(places), ABSENT))))


def _numbers(array: pa.Array) -> Numbers:
    """The memory of an array of 32-bit numbers; Arrow's own way to NumPy loads pandas."""
    return np.frombuffer(array.buffers()[1], np.int32, count=len(array) + array.offset)[array.offset :]


def _array(numbers: Numbers) -> pa.Array:
    plain = np.ascontiguousarray(numbers, np.int32)
    return pa.Array.from_buffers(pa.int32(), len(plain), [None, pa.py_buffer(plain)])
