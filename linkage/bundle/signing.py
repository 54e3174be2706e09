"""Keys and signatures, in OpenSSH's formats; the one module that imports `cryptography`."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linkage.bundle.checks.sshsig import (
    KIND,
    MAGIC,
    SEAL_ROLE,
    VIEW_ROLE,
    armour,
    fingerprint,
    is_name,
    public_line,
    signed_bytes,
    string,
)
from linkage.errors import UsageError, command


@dataclass(frozen=True)
class Key:
    """A key that can sign, and whose it is."""

    private: Ed25519PrivateKey
    principal: str

    @property
    def public(self) -> bytes:
        """The 32 bytes others know."""
        return self.private.public_key().public_bytes_raw()

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it."""
        return fingerprint(self.public)

    def line(self) -> str:
        """The public key as OpenSSH writes it."""
        return public_line(self.public)

    def sign_bare(self, message: bytes) -> bytes:
        """A bare Ed25519 signature (RFC 8032), for formats that say themselves what is signed."""
        return self.private.sign(message)

    def sign(self, message: bytes, namespace: str) -> bytes:
        """The signature `ssh-keygen -Y sign` makes, to the byte."""
        raw = self.private.sign(signed_bytes(message, namespace))
        public = string(KIND) + string(self.public)
        blob = MAGIC + (1).to_bytes(4, "big") + string(public) + string(namespace.encode())
        blob += string(b"") + string(b"sha512") + string(string(KIND) + string(raw))
        return armour(blob)


def load_key(path: Path, passphrase: bytes | None = None) -> Key:
    """A private key of OpenSSH's; raises UsageError where it is none, not Ed25519, or open to others."""
    try:
        content = path.read_bytes()
        mode = path.stat().st_mode
    except OSError as error:
        hint = f"make one: {command('linkage', 'keys', 'new', path)}"
        raise UsageError(f"{path}: cannot be read: {error.strerror}", hint=hint) from error
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError(f"{path}: others can read this key", hint=command("chmod", "600", path))
    try:
        private = serialization.load_ssh_private_key(content, passphrase)
    except TypeError as error:
        raise UsageError(f"{path}: this key needs its passphrase", hint="--passphrase-file FILE") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path}: no key of OpenSSH's, or a wrong passphrase") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError(f"{path}: is not an Ed25519 key", hint="ssh-keygen -t ed25519, or linkage keys new")
    return Key(private, _comment(path))


def _comment(path: Path) -> str:
    """Whose key it is, as the public half says; what is not one plain word is not taken."""
    try:
        words = Path(f"{path}.pub").read_text("ascii").split()
    except (OSError, UnicodeDecodeError):
        words = []
    word = words[2] if len(words) == 3 else ""
    return word if is_name(word) else "signer"


def new_key(path: Path, principal: str, passphrase: bytes | None = None) -> Key:
    """Make a key, its private half for its owner alone; raises UsageError where a file is in the way."""
    if not is_name(principal):
        raise UsageError(f"{principal!r}: is no name for a key", hint="a word such as legal@provider.example")
    private = Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    kind = serialization.PrivateFormat.OpenSSH
    content = private.private_bytes(serialization.Encoding.PEM, kind, lock)
    key = Key(private, principal)
    _write_new(path, content, 0o600)
    _write_new(Path(f"{path}.pub"), f"{key.line()} {principal}\n".encode(), 0o644)
    return key


def _write_new(path: Path, content: bytes, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise UsageError(f"{path}: cannot be made: {error.strerror}", hint="name a new file") from error
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(content)


def signer_line(key: Key, *, seal: bool, view: bool) -> str:
    """A line of `allowed_signers` that lets a key sign views, seals, or both."""
    names = ",".join([*([VIEW_ROLE] if view else []), *([SEAL_ROLE] if seal else [])])
    return f'{key.principal} namespaces="{names}" {key.line()}\n'
