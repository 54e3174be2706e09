"""The seal of a case: a list of salted digests that commits to every unit, and a page that binds the list."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linkage.bundle.checks.anonymity import Profiles, about_one
from linkage.bundle.checks.disclosures import PATH_AT
from linkage.bundle.checks.seal_page import SEAL_FIELDS, page_text
from linkage.bundle.checks.sshsig import SEAL_ROLE
from linkage.bundle.checks.timestamps import SEAL_STAMPS
from linkage.bundle.checks.unit_parts import whole_path
from linkage.bundle.decoys import Blocks
from linkage.bundle.group_names import Unit
from linkage.bundle.policy import Policy
from linkage.bundle.signing import Key
from linkage.bundle.units import Secret, unit_class, unit_line, unit_lines
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from linkage.errors import IntegrityError
from linkage.private_files import close_to_others, private_folder, write_private

FOLDER, SECRET, PAGE, PAGE_SIGNATURE, PRIOR = "seal", "secret", "SEAL.txt", "SEAL.txt.sig", "prior"
STAMPS = tuple(name.rpartition("/")[2] for name in SEAL_STAMPS)
"""Time stamps of the seal, beside its page; every view written from then on has them."""


@dataclass
class Sorted:
    """All units of a case gone through once for one view: the commitments, and what is opened."""

    commitments: bytes = b""
    opened: list[bytes] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    withheld: dict[str, tuple[int, str]] = field(default_factory=dict)
    own: Profiles = field(default_factory=Profiles)
    together: Profiles = field(default_factory=Profiles)


@dataclass(frozen=True)
class Chosen:
    """What a view is to open, of which groups; `earlier` are classes that others were shown of them."""

    policy: Policy
    groups: frozenset[str]
    earlier: frozenset[str] = frozenset()


DIGEST_BYTES = hashlib.sha256().digest_size
KEPT = ("run/", "setting/", "claim/", "group/", "against/", "signal/", "template/", "validation/")
"""Opened units that other files of the view are made of."""


def go_through(units: Iterable[Unit], secret: Secret, chosen: Chosen) -> Sorted:
    """Digest every unit; keep the lines of those that the policy opens for these groups."""
    found, digests, policy, blocks = Sorted(), [], chosen.policy, Blocks()
    if not chosen.earlier:
        # Nobody was shown more of these groups: what is opened is all that there is to go by.
        found.together = found.own
    hidden: dict[tuple[str, str], tuple[str, str]] = {}
    for path, value, group, line in lines_of(units, secret):
        kind = unit_class(path)
        digests.append(hashlib.sha256(line).digest())
        blocks.add(group, kind)
        if group and group not in chosen.groups:
            hidden[group, kind] = _withhold(found, "another group's", "about a group this view is not about")
            continue
        if about_one(kind):
            _profile(found, chosen, kind, (path, value, line[PATH_AT + 1 :]))
        if not policy.opens(kind):
            hidden[group, kind] = _withhold(found, _class_of(kind, policy), policy.reason(kind))
        elif why := policy.closed(whole_path(path)):
            hidden[group, kind] = _withhold(found, f"{kind}, redacted", why)
        else:
            found.classes[kind] = found.classes.get(kind, 0) + 1
            found.opened.append(line)
            if path.startswith(KEPT):
                _remember(found, path, line)
    for block, (kind, why) in hidden.items():
        # With its decoys: how many units there are is withheld, too.
        _withhold(found, kind, why, blocks.decoys(*block))
    found.commitments = _listed(digests, secret, blocks.total())
    # By path, where names are random: the order of the case's rows tells which links share an account.
    found.opened.sort(key=lambda line: line[PATH_AT:])
    return found


def _remember(found: Sorted, path: str, line: bytes) -> None:
    """The value of an opened unit, as whoever reads its line finds it; parts come in order."""
    value = json.loads(line)[2]
    if (whole := whole_path(path)) != path:
        found.values.setdefault(whole, []).extend(value)
    else:
        found.values[path] = value


def lines_of(units: Iterable[Unit], secret: Secret) -> Iterator[tuple[str, Any, str, bytes]]:
    """Path, value, group and line of every unit, as it is committed to: long lists in parts."""
    for path, value, group in units:
        for own, part, line in unit_lines(secret, path, value):
            yield own, part, group, line


def _class_of(kind: str, policy: Policy) -> str:
    """How a withheld class is counted: where nobody is named, all traits are one class."""
    return kind if policy.names or not about_one(kind) else f"{kind.partition('.')[0]}.*"


def _profile(found: Sorted, chosen: Chosen, kind: str, unit: tuple[str, Any, bytes]) -> None:
    opens = chosen.policy.opens(kind) and not chosen.policy.closed(whole_path(unit[0]))
    if opens:
        found.own.add(*unit)
    if chosen.earlier and (opens or kind in chosen.earlier):
        found.together.add(*unit)


def _withhold(found: Sorted, kind: str, why: str, count: int = 1) -> tuple[str, str]:
    found.withheld[kind] = (found.withheld.get(kind, (0, why))[0] + count, why)
    return kind, why


def _listed(digests: list[bytes], secret: Secret, total: int) -> bytes:
    """The list with its decoys, as hexadecimal lines in order."""
    for number in range(len(digests), total):
        digests.append(hashlib.sha256(decoy_line(secret, number)).digest())
    digests.sort()
    return b"".join(digests).hex("\n", DIGEST_BYTES).encode("ascii") + b"\n"


def decoy_line(secret: Secret, number: int) -> bytes:
    """The line behind a decoy: a unit that says nothing."""
    return unit_line(secret, secret.decoy(number), None)


def read_secret(case: Path) -> Secret:
    """The case's secret, made the first time it is asked for, for its owner alone."""
    path = case / FOLDER / SECRET
    private_folder(path.parent)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        close_to_others(path)
    else:
        with os.fdopen(handle, "w") as file:
            file.write(os.urandom(32).hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
    text = path.read_text("ascii").strip()
    if len(text) != 64:
        raise IntegrityError(f"{path}: is no secret of 32 bytes", hint="bring it back from where you keep it")
    return Secret(bytes.fromhex(text))


def secret_of(case: Path, run_sha256: str, audit: Sequence[Mapping[str, Any]]) -> Secret:
    """The secret under the seal of a run; `audit` are the entries of the audit file under the same seal."""
    return read_secret(case).of_seal(run_sha256, str(audit[-1]["hash"]))


def current_secret(case: Path) -> Secret:
    """The secret under the seal that a case has; raises IntegrityError where it has none."""
    page, entries = current(case), read_lines(case / AUDIT)
    if page is None or len(entries) < (count := int(page.fields["custody-entries"])):
        raise IntegrityError(f"{case}: is not sealed")
    return secret_of(case, page.fields["run-sha256"], entries[:count])


@dataclass(frozen=True)
class Page:
    """The seal's page and its signature."""

    text: bytes
    signature: bytes

    @property
    def digest(self) -> str:
        """By which views name their seal."""
        return hashlib.sha256(self.text).hexdigest()

    @property
    def fields(self) -> dict[str, str]:
        """What it says."""
        return dict(line.partition(": ")[::2] for line in self.text.decode("ascii").splitlines()[1:])


def current(case: Path) -> Page | None:
    """The seal that a case has."""
    page, signature = case / FOLDER / PAGE, case / FOLDER / PAGE_SIGNATURE
    return Page(page.read_bytes(), signature.read_bytes()) if page.exists() and signature.exists() else None


def make_page(fields: Mapping[str, str], key: Key) -> Page:
    """A seal's page from its fields."""
    for name in SEAL_FIELDS:
        if not fields[name].isascii() or not fields[name].isprintable():
            raise IntegrityError(f"{name}: {fields[name]!r} cannot stand in a seal")
    text = page_text(dict(fields))
    return Page(text, key.sign(text, SEAL_ROLE))


def keep(case: Path, page: Page) -> None:
    """Make a page the case's seal; the one before is kept beside it."""
    folder = case / FOLDER
    if (before := current(case)) is not None:
        private_folder(folder / PRIOR)
        write_private(folder / PRIOR / f"{before.digest}.txt", before.text)
        write_private(folder / PRIOR / f"{before.digest}.txt.sig", before.signature)
        for name in STAMPS:
            if (folder / name).exists():
                (folder / name).rename(folder / PRIOR / f"{before.digest}{name.removeprefix('SEAL')}")
    write_private(folder / PAGE, page.text)
    write_private(folder / PAGE_SIGNATURE, page.signature)


def stamps(case: Path) -> dict[str, bytes]:
    """The time stamps of a case's seal, by the names that they have in a view."""
    found = {name: case / FOLDER / name for name in STAMPS}
    return {f"seal/{name}": path.read_bytes() for name, path in found.items() if path.exists()}
