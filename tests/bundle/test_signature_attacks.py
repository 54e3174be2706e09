"""Attacks on signatures and keys; what OpenSSH itself says is asked beside."""

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.bundle.checks import ed25519
from linkage.bundle.checks.file_names import SIGNATURE, SIGNED
from linkage.bundle.checks.sshsig import (
    SEAL_ROLE,
    VIEW_ROLE,
    Unreadable,
    armour,
    moment,
    read_signature,
    read_signers,
    string,
)
from linkage.bundle.signing import Key, load_key, new_key, signer_line
from linkage.errors import UsageError
from tests.bundle.made import PRINCIPAL, World, packed, standalone, unpacked

Files = dict[str, bytes]
SEAL = "data/seal/SEAL.txt"


def rebuilt(signature: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The same armour around changed raw bytes of the signature."""
    old = read_signature(signature).raw
    blob = base64.b64decode(b"".join(signature.splitlines()[1:-1]))
    return armour(blob.replace(old, change(old)))


def beyond_the_order(raw: bytes) -> bytes:
    scalar = int.from_bytes(raw[32:], "little") + ed25519.ORDER
    return raw[:32] + scalar.to_bytes(32, "little")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return new_key(tmp_path_factory.mktemp("other") / "key", "other@provider.example")


ATTACKS: dict[str, tuple[Callable[[Files, Key, Key], bytes], str]] = {
    "empty": (lambda f, key, other: b"", "the signature is empty"),
    "two signatures": (
        lambda f, key, other: f[SIGNATURE] + other.sign(f[SIGNED], VIEW_ROLE),
        "more than one signature",
    ),
    "cut armour": (lambda f, key, other: f[SIGNATURE][:-10], "armour is cut"),
    "cut inside": (
        lambda f, key, other: armour(base64.b64decode(b"".join(f[SIGNATURE].splitlines()[1:-1]))[:-9]),
        "cut short",
    ),
    "bytes after": (
        lambda f, key, other: armour(base64.b64decode(b"".join(f[SIGNATURE].splitlines()[1:-1])) + b"more"),
        "bytes after the signature",
    ),
    "no base64": (lambda f, key, other: f[SIGNATURE].replace(b"U1NI", b"!!!!"), "not base64"),
    "another format": (
        lambda f, key, other: b"-----BEGIN PGP SIGNATURE-----\nx\n",
        "armour is cut or has text",
    ),
    "text around": (lambda f, key, other: b"note\n" + f[SIGNATURE], "armour is cut or has text around"),
    "wrong namespace": (lambda f, key, other: key.sign(f[SIGNED], "file"), "signed for another purpose"),
    "the seal's signature": (lambda f, key, other: f[f"{SEAL}.sig"], "signed for another purpose"),
    "over another file": (
        lambda f, key, other: key.sign(f["manifest-sha256.txt"], VIEW_ROLE),
        "does not fit these bytes",
    ),
    "over other line ends": (
        lambda f, key, other: key.sign(f[SIGNED].replace(b"\n", b"\r\n"), VIEW_ROLE),
        "does not fit these bytes",
    ),
    "another case's": (lambda f, key, other: key.sign(b"another", VIEW_ROLE), "does not fit these bytes"),
    "a key nobody named": (
        lambda f, key, other: other.sign(f[SIGNED], VIEW_ROLE),
        "a key that nobody has named",
    ),
    "scalar beyond the order": (
        lambda f, key, other: rebuilt(f[SIGNATURE], beyond_the_order),
        "not canonical",
    ),
    "y beyond the field": (
        lambda f, key, other: rebuilt(f[SIGNATURE], lambda raw: b"\xff" * 32 + raw[32:]),
        "not canonical",
    ),
    "small order": (
        lambda f, key, other: rebuilt(f[SIGNATURE], lambda raw: b"\1" + b"\0" * 31 + raw[32:]),
        "small order",
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_signature_is_refused(
    name: str, court: Path, sealed: World, signers: Path, other: Key, tmp_path: Path
) -> None:
    attack, words = ATTACKS[name]
    files = unpacked(court)
    path = packed(tmp_path / "bundle.zip", {**files, SIGNATURE: attack(files, sealed.key, other)})
    found = sealed.verify(path).report
    assert [fault.rung for fault in found.faults] == ["V1"]
    assert words in found.faults[0].what
    alone = standalone(path, signers)
    assert alone.returncode == 5 and words in alone.stdout


def line(key: Key, **options: str) -> str:
    told = ",".join(f'{name.replace("_", "-")}="{value}"' for name, value in options.items())
    return f"{PRINCIPAL} {told} {key.line()}\n"


ROLES = f"{VIEW_ROLE},{SEAL_ROLE}"
SIGNERS: dict[str, tuple[dict[str, str], str]] = {
    "expired": ({"namespaces": ROLES, "valid_before": "20200101Z"}, "no longer valid"),
    "not yet": ({"namespaces": ROLES, "valid_after": "21000101Z"}, "not valid yet"),
    "only seals": ({"namespaces": SEAL_ROLE}, "may not sign this"),
    "only views": ({"namespaces": VIEW_ROLE}, "may not sign this"),
    "other purpose": ({"namespaces": "git"}, "may not sign this"),
}


@pytest.mark.parametrize("name", SIGNERS)
def test_a_key_does_not_count(name: str, court: Path, sealed: World, tmp_path: Path) -> None:
    options, words = SIGNERS[name]
    given = line(sealed.key, **options)
    found = sealed.verify(court, signers=given).report
    assert found.failed("V1") and all(words in fault.what for fault in found.faults)
    (tmp_path / "signers").write_text(given)
    assert standalone(court, tmp_path / "signers").returncode == 5
    assert openssh_accepts(court, given, tmp_path, VIEW_ROLE) is (name == "only views")


def test_validity_is_looked_at_for_the_asked_day(court: Path, sealed: World) -> None:
    given = line(sealed.key, namespaces=ROLES, valid_after="20200101Z", valid_before="20210101Z")
    assert not sealed.verify(court, signers=given).report.good
    assert sealed.verify(court, signers=given, at=moment("20200601Z")).report.good
    assert not sealed.verify(court, signers=given, at=moment("20210101Z")).report.good


def test_a_revoked_key_does_not_count(court: Path, sealed: World) -> None:
    found = sealed.verify(court, revoked=f"{sealed.key.fingerprint}\n").report
    assert [fault.what for fault in found.faults] == ["signed by a revoked key"] * 2


def test_without_signers_nothing_is_verified(court: Path, sealed: World) -> None:
    """A signature that fits says that somebody signed: not who. OpenSSH's check-novalidate stops there."""
    found = sealed.verify(court, signers=None).report
    assert not found.good and found.failed("V1")


def test_the_key_in_the_bundle_is_no_root_of_trust(
    court: Path, sealed: World, other: Key, tmp_path: Path
) -> None:
    from tests.bundle.made import forged

    def change(files: Files) -> None:
        files["data/keys/allowed_signers"] = signer_line(other, seal=True, view=True).encode()

    path = forged(court, tmp_path / "theirs.zip", change, other)
    assert not sealed.verify(path).report.good
    assert not sealed.verify(path, signers=None).report.good


def test_a_missing_signature_is_told(court: Path, sealed: World, tmp_path: Path) -> None:
    files = unpacked(court)
    del files[SIGNATURE]
    found = sealed.verify(packed(tmp_path / "bundle.zip", files)).report
    assert [fault.what for fault in found.faults] == ["the signature is missing"]


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "a ssh-rsa AAAA",
        "a ssh-ed25519 !!!",
        "a b c ssh-ed25519 AAAA",
        "a cert-authority ssh-ed25519 AAAA",
    ],
)
def test_a_list_of_signers_that_cannot_be_read(text: str) -> None:
    with pytest.raises(Unreadable, match="line 1"):
        read_signers(text)


@pytest.mark.parametrize("text", ["2026", "20261301Z", "20260101120Z", "soon"])
def test_a_time_that_cannot_be_read(text: str) -> None:
    with pytest.raises(Unreadable):
        moment(text)


# --- against OpenSSH and another implementation -------------------------------------------------------


def openssh_accepts(court: Path, signers: str, folder: Path, role: str) -> bool:
    files = unpacked(court)
    (folder / "list").write_text(signers)
    (folder / "signed.sig").write_bytes(files[SIGNATURE])
    command = ["ssh-keygen", "-Y", "verify", "-f", "list", "-I", PRINCIPAL, "-n", role, "-s", "signed.sig"]
    return (
        subprocess.run(command, input=files[SIGNED], cwd=folder, capture_output=True, check=False).returncode
        == 0
    )


def test_signatures_are_those_of_openssh(tmp_path: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", PRINCIPAL, "-f", "key"],
        cwd=tmp_path,
        check=True,
    )
    (tmp_path / "message").write_bytes(b"some bytes\n")
    subprocess.run(
        ["ssh-keygen", "-q", "-Y", "sign", "-f", "key", "-n", VIEW_ROLE, "message"], cwd=tmp_path, check=True
    )
    key = load_key(tmp_path / "key")
    assert key.principal == PRINCIPAL
    assert key.sign(b"some bytes\n", VIEW_ROLE) == (tmp_path / "message.sig").read_bytes()


def test_a_key_with_a_passphrase(tmp_path: Path) -> None:
    new_key(tmp_path / "key", PRINCIPAL, b"open sesame")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="passphrase"):
        load_key(tmp_path / "key")
    with pytest.raises(UsageError, match="wrong passphrase"):
        load_key(tmp_path / "key", b"shut")
    assert load_key(tmp_path / "key", b"open sesame").principal == PRINCIPAL
    asked = ["ssh-keygen", "-y", "-P", "open sesame", "-f", str(tmp_path / "key")]
    assert subprocess.run(asked, capture_output=True, check=True).stdout.split()[0] == b"ssh-ed25519"
    with pytest.raises(UsageError, match="cannot be made"):
        new_key(tmp_path / "key", PRINCIPAL)


def test_keys_that_will_not_do(tmp_path: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-N", "", "-f", "rsa"], cwd=tmp_path, check=True)
    with pytest.raises(UsageError, match="not an Ed25519"):
        load_key(tmp_path / "rsa")
    with pytest.raises(UsageError, match="cannot be read"):
        load_key(tmp_path / "none")
    (tmp_path / "text").write_text("no key")
    (tmp_path / "text").chmod(0o600)
    with pytest.raises(UsageError, match="no key of OpenSSH"):
        load_key(tmp_path / "text")
    (tmp_path / "text").chmod(0o644)
    with pytest.raises(UsageError, match="others can read"):
        load_key(tmp_path / "text")
    for name in ("", "two words", 'a"b', "a,b", "*"):
        with pytest.raises(UsageError, match="no name for a key"):
            new_key(tmp_path / "new", name)


@settings(max_examples=20)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200), place=st.integers(0, 511))
def test_verification_agrees_with_another_implementation(seed: bytes, message: bytes, place: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert ed25519.verify_ed25519(public, message, signature) == ""
    bent = bytearray(signature)
    bent[place // 8] ^= 1 << place % 8
    assert ed25519.verify_ed25519(public, message, bytes(bent)) != ""
    assert ed25519.verify_ed25519(public, message + b"x", signature) != ""
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def test_strings_are_length_and_bytes() -> None:
    assert string(b"abc") == b"\0\0\0\3abc"
