"""Sections under their former names, in arguments, files and the environment."""

from pathlib import Path
from typing import Any

import pytest

from linkage.settings import Settings
from linkage.settings.former_names import FORMER, with_former_names

OLD: dict[str, dict[str, Any]] = {
    "reading": {"max_quarantined": 0.2},
    "signals": {"max_pairs": 7},
    "scoring": {"strong_bits": 3.0},
    "grouping": {"min_accounts": 3},
}


def test_each_former_name_has_an_example_here() -> None:
    assert set(OLD) == set(FORMER)


@pytest.mark.parametrize("former", OLD)
def test_a_former_name_as_a_keyword(former: str) -> None:
    assert Settings(**{former: OLD[former]}) == Settings(**{FORMER[former]: OLD[former]})


@pytest.mark.parametrize("former", OLD)
def test_a_former_name_in_a_file(former: str, tmp_path: Path) -> None:
    ((name, value),) = OLD[former].items()
    file = tmp_path / "linkage.toml"
    file.write_text(f"[{former}]\n{name} = {value}\n")
    assert Settings.load(file) == Settings(**{FORMER[former]: OLD[former]})


@pytest.mark.parametrize("former", OLD)
def test_a_former_name_in_the_environment(former: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ((name, value),) = OLD[former].items()
    monkeypatch.setenv(f"LINKAGE_{former}__{name}".upper(), str(value))
    assert Settings() == Settings(**{FORMER[former]: OLD[former]})


def test_the_name_now_wins_where_both_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKAGE_READING__MAX_QUARANTINED", "0.3")
    monkeypatch.setenv("LINKAGE_INGEST__MAX_QUARANTINED", "0.4")
    assert Settings().ingest.max_quarantined == 0.4
    both = with_former_names({"grouping": {"core": 0.7, "fringe": 0.4}, "groups": {"core": 0.9}})
    assert both == {"groups": {"core": 0.9, "fringe": 0.4}}


def test_an_argument_under_a_former_name_comes_before_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINKAGE_GROUPS__MIN_ACCOUNTS", "9")
    assert Settings(**{"grouping": {"min_accounts": 4}}).groups.min_accounts == 4
