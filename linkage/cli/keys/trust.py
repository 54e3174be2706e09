"""keys trust: whose signatures count."""

from collections.abc import Sequence
from pathlib import Path

from linkage.bundle import trusted_signers as trust_store
from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import say


def trust(*, file: Path, name: str, fingerprint: str, roles: Sequence[str], since: str, until: str) -> None:
    """Add a key to the list."""
    who = trust_store.Trusted(name, tuple(roles) or tuple(trust_store.ROLES), since, until)
    line = trust_store.trust(trust_store.read_public(file), who, fingerprint)
    print(safe(line.strip()))
    say(f"added to {trust_store.signers_file()}")
