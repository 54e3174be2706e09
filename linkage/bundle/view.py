"""One recipient's view of a sealed case: the files of its bag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.bundle import texts, unresolved_groups
from linkage.bundle.custody import handed_out
from linkage.bundle.policy import Policy
from linkage.bundle.reidentification import Risk
from linkage.bundle.seal import Page, Sorted
from linkage.bundle.signing import Key, signer_line
from linkage.bundle.units import json_line
from linkage.bundle.validation import NOT_MEASURED


@dataclass(frozen=True)
class Given:
    """What whoever makes a view decides: for whom, which groups, by which policy, signed by whom."""

    recipient: str
    groups: Sequence[str]
    policy: Policy
    key: Key
    override: str = ""
    validation: Mapping[str, Any] | None = None


def files(given: Given, page: Page, found: Sorted, custody: Sequence[bytes], risk: Risk) -> dict[str, bytes]:
    """Everything below `data/`, but for the report and the opened units."""
    view = view_row(given, page, found, risk)
    values, sealed = found.values, page.fields
    custodian = sealed["custodian"].partition(" ")[0]
    outputs = [f"{row['sha256']}  {name}" for name, row in sorted(values.get("run/outputs", {}).items())]
    lines = handed_out(
        custody, at=sealed["declared"], seal=page.digest, recipient=given.recipient, override=given.override
    )
    settings, signals = _below(values, "setting/"), _below(values, "signal/")
    claims = [value for path, value in sorted(values.items()) if path.startswith("claim/")]
    against = {path: said for path, said in sorted(values.items()) if path.startswith("against/")}
    return {
        "README-FIRST.txt": texts.read_first(view, given.key.principal, custodian),
        "VIEW.json": json_line(view),
        "claims.jsonl": b"".join(json_line(each) for each in claims),
        "counter-evidence.jsonl": _counter(against),
        "seal/SEAL.txt": page.text,
        "seal/SEAL.txt.sig": page.signature,
        "seal/commitments.txt": found.commitments,
        "methodology/method.md": texts.method(settings, signals),
        "methodology/params.json": json_line(settings),
        "methodology/validation.json": json_line(given.validation or NOT_MEASURED),
        "reproduce/run.json": json_line(_below(values, "run/")),
        "reproduce/requirements.lock": _versions(values.get("run/versions", {})),
        "reproduce/expected-outputs.sha256": "".join(f"{each}\n" for each in outputs).encode("ascii"),
        "custody/custody.jsonl": b"".join(lines),
        "certifications/902-13.template.txt": texts.certification("902(13)", view, outputs),
        "certifications/902-14.template.txt": texts.certification("902(14)", view, outputs),
        "keys/allowed_signers": signer_line(given.key, seal=True, view=True).encode("ascii"),
    }


def view_row(given: Given, page: Page, found: Sorted, risk: Risk) -> dict[str, Any]:
    """What the view says of itself."""
    policy = given.policy
    return {
        "schema": 1,
        "case": page.fields["case"],
        "seal": page.digest,
        "declared": page.fields["declared"],
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


def info(given: Given, page: Page) -> dict[str, str]:
    """The labels of the bag."""
    return {
        "Bag-Software-Agent": page.fields["tool"],
        "Bagging-Date": page.fields["declared"][:10],
        "Evidence-View": given.policy.name,
        "External-Identifier": page.fields["case"],
    }


def _below(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {
        path.removeprefix(prefix): value for path, value in sorted(values.items()) if path.startswith(prefix)
    }


def _counter(against: Mapping[str, Any]) -> bytes:
    """Every point once: in full where the view opens that, else without the values it names."""
    points = {path.rpartition("/")[0]: path for path in against if not path.endswith("/count")}
    best = {f"{point}/in-full" if f"{point}/in-full" in against else path for point, path in points.items()}
    rows = [{"unit": path, "says": against[path]} for path in sorted(best)]
    return b"".join(json_line(row) for row in rows)


def _versions(versions: Mapping[str, str]) -> bytes:
    """What the run stood on: one package a line, as a requirements file has it."""
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items())).encode("ascii")
