"""The in-toto statement over the seal: by the published rules, and refused where it says anything else."""

import base64
import hashlib
import json
import string
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.attestation import attestation
from linkage.bundle.checks.attestation import (
    ATTESTATION,
    PAYLOAD_TYPE,
    RECEIPT_TYPE,
    check_attestation,
    envelope,
    pre_authentication,
)
from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.ed25519 import ORDER
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import SIGNATURE
from linkage.bundle.checks.sshsig import VIEW_ROLE, read_signature, signed_bytes
from linkage.bundle.policy import READY, read_policy
from linkage.bundle.signing import Key, new_key, signer_line
from tests.bundle.made import (
    PRINCIPAL,
    Files,
    World,
    forged,
    opened_units,
    packed,
    standalone,
    unpacked,
    world,
)
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


def rewritten(before: bytes, after: bytes) -> Callable[[Files, Key], None]:
    """The same envelope, a piece of it written otherwise."""

    def attack(files: Files, key: Key) -> None:
        assert files[ATTESTATION].count(before) == 1
        files[ATTESTATION] = files[ATTESTATION].replace(before, after)

    return attack


def key_twice(files: Files, key: Key) -> None:
    """A statement that names two seals: one reader keeps the first, another the last. Both are signed."""
    payload = payload_of(files)
    payload = payload.replace(b'{"_type":', b'{"subject":[],"_type":', 1)
    files[ATTESTATION] = envelope(
        payload, key.public, key.sign_bare(pre_authentication(PAYLOAD_TYPE, payload))
    )


def loose_bits(text: str) -> str:
    """The same bytes in another base64: the bits that its last character has too many are set."""
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    body, padding = text.rstrip("="), text[len(text.rstrip("=")) :]
    assert padding, "a whole number of triples has no bits too many"
    other = f"{body[:-1]}{alphabet[alphabet.index(body[-1]) + 1]}{padding}"
    assert base64.b64decode(other, validate=True) == base64.b64decode(text)
    return other


def with_another_scalar(row: dict[str, Any]) -> None:
    """The same signature as another number: the order of the group is added to its second half."""
    raw = base64.b64decode(row["signatures"][0]["sig"])
    more = (int.from_bytes(raw[32:], "little") + ORDER).to_bytes(32, "little")
    row["signatures"][0]["sig"] = base64.b64encode(raw[:32] + more).decode()


def of_the_view(files: Files, key: Key) -> None:
    """The signature that OpenSSH made over the view, by the same key, in place of the envelope's."""
    raw = read_signature(files[SIGNATURE]).raw
    files[ATTESTATION] = envelope(payload_of(files), key.public, raw)


def over_the_list(files: Files, key: Key) -> None:
    """A signature over the bytes that OpenSSH would sign for the payload."""
    payload = payload_of(files)
    files[ATTESTATION] = envelope(payload, key.public, key.sign_bare(signed_bytes(payload, VIEW_ROLE)))


SECOND = f"{ATTESTATION.removesuffix('.dsse.json')}-2.dsse.json"


def second_file(files: Files, key: Key) -> None:
    """Another statement beside the good one."""
    good = files[ATTESTATION]
    said(lambda row: row["predicate"].update(seed=8))(files, key)
    files[SECOND] = files[ATTESTATION]
    files[ATTESTATION] = good


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
    "a seal twice in the statement": (key_twice, OTHER),
    "a payload twice": (rewritten(b'{"payload":', b'{"payload":"e30=","payload":'), OTHER),
    "signatures twice": (rewritten(b'"signatures":', b'"signatures":[],"signatures":'), OTHER),
    "a name with an escape": (rewritten(b'"payload":', b'"p\\u0061yload":'), OTHER),
    "another number for the same signature": (
        enclosed(with_another_scalar),
        "a signature or key that is not canonical",
    ),
    "the view's own signature": (of_the_view, "the signature does not fit these bytes"),
    "a signature as OpenSSH makes them": (over_the_list, "the signature does not fit these bytes"),
}  # fmt: skip
"""By whoever holds the key of the view. What each is refused with."""

HARMLESS: dict[str, tuple[Callable[[Files, Key], object], str]] = {
    "left out": (
        lambda files, key: files.pop(ATTESTATION),
        "it says nothing that seal, receipt and their signatures do not say; no other file names it",
    ),
}
"""What is accepted, and why it changes no fact."""


@pytest.mark.parametrize("name", ATTACKS)
def test_refused_with_words_of_its_own(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    attack, words = ATTACKS[name]
    path = forged(court, tmp_path / "a.zip", lambda files: attack(files, sealed.key), sealed.key)
    found = sealed.verify(path).report
    assert [each.what for each in found.faults if each.path == ATTESTATION] == [words]
    assert standalone(path, signers).returncode == 5


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_accepted_changes_no_fact(
    name: str, court: Path, sealed: World, signers: Path, tmp_path: Path
) -> None:
    attack, _ = HARMLESS[name]

    def change(files: Files) -> None:
        attack(files, sealed.key)

    path = forged(court, tmp_path / "a.zip", change, sealed.key)
    one, other = (sealed.verify(each) for each in (court, path))
    assert other.report.good and standalone(path, signers).returncode == 0
    told = {fact: value for fact, value in one.report.facts.items() if "in-toto" not in fact}
    assert (told, one.opened, one.acts) == (other.report.facts, other.opened, other.acts)


def test_a_further_statement_is_a_file_that_bundles_do_not_hold(
    court: Path, sealed: World, tmp_path: Path
) -> None:
    path = forged(court, tmp_path / "a.zip", lambda files: second_file(files, sealed.key), sealed.key)
    (fault,) = sealed.verify(path).report.faults
    assert (fault.what, fault.path) == ("a file that bundles do not hold", SECOND)


def test_without_a_key_nothing_of_it_can_be_changed(court: Path, sealed: World, tmp_path: Path) -> None:
    """Not even where every manifest is made to fit; nor can it be left out."""
    for attack in (by_nobody, left_out):
        files = unpacked(court)
        attack(files)
        faults = sealed.verify(packed(tmp_path / "a.zip", files)).report.faults
        assert faults and {fault.rung for fault in faults} == {"V0"}
        (fault,) = sealed.verify(forged(court, tmp_path / "b.zip", attack)).report.faults
        assert (fault.rung, fault.what) == ("V1", "the signature does not fit these bytes")


def left_out(files: Files) -> None:
    del files[ATTESTATION]


def by_nobody(files: Files) -> None:
    files[ATTESTATION] = files[ATTESTATION].replace(b'"keyid":"SHA256:', b'"keyid":"SHA512:')


# --- of another bundle, by another key -------------------------------------------------------------------


def test_a_statement_of_another_case_is_refused_though_the_same_key_signed_it(
    court: Path, sealed: World, tmp_path: Path
) -> None:
    other = replace(world(tmp_path), key=sealed.key)
    other.create(tmp_path / "other.zip")
    with_that_of(tmp_path / "other.zip", court, sealed, tmp_path)


def test_a_statement_of_another_view_is_refused_where_it_opens_another_receipt(
    court: Path, sealed: World, tmp_path: Path
) -> None:
    """Of one seal, by one key: only what the view opens of the receipt differs."""
    policy = read_policy("court")
    policy = replace(policy, withhold=(*policy.withhold, "run.seed"))
    sealed.create(tmp_path / "other.zip", policy=policy, recipient="less of the receipt")
    with_that_of(tmp_path / "other.zip", court, sealed, tmp_path)


def with_that_of(other: Path, court: Path, own: World, folder: Path) -> None:
    """The statement of another bundle, which is good there, is refused in this one."""
    theirs = unpacked(other)[ATTESTATION]
    assert own.verify(other).report.facts["in-toto statement over the seal, signed by"] == own.key.fingerprint
    path = forged(court, folder / "a.zip", lambda files: files.update({ATTESTATION: theirs}), own.key)
    assert [each.what for each in own.verify(path).report.faults] == [OTHER]


def test_two_views_that_open_one_receipt_have_one_statement(
    court: Path, sealed: World, tmp_path: Path
) -> None:
    """So that nothing is lost or gained by putting one in the place of the other."""
    sealed.create(tmp_path / "a.zip", recipient="another court")
    assert unpacked(tmp_path / "a.zip")[ATTESTATION] == unpacked(court)[ATTESTATION]


@pytest.mark.parametrize("trusted", [False, True])
def test_a_key_that_did_not_sign_the_view_is_refused_whoever_trusts_it(
    court: Path, sealed: World, tmp_path: Path, *, trusted: bool
) -> None:
    other = new_key(tmp_path / "other", "other@provider.example")
    path = forged(court, tmp_path / "a.zip", lambda files: by_another(files, sealed.key, other), sealed.key)
    listed = sealed.signers + (signer_line(other, seal=True, view=True) if trusted else "")
    assert [each.what for each in sealed.verify(path, signers=listed).report.faults] == [OTHER]


def test_the_key_of_the_seal_is_not_that_of_the_view(tmp_path: Path) -> None:
    """Where two keys are used, the one that sealed cannot speak for the one that exports."""
    own = world(tmp_path)
    custodian = new_key(tmp_path / "custodian", "custody@provider.example")
    signers = own.signers + signer_line(custodian, seal=True, view=False)
    own.create(tmp_path / "a.zip", seal_key=custodian)
    found = own.verify(tmp_path / "a.zip", signers=signers).report
    assert found.good and found.facts["in-toto statement over the seal, signed by"] == own.key.fingerprint
    path = forged(
        tmp_path / "a.zip", tmp_path / "b.zip", lambda files: by_another(files, own.key, custodian), own.key
    )
    assert [each.what for each in own.verify(path, signers=signers).report.faults] == [OTHER]


# --- there is one way to write it ------------------------------------------------------------------------

VIEW: dict[str, Any] = {"seal": "5e" * 32}
UNITS = {"run/seed": 7, "run/note": "~?>~?>", "run/versions": {"linkage": "0.1.0"}}


@dataclass(frozen=True)
class Held:
    """Files in memory."""

    files: Files

    def names(self) -> list[str]:
        return list(self.files)

    def length(self, name: str) -> int:
        return len(self.files[name])

    def chunks(self, name: str) -> Iterator[bytes]:
        yield self.files[name]

    def close(self) -> None:
        pass


def faults_of(key: Key, said: bytes) -> list[str]:
    """What is wrong with an envelope beside a view that this key signed."""
    report = Report()
    held = Held({ATTESTATION: said, SIGNATURE: key.sign(b"", VIEW_ROLE)})
    check_attestation(Content(held, report), VIEW, UNITS)
    return [each.what for each in report.faults]


@pytest.fixture(scope="module")
def key() -> Key:
    """One whose signature has both characters in which the two alphabets of base64 differ."""
    while True:
        found = Key(Ed25519PrivateKey.generate(), PRINCIPAL)
        (signed,) = json.loads(attestation(VIEW["seal"], UNITS, found))["signatures"]
        if {"+", "/"} <= set(signed["sig"]):
            return found


@given(st.data())
def test_no_other_bytes_are_accepted(key: Key, data: st.DataObject) -> None:
    good = attestation(VIEW["seal"], UNITS, key)
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, min(start + 3, len(good))))
    more = data.draw(
        st.binary(max_size=3) | st.sampled_from([b" ", b"\n", b"=", b"-", b"_", b"A", b"\\u0061"])
    )
    said = good[:start] + more + good[end:]
    assert bool(faults_of(key, said)) == (said != good)


@pytest.mark.parametrize("within", ["payload", "sig"])
@pytest.mark.parametrize("spelling", ["addresses", "loose bits", "no padding", "lines"])
def test_the_same_bytes_in_another_base64_are_refused(key: Key, within: str, spelling: str) -> None:
    row = json.loads(attestation(VIEW["seal"], UNITS, key))
    place = row if within == "payload" else row["signatures"][0]
    before = place[within]
    place[within] = SPELLINGS[spelling](before)
    assert place[within] != before
    said = json.dumps(row, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    assert faults_of(key, said) == [OTHER]


SPELLINGS: dict[str, Callable[[str], str]] = {
    "addresses": lambda text: text.translate(str.maketrans("+/", "-_")),
    "loose bits": loose_bits,
    "no padding": lambda text: text.rstrip("="),
    "lines": lambda text: f"{text[:64]}\n{text[64:]}",
}
