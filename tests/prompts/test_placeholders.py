"""Placeholders: what a log writes where it does not hand out a prompt, told by form and by use."""

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.prompts.placeholders import by_form, by_use, without_texts
from linkage.settings.placeholders import Placeholders

CHOSEN = Placeholders()


def told_by_form(engine: Engine, *texts: str | None) -> list[bool]:
    rows = engine.table(pa.table({"n": range(len(texts)), "text": pa.array(texts, pa.string())}))
    found = engine.collect(rows.select("n", it=by_form(rows.text, CHOSEN)).order_by("n"), at_most=len(texts))
    return found["it"].to_pylist()


@pytest.mark.parametrize(
    "text",
    [
        *("{}", "[]", "", "  ", "***", "-", '""', "…"),
        *("redacted", "[REDACTED]", "<Redacted>", "[Redacted: 512 characters]", "REDACTED-PII"),
        *("null", "None", "N/A", "n/a.", "[object Object]", "[content removed for privacy reasons]"),
    ],
)
def test_a_form_that_says_nothing_is_a_placeholder(engine: Engine, text: str) -> None:
    assert told_by_form(engine, text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        *("hello", "42", "我", "ß", "none of the above", "Nullify this contract", "hidden Markov models?"),
        *("redactedly", "Redacted documents of the court: list every name that can still be read in them"),
        "*" * (CHOSEN.characters + 1),
        None,
    ],
)
def test_what_asks_something_is_none(engine: Engine, text: str | None) -> None:
    assert told_by_form(engine, text) == [False]


@given(st.text(min_size=1, max_size=60))
def test_a_text_with_a_letter_that_starts_with_no_such_word_is_none(engine: Engine, text: str) -> None:
    assert told_by_form(engine, f"x{text}") == [False]


Row = tuple[str, str | None, str]
"""Account, prompt, and the id of its text."""


def told_by_use(engine: Engine, rows: list[Row]) -> list[str]:
    account, prompt, text_id = (list(column) for column in zip(*rows, strict=True))
    kinds = {"account": pa.string(), "prompt": pa.string(), "text_id": pa.string()}
    table = pa.table({"account": account, "prompt": prompt, "text_id": text_id}, pa.schema(kinds.items()))
    found = engine.collect(by_use(engine.table(table), CHOSEN).order_by("shape"), at_most=9)
    return found["shape"].to_pylist()


def log(*, accounts: int, same: int, text: str | None = "not for export") -> list[Row]:
    """Four rows of each account; of the first `same` accounts three are one text, all else is their own."""
    rows: list[Row] = []
    for n in range(accounts):
        own: list[Row] = [(f"a{n}", f"question {n} {k}", f"q{n}.{k}") for k in range(4)]
        rows += [(f"a{n}", text, "same")] * 3 + own[3:] if n < same else own
    return rows


SAME = "text not for export"


def test_one_short_text_on_most_rows_of_most_accounts_is_a_placeholder(engine: Engine) -> None:
    assert told_by_use(engine, log(accounts=20, same=16)) == [SAME]


def test_a_notice_is_a_placeholder_too(engine: Engine) -> None:
    notice = "This content has been removed under our policy on retention: see https://example.org/retention."
    assert told_by_use(engine, log(accounts=20, same=16, text=notice)) == [f"text {notice}"]


@pytest.mark.parametrize(
    "text", ["{} characters dropped", "text {:064x} is elsewhere", "row {:08x}-1f not kept"]
)
def test_numbers_in_a_text_do_not_make_it_another(engine: Engine, text: str) -> None:
    """Each row says how long the text was that it does not have."""
    rows = [
        (account, text.format(n) if prompt == "not for export" else prompt, f"{id_} {n}")
        for n, (account, prompt, id_) in enumerate(log(accounts=20, same=16))
    ]
    assert told_by_use(engine, rows) == ["text " + re.sub(r"\{.*\}(-1f)?", "#", text)]


def test_questions_that_differ_in_their_numbers_are_questions(engine: Engine) -> None:
    rows: list[Row] = [(f"a{n}", f"what is {n} plus {k}", f"{n}.{k}") for n in range(20) for k in range(4)]
    assert told_by_use(engine, rows) == []


def test_a_few_texts_that_most_accounts_have_are_placeholders_together(engine: Engine) -> None:
    reasons = ["not for export", "kept in another region", "asked before the retention date"]
    rows = [
        (account, reasons[n % 3] if prompt == reasons[0] else prompt, id_)
        for n, (account, prompt, id_) in enumerate(log(accounts=20, same=16))
    ]
    assert told_by_use(engine, rows) == sorted(f"text {each}" for each in reasons)


def test_texts_that_most_people_ask_alike_and_often_are_none(engine: Engine) -> None:
    """Two of five rows greet or thank; these are a few texts of most accounts, and not most rows."""
    rows = log(accounts=20, same=0) + log(accounts=20, same=0)
    alike: list[Row] = [(f"a{n}", text, text) for n in range(20) for text in ("hello", "thanks") * 2]
    assert told_by_use(engine, rows + alike) == []


@pytest.mark.parametrize("same", [1, 5, 10])
def test_a_text_of_some_accounts_is_theirs(engine: Engine, same: int) -> None:
    assert told_by_use(engine, log(accounts=20, same=same)) == []


def test_one_account_s_habit_is_no_placeholder_however_many_its_rows(engine: Engine) -> None:
    habit: list[Row] = [("client", "ping", "ping")] * 1000
    assert told_by_use(engine, log(accounts=20, same=0) + habit) == []


def test_most_accounts_that_ask_alike_once_among_other_things_are_people(engine: Engine) -> None:
    rows = log(accounts=20, same=0)
    greeting: list[Row] = [(f"a{n}", "hello", "hello") for n in range(20)]
    assert told_by_use(engine, rows + greeting) == []


def test_a_long_text_is_no_placeholder(engine: Engine) -> None:
    assert told_by_use(engine, log(accounts=20, same=20, text="word " * 200)) == []


def test_the_hash_of_one_text_on_most_rows_is_a_placeholder_s(engine: Engine) -> None:
    assert told_by_use(engine, log(accounts=20, same=20, text=None)) == ["id same"]


def test_of_a_few_accounts_the_commonest_text_may_be_a_team_s(engine: Engine) -> None:
    assert told_by_use(engine, log(accounts=CHOSEN.min_accounts - 1, same=CHOSEN.min_accounts - 1)) == []


def test_rows_lose_the_text_that_is_a_placeholder_and_no_other(engine: Engine) -> None:
    table = pa.table(
        {"n": range(5), "prompt": ["a 7", "b", None, None, "a 1"], "text_id": [*"xyz", None, "v"]}
    )
    less = without_texts(engine.table(table), ["text a #", "id z"], CHOSEN)
    rows = engine.collect(less.order_by("n"), at_most=5)
    assert rows["prompt"].to_pylist() == [None, "b", None, None, None]
    assert rows["text_id"].to_pylist() == [None, "y", None, None, None]
