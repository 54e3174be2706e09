"""Groups of three outcomes on the screen, and the explanations that compete with one operator."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import made_case
from tests.conftest import Command
from tests.made_case import GROUP, STRANGERS

OPEN = "op-00000000cc"
"""An unresolved group."""

COMPETING: dict[str, Any] = {
    "margin": 7.6,
    "missing": ["payments"],
    "favours": 2.5,
    "settles": "ask the university",
    "stories": [
        {"hypothesis": "event participants", "bits": 2.5},
        {"hypothesis": "unrelated accounts", "bits": 9.0},
    ],
    "features": [
        {
            "feature": "copies",
            "state": "few",
            "bits": {"event participants": -0.3, "unrelated accounts": -0.4},
        },
        {
            "feature": "division",
            "state": "dealt",
            "bits": {"event participants": 2.8, "unrelated accounts": 9.4},
        },
    ],
}


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "160")
    tables, run = made_case.tables(), made_case.receipt()
    row = {"group": OPEN, "membership": 1.0, "role": "core", "favours": 2.5, "settles": "ask the university"}
    said = "one operator and another explanation account for it about equally well"
    tables["unresolved"] = [{**row, "account": account, "reason": said} for account in STRANGERS]
    run["groups"][OPEN] = {"competing": COMPETING}
    run["groups"][GROUP]["competing"] = COMPETING
    return made_case.write(tmp_path / "case", tables, run)


def test_unresolved_groups_are_counted_and_are_no_finding(linkage: Command, case: Path) -> None:
    code, out, _ = linkage("groups", case)
    assert code == 0
    assert "1 group unresolved" in out
    assert "That is no finding." in " ".join(out.split())
    assert OPEN not in out


def test_unresolved_groups_are_listed_with_what_would_decide(linkage: Command, case: Path) -> None:
    _, out, _ = linkage("groups", case, "--unresolved")
    assert OPEN in out and GROUP not in out
    assert "what would decide: ask the university" in out
    rows = json.loads(linkage("groups", case, "--unresolved", "--output", "json")[1])
    found = rows["rows"] if isinstance(rows, dict) else rows
    assert found[0]["favours"] == 2.5
    assert found[0]["accounts"] == len(STRANGERS)


def test_two_lists_are_not_asked_for_at_once(linkage: Command, case: Path) -> None:
    assert linkage("groups", case, "--unresolved", "--explained")[0] == 2


@pytest.mark.parametrize("group", [GROUP, OPEN])
def test_a_group_shows_every_explanation_with_what_says_most(
    linkage: Command, case: Path, group: str
) -> None:
    _, out, _ = linkage("show", case, group)
    part = out[out.index("Competing explanations") :]
    assert part.index("event participants") < part.index("unrelated accounts"), "the best innocent one first"
    assert "copies few (+0.3)" in part
    assert "division dealt (+9.4)" in part
    assert "reported from +7.6 bits against every one of them, as the source has no payments" in part
    assert "what would decide: ask the university" in part


def test_an_unresolved_group_says_that_it_is_no_finding(linkage: Command, case: Path) -> None:
    _, out, _ = linkage("show", case, OPEN)
    assert "unresolved: one operator and another explanation" in out
    assert "No finding: somebody should look" in out
    assert "No finding" not in linkage("show", case, GROUP)[1]


def test_two_accounts_of_an_unresolved_group_are_in_no_finding(linkage: Command, case: Path) -> None:
    _, out, _ = linkage("explain", case, *STRANGERS)
    assert f"both in group {OPEN}, which is unresolved: no finding" in out
    _, out, _ = linkage("why-not", case, *STRANGERS)
    assert f"in {OPEN} (unresolved, no finding: one operator and" in " ".join(out.split())
    _, out, _ = linkage("explain", case, *made_case.OPERATOR[:2])
    assert f"both in group {GROUP}\n" in out
