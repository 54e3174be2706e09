"""The page of a seal has one form, and a bundle of another schema is told in one sentence."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.attestation import attestation
from linkage.bundle.checks.attestation import ATTESTATION
from linkage.bundle.checks.seal_page import OTHER_SCHEMA, SCHEMA, is_moment
from linkage.bundle.checks.sshsig import SEAL_ROLE
from linkage.cli import run
from tests.bundle.made import (
    Files,
    World,
    forged,
    opened_units,
    rechained,
    rendered_again,
    standalone,
    unpacked,
)

SEAL, VIEW, CUSTODY = "data/seal/SEAL.txt", "data/VIEW.json", "data/custody/custody.jsonl"
CASE = "data/case.jsonld"
Change = Callable[[bytes], bytes]


def page_says(change: Change, own: World) -> Callable[[Files], None]:
    """Another page of the seal, signed anew by whoever holds the keys; everything else follows from it."""

    def attack(files: Files) -> None:
        before, old = hashlib.sha256(files[SEAL]).hexdigest(), declared(files[SEAL])
        page = files[SEAL] = change(files[SEAL])
        files[f"{SEAL}.sig"] = own.key.sign(page, SEAL_ROLE)
        after = hashlib.sha256(page).hexdigest()
        files[CUSTODY] = files[CUSTODY].replace(before.encode(), after.encode())
        view = json.loads(files[VIEW])
        files[VIEW] = json.dumps(view | {"seal": after, "declared": declared(page) or old}).encode()
        rechained(files)
        rendered_again(files)
        files[ATTESTATION] = attestation(after, opened_units(files), own.key)

    return attack


def declared(page: bytes) -> str:
    return next((row[10:] for row in page.decode("latin-1").split("\n") if row.startswith("declared: ")), "")


def swapped(old: bytes, new: bytes) -> Change:
    def change(page: bytes) -> bytes:
        assert old in page
        return page.replace(old, new, 1)

    return change


def dated(new: bytes) -> Change:
    """Another time of sealing."""
    return lambda page: page.replace(declared(page).encode(), new)


FORM = "a seal whose declared is of another form"
PAGE = "not a seal of version 1"
PAGES: dict[str, tuple[Change, str]] = {
    "hours earlier, in another zone": (dated(b"2026-11-30T23:59:59.000000+14:00"), FORM),
    "of no zone": (dated(b"2026-11-30T23:59:59.000000"), FORM),
    "month 13": (dated(b"2026-13-01T00:00:00.000000Z"), FORM),
    "no such day": (dated(b"2026-02-30T00:00:00.000000Z"), FORM),
    "an hour that no clock has": (dated(b"2026-11-30T24:00:00.000000Z"), FORM),
    "with fewer decimals": (dated(b"2026-11-30T00:00:00Z"), FORM),
    "line ends of another system": (lambda page: page.replace(b"\n", b"\r\n"), PAGE),
    "no last line end": (lambda page: page[:-1], PAGE),
    "a line more": (lambda page: page + b"verdict: guilty\n", PAGE),
    "a line below a line": (lambda page: page + b"\n", PAGE),
    "a field twice": (swapped(b"sealing: 1\n", b"sealing: 1\nsealing: 1\n"), PAGE),
    "fields in another order": (
        lambda page: b"".join([*(rows := page.splitlines(True))[:1], rows[2], rows[1], *rows[3:]]), PAGE,
    ),
    "another title": (swapped(b"seal v1", b"seal v2"), PAGE),
    "a blank more": (swapped(b"case: ", b"case:  "), ""),
    "a number with a zero before it": (
        swapped(b"sealing: 1", b"sealing: 01"), "a seal whose sealing is of another form",
    ),
    "a number with a sign": (
        swapped(b"custody-entries: ", b"custody-entries: +"),
        "a seal whose custody-entries is of another form",
    ),
    "a digest in capitals": (
        lambda page: page.replace(page[-65:], page[-65:].replace(b"0", b"A")),
        "a seal whose prior-seal is of another form",
    ),
    "a control character": (swapped(b"tool: ", b"tool: \x1b[2J"), "a seal whose tool is of another form"),
    "a letter of another script": (
        swapped(b"tool: linkage", b"tool: l\xedkage"), "a seal whose tool is of another form",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_form(name: str, court: Path, sealed: World, signers: Path, tmp_path: Path) -> None:
    change, words = PAGES[name]
    path = forged(court, tmp_path / "a.zip", page_says(change, sealed), sealed.key)
    found = sealed.verify(path).report
    assert any(words in each.what for each in found.faults), found.faults
    assert standalone(path, signers).returncode == 5


def test_a_page_that_is_signed_again_holds(court: Path, sealed: World, tmp_path: Path) -> None:
    same = page_says(lambda page: page, sealed)
    assert sealed.verify(forged(court, tmp_path / "a.zip", same, sealed.key)).report.good


# --- other schemas ---------------------------------------------------------------------------------------


def of_schema(number: int, own: World) -> Callable[[Files], None]:
    """A bundle as another version wrote it: with another number, and without a file that this one has."""

    def attack(files: Files) -> None:
        page_says(swapped(f"schema: {SCHEMA}".encode(), f"schema: {number}".encode()), own)(files)
        view = json.loads(files[VIEW]) | {"schema": number}
        files[VIEW] = json.dumps(view).encode()
        del files[CASE]

    return attack


@pytest.mark.parametrize("number", [0, 2, SCHEMA + 1, 10**14])
@pytest.mark.parametrize("more", [(), ("--recompute", "--keep-going")])
def test_a_bundle_of_another_schema_is_told_in_one_sentence(
    number: int,
    more: tuple[str, ...],
    court: Path,
    sealed: World,
    signers: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = forged(court, tmp_path / "a.zip", of_schema(number, sealed), sealed.key)
    found = sealed.verify(path)
    (fault,) = found.report.faults
    assert (fault.rung, fault.what, fault.path) == ("V2", OTHER_SCHEMA, SEAL)
    assert fault.expected == f"schema {SCHEMA}" and fault.found == f"schema {number}, sealed by linkage 0.1.0"
    states = {rung: state for rung, _, state, _ in found.report.ladder()}
    assert (states["V0"], states["V1"], states["V2"]) == ("holds", "holds", "fails")
    alone = standalone(path, signers, *more)
    assert alone.returncode == 5 and OTHER_SCHEMA in alone.stdout and CASE not in alone.stdout
    assert run(["bundle", "verify", str(path), "--signers", str(signers), *more]) == 5
    assert "another schema" in capsys.readouterr().out


def test_the_verifier_says_which_schema_it_reads(court: Path, signers: Path) -> None:
    assert f"schema {SCHEMA}" in standalone(court, signers, "--help").stdout
    assert f"schema: {SCHEMA}\n".encode() in unpacked(court)[SEAL]


# --- moments ---------------------------------------------------------------------------------------------


@given(st.datetimes())
def test_every_moment_of_the_calendar_is_one(at: object) -> None:
    assert is_moment(f"{at:%Y-%m-%dT%H:%M:%S.%f}Z".zfill(27))


@pytest.mark.parametrize(
    "text",
    [
        "٢٠٢٦-11-30T00:00:00.000000Z",
        "2026-11-31T00:00:00.000000Z",
        "2026-11-30t00:00:00.000000Z",
        "2026-11-30T00:00:00.000000z",
        "2026-11-30T00:00:00.000000Z\n",
        "0000-01-01T00:00:00.000000Z",
        "2026-11-30T23:59:62.000000Z",
        20261130,
        None,
    ],
)
def test_what_is_no_moment(text: object) -> None:
    assert not is_moment(text)
