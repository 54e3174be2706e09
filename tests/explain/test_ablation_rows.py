"""What the loss of sources, signals and values does to one group, by name."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from linkage.explain import ablation_rows
from linkage.explain.ablation_rows import ExaminedGroup
from linkage.explain.benign_explanations import SharedValues
from linkage.explain.findings import CounterEvidence, Value
from linkage.settings.explain import Ablation
from linkage.settings.groups import Groups
from tests.explain.test_ablation import ADDRESS, CARD, FAMILIES, clique, web

CHOSEN = Ablation()
NAMES = [f"acct_{i}" for i in range(10)]


def group(rows: list[Any], n: int) -> ExaminedGroup:
    judged: Any = SimpleNamespace(members=np.arange(n))
    return ExaminedGroup(judged, web(n, rows), 0, FAMILIES)


def test_the_median_holder_is_weighed_by_the_bits_of_a_value() -> None:
    rows = [*clique(range(6), ADDRESS, 0, 12.0), (6, 7, ADDRESS, 1, 3.0), *clique(range(6), CARD, 2, 15.0)]
    found, degrees = group(rows, 8), np.array([60, 40, 6])
    assert ablation_rows.shared_values(found, "network", degrees) == SharedValues(2, 0.9)
    assert ablation_rows.shared_values(found, "payment", np.array([60, 2, 6])) == SharedValues(1, 0.0)
    assert ablation_rows.shared_values(found, "device", degrees) == SharedValues(0, None)


def test_signals_against_are_summed_by_signal() -> None:
    rows = [*clique(range(3), CARD, 0, 15.0), (0, 1, ADDRESS, 1, -1.5), (1, 2, ADDRESS, 1, -0.5)]
    found = ablation_rows.counter_evidence(group(rows, 3), ["card", "hours", "client", "prefix"])
    assert found == (CounterEvidence("hours", links=2, bits=-2.0, strongest_bits=-1.5),)


def test_a_source_gets_the_names_of_its_first_values_and_counts_the_others() -> None:
    rows = [row for value in range(1, 6) for row in clique(range(6), CARD, value, 15.0)]
    removals = ablation_rows.removals(group(rows, 6), CHOSEN, min_accounts=3)
    assert len(removals.values) == ablation_rows.LISTED_VALUES
    values = {v: Value("fingerprint", f"card_{v}", 6) for v in removals.values}
    assert removals.smallest is not None
    found = ablation_rows.named(removals.smallest, FAMILIES, values, min_accounts=3)
    (source,) = found.sources
    assert (source.family, source.accounts, len(source.values), source.more) == ("payment", 6, 3, 2)
    assert found.falls_apart
    assert found.remains.alone == 6


def test_the_smaller_side_of_the_weakest_cut_is_named() -> None:
    across = [(x, y, CARD, 50 + x, 15.0) for x, y in ((0, 6), (3, 8))]
    halves = [*clique(range(6), ADDRESS, 1, 15.0), *clique(range(6, 10), ADDRESS, 2, 15.0), *across]
    thin = ablation_rows.cut(group(halves, 10), NAMES, CHOSEN, Groups(min_accounts=3), seed=0)
    assert thin is not None
    assert (thin.sizes, thin.links, thin.thin) == ((6, 4), 2, True)
    assert thin.smaller_side == ("acct_6", "acct_7", "acct_8", "acct_9")


def test_the_weakest_member_is_named_with_its_membership() -> None:
    rows = [*clique(range(5), CARD, 1, 15.0), (0, 5, ADDRESS, 2, 12.0)]
    stays = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 0.6])
    found = ablation_rows.weakest_member(group(rows, 6), NAMES, stays)
    assert (found.account, found.links, found.membership) == ("acct_5", 1, 0.6)
    assert found.strongest_bits == 2.0
