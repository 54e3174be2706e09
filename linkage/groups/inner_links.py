"""The links inside each community of a partition."""

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.links.stage import Links
from linkage.settings.group_assessment import Profiles


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


def tied_ends(ends: Ints, bits: Floats, accounts: int, chosen: Profiles) -> Bools:
    """Which of so many accounts each family ties (accounts, families): it says something substantial in a
    fair part of their links. `ends` are the two accounts of each link (2, links), `bits` (links, families)
    what the families say in it."""
    degree = np.maximum(np.bincount(ends.ravel(), minlength=accounts), 1)
    result = np.zeros((accounts, bits.shape[1]), dtype=bool)
    for family, said in enumerate((bits >= chosen.substantial_bits).T):
        part: Floats = np.bincount(ends.ravel(), np.tile(said, 2), minlength=accounts) / degree
        result[:, family] = part >= chosen.min_speaking_share
    return result
