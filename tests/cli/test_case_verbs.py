"""The verbs that read a case: what they print, as a page and for programs."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

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
        "6 accounts and 1,234 interactions",
        "q-value        not computed",
        "Core: 5 accounts",
        "Fringe: 1 account,",
        "registrations █·▄",
        "over 15 links",
        "96%       18%",
        made_case.SPREAD,
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
    for told in ("payments.csv:3", "payments.csv:6", "One card pays for both", "hours of the day compared"):
        assert told in out, told
    assert f"“{made_case.SENTENCE}”" in out
    assert f"“{made_case.SENTENCE}”" in re.sub(r"\s+", " ", linkage("show", made, GROUP)[1])


def test_an_absent_link_is_answered_where_it_is_asked(linkage: Command, made: Path) -> None:
    """Neither of the two sends its reader to the other."""
    code, out, _ = linkage("explain", made, "acct_01", "lone_1")
    assert code == 0
    assert out == linkage("why-not", made, "lone_1", "acct_01")[1]
    assert "not linked" in out and "Values in common" in out
    for verb, pair in (("why-not", ("acct_04", "acct_01")), ("explain", ("acct_01", "lone_1"))):
        assert not re.search(r"linkage (explain|why-not)", linkage(verb, made, *pair)[1]), verb


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


# --- ids and lists --------------------------------------------------------------------------------


def long_id(name: str) -> str:
    """An id as many services have them: 36 characters. The order of accounts stays."""
    return f"{name[-2:]:0>8}-5f3a-4c1e-9b7d-2a6c8e0f1b3d"


def test_an_id_is_never_cut(linkage: Command, tmp_path: Path) -> None:
    """Not at 100 columns, where a person copies it from."""

    def renamed(value: Any) -> Any:
        return long_id(value) if value in made_case.OPERATOR else value

    made = {
        name: [{key: renamed(value) for key, value in row.items()} for row in rows]
        for name, rows in made_case.tables().items()
    }
    case = made_case.write(tmp_path / "case", made)
    a, b = long_id("acct_00"), long_id("acct_01")
    for asked in (
        ("explain", case, a, b),
        ("explain", case, a, "lone_1"),
        ("why-not", case, a, "lone_1"),
        ("account", case, a),
        ("who", case, "fingerprint=card_1"),
        ("shared", case, a, b),
    ):
        out = linkage(*asked)[1]
        assert a in out and "0-5f3a-4c1e…" not in out, asked[0]
        cut = [
            word for word in re.findall(r"\S+", out) if "-5f3a" in word and long_id("acct_00")[8:] not in word
        ]
        assert cut == [], asked[0]


def test_groups_by_what_they_ask_about(linkage: Command, tmp_path: Path) -> None:
    made = made_case.tables()
    made["findings"][0]["targets"] = [
        {"name": "software engineering", "share": 0.25}, {"name": "writing", "share": 0.5},
    ]  # fmt: skip
    case = made_case.write(tmp_path / "case", made)
    code, out, _ = linkage("groups", case, "--target", "SOFT")
    assert code == 0 and "1 reported group of this case asks about SOFT" in out
    assert GROUP in out and "software engineering" in out and "25%" in out
    [row] = json.loads(linkage("groups", case, "--target", "ing", "--output", "json")[1])["rows"]
    assert (row["asked_about"], row["asked_share"]) == ("software engineering, writing", 0.75)
    code, _, err = linkage("groups", case, "--target", "gardening")
    assert code == 2 and "no reported group asks about gardening" in err and "writing" in err
    assert linkage("groups", case, "--target", "writing", "--explained")[0] == 2


def test_groups_by_the_model_they_use(linkage: Command, tmp_path: Path) -> None:
    made = made_case.tables()
    made["observations"] += [
        made_case.observation(account, "model", "atlas-5", "content")
        for account in (*made_case.OPERATOR[:4], "lone_1")
    ]
    case = made_case.write(tmp_path / "case", made)
    out = linkage("groups", case, "--model", "atlas")[1]
    assert "1 reported group of this case uses atlas" in out and "4 of 6" in out
    code, _, err = linkage("groups", case, "--model", "atlas-6")
    assert code == 2 and "no member of a reported group uses atlas-6" in err and "atlas-5" in err
