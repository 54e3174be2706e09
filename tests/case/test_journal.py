"""Verdicts and the audit only grow, and a change shows."""

import json
import threading
from pathlib import Path

import pytest

from linkage.case import Case, audit, audit_faults, read_verdicts
from linkage.case.journal import AUDIT
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


def test_a_line_cut_short_is_not_written_over(made: Path) -> None:
    (made / AUDIT).write_bytes(b'{"seq": 1')
    with pytest.raises(IntegrityError, match="cut short"):
        audit(made, "show", {}, who="x")
    (made / AUDIT).write_bytes(b"[1]\n")
    with pytest.raises(IntegrityError, match="not an entry"):
        audit_faults(made)
