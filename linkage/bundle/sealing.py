"""Sealing a case: what is committed to, and that it is recorded and signed before anything is shown."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linkage import __version__
from linkage.bundle import custody, seal
from linkage.bundle.case_units import Inputs
from linkage.bundle.checks.custody_chain import NOTHING_BEFORE
from linkage.bundle.checks.seal_page import SCHEMA
from linkage.bundle.sealed_units import sealed
from linkage.bundle.signing import Key
from linkage.bundle.units import Secret
from linkage.bundle.validation import RATES, apart, sealed_rates
from linkage.case import Case, audit_faults
from linkage.case.journal import AUDIT
from linkage.case.journal import now as now
from linkage.case.ndjson import read_lines
from linkage.errors import IntegrityError, UsageError
from linkage.private_files import write_private

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Opened:
    """A case as it is sealed, or as it will be: `before` is the seal that fits it, if it has one.

    `audit` are all entries of its audit file, `entries` how many are under the seal, `custody` their lines.
    """

    case: Case
    secret: Secret
    inputs: Inputs
    audit: Sequence[Row]
    entries: int
    custody: Sequence[bytes]
    before: seal.Page | None

    @property
    def last(self) -> str:
        """The time of the last sealed act."""
        return custody.last_time(self.audit[: self.entries])


def open_case(case: Case, *, reseal: bool = False, validation: Row | None = None) -> Opened:
    """The case as it is sealed, or, where it has no seal that fits, as it will be.

    Raises IntegrityError where the case is not what its receipt, its audit file or its seal says, UsageError
    where other error rates were sealed than those given, or rates were measured on the case itself.
    """
    _whole(case)
    if faults := audit_faults(case.path):
        raise IntegrityError(
            faults[0], hint="custody would rest on it: keep a copy, and find out what happened"
        )
    entries = read_lines(case.path / AUDIT)
    fits = _fitting(case, entries, reseal=reseal)
    count = int(fits.fields["custody-entries"]) if fits else len(entries)
    if not entries or len(entries) < count:
        raise IntegrityError(
            f"{case.path / AUDIT}: has {len(entries)}, {count or 1} entries are needed",
            hint="entries were taken away",
        )
    kept = entries[:count]
    secret = seal.secret_of(case.path, _run_digest(case), kept)
    lines = custody.custody_lines(kept, secret)
    if fits and custody.head(lines) != fits.fields["custody-head"]:
        raise IntegrityError(
            f"{case.path / AUDIT}: is not what was sealed", hint="--reseal seals it as it is now"
        )
    rates = _rates(case, validation, fits)
    apart(rates, case.run)
    inputs = replace(sealed(case, kept), validation=rates)
    return Opened(case, secret, inputs, entries, count, lines, fits)


def _fitting(case: Case, entries: Sequence[Row], *, reseal: bool) -> seal.Page | None:
    """The seal of the case as it is now; raises IntegrityError where the audit file tells of another one."""
    page, told = seal.current(case.path), custody.sealings(entries)
    if reseal:
        return None
    if told and (page is None or told[-1]["seal"] != page.digest):
        raise IntegrityError(
            f"{case.path}: was sealed as {told[-1]['seal']}, and that seal is not here",
            hint="bring its folder seal/ back; --reseal seals it again, and the new seal says so",
        )
    if page is None or page.fields["run-sha256"] != _run_digest(case):
        return None
    if not told:
        raise IntegrityError(
            f"{case.path / AUDIT}: does not say that the case was sealed", hint="--reseal seals it again"
        )
    return page


def _rates(case: Case, given: Row | None, fits: seal.Page | None) -> Row:
    """The error rates under the seal: those of the seal there is, else those given, else the last ones."""
    kept = sealed_rates(case.path)
    if fits and given is not None and given != kept:
        raise UsageError(
            "other error rates than these were sealed with the case",
            hint="leave --validation out, or --reseal; the new seal says that there was one before",
        )
    return kept if given is None else given


def _whole(case: Case) -> None:
    """Raises IntegrityError where a table is not the one its receipt names."""
    for name, recorded in case.run.get("outputs", {}).items():
        with open(case.path / name, "rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() != recorded["sha256"]:
                raise IntegrityError(
                    f"{case.path / name}: is not the file that the run wrote",
                    hint="run linkage investigate again",
                )


def _run_digest(case: Case) -> str:
    return hashlib.sha256((case.path / "run.json").read_bytes()).hexdigest()


def new_page(opened: Opened, commitments: bytes, key: Key) -> seal.Page:
    """The page of a new seal, dated now: after everything that it seals, whatever the clock says."""
    told = custody.sealings(opened.audit)
    return seal.make_page(
        {
            "case": opened.secret.handle("case"),
            "declared": custody.not_before(opened.last, now())["at"],
            "tool": f"linkage {__version__}",
            "schema": str(SCHEMA),
            "custodian": f"{key.principal} {key.fingerprint}",
            "commitments": str(len(commitments) // 65),
            "commitments-sha256": hashlib.sha256(commitments).hexdigest(),
            "run-sha256": opened.inputs.run_sha256,
            "custody-entries": str(opened.entries),
            "custody-head": custody.head(opened.custody),
            "sealing": str(len(told) + 1),
            "prior-seal": str(told[-1]["seal"]) if told else NOTHING_BEFORE,
        },
        key,
    )


def same_page(opened: Opened, page: seal.Page, commitments: bytes) -> seal.Page:
    """The seal there is; raises IntegrityError where the case gives other units than it commits to."""
    if page.fields["commitments-sha256"] != hashlib.sha256(commitments).hexdigest():
        raise IntegrityError(
            f"{opened.case.path}: gives other units than those sealed",
            hint="another version of this program sealed it; --reseal seals it anew",
        )
    return page


def detail(page: seal.Page) -> dict[str, str]:
    """What the audit file says of a sealing."""
    names = {"number": "sealing", "prior": "prior-seal", "custodian": "custodian"}
    return {"seal": page.digest, **{ours: page.fields[theirs] for ours, theirs in names.items()}}


def keep_rates(case: Path, rates: Row) -> None:
    """Keep the sealed error rates beside the seal, which every view is made of."""
    write_private(case / seal.FOLDER / RATES, json.dumps(rates).encode("ascii"))
