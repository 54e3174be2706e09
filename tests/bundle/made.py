"""A sealed case made by hand, one view of it, and ways to break that view on purpose."""

import hashlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from linkage.bundle import bag, seal
from linkage.bundle import create as bundled
from linkage.bundle.attestation import attestation
from linkage.bundle.checks.attestation import ATTESTATION
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import SIGNATURE, SIGNED
from linkage.bundle.checks.ladder import Asked, Verified, verify_bundle
from linkage.bundle.checks.rendering import rendered
from linkage.bundle.checks.sshsig import SEAL_ROLE, VIEW_ROLE, read_signature
from linkage.bundle.policy import read_policy
from linkage.bundle.signing import Key, new_key, signer_line
from linkage.bundle.units import Secret
from linkage.case import Case, journal
from linkage.share.export import in_view
from tests import made_case

ROOT = Path(__file__).resolve().parents[2]
VERIFIER = ROOT / "verify_bundle.py"
PRINCIPAL = "legal@provider.example"
SECRET = "5a" * 32
GROUP = Secret(bytes.fromhex(SECRET)).alias(made_case.GROUP)
"""The one group, as bundles call it."""

OPEN = Secret(bytes.fromhex(SECRET)).alias(made_case.OPEN)
"""The unresolved one, where a test adds it."""


@dataclass(frozen=True)
class World:
    """A case folder, a key, and who may sign."""

    case: Path
    key: Key
    signers: str

    def wanted(self, out: Path, **changes: Any) -> bundled.Wanted:
        """A court view of the one group."""
        basic = bundled.Wanted([made_case.GROUP], read_policy("court"), self.key, "court", out, stix=in_view)
        return replace(basic, **changes)

    def create(self, out: Path, **changes: Any) -> bundled.Made:
        """Write it."""
        return bundled.create(Case(self.case), self.wanted(out, **changes))

    def verify(self, path: Path, **changes: Any) -> Verified:
        """What the verifier says of it."""
        return verify_bundle(str(path), replace(Asked(self.signers, recompute=True), **changes))


def world(
    folder: Path, *, run: dict[str, Any] | None = None, tables: dict[str, list[dict[str, Any]]] | None = None
) -> World:
    """A case with a fixed secret and two audit entries of fixed times, and a new key."""
    given = tables or made_case.tables()
    for row in given["links"]:
        row["log_odds"] = round(row["log_odds"], 6)
    told = made_case.receipt() | {"seed": 7, "versions": {"linkage": "0.1.0", "python": "3.11.7"}}
    case = made_case.write(folder / "case", given, run or told)
    for action, at in (
        ("investigate", "2026-04-11T09:00:00.000000+00:00"),
        ("show", "2026-04-11T09:05:00.000000+00:00"),
    ):
        audited(case, action, at)
    (case / seal.FOLDER).mkdir()
    (case / seal.FOLDER / seal.SECRET).write_text(SECRET + "\n")
    key = new_key(folder / "key", PRINCIPAL)
    return World(case, key, signer_line(key, seal=True, view=True))


def audited(case: Path, action: str, at: str) -> None:
    """An audit entry of a fixed time."""
    before, journal.now = journal.now, lambda: at
    try:
        journal.audit(case, action, {}, who="mira")
    finally:
        journal.now = before


# --- breaking a bundle -----------------------------------------------------------------------------

Files = dict[str, bytes]
Change = Callable[[Files], None]


def unpacked(path: Path) -> Files:
    """The files of an archive, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, files: Files) -> Path:
    """Files as an archive of the right form, whatever they say."""
    with path.open("w+b") as file:
        bag._archive(file, files)
    return path


def forged(source: Path, out: Path, change: Change, key: Key | None = None) -> Path:
    """A bundle with changed payload whose manifests fit again, signed anew where a key is given."""
    files = unpacked(source)
    change(files)
    payload = {name: content for name, content in files.items() if name.startswith("data/")}
    info = dict(
        line.split(": ", 1)
        for line in files["bag-info.txt"].decode().splitlines()
        if not line.startswith("Payload-Oxum")
    )
    tags = bag._tags(payload, info)
    signature = key.sign(tags[SIGNED], VIEW_ROLE) if key else files[SIGNATURE]
    return packed(out, {**payload, **tags, SIGNATURE: signature})


def resealed(files: Files, key: Key) -> None:
    """A seal that fits the commitments in these files, and the view and custody that name it."""
    page = files["data/seal/SEAL.txt"].decode().splitlines()
    listed = files["data/seal/commitments.txt"]
    told = {"commitments": str(listed.count(b"\n")), "commitments-sha256": hashlib.sha256(listed).hexdigest()}
    lines = [f"{name}: {told[name]}" if (name := line.partition(": ")[0]) in told else line for line in page]
    before = hashlib.sha256(files["data/seal/SEAL.txt"]).hexdigest()
    files["data/seal/SEAL.txt"] = "\n".join([*lines, ""]).encode()
    files["data/seal/SEAL.txt.sig"] = key.sign(files["data/seal/SEAL.txt"], SEAL_ROLE)
    after = hashlib.sha256(files["data/seal/SEAL.txt"]).hexdigest()
    for name in ("data/VIEW.json", "data/custody/custody.jsonl"):
        files[name] = files[name].replace(before.encode(), after.encode())
    rechained(files)
    rendered_again(files)
    files[ATTESTATION] = attestation(after, opened_units(files), key)


def opened_units(files: Files) -> dict[str, Any]:
    """The values of the opened units, by path."""
    return {path: value for _, path, value in map(json.loads, files["data/disclosures.jsonl"].splitlines())}


def rendered_again(files: Files) -> None:
    """Every text that follows from the opened units, as a careful forger writes it."""
    units = opened_units(files)
    page = dict(
        line.partition(": ")[::2] for line in files["data/seal/SEAL.txt"].decode("latin-1").splitlines()
    )
    keys = [read_signature(files[name]).public for name in (SIGNATURE, "data/seal/SEAL.txt.sig")]
    files |= rendered(json.loads(files["data/VIEW.json"]), page, units, (keys[0], keys[1]))


def rechained(files: Files) -> None:
    """The last two lines of custody, chained anew."""
    lines = files["data/custody/custody.jsonl"].splitlines()
    for place in range(1, len(lines)):
        row = json.loads(lines[place]) | {"prev": hashlib.sha256(lines[place - 1]).hexdigest()}
        lines[place] = json.dumps(row, sort_keys=True, separators=(",", ":")).encode()
    files["data/custody/custody.jsonl"] = b"\n".join([*lines, b""])


def contradicted(found: Report, words: str) -> None:
    """What is opened contradicts itself, in these words; hashes and signatures are right."""
    assert not found.failed("V0") and not found.failed("V1"), found.faults
    assert any(each.rung == "V2" and words in each.what for each in found.faults), found.faults


def standalone(path: Path, signers: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The one-file verifier in a bare interpreter: no site packages, nothing of this project."""
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(path), "--signers", str(signers), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=path.parent)
