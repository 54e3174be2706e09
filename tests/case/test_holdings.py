"""Who holds what in a case."""

from pathlib import Path

import pytest

from linkage.case import Case
from linkage.case.holdings import Holdings
from linkage.errors import CaseError
from linkage.explain.conditions import condition
from tests import made_case
from tests.made_case import FAMILY, OPERATOR, STRANGERS, observation


@pytest.fixture
def known(tmp_path: Path) -> Holdings:
    made = made_case.tables()
    made["observations"] += [
        observation("lone_1", "ip", "203.0.113.7", "network"),
        observation("lone_2", "prefix", "203.0.113.0/24", "network"),
        # The same fact again, stated by another table.
        {**observation("acct_00", "fingerprint", "card_1", "payment"), "observation": "0" * 32},
    ]
    return Holdings(Case(made_case.write(tmp_path / "case", made)))


def test_accounts_and_traits(known: Holdings) -> None:
    assert known.accounts == sorted([*OPERATOR, *FAMILY, *STRANGERS])
    assert known.traits == ["country", "fingerprint", "ip", "prefix", "prompt", "template"]
    assert known.population == 400


def test_observations_by_account_and_by_value(known: Holdings) -> None:
    own = known.of_accounts({"acct_01"})
    assert [(row["trait"], row["value"]) for row in own] == [
        ("country", "SE"), ("fingerprint", "card_1"), ("prompt", "prmt_9"), ("template", "tmpl_9"),
    ]  # fmt: skip
    assert {row["account"] for row in known.of_values([("fingerprint", "card_2")])} == set(FAMILY)
    assert known.of_values([]) == []
    assert known.of_values([("country", "card_1")]) == [], "both belong to rows, but not to the same"


def test_of_a_list_the_values_that_accounts_hold(known: Holdings) -> None:
    listed = ["card_1", "card_2", "SE", "nobody's"]
    assert known.values_of({"acct_01"}, listed) == ["SE", "card_1"]
    assert known.values_of({"acct_01"}, listed, but=("country",)) == ["card_1"]
    assert known.values_of({"acct_01"}, []) == known.values_of([], listed) == []


def test_holders_count_once_each(known: Holdings) -> None:
    held = known.held([("fingerprint", "card_1"), ("country", "SE"), ("country", "card_1")])
    assert held.degrees.tolist() == [6, 8, 0]
    assert [held.accounts[i] for i in held.holders(0)] == OPERATOR
    assert known.held([]).degrees.tolist() == []


def test_one_text_in_two_traits_is_two_values(tmp_path: Path) -> None:
    made = made_case.tables()
    made["observations"] += [
        observation("lone_1", "country", "card_1", "registration"),
        observation("lone_2", "template", "card_1", "content"),
    ]
    known = Holdings(Case(made_case.write(tmp_path / "case", made)))
    held = known.held([("template", "tmpl_9"), ("fingerprint", "card_1"), ("country", "SE")])
    assert held.degrees.tolist() == [6, 6, 8]
    assert known.held([("country", "card_1")]).degrees.tolist() == [1]


def test_conditions_are_met_by_values(known: Holdings) -> None:
    asked = [condition("ip=203.0.113.0/24"), condition("country=NO")]
    met = known.meeting(asked)
    rows = known.of_values([value for each in met for value in each])
    assert {row["account"] for row in rows} == {"lone_1", "lone_2"}
    with pytest.raises(CaseError, match="contry"):
        known.meeting([condition("contry=SE")])


def test_an_unknown_account_is_refused_with_the_nearest(known: Holdings) -> None:
    known.require(["acct_01"])
    with pytest.raises(CaseError) as error:
        known.require(["acct_99"])
    assert "acct_0" in error.value.hint


def test_a_case_that_leaves_rows_out_says_so(known: Holdings) -> None:
    assert known.complete
    known.case.run["population"]["observations"] = 1_000
    assert not known.complete


def test_all_that_accounts_hold_is_read_at_once(known: Holdings) -> None:
    own, families = known.own({"acct_00", "acct_01", "nobody"})
    assert own.accounts == ["acct_00", "acct_01"]
    assert own.values == sorted(own.values)
    read = [(own.accounts[a], *own.values[v]) for a, v in zip(own.account, own.value, strict=True)]
    told = known.of_accounts({"acct_00", "acct_01"})
    assert sorted(read) == sorted({(row["account"], row["trait"], row["value"]) for row in told})
    assert families == {row["trait"]: row["family"] for row in told}
    assert known.own([])[0].values == []
