"""Members and hangers-on."""

import numpy as np

from linkage.groups.belonging import belonging
from tests.groups.made_links import among, links


def test_hangers_on_are_told_from_sparsely_linked_members() -> None:
    pairs = among(range(300), 0.05, 1) + [(k, 300 + k) for k in range(40)]
    left, right, weight = links(pairs)
    weight = np.where(right >= 300, 1.0, 1000.0)
    found = belonging(np.zeros(340, dtype=np.int64), (left, right, weight))
    assert found[:300].min() > 0.15 > found[300:].max()


def test_who_is_in_no_community_belongs_to_none() -> None:
    left, right, weight = links([(0, 1), (1, 2), (0, 2), (2, 3)])
    assert belonging(np.array([0, 0, 0, -1]), (left, right, weight))[3] == 0.0
