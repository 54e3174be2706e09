"""Making bundles: a case is sealed once, and each recipient is given a view of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linkage.bundle import (
    bag,
    challenge_answer,
    checkpoint,
    custody,
    decisions,
    reidentification,
    reports,
    seal,
    sealing,
    unresolved_groups,
    view,
    view_report,
)
from linkage.bundle.case_units import Inputs, units
from linkage.bundle.checks.sshsig import Signer
from linkage.bundle.claims import claims
from linkage.bundle.group_names import NAME
from linkage.bundle.policy import ALWAYS, Policy
from linkage.bundle.seal_history import seal_faults
from linkage.bundle.self_check import must_verify
from linkage.bundle.signing import Key
from linkage.case import Case, audit, audit_faults, user
from linkage.case.journal import AUDIT
from linkage.case.ndjson import append_numbered, read_lines
from linkage.case.scratch import scratch
from linkage.errors import CaseError, IntegrityError, UsageError

EXPORTS, CHECKPOINTS = "exports.ndjson", "checkpoints.ndjson"
"""In the folder of the seal: which views were written, when, for whom; signed states of the audit file."""

Stix = Callable[[Case, view.Given, str], Mapping[str, bytes]]
"""From a case, what a view was given and when it was declared to the files of its STIX bundle."""


def no_stix(case: Case, given: view.Given, declared: str) -> Mapping[str, bytes]:
    """No STIX file."""
    del case, given, declared
    return {}


@dataclass(frozen=True)
class Wanted:
    """A bundle to be made. `seal_key` signs the seal where the case has none yet; default: the view's key.
    `validation` are the error rates to be sealed with it; `who` seals, for the audit file."""

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

    who: str = ""


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
    names: Mapping[str, str]
    """Of each group its name in bundles, by its id in the case."""


NOTHING = Policy("seal", "", "TLP:RED", open=())
"""Opens no unit: of a case that is sealed and not yet shown to anybody."""


def seal_case(
    case: Case, key: Key, *, validation: Mapping[str, Any] | None = None, reseal: bool = False, who: str = ""
) -> tuple[seal.Page, bool]:
    """Seal a case that nobody has been shown yet; returns its seal, and whether it is a new one.

    Raises IntegrityError where the case is not what its receipt, audit file or seal says.
    """
    _uncontradicted(case.path)
    opened = sealing.open_case(case, reseal=reseal, validation=validation)
    found = _all_units(opened, seal.Chosen(NOTHING, frozenset()))
    return _sealed(opened, found, key, who), opened.before is None


def create(case: Case, wanted: Wanted) -> Made:
    """Write one view; seals the case first where its tables are not those of its last seal.

    Raises CaseError for a group that is none, IntegrityError where the case is not what its receipt or its
    seal says, UsageError where a group is unresolved, or the view could tell who an account is, and no reason
    to override was given.
    """
    if wanted.pdf:
        reports.require_pdf()
    wanted = _by_id(case, wanted)
    unresolved_groups.pass_gate(case, wanted.groups, wanted.override)
    _uncontradicted(case.path)
    opened = sealing.open_case(case, reseal=wanted.reseal, validation=wanted.validation)
    _known(wanted.groups, opened.inputs)
    own = frozenset(wanted.groups)
    names = sorted(map(opened.secret.alias, own))
    decisions.pass_gate(case, opened.inputs, own)
    earlier = frozenset(_shown_earlier(case.path, wanted))
    found = _all_units(opened, seal.Chosen(wanted.policy, own, earlier))
    _nothing_is_missing(found)
    sizes = {group: len(opened.inputs.members[group]) for group in own}
    risk = reidentification.measure(found.own, found.together, sizes)
    reidentification.pass_gate(risk, wanted.policy, wanted.override)
    page = _sealed(opened, found, wanted.seal_key or wanted.key, wanted.who)
    act = _export(case.path, wanted, page, found)
    given = view.Given(wanted.recipient, names, wanted.policy, wanted.key, wanted.override, act["at"])
    row = view.view_row(given, page, found, risk)
    payload: dict[str, bytes | Path] = dict(view.files(row, given, page, found))
    payload |= seal.stamps(case.path)
    payload["custody/custody.jsonl"] = _custody(opened, given, page, act)
    payload |= view_report.of_view(row, found.opened, paper=wanted.pdf)
    payload |= wanted.stix(case, given, page.fields["declared"])
    with scratch(case.path) as folder:
        # Millions of lines: on disk before they are digested and packed, so that memory holds them once.
        lines = payload["disclosures.jsonl"] = folder / "disclosures.jsonl"
        with lines.open("wb") as file:
            file.writelines(line + b"\n" for line in found.opened)
        found.opened.clear()
        digest = bag.write_bag(
            wanted.out,
            payload,
            view.info(row, page),
            wanted.key,
            scratch=folder,
            check=must_verify(wanted.key, page),
        )
    _record(case.path, act)
    count = len(found.commitments) // 65
    return Made(
        digest,
        page.digest,
        count,
        found.classes,
        found.withheld,
        risk,
        newly_sealed=opened.before is None,
        names={group: opened.secret.alias(group) for group in sorted(own)},
    )


def _all_units(opened: sealing.Opened, chosen: seal.Chosen) -> seal.Sorted:
    """Every unit of the case gone through once."""
    every = units(opened.inputs, opened.secret, claims(opened.inputs))
    return seal.go_through(every, opened.secret, chosen)


def _uncontradicted(case: Path) -> None:
    """Raises IntegrityError where the audit file is not the one that was signed and sealed."""
    if faults := audit_contradictions(case, None):
        raise IntegrityError(faults[0], hint="custody would rest on it: find out what happened")


def _sealed(opened: sealing.Opened, found: seal.Sorted, key: Key, who: str) -> seal.Page:
    """The seal of the case. A new one is in the audit file, and that is signed, before anything is shown."""
    if opened.before is not None:
        return sealing.same_page(opened, opened.before, found.commitments)
    page, path = sealing.new_page(opened, found.commitments, key), opened.case.path
    sealing.keep_rates(path, opened.inputs.validation)
    audit(path, custody.SEALING, sealing.detail(page), who=who or user())
    seal.keep(path, page)
    sign_audit(path, key)
    return page


def _custody(opened: sealing.Opened, given: view.Given, page: seal.Page, act: Mapping[str, Any]) -> bytes:
    """The custody file of a view: up to the entry of the audit file that its export came after."""
    since = read_lines(opened.case.path / AUDIT)[opened.entries : act["entries"]]
    export = custody.Export(
        at=act["at"],
        recipient=given.recipient,
        signer=given.signer,
        seal=page.digest,
        override=given.override,
        clock=act.get("clock", ""),
    )
    return b"".join(custody.handed_out(opened.custody, since, export, opened.secret, page.fields["declared"]))


def _by_id(case: Case, wanted: Wanted) -> Wanted:
    """The same with groups by their ids in the case, and what is withheld of them by their names in bundles;
    either may be given."""
    alias = seal.read_secret(case.path).alias
    named = any(NAME.fullmatch(group) for group in wanted.groups)
    ids = {alias(group): group for group in unresolved_groups.all_groups(case)} if named else {}
    groups = [ids.get(group, group) for group in wanted.groups]
    return replace(wanted, groups=groups, policy=wanted.policy.in_bundle(alias))


def _known(groups: Sequence[str], inputs: Inputs) -> None:
    reports.known(groups, inputs)
    if not groups:
        raise CaseError("no group was named", hint=f"one of {', '.join(inputs.members)}")


def _nothing_is_missing(found: seal.Sorted) -> None:
    for kind, why in ALWAYS.items():
        if {kind, f"{kind}, redacted"} & found.withheld.keys():
            raise UsageError(f"{kind}: {why}", hint="against.in-full, which names values, may be withheld")


def answer(case: Case, given: Mapping[str, Any]) -> list[bytes]:
    """The lines behind the commitments that a challenge picks; raises IntegrityError for another seal's."""
    opened = sealing.open_case(case)
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
    return append_numbered(case / seal.FOLDER / CHECKPOINTS, row)


def audit_contradictions(case: Path, signers: Sequence[Signer] | None) -> list[str]:
    """What signed checkpoints and the seal say against the audit file, in words."""
    entries, signed = read_lines(case / AUDIT), read_lines(case / seal.FOLDER / CHECKPOINTS)
    faults = checkpoint.checkpoint_faults(entries, signed, signers)
    faults += seal_faults(case, entries)
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


def _export(case: Path, wanted: Wanted, page: seal.Page, found: seal.Sorted) -> dict[str, Any]:
    """The act of handing a view out. The same view written again is the same act, at the time it had."""
    row = {
        "recipient": wanted.recipient,
        "view": wanted.policy.name,
        "policy": wanted.policy.digest(),
        "groups": sorted(wanted.groups),
        "names": wanted.policy.names,
        "about_one": sorted(kind for kind in found.classes if reidentification.about_one(kind)),
        "seal": page.digest,
        "signer": wanted.key.fingerprint,
        "override": wanted.override,
    }
    for each in exports(case):
        if {name: each.get(name) for name in row} == row:
            return each
    entries = read_lines(case / AUDIT)
    return {**row, "entries": len(entries), **custody.not_before(custody.last_time(entries), sealing.now())}


def _record(case: Path, act: Mapping[str, Any]) -> None:
    """Keep the act of handing a view out, once."""
    if "seq" not in act:
        append_numbered(case / seal.FOLDER / EXPORTS, act)


def redacted(wanted: Wanted, paths: Sequence[str], reason: str) -> Wanted:
    """The same bundle with more withheld: classes or paths, by patterns."""
    return replace(wanted, policy=wanted.policy.without(tuple(paths), reason))
