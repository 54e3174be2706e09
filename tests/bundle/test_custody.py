"""Custody: who did what and when, in the order in which it was done, whatever the clock showed."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle import custody, sealing
from linkage.bundle.checks.sshsig import SEAL_ROLE
from linkage.bundle.policy import read_policy
from linkage.bundle.signing import new_key, signer_line
from linkage.bundle.units import Secret
from linkage.errors import IntegrityError
from tests.bundle.made import (
    World,
    audited,
    forged,
    rechained,
    rendered_again,
    resealed,
    unpacked,
    world,
)
from tests.bundle.stranger import by_hand

CUSTODY, SEAL, VIEW = "data/custody/custody.jsonl", "data/seal/SEAL.txt", "data/VIEW.json"
PUBLIC = replace(read_policy("public"), min_k=2)
Files = dict[str, bytes]


def acts(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in unpacked(path)[CUSTODY].splitlines()]


def clock(monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    """The clock that seals and exports."""
    monkeypatch.setattr(sealing, "now", lambda: at)


# --- true times ------------------------------------------------------------------------------------------


def test_seal_and_export_have_their_own_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = world(tmp_path)
    clock(monkeypatch, "2026-12-01T08:00:00.000000+00:00")
    own.create(tmp_path / "a.zip")
    clock(monkeypatch, "2026-12-24T17:30:00.000000+00:00")
    own.create(tmp_path / "b.zip", recipient="another")
    found = own.verify(tmp_path / "b.zip")
    assert found.report.good, found.report.faults
    assert found.seal["declared"] == "2026-12-01T08:00:00.000000Z"
    assert found.view["exported"] == acts(tmp_path / "b.zip")[-1]["at"] == "2026-12-24T17:30:00.000000Z"
    page = unpacked(tmp_path / "b.zip")["data/README-FIRST.txt"].decode("ascii")
    assert "Sealed 2026-12-01T08:00:00.000000Z" in page and "written 2026-12-24T17:30:00.000000Z" in page


def test_a_view_written_again_is_the_same_act(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    own.create(tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_was_done_between_seal_and_export_is_told(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    for action in ("bundle create", "judge"):
        audited(own.case, action, "2030-01-01T00:00:00.000000+00:00")
    own.create(tmp_path / "b.zip", recipient="another")
    assert own.verify(tmp_path / "b.zip").report.good
    told = [each["act"] for each in acts(tmp_path / "b.zip")]
    assert told == ["compute", "look", "seal", "re-export", "review", "export"]


def test_a_clock_that_steps_back_is_survived_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = world(tmp_path)
    audited(own.case, "show", "2026-04-10T09:00:00.000000+00:00")
    clock(monkeypatch, "2025-01-01T00:00:00.000000+00:00")
    own.create(tmp_path / "a.zip")
    found = own.verify(tmp_path / "a.zip")
    assert found.report.good, found.report.faults
    rows = acts(tmp_path / "a.zip")
    assert [each["at"] for each in rows] == sorted(each["at"] for each in rows)
    assert rows[2]["clock"] == "2026-04-10T09:00:00.000000Z"
    assert rows[-1]["clock"] == "2025-01-01T00:00:00.000000Z"
    assert found.report.facts["acts whose clock was behind the act before"] == "2"


def test_an_entry_without_a_time_is_no_act() -> None:
    entry = {"action": "show", "who": "mira", "at": "yesterday", "hash": "0"}
    with pytest.raises(IntegrityError, match="without a time"):
        custody.custody_lines([entry], Secret(b"k" * 32))


def test_an_audit_file_that_was_cut_and_went_on_is_not_sealed(tmp_path: Path) -> None:
    """The seal knows two entries, the signed head three: a view of what is left would hide the third."""
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    path = own.case / "audit.ndjson"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:2]))
    audited(own.case, "show", "2030-01-01T00:00:00.000000+00:00")
    with pytest.raises(IntegrityError, match="entry 3 is not the one that was signed"):
        own.create(tmp_path / "b.zip", recipient="another")


# --- what a key-holder may not say -----------------------------------------------------------------------


def custody_says(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[Files], None]:
    """Custody with its lines changed in place, chained anew."""

    def attack(files: Files) -> None:
        rows = [json.loads(line) for line in files[CUSTODY].splitlines()]
        change(rows)
        files[CUSTODY] = b"".join(
            json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n" for row in rows
        )
        rechained(files)

    return attack


def view_says(**fields: Any) -> Callable[[Files], None]:
    """Another statement in the view, and every text that follows from it."""

    def attack(files: Files) -> None:
        files[VIEW] = json.dumps(json.loads(files[VIEW]) | fields).encode()
        rendered_again(files)

    return attack


def last_line(old: bytes, new: bytes) -> Callable[[Files], None]:
    """The export, written in another way: nothing follows from it."""

    def attack(files: Files) -> None:
        *lines, last = files[CUSTODY].splitlines(keepends=True)
        assert old in last
        files[CUSTODY] = b"".join([*lines, last.replace(old, new, 1)])

    return attack


OTHER_FORM, NO_TIME = "a custody line of another form", "a custody time that is not in UTC"
LATER = "2026-12-31T00:00:00.000000Z"
TOLD: dict[str, tuple[Callable[[Files], None], str]] = {
    "another recipient in the view": (view_says(recipient="the press"), "custody names another recipient"),
    "another time of export in the view": (view_says(exported=LATER), "names another time of export"),
    "another signer in the view": (view_says(signer="judge@court SHA256:x"), "names another signer"),
    "a reason that custody does not have": (view_says(override="asked for"), "another reason to override"),
    "another recipient in custody": (
        custody_says(lambda rows: rows[-1].update(out="the press")),
        "custody names another recipient",
    ),
    "another exporter in custody": (
        custody_says(lambda rows: rows[-1].update(actor="judge@court SHA256:x")),
        "custody names another signer",
    ),
    "another custodian in custody": (
        custody_says(lambda rows: rows[2].update(actor="judge@court SHA256:x")),
        "custody names another custodian",
    ),
    "sealed by custody before the seal was made": (
        custody_says(lambda rows: rows[2].update(at="2026-04-12T00:00:00.000000Z")),
        "the seal was recorded before it was made",
    ),
    "an export before the one it follows": (
        custody_says(lambda rows: rows.insert(3, dict(rows[3]))),
        "custody does not end with seal and export",
    ),
    "a clock that was not behind": (
        custody_says(lambda rows: rows[-1].update(clock=LATER)),
        "a custody time that its clock did not show",
    ),
    "a field more": (custody_says(lambda rows: rows[2].update(verdict="guilty")), OTHER_FORM),
    "an override where nothing is exported": (
        custody_says(lambda rows: rows[2].update(override="x")),
        OTHER_FORM,
    ),
    "an entry of an export": (custody_says(lambda rows: rows[-1].update(entry="0" * 64)), OTHER_FORM),
    "a number as true": (custody_says(lambda rows: rows[0].update(seq=True)), OTHER_FORM),
    "a list of no texts": (custody_says(lambda rows: rows[0].update({"in": [1]})), OTHER_FORM),
    "a field less": (custody_says(lambda rows: rows[2].pop("in")), OTHER_FORM),
    "a blank more": (last_line(b'"act":', b'"act": '), OTHER_FORM),
    "an escape more": (last_line(b'"export"', b'"\\u0065xport"'), OTHER_FORM),
    "a line end of another system": (last_line(b"}\n", b"}\r\n"), OTHER_FORM),
    "a day that is none": (
        custody_says(lambda rows: rows[-1].update(at="2026-12-32T00:00:00.000000Z")),
        NO_TIME,
    ),
    "digits of another script": (
        custody_says(lambda rows: rows[-1].update(at="\u0662026-12-31T00:00:00.000000Z")),
        NO_TIME,
    ),
    "an act of no known kind": (custody_says(lambda rows: rows[2].update(act="swear")), "does not know"),
}


@pytest.mark.parametrize("name", TOLD)
def test_custody_view_and_seal_agree(name: str, court: Path, sealed: World, tmp_path: Path) -> None:
    attack, words = TOLD[name]
    found = sealed.verify(forged(court, tmp_path / "a.zip", attack, sealed.key)).report
    assert any(words in fault.what for fault in found.faults), found.faults


def test_a_seal_names_the_key_that_signed_it(court: Path, sealed: World, tmp_path: Path) -> None:
    def attack(files: Files) -> None:
        page = files[SEAL].decode()
        files[SEAL] = re.sub("custodian: .*", "custodian: judge@court SHA256:x", page).encode()
        files[f"{SEAL}.sig"] = sealed.key.sign(files[SEAL], SEAL_ROLE)
        resealed(files, sealed.key)

    found = sealed.verify(forged(court, tmp_path / "a.zip", attack, sealed.key)).report
    assert {"names another custodian than the key that signed"} <= {fault.what for fault in found.faults}
    assert any(fault.rung == "V1" for fault in found.faults)


def test_a_name_that_the_recipients_list_gives_to_another_key(court: Path, sealed: World) -> None:
    other = sealed.signers.replace("legal@provider.example", "someone@else.example")
    found = sealed.verify(court, signers=other).report
    told = {fault.what for fault in found.faults}
    assert told == {
        "the custodian is not who your list gives this key to",
        "the signer is not who your list gives this key to",
    }


# --- two keys --------------------------------------------------------------------------------------------


def test_two_keys_work_along_the_first_page(tmp_path: Path) -> None:
    """The custodian seals, somebody else writes views; a stranger follows README-FIRST word by word."""
    own = world(tmp_path)
    custodian = new_key(tmp_path / "custodian", "custody@provider.example")
    own.create(tmp_path / "a.zip", seal_key=custodian)
    own.create(tmp_path / "b.zip", recipient="another")
    signers = signer_line(own.key, seal=False, view=True) + signer_line(custodian, seal=True, view=False)
    for name in ("a.zip", "b.zip"):
        found = own.verify(tmp_path / name, signers=signers)
        assert found.report.good, found.report.faults
        assert unpacked(tmp_path / name)["data/keys/allowed_signers"].decode() == signers
    done = by_hand(tmp_path / "b.zip", tmp_path / "stranger", signers)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    told = done.stdout.splitlines()
    assert len(told) == 4 and own.key.fingerprint in told[0] and custodian.fingerprint in told[1]
    assert "legal@provider.example" in told[2] and "custody@provider.example" in told[3]


# --- sealed again ----------------------------------------------------------------------------------------


def test_a_second_seal_says_that_there_was_a_first(tmp_path: Path) -> None:
    own = world(tmp_path)
    first = own.create(tmp_path / "a.zip").seal
    own.create(tmp_path / "b.zip", reseal=True)
    found = own.verify(tmp_path / "b.zip")
    assert found.report.good, found.report.faults
    assert (found.seal["sealing"], found.seal["prior-seal"]) == ("2", first)
    assert found.report.facts["sealed again"] == f"this is seal number 2; the one before is {first}"
    assert [each["act"] for each in acts(tmp_path / "b.zip")].count("seal") == 2


def test_a_copy_that_lost_its_seal_says_so_when_it_seals_again(tmp_path: Path) -> None:
    own = world(tmp_path)
    first = own.create(tmp_path / "a.zip").seal
    copy = replace(own, case=tmp_path / "copy")
    shutil.copytree(own.case, copy.case)
    shutil.rmtree(copy.case / "seal")
    with pytest.raises(IntegrityError, match=f"was sealed as {first}"):
        copy.create(tmp_path / "b.zip")
    copy.create(tmp_path / "b.zip", reseal=True)
    found = copy.verify(tmp_path / "b.zip")
    assert found.report.good and found.report.facts["sealed again"].endswith(first)


def test_a_second_seal_that_hides_the_first_is_told(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    own.create(tmp_path / "b.zip", reseal=True)

    def attack(files: Files) -> None:
        page = re.sub("sealing: 2", "sealing: 1", files[SEAL].decode())
        files[SEAL] = re.sub("prior-seal: .*", f"prior-seal: {'0' * 64}", page).encode()
        resealed(files, own.key)

    found = own.verify(forged(tmp_path / "b.zip", tmp_path / "c.zip", attack, own.key)).report
    assert "a seal that hides an earlier one" in {fault.what for fault in found.faults}
