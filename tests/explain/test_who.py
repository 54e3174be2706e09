"""The holders of values."""

from datetime import UTC, datetime
from typing import Any

from linkage.explain.conditions import condition
from linkage.explain.who import NO_GROUP, holders

EARLY, LATE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)


def seen(
    account: str, trait: str, value: str, first: datetime | None, last: datetime | None
) -> dict[str, Any]:
    return {
        "account": account, "trait": trait, "value": value, "family": "payment",
        "first_at": first, "last_at": last, "count": 2,
    }  # fmt: skip


ROWS = [
    seen("a", "bin", "411111", EARLY, EARLY),
    seen("a", "country", "NL", LATE, LATE),
    seen("b", "bin", "411111", None, None),
    seen("z", "bin", "411111", EARLY, LATE),
    seen("z", "country", "NL", None, None),
]
PLACES = {"z": [{"group": "op-1", "role": "core", "outcome": "groups"}]}
ASKED = [condition("bin=411111"), condition("country=NL")]
MET = [[("bin", "411111")], [("country", "NL")]]


def test_all_conditions_are_needed_and_reported_accounts_come_first() -> None:
    found = holders(ASKED, MET, ROWS, PLACES)
    assert [each.account for each in found] == ["z", "a"]
    assert (found[0].outcome, found[0].group, found[0].role) == ("groups", "op-1", "core")
    assert (found[1].outcome, found[1].group) == (NO_GROUP, None)


def test_the_first_and_the_last_time_are_over_all_values() -> None:
    a = holders(ASKED, MET, ROWS, PLACES)[1]
    assert (a.first_at, a.last_at, a.count) == (EARLY, LATE, 4)
    assert a.as_row()["has"] == ["bin=411111", "country=NL"]


def test_one_condition_may_be_enough() -> None:
    assert [each.account for each in holders(ASKED, MET, ROWS, PLACES, any_of=True)] == ["z", "a", "b"]


def test_a_value_without_a_time_has_none() -> None:
    b = holders(ASKED, MET, ROWS, PLACES, any_of=True)[2]
    assert (b.first_at, b.last_at) == (None, None)


def test_a_condition_that_nothing_meets_leaves_nobody() -> None:
    assert holders(ASKED, [MET[0], []], ROWS, PLACES) == []
