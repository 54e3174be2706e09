"""What each kind of failure ends with."""

from pathlib import Path
from typing import Any

import pytest

from tests import made_case
from tests.conftest import Command
from tests.made_case import GROUP


def test_usage_errors_are_2(linkage: Command, made: Path, tmp_path: Path) -> None:
    for arguments in (
        ("nonsense",),
        ("groups",),
        ("groups", tmp_path),
        ("groups", made, "--output", "xml"),
        ("show", made, "op-none"),
        ("judge", made, "--reason", "r"),
        ("judge", made, "--confirm", GROUP, "--dismiss", GROUP, "--reason", "r"),
        ("judge", made, "--confirm", GROUP, "--reason", " "),
        ("investigate", tmp_path, "--case", tmp_path / "c", "--budget", "soon"),
        ("investigate", tmp_path, "--case", tmp_path / "c", "--settings", tmp_path / "none.toml"),
        ("simulate", tmp_path / "x", "--profile", "wild"),
        ("simulate", tmp_path / "x", "--profile", "null", "--withhold", "cards"),
        ("evaluate",),
        ("evaluate", made),
        ("evaluate", made, "--curves", tmp_path / "x"),
        ("evaluate", "--curves", tmp_path / "x", "--knob", "luck"),
        ("evaluate", "--curves", tmp_path / "x", "--base", "wild"),
    ):
        code, out, err = linkage(*arguments)
        assert (code, out) == (2, ""), (arguments, out, err)
        assert err.startswith("error: "), err


def test_damage_is_5(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    (case / "findings.parquet").write_bytes(b"x")
    code, _, err = linkage("groups", case)
    assert code == 5
    assert "findings.parquet" in err


@pytest.mark.parametrize(
    ("source", "code"),
    [("logs", 10), ("calm", 0), ("broken", 3), ("slow", 6), ("stopped", 130), ("leaky", 5)],
)
def test_exit_codes_of_a_run(
    linkage: Command, runs: list[Any], tmp_path: Path, source: str, code: int
) -> None:
    assert linkage("investigate", source, "--case", tmp_path / "c", "--fail-on-findings")[0] == code


def test_a_budget_stops_a_run(linkage: Command, runs: list[Any], tmp_path: Path) -> None:
    code, _, err = linkage("investigate", "logs", "--case", tmp_path / "c", "--budget", "1KB")
    assert code == 6
    assert "budget" in err
    assert not (tmp_path / "c").exists()
