"""Communities in the links: by Leiden, with parts joined that are one.

Modularity overlooks what is small beside the whole graph (Fortunato and Barthélemy 2007): an operator of
twelve lies inside a crowd of hundreds. Dividing every community once more finds him, and cuts every large
operator to pieces, since a sparse graph always splits. So what a division finds is asked about anew, by pairs
of accounts that took no part in it.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from linkage.arrays import Ints
from linkage.groups import partition
from linkage.groups.communities import WeightedLinks, divide
from linkage.groups.even_parts import Yardstick, join_even_parts, join_small_parts
from linkage.groups.held_out import DrawnPairs, held_out
from linkage.links.comparison import Measures
from linkage.settings.groups import Groups


def divide_components(
    n: int, links: WeightedLinks, chosen: Groups, *, by: Measures, power: float, seed: int
) -> Ints:
    """The community of each of n accounts (−1 where it has no link): the parts of every component."""
    links = _in_order(links)
    component = partition.components(n, links.left, links.right)
    linked = np.isin(np.arange(n), np.concatenate([links.left, links.right]))
    component = partition.renumber_communities(np.where(linked, component, -1))
    parts = partial(_parts, by=by, chosen=chosen, power=power, resolution=chosen.resolution, seed=seed)
    return partition.renumber_communities(_divide_each(component, links, parts))


def split_communities(
    labels: Ints, links: WeightedLinks, chosen: Groups, *, by: Measures, power: float, seed: int
) -> Ints:
    """Splits every community into parts that are not one, and these again while they split.

    A part that is nearly all of what was divided was just found to be one. Its next division would ask the
    same of other parts, and of a large operator some few fall short by chance each time.
    """
    links, resolution = _in_order(links), chosen.splitting.split_resolution
    earned = partial(_parts, by=by, chosen=chosen, power=power, resolution=resolution, seed=seed)
    asked = labels
    while partition.sizes(asked).max(initial=0) >= 2 * chosen.min_accounts:
        parts = _divide_each(asked, links, earned)
        labels = np.where(parts >= 0, labels.max() + 1 + parts, labels)
        whole = chosen.splitting.same_share * partition.sizes(asked)[asked]
        smaller = partition.sizes(parts)[parts] < whole
        asked = np.where((parts >= 0) & smaller, parts, -1)
    return partition.renumber_communities(labels)


def _in_order(links: WeightedLinks) -> WeightedLinks:
    """Links in the order of their ends, which Leiden and the sums of weights depend on."""
    order = np.lexsort((links.right, links.left))
    return WeightedLinks(links.left[order], links.right[order], links.weight[order])


def _divide_each(labels: Ints, links: WeightedLinks, divided: Callable[[Ints, WeightedLinks], Ints]) -> Ints:
    """The parts of every community (−1 outside), as `divided` gives them for its accounts, and for their
    links by place."""
    left, right, weight = links
    inside = np.flatnonzero((labels[left] == labels[right]) & (labels[left] >= 0))
    inside = inside[np.argsort(labels[left[inside]], kind="stable")]
    bounds = np.searchsorted(labels[left[inside]], np.arange(int(labels.max(initial=-1)) + 2))
    result, base = np.full(len(labels), -1, dtype=np.int64), 0
    for number, members in partition.members_by_community(labels).items():
        rows = inside[bounds[number] : bounds[number + 1]]
        ends = np.searchsorted(members, np.stack([left[rows], right[rows]]))
        parts = divided(members, WeightedLinks(ends[0], ends[1], weight[rows]))
        result[members] = base + parts
        base += int(parts.max(initial=-1)) + 1
    return result


def _parts(
    members: Ints,
    links: WeightedLinks,
    *,
    by: Measures,
    chosen: Groups,
    power: float,
    resolution: float,
    seed: int,
) -> Ints:
    """The parts of a community or component of these accounts, of whom `links` say by place who is linked."""
    n, limits = len(members), chosen.splitting
    kept = ~held_out(members[links.left], members[links.right], limits.held_out_pairs)
    seen = WeightedLinks(links.left[kept], links.right[kept], links.weight[kept])
    strong = links._replace(weight=links.weight**power)
    divided = seen._replace(weight=strong.weight[kept])
    parts = divide(n, divided, chosen.communities, resolution=resolution, seed=seed)
    if not parts.any():
        return parts
    yardsticks = [Yardstick(by.link, limits.max_link_gap, limits.drawn_pairs)]
    if by.content:
        drawn, least = limits.drawn_contents, limits.min_content_bits
        asked = Yardstick(by.content, limits.max_content_gap, drawn, least)
        yardsticks = [asked, asked._replace(closer=True), *yardsticks]
    return join_even_parts(
        join_small_parts(parts, strong, chosen.min_accounts),
        links,
        DrawnPairs(members, seen, limits, seed=seed),
        yardsticks,
        chosen,
    )
