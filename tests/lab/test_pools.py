from collections import Counter, defaultdict

import numpy as np
import pytest

from linkage.lab.simulate import simulate
from tests.lab.made import Made, load


@pytest.fixture(scope="module")
def hydra(tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("hydra")
    return load(simulate(out, profile="hydra", accounts=2_400, interactions=36_000, seed=3))


def of_kind(made: Made, kind: str) -> set[str]:
    return {account for account, what in made.kinds.items() if what == kind}


def test_the_pool_holds_two_and_a_half_per_cent_and_half_of_it_is_innocent(hydra: Made) -> None:
    carriers, customers = of_kind(hydra, "operator"), of_kind(hydra, "reseller customer")
    assert len(carriers) == len(customers) == 30
    assert {hydra.truth[who] for who in carriers} == {"operator 1"}
    assert {hydra.truth[who] for who in customers} == {None}
    assert hydra.about["operators"][0]["pool"]["accounts"] == 60
    assert hydra.about["accounts_by_kind"] == dict(Counter(hydra.kinds.values()))


def test_the_operator_sends_four_to_eight_tenths_of_a_carriers_requests_and_none_elsewhere(
    hydra: Made,
) -> None:
    shares: dict[str, list[bool]] = defaultdict(list)
    for who, which in hydra.rows("interactions", "account", "interaction"):
        shares[who].append(which in hydra.sent)
    mixed = [np.mean(shares[who]) for who in of_kind(hydra, "operator")]
    assert min(mixed) >= 0.37 and max(mixed) <= 0.83 and 0.5 < np.mean(mixed) < 0.7
    assert max(mixed) - min(mixed) > 0.2
    others = set(shares) - of_kind(hydra, "operator")
    assert not any(any(shares[who]) for who in others)
    assert set(hydra.sent.values()) == {("operator 1", "work")}
    sizes = {
        kind: np.mean([len(shares[who]) for who in of_kind(hydra, kind)])
        for kind in ("operator", "reseller customer")
    }
    assert 0.7 < sizes["reseller customer"] / sizes["operator"] < 1.4


def test_the_whole_pool_is_provided_for_alike(hydra: Made) -> None:
    carriers, customers = of_kind(hydra, "operator"), of_kind(hydra, "reseller customer")
    for table, column in (("payments", "fingerprint"), ("payments", "billing_hash"), ("interactions", "ip")):
        holders: dict[object, set[str]] = defaultdict(set)
        for who, value in hydra.rows(table, "account", column):
            holders[value].add(who)
        across = [held for held in holders.values() if held & carriers and held & customers]
        assert len(across) >= 3, column
    agents = {
        kind: {value for who, value in hydra.rows("interactions", "account", "user_agent") if who in members}
        for kind, members in (("operator", carriers), ("customer", customers))
    }
    assert len(agents["operator"]) == 1 and agents["operator"] == agents["customer"]
    made = {
        kind: np.mean(
            [at.timestamp() for who, at in hydra.rows("accounts", "account", "created_at") if who in m]
        )
        for kind, m in (("operator", carriers), ("customer", customers))
    }
    assert abs(made["operator"] - made["customer"]) < 10 * 86_400


def test_customers_go_on_where_another_account_of_the_pool_left_off(hydra: Made) -> None:
    pool = of_kind(hydra, "operator") | of_kind(hydra, "reseller customer")
    across = [(a, b, which) for a, b, which in hydra.echoes() if a != b and {a, b} <= pool]
    innocent = [which for _, _, which in across if which not in hydra.sent]
    assert len(innocent) > 10, "lineage between accounts of one pool is no sign of one operator"
    assert all({a, b} <= pool or not {a, b} & pool for a, b, _ in hydra.echoes() if a != b)


def test_a_customer_keeps_to_a_few_accounts(hydra: Made) -> None:
    pool = of_kind(hydra, "operator") | of_kind(hydra, "reseller customer")
    holders: dict[str, set[str]] = defaultdict(set)
    for who, which, system in hydra.rows("interactions", "account", "interaction", "system_prompt"):
        if who in pool and which not in hydra.sent and system and len(system) > 150:
            holders[system].add(who)
    own = [
        held
        for system, held in holders.items()
        if not system.startswith(("You are", "This assistant", "Crew"))
    ]
    assert all(len(held) <= 3 for held in own)
