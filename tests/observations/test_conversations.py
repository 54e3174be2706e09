"""Conversations carried on by accounts whose they never were."""

from typing import Any

import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.observations import conversations
from linkage.observations.answers import answers_given, answers_sent_on
from linkage.settings.observations import Conversations
from tests.evidence.made import START

SCHEMA = pa.schema(
    [
        ("row", pa.string()),
        ("account", pa.string()),
        ("at", pa.int64()),
        ("response_sha256", pa.string()),
        ("context_sha256", pa.list_(pa.string())),
    ]
)

CHOSEN = Conversations()

Turn = tuple[str, str | None, list[str | None] | None]
"""Account, the answer it was given, and the earlier answers in its input."""


def held(engine: Engine, turns: list[Turn]) -> list[dict[str, Any]]:
    rows = [
        {"row": f"r{n:03d}", "account": a, "at": START + n, "response_sha256": r, "context_sha256": c}
        for n, (a, r, c) in enumerate(turns)
    ]
    table = engine.table(pa.Table.from_pylist(rows, SCHEMA))
    sent, given = engine.keep(answers_sent_on(table)), answers_given(table)
    foreign = conversations.foreign_answers(sent, given)
    between = engine.collect(conversations.between_accounts(foreign, given, CHOSEN), at_most=engine.max_rows)
    named = engine.table(conversations.with_conversations(between))
    found = engine.collect(conversations.context_facts(named, CHOSEN), at_most=engine.max_rows).to_pylist()
    return sorted(found, key=lambda row: (row["account"], row["value"]))


def holders(engine: Engine, turns: list[Turn]) -> list[set[str]]:
    by: dict[str, set[str]] = {}
    for row in held(engine, turns):
        by.setdefault(row["value"], set()).add(row["account"])
    return sorted(by.values(), key=sorted)


def test_two_that_carry_on_what_a_third_was_given_hold_one_conversation(engine: Engine) -> None:
    turns: list[Turn] = [("a", "h1", []), ("b", "x1", ["h1"]), ("c", "x2", ["h1"]), ("a", "h2", ["h1"])]
    rows = held(engine, turns)
    assert [(r["account"], r["trait"], r["count"], r["source"]) for r in rows] == [
        ("b", "context", 1, "interactions:r001"),
        ("c", "context", 1, "interactions:r002"),
    ]
    assert rows[0]["value"] == rows[1]["value"]
    assert rows[0]["first_at"] == rows[0]["last_at"] == START + 1


def test_answers_that_stand_together_are_one_conversation(engine: Engine) -> None:
    """Each of three sends other turns of it; they hold the same conversation all the same, once."""
    turns: list[Turn] = [
        ("a", "h1", []), ("a", "h2", ["h1"]), ("a", "h3", ["h1", "h2"]),
        ("b", None, ["h1", "h2"]), ("c", None, ["h2", "h3"]), ("d", None, ["h3"]), ("d", None, ["h3"]),
    ]  # fmt: skip
    assert holders(engine, turns) == [{"b", "c", "d"}]
    assert {r["account"]: r["count"] for r in held(engine, turns)} == {"b": 1, "c": 1, "d": 2}


def test_two_conversations_are_two(engine: Engine) -> None:
    turns: list[Turn] = [("a", "h1", []), ("a", "k1", [])]
    turns += [(who, None, [answer]) for answer in ("h1", "k1") for who in ("b", "c")]
    assert holders(engine, turns) == [{"b", "c"}, {"b", "c"}]


@pytest.mark.parametrize(
    "turns",
    [
        pytest.param([("a", "h1", []), ("a", "h2", ["h1"]), ("b", None, ["h1"])], id="one other alone"),
        pytest.param(
            [("a", "h1", []), ("b", "h1", []), ("a", None, ["h1"]), ("b", None, ["h1"])], id="both's"
        ),
        pytest.param([("a", None, ["h1"]), ("b", None, ["h1"])], id="one answer nobody here was given"),
        pytest.param([("a", None, [None]), ("b", None, None), ("c", None, [])], id="no hashes"),
    ],
)
def test_what_is_no_conversation_carried_on(engine: Engine, turns: list[Turn]) -> None:
    assert held(engine, turns) == []


def test_several_turns_that_nobody_here_was_given_are_one(engine: Engine) -> None:
    turns: list[Turn] = [("a", None, ["h1", "h2"]), ("b", None, ["h1", "h2", "h9"])]
    assert holders(engine, turns) == [{"a", "b"}]


@pytest.mark.parametrize(("senders", "holders_found"), [(50, 50), (51, 0)])
def test_a_public_example_ties_nothing_together(engine: Engine, senders: int, holders_found: int) -> None:
    turns: list[Turn] = [("maker", "h1", [])]
    turns += [(f"s{i}", None, ["h1"]) for i in range(senders)]
    assert len(held(engine, turns)) == holders_found


# --- pairs ---------------------------------------------------------------------------------------


def pairs(engine: Engine, held: list[tuple[int, int, int]], accounts: int = 10_001) -> list[tuple[Any, ...]]:
    a, v, degree = zip(*held, strict=True)
    table = engine.table(pa.table({"a": pa.array(a, pa.int32()), "v": v, "degree": degree}))
    rows = engine.collect(
        conversations.shared_conversations(table, accounts, CHOSEN), at_most=engine.max_rows
    ).to_pylist()
    return sorted((r["left"], r["right"], r["v"], round(r["bits"], 3)) for r in rows)


def test_one_or_two_conversations_in_common_say_nothing(engine: Engine) -> None:
    """People share a link; readers of one author share two."""
    assert pairs(engine, [(a, v, 2) for v in range(2) for a in (0, 1)]) == []


def test_one_conversation_after_another_says_more_the_fewer_carry_it_on(engine: Engine) -> None:
    rows = [(a, v, degree) for v, degree in enumerate((2, 21, 41)) for a in (0, 1)]
    assert pairs(engine, rows) == [(0, 1, 0, 7.229), (0, 1, 1, 7.229), (0, 1, 2, 6.229)]


def test_what_too_many_carry_on_is_left_out(engine: Engine) -> None:
    assert pairs(engine, [(a, v, 51) for v in range(4) for a in (0, 1)]) == []
