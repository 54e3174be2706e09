"""Signed checkpoints of an audit file: a chain of digests alone cannot show that its end was cut off."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from linkage.bundle.checks.sshsig import (
    SEAL_ROLE,
    Signer,
    Unreadable,
    fingerprint,
    read_signature,
    signature_fault,
    who_signed,
)
from linkage.bundle.signing import Key
from linkage.wording import many, noun

ROLE = "evidence-audit@v1"

Row = Mapping[str, Any]


def _signed(entries: int, head: str, at: str) -> bytes:
    return json.dumps(["audit checkpoint v1", entries, head, at]).encode("ascii")


def checkpoint(audit: Sequence[Row], key: Key) -> dict[str, Any]:
    """A checkpoint after the last entry, dated as that entry is."""
    last = audit[-1]
    entries, head, at = len(audit), str(last["hash"]), str(last["at"])
    signature = key.sign(_signed(entries, head, at), ROLE).decode("ascii")
    return {"entries": entries, "head": head, "at": at, "key": key.fingerprint, "signature": signature}


def checkpoint_faults(
    audit: Sequence[Row], checkpoints: Sequence[Row], signers: Sequence[Signer] | None
) -> list[str]:
    """What the checkpoints say against an audit file, in words; with `signers`, also by whom they must be."""
    faults, before = [], 0
    for number, row in enumerate(checkpoints, 1):
        entries = row.get("entries")
        if not isinstance(entries, int) or entries < max(before, 1):
            faults.append(f"checkpoint {number}: goes back to entry {entries}")
            continue
        before = entries
        if entries > len(audit):
            signed, are = many(entries, "entry was", "entries were"), noun(len(audit), "is", "are")
            faults.append(f"checkpoint {number}: {signed} signed, {len(audit)} {are} left")
        elif audit[entries - 1].get("hash") != row.get("head") or audit[entries - 1].get("at") != row.get(
            "at"
        ):
            faults.append(f"checkpoint {number}: entry {entries} is not the one that was signed")
        faults += [f"checkpoint {number}: {why}" for why in _signature_faults(row, signers)]
    return faults


def _signature_faults(row: Row, signers: Sequence[Signer] | None) -> list[str]:
    try:
        signature = read_signature(str(row.get("signature")).encode("ascii", "replace"))
    except Unreadable as error:
        return [str(error)]
    signed = _signed(row["entries"], str(row.get("head")), str(row.get("at")))
    if why := signature_fault(signature, signed, ROLE):
        return [why]
    if row.get("key") != fingerprint(signature.public):
        return ["names another key than the one that signed"]
    if signers is None:
        return []
    # Whoever may sign the seal of a case may sign its checkpoints.
    _, why = who_signed(list(signers), signature.public, SEAL_ROLE, _now_of(row))
    return [why] if why else []


def _now_of(row: Row) -> float:
    try:
        return datetime.fromisoformat(str(row.get("at"))).timestamp()
    except ValueError:
        return 0.0
