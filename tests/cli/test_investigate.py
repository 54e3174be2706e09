"""investigate and demo: what they print of a run."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from linkage import distribution
from tests.conftest import Command
from tests.made_case import GROUP


def test_investigate_prints_rows_cuts_and_groups(linkage: Command, runs: list[Any], tmp_path: Path) -> None:
    code, out, err = linkage("investigate", "logs", "--case", tmp_path / "c", "--seed", "7", "--who", "mira")
    assert code == 0
    for told in (
        "12        9            2               1",
        "2 filtered: repeated row",
        "1 quarantined: no account",
        "columns not used: shoe_size",
        "traits without a declared family, counted in family “other”: shoe_size",
        "accounts beyond the nearest 8",
        GROUP,
    ):
        assert told in out, told
    assert "read" in err
    assert "next: linkage show" in err
    assert (runs[0]["settings"].seed, runs[0]["who"]) == (7, "mira")


def test_investigate_as_json(linkage: Command, runs: list[Any], tmp_path: Path) -> None:
    _, out, err = linkage("investigate", "logs", "--case", tmp_path / "c", "--output", "json")
    said = json.loads(out)
    assert said["rows"][0]["group"] == GROUP
    assert said["inputs"][0]["rows"] == 12
    assert "quarantined" in err
    assert linkage("investigate", "logs", "--case", tmp_path / "c", "--output", "json", "-q")[2] == ""


def test_demo(linkage: Command, runs: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "checkout" / "fixtures" / "case").mkdir(parents=True)
    monkeypatch.setattr(distribution, "files", lambda name: tmp_path / "checkout" / name)
    code, out, err = linkage("demo", "--case", tmp_path / "demo")
    assert code == 0
    assert GROUP in out
    assert "acct_00 and acct_01: linked" in out
    assert "where to look next" in err
    shutil.rmtree(tmp_path / "checkout")
    code, _, err = linkage("demo", "--case", tmp_path / "demo")
    assert code == 3
    assert "install operator-linkage again" in err
