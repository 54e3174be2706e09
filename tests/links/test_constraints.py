from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import UsageError
from linkage.links import constraints


def rows(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"seq": number, **row} for number, row in enumerate(given, 1)]


def test_the_last_verdict_on_a_pair_holds_whichever_way_round() -> None:
    found = constraints.constraints(
        rows(
            constraints.on_pair("linked", "b", "a", "seen"),
            constraints.on_pair("not linked", "a", "b", "not after all"),
        )
    )
    assert found.linked == frozenset()
    assert found.not_linked == {("a", "b")}
    assert found.of_pair("b", "a") == "not linked"
    assert found.of_pair("a", "c") is None


def test_the_last_verdict_on_a_group_holds_with_its_members_of_then() -> None:
    found = constraints.constraints(
        rows(
            constraints.on_group("dismissed", "op-1", ["b", "a"], "x"),
            constraints.on_group("confirmed", "op-1", ["a"], "y"),
        )
    )
    assert found.confirmed == {"op-1": frozenset({"a"})}
    assert found.dismissed == {}
    assert found.of_group("op-1") == "confirmed"


verdicts = st.lists(
    st.tuples(
        st.sampled_from(("linked", "not linked")), st.sampled_from("abcde"), st.sampled_from("abcde")
    ).filter(lambda each: each[1] != each[2]),
    max_size=12,
)


@given(verdicts, st.randoms(use_true_random=False))
def test_numbers_count_not_the_order_of_rows(given: list[tuple[str, str, str]], random: Any) -> None:
    kept = rows(*(constraints.on_pair(*each, "r") for each in given))
    assert constraints.constraints(random.sample(kept, len(kept))) == constraints.constraints(kept)


@given(verdicts)
def test_contradictions_are_the_pairs_that_linked_chains_join(given: list[tuple[str, str, str]]) -> None:
    found = constraints.constraints(rows(*(constraints.on_pair(*each, "r") for each in given)))
    reach = {account: {account} for account in "abcde"}
    for _ in range(5):
        for left, right in found.linked:
            both = reach[left] | reach[right]
            for account in both:
                reach[account] |= both
    assert constraints.contradictions(found) == sorted(
        pair for pair in found.not_linked if pair[1] in reach[pair[0]]
    )


def test_verdicts_that_mean_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="two different"):
        constraints.on_pair("linked", "a", "a", "r")
    with pytest.raises(UsageError, match="reason"):
        constraints.on_pair("linked", "a", "b", "  ")
    with pytest.raises(UsageError, match="no verdict here"):
        constraints.on_pair("confirmed", "a", "b", "r")
    with pytest.raises(UsageError, match="no verdict here"):
        constraints.on_group("linked", "op-1", [], "r")


# --- withdrawals ---------------------------------------------------------------------------------


def test_a_withdrawn_verdict_no_longer_holds_and_stays_on_file() -> None:
    given = rows(
        constraints.on_pair("not linked", "b", "a", "two firms"),
        constraints.on_group("confirmed", "op-1", ["a"], "x"),
        constraints.on_group("dismissed", "op-1", ["a", "b"], "y"),
    )
    taken_back = constraints.withdrawal(given[2]["seq"], given, "a mistake")
    assert (taken_back["verdict"], taken_back["withdraws"], taken_back["of"]) == ("withdrawn", "dismissed", 3)
    assert taken_back["accounts"] == ["a", "b"]
    after = [*given, {"seq": 4, **taken_back}]
    found = constraints.constraints(after)
    assert found.of_group("op-1") is None, "an earlier verdict does not come back"
    assert found.not_linked == {("a", "b")}
    assert [row["seq"] for row in constraints.in_force(after)] == [1]
    assert [row["seq"] for row in constraints.last_rows(after)] == [1, 4]


def test_after_a_withdrawal_a_new_verdict_holds() -> None:
    given = rows(constraints.on_pair("linked", "a", "b", "x"))
    given.append({"seq": 2, **constraints.withdrawal(1, given, "y")})
    given.append({"seq": 3, **constraints.on_pair("not linked", "a", "b", "z")})
    assert constraints.constraints(given).of_pair("a", "b") == "not linked"
    assert [row["seq"] for row in constraints.in_force(given)] == [3]


def test_only_a_verdict_in_force_is_withdrawn_and_with_a_reason() -> None:
    given = rows(
        constraints.on_pair("linked", "a", "b", "x"), constraints.on_pair("not linked", "a", "b", "y")
    )
    with pytest.raises(UsageError) as error:
        constraints.withdrawal(1, given, "r")
    assert error.value.hint == "one of: 2"
    with pytest.raises(UsageError, match="reason"):
        constraints.withdrawal(2, given, " ")
    with pytest.raises(UsageError) as error:
        constraints.withdrawal(1, [], "r")
    assert "no verdict to withdraw" in error.value.hint
