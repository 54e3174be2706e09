"""What the tests of groups share: links."""

from itertools import combinations

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.groups.communities import WeightedLinks
from linkage.links.comparison import Compare


def links(pairs: list[tuple[int, int]], weight: float = 1.0) -> WeightedLinks:
    ordered = sorted({(min(p), max(p)) for p in pairs})
    left, right = (np.array([p[side] for p in ordered], dtype=np.int64) for side in (0, 1))
    return WeightedLinks(left, right, np.full(len(ordered), weight))


def among(members: range, share: float, seed: int) -> list[tuple[int, int]]:
    rng = np.random.default_rng(seed)
    return [p for p in combinations(members, 2) if rng.random() < share]


def sparse(members: range, degree: float, seed: int) -> list[tuple[int, int]]:
    """Pairs laid without regard to anything, so many for each member on the mean."""
    return among(members, degree / (len(members) - 1), seed)


TWO = among(range(0, 30), 0.6, 1) + among(range(30, 60), 0.6, 2) + [(3, 40)]
"""Two operators of thirty accounts each, and one link between them."""


def as_linked(links: WeightedLinks) -> Compare:
    """Every link was made, so that a comparison finds these and no others."""
    width = int(max(links.left.max(), links.right.max())) + 1
    known = links.left * width + links.right
    order = np.argsort(known)

    def compare(left: Ints, right: Ints) -> Floats:
        asked = np.minimum(left, right) * width + np.maximum(left, right)
        place = np.minimum(np.searchsorted(known[order], asked), len(known) - 1)
        return np.where(known[order][place] == asked, links.weight[order][place], 0.0)

    return compare


def compared(found: WeightedLinks) -> Compare:
    """What a comparison without common beginnings says: the same links, all of one weight."""
    return as_linked(found._replace(weight=np.ones(len(found.weight))))
