"""Sealed before anybody chooses what to show: recorded, signed, and where wanted time-stamped."""

import json
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from linkage.bundle import create, seal, timestamp
from linkage.bundle.checks.timestamps import SEAL_STAMPS
from linkage.bundle.checks.view_comparison import compare
from linkage.case import Case
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from linkage.cli.app import run
from linkage.errors import IntegrityError
from linkage.private_files import write_private
from tests.bundle.authority import authority
from tests.bundle.made import SECRET, World, audited, forged, unpacked, world
from tests.bundle.stranger import by_hand


def test_sealing_is_recorded_and_signed_before_any_view(tmp_path: Path) -> None:
    """Also where sealing and view are one command: the view that fails leaves a seal that is recorded."""
    own = world(tmp_path)
    with pytest.raises(Exception, match="cannot be written"):
        own.create(tmp_path / "no such folder" / "a.zip")
    entry = read_lines(own.case / AUDIT)[-1]
    (signed,) = read_lines(own.case / seal.FOLDER / create.CHECKPOINTS)
    page = seal.current(own.case)
    assert page is not None and entry["action"] == "bundle seal" and entry["detail"]["seal"] == page.digest
    assert signed["head"] == entry["hash"] and create.exports(own.case) == []


def test_what_was_sealed_first_is_what_every_view_shows(tmp_path: Path) -> None:
    own = world(tmp_path)
    page, new = create.seal_case(Case(own.case), own.key, who="mira")
    assert new and create.seal_case(Case(own.case), own.key) == (page, False)
    made = own.create(tmp_path / "a.zip")
    assert (made.seal, made.newly_sealed) == (page.digest, False)
    assert own.verify(tmp_path / "a.zip").report.good


def test_a_seal_that_the_audit_file_does_not_know(tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    rows = read_lines(own.case / AUDIT)[:2]
    (own.case / AUDIT).write_text("".join(json.dumps(row) + "\n" for row in rows))
    (own.case / seal.FOLDER / create.CHECKPOINTS).unlink()
    with pytest.raises(IntegrityError, match="does not say that the case was sealed"):
        own.create(tmp_path / "b.zip")


def test_the_sealed_rates_are_for_their_owner_alone(tmp_path: Path) -> None:
    own = world(tmp_path)
    before = os.umask(0)
    try:
        own.create(tmp_path / "a.zip")
    finally:
        os.umask(before)
    path = own.case / seal.FOLDER / "validation.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_run_sealed_as_two_cases_is_told(tmp_path: Path) -> None:
    """A copy made before the first seal has a secret of its own, and nothing else gives it away."""
    own = world(tmp_path)
    copy = replace(own, case=tmp_path / "copy")
    shutil.copytree(own.case, copy.case)
    (copy.case / seal.FOLDER / seal.SECRET).write_text(SECRET[::-1] + "\n")
    own.create(tmp_path / "a.zip")
    copy.create(tmp_path / "b.zip")
    one, two = own.verify(tmp_path / "a.zip"), own.verify(tmp_path / "b.zip")
    assert one.report.good and two.report.good
    compare(one, two, "b.zip")
    assert "one run sealed twice, as two cases" in {fault.what for fault in one.report.faults}


def test_two_histories_of_one_case_are_told(tmp_path: Path) -> None:
    """Whoever holds the keys throws an entry away after one export, and shows another history to the next."""
    own = world(tmp_path)
    own.create(tmp_path / "seal.zip")
    copy = replace(own, case=tmp_path / "copy")
    shutil.copytree(own.case, copy.case)
    for each, action in ((own, "judge"), (copy, "show")):
        audited(each.case, action, "2030-01-01T00:00:00.000000+00:00")
        each.create(tmp_path / f"{action}.zip", recipient=action)
    one, two, early = (own.verify(tmp_path / f"{name}.zip") for name in ("judge", "show", "seal"))
    compare(one, early, "seal.zip")
    assert one.report.good, one.report.faults
    compare(one, two, "show.zip")
    assert [fault.what for fault in one.report.faults] == ["two histories of one case"]


# --- time stamps -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A case whose seal was stamped by commands before any view, and the roots of the authority."""
    folder = tmp_path_factory.mktemp("stamped")
    own, tsa = world(folder), authority(folder / "tsa")
    case, key, asked = str(own.case), str(folder / "key"), str(folder / "seal.tsq")
    assert run(["bundle", "seal", case, "--key", key]) == 0
    assert run(["bundle", "timestamp", "request", case, "--out", asked]) == 0
    tsa.answer(folder / "seal.tsq", folder / "seal.tsr")
    given = [case, str(folder / "seal.tsr"), "--request", asked, "--tsa-roots", str(tsa.roots)]
    assert run(["bundle", "timestamp", "import", *given]) == 0
    own.create(folder / "a.zip")
    own.create(folder / "b.zip", recipient="another")
    return own, tsa.roots


def test_every_view_has_the_time_stamp_of_the_seal(stamped: tuple[World, Path]) -> None:
    own, roots = stamped
    for name in ("a.zip", "b.zip"):
        found = own.verify(roots.parents[1] / name, stamps=timestamp.checker(timestamp.roots(roots)))
        assert found.report.good, found.report.faults
        assert "an independent time stamp holds for seal" in found.report.looked["V1"]
        assert found.report.facts[f"time stamp {SEAL_STAMPS[0]}"].endswith("by CN=Test good")


def test_a_stranger_checks_the_time_stamp_of_the_seal(stamped: tuple[World, Path], tmp_path: Path) -> None:
    own, roots = stamped
    done = by_hand(roots.parents[1] / "a.zip", tmp_path, own.signers, roots=roots)
    assert done.returncode == 0 and "Verification: OK" in done.stdout + done.stderr, done.stderr


def test_a_time_stamp_of_another_seal_is_told(stamped: tuple[World, Path], tmp_path: Path) -> None:
    _, roots = stamped
    other = world(tmp_path)
    other.create(tmp_path / "a.zip")
    token = unpacked(roots.parents[1] / "a.zip")[SEAL_STAMPS[0]]
    write_private(other.case / seal.FOLDER / seal.STAMPS[0], token)
    with pytest.raises(IntegrityError, match="a time stamp of something else"):
        other.create(tmp_path / "b.zip", recipient="another")

    def attack(files: dict[str, bytes]) -> None:
        files[SEAL_STAMPS[0]] = token

    found = other.verify(forged(tmp_path / "a.zip", tmp_path / "c.zip", attack, other.key)).report
    assert "a time stamp of something else" in {fault.what for fault in found.faults}
