"""Places for the accounts of a picture: linked ones near each other, the same each time.

Springs and repulsion (Fruchterman and Reingold 1991). Only sums, products and roots in a fixed order are
used, which every machine rounds alike, so that the picture does not depend on where it is drawn.
"""

import numpy as np

from linkage.arrays import Floats, Ints

ROUNDS, MANY, FEWER = 260, 200, 120
"""Rounds; and those of a picture with many accounts, which costs their number squared."""

GOLDEN = 0.6180339887498949
PULL = 0.04
"""How strongly everything is drawn to the middle; it keeps loose parts on the picture."""


def places(count: int, ends: Ints) -> Floats:
    """Where each of `count` accounts stands, by two numbers from 0 to 1; `ends` has the two of each link."""
    if count < 2:
        return np.full((count, 2), 0.5)
    at = _spread(count)
    near, room = np.sqrt(1.0 / count), np.empty((4, count, count))
    rounds = ROUNDS if count <= MANY else FEWER
    for turn in range(rounds):
        step = _pushed(at, near, room) + _drawn(at, ends, near) - PULL * (at - 0.5) * np.sqrt(float(count))
        long = np.maximum(np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1]), 1e-9)
        most = 0.12 * (1.0 - turn / rounds)
        at = at + step * (np.minimum(long, most) / long)[:, None]
    return _fitted(at)


def _spread(count: int) -> Floats:
    """A start that favours nobody: along a sunflower's spiral, without sine or cosine, which differ in the
    last digit from machine to machine."""
    turns = np.arange(count) * GOLDEN
    turn = (turns - np.floor(turns)) * 4.0
    side, along = np.floor(turn).astype(np.int64) % 4, turn - np.floor(turn)
    corners = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    edge = corners[side] * (1.0 - along)[:, None] + corners[(side + 1) % 4] * along[:, None]
    far = np.sqrt((np.arange(count) + 0.5) / count)
    return np.asarray(0.5 + 0.45 * edge * far[:, None])


def _pushed(at: Floats, near: float, room: Floats) -> Floats:
    """Everything pushes everything else away. `room` holds four squares of all pairs, filled anew each
    round: new ones of this size are what the time would go into."""
    across, down, weight, square = room
    x, y = np.ascontiguousarray(at.T)
    np.subtract(x[:, None], x[None, :], out=across)
    np.subtract(y[:, None], y[None, :], out=down)
    np.multiply(across, across, out=weight)
    np.multiply(down, down, out=square)
    np.add(weight, square, out=weight)
    np.maximum(weight, 1e-6, out=weight)
    np.divide(near * near, weight, out=weight)
    np.multiply(across, weight, out=across)
    np.multiply(down, weight, out=down)
    # Summed along the first axis: one row after another, in an order no machine changes.
    return np.stack([-across.sum(axis=0), -down.sum(axis=0)], axis=1)


def _drawn(at: Floats, ends: Ints, near: float) -> Floats:
    """Linked accounts draw each other near; who has many links is not drawn harder by each."""
    found = np.zeros_like(at)
    if not len(ends):
        return found
    apart = at[ends[:, 0]] - at[ends[:, 1]]
    far = np.sqrt(apart[:, 0] * apart[:, 0] + apart[:, 1] * apart[:, 1])
    degree = np.bincount(ends.ravel(), minlength=len(at)).astype(np.float64)
    share = 2.0 / np.sqrt(np.maximum(degree[ends[:, 0]] * degree[ends[:, 1]], 1.0))
    pull = apart * (far / near * share)[:, None]
    for axis in (0, 1):
        found[:, axis] -= np.bincount(ends[:, 0], weights=pull[:, axis], minlength=len(at))
        found[:, axis] += np.bincount(ends[:, 1], weights=pull[:, axis], minlength=len(at))
    return found


def _fitted(at: Floats) -> Floats:
    low, high = at.min(axis=0), at.max(axis=0)
    return np.asarray((at - low) / np.maximum(high - low, 1e-9))
