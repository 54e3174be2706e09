"""A case and what it answers, as a notebook shows them: values by name, and nothing of the logs as markup."""

from pathlib import Path
from typing import Any

import pytest

from linkage.case import Case
from linkage.errors import CaseError
from tests import made_case
from tests.explain.test_html import HOSTILE, Tags
from tests.made_case import GROUP, HOME, OPERATOR, SENTENCE


def shown(case: Path) -> dict[str, Any]:
    found = Case(case)
    a, b = OPERATOR[0], OPERATOR[1]
    return {
        "case": found,
        "findings": found.findings,
        "account": found.account(a),
        "explain": found.explain(a, b),
        "why_not": found.why_not(a, "lone_1"),
    }


def test_a_case_shows_its_groups_and_accuses_nobody_else(made: Path) -> None:
    text = Tags(Case(made)._repr_html_()).text
    assert GROUP in text and "1 explained" in text and HOME not in text
    assert "a reason to look, no proof" in text


def test_values_are_named(made: Path) -> None:
    pages = {name: Tags(each._repr_html_()).text for name, each in shown(made).items()}
    card = next(row["value"] for row in Case(made).evidence if row["signal"] == "card")
    for name in ("account", "explain"):
        assert card in pages[name] and f"“{SENTENCE}”" in pages[name], name
    assert f"both in {GROUP}, reported" in pages["explain"]
    assert "not enough to say" in pages["why_not"] and "lone_1" in pages["why_not"]
    assert f"core of {GROUP} (6 accounts)" in pages["account"]


def test_an_account_in_no_group_is_not_called_reported(made: Path) -> None:
    assert "it is not reported" in Case(made).account("lone_1")._repr_html_()
    with pytest.raises(CaseError, match="no such account"):
        Case(made).account("nobody")


def test_what_the_logs_hold_is_no_markup(tmp_path: Path) -> None:
    """Many texts of the case at once: values and details, reasons and summaries."""
    plain, hostile = (
        shown(made_case.write(tmp_path / name, tables(mark))) for name, mark in (("a", "x"), ("b", HOSTILE))
    )
    for name, each in hostile.items():
        assert "<script" not in each._repr_html_() and "\u202e" not in each._repr_html_(), name
        assert Tags(each._repr_html_()).tags == Tags(plain[name]._repr_html_()).tags, name


def tables(mark: str) -> dict[str, list[dict[str, Any]]]:
    """The made case with a mark in its texts."""
    made = made_case.tables()
    for row in made["evidence"]:
        row["detail"] += mark
    for row in made["findings"]:
        row["summary"] += mark
    for row in made["explained"]:
        row["reason"] += mark
    made["observations"] = [
        {**row, "value": row["value"] + mark} if row["trait"] == "country" else row
        for row in made["observations"]
    ]
    return made
