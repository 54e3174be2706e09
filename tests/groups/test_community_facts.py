"""What is known of one community: which families speak in its links, and what of its prompts counts."""

import numpy as np
import pytest

from linkage.groups.community_facts import ALL_KNOWN, CommunityFacts, KnownPart, mostly_one_value
from linkage.groups.workload import CommunityWork
from tests.groups.made_facts import GROUPS, TEN, inner


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([], False),
        ([7], True),
        ([7, 7, 7, 8], True),
        ([7, 7, 8, 9], False),
        ([7, 8, 9, 10], False),
    ],
)
def test_one_answer_that_many_send_on_was_published(answers: list[int], said: bool) -> None:
    assert mostly_one_value(np.array(answers, dtype=np.int64), GROUPS.profiles) is said


def test_a_family_speaks_for_a_community_in_a_quarter_of_its_links_and_identifies_in_half() -> None:
    found = inner([5.0] * 4, [[9.0, 3.0], [9.0, 2.9], [0.0, 0.0], [0.0, 0.0]])
    assert found.families() == {"content", "network"}
    assert found.identifying_families() == {"content"}


def test_a_family_is_needed_where_too_few_links_stand_without_it() -> None:
    found = inner([5.0] * 5, [[9.0, 1.0], [9.0, 1.0], [0.0, 9.0], [0.0, 1.0], [0.0, 1.0]])
    assert found.needed_families() == {"content"}, "three of five stand without it; four without the network"
    assert inner([], []).needed_families() == frozenset()


def test_of_a_community_whose_prompts_are_mostly_withheld_no_work_is_known() -> None:
    """Of what is little of the known prompts more may be withheld: silence, not a life of one's own."""
    work, none = CommunityWork(prompts=40, own=1, copied=0), frozenset[str]()
    known, some = (
        CommunityFacts(TEN, inner([], []), (), work, none, part)
        for part in (ALL_KNOWN, KnownPart(False, 0.4))
    )
    assert known.known_work == work
    assert some.known_work is None
