"""The steps from links to a partition, on all of the evidence and on part of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.arrays import Floats, Ints
from linkage.evidence.rows import evidence_rows
from linkage.groups.declared_units import Units
from linkage.groups.grouping import Grouping
from linkage.groups.partition import renumber_communities
from linkage.links import log_odds
from linkage.links.comparison import Measures
from linkage.links.link_rule import LinkRule
from linkage.links.stage import Links
from linkage.settings import Settings

N = 30
RULES = log_odds.rules(["content"], ["content"], prior=-10.0, caps={"content": 24.0}, rho={"": 0.3})


def links(
    pairs: list[tuple[int, int]],
    bits: float | Floats,
    forced: Mapping[tuple[int, int], str],
    value: Ints | None,
) -> Links:
    """Each pair is linked by one text of so many bits: its own, or the one numbered in `value`."""
    left, right = np.array(sorted(pairs)).T
    none, texts = np.zeros(len(left), dtype=np.int64), np.arange(len(left)) if value is None else value
    worth = np.full(len(left), bits)
    evidence = evidence_rows(none, left=left, right=right, value=texts, bits=worth)
    scored = log_odds.score(evidence, RULES)
    return Links(evidence, scored, np.ones(len(left), dtype=bool), forced, ("content",), len(left))


@dataclass(frozen=True, eq=False)
class AsLinked:
    """In place of a comparison of any two accounts: linked are those between which there is a link."""

    found: Links

    def __call__(self, left: Ints, right: Ints) -> Floats:
        scored, table = self.found.scored, np.zeros((N, N))
        table[scored.left, scored.right] = table[scored.right, scored.left] = scored.log_odds
        return table[left, right]


def grouping(
    pairs: list[tuple[int, int]],
    *,
    bits: float | Floats = 20.0,
    value: Ints | None = None,
    unit: Ints | None = None,
    forced: dict[tuple[int, int], str] | None = None,
    **chosen: object,
) -> Grouping:
    unit = np.full(N, -1) if unit is None else unit
    units = Units(unit, ("organisation Acme",), unit)
    settings = Settings.load(None, groups=chosen)
    rule = LinkRule.of(RULES, np.array([True]), settings.links)
    found = links(pairs, bits, forced or {}, value)
    power = settings.groups.communities.weight_power
    return Grouping(found, units, rule=rule, by=Measures(AsLinked(found)), power=power, settings=settings)


CREW = list(combinations(range(8), 2))
OTHERS = list(combinations(range(10, 18), 2))


def test_two_operators_with_one_link_between_them_are_two_communities() -> None:
    labels = grouping([*CREW, *OTHERS, (0, 10)]).partition()
    assert labels[:8].tolist() == [0] * 8
    assert labels[10:18].tolist() == [1] * 8
    assert (labels[[8, 9, *range(18, N)]] == -1).all()


def test_strong_links_outweigh_many_weak_ones() -> None:
    """One account is linked strongly with three of a crew and weakly with all of another."""
    pairs = sorted([*CREW, *OTHERS, (0, 9), (1, 9), (2, 9), *((9, i) for i in range(10, 18))])
    bits = np.array([14.0 if x == 9 or y == 9 else 20.0 for x, y in pairs])
    bits[[pairs.index((i, 9)) for i in range(3)]] = 20.0
    by_bits = grouping(pairs, bits=bits, communities={"weight_power": 3.0}).partition()
    assert by_bits[9] == by_bits[0] != by_bits[10]
    by_number = grouping(pairs, bits=bits, communities={"weight_power": 1e-9}).partition()
    assert by_number[9] == by_number[10] != by_number[0]


def test_an_account_that_hangs_on_by_a_weak_link_is_left_out() -> None:
    pairs = sorted([*CREW, (0, 9)])
    bits = np.array([10.5 if pair == (0, 9) else 20.0 for pair in pairs])
    left_out = grouping(pairs, bits=bits).partition()
    assert (left_out[9], left_out[0]) == (-1, 0)
    kept = grouping(pairs, bits=bits, communities={"min_belonging": 0.0}).partition()
    assert kept[9] == kept[0] == 0


def test_who_is_bound_stays_however_little_he_weighs() -> None:
    """Linked weakly with five of a crew and with nobody else; not so by too few families."""
    pairs = sorted([*CREW, *((i, 9) for i in range(5))])
    bits = np.array([10.5 if y == 9 else 20.0 for _, y in pairs])
    limits = {"compared_members": 1, "min_belonging": 0.9}
    stays = grouping(pairs, bits=bits, communities=limits, min_families=1).partition()
    assert stays[9] == stays[0] == 0
    for chosen in ({"min_families": 2}, {"min_families": 1, "min_accounts": 6}):
        assert grouping(pairs, bits=bits, communities=limits, **chosen).partition()[9] == -1
    elsewhere = {"min_families": 1, "communities": limits | {"bound_share": 1.0}}
    assert (
        grouping([*pairs, (9, 20)], bits=np.append(bits, 20.0), **elsewhere).settled(
            np.where((np.arange(N) < 8) | (np.arange(N) == 9), 0, -1)
        )[9]
        == -1
    )


def test_what_hangers_on_held_together_is_split_anew() -> None:
    """Two crews as one community, with accounts that hang on to both."""
    hanging = [(end, 20 + i) for i in range(8) for end in (i, 10 + i)]
    pairs = sorted([*CREW, *OTHERS, *hanging])
    bits = np.array([10.5 if y >= 20 else 20.0 for _, y in pairs])
    whole = np.where((np.arange(N) < 8) | ((np.arange(N) >= 10) & (np.arange(N) < 28)), 0, -1)
    found = grouping(pairs, bits=bits).settled(whole)
    assert (found[20:28] == -1).all()
    assert len({*found[:8].tolist()}) == len({*found[10:18].tolist()}) == 1
    assert found[0] != found[10]


@given(
    st.lists(st.tuples(st.integers(0, 17), st.integers(18, 29)), min_size=1, max_size=60), st.integers(0, 3)
)
def test_what_was_settled_and_lost_nobody_stays_as_it_is(pairs: list[tuple[int, int]], seed: int) -> None:
    labels = np.random.default_rng(seed).integers(-1, 3, N)
    found = grouping(sorted({*pairs, *CREW})).settled(labels, labels)
    assert renumber_communities(found).tolist() == renumber_communities(labels).tolist()


def test_a_declared_unit_in_no_community_is_one_of_its_own() -> None:
    unit = np.full(N, -1)
    unit[[0, 9]] = 0
    labels = grouping([(0, 9), *OTHERS], unit=unit).partition()
    assert labels[0] == labels[9] != labels[10]


def test_verdicts_on_pairs_are_obeyed_last() -> None:
    labels = grouping(CREW, forced={(0, 1): "not linked", (0, 20): "linked"}).partition()
    assert labels[0] != labels[1]
    assert labels[0] == labels[20]


LABELS = np.where(np.arange(N) < 8, 0, np.where((np.arange(N) >= 10) & (np.arange(N) < 18), 1, -1))
"""Two groups, of `CREW` and of `OTHERS`."""


def test_links_by_many_values_survive_resampling_and_those_by_one_fall_with_it() -> None:
    """Every pair of one crew shares a text of its own, all pairs of the other share one card."""
    pairs = sorted([*CREW, *OTHERS])
    value = np.array([i if x < 10 else 1_000 for i, (x, _) in enumerate(pairs)])
    stays = grouping(pairs, value=value, dropout=0.3).membership(LABELS)
    assert (stays[:8] == 1.0).all(), "whoever loses one link has six others"
    assert 0 < stays[10] < 1
    assert (stays[10:18] == stays[10]).all(), "with the card all fall apart at once"
    assert (stays[LABELS < 0] == 0.0).all()


def test_what_a_person_linked_stays_linked_without_evidence() -> None:
    chain = [(i, i + 1) for i in range(7)]
    labels = np.where(np.arange(N) < 8, 0, -1)
    weak = grouping(chain, bits=1.0, dropout=0.9, forced=dict.fromkeys(chain, "linked"))
    assert (weak.membership(labels)[:8] == 1.0).all(), "below the threshold only a verdict made them links"
    assert grouping(chain, bits=11.0, dropout=0.9).membership(labels)[:8].mean() < 1.0


def test_without_dropout_nobody_leaves() -> None:
    labels = np.where(np.arange(N) < 8, 0, -1)
    assert grouping(CREW, dropout=0.0).membership(labels)[:8].tolist() == [1.0] * 8


def test_a_declared_unit_is_not_held_together_by_evidence() -> None:
    unit = np.where((np.arange(N) >= 20) & (np.arange(N) < 26), 0, -1)
    labels = np.where(unit == 0, 0, -1)
    assert grouping(CREW, unit=unit).membership(labels)[20:26].tolist() == [1.0] * 6
    unit[25] = -1
    assert grouping(CREW, unit=unit).membership(labels)[20:26].tolist() == [0.0] * 6, "no evidence is left"


def test_the_same_links_give_the_same_partition() -> None:
    pairs = [*CREW, *OTHERS, (0, 10), (3, 12)]
    one, other = grouping(pairs), grouping(pairs)
    assert one.partition().tobytes() == other.partition().tobytes()
    labels = one.partition()
    assert one.membership(labels).tobytes() == other.membership(labels).tobytes()


def test_who_is_known_by_prompts_may_be_further_from_the_typical_account() -> None:
    some = grouping(CREW)
    assert some._spread().tolist() == [5.0] * N
    known = np.where(np.arange(N) < 10, 1.0, 0.2)
    some.rule = replace(some.rule, rules=replace(some.rule.rules, known=known))
    assert some._spread().tolist() == [5.0] * 10 + [4.5] * (N - 10)
