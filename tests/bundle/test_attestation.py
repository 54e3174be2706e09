"""The in-toto statement over the seal: by the published rules, and refused where it says anything else."""

import base64
import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.attestation import attestation
from linkage.bundle.checks.attestation import (
    ATTESTATION,
    PAYLOAD_TYPE,
    RECEIPT_TYPE,
    envelope,
    pre_authentication,
)
from linkage.bundle.policy import READY, read_policy
from linkage.bundle.signing import Key, new_key
from tests.bundle.made import Files, World, forged, opened_units, standalone, unpacked
from tests.programs import needed

OTHER = "an attestation of something else than seal and receipt"
RECEIPT = "data/reproduce/run.json"


def payload_of(files: Files) -> bytes:
    return base64.b64decode(json.loads(files[ATTESTATION])["payload"])


# --- a good one ------------------------------------------------------------------------------------------


def test_the_encoding_is_the_published_one() -> None:
    """The example of the DSSE 1.0 protocol."""
    said = pre_authentication("http://example.com/HelloWorld", b"hello world")
    assert said == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@given(
    st.tuples(st.text(max_size=9), st.binary(max_size=9)),
    st.tuples(st.text(max_size=9), st.binary(max_size=9)),
)
def test_no_two_messages_have_one_encoding(one: tuple[str, bytes], other: tuple[str, bytes]) -> None:
    assert (pre_authentication(*one) == pre_authentication(*other)) == (one == other)


def test_whoever_reads_dsse_checks_it_with_the_public_key(court: Path, tmp_path: Path) -> None:
    """By the published rule, with another implementation of Ed25519 and the key as OpenSSH has it."""
    needed("ssh-keygen")
    files = unpacked(court)
    (signers := tmp_path / "signers").write_bytes(files["data/keys/allowed_signers"])
    line = signers.read_text().split()
    (tmp_path / "key.pub").write_text(" ".join(line[-2:]))
    shown = subprocess.run(
        ["ssh-keygen", "-lf", tmp_path / "key.pub"], capture_output=True, text=True, check=True
    )
    found = json.loads(files[ATTESTATION])
    assert sorted(found) == ["payload", "payloadType", "signatures"]
    (signed,) = found["signatures"]
    assert signed["keyid"] == shown.stdout.split()[1]
    kind, body = found["payloadType"].encode(), base64.b64decode(found["payload"])
    message = b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(body)).encode(), body])
    public = base64.b64decode(line[-1])[-32:]
    Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(signed["sig"]), message)


@pytest.mark.parametrize("name", READY)
def test_the_statement_is_of_the_seal_with_the_receipt_that_the_view_opens(
    name: str, sealed: World, tmp_path: Path
) -> None:
    policy = read_policy(name)
    sealed.create(tmp_path / "a.zip", policy=policy, recipient=f"statement, {name}", override="a small case")
    files = unpacked(tmp_path / "a.zip")
    said = json.loads(payload_of(files))
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    (subject,) = said["subject"]
    assert subject["digest"] == {"sha256": hashlib.sha256(files[subject["name"]]).hexdigest()}
    assert (said["predicateType"], said["predicate"]) == (RECEIPT_TYPE, json.loads(files[RECEIPT]))
    found = sealed.verify(tmp_path / "a.zip").report
    assert found.good, found.faults
    assert found.facts["in-toto statement over the seal, signed by"] == sealed.key.fingerprint


def test_a_bundle_without_one_is_a_bundle(court: Path, sealed: World, tmp_path: Path) -> None:
    path = forged(court, tmp_path / "a.zip", lambda files: files.pop(ATTESTATION) and None, sealed.key)
    found = sealed.verify(path).report
    assert found.good and not any("in-toto" in name for name in found.facts)


# --- attacks ---------------------------------------------------------------------------------------------


def said(change: Callable[[dict[str, Any]], object]) -> Callable[[Files, Key], None]:
    """Another statement, signed by the key of the view."""

    def attack(files: Files, key: Key) -> None:
        row = json.loads(payload_of(files))
        change(row)
        payload = json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        signature = key.sign_bare(pre_authentication(PAYLOAD_TYPE, payload))
        files[ATTESTATION] = envelope(payload, key.public, signature)

    return attack


def enclosed(change: Callable[[dict[str, Any]], object]) -> Callable[[Files, Key], None]:
    """Another envelope around the same statement."""

    def attack(files: Files, key: Key) -> None:
        row = json.loads(files[ATTESTATION])
        change(row)
        files[ATTESTATION] = json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n"

    return attack


def without_encoding(files: Files, key: Key) -> None:
    """A signature over the payload alone."""
    payload = payload_of(files)
    files[ATTESTATION] = envelope(payload, key.public, key.sign_bare(payload))


def by_another(files: Files, key: Key, other: Key) -> None:
    seal = json.loads(files["data/VIEW.json"])["seal"]
    files[ATTESTATION] = attestation(seal, opened_units(files), other)


def twice(row: dict[str, Any]) -> None:
    row["signatures"] *= 2


ATTACKS: dict[str, tuple[Callable[[Files, Key], None], str]] = {
    "another subject": (said(lambda row: row["subject"][0]["digest"].update(sha256="0" * 64)), OTHER),
    "a further subject": (said(lambda row: row["subject"].append(row["subject"][0])), OTHER),
    "another receipt": (said(lambda row: row["predicate"].update(seed=8)), OTHER),
    "another predicate": (said(lambda row: row.update(predicateType="urn:x-linkage:verdict")), OTHER),
    "another type of statement": (said(lambda row: row.update(_type="urn:x-linkage:fact")), OTHER),
    "another type of payload": (enclosed(lambda row: row.update(payloadType="text/plain")), OTHER),
    "another key's id": (enclosed(lambda row: row["signatures"][0].update(keyid="SHA256:A")), OTHER),
    "a signature twice": (enclosed(twice), OTHER),
    "no signature": (enclosed(lambda row: row.update(signatures=[])), OTHER),
    "a signature cut short": (
        enclosed(lambda row: row["signatures"][0].update(sig=base64.b64encode(b"s" * 63).decode())),
        "key or signature has the wrong length",
    ),
    "a signature that is no text": (enclosed(lambda row: row["signatures"][0].update(sig=7)), OTHER),
    "another signature": (
        enclosed(lambda row: row["signatures"][0].update(sig=base64.b64encode(bytes(64)).decode())),
        "a key or signature of small order",
    ),
    "a signature over the payload alone": (without_encoding, "the signature does not fit these bytes"),
    "a field more": (enclosed(lambda row: row.update(note="x")), OTHER),
    "another form": (lambda files, key: files.update({ATTESTATION: files[ATTESTATION] + b"\n"}), OTHER),
    "no JSON": (lambda files, key: files.update({ATTESTATION: b"\xff{"}), OTHER),
    "a list": (lambda files, key: files.update({ATTESTATION: b"[1]\n"}), OTHER),
    "nothing": (lambda files, key: files.update({ATTESTATION: b""}), OTHER),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_refused_with_words_of_its_own(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    attack, words = ATTACKS[name]
    path = forged(court, tmp_path / "a.zip", lambda files: attack(files, sealed.key), sealed.key)
    found = sealed.verify(path).report
    assert [each.what for each in found.faults if each.path == ATTESTATION] == [words]
    assert standalone(path, signers).returncode == 5


def test_a_key_that_did_not_sign_the_view_is_refused(court: Path, sealed: World, tmp_path: Path) -> None:
    other = new_key(tmp_path / "other", "other@provider.example")
    path = forged(court, tmp_path / "a.zip", lambda files: by_another(files, sealed.key, other), sealed.key)
    assert [each.what for each in sealed.verify(path).report.faults] == [OTHER]
