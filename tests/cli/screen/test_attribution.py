"""The part of a group's page on operators and requested content: honest, short, and safe to print."""

import io
from typing import Any

import pytest
from rich.console import Console, Group

from linkage.cli.screen.attribution import attribution

HOSTILE = "He\x1b[2Jron\u202e"


def screen(detail: dict[str, Any], width: int = 100) -> str:
    page = Console(file=io.StringIO(), width=width, color_system=None)
    page.print(Group(*attribution(detail)))
    assert isinstance(page.file, io.StringIO)
    return page.file.getvalue()


def story(name: str, log_odds: float, **more: Any) -> dict[str, Any]:
    plain = {"confidence": "low", "bits": 0.0, "families": [], "verdict": None, "remarks": [], "matches": []}
    return {"hypothesis": name, "log_odds": log_odds, **plain, "more_matches": 0, **more}


def told(*stories: dict[str, Any]) -> dict[str, Any]:
    return {"attribution": {"bands": {"moderate": 3.321928, "high": 13.287712}, "stories": list(stories)}}


MATCH = {
    "trait": "fingerprint",
    "value": HOSTILE,
    "bits": 9.0,
    "counted": 7.5,
    "source": HOSTILE,
    "detail": "held by 3 of its 20 accounts and 0 of 980 others",
}
PART = {
    "name": "template share",
    "share": 0.91,
    "inside": 0.8,
    "outside": 0.1,
    "why": "",
    "meaning": "requests",
}
TAKEN: dict[str, Any] = {
    "days": 40,
    "models": [{"name": "m-1", "interactions": 90}, {"name": None, "interactions": 10}],
    "targets": [
        {"name": "mathematics", "share": 0.7, "elsewhere": 0.01},
        {"name": "other", "share": 0.3, "elsewhere": None},
    ],
    "distillation": {
        "score": 0.62,
        "parts": [PART, {**PART, "name": "filtered topics", "share": None, "inside": None, "outside": None,
                         "why": "no refusal is recorded"}],
        "accounts": 20,
        "compared": 980,
    },
}  # fmt: skip


def test_hypotheses_stand_with_their_numbers_and_words() -> None:
    heron = story("Heron", 17.25, confidence="high", families=["network", "payment"], matches=[MATCH])
    seen = screen(told(heron, story("unknown operator", -17.25), story("unrelated accounts", -40.0)))

    assert "+17.2" in seen or "+17.3" in seen
    assert "network, payment" in seen
    assert "moderate from +3.3 bits, high from +13.3 bits" in " ".join(seen.split())
    assert "held by 3 of its 20 accounts" in seen


def test_hostile_names_are_shown_and_not_obeyed() -> None:
    remark = f"group op-1 of case {HOSTILE}"
    seen = screen(told(story(HOSTILE, 1.0, matches=[MATCH], remarks=[remark])))

    assert "\x1b" not in seen
    assert "\u202e" not in seen
    assert "\\u{1b}" in seen


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    seen = screen(told(*(story(f"name {n}", -9.0) for n in range(12)), story("unknown operator", 9.0)))

    assert "and 7 known operators less likely" in seen
    assert "unknown operator" in seen


def test_further_matches_are_counted() -> None:
    seen = screen(told(story("Heron", 9.0, matches=[MATCH] * 8, more_matches=3)))

    assert "and 6 more values" in seen


def test_requested_content_stands_beside_what_is_usual() -> None:
    seen = screen({"taken": TAKEN})

    assert "m-1 90%, unnamed 10%" in seen
    assert "mathematics" in seen
    assert "1.0%" in seen
    assert "Distillation score: 62%" in seen
    assert "91% of others" in seen
    assert "no refusal is recorded" in seen


def test_what_is_not_known_is_said() -> None:
    empty = {**TAKEN, "targets": [], "models": [], "distillation": {**TAKEN["distillation"], "score": None}}
    seen = screen({"taken": empty})

    assert "unknown: no prompt text in the sources" in seen
    assert "Distillation score: too little data" in seen


@pytest.mark.parametrize("detail", [{}, {"attribution": {}, "taken": {}}, {"attribution": {"stories": []}}])
def test_an_older_case_has_neither_part(detail: dict[str, Any]) -> None:
    assert screen(detail).strip() == ""
