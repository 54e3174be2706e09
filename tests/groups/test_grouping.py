"""The steps from links to a partition, on all of the evidence and on part of it."""

from itertools import combinations

import numpy as np

from linkage.arrays import Bools, Ints
from linkage.evidence.rows import evidence_rows
from linkage.groups.declared_units import Units
from linkage.groups.grouping import Grouping
from linkage.links import log_odds
from linkage.links.link_rule import LinkRule
from linkage.links.stage import Links
from linkage.settings import Settings
from tests.groups.made_links import asking

N = 30
RULES = log_odds.rules(["content"], ["content"], prior=-10.0, caps={"content": 24.0}, rho={"": 0.3})


def links(pairs: list[tuple[int, int]], bits: float, forced: dict[tuple[int, int], str]) -> Links:
    """Each pair is linked by one text of so many bits."""
    left, right = np.array(sorted(pairs)).T
    none = np.zeros(len(left), dtype=np.int64)
    worth = np.full(len(left), bits)
    evidence = evidence_rows(none, left=left, right=right, value=np.arange(len(left)), bits=worth)
    scored = log_odds.score(evidence, RULES)
    return Links(evidence, scored, np.ones(len(left), dtype=bool), forced, ("content",), len(left))


def grouping(
    pairs: list[tuple[int, int]],
    *,
    bits: float = 20.0,
    unit: Ints | None = None,
    forced: dict[tuple[int, int], str] | None = None,
    **chosen: object,
) -> Grouping:
    answer = asking(pairs)

    def are_linked(left: Ints, right: Ints) -> Bools:
        return np.asarray(answer(left, right), dtype=bool)

    units = Units(np.full(N, -1) if unit is None else unit, ("organisation Acme",))
    settings = Settings.load(None, groups=chosen)
    rule = LinkRule.of(RULES, np.array([True]), settings.links)
    return Grouping(links(pairs, bits, forced or {}), units, are_linked, rule=rule, settings=settings)


CREW = list(combinations(range(8), 2))
OTHERS = list(combinations(range(10, 18), 2))


def test_two_operators_with_one_link_between_them_are_two_communities() -> None:
    labels = grouping([*CREW, *OTHERS, (0, 10)]).partition()
    assert labels[:8].tolist() == [0] * 8
    assert labels[10:18].tolist() == [1] * 8
    assert (labels[[8, 9, *range(18, N)]] == -1).all()


def test_an_account_linked_to_too_few_of_its_community_is_left_out() -> None:
    five_of_eight = [*CREW, *((i, 9) for i in range(5))]
    kept = grouping(five_of_eight).partition()
    assert kept[9] == kept[0] >= 0
    strict = grouping(five_of_eight, communities={"min_support": 0.9}).partition()
    assert (strict[9], strict[0]) == (-1, 0)


def test_a_declared_unit_in_no_community_is_one_of_its_own() -> None:
    unit = np.full(N, -1)
    unit[[0, 9]] = 0
    labels = grouping([(0, 9), *OTHERS], unit=unit, communities={"min_support": 0.0}).partition()
    assert labels[0] == labels[9] != labels[10]


def test_verdicts_on_pairs_are_obeyed_last() -> None:
    labels = grouping(CREW, forced={(0, 1): "not linked", (0, 20): "linked"}).partition()
    assert labels[0] != labels[1]
    assert labels[0] == labels[20]


def test_strong_links_survive_resampling_and_weak_ones_fall_with_their_evidence() -> None:
    chain = [*CREW, *((i, i + 1) for i in range(10, 17))]
    firm = grouping(chain, dropout=0.3)
    stays = firm.membership(np.where(np.arange(N) < 8, 0, np.where(np.arange(N) < 18, 1, -1)))
    assert (stays[:8] == 1.0).all(), "whoever loses one link has six others"
    assert stays[10:18].min() < 1.0, "an end of a chain hangs by one"
    assert (stays[18:] == 0.0).all()


def test_without_dropout_nobody_leaves() -> None:
    labels = np.where(np.arange(N) < 8, 0, -1)
    assert grouping(CREW, dropout=0.0).membership(labels)[:8].tolist() == [1.0] * 8


def test_a_declared_unit_is_not_held_together_by_evidence() -> None:
    unit = np.full(N, -1)
    unit[[20, 21]] = 0
    labels = np.full(N, -1)
    labels[[20, 21]] = 0
    assert grouping(CREW, unit=unit).membership(labels)[[20, 21]].tolist() == [1.0, 1.0]


def test_the_same_links_give_the_same_partition() -> None:
    pairs = [*CREW, *OTHERS, (0, 10), (3, 12)]
    one, other = grouping(pairs), grouping(pairs)
    assert one.partition().tobytes() == other.partition().tobytes()
    labels = one.partition()
    assert one.membership(labels).tobytes() == other.membership(labels).tobytes()
