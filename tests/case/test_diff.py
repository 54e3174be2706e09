"""What changed between two runs."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from linkage.case.diff import Members, between, recorded, verdict_effects


def group(accounts: str, outcome: str = "groups") -> Members:
    return Members(outcome, frozenset(accounts))


def test_a_group_without_an_earlier_member_is_new_and_one_without_a_later_is_gone() -> None:
    new, gone = between({"op-2": group("xyz")}, {"op-1": group("ab")})
    assert (new.kind, new.group, new.joined, new.left) == ("new", "op-2", ("x", "y", "z"), ())
    assert (gone.kind, gone.group, gone.outcome, gone.before) == ("gone", "op-1", None, "groups")
    assert (gone.joined, gone.left) == ((), ("a", "b"))


def test_a_group_that_changed_names_who_joined_and_left_whatever_its_id() -> None:
    [found] = between({"op-9": group("bcdx")}, {"op-1": group("abcd")})
    assert (found.kind, found.was, found.joined, found.left) == ("changed", ("op-1",), ("x",), ("a",))


def test_a_group_that_is_as_it_was_is_left_out_unless_its_outcome_changed() -> None:
    assert between({"op-1": group("ab")}, {"op-1": group("ab")}) == []
    [found] = between({"op-1": group("ab", "explained")}, {"op-1": group("ab")})
    assert (found.kind, found.before, found.outcome) == ("changed", "groups", "explained")


def test_a_merger_keeps_the_group_that_brought_most() -> None:
    [found] = between({"op-1": group("abcxy")}, {"op-1": group("abc"), "op-2": group("xy")})
    assert (found.kind, found.was, found.joined) == ("merged", ("op-1", "op-2"), ("x", "y"))


def test_who_does_not_come_along_in_a_merger_has_left() -> None:
    [found] = between({"op-1": group("abcxy")}, {"op-1": group("abc"), "op-2": group("xyz")})
    assert (found.kind, found.left) == ("merged", ("z",))


def test_the_smaller_part_of_a_group_was_split_off() -> None:
    changes = between({"op-1": group("abc"), "op-2": group("de")}, {"op-1": group("abcde")})
    assert [(each.kind, each.group, each.was) for each in changes] == [
        ("changed", "op-1", ("op-1",)), ("split", "op-2", ("op-1",)),
    ]  # fmt: skip
    assert changes[0].left == ("d", "e")


def test_reported_groups_come_first() -> None:
    now = {"a": group("abcdef", "explained"), "b": group("uv"), "c": group("xyz", "unresolved")}
    assert [each.group for each in between(now, {})] == ["b", "c", "a"]


PARTITION = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("123"), max_size=8)


@given(PARTITION, PARTITION)
def test_nobody_is_lost_from_the_account(before: dict[str, str], now: dict[str, str]) -> None:
    """Whoever is in another group than the one that continues his has joined, and has left."""
    groups = [
        {name: group("".join(a for a, g in of.items() if g == name)) for name in set(of.values())}
        for of in (now, before)
    ]
    changes = between(*groups)
    joined = {a for each in changes for a in each.joined or ()}
    left = {a for each in changes for a in each.left or ()}
    assert joined <= set(now)
    assert left <= set(before)
    assert set(now) - set(before) <= joined
    assert set(before) - set(now) <= left


def test_a_group_of_which_only_parts_are_left_is_broken_up() -> None:
    changes = between({"op-1": group("ab"), "op-2": group("cd")}, {"op-9": group("abcdz")})
    assert [(each.kind, each.left) for each in changes] == [
        ("broken up", tuple("abcdz")), ("split", ()), ("split", ()),
    ]  # fmt: skip


# --- runs of one case ----------------------------------------------------------------------------

MARCH, APRIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)


def line(name: str, was: str, kind: str, at: datetime, shared: int) -> dict[str, Any]:
    return {"group": name, "was": was, "kind": kind, "at": at, "shared": shared}


LINEAGE = [
    line("op-1", "op-1", "kept", APRIL, 3),
    line("op-1", "op-7", "merged", MARCH, 2),
    line("op-2", "", "new", APRIL, 0),
    line("op-3", "op-3", "kept", APRIL, 2),
    line("op-4", "op-4", "gone", APRIL, 0),
    line("op-5", "op-5", "gone", MARCH, 0),
    line("op-6", "op-1", "split", APRIL, 2),
]
NOW = {"op-1": group("abcde"), "op-2": group("xy"), "op-3": group("pq"), "op-6": group("uv")}


def test_the_last_run_is_counted_and_not_named() -> None:
    found = {each.group: each for each in recorded(LINEAGE, NOW)}
    assert {name: each.kind for name, each in found.items()} == {
        "op-1": "changed", "op-2": "new", "op-4": "gone", "op-6": "split",
    }  # fmt: skip
    assert (found["op-1"].joined_count, found["op-1"].joined, found["op-1"].left_count) == (2, None, None)
    assert found["op-2"].joined == ("x", "y"), "whoever is in a new group is new to it"


def test_since_an_earlier_run_its_events_are_there_too() -> None:
    found = {each.group: each for each in recorded(LINEAGE, NOW, since=MARCH)}
    assert found["op-5"].kind == "gone"
    assert (found["op-1"].kind, found["op-1"].was) == ("merged", ("op-1", "op-7"))
    assert recorded([], {}) == []


def test_verdicts_have_effects() -> None:
    run = {
        "verdicts": [
            {
                "verdict": "dismissed", "group": "op-1", "said": ["2 are in no group now"], "holds": True,
                "alone": ["a", "b"],
            },
            {"verdict": "linked", "left": "a", "right": "b", "said": [], "holds": True},
        ]
    }  # fmt: skip
    first, second = verdict_effects(run)
    assert (first["about"], first["alone"], first["come"]) == ("op-1", ["a", "b"], [])
    assert second["about"] == "a and b"
    assert list(verdict_effects({})) == []
