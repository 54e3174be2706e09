"""In what members of a group differ: facts of a run, asked of the arithmetic."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from linkage.explain import ablation_rows
from linkage.explain.member_outliers import LONG
from linkage.explain.outlier_rows import ALIKE, Crowd, Histories
from linkage.groups.declared_units import Units
from linkage.groups.trait_index import Known
from linkage.groups.trait_tests import Population
from tests.explain.test_ablation import ADDRESS, CARD, clique, web
from tests.groups.made_held import held

N = 20
MEMBERS = np.arange(8)


def crowd(**traits: dict[int, str]) -> Crowd:
    nobody: dict[int, str] = {}
    known = Known(
        {name: held(traits.get(name, nobody).items()) for name in ALIKE},
        np.ones(N, dtype=np.int64),
        np.full(N, np.nan),
        Population(np.zeros(N, dtype=np.int64)),
    )
    unit = np.full(N, -1, dtype=np.int64)
    unit[[0, 1, 15]] = 0
    first = np.full(N, 10.0 * LONG)
    first[2] = 0.0
    past = Histories(first, first.copy())
    return Crowd(
        known, Units(unit, ("organisation X",)), past, MEMBERS, names=[f"a{i}" for i in range(N)], seed=0
    )


def told(found: Crowd) -> dict[str, tuple[int, ...]]:
    return {each.what.split(" (")[0]: each.accounts for each in found.unlike(MEMBERS)}


def test_what_is_true_of_some_is_told_and_of_nobody_is_not() -> None:
    funding = {**dict.fromkeys(range(8), "virtual"), 2: "credit", 3: "debit"}
    domains = {**dict.fromkeys(range(N), "gmail.com"), 4: "own.example"}
    countries = {**dict.fromkeys(range(8), "SE"), 5: "NO"}
    assert told(crowd(funding=funding, email_domain=domains, country=countries)) == {
        "active over 90 days before most of the others": (2,),
        "have used an ordinary card since over 90 days before the others' first cards": (2,),
        "pay with an ordinary card only": (2, 3),
        "have an e-mail domain of their own": (4,),
        "belong to a customer that declares itself": (0, 1),
        "name another country than SE": (5,),
    }


def test_a_domain_that_most_members_have_is_not_an_own_one() -> None:
    mostly = {**dict.fromkeys(range(6), "pool.example"), 6: "gmail.com", 7: "gmail.com"}
    assert "have an e-mail domain of their own" not in told(crowd(email_domain=mostly))


def test_an_old_anonymous_card_is_no_card_of_long_standing() -> None:
    found = told(crowd(funding=dict.fromkeys(range(8), "virtual")))
    assert "active over 90 days before most of the others" in found
    assert "have used an ordinary card since over 90 days before the others' first cards" not in found


def test_members_stand_beside_strangers() -> None:
    countries = {i: "SE" if i < 8 else ("NO", "DK", "FI")[i % 3] for i in range(N)}
    found = {each.trait: each for each in crowd(country=countries).agreements(MEMBERS)}
    assert found["country"].inside == 1.0
    assert found["country"].outside == pytest.approx(18 / 66, abs=1e-6)
    assert (found["asn"].inside, found["asn"].compared) == (None, 0)


def group(said: list[Any], n: int) -> ablation_rows.Taken:
    return ablation_rows.Taken(SimpleNamespace(), web(n, said), 0, ("network", "payment", "device"))  # type: ignore[arg-type]


def test_the_median_holder_is_weighed_by_what_a_value_says() -> None:
    said = [*clique(range(6), ADDRESS, 0, 12.0), (6, 7, ADDRESS, 1, 3.0), *clique(range(6), CARD, 2, 15.0)]
    assert ablation_rows.common(group(said, 8), "network", np.array([60, 40, 6])) == (2, 0.9)
    assert ablation_rows.common(group(said, 8), "payment", np.array([60, 2, 6])) == (1, 0.0)
    assert ablation_rows.common(group(said, 8), "device", np.array([60, 2, 6])) == (0, None)


def test_signals_against_are_summed_by_signal() -> None:
    said = [*clique(range(3), CARD, 0, 15.0), (0, 1, ADDRESS, -1, -1.5), (1, 2, ADDRESS, -1, -0.5)]
    assert ablation_rows.opposing(group(said, 3), ["card", "hours", "client", "prefix"]) == [
        {"signal": "hours", "links": 2, "bits": -2.0, "most": -1.5}
    ]
