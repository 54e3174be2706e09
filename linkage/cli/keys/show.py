"""keys show: fingerprints of public keys."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linkage.bundle import trusted_signers as trust_store
from linkage.bundle.checks.sshsig import fingerprint
from linkage.cli.screen.layout import rows
from linkage.cli.screen.layout import show as page
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say


def show(*, files: Sequence[Path], output: Format) -> None:
    """Print fingerprints."""
    if files:
        found: list[dict[str, Any]] = [
            {"file": str(each), "fingerprint": fingerprint(trust_store.read_public(each))} for each in files
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
            for each in trust_store.trusted()
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
        say(f"you trust no key yet; the list of trusted keys is {trust_store.signers_file()}")


def _roles(namespaces: str) -> str:
    """The roles by their own names; other namespaces as they are."""
    names = {namespace: role for role, namespace in trust_store.ROLES.items()}
    return ", ".join(names.get(each, each) for each in namespaces.split(",")) if namespaces else "everything"


def _day(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="minutes")
