"""Answers passed on, by hash."""

from typing import Any

import pytest

from linkage.engines import Engine
from linkage.observations import answers
from tests.observations.made import facts, interactions


def turns(engine: Engine, *rows: tuple[str, str | None, list[str]]) -> Any:
    given = [{"account": a, "response_sha256": r, "context_sha256": c} for a, r, c in rows]
    return interactions(engine, *given)


def test_an_answer_that_comes_back_from_another_account_is_an_echo(engine: Engine) -> None:
    rows = turns(engine, ("a", "h1", []), ("b", "h2", ["h1"]), ("a", "h3", ["h1"]))
    assert engine.collect(answers.echo_pairs(rows), at_most=engine.max_rows).to_pylist() == [
        {"value": "h1", "maker": "a", "sender": "b"}
    ]
    found = facts(engine, answers.echo_facts(rows))
    assert [(f["account"], f["trait"], f["value"], f["count"]) for f in found] == [
        ("a", "response", "h1", 2),
        ("b", "response", "h1", 1),
    ]
    assert [f["source"] for f in found] == ["interactions:r0", "interactions:r1"]


def test_an_answer_given_and_sent_again_and_again_is_one_echo(engine: Engine) -> None:
    rows = turns(engine, *[("a", "h1", [])] * 3, *[("b", None, ["h1", "h1"])] * 2)
    assert engine.collect(answers.echo_pairs(rows), at_most=engine.max_rows).to_pylist() == [
        {"value": "h1", "maker": "a", "sender": "b"}
    ]


def test_only_hashes_are_sent_on(engine: Engine) -> None:
    given = [{"account": "a", "context_sha256": each} for each in (["h1", None], [], None, [None])]
    sent = engine.collect(answers.answers_sent_on(interactions(engine, *given)), at_most=engine.max_rows)
    assert sent.select(["account", "row", "value"]).to_pylist() == [
        {"account": "a", "row": "r0", "value": "h1"}
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("a", "h1", []), ("a", "h2", ["h1"])], id="its own conversation"),
        pytest.param([("a", "h1", []), ("b", "h1", []), ("b", None, ["h1"])], id="both were given it"),
        pytest.param([("a", "h1", []), ("b", None, ["h9"])], id="an answer nobody here was given"),
        pytest.param([("a", None, ["h1"]), ("b", None, ["h1"])], id="two that send it, given elsewhere"),
        pytest.param([("a", None, []), ("b", None, [])], id="no hashes"),
    ],
)
def test_what_is_no_echo(engine: Engine, rows: list[tuple[str, str | None, list[str]]]) -> None:
    made = turns(engine, *rows)
    assert engine.collect(answers.echo_pairs(made), at_most=engine.max_rows).num_rows == 0
    assert facts(engine, answers.echo_facts(made)) == []
