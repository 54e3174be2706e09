"""The members of a group beside all other accounts."""

import numpy as np
import pyarrow as pa
import pytest

from linkage.explain.member_outliers import DAY
from linkage.explain.outlier_rows import COMPARED, ComparedPopulation, Histories
from linkage.groups.declared_units import Units
from linkage.groups.trait_index import TraitIndex
from linkage.groups.trait_tests import Population
from linkage.settings.explain import Outliers
from tests.groups.made_held import held

CHOSEN = Outliers()
LONG = CHOSEN.long_history_days * DAY
N = 20
MEMBERS = np.arange(8)


def population(**traits: dict[int, str]) -> ComparedPopulation:
    nobody: dict[int, str] = {}
    known = TraitIndex(
        {name: held(traits.get(name, nobody).items()) for name in COMPARED},
        np.ones(N, dtype=np.int64),
        np.full(N, np.nan),
        Population(np.zeros(N, dtype=np.int64)),
    )
    unit = np.full(N, -1, dtype=np.int64)
    unit[[0, 1, 15]] = 0
    first = np.full(N, 10.0 * LONG)
    first[2] = 0.0
    past = Histories(first, first.copy())
    return ComparedPopulation(
        known,
        Units(unit, ("organisation X",), unit),
        past,
        MEMBERS,
        names=[f"a{i}" for i in range(N)],
        chosen=CHOSEN,
        domain_accounts=20,
        seed=0,
    )


def differences(found: ComparedPopulation) -> dict[str, tuple[int, ...]]:
    return {each.difference.split(" (")[0]: each.accounts for each in found.outliers(MEMBERS)}


def test_what_is_true_of_some_is_listed_and_of_nobody_is_not() -> None:
    funding = {**dict.fromkeys(range(8), "virtual"), 2: "credit", 3: "debit"}
    domains = {**dict.fromkeys(range(N), "gmail.com"), 4: "own.example"}
    countries = {**dict.fromkeys(range(8), "SE"), 5: "NO"}
    assert differences(population(funding=funding, email_domain=domains, country=countries)) == {
        "were active over 90 days before most of the others": (2,),
        "first used an ordinary card over 90 days before the others' first cards": (2,),
        "pay with an ordinary card only": (2, 3),
        "have a private e-mail domain": (4,),
        "belong to a customer that declares itself": (0, 1),
        "name another country than SE": (5,),
    }


def test_a_domain_that_most_members_have_is_not_an_own_one() -> None:
    mostly = {**dict.fromkeys(range(6), "pool.example"), 6: "gmail.com", 7: "gmail.com"}
    assert not any("e-mail domain" in each for each in differences(population(email_domain=mostly)))


def test_members_apart_from_the_commonest_are_not_said_to_be_the_only_ones() -> None:
    mostly = {**dict.fromkeys(range(6), "pool.example"), 6: "gmail.com", 7: "other.example"}
    found = differences(population(email_domain=mostly))
    assert found["have another private e-mail domain than the group's commonest"] == (7,)
    several = population()
    several.units.unit[:6] = 0
    several.units.unit[6] = 1
    assert differences(several)["belong to another declared customer than the group's commonest"] == (6,)


def test_an_old_anonymous_card_is_no_card_of_long_standing() -> None:
    found = differences(population(funding=dict.fromkeys(range(8), "virtual")))
    assert "were active over 90 days before most of the others" in found
    assert "first used an ordinary card over 90 days before the others' first cards" not in found


def test_members_stand_beside_strangers() -> None:
    countries = {i: "SE" if i < 8 else ("NO", "DK", "FI")[i % 3] for i in range(N)}
    found = {each.trait: each for each in population(country=countries).agreements(MEMBERS)}
    assert found["country"].inside == 1.0
    assert found["country"].outside == pytest.approx(18 / 66, abs=1e-6)
    assert (found["asn"].inside, found["asn"].compared) == (None, 0)


def test_the_first_act_and_the_first_card_of_each_account_are_its_history() -> None:
    acts = pa.table({"a": [0, 0, 2], "at": [5, 9, 7]})
    cards = pa.table({"account": ["c", "a"], "at": [3, 4]})
    found = Histories.of(["a", "b", "c"], acts, cards)
    np.testing.assert_array_equal(found.acted, [5.0, np.nan, 7.0])
    np.testing.assert_array_equal(found.paid, [4.0, np.nan, 3.0])
