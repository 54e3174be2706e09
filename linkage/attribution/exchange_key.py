"""Keyed digests: two providers with one key find the values that both have, and show each other no other.

A digest is HMAC-SHA256 over trait and value. Without the key it reveals nothing. With it, a value can still
be guessed at: whoever holds the key can digest every address there is and compare.
"""

import hmac
import ipaddress
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from linkage.errors import UsageError, command

BYTES = 32
PREFIX = "keyed:"
"""What the trait of an indicator begins with whose value is a digest."""

_KEYED = re.compile("([0-9a-f]{16})-([0-9a-f]{64})")


@dataclass(frozen=True)
class ExchangeKey:
    """The secret of one exchange between providers."""

    secret: bytes

    def name(self) -> str:
        """Stands in every digest made under this key; it reveals nothing of the key."""
        return hmac.digest(self.secret, b"exchange-key-name-v1", "sha256")[:8].hex()

    def digest(self, trait: str, value: str) -> str:
        """The key's name and the digest of a value of a trait: equal for equal values, and for no others."""
        text = json.dumps(["exchange-v1", trait, canonical(trait, value)]).encode("ascii")
        return f"{self.name()}-{hmac.digest(self.secret, text, 'sha256').hex()}"


def canonical(trait: str, value: str) -> str:
    """A value in the one spelling of it that is digested, where two providers may write it in two."""
    if trait == "asn":
        return value[2:] if value[:2].upper() == "AS" else value
    if trait in ("ip", "prefix"):
        try:
            found = ipaddress.ip_network(value)
        except ValueError:
            return value
        return str(found.network_address if found.prefixlen == found.max_prefixlen else found)
    return value.lower() if trait == "email_domain" else value


def is_keyed(trait: str, value: str) -> bool:
    """Whether an indicator's value is a digest under some key."""
    return trait.startswith(PREFIX) and _KEYED.fullmatch(value) is not None


def key_name(value: str) -> str:
    """The name of the key under which a digest was made."""
    return value.partition("-")[0]


def new_exchange_key(path: Path) -> ExchangeKey:
    """Make a key in a file for its owner alone; raises UsageError where a file is in the way."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(f"{path}: cannot be made: {error.strerror}", hint="name a new file") from error
    key = ExchangeKey(os.urandom(BYTES))
    with os.fdopen(handle, "w") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(f"{key.secret.hex()}\n")
    return key


def read_exchange_key(path: Path) -> ExchangeKey:
    """The key in a file; raises UsageError where there is none, or where others can read it."""
    try:
        text, mode = path.read_text("ascii").strip(), path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        hint = f"make one: {command('linkage', 'keys', 'exchange', path)}"
        raise UsageError(f"{path}: no exchange key can be read: {error}", hint=hint) from error
    if not re.fullmatch(f"[0-9a-f]{{{2 * BYTES}}}", text):
        raise UsageError(f"{path}: is no exchange key", hint="64 lower-case hexadecimal digits on one line")
    if stat.S_IMODE(mode) & 0o077:
        raise UsageError(f"{path}: others can read this key", hint=command("chmod", "600", path))
    return ExchangeKey(bytes.fromhex(text))
