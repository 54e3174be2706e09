"""Numbers that were reported of accounts whose truth is known."""

from hypothesis import given
from hypothesis import strategies as st

from linkage.lab.reported_bits import reported_bits


def test_numbers_that_were_reported_are_counted_by_whether_they_were_right() -> None:
    groups = {"a": "g", "b": "g", "c": "g", "x": "h", "y": "h", "d": "h"}
    truth = {"a": "o", "b": "o", "c": "p", "d": "o", "e": "o", "x": None, "y": None, "z": None}
    found = reported_bits(groups, {"g": 12.34, "h": 5.01}, truth)
    assert found == {
        "same": [[123, 2]],
        "different": [[51, 3], [124, 1]],
        "same_accounts": 5,
        "different_accounts": 5,
    }


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("ghi"), max_size=8),
    st.dictionaries(st.sampled_from("abcdefghxyz"), st.sampled_from(["o", "p", None]), max_size=11),
)
def test_every_reported_account_is_counted_once(groups: dict[str, str], truth: dict[str, str | None]) -> None:
    found = reported_bits(groups, dict.fromkeys("ghi", 3.0), truth)
    counts = {name: sum(count for _, count in found[name]) for name in ("same", "different")}
    assert counts["same"] + counts["different"] == len(groups)
    assert counts["same"] <= found["same_accounts"] and counts["different"] <= found["different_accounts"]


def test_a_group_that_is_half_one_operators_is_nobodys() -> None:
    found = reported_bits({"a": "g", "b": "g"}, {"g": 3.0}, {"a": "o", "b": None})
    assert found["same"] == [] and found["different"] == [[30, 2]]
