"""What each interaction is given by its number alone: an id, the hash of its response, a chance."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from linkage.arrays import Floats

Bytes = npt.NDArray[np.uint8]
"""A table of bytes: one row each, as many columns as the value has bytes."""

ID, HASH = 12, 32
"""Bytes of an interaction's id and of a hash."""

NEVER_GIVEN = 2
"""Hashes of responses that appear in contexts, but that nobody here was given."""

_DRAW = 8
"""Bytes of one step of the generator."""


@dataclass(frozen=True)
class Identified:
    """Some interactions: ids, response hashes, and a number between 0 and 1 for each."""

    ids: Bytes
    responses: Bytes
    chance: Floats


class Identifiers:
    """Draws them for one interaction after the other; how many are asked for at a time changes nothing."""

    def __init__(self, seed: int, count: int) -> None:
        """For `count` interactions in all."""
        self._responses = _stream(seed, 0)
        self._never_given = _stream(seed, count * HASH // _DRAW)
        drawn = (count + NEVER_GIVEN) * HASH // _DRAW
        self._chance, self._ids = _stream(seed, drawn), _stream(seed, drawn + count)
        self.never_given = raw(NEVER_GIVEN, HASH, self._never_given)

    def take(self, count: int) -> Identified:
        """The next `count`."""
        responses, chance = raw(count, HASH, self._responses), self._chance.random(count)
        return Identified(raw(count, ID, self._ids), responses, chance)


def _stream(seed: int, ahead: int) -> np.random.Generator:
    """The generator of identifiers after so many draws."""
    return np.random.Generator(np.random.PCG64([seed, 23]).advance(ahead))


def raw(count: int, width: int, rng: np.random.Generator) -> Bytes:
    """Random bytes: `count` rows of `width`."""
    if not count:
        # The generator draws a number even for no bytes.
        return np.zeros((0, width), np.uint8)
    return np.frombuffer(rng.bytes(count * width), np.uint8).reshape(count, width)


def id_keys(ids: Bytes) -> tuple[npt.NDArray[np.unsignedinteger], ...]:
    """Keys for `numpy.lexsort` that order ids as their texts are ordered, the first bytes' key last."""
    first, last = (np.ascontiguousarray(part) for part in (ids[:, :_DRAW], ids[:, _DRAW:]))
    return last.view(">u4")[:, 0], first.view(">u8")[:, 0]


def hexadecimal(values: Bytes) -> pa.Array:
    """Each row of bytes as a hexadecimal text."""
    count, width = values.shape
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * (2 * width))
    written = values.tobytes().hex().encode()
    return pa.StringArray.from_buffers(count, offsets.buffers()[1], pa.py_buffer(written))
