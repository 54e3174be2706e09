"""keys new: make a key."""

from pathlib import Path

from linkage.bundle import signing
from linkage.cli.files import passphrase
from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import say


def new(*, file: Path, name: str, passphrase_file: Path | None) -> None:
    """Make a key."""
    key = signing.new_key(file, name, passphrase(passphrase_file))
    print(safe(key.fingerprint))
    say(f"{file} is the private key: keep it to yourself; {file}.pub is the public key")
    say("next: send this fingerprint to those who will verify, by another channel than the bundle")
