"""V2: whatever in a bundle follows from its opened units, seal and view is rendered again, byte for byte.

What cannot be rendered is on a list of files that show nothing. There is no file beside these.
"""

import fnmatch
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from linkage.bundle.checks.anonymity import anonymity_row
from linkage.bundle.checks.attestation import ATTESTATION
from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.commitments import COMMITMENTS
from linkage.bundle.checks.custody_chain import CUSTODY
from linkage.bundle.checks.disclosures import OPENED, Opened
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import SIGNATURE
from linkage.bundle.checks.manifests import BAG_INFO, bag_labels
from linkage.bundle.checks.parties import SEAL_SIGNATURE, signing_key
from linkage.bundle.checks.rendering import rendered, view_labels
from linkage.bundle.checks.seal_page import SCHEMA, SEAL, Seal
from linkage.bundle.checks.timestamps import SEAL_STAMPS

STATED = (SEAL, SEAL_SIGNATURE, COMMITMENTS, OPENED, CUSTODY, ATTESTATION)
"""What a view is rendered from; each of them has checks of its own. So have the statements in VIEW.json."""

DRAWN = re.compile(r"data/report/(report\.html|report\.pdf|plots/[a-z0-9][a-z0-9._-]*\.vl\.json)")
FROM_CASE = ("data/stix/bundle.json",)
"""Files that show nothing by themselves; those that are drawn can be drawn again by the whole program."""

VIEW_PAGE, NAMES = "data/VIEW.json", "account.name"
VIEW_KINDS = {
    "case": str, "decided": dict, "declared": str, "exported": str, "groups": list, "opened": dict,
    "override": str,
    "policy": dict, "purpose": str, "recipient": str, "reidentification": dict, "schema": int, "seal": str,
    "signer": str, "tlp": str, "tool": str, "unresolved": dict, "view": str, "withheld": dict,
}  # fmt: skip
POLICY_KINDS = {
    "open": list, "withhold": list, "paths": list, "min_k": int, "names": bool, "stix": bool, "sha256": str,
}  # fmt: skip
"""The fields of a view and of its policy, and what each is."""

Redraw = Callable[[dict[str, Any], Iterable[bytes], list[str]], Mapping[str, bytes]]
"""Of a view, its opened lines and the names of files: those of the files that can be drawn, drawn again."""


def check_derived(
    content: Content, seal: Seal, view: dict[str, Any], opened: Opened, redraw: Redraw | None
) -> None:
    """Compare every file that can be rendered, and name those that show nothing."""
    if not view:
        return
    report = content.report
    if not _of_kinds(view, VIEW_KINDS) or not _of_kinds(view["policy"], POLICY_KINDS):
        report.fault("V2", "a view with other fields", VIEW_PAGE, expected=", ".join(VIEW_KINDS))
        return
    files = _rendered(content, seal, view, opened)
    names = [name for name in content.files.names() if name.startswith("data/")]
    drawn = [name for name in names if DRAWN.fullmatch(name)]
    allowed = {*STATED, *SEAL_STAMPS, *FROM_CASE, *drawn, *files}
    for name in names:
        if files and name not in allowed:
            report.fault("V2", "a file that bundles do not hold", name)
    for name, wanted in sorted(files.items()):
        _same_bytes(content, name, wanted, "not what the opened units give")
    again = _drawn_again(content, view, drawn, redraw)
    for name, wanted in sorted(again.items()):
        _same_bytes(content, name, wanted, "drawn otherwise than from the opened units")
    silent = [name for name in names if (name in drawn and name not in again) or name in FROM_CASE]
    if silent:
        report.facts["files that show nothing here"] = ", ".join(silent)
    _view_fields(view, opened, report)


def _of_kinds(row: dict[str, Any], kinds: dict[str, type]) -> bool:
    """Whether a row has these fields and no others, each of its kind."""
    return sorted(row) == sorted(kinds) and all(type(row[name]) is kind for name, kind in kinds.items())


NOT_RENDERED = (ArithmeticError, AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What units of another form than they should have lead to."""


def _drawn_again(
    content: Content, view: dict[str, Any], names: list[str], redraw: Redraw | None
) -> Mapping[str, bytes]:
    if redraw is None or not names:
        return {}
    try:
        return redraw(view, content.lines(OPENED, "V2"), names)
    except NOT_RENDERED as error:
        content.report.fault("V2", "units from which the report cannot be drawn", names[0], found=repr(error))
        return {}


def _rendered(content: Content, seal: Seal, view: dict[str, Any], opened: Opened) -> dict[str, bytes]:
    """The files that there must be; empty, with a fault, where what they follow from has another form."""
    report = content.report
    keys = signing_key(content, SIGNATURE), signing_key(content, SEAL_SIGNATURE)
    try:
        files = rendered(view, seal, opened.small, keys)
        labels = view_labels(view, seal)
    except NOT_RENDERED as error:
        report.fault("V2", "units from which the texts cannot be rendered", VIEW_PAGE, found=repr(error))
        return {}
    found = {name: said for name, said in bag_labels(content, report).items() if name != "Payload-Oxum"}
    if found != labels:
        report.fault("V2", "the bag is labelled as another view", BAG_INFO, expected=labels, found=found)
    return files


def _same_bytes(content: Content, name: str, wanted: bytes, what: str) -> None:
    """Whether a file has these bytes; a fault names the first line that differs."""
    if not content.has(name):
        return content.report.fault("V2", "a file is missing", name)
    found = content.whole(name, "V2")
    if found == wanted:
        return None
    ours, theirs = wanted.splitlines(), found.splitlines()
    line = next(
        (place for place, each in enumerate(ours) if place >= len(theirs) or each != theirs[place]), len(ours)
    )
    pair = [(side[line] if line < len(side) else b"").decode("latin-1") for side in (ours, theirs)]
    content.report.fault("V2", what, f"{name}:{line + 1}", expected=pair[0], found=pair[1])


def _view_fields(view: dict[str, Any], opened: Opened, report: Report) -> None:
    """What the view says of its groups, of its policy, and of how well accounts are hidden."""
    named = {path.split("/")[1] for path in opened.small if path.startswith("group/")}
    named |= {str(row.get("group")) for row in _claim_rows(opened)}
    if named and view["groups"] != sorted(named):
        report.fault(
            "V2", "the view is about other groups", VIEW_PAGE, expected=sorted(named), found=view["groups"]
        )
    if view["schema"] != SCHEMA:
        report.fault("V2", "a view of another schema", VIEW_PAGE, expected=SCHEMA, found=view["schema"])
    policy = view["policy"]
    if NAMES in opened.classes and not policy["names"]:
        report.fault("V2", "a view that opens names and says that it does not", VIEW_PAGE, found=NAMES)
    for kind in sorted(opened.classes):
        if not _any(kind, policy["open"]) or _any(kind, policy["withhold"]):
            report.fault("V2", "a class is opened that the policy withholds", VIEW_PAGE, found=kind)
    if policy["sha256"] != policy_digest(view):
        report.fault("V2", "the policy has another digest", VIEW_PAGE, expected=policy_digest(view))
    sizes = _sizes(view, opened)
    if sizes is None:
        report.facts["not computed again"] = (
            "the re-identification result: the view withholds how large a group is"
        )
        return
    wanted = anonymity_row(opened.profiles, sizes, min_k=policy["min_k"], names=policy["names"])
    apart = wanted["k"] < wanted["min_k"] or wanted["unique_neighbourhoods"]
    if apart and not policy["names"] and not view["override"]:
        what = "a view without names that tells accounts apart, and does not say why"
        report.fault("V2", what, VIEW_PAGE, expected=policy["min_k"], found=wanted)
    if view["reidentification"] != wanted:
        report.fault(
            "V2",
            "another re-identification result",
            VIEW_PAGE,
            expected=wanted,
            found=view["reidentification"],
        )


def policy_digest(view: dict[str, Any]) -> str:
    """SHA-256 of everything that decides what is opened."""
    names = ("open", "withhold", "min_k", "names", "stix", "paths")
    said = [view["view"], view["purpose"], view["tlp"], *(view["policy"][name] for name in names)]
    return hashlib.sha256(json.dumps(said).encode("ascii")).hexdigest()


def _any(kind: str, patterns: list[Any]) -> bool:
    return any(fnmatch.fnmatchcase(kind, str(each)) for each in patterns)


def _claim_rows(opened: Opened) -> list[dict[str, Any]]:
    rows = (value for path, value in opened.small.items() if path.startswith("claim/"))
    return [each for each in rows if isinstance(each, dict)]


def _sizes(view: dict[str, Any], opened: Opened) -> dict[str, int] | None:
    """How many accounts each group has: by its unit, its claim, or its opened members."""
    claimed = {
        str(row.get("group")): row for row in _claim_rows(opened) if row.get("method") == "count-members"
    }
    found = {}
    for group in map(str, view["groups"]):
        said = opened.small.get(f"group/{group}/accounts")
        if said is None and group in claimed:
            said = claimed[group].get("value")
        if said is None or not re.fullmatch(r"[0-9]{1,15}", str(said)):
            return None
        found[group] = int(str(said))
    return found
