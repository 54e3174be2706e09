"""simulate and evaluate: scores against known operators, and curves."""

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linkage.cli import curves
from tests import made_case
from tests.conftest import Command
from tests.made_case import GROUP, OPERATOR


@pytest.fixture
def told(tmp_path: Path) -> list[object]:
    """Truth, kinds and interactions for the case made by hand, as arguments."""
    (tmp_path / "truth.csv").write_text(
        "account,operator\n" + "".join(f"{each},boss\n" for each in OPERATOR[1:]) + f"{OPERATOR[0]},\n"
    )
    (tmp_path / "kinds.csv").write_text(f"account,kind\n{OPERATOR[0]},reseller customer\nelse,person\n")
    (tmp_path / "sent.csv").write_text("interaction,operator,part\n1,boss,work\n2,boss,work\n")
    named = {"--truth": "truth.csv", "--kinds": "kinds.csv", "--messages": "sent.csv"}
    return [part for option, file in named.items() for part in (option, tmp_path / file)]


def test_kinds_and_messages_are_told_where_they_are_known(
    linkage: Command, tmp_path: Path, told: list[object]
) -> None:
    case = made_case.write(tmp_path / "case")
    (case / "workload.parquet").unlink(missing_ok=True)  # cases of earlier versions have none
    code, out, err = linkage("evaluate", case, *told)
    assert code == 0 and "reseller customer" in out and "1000.000" in out
    assert "no table of attributed interactions" in err and "Attributed interactions" not in out
    table = pa.table({"group": [GROUP] * 3, "account": OPERATOR[:3], "interaction": ["1", "2", "9"]})
    pq.write_table(table, case / "workload.parquet")
    assert "message_precision" in linkage("evaluate", case, *told)[1]
    said = json.loads(linkage("evaluate", case, *told, "--output", "json")[1])
    assert said["messages"]["message_recall"] == 1.0
    assert said["messages"]["message_precision"] == pytest.approx(2 / 3)
    assert said["flagged_by_kind"][0] == {
        "kind": "reseller customer",
        "accounts": 1,
        "flagged": 1,
        "flagged_per_1000": 1000.0,
    }
    row = next(csv.DictReader(io.StringIO(linkage("evaluate", case, *told, "--output", "csv")[1])))
    assert json.loads(row["messages"])["attributed"] == 3


def test_without_them_nothing_is_added(linkage: Command, made: Path, told: list[object]) -> None:
    said = json.loads(linkage("evaluate", made, *told[:2], "--output", "json")[1])
    assert "flagged_by_kind" not in said and "messages" not in said


def test_simulate_leaves_out_what_is_withheld(linkage: Command, tmp_path: Path) -> None:
    given = ("--profile", "null", "--accounts", "120", "--interactions", "300")
    code, _, err = linkage(
        "simulate", tmp_path / "p", *given, "--withhold", "lineage", "--withhold", "prompts"
    )
    assert code == 0, err
    columns = pq.read_schema(tmp_path / "p" / "source" / "interactions.parquet").names
    assert not {"prompt", "system_prompt", "response_sha256", "context_sha256"} & {*columns}
    assert {"account", "at", "ip", "model"} <= {*columns}


def test_curves_from_simulation_to_picture(linkage: Command, tmp_path: Path) -> None:
    (tmp_path / "quick.toml").write_text('[prompts]\nencoder = "hashing"\nmax_judged = 0\n')
    code, out, err = linkage(
        *("evaluate", "--curves", tmp_path / "out", "--knob", "hours", "--accounts", "200"),
        *("--seed", "2", "--settings", tmp_path / "quick.toml"),
    )
    assert code == 0, err
    assert "2 of 2: hours at 14" in err and "Cost at which recall is halved" in out
    assert {file.name for file in (tmp_path / "out").iterdir()} == {
        "curves.csv",
        "curves.vl.json",
        "curves.svg",
    }


def test_curves_as_json(linkage: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "_grouping", lambda file: lambda source, case: {})
    code, out, _ = linkage(
        *("evaluate", "--curves", tmp_path / "o", "--knob", "hours", "--accounts", "200", "--output", "json")
    )
    said = json.loads(out)
    assert code == 0 and [row["recall"] is not None for row in said["rows"]] == [True, True]
    assert said["halved"][0]["knob"] == "hours" and said["halved"][0]["budget"] is None


def test_simulate_and_evaluate(linkage: Command, tmp_path: Path, made: Path) -> None:
    code, _, err = linkage(
        *(
            "simulate",
            tmp_path / "p",
            "--profile",
            "null",
            "--accounts",
            "120",
            "--interactions",
            "300",
            "--seed",
            "3",
        )
    )
    assert code == 0, err
    assert (tmp_path / "p" / "truth.csv").exists()
    (tmp_path / "truth.csv").write_text(
        "account,operator\n" + "".join(f"{each},boss\n" for each in OPERATOR) + "lone_1,\n"
    )
    said = json.loads(linkage("evaluate", made, "--truth", tmp_path / "truth.csv", "--output", "json")[1])
    assert said["b3_f1"] == said["rows"][0]["b3_f1"] == 1.0
    assert said["operators_found"] == 1
    assert "boss" in linkage("evaluate", made, "--truth", tmp_path / "truth.csv")[1]
