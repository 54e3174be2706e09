"""The audit file: changed, lost, moved, re-stamped or cut entries are told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle import create, seal
from linkage.bundle.checks.sshsig import read_signers
from linkage.bundle.signing import new_key, signer_line
from linkage.case import audit_faults, journal
from linkage.errors import IntegrityError
from tests.bundle.made import World, audited, world

Rows = list[dict[str, Any]]


@pytest.fixture
def signed(tmp_path: Path) -> World:
    own = world(tmp_path)
    create.sign_audit(own.case, own.key)
    audited(own.case, "explain", "2026-04-11T10:00:00+00:00")
    create.sign_audit(own.case, own.key)
    return own


def restamped(rows: Rows) -> Rows:
    """The whole file chained anew: to a chain alone it looks whole."""
    before, found = journal.START, []
    for number, row in enumerate(rows, 1):
        body = {**{key: value for key, value in row.items() if key != "hash"}, "seq": number, "prev": before}
        found.append({**body, "hash": journal._hash(body)})
        before = found[-1]["hash"]
    return found


ATTACKS: dict[str, tuple[Callable[[Rows], Rows], str]] = {
    "changed": (lambda rows: [{**rows[0], "who": "nobody"}, *rows[1:]], "line 1 does not follow"),
    "lost": (lambda rows: [rows[0], *rows[2:]], "does not follow"),
    "moved": (lambda rows: [rows[1], rows[0], *rows[2:]], "does not follow"),
    "cut": (lambda rows: rows[:2], "3 entries were signed, 2 are left"),
    "cut and gone on": (
        lambda rows: restamped([*rows[:2], {**rows[2], "action": "show"}]),
        "not the one that was signed",
    ),
    "re-stamped": (
        lambda rows: restamped([{**rows[0], "who": "nobody"}, *rows[1:]]),
        "not the one that was signed",
    ),
    "all times moved": (
        lambda rows: restamped([{**row, "at": "2026-01-01T00:00:00+00:00"} for row in rows]),
        "not the one",
    ),
    "inserted": (lambda rows: restamped([rows[0], rows[0], *rows[1:]]), "not the one that was signed"),
    "emptied": (lambda rows: [], "entries were signed, 0 are left"),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_told(name: str, signed: World) -> None:
    attack, words = ATTACKS[name]
    path = signed.case / "audit.ndjson"
    rows = attack([json.loads(line) for line in path.read_text().splitlines()])
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    faults = audit_faults(signed.case) + create.audit_contradictions(
        signed.case, read_signers(signed.signers)
    )
    assert any(words in fault for fault in faults), faults
    if rows:
        with pytest.raises(IntegrityError):
            create.sign_audit(signed.case, signed.key)


def test_a_whole_file_has_no_fault(signed: World) -> None:
    assert audit_faults(signed.case) == []
    assert create.audit_contradictions(signed.case, read_signers(signed.signers)) == []


def test_a_checkpoint_by_somebody_else_is_told(signed: World, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other", "other@provider.example")
    listed = read_signers(signer_line(other, seal=True, view=True))
    faults = create.audit_contradictions(signed.case, listed)
    assert faults and all("nobody has named" in fault for fault in faults)


@pytest.mark.parametrize(
    ("old", "new"), [('"entries": 2', '"entries": 1'), ("U1NI", "U1NJ"), ("2026-04-11", "2026-04-12")]
)
def test_a_changed_checkpoint_is_told(old: str, new: str, signed: World) -> None:
    path = signed.case / seal.FOLDER / create.CHECKPOINTS
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert create.audit_contradictions(signed.case, None)


def test_what_was_sealed_cannot_be_cut(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "view.zip")
    path = own.case / "audit.ndjson"
    path.write_text(path.read_text().splitlines(keepends=True)[0])
    assert any("the seal" in fault for fault in create.audit_contradictions(own.case, None))


def test_nothing_to_sign(tmp_path: Path) -> None:
    own = world(tmp_path)
    (own.case / "audit.ndjson").write_text("")
    with pytest.raises(IntegrityError, match="no entry"):
        create.sign_audit(own.case, own.key)
