"""A table of a case turns into what the reader likes."""

import sys
from pathlib import Path
from typing import Any

import pytest

from linkage.case import Case
from linkage.errors import UsageError
from tests import made_case
from tests.made_case import GROUP, receipt


def link(left: str, right: str, log_odds: float = 1.0) -> dict[str, Any]:
    return {"left": left, "right": right, "log_odds": log_odds, "families": ["payment"], "verdict": None}


def write_links(folder: Path, rows: list[dict[str, Any]]) -> Path:
    return made_case.write(folder, {"links": rows})


def test_tables_turn_into_what_the_reader_likes(made: Path) -> None:
    groups = Case(made).groups
    assert len(groups) == 6 == len(groups.to_pandas()) == groups.to_pyarrow().num_rows
    assert groups.rows()[0]["group"] == GROUP
    assert "acct_00" in groups._repr_html_()


def test_html_of_a_table_is_inert(tmp_path: Path) -> None:
    case = Case(write_links(tmp_path / "case", [link("<script>alert(1)</script>", "b")]))
    assert "<script>" not in case.links._repr_html_()


def test_usage_errors_of_conversion(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UsageError, match="polars"):
        Case(made).groups.to_polars()
    assert receipt()["scoring"]
