"""The audit file: changed, lost, moved, re-stamped or cut entries are told."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle import create, seal
from linkage.bundle.checks.sshsig import read_signers
from linkage.bundle.policy import read_policy
from linkage.bundle.signing import new_key, signer_line
from linkage.case import Case, audit_faults, journal
from linkage.errors import IntegrityError
from tests import made_case
from tests.bundle.made import World, audited, unpacked, world

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


RESTAMPED = {
    "who": lambda rows: restamped([{**rows[0], "who": "nobody"}, *rows[1:]]),
    "when": lambda rows: restamped([{**rows[0], "at": "2026-04-11T08:00:00.000000+00:00"}, *rows[1:]]),
    "moved": lambda rows: restamped([rows[1], rows[0], *rows[2:]]),
    "inserted": lambda rows: restamped([rows[0], rows[0], *rows[1:]]),
}


@pytest.mark.parametrize("name", RESTAMPED)
def test_a_file_chained_anew_is_not_the_one_that_was_sealed(name: str, tmp_path: Path) -> None:
    """Without any checkpoint: the seal names the head of what it sealed."""
    own = world(tmp_path)
    own.create(tmp_path / "view.zip")
    (own.case / seal.FOLDER / create.CHECKPOINTS).unlink(missing_ok=True)
    path = own.case / "audit.ndjson"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert create.audit_contradictions(own.case, None) == []
    path.write_text("".join(json.dumps(row) + "\n" for row in RESTAMPED[name](rows)))
    assert audit_faults(own.case) == []  # to a chain alone it looks whole
    assert any("not those that were sealed" in each for each in create.audit_contradictions(own.case, None))


def test_an_earlier_seal_is_compared_too(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    made_case.write(own.case, made_case.tables(), made_case.receipt() | {"seed": 8})
    audited(own.case, "investigate", "2026-12-24T09:00:00+00:00")
    own.create(tmp_path / "b.zip")
    assert create.audit_contradictions(own.case, None) == []
    (prior,) = (own.case / seal.FOLDER / seal.PRIOR).glob("*.txt")
    prior.write_bytes(prior.read_bytes().replace(b"custody-head: ", b"custody-head: 00"))
    assert any("the earlier seal" in each for each in create.audit_contradictions(own.case, None))


def test_what_was_tried_and_thrown_away_is_shown_by_every_view(tmp_path: Path) -> None:
    own = world(tmp_path, run=made_case.receipt() | {"settings_digest": "5e" * 32})
    sha256 = hashlib.sha256((own.case / "run.json").read_bytes()).hexdigest()
    acts: list[tuple[str, dict[str, Any]]] = [
        ("investigate begun", {"settings": "a1"}),
        ("investigate failed", {"begun": 3, "why": "BudgetError"}),
        ("investigate begun", {"settings": "5e" * 32}),
        ("investigate begun", {"settings": "5e" * 32}),
        ("investigate", {"settings": "5e" * 32, "begun": 6, "run": sha256}),
    ]
    for action, detail in acts:
        journal.audit(own.case, action, detail, who="mira")
    for name in ("public", "court"):
        policy = replace(read_policy(name), min_k=0)
        own.create(tmp_path / f"{name}.zip", policy=policy, recipient=name)
        found = own.verify(tmp_path / f"{name}.zip")
        assert found.report.good, found.report.faults
        told = found.opened.small["run/attempts"]
        assert [(row["outcome"], row["settings"]) for row in told] == [
            ("replaced by a later run", "unknown"),
            ("failed or interrupted", "others"),
            ("not finished", "as sealed"),
            ("sealed", "as sealed"),
        ]
        custody = unpacked(tmp_path / f"{name}.zip")["data/custody/custody.jsonl"].splitlines()
        assert [json.loads(line)["act"] for line in custody[:7]] == [
            "compute", "look", "compute-begun", "compute-failed", "compute-begun", "compute-begun", "compute",
        ]  # fmt: skip


def test_custody_does_not_tell_whom_somebody_looked_at(tmp_path: Path) -> None:
    """The attack: everything of an entry but the account is known, and each account is tried."""
    run = made_case.receipt()
    run["inputs"] = [{**each, "sha256": "ab" * 32} for each in run["inputs"]]
    own = world(tmp_path, run=run)
    for account in made_case.OPERATOR[:2]:
        journal.audit(own.case, "account", {"account": account}, who="mira")
    own.create(tmp_path / "view.zip", policy=replace(read_policy("public"), min_k=2), recipient="the press")
    content = (tmp_path / "view.zip").read_bytes()
    entries = [json.loads(line) for line in (own.case / "audit.ndjson").read_text().splitlines()]
    guesses = [
        journal._hash({**{key: row[key] for key in row if key != "hash"}, "detail": {"account": account}})
        for row in entries
        for account in made_case.OPERATOR
    ]
    assert {row["hash"] for row in entries if row["action"] == "account"} < set(guesses)
    assert not any(each.encode() in content for each in guesses)
    inputs = [each["sha256"] for each in Case(own.case).run["inputs"]]
    assert inputs and not any(each.encode() in content for each in inputs)
