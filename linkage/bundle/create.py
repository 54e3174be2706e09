"""Making bundles: a case is sealed once, and each recipient is given a view of it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from linkage import __version__
from linkage.bundle import (
    bag,
    challenge_answer,
    checkpoint,
    custody,
    reidentification,
    reports,
    seal,
    unresolved_groups,
    view,
)
from linkage.bundle.case_units import Inputs, units
from linkage.bundle.checks.custody_chain import NOTHING_BEFORE
from linkage.bundle.checks.sshsig import Signer
from linkage.bundle.claims import claims
from linkage.bundle.policy import COUNTER, Policy
from linkage.bundle.sealed_units import sealed
from linkage.bundle.self_check import must_verify
from linkage.bundle.signing import Key
from linkage.bundle.units import Secret
from linkage.bundle.validation import apart
from linkage.case import Case, audit_faults
from linkage.case.journal import AUDIT, append, read_lines
from linkage.errors import CaseError, IntegrityError, UsageError

EXPORTS, CHECKPOINTS = "exports.ndjson", "checkpoints.ndjson"
"""In the folder of the seal: which views were written, and for whom; and the audit file's signed states."""


Stix = Callable[[Case, view.Given, str], Mapping[str, bytes]]
"""From a case, what a view was given and when it was declared to the files of its STIX bundle."""


def no_stix(case: Case, given: view.Given, declared: str) -> Mapping[str, bytes]:
    """No STIX file."""
    del case, given, declared
    return {}


@dataclass(frozen=True)
class Wanted:
    """A bundle to be made. `seal_key` signs the seal where the case has none yet; default: the view's key."""

    groups: Sequence[str]
    policy: Policy
    key: Key
    recipient: str
    out: Path
    seal_key: Key | None = None
    override: str = ""
    validation: Mapping[str, Any] | None = None
    reseal: bool = False
    pdf: bool = False
    stix: Stix = no_stix
    """Makes the view's STIX file; the package that knows STIX is below this one."""


@dataclass(frozen=True)
class Made:
    """A bundle that was written."""

    sha256: str
    seal: str
    commitments: int
    opened: Mapping[str, int]
    withheld: Mapping[str, tuple[int, str]]
    risk: reidentification.Risk
    newly_sealed: bool


@dataclass(frozen=True)
class _Opened:
    case: Case
    secret: Secret
    inputs: Inputs
    custody: list[bytes]
    entries: int
    before: seal.Page | None


def create(case: Case, wanted: Wanted) -> Made:
    """Write one view; seals the case first where its tables are not those of its last seal.

    Raises CaseError for a group that is none, IntegrityError where the case is not what its receipt or its
    seal says, UsageError where a group is unresolved, or the view could tell who an account is, and no reason
    to override was given.
    """
    if wanted.pdf:
        reports.require_pdf()
    apart(wanted.validation, case.run)
    unresolved_groups.pass_gate(case, wanted.groups, wanted.override)
    opened = _open(case, reseal=wanted.reseal)
    _known(wanted.groups, opened.inputs)
    own = frozenset(wanted.groups)
    earlier = frozenset(_shown_earlier(case.path, wanted))
    found = seal.go_through(
        units(opened.inputs, opened.secret, claims(opened.inputs)),
        opened.secret,
        seal.Chosen(wanted.policy, own, earlier),
    )
    _nothing_against_is_missing(found)
    sizes = {group: len(opened.inputs.members[group]) for group in own}
    risk = reidentification.measure(found.own, found.together, sizes)
    reidentification.pass_gate(risk, wanted.policy, wanted.override)
    page = _page(opened, found, wanted)
    given = view.Given(
        wanted.recipient, sorted(own), wanted.policy, wanted.key, wanted.override, wanted.validation
    )
    payload: dict[str, bytes | Path] = dict(view.files(given, page, found, opened.custody, risk))
    payload |= reports.of_view(view.view_row(given, page, found, risk), found.opened, paper=wanted.pdf)
    payload |= wanted.stix(case, given, page.fields["declared"])
    with TemporaryDirectory() as scratch:
        # Millions of lines: on disk before they are digested and packed, so that memory holds them once.
        lines = payload["disclosures.jsonl"] = Path(scratch) / "disclosures.jsonl"
        with lines.open("wb") as file:
            file.writelines(line + b"\n" for line in found.opened)
        found.opened.clear()
        digest = bag.write_bag(
            wanted.out, payload, view.info(given, page), wanted.key, check=must_verify(wanted.key, page)
        )
    _record(case.path, wanted, page, found)
    count = len(found.commitments) // 65
    new = opened.before is None or opened.before.digest != page.digest
    return Made(digest, page.digest, count, found.classes, found.withheld, risk, new)


def _open(case: Case, *, reseal: bool) -> _Opened:
    """The case as it is sealed, or, where it has no seal that fits, as it will be."""
    _whole(case)
    if faults := audit_faults(case.path):
        raise IntegrityError(
            faults[0], hint="custody would rest on it: keep a copy, and find out what happened"
        )
    secret, entries = seal.read_secret(case.path), read_lines(case.path / AUDIT)
    before = seal.current(case.path)
    run_sha256 = hashlib.sha256((case.path / "run.json").read_bytes()).hexdigest()
    fits = before if before and not reseal and before.fields["run-sha256"] == run_sha256 else None
    count = int(fits.fields["custody-entries"]) if fits else len(entries)
    if not entries or len(entries) < count:
        raise IntegrityError(
            f"{case.path / AUDIT}: has {len(entries)}, {count or 1} entries are needed",
            hint="entries were taken away",
        )
    kept = entries[:count]
    lines = custody.custody_lines(kept, case.run, run_sha256, secret)
    if fits and custody.head(lines) != fits.fields["custody-head"]:
        raise IntegrityError(
            f"{case.path / AUDIT}: is not what was sealed", hint="--reseal seals it as it is now"
        )
    people = sorted({str(row["who"]) for row in kept})
    return _Opened(case, secret, sealed(case, people), lines, count, None if reseal else before)


def _whole(case: Case) -> None:
    """Raises IntegrityError where a table is not the one its receipt names."""
    for name, recorded in case.run.get("outputs", {}).items():
        with open(case.path / name, "rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != recorded["sha256"]:
                raise IntegrityError(
                    f"{case.path / name}: is not the file that the run wrote",
                    hint="run linkage investigate again",
                )


def _known(groups: Sequence[str], inputs: Inputs) -> None:
    reports.known(groups, inputs)
    if not groups:
        raise CaseError("no group was named", hint=f"one of {', '.join(inputs.members)}")


def _nothing_against_is_missing(found: seal.Sorted) -> None:
    for kind in COUNTER:
        if {kind, f"{kind}, redacted"} & found.withheld.keys():
            raise UsageError(
                f"{kind}: what speaks against a group is never withheld",
                hint="against.in-full, which names values, may be",
            )
    for kind in unresolved_groups.TOLD:
        if {kind, f"{kind}, redacted"} & found.withheld.keys():
            raise UsageError(f"{kind}: that a group is unresolved, and why, is never withheld")


def _page(opened: _Opened, found: seal.Sorted, wanted: Wanted) -> seal.Page:
    """The seal these commitments are under; made and kept where there is none."""
    digest = hashlib.sha256(found.commitments).hexdigest()
    before = opened.before
    if before and before.fields["run-sha256"] == opened.inputs.run_sha256:
        if before.fields["commitments-sha256"] != digest:
            raise IntegrityError(
                f"{opened.case.path}: gives other units than those sealed",
                hint="another version of this program sealed it; --reseal seals it anew",
            )
        return before
    key = wanted.seal_key or wanted.key
    last = read_lines(opened.case.path / AUDIT)[opened.entries - 1]
    prior = seal.current(opened.case.path)
    page = seal.make_page(
        {
            "case": opened.secret.handle("case"),
            "declared": str(last["at"])[:19] + "Z",
            "tool": f"linkage {__version__}",
            "schema": str(seal.SCHEMA),
            "custodian": f"{key.principal} {key.fingerprint}",
            "commitments": str(len(found.commitments) // 65),
            "commitments-sha256": digest,
            "run-sha256": opened.inputs.run_sha256,
            "custody-entries": str(opened.entries),
            "custody-head": custody.head(opened.custody),
            "prior-seal": prior.digest if prior else NOTHING_BEFORE,
        },
        key,
    )
    seal.keep(opened.case.path, page)
    return page


def answer(case: Case, given: Mapping[str, Any]) -> list[bytes]:
    """The lines behind the commitments that a challenge picks; raises IntegrityError for another seal's."""
    opened = _open(case, reseal=False)
    if opened.before is None or opened.before.digest != given["seal"]:
        raise IntegrityError(
            f"{case.path}: this challenge is to another seal", hint="answer it from the case as sealed"
        )
    said = claims(opened.inputs)
    return challenge_answer.answer(given, lambda: units(opened.inputs, opened.secret, said), opened.secret)


def sign_audit(case: Path, key: Key) -> dict[str, Any]:
    """Sign the audit file as it stands; the checkpoint is kept beside the seal."""
    entries = read_lines(case / AUDIT)
    if faults := audit_faults(case) + audit_contradictions(case, None):
        raise IntegrityError(faults[0], hint="a checkpoint would rest on it: find out what happened")
    if not entries:
        raise IntegrityError(f"{case / AUDIT}: has no entry to sign")
    (case / seal.FOLDER).mkdir(mode=0o700, exist_ok=True)
    row = checkpoint.checkpoint(entries, key)
    return append(
        case / seal.FOLDER / CHECKPOINTS, lambda last: {"seq": last["seq"] + 1 if last else 1, **row}
    )


def audit_contradictions(case: Path, signers: Sequence[Signer] | None) -> list[str]:
    """What signed checkpoints and the seal say against the audit file, in words."""
    entries, signed = read_lines(case / AUDIT), read_lines(case / seal.FOLDER / CHECKPOINTS)
    faults = checkpoint.checkpoint_faults(entries, signed, signers)
    page = seal.current(case)
    if page and len(entries) < int(page.fields["custody-entries"]):
        faults.append(
            f"the seal: {page.fields['custody-entries']} entries were sealed, {len(entries)} are left"
        )
    return faults


def exports(case: Path) -> list[dict[str, Any]]:
    """The views that were written of a case."""
    return read_lines(case / seal.FOLDER / EXPORTS)


def _shown_earlier(case: Path, wanted: Wanted) -> Iterable[str]:
    """Classes about single accounts that other views without names have opened of the same groups."""
    for row in exports(case):
        another = (row["recipient"], row["policy"]) != (wanted.recipient, wanted.policy.digest())
        if another and not row["names"] and set(row["groups"]) & set(wanted.groups):
            yield from row["about_one"]


def _record(case: Path, wanted: Wanted, page: seal.Page, found: seal.Sorted) -> None:
    row = {
        "recipient": wanted.recipient,
        "view": wanted.policy.name,
        "policy": wanted.policy.digest(),
        "groups": sorted(wanted.groups),
        "names": wanted.policy.names,
        "about_one": sorted(kind for kind in found.classes if reidentification.about_one(kind)),
        "seal": page.digest,
        "override": wanted.override,
    }
    if any({name: each.get(name) for name in row} == row for each in exports(case)):
        return
    append(case / seal.FOLDER / EXPORTS, lambda last: {"seq": last["seq"] + 1 if last else 1, **row})


def redacted(wanted: Wanted, paths: Sequence[str], reason: str) -> Wanted:
    """The same bundle with more withheld: classes or paths, by patterns."""
    return replace(wanted, policy=wanted.policy.without(tuple(paths), reason))
