"""Making many texts at once: patterns filled by columns instead of one string at a time."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from linkage.lab.words import SLOTS


@cache
def _column(slot: str) -> pa.Array:
    return pa.array(SLOTS[slot])


def join(parts: Sequence[pa.Array | str], between: str) -> pa.Array:
    """Texts joined row by row; a plain string stands for a column of itself."""
    rows = next(len(part) for part in parts if not isinstance(part, str))
    columns = [pa.repeat(part, rows) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*columns, between)


def pick(texts: pa.Array, count: int, rng: np.random.Generator) -> pa.Array:
    """`count` texts drawn evenly."""
    return texts.take(pa.array(rng.integers(0, len(texts), count)))


def scatter(rows: Sequence[npt.NDArray[np.int64]], pieces: Sequence[pa.Array]) -> pa.Array:
    """Put pieces back in order: the k-th text of `pieces[i]` belongs to row `rows[i][k]`."""
    order = np.argsort(np.concatenate(list(rows)), kind="stable")
    return pa.concat_arrays(list(pieces)).take(pa.array(order))


def split_rows(key: npt.NDArray[np.int64]) -> list[npt.NDArray[np.int64]]:
    """Row numbers of each distinct key, keys ascending."""
    order = np.argsort(key, kind="stable").astype(np.int64)
    cuts = np.flatnonzero(np.diff(key[order])) + 1
    return np.split(order, cuts)


def fill(pattern: str, count: int, rng: np.random.Generator) -> pa.Array:
    """One pattern `count` times, its slots drawn anew for each."""
    parts = re.split(r"\{(\w+)\}", pattern)
    columns = [
        pick(_column(part), count, rng) if index % 2 else part for index, part in enumerate(parts) if part
    ]
    if all(isinstance(column, str) for column in columns):
        return pa.array([pattern] * count)
    return join(columns, "")


def fill_any(patterns: Sequence[str], count: int, rng: np.random.Generator) -> pa.Array:
    """Patterns drawn evenly for each of `count` rows, and filled."""
    if count == 0:
        return pa.array([], pa.string())
    rows = split_rows(rng.integers(0, len(patterns), count))
    drawn = rng.permutation(len(patterns))
    return scatter(rows, [fill(patterns[int(drawn[i])], len(part), rng) for i, part in enumerate(rows)])
