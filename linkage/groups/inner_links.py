"""The links inside each community of a partition."""

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.links.stage import Links


def strongest_links(links: Links, labels: Ints) -> Floats:
    """Log-odds of each account's strongest link inside its community; −∞ where it has none."""
    scored = links.scored
    inside = links.linked & (labels[scored.left] == labels[scored.right])
    best = np.full(len(labels), -np.inf)
    for side in (scored.left, scored.right):
        np.maximum.at(best, side[inside], scored.log_odds[inside])
    return best


def rows_inside(links: Links, labels: Ints, chosen: Bools, count: int) -> list[Ints]:
    """Numbers of the chosen pairs inside each of so many communities."""
    home = labels[links.scored.left]
    inside = np.flatnonzero(chosen & (home == labels[links.scored.right]) & (home >= 0))
    ordered = inside[np.argsort(home[inside], kind="stable")]
    return np.split(ordered, np.searchsorted(home[ordered], np.arange(1, count)))
