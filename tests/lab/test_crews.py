"""Operators of one reseller: provided for by one hand, each with work of his own."""

import re
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.lab.crews import Crew, form_crews, provisions, reserved
from linkage.lab.drawn_profiles import PROVISION, cast_of
from linkage.lab.habits import Exits, Reseller
from linkage.lab.profiles import ROUTED, Operator, Pool, Profile
from linkage.lab.simulate import simulate
from tests.lab.made import Made, load

FIRST, SECOND, CUSTOMER = "operator 1", "operator 2", "reseller customer"
PLAIN = replace(ROUTED, in_system=1.0, paraphrase=0.0, filler=0.0, templates=6)
POOL = Pool(others=0.5, slots=2, homes=2)
SHARED_EXITS = Exits(4.0, providers=2, residential=0.5, outages=6.0, outage_hours=48.0, strangers=0.0)


def two_at_one(words_in_common: float, **of_both: object) -> Profile:
    """Two operators of one reseller; the second one's care in his work differs from the first one's."""
    both = Operator(400, PLAIN, pool=POOL, reseller=Reseller(words_in_common), **of_both)  # type: ignore[arg-type]
    return Profile("A test.", (both, replace(both, per_20000=300)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("reseller")
    return load(simulate(out, profile=("two", two_at_one(0.0)), accounts=1_500, interactions=18_000, seed=5))


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The reseller's accounts keep to exits, and all rules of the second operator's are the first one's."""
    out = tmp_path_factory.mktemp("alike")
    profile = two_at_one(1.0, exits=SHARED_EXITS)
    return load(simulate(out, profile=("two", profile), accounts=1_500, interactions=18_000, seed=5))


def held_by(made: Made, table: str, column: str) -> dict[str, Counter]:
    """How often each value is held by the accounts of each operator, and of the customers."""
    held: dict[str, Counter] = defaultdict(Counter)
    for who, value in made.rows(table, "account", column):
        owner = made.truth[who] or made.kinds[who]
        if value is not None and owner in (FIRST, SECOND, CUSTOMER):
            held[owner][value] += 1
    return held


def system_prompts(made: Made, operator: str) -> set[str]:
    return {
        text
        for which, text in made.rows("interactions", "interaction", "system_prompt")
        if made.sent.get(which) == (operator, "work")
    }


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=\.)[ \n]", text)


# --- who there is --------------------------------------------------------------------------------


def test_truth_names_two_operators_and_the_customers_are_innocent(made: Made) -> None:
    sizes = Counter(operator for operator in made.truth.values() if operator)
    assert sizes == {FIRST: 30, SECOND: 22}
    customers = [who for who, kind in made.kinds.items() if kind == CUSTOMER]
    assert len(customers) == 26 and not any(made.truth[who] for who in customers)
    first, second = made.about["operators"]
    assert first["pool"] == second["pool"] and first["pool"]["accounts"] == 30 + 22 + 26
    assert first["reseller"] == second["reseller"] == {"words_in_common": 0.0, "name": "reseller"}


def test_each_works_on_his_own_accounts_alone(made: Made) -> None:
    for who, which in made.rows("interactions", "account", "interaction"):
        if which in made.sent:
            assert made.sent[which][0] == made.truth[who]
    assert {operator for operator, _ in made.sent.values()} == {FIRST, SECOND}


@given(st.lists(st.tuples(st.integers(5, 40), st.sampled_from(["", "a", "b"])), min_size=1, max_size=6))
def test_crews_share_no_account_and_resellers_keep_their_lots(asked: list[tuple[int, str]]) -> None:
    operators = tuple(
        Operator(0, ROUTED, size, pool=POOL, reseller=Reseller(0.1, name) if name else None)
        for size, name in asked
    )
    profile = Profile("A test.", operators)
    crews = form_crews(profile, 2_000, 20_000, np.random.default_rng(1))
    assert [crew.number for crew in crews] == list(range(len(asked)))
    assert [len(crew.members) for crew in crews] == [size for size, _ in asked]
    lots = provisions(crews)
    everybody = np.concatenate([lot.everybody for lot in lots])
    assert sorted(everybody.tolist()) == list(range(2_000 - reserved(profile, 2_000), 2_000))
    names = [name for _, name in asked]
    assert len(lots) == names.count("") + len(set(names) - {""})
    for lot in lots:
        mine = [crew for crew in crews if crew.provider == lot.provider]
        assert set(lot.members.tolist()) == {who for crew in mine for who in crew.members.tolist()}
        assert all(np.array_equal(crew.others, lot.others) for crew in mine)
        assert lot.requests == sum(crew.requests for crew in mine)


def test_an_operator_without_a_reseller_is_provided_for_alone() -> None:
    crews = [Crew(number, np.arange(3) + 3 * number, ROUTED, 30) for number in range(2)]
    assert [lot.members.tolist() for lot in provisions(crews)] == [[0, 1, 2], [3, 4, 5]]


# --- one provision -------------------------------------------------------------------------------


def test_cards_addresses_and_clients_are_dealt_to_both_and_to_the_customers(made: Made) -> None:
    for table, column in (("payments", "fingerprint"), ("payments", "billing_hash"), ("interactions", "ip")):
        held = held_by(made, table, column)
        assert len(held[FIRST].keys() & held[SECOND].keys()) >= 3, column
        assert len((held[FIRST] | held[SECOND]).keys() & held[CUSTOMER].keys()) >= 3, column
    agents = held_by(made, "interactions", "user_agent")
    assert len(agents[FIRST]) == 1
    assert agents[FIRST].keys() == agents[SECOND].keys() == agents[CUSTOMER].keys()
    bins = held_by(made, "payments", "bin")
    (usual, _), *_ = bins[FIRST].most_common(1)
    shares = [counts[usual] / counts.total() for counts in (bins[FIRST], bins[SECOND])]
    assert min(shares) > 0.3 and abs(shares[0] - shares[1]) < 0.25


def test_both_are_registered_in_the_same_waves(made: Made) -> None:
    """Each sitting of the reseller (accounts within two days of the one before) makes accounts of both."""
    created = sorted(
        (at.timestamp(), made.truth[who])
        for who, at in made.rows("accounts", "account", "created_at")
        if made.truth[who] or made.kinds[who] == CUSTOMER
    )
    waves: list[list[str | None]] = [[]]
    for number, (at, owner) in enumerate(created):
        if number and at - created[number - 1][0] > 2 * 86_400:
            waves.append([])
        waves[-1].append(owner)
    large = [wave for wave in waves if len(wave) >= 8]
    assert len(large) >= 2 and sum(map(len, large)) > 0.7 * len(created)
    assert all({FIRST, SECOND} <= set(wave) for wave in large)


def test_exits_are_the_reseller_s_and_fail_over_for_his_customers_too(alike: Made) -> None:
    used: dict[str, Counter] = defaultdict(Counter)
    for who, ip in alike.rows("interactions", "account", "ip"):
        used[who][ip] += 1
    usual: dict[str, set[str]] = defaultdict(set)
    moved: set[str] = set()
    for who, counts in used.items():
        owner = alike.truth[who] or alike.kinds[who]
        if owner in (FIRST, SECOND, CUSTOMER):
            usual[owner].add(counts.most_common(1)[0][0])
            moved |= {owner} if len(counts) > 1 else set()
    assert len(usual[FIRST] & usual[SECOND]) >= 5
    assert len((usual[FIRST] | usual[SECOND]) & usual[CUSTOMER]) >= 5
    assert moved == {FIRST, SECOND, CUSTOMER}


# --- each with his own work ------------------------------------------------------------------------


def test_neither_sends_a_template_of_the_other(made: Made, alike: Made) -> None:
    for each in (made, alike):
        first, second = system_prompts(each, FIRST), system_prompts(each, SECOND)
        assert len(first) == len(second) == PLAIN.templates
        assert not first & second


def test_words_in_common_are_rules_and_never_the_task(made: Made, alike: Made) -> None:
    for each, common in ((made, 0), (alike, 3)):
        theirs = {part for text in system_prompts(each, FIRST) for part in sentences(text)}
        for text in system_prompts(each, SECOND):
            *own, _, _, _ = parts = sentences(text)
            assert not theirs & set(own)
            assert sum(part in theirs for part in parts) == common


def test_the_knob_leaves_everything_else_as_it_is() -> None:
    """What the second operator takes from the first changes neither the first nor who has which account."""
    none, some = (
        form_crews(two_at_one(share), 1_500, 18_000, np.random.default_rng(3)) for share in (0.0, 0.5)
    )
    assert all(np.array_equal(a.members, b.members) for a, b in zip(none, some, strict=True))


# --- the drawn profile -------------------------------------------------------------------------------


def test_knobs_of_the_provision_are_one_and_those_of_the_work_two() -> None:
    drawn = [cast_of("one-reseller", seed).profile.operators for seed in range(40)]
    for first, second in drawn:
        assert (first.pool, first.exits, first.reseller) == (second.pool, second.exits, second.reseller)
        assert all(getattr(first.hygiene, knob) == getattr(second.hygiene, knob) for knob in PROVISION)
        assert first.hygiene.paraphrase != second.hygiene.paraphrase
        assert all(200 <= each.per_20000 <= 800 for each in (first, second))
    sizes = np.array([[first.per_20000, second.per_20000] for first, second in drawn])
    assert abs(np.corrcoef(sizes.T)[0, 1]) < 0.5
    pools = [first.pool for first, _ in drawn if first.pool]
    assert len(pools) == 40 and 0 < sum(pool.part == (1.0, 1.0) for pool in pools) < 40
    assert 0 < sum(first.exits is not None for first, _ in drawn) < 40
    words = [first.reseller.words_in_common for first, _ in drawn if first.reseller]
    assert min(words) < 0.1 and max(words) > 0.5


@pytest.mark.parametrize("seed", [1, 3])
def test_the_drawn_profile_plants_two_operators_among_customers(
    tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    out = tmp_path_factory.mktemp("drawn reseller")
    made = load(simulate(out, profile="one-reseller", accounts=1_500, interactions=18_000, seed=seed))
    sizes = Counter(operator for operator in made.truth.values() if operator)
    assert sizes.keys() == {FIRST, SECOND} and min(sizes.values()) >= 8
    customers = Counter(made.kinds.values())[CUSTOMER]
    assert 0.15 <= customers / sizes.total() <= 1.6
    addresses = held_by(made, "interactions", "ip")
    assert addresses[FIRST].keys() & addresses[SECOND].keys()
