"""Prompts that share most of their recurring sentences are one template, whatever fills its slots.

A prompt's shape is the set of its segment clusters that other prompts hold too; what only it holds is
slot contents. Shapes are compared by the words of the clusters they share.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_ALIKE = 0.5  # shared words to all words of two shapes; more than half is "most"
LEAST_COVERED = 1 / 3  # of a prompt's words in recurring segments; with less it is not made from a template
_LEADERS = 32  # leading shapes looked at for one segment cluster, heaviest first


@dataclass(frozen=True)
class Shapes:
    """For each prompt the leading shape of its template (None: no template by segments), and how alike.

    `skipped` counts leading shapes not looked at because a segment cluster has too many.
    """

    leader: list[tuple[int, ...] | None]
    similarity: list[float]
    skipped: int


def shapes(held: Sequence[Sequence[int]], words: Sequence[int], weights: Sequence[int]) -> Shapes:
    """The template each prompt is built on, judged by its segments alone.

    `held` are the segment clusters of each prompt, `words` the length of each cluster's sentence,
    `weights` the accounts of each prompt. Clusters are numbered in canonical order.
    """
    recurring = _recurring(held)
    own = [_shape(clusters, words, recurring) for clusters in held]
    total: dict[tuple[int, ...], int] = defaultdict(int)
    for shape, weight in zip(own, weights, strict=True):
        if shape is not None:
            total[shape] += weight
    leader, skipped = _lead(total, words)
    found = [None if shape is None else leader[shape] for shape in own]
    return Shapes(
        [None if each is None else each[0] for each in found],
        [1.0 if each is None else each[1] for each in found],
        skipped,
    )


def _recurring(held: Sequence[Sequence[int]]) -> set[int]:
    once: set[int] = set()
    twice: set[int] = set()
    for clusters in held:
        here = set(clusters)
        twice |= here & once
        once |= here
    return twice


def _shape(clusters: Sequence[int], words: Sequence[int], recurring: set[int]) -> tuple[int, ...] | None:
    """A prompt of one segment is its own shape; otherwise what recurs, if that is enough of it."""
    every = set(clusters)
    if len(every) == 1:
        return tuple(every)
    again = every & recurring
    if not again or sum(words[one] for one in again) < LEAST_COVERED * sum(words[one] for one in every):
        return None
    return tuple(sorted(again))


def _lead(
    total: Mapping[tuple[int, ...], int], words: Sequence[int]
) -> tuple[dict[tuple[int, ...], tuple[tuple[int, ...], float]], int]:
    """Greedy, heaviest shape first: a shape joins the most similar leader, or leads."""
    leaders_of: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    found: dict[tuple[int, ...], tuple[tuple[int, ...], float]] = {}
    skipped = 0
    for shape in sorted(total, key=lambda one: (-total[one], one)):
        near = {leader for one in shape for leader in leaders_of[one]}
        best = max(((_alike(shape, one, words), one) for one in near), default=(0.0, shape))
        if best[0] > MOST_ALIKE:
            found[shape] = (best[1], round(best[0], 6))
            continue
        found[shape] = (shape, 1.0)
        for one in shape:
            full = len(leaders_of[one]) >= _LEADERS
            skipped += full
            if not full:
                leaders_of[one].append(shape)
    return found, skipped


def _alike(one: tuple[int, ...], other: tuple[int, ...], words: Sequence[int]) -> float:
    left, right = set(one), set(other)
    return sum(words[each] for each in left & right) / sum(words[each] for each in left | right)
