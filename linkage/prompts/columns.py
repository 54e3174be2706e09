"""Functions of one text, applied to columns of texts: only some texts at a time are objects of Python."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from linkage.arrays import Ints

SOME = 4_096
"""Texts that are objects of Python at once."""


def texts(given: Any) -> pa.Array:
    """Texts in a list or an array, as one array that may be longer than two gigabytes."""
    whole = given.combine_chunks() if isinstance(given, pa.ChunkedArray) else given
    column = whole if isinstance(whole, pa.Array) else pa.array(whole, pa.large_string())
    return column.cast(pa.large_string())


def pieces(column: pa.Array) -> Iterator[list[Any]]:
    """The values of a column in order, some at a time."""
    for low in range(0, len(column), SOME):
        yield column.slice(low, SOME).to_pylist()


def each(function: Callable[[Any], Any], column: pa.Array, kind: pa.DataType) -> pa.Array:
    """The function's value of each value of a column, as an array of this type."""
    made = [pa.array([function(one) for one in some], kind) for some in pieces(column)]
    return pa.concat_arrays([pa.array([], kind), *made])


def chosen(column: pa.Array, places: Ints | Sequence[int]) -> pa.Array:
    """The values at these places; the column itself where that is what they are."""
    wanted = np.asarray(places, np.int64)
    whole = len(wanted) == len(column) and bool((wanted == np.arange(len(wanted))).all())
    return column if whole else column.take(pa.array(wanted))
