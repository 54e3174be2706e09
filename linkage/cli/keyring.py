"""keys new, show, trust and audit: what they do and print."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linkage.bundle import create, sign
from linkage.bundle import trust as trusting
from linkage.bundle.checks.sshsig import Unreadable, fingerprint, read_signers
from linkage.case import Case, audit_faults
from linkage.case.journal import AUDIT, read_lines
from linkage.cli.bundling import passphrase
from linkage.cli.layout import rows, text
from linkage.cli.layout import show as page
from linkage.cli.output import Format, emit
from linkage.cli.safe import safe
from linkage.cli.terminal import say
from linkage.errors import IntegrityError, UsageError


def new(*, file: Path, name: str, passphrase_file: Path | None) -> None:
    """Make a key."""
    key = sign.new_key(file, name, passphrase(passphrase_file))
    print(safe(key.fingerprint))
    say(f"{file} is the key, for you alone; {file}.pub is for everybody")
    say("next: let those who will verify know this fingerprint by a way of its own")


def show(*, files: Sequence[Path], output: Format) -> None:
    """Print fingerprints."""
    if files:
        found: list[dict[str, Any]] = [
            {"file": str(each), "fingerprint": fingerprint(trusting.read_public(each))} for each in files
        ]
    else:
        found = [
            {
                "name": each.principals,
                "fingerprint": fingerprint(each.public),
                "for": _roles(each.namespaces),
                "from": _day(each.after),
                "until": _day(each.before),
            }
            for each in trusting.trusted()
        ]
    if output is not Format.table:
        emit(output, found)
    elif found:
        page(
            rows(
                ["fingerprint" if each == "fingerprint" else f"{each}*" for each in found[0]],
                [tuple(each.values()) for each in found],
                right="fingerprint",  # as numbers are: whole, or nobody can compare it
            )
        )
    else:
        say(f"nobody is trusted yet; the list is {trusting.signers_file()}")


def _roles(namespaces: str) -> str:
    """The roles by their own names; other namespaces as they are."""
    names = {namespace: role for role, namespace in trusting.ROLES.items()}
    return ", ".join(names.get(each, each) for each in namespaces.split(",")) if namespaces else "everything"


def _day(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="minutes")


def trust(*, file: Path, name: str, fingerprint: str, roles: Sequence[str], since: str, until: str) -> None:
    """Add a key to the list."""
    who = trusting.Trusted(name, tuple(roles) or tuple(trusting.ROLES), since, until)
    line = trusting.trust(trusting.read_public(file), who, fingerprint)
    print(safe(line.strip()))
    say(f"added to {trusting.signers_file()}")


def audit(
    *, case: Path, key: Path | None, passphrase_file: Path | None, signers: Path | None, output: Format
) -> int:
    """Check or sign an audit file."""
    found = Case(case)
    if key is not None:
        row = create.sign_audit(found.path, sign.load_key(key, passphrase(passphrase_file)))
        say(f"{row['entries']:,} entries signed; the head is {row['head']}")
    faults = audit_faults(found.path) + create.audit_contradictions(found.path, _named(signers))
    entries = read_lines(found.path / AUDIT)
    if output is Format.table:
        body = [(row["seq"], row["at"], row["who"], row["action"]) for row in entries]
        page(rows(("", "at", "who", "what*"), body, right="seq"), *(text(each) for each in faults))
    else:
        emit(output, entries, faults=faults)
    return IntegrityError.exit_code if faults else 0


def _named(path: Path | None) -> Any:
    if path is None:
        return trusting.trusted() or None
    try:
        return read_signers(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        raise UsageError(f"{path}: {error}") from error
