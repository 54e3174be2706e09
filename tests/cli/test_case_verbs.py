"""The verbs that read a case: what they print, as a page and for programs."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from linkage.case import audit_faults
from tests import made_case
from tests.cli.looks import LOOKS, look
from tests.conftest import Command
from tests.made_case import GROUP


def test_groups(linkage: Command, made: Path) -> None:
    code, out, err = linkage("groups", made)
    assert code == 0
    assert GROUP in out
    assert "1 more linked group not reported" in out
    assert f"next: linkage show {made} {GROUP}" in err


def test_show(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("show", made, GROUP)
    for told in (
        "6 accounts on one card",
        "q-value        not computed",
        "Core: 5 accounts",
        "Fringe: 1 account,",
        "registrations █·▄",
        "over 15 links",
        "96%       18%",
        "no address in common",
        "What this does not prove",
    ):
        assert told in out, told


def test_explain_adds_up_and_names_rows(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("explain", made, "acct_04", "acct_01")
    assert "linked, +12.4 bits (5,405 to 1 for one operator)" in out
    amounts = [
        float(each.replace("−", "-")) for each in re.findall(r"^  \S.*?([+−]\d+\.\d)  ", out, re.MULTILINE)
    ]
    assert amounts[0] == -10.6
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=0.3)
    for told in ("payments.csv:3", "payments.csv:6", "One card pays for both", "awake at other hours"):
        assert told in out, told
    assert f"“{made_case.SENTENCE}”" in out
    assert f"“{made_case.SENTENCE}”" in re.sub(r"\s+", " ", linkage("show", made, GROUP)[1])


def test_an_absent_link_points_to_why_not(linkage: Command, made: Path) -> None:
    code, out, _ = linkage("explain", made, "acct_01", "lone_1")
    assert code == 0
    assert "no direct link in this case" in out
    assert "why-not" in out


def test_why_not(linkage: Command, made: Path) -> None:
    _, out, _ = linkage("why-not", made, "lone_1", "acct_01")
    assert "payment: no data on lone_1" in out
    assert "8 of 400 accounts" in out
    assert "does not mean different" in out


def test_judge_is_seen_everywhere(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    assert (
        linkage(
            "judge", case, "--not-linked", "acct_01", "acct_00", "--reason", "two firms", "--who", "mira"
        )[0]
        == 0
    )
    assert linkage("judge", case, "--dismiss", GROUP, "--reason", "a lab")[0] == 0
    assert "verdict by a person: not linked" in linkage("explain", case, "acct_00", "acct_01")[1]
    assert "verdict: dismissed" in linkage("groups", case)[1]
    assert "verdict by a person: dismissed" in linkage("show", case, GROUP)[1]
    row = json.loads((case / "verdicts.ndjson").read_text().splitlines()[0])
    assert (row["who"], row["left"], row["right"]) == ("mira", "acct_00", "acct_01")


def test_contradicting_verdicts_are_told(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    linkage("judge", case, "--linked", "acct_00", "lone_1", "--reason", "r")
    linkage("judge", case, "--linked", "lone_1", "lone_2", "--reason", "r")
    _, _, err = linkage("judge", case, "--not-linked", "acct_00", "lone_2", "--reason", "r")
    assert "warning: acct_00 and lone_2" in err


def test_every_look_is_in_the_audit_file(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    for given in LOOKS[:-1]:
        assert linkage(*look(given, case), "--who", "mira")[0] == 0
    rows = [json.loads(line) for line in (case / "audit.ndjson").read_text().splitlines()]
    assert [row["action"] for row in rows] == [given[0] for given in LOOKS[:-1]]
    assert {row["who"] for row in rows} == {"mira"}
    assert audit_faults(case) == []


# --- machine output ------------------------------------------------------------------------------


@pytest.mark.parametrize("given", LOOKS, ids=" ".join)
def test_json_is_one_object_with_version_and_rows(
    linkage: Command, made: Path, given: tuple[str, ...]
) -> None:
    _, out, _ = linkage(*look(given, made), "--output", "json")
    said = json.loads(out)
    assert said["schema_version"] == 1
    assert isinstance(said["rows"], list)
    assert out.isascii()


@pytest.mark.parametrize("given", LOOKS, ids=" ".join)
def test_ndjson_and_csv_have_the_rows(linkage: Command, made: Path, given: tuple[str, ...]) -> None:
    _, lines, _ = linkage(*look(given, made), "--output", "ndjson")
    rows = [json.loads(line) for line in lines.splitlines()]
    _, sheet, _ = linkage(*look(given, made), "--output", "csv")
    assert len(list(csv.DictReader(io.StringIO(sheet)))) == len(rows) > 0


def test_explain_json_holds_the_sum(linkage: Command, made: Path) -> None:
    said = json.loads(linkage("explain", made, "acct_00", "acct_01", "--output", "json")[1])
    assert said["prior_bits"] + sum(row["bits"] for row in said["rows"]) == pytest.approx(
        said["log_odds"], abs=1e-6
    )
    assert said["rows"][0]["left_source"] == "payments.csv:2"
    assert said["linked"] is True
    assert not {"lines", "observations"} & set(said), "both are in the rows"


def test_show_json_writes_null_where_nothing_was_computed(linkage: Command, made: Path) -> None:
    row = json.loads(linkage("show", made, GROUP, "--output", "json")[1])["rows"][0]
    assert row["q_value"] is None
    assert len(row["members"]) == 6


def test_a_verdict_is_withdrawn(linkage: Command, tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case")
    assert linkage("judge", case, "--dismiss", GROUP, "--reason", "a lab")[0] == 0
    page = " ".join(linkage("account", case, made_case.OPERATOR[0])[1].split())
    assert "dismissed (a lab)" in page
    assert f"verdict 1 {GROUP}: dismissed, by " in page
    code, out, _ = linkage("judge", case, "--withdraw", "1", "--reason", "no lab", "--who", "mira")
    assert code == 0
    assert out == f"verdict 2: {GROUP}: withdrawn (no lab)\n"
    assert "verdict: dismissed" not in linkage("groups", case)[1]
    assert "dismissed" not in linkage("account", case, made_case.OPERATOR[0])[1]
    code, _, err = linkage("judge", case, "--withdraw", "1", "--reason", "again")
    assert code == 2
    assert "no verdict to withdraw" in err
