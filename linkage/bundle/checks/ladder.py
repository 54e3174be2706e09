"""The whole verification, rung by rung."""

import hashlib
import os
import re
import time
from dataclasses import dataclass, field, replace
from typing import Any

from linkage.bundle.checks.archive import Archive
from linkage.bundle.checks.bundle_files import Content, Files
from linkage.bundle.checks.challenge import Drawn, check_answer
from linkage.bundle.checks.claims import check_claims, check_report, recompute_claims
from linkage.bundle.checks.counted import check_counts
from linkage.bundle.checks.custody_chain import check_chain
from linkage.bundle.checks.decided import check_decided
from linkage.bundle.checks.derived import Redraw, check_derived
from linkage.bundle.checks.disclosures import (
    SEAL,
    Opened,
    Seal,
    check_commitments,
    check_opened,
    read_seal,
)
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import SIGNATURE, SIGNED
from linkage.bundle.checks.manifests import check_bag
from linkage.bundle.checks.outcomes import check_outcomes
from linkage.bundle.checks.parties import SEAL_SIGNATURE, check_parties
from linkage.bundle.checks.sshsig import (
    SEAL_ROLE,
    VIEW_ROLE,
    Signer,
    Unreadable,
    fingerprint,
    read_signature,
    read_signers,
    signature_fault,
    who_signed,
)
from linkage.bundle.checks.stix import check_stix
from linkage.bundle.checks.strict_json import NotStrict, strict
from linkage.bundle.checks.timestamps import (
    StampCheck,
    Stamped,
    check_stamp_order,
    check_stamps,
    trusted_time,
)
from linkage.bundle.checks.unpacked_folder import Folder

VIEW = "data/VIEW.json"


@dataclass
class Asked:
    """What a verification is given: who may sign, which keys are revoked, when, and how far to go."""

    signers: str | None = None
    revoked: str = ""
    at: float | None = None
    recompute: bool = False
    challenge: tuple[str, int] | None = None
    """The verifier's own beacon, and how many units it picks."""

    answer: bytes = b""
    """What the provider opened."""

    stamps: StampCheck | None = None
    """Of a time stamp and what it is over: who signed it, or why that does not count."""

    redraw: Redraw | None = None
    """Draws the report again; the one-file verifier cannot."""


@dataclass
class Verified:
    """What a verification found, and the units it read for whoever goes on from there."""

    report: Report
    seal: Seal = field(default_factory=dict)
    view: dict[str, Any] = field(default_factory=dict)
    opened: Opened = field(default_factory=Opened)
    packed: bytes = b""
    states: dict[str, str] = field(default_factory=dict)
    acts: list[dict[str, Any]] = field(default_factory=list)
    """The lines of custody."""


def verify_bundle(path: str, asked: Asked) -> Verified:
    """Everything that is wrong with a bundle: an archive, or the folder it was unpacked to."""
    report = Report()
    found = Verified(report)
    report.not_looked["V4"] = "needs the sealed inputs: linkage bundle verify --rerun"
    report.not_looked["V5"] = "needs a beacon and the provider's answer: linkage bundle challenge"
    try:
        files: Files = Folder(path, report) if os.path.isdir(path) else Archive(path, report)
    except OSError as error:
        report.fault("V0", f"cannot be opened: {error.strerror}", path)
        return found
    try:
        if not report.failed("V0"):
            _climb(Content(files, report), asked, found)
    except OSError as error:
        report.fault("V0", f"a file cannot be read: {error.strerror}", path)
    finally:
        files.close()
    return found


def _climb(content: Content, asked: Asked, found: Verified) -> None:
    report = found.report
    check_bag(content, report)
    found.seal = read_seal(content, report)
    trusted, stamps = _signatures(content, asked, found.seal["declared"])
    found.view = _view(content, found.seal, report)
    check_parties(content, found.seal, found.view, trusted)
    check_stamp_order(stamps, str(found.view.get("exported", "")), report)
    check_stix(content, found.view)
    found.packed = check_commitments(content, found.seal, report)
    found.opened = check_opened(content, found.packed, report)
    found.opened.view = found.view
    claims = check_claims(content, found.opened, report)
    check_counts(content, claims, found.opened)
    check_outcomes(content, found.view, found.opened)
    found.acts = check_chain(content, found.seal, found.view, _digest_of(content, SEAL))
    check_derived(content, found.seal, found.view, found.opened, asked.redraw)
    check_decided(content, found.view, found.opened)
    _counts(found, report)
    check_report(content, claims, report)
    if asked.challenge is not None:
        drawn = Drawn(_digest_of(content, SEAL), *asked.challenge, found.packed)
        check_answer(drawn, asked.answer, found.opened.paths, report)
    if asked.recompute:
        found.states = recompute_claims(claims, found.opened, report)
    else:
        report.not_looked["V3"] = "not asked for: --recompute"


def _signatures(content: Content, asked: Asked, declared: str) -> tuple[dict[str, str], list[Stamped]]:
    """V1: who signed view and seal, and by when as far as a time stamp says so."""
    report, signers = content.report, _signers(asked, content.report)
    stamps = check_stamps(content, asked.stamps, declared)
    view_at, seal_at = (trusted_time(stamps, of_seal=each) for each in (False, True))
    # A signature that is known to have been there while its key was valid stays good.
    of_view, of_seal = (asked if asked.at is not None else replace(asked, at=at) for at in (view_at, seal_at))
    view = _signed(content, (SIGNED, SIGNATURE), VIEW_ROLE, of_view, signers)
    seal = _signed(content, (SEAL, SEAL_SIGNATURE), SEAL_ROLE, of_seal, signers)
    if view and seal:
        when = "now" if of_view.at is None else "then"
        stamped = " and ".join(name for name, at in (("view", view_at), ("seal", seal_at)) if at is not None)
        time_said = f"an independent time stamp holds for {stamped}" if stamped else "no independent time"
        report.looked["V1"] = f"both by keys you trust, valid {when}; {time_said}"
        report.facts |= {"view signed by": view, "seal signed by": seal}
    return {SIGNATURE: view, SEAL_SIGNATURE: seal}, stamps


def _digest_of(content: Content, name: str) -> str:
    return hashlib.sha256(content.whole(name, "V2")).hexdigest()


def _signers(asked: Asked, report: Report) -> list[Signer]:
    if asked.signers is None:
        report.fault(
            "V1", "nobody has been named who may sign", "--signers", expected="a file of signers you trust"
        )
        return []
    try:
        return read_signers(asked.signers)
    except Unreadable as error:
        report.fault("V1", f"the list of signers: {error}", "--signers")
        return []


def _signed(content: Content, names: tuple[str, str], role: str, asked: Asked, signers: list[Signer]) -> str:
    """Who signed a file for a purpose; empty, with a fault, where nobody who counts has."""
    (name, armoured), report = names, content.report
    if not content.has(armoured):
        if armoured != SIGNATURE:
            report.fault("V1", "the signature is missing", armoured)
        return ""
    try:
        signature = read_signature(content.whole(armoured, "V1"))
    except Unreadable as error:
        report.fault("V1", str(error), armoured)
        return ""
    key = fingerprint(signature.public)
    if why := signature_fault(signature, content.whole(name, "V1"), role):
        report.fault("V1", why, armoured, expected=role, found=signature.namespace)
        return ""
    if key in asked.revoked.split():
        report.fault("V1", "signed by a revoked key", armoured, found=key)
        return ""
    if asked.signers is None:
        report.facts[f"key of {role}, not among your signers"] = key
        return ""
    who, why = who_signed(signers, signature.public, role, time.time() if asked.at is None else asked.at)
    if why:
        report.fault("V1", why, armoured, found=key)
    return f"{who} {key}" if who else ""


VIEW_FIELDS = (
    "case",
    "seal",
    "recipient",
    "purpose",
    "tlp",
    "view",
    "declared",
    "exported",
    "groups",
    "opened",
    "withheld",
)


def _view(content: Content, seal: Seal, report: Report) -> dict[str, Any]:
    try:
        view = strict(content.whole(VIEW, "V2"))
    except NotStrict as error:
        report.fault("V2", f"the view: {error}", VIEW)
        return {}
    if not isinstance(view, dict) or (missing := [each for each in VIEW_FIELDS if each not in view]):
        report.fault("V2", "a view without its fields", VIEW, expected=", ".join(VIEW_FIELDS), found=missing)
        return {}
    digest = _digest_of(content, SEAL)
    if (view["seal"], view["case"], view["declared"]) != (digest, seal["case"], seal["declared"]):
        report.fault("V2", "a view of another seal", VIEW, expected=digest, found=view["seal"])
    report.facts |= {
        "case": seal["case"],
        "recipient": str(view["recipient"]),
        "written": str(view["exported"]),
    }
    return view


def _counts(found: Verified, report: Report) -> None:
    """What the view says it opens is what it opens, and no more is left than the seal commits to."""
    opened, withheld = found.view.get("opened"), found.view.get("withheld")
    if not isinstance(opened, dict) or not isinstance(withheld, dict):
        return
    if opened != found.opened.classes:
        report.fault(
            "V2", "the view miscounts what it opens", VIEW, expected=opened, found=found.opened.classes
        )
    hidden = [row.get("units") if isinstance(row, dict) else None for row in withheld.values()]
    if not all(isinstance(each, int) and each > 0 for each in hidden):
        report.fault("V2", "the view miscounts what it withholds", VIEW, found=hidden)
    elif re.fullmatch(r"\d{1,15}", found.seal["commitments"]):
        total = sum(found.opened.classes.values()) + sum(each for each in hidden if each)
        if total > int(found.seal["commitments"]):
            report.fault(
                "V2",
                "more units than the seal commits to",
                VIEW,
                expected=found.seal["commitments"],
                found=total,
            )
