"""One recipient's view of a sealed case: the files of its bag."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from linkage import __version__
from linkage.bundle import unresolved_groups
from linkage.bundle.attestation import attestation
from linkage.bundle.checks.attestation import ATTESTATION
from linkage.bundle.checks.rendering import rendered, view_labels
from linkage.bundle.checks.seal_page import SCHEMA
from linkage.bundle.checks.sshsig import read_signature
from linkage.bundle.policy import Policy
from linkage.bundle.reidentification import Risk
from linkage.bundle.seal import Page, Sorted
from linkage.bundle.signing import Key
from linkage.bundle.units import without_halves


@dataclass(frozen=True)
class Given:
    """What whoever makes a view decides: for whom, which groups, by which policy, by which key, and when."""

    recipient: str
    groups: Sequence[str]
    policy: Policy
    key: Key
    override: str = ""
    exported: str = ""

    @property
    def signer(self) -> str:
        """Principal and fingerprint of the key that signs the view."""
        return f"{self.key.principal} {self.key.fingerprint}"


def files(row: dict[str, Any], given: Given, page: Page, found: Sorted) -> dict[str, bytes]:
    """Everything below `data/`, but for custody, the report and the opened units."""
    keys = given.key.public, read_signature(page.signature).public
    made = rendered(row, page.fields, found.values, keys)
    return {
        **{name.removeprefix("data/"): content for name, content in made.items()},
        ATTESTATION.removeprefix("data/"): attestation(page.digest, found.values, given.key),
        "seal/SEAL.txt": page.text,
        "seal/SEAL.txt.sig": page.signature,
        "seal/commitments.txt": found.commitments,
    }


def view_row(given: Given, page: Page, found: Sorted, risk: Risk) -> dict[str, Any]:
    """What the view says of itself."""
    policy = given.policy
    row: dict[str, Any] = {
        "schema": SCHEMA,
        "case": page.fields["case"],
        "seal": page.digest,
        "declared": page.fields["declared"],
        "exported": given.exported,
        "signer": given.signer,
        "tool": f"linkage {__version__}",
        "recipient": given.recipient,
        "view": policy.name,
        "purpose": policy.purpose,
        "tlp": policy.tlp,
        "groups": sorted(given.groups),
        "unresolved": unresolved_groups.in_view(found.values, given.groups),
        "decided": unresolved_groups.decided_in_view(found.values, given.groups),
        "opened": found.classes,
        "withheld": {
            kind: {"units": count, "reason": why} for kind, (count, why) in sorted(found.withheld.items())
        },
        "policy": policy.as_row(),
        "reidentification": risk.as_row(policy),
        "override": given.override,
    }
    written: dict[str, Any] = without_halves(row)
    return written


def info(row: dict[str, Any], page: Page) -> dict[str, str]:
    """The labels of the bag."""
    return view_labels(row, page.fields)
