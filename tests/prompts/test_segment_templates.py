"""Templates from the sentences that prompts share."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.prompts.segment_templates import segment_templates
from linkage.settings.prompts import SegmentTemplates

WORDS = [10, 10, 10, 10, 2, 60, 60]
CHOSEN = SegmentTemplates()


class Shapes:
    """What was found, as Python's own: the leader of each prompt, None for none."""

    def __init__(self, held: Sequence[Sequence[int]], words: list[int], weights: list[int]) -> None:
        first = np.cumsum([0, *map(len, held)])
        flat = np.array([one for each in held for one in each], np.int64)
        found = segment_templates(flat, first, np.array(words), np.array(weights, np.int64), CHOSEN)
        self.leader = [
            None if at < 0 else tuple(found.shapes.of(np.array([at]))[0].tolist()) for at in found.leader
        ]
        self.similarity, self.skipped = found.similarity.tolist(), found.skipped


def shapes(held: Sequence[Sequence[int]], words: list[int], weights: list[int]) -> Shapes:
    return Shapes(held, words, weights)


HELD = st.lists(st.lists(st.integers(0, 6), max_size=5, unique=True), min_size=1, max_size=12)


@given(held=HELD)
def test_a_shape_is_the_one_segment_or_what_recurs_if_it_is_enough(held: list[list[int]]) -> None:
    found = shapes(held, WORDS, [1] * len(held))
    for own, leader in zip(held, found.leader, strict=True):
        again = {one for one in own if sum(one in each for each in held) > 1}
        enough = sum(WORDS[one] for one in again) >= CHOSEN.min_recurring * sum(WORDS[one] for one in own)
        assert (leader is not None) == (len(own) == 1 or bool(again and enough))
        shape = set(own) if len(own) == 1 else again
        assert leader is None or set(leader) & shape, "led by one that it shares most with, or by itself"


def test_prompts_that_share_most_recurring_segments_are_one_template() -> None:
    # 0, 1, 2 recur; 5 and 6 are what fills a slot, and longer than the rest.
    found = shapes([[0, 1, 2, 5], [2, 1, 0], [0, 1, 6], [3], [3, 4]], WORDS, [1, 5, 1, 1, 1])
    assert found.leader == [(0, 1, 2), (0, 1, 2), None, (3,), (3,)]  # a third of its words, and less
    found = shapes([[0, 1, 2, 3], [2, 1, 0], [0, 1, 4]], WORDS, [1, 5, 1])
    assert found.leader == [(0, 1, 2), (0, 1, 2), (0, 1, 2)]
    assert found.similarity == [1.0, 1.0, round(20 / 30, 6)]


def test_half_is_not_most() -> None:
    assert shapes([[0, 1], [0, 1], [0], [0]], WORDS, [5, 5, 1, 1]).leader == [(0, 1), (0, 1), (0,), (0,)]


def test_a_filler_shared_by_long_prompts_makes_no_template() -> None:
    assert shapes([[4, 5], [4, 6]], WORDS, [1, 1]).leader == [None, None]


def test_a_prompt_without_segments_has_no_shape() -> None:
    assert shapes([[], [0]], WORDS, [1, 1]).leader == [None, (0,)]


def test_no_chain_of_shapes() -> None:
    words = [10] * 8
    held = [[at, at + 1, at + 2, at + 3] for at in range(5)]
    found = shapes(held, words, [1, 2, 9, 2, 1])
    assert found.leader[2] == (2, 3, 4, 5)
    for own, leader in zip(held, found.leader, strict=True):
        assert leader is not None and 2 * len(set(own) & set(leader)) > len(set(own) | set(leader))


def test_leaders_not_looked_at_are_counted() -> None:
    words, most = [10] * 200, CHOSEN.max_leaders
    held = [[0, at, at + 100] for at in range(1, most + 11)] * 2
    assert shapes(held, words, [1] * len(held)).skipped == 10
