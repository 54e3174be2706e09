"""The whole verification, rung by rung."""

import hashlib
import os
import time
from dataclasses import dataclass, field, replace
from typing import Any

from linkage.bundle.checks.agreement import check_agreement
from linkage.bundle.checks.archive import Archive
from linkage.bundle.checks.attestation import ATTESTATION, check_attestation
from linkage.bundle.checks.bundle_files import Content, Files
from linkage.bundle.checks.challenge import Drawn, check_answer
from linkage.bundle.checks.claim_forms import Claim
from linkage.bundle.checks.claims import (
    CLAIMS,
    REPORT,
    check_claims,
    check_report,
    recompute_claims,
)
from linkage.bundle.checks.commitments import COMMITMENTS, check_commitments
from linkage.bundle.checks.counted import check_counts
from linkage.bundle.checks.custody_chain import CUSTODY, check_chain
from linkage.bundle.checks.decided import check_decided
from linkage.bundle.checks.derived import Redraw, check_derived
from linkage.bundle.checks.disclosures import OPENED, Opened, check_opened
from linkage.bundle.checks.faults import Report, to_the_end
from linkage.bundle.checks.file_names import SIGNATURE, SIGNED
from linkage.bundle.checks.group_numbers import check_numbers
from linkage.bundle.checks.manifests import check_bag
from linkage.bundle.checks.outcomes import check_outcomes
from linkage.bundle.checks.parties import SEAL_SIGNATURE, check_parties
from linkage.bundle.checks.points_found import check_points
from linkage.bundle.checks.reference_cycles import without_cycle_search
from linkage.bundle.checks.said_again import check_said_again
from linkage.bundle.checks.said_numbers import check_sentences
from linkage.bundle.checks.seal_page import SEAL, SEAL_FIELDS, Seal, is_of_another_schema, read_seal
from linkage.bundle.checks.sshsig import (
    SEAL_ROLE,
    VIEW_ROLE,
    Signer,
    Unreadable,
    fingerprint,
    read_revoked,
    read_signature,
    read_signers,
    signature_fault,
    who_signed,
)
from linkage.bundle.checks.stix import check_stix
from linkage.bundle.checks.strict_json import NotStrict, count_of, strict
from linkage.bundle.checks.timestamps import (
    StampCheck,
    Stamped,
    check_stamp_order,
    check_stamps,
    trusted_time,
)
from linkage.bundle.checks.unpacked_folder import Folder
from linkage.bundle.checks.view_form import view_faults

BAG, VIEW = "bagit.txt", "data/VIEW.json"


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

    keep_going: bool = False
    """Whether to look at what is said where bytes or signature fail, and it is nobody's word."""

    stamps: StampCheck | None = None
    """Of a time stamp and what it is over: who signed it, or why that does not count."""

    redraw: Redraw | None = None
    """Draws the report again; the one-file verifier cannot."""


@dataclass
class Verified:
    """What a verification found, and the units it read for whoever goes on from there."""

    report: Report
    seal: Seal = field(default_factory=lambda: dict.fromkeys(SEAL_FIELDS, ""))
    view: dict[str, Any] = field(default_factory=dict)
    opened: Opened = field(default_factory=Opened)
    packed: bytes = b""
    states: dict[str, str] = field(default_factory=dict)
    acts: list[dict[str, Any]] = field(default_factory=list)
    """The lines of custody."""


def verify_bundle(path: str, asked: Asked) -> Verified:
    """Everything that is wrong with a bundle: an archive, or the folder it was unpacked to.

    Raises nothing for whatever stands in a bundle: a check that cannot be completed is a fault.
    """
    report = Report()
    found = Verified(report)
    report.not_looked["V4"] = "needs the sealed inputs: linkage bundle verify --rerun"
    report.not_looked["V5"] = "needs a beacon and the provider's answer: linkage bundle challenge"
    with without_cycle_search(), to_the_end(report, "V0", path):
        files: Files = Folder(path, report) if os.path.isdir(path) else Archive(path, report)
        try:
            if not report.failed("V0"):
                _climb(Content(files, report), asked, found)
        finally:
            files.close()
    return found


def _climb(content: Content, asked: Asked, found: Verified) -> None:
    report = found.report
    with to_the_end(report, "V0", BAG):
        check_bag(content, report)
    trusted: dict[str, str] = {}
    stamps: list[Stamped] = []
    with to_the_end(report, "V1", SIGNATURE):
        found.seal = read_seal(content, report)
        trusted, stamps = _signatures(content, asked, found.seal["declared"])
    if is_of_another_schema(found.seal):
        return
    if not asked.keep_going and (failed := [rung for rung in ("V0", "V1") if report.failed(rung)]):
        # What follows is whatever somebody put there: it is neither read nor reported as if it were evidence.
        for rung in ("V2", "V3"):
            report.not_looked[rung] = f"{failed[0]} fails; --keep-going looks all the same"
        return
    with to_the_end(report, "V2", VIEW):
        found.view = _view(content, found.seal, report)
        check_parties(content, found.seal, found.view, trusted)
        check_stamp_order(stamps, found.view.get("exported", ""), report)
        check_stix(content, found.view)
    with to_the_end(report, "V2", COMMITMENTS):
        found.packed = check_commitments(content, found.seal, report)
    with to_the_end(report, "V2", OPENED):
        found.opened = check_opened(content, found.packed, found.view, report)
    _what_is_said(content, asked, found)


def _what_is_said(content: Content, asked: Asked, found: Verified) -> None:
    """What the other files say of the opened units."""
    report = found.report
    claims: dict[str, Claim] = {}
    with to_the_end(report, "V2", CLAIMS):
        claims = check_claims(content, found.opened, report)
        check_counts(content, claims, found.opened)
    with to_the_end(report, "V2", VIEW):
        check_outcomes(content, found.view, found.opened)
        check_decided(content, found.view, found.opened)
        check_derived(content, found.seal, found.view, found.opened, asked.redraw)
        _counts(found, report)
    with to_the_end(report, "V2", ATTESTATION):
        check_attestation(content, found.view, found.opened.small)
    with to_the_end(report, "V2", CUSTODY):
        found.acts = check_chain(content, found.seal, found.view, _digest_of(content, SEAL))
        check_agreement(content, found.seal, found.opened, found.acts)
        check_numbers(found.opened, report)
        check_said_again(found.opened, report)
        check_sentences(found.opened, report)
        check_points(found.opened, report)
    with to_the_end(report, "V3", REPORT):
        check_report(content, claims, report)
    with to_the_end(report, "V5", "--answer"):
        if asked.challenge is not None:
            drawn = Drawn(_digest_of(content, SEAL), *asked.challenge, found.packed)
            check_answer(drawn, asked.answer, found.opened.paths, report)
    with to_the_end(report, "V3", CLAIMS):
        if asked.recompute:
            found.states = recompute_claims(claims, found.opened, report)
        else:
            report.not_looked["V3"] = "not asked for: --recompute"


def _signatures(content: Content, asked: Asked, declared: str) -> tuple[dict[str, str], list[Stamped]]:
    """V1: who signed view and seal, and by when as far as a time stamp says so."""
    report, count = content.report, _who_counts(asked, content.report)
    stamps = check_stamps(content, asked.stamps, declared)
    view_at, seal_at = (trusted_time(stamps, of_seal=each) for each in (False, True))
    # A signature that is known to have been there while its key was valid stays good.
    of_view, of_seal = (
        replace(count, at=at) if asked.at is None and at is not None else count for at in (view_at, seal_at)
    )
    view = _signed(content, (SIGNED, SIGNATURE), VIEW_ROLE, of_view)
    seal = _signed(content, (SEAL, SEAL_SIGNATURE), SEAL_ROLE, of_seal)
    if view and seal:
        when = "now" if asked.at is None and view_at is None else "then"
        stamped = " and ".join(name for name, at in (("view", view_at), ("seal", seal_at)) if at is not None)
        time_said = f"an independent time stamp holds for {stamped}" if stamped else "no independent time"
        report.looked["V1"] = f"both by keys you trust, valid {when}; {time_said}"
        report.facts |= {"view signed by": view, "seal signed by": seal}
    return {SIGNATURE: view, SEAL_SIGNATURE: seal}, stamps


def _digest_of(content: Content, name: str) -> str:
    return hashlib.sha256(content.whole(name, "V2")).hexdigest()


@dataclass(frozen=True)
class _Counting:
    """Whose signatures count, and at what time; `signers` is None where nobody has been named."""

    signers: list[Signer] | None
    revoked: frozenset[str]
    at: float


def _who_counts(asked: Asked, report: Report) -> _Counting:
    signers: list[Signer] | None = None
    revoked: frozenset[str] = frozenset()
    if asked.signers is None:
        what = "nobody has been named who may sign"
        report.fault("V1", what, "--signers", expected="a file of signers you trust")
    else:
        try:
            signers = read_signers(asked.signers)
        except Unreadable as error:
            report.fault("V1", f"the list of signers: {error}", "--signers")
    try:
        revoked = read_revoked(asked.revoked)
    except Unreadable as error:
        report.fault("V1", f"the list of revoked keys: {error}", "--revoked")
    return _Counting(signers, revoked, time.time() if asked.at is None else asked.at)


def _signed(content: Content, names: tuple[str, str], role: str, count: _Counting) -> str:
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
    if key in count.revoked:
        report.fault("V1", "signed by a revoked key", armoured, found=key)
        return ""
    if count.signers is None:
        report.facts[f"key of {role}, not among your signers"] = key
        return ""
    who, why = who_signed(count.signers, signature.public, role, count.at)
    if why:
        report.fault("V1", why, armoured, found=key)
    return f"{who} {key}" if who else ""


def _view(content: Content, seal: Seal, report: Report) -> dict[str, Any]:
    try:
        view = strict(content.whole(VIEW, "V2"))
    except NotStrict as error:
        report.fault("V2", f"the view: {error}", VIEW)
        return {}
    if wrong := view_faults(view):
        for name, expected, is_said in wrong:
            what = f"a view whose {name} is of another form" if name else "a view that is no object"
            report.fault("V2", what, VIEW, expected=expected, found=is_said)
        return {}
    digest = _digest_of(content, SEAL)
    if (view["seal"], view["case"], view["declared"]) != (digest, seal["case"], seal["declared"]):
        report.fault("V2", "a view of another seal", VIEW, expected=digest, found=view["seal"])
    report.facts |= {"case": seal["case"], "recipient": view["recipient"], "written": view["exported"]}
    return dict(view)


def _counts(found: Verified, report: Report) -> None:
    """What the view says it opens is what it opens, and no more is left than the seal commits to."""
    if not found.view:
        return
    opened, withheld = found.view["opened"], found.view["withheld"]
    if opened != found.opened.classes:
        what = "the view miscounts what it opens"
        report.fault("V2", what, VIEW, expected=opened, found=found.opened.classes)
    hidden = [row["units"] for row in withheld.values()]
    if not all(hidden):
        return report.fault("V2", "the view miscounts what it withholds", VIEW, found=hidden)
    sealed = count_of(found.seal["commitments"])
    total = sum(found.opened.classes.values()) + sum(hidden)
    if sealed is not None and total > sealed:
        report.fault("V2", "more units than the seal commits to", VIEW, expected=sealed, found=total)
