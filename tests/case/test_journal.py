"""Verdicts and the audit only grow, and a change shows."""

import json
import threading
from pathlib import Path

import pytest

from linkage.case import Case, audit, audit_faults, read_verdicts
from linkage.case.journal import AUDIT, VERDICTS
from linkage.case.ndjson import read_lines
from linkage.errors import CaseError, IntegrityError
from linkage.links import constraints
from tests.made_case import GROUP, OPERATOR


def test_verdicts_are_numbered_dated_signed_and_never_lost(made: Path) -> None:
    case = Case(made)
    case.judge(constraints.on_pair("linked", "home_00", "acct_00", "seen"), who="mira")
    case.judge(constraints.on_group("dismissed", GROUP, OPERATOR, "a lab"), who="jo")
    rows = read_verdicts(made)
    assert [(row["seq"], row["who"], row["verdict"]) for row in rows] == [
        (1, "mira", "linked"),
        (2, "jo", "dismissed"),
    ]
    assert (rows[0]["left"], rows[0]["right"]) == ("acct_00", "home_00")
    assert rows[1]["accounts"] == OPERATOR
    assert [json.loads(line)["action"] for line in (made / AUDIT).read_text().splitlines()] == ["judge"] * 2
    with pytest.raises(CaseError, match="nobody"):
        case.judge(constraints.on_pair("linked", "nobody", "acct_00", "seen"))


def test_audit_is_a_chain_in_which_every_change_shows(made: Path) -> None:
    for number in range(6):
        audit(made, "show", {"n": number, "text": "x" * 3_000}, who="mira")
    assert audit_faults(made) == []
    lines = (made / AUDIT).read_bytes().splitlines(keepends=True)
    for tampered in (
        [*lines[:2], lines[2].replace(b'"n": 2', b'"n": 9'), *lines[3:]],
        [*lines[:2], *lines[3:]],
        [lines[1], lines[0], *lines[2:]],
        [*lines, lines[-1]],
        lines[1:],
    ):
        (made / AUDIT).write_bytes(b"".join(tampered))
        assert audit_faults(made)


def test_many_writers_at_once_lose_nothing(made: Path) -> None:
    threads = [
        threading.Thread(target=lambda: [audit(made, "show", {}, who="x") for _ in range(10)])
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len((made / AUDIT).read_bytes().splitlines()) == 60
    assert audit_faults(made) == []


def test_a_line_cut_short_is_entered_and_neither_lost_nor_taken_for_an_act(made: Path) -> None:
    audit(made, "show", {"n": 1}, who="x")
    whole = (made / AUDIT).read_bytes()
    for cut in (1, 40, len(whole) - 2):
        (made / AUDIT).write_bytes(whole + whole[:cut])
        Case(made)
        rows = read_lines(made / AUDIT)
        assert [row["action"] for row in rows] == ["show", "mend"] and audit_faults(made) == []
        detail = rows[1]["detail"]
        assert detail["file"] == AUDIT and (made / detail["kept"]).read_bytes() == whole[:cut]
        Case(made)  # entered once, however often the case is opened
        assert len(read_lines(made / AUDIT)) == 2
        (made / detail["kept"]).unlink()


def test_an_entry_that_lacks_only_its_end_is_an_act(made: Path) -> None:
    for number in range(2):
        audit(made, "show", {"n": number}, who="x")
    (made / AUDIT).write_bytes((made / AUDIT).read_bytes()[:-1])
    audit(made, "show", {"n": 2}, who="x")
    assert [row["detail"]["n"] for row in read_lines(made / AUDIT)] == [0, 1, 2]
    assert audit_faults(made) == []


def test_a_verdict_cut_short_binds_nobody(made: Path) -> None:
    case = Case(made)
    case.judge(constraints.on_pair("linked", "home_00", "acct_00", "seen"), who="mira")
    whole = (made / VERDICTS).read_bytes()
    (made / VERDICTS).write_bytes(whole + whole[:70])
    again = Case(made)
    assert (made / VERDICTS).read_bytes() == whole and len(again.verdicts()) == 1
    assert [row["action"] for row in read_lines(made / AUDIT)] == ["judge", "mend"]
    again.judge(constraints.on_pair("linked", "home_01", "acct_00", "seen"), who="mira")
    assert [row["seq"] for row in again.verdicts()] == [1, 2]


def test_a_verdict_that_was_changed_is_told(made: Path) -> None:
    case = Case(made)
    case.judge(constraints.on_pair("linked", "home_00", "acct_00", "seen"), who="mira")
    text = (made / VERDICTS).read_text()
    for changed in (text.replace('"linked"', '"not linked"'), text.replace("seen", "sawn"), ""):
        (made / VERDICTS).write_text(changed)
        assert any("verdict 1 is not the one that was given" in each for each in audit_faults(made))


def test_a_file_that_is_none_is_told(made: Path) -> None:
    (made / AUDIT).write_bytes(b"[1]\n")
    with pytest.raises(IntegrityError, match="not an entry"):
        audit_faults(made)
