"""What chance makes of a graph: every link drawn anew, each account keeps its number of links.

A random graph always has a partition of positive modularity, the higher the sparser it is (Guimerà,
Sales-Pardo and Amaral 2004). So how well a graph splits says something only beside its rewirings, drawn from
the configuration model (Molloy and Reed 1995).
"""

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.communities import WeightedLinks, divide
from linkage.settings.groups import Groups

BITS = 63
"""Of a whole number that is not negative."""


def rewire(n: int, links: WeightedLinks, rng: np.random.Generator, *, attempts: int) -> WeightedLinks:
    """The links of n accounts with ends dealt at random and weights shuffled, in the order of their ends.

    Loops and repeated pairs are dealt again, so many `attempts` in all; what is left of them then is let go.
    """
    ends = np.concatenate([links.left, links.right])
    pairs = np.empty(0, dtype=np.int64)
    for _ in range(attempts):
        one, other = rng.permutation(ends).reshape(2, -1)
        left, right = np.minimum(one, other), np.maximum(one, other)
        dealt = left * n + right
        good = _first_of_each(dealt) & (left != right)
        if len(pairs):
            good &= pairs[np.searchsorted(pairs, dealt).clip(max=len(pairs) - 1)] != dealt
        pairs = np.sort(np.concatenate([pairs, dealt[good]]))
        ends = np.concatenate([left[~good], right[~good]])
        if not len(ends):
            break
    return WeightedLinks(pairs // n, pairs % n, rng.permutation(links.weight)[: len(pairs)])


def _first_of_each(codes: Ints) -> Bools:
    """Which codes, all at least 0, stand for the first time."""
    bits = len(codes).bit_length()
    if int(codes.max(initial=0)).bit_length() + bits > BITS:
        first = np.unique(codes, return_index=True)[1]
    else:
        # Code and place as one number: several times faster to sort than places by their codes.
        packed = np.sort(codes << bits | np.arange(len(codes)))
        first = packed[np.diff(packed >> bits, prepend=-1) > 0] & ((1 << bits) - 1)
    result = np.zeros(len(codes), dtype=bool)
    result[first] = True
    return result


def parts_by_chance(
    n: int, links: WeightedLinks, chosen: Groups, seed: tuple[int, int]
) -> tuple[Ints, WeightedLinks]:
    """A rewiring of a graph, and the parts that chance gives it."""
    limits = chosen.splitting
    other = rewire(n, links, np.random.default_rng(seed), attempts=limits.rewiring_attempts)
    resolution = limits.split_resolution
    return divide(n, other, chosen.communities, resolution=resolution, seed=sum(seed) + 1), other


def links_among(labels: Ints, pair: tuple[int, int], links: WeightedLinks) -> tuple[WeightedLinks, Ints]:
    """The links among the accounts of two parts, by place; and these accounts."""
    members = np.flatnonzero(np.isin(labels, pair))
    place = np.full(len(labels), -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    inside = (place[links.left] >= 0) & (place[links.right] >= 0)
    own = WeightedLinks(place[links.left[inside]], place[links.right[inside]], links.weight[inside])
    return own, members


def modularity(parts: Ints, links: WeightedLinks) -> float:
    """Weight inside the parts, as a share of all, beyond what degrees make expected (Newman and Girvan
    2004); 0 without links."""
    total = float(links.weight.sum())
    if not total:
        return 0.0
    degrees = np.bincount(parts[links.left], links.weight, minlength=int(parts.max()) + 1)
    degrees += np.bincount(parts[links.right], links.weight, minlength=len(degrees))
    return float(_within(parts, links).sum()) / total - float(((degrees / (2 * total)) ** 2).sum())


def overall_tie(parts: Ints, links: WeightedLinks) -> float:
    """How strongly the parts are tied to one another, as `ties` says of two; 1 if one alone has links."""
    within = _within(parts, links)
    if np.count_nonzero(within) < 2:
        return 1.0
    return float(links.weight.sum() - within.sum()) / float(np.sqrt(within).sum() ** 2 - within.sum())


def ties(across: Floats, within: Floats) -> Floats:
    """How strongly any two parts are tied: 1 where links are laid without regard to the parts.

    `across` is the weight between any two, `within` inside each. The tie is the weight across over what
    degrees make expected, divided by the geometric mean of the same within both; the degrees cancel (Karrer
    and Newman 2011, degree-corrected blocks). Infinite where links lead across and none is within.
    """
    root = np.sqrt(within)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.where(across > 0, across / (2 * np.outer(root, root)), 0.0)
    return result


def _within(parts: Ints, links: WeightedLinks) -> Floats:
    own = parts[links.left] == parts[links.right]
    inside = np.bincount(parts[links.left][own], links.weight[own], minlength=int(parts.max()) + 1)
    return np.asarray(inside, dtype=np.float64)
