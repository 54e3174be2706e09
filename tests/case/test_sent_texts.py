"""A text stands for its id only as those sent it who are asked about."""

from pathlib import Path
from typing import Any

import pytest

from linkage.case.sent_texts import SentText, sent_texts
from tests import made_case

SKELETON, INNOCENT = (
    "convert the price list of order <n> into euro",
    "Convert the price list of order 77 into euro",
)
CENTRE, OWN = "name every step of the proof", "name each step of the proof at once"


def prompt(name: str, template: str, accounts: int, skeleton: str, example: str | None) -> dict[str, Any]:
    """A row of prompts."""
    return {
        "prompt": name,
        "skeleton": skeleton,
        "example": example,
        "accounts": accounts,
        "interactions": accounts,
        "template": template,
    }


def template(name: str, accounts: int, example: str) -> dict[str, Any]:
    """A row of templates."""
    return {
        "template": name,
        "example": example,
        "prompts": 2,
        "accounts": accounts,
        "interactions": 9,
        "first_at": None,
        "last_at": None,
        "cohesion": 1.0,
    }


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Accounts a and b are the group's, i is innocent; the example of what they share is i's."""
    held = [
        *((who, "prompt", "shared") for who in "abi"),
        *((who, "template", "t1") for who in "abi"),
        ("a", "prompt", "own"), ("b", "prompt", "own"), ("i", "prompt", "other"),
        *((who, "system_prompt", "s1") for who in "abi"), *((who, "system_prompt", "s2") for who in "ai"),
        *((who, "segment", "near") for who in "abi"), *((who, "segment", "alone") for who in "ab"),
    ]  # fmt: skip
    tables = {
        "observations": [made_case.observation(*each, "content") for each in held],
        "prompts": [
            prompt("shared", "t1", 3, SKELETON, INNOCENT),
            prompt("own", "t1", 2, f"{OWN}. thanks", "Name each step of the proof at once. Thanks"),
            prompt("other", "t1", 1, f"{CENTRE}. bye", "Name every step of the proof. Bye"),
            prompt("above", "s1", 3, "be brief on day <n>", "Be brief on day 9"),
            prompt("mine", "s2", 1, "be long", "Be long"),
            prompt("his", "s2", 1, "be kind", "Be kind"),
        ],
        "templates": [
            template("t1", 3, INNOCENT),
            template("s1", 3, "Be brief on day 9"),
            template("s2", 2, "Be kind"),
        ],
        "segments": [
            {"segment": "near", "example": CENTRE, "accounts": 3},
            {"segment": "alone", "example": OWN, "accounts": 2},
        ],
    }  # fmt: skip
    return made_case.write(tmp_path / "case", tables)


def text_of(case: Path, value: str, accounts: str = "ab") -> SentText | None:
    return sent_texts(case, set(accounts), [value]).get(value)


def test_a_prompt_that_others_sent_is_masked(case: Path) -> None:
    assert text_of(case, "shared") == SentText(SKELETON, masked=True)
    assert text_of(case, "shared", "abi") == SentText(INNOCENT, masked=False)


def test_a_prompt_that_only_others_sent_is_not_quoted(case: Path) -> None:
    assert text_of(case, "other") is None
    assert text_of(case, "other", "i") == SentText("Name every step of the proof. Bye", masked=False)


def test_a_template_is_shown_by_the_prompt_that_most_of_them_and_fewest_others_sent(case: Path) -> None:
    assert text_of(case, "t1") == SentText("Name each step of the proof at once. Thanks", masked=False)


def test_a_system_prompt_is_quoted_where_there_are_more_senders_than_others(case: Path) -> None:
    assert text_of(case, "s1") == SentText("be brief on day <n>", masked=True)
    assert text_of(case, "s2") is None, "either of the two may have sent either text"
    assert text_of(case, "s2", "ai") == SentText("Be kind", masked=False)


def test_a_sentence_is_one_of_their_own(case: Path) -> None:
    assert text_of(case, "near") == SentText(OWN, masked=True)
    assert text_of(case, "near", "abi") == SentText(CENTRE, masked=True)
    assert text_of(case, "alone") == SentText(OWN, masked=True)
    assert text_of(case, "near", "z") is None


def test_what_the_first_holders_did_not_send_is_looked_for_among_all(
    case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage.case.sent_texts.FIRST", 1)
    assert text_of(case, "near", "abi") == SentText(CENTRE, masked=True), "of whom the last sent it"
    assert text_of(case, "near", "ab") == SentText(OWN, masked=True)


def test_what_is_no_id_has_no_text(case: Path) -> None:
    assert sent_texts(case, {"a"}, ["card_1", None, ""]) == {}
    for name in ("prompts", "templates", "segments"):
        (case / f"{name}.parquet").unlink()
    assert sent_texts(case, {"a"}, ["shared", "t1", "near"]) == {}
