"""A bundle is checked by its own verifier before anybody gets it: what a recipient would refuse is refused
here, while it can still be put right."""

from collections.abc import Callable
from pathlib import Path

from linkage.bundle.checks.faults import Fault
from linkage.bundle.checks.ladder import Asked, verify_bundle
from linkage.bundle.checks.sshsig import SEAL_ROLE, VIEW_ROLE, public_line, read_signature
from linkage.bundle.seal import Page
from linkage.bundle.signing import Key
from linkage.errors import IntegrityError

FEW = 3
"""Faults named in the message."""


def must_verify(key: Key, page: Page) -> Callable[[Path], None]:
    """A check of a finished archive that was signed with `key` over the seal `page`.

    It raises IntegrityError with path, expected and found where the archive does not pass V0 to V3. Only the
    two keys at hand count, each for its own role.
    """
    custodian = page.fields["custodian"].partition(" ")[0]
    signers = "".join(
        f'{principal} namespaces="{role}" {public_line(public)}\n'
        for principal, role, public in (
            (key.principal, VIEW_ROLE, key.public),
            (custodian, SEAL_ROLE, read_signature(page.signature).public),
        )
    )

    def check(path: Path) -> None:
        report = verify_bundle(str(path), Asked(signers, recompute=True)).report
        if report.good:
            return
        faults = "; ".join(_told(each) for each in report.faults[:FEW])
        raise IntegrityError(
            f"the bundle does not pass its own verifier, and was not kept: {faults}",
            hint="look at what these units are made of in the case, or write a view that withholds them",
        )

    return check


def _told(fault: Fault) -> str:
    more = [
        f"{name} {value}" for name, value in (("expected", fault.expected), ("found", fault.found)) if value
    ]
    return f"{fault.rung} {fault.path}: {fault.what}" + (f" ({', '.join(more)})" if more else "")
