"""The signers a person has decided to trust, and the fingerprints by which they decided."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_config_path

from linkage.bundle.checks.sshsig import (
    KIND,
    SEAL_ROLE,
    VIEW_ROLE,
    Signer,
    Unreadable,
    fingerprint,
    is_name,
    moment,
    public_line,
    read_signers,
    string,
)
from linkage.errors import UsageError
from linkage.private_files import write_private

ROLES = {"view": VIEW_ROLE, "seal": SEAL_ROLE}


def signers_file() -> Path:
    """Where the list is kept, in OpenSSH's own form."""
    return user_config_path("linkage") / "allowed_signers"


@dataclass(frozen=True)
class Trusted:
    """Whom to trust with which key, for which roles, and when (`YYYYMMDD…`, empty for no bound)."""

    principal: str
    roles: tuple[str, ...]
    after: str = ""
    before: str = ""


def read_public(path: Path) -> bytes:
    """The key of a `.pub` file, or of the one line of an `allowed_signers` file; raises UsageError."""
    try:
        words = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error
    places = [place for place, word in enumerate(words) if word == "ssh-ed25519"]
    if len(places) != 1 or places[0] + 1 >= len(words):
        raise UsageError(f"{path}: does not hold one Ed25519 public key")
    try:
        blob = base64.b64decode(words[places[0] + 1], validate=True)
    except binascii.Error as error:
        raise UsageError(f"{path}: is no public key") from error
    head = string(KIND) + (32).to_bytes(4, "big")
    if not blob.startswith(head) or len(blob) != len(head) + 32:
        raise UsageError(f"{path}: is no public key")
    return blob[len(head) :]


def trust(public: bytes, who: Trusted, seen: str, *, into: Path | None = None) -> str:
    """Add a signer to the list; returns the line. Raises UsageError if `seen` is not its fingerprint."""
    if seen.strip() != fingerprint(public):
        raise UsageError(
            f"this key is {fingerprint(public)}, not {seen}",
            hint="ask whose key it is, by another way than this file",
        )
    if not is_name(who.principal):
        raise UsageError(
            f"{who.principal!r}: is no name for a signer", hint="a word such as legal@provider.example"
        )
    line = _line(public, who)
    path = into or signers_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.exists() else ""
    if line not in before.splitlines(keepends=True):
        write_private(path, (before + line).encode("utf-8"))
    return line


def _line(public: bytes, who: Trusted) -> str:
    if not who.roles or set(who.roles) - ROLES.keys():
        raise UsageError("a key is trusted for something", hint=f"--role {' or '.join(ROLES)}")
    options = [f'namespaces="{",".join(ROLES[role] for role in who.roles)}"']
    try:
        for name, at in (("valid-after", who.after), ("valid-before", who.before)):
            if at:
                moment(at)
                options.append(f'{name}="{at}"')
    except Unreadable as error:
        raise UsageError(str(error)) from error
    line = f"{who.principal} {','.join(options)} {public_line(public)}\n"
    try:
        read_signers(line)
    except Unreadable as error:
        raise UsageError(str(error).removeprefix("line 1: ")) from error
    return line


def trusted(path: Path | None = None) -> list[Signer]:
    """Everybody on the list; raises UsageError where it cannot be read."""
    path = path or signers_file()
    try:
        return read_signers(path.read_text("utf-8")) if path.exists() else []
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        raise UsageError(f"{path}: {error}") from error
