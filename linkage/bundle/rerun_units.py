"""V4: the units of a bundle beside those that a re-run gives, whatever handles stand in them.

Handles are keyed by the case's secret, which whoever runs it again does not have. So two sets of units are
the same if the handles of one can be renamed to those of the other: first units are compared with blanks in
place of handles, then with colours by which handles are told apart: of each handle, in what it occurs and
beside which others, over and over (colour refinement: Weisfeiler and Leman, 1968).
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from linkage.bundle.checks.archive import Archive
from linkage.bundle.checks.bundle_files import Content, Files
from linkage.bundle.checks.disclosures import OPENED
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.ladder import Verified
from linkage.bundle.checks.strict_json import strict
from linkage.bundle.checks.unpacked_folder import Folder
from linkage.bundle.units import json_line, unit_class
from linkage.errors import IntegrityError

PLACE_IN_PATH = {"member": 2, "link": 2, "account": 1, "seen": 1, "seen-days": 1, "claim": 1}
"""Where the path of a unit has a handle, by its kind."""

ROUNDS = 4
"""Of refinement: an observation is told by its account, that by its links, those by their other accounts."""

WIDTH = 1 << 128
BLANK = bytes(16)

Unit = tuple[str, Any]


@dataclass(frozen=True)
class Shaped:
    """A unit with blanks for handles, the handles in their order, and what a reader is shown of it."""

    text: bytes
    handles: tuple[str, ...]
    path: str
    value: str


def shaped(path: str, value: Any) -> Shaped:
    """The shape of a unit."""
    names, handles = path.split("/"), list[str]()
    if (place := PLACE_IN_PATH.get(names[0])) is not None:
        handles.append(names[place])
        names[place] = "-"
    inside, kept = _inside(names[0], names[-1], value)
    text = json_line([names, inside])
    return Shaped(text, (*handles, *kept), "/".join(names), text.decode("ascii")[:200])


def _inside(kind: str, last: str, value: Any) -> tuple[Any, list[str]]:
    """The value with blanks for its handles, and these."""
    if (kind, last) == ("account", "member"):
        return None, [str(value)]
    if (kind, last) == ("link", "ends"):
        return None, [*map(str, value)]
    if kind == "seen":
        return [row[1:] for row in value], [str(row[0]) for row in value]
    if (kind, last) == ("link", "reasons"):
        named = [[each is not None for each in row[2:]] for row in value]
        return [[row[:2], each] for row, each in zip(value, named, strict=True)], [
            str(each) for row in value for each in row[2:] if each is not None
        ]
    if kind == "claim":
        return {name: each for name, each in value.items() if name != "claim"}, []
    return value, []


@dataclass
class Coloured:
    """Units with the colours of the handles in them, blank at first."""

    units: list[Shaped]
    colours: dict[str, bytes] = field(default_factory=dict)

    def refine(self) -> None:
        """One round: a handle takes the colour of everything it occurs in."""
        sums: dict[str, int] = {}
        for unit in self.units:
            known = self.digest(unit) if unit.handles else b""
            for place, handle in enumerate(unit.handles):
                own = hashlib.blake2b(known + place.to_bytes(4, "big"), digest_size=16).digest()
                # A sum, because units come in an order of their own on either side.
                sums[handle] = (sums.get(handle, 0) + int.from_bytes(own, "big")) % WIDTH
        self.colours = {handle: each.to_bytes(16, "big") for handle, each in sums.items()}

    def digest(self, unit: Shaped) -> bytes:
        """A unit with its handles in their colours."""
        known = b"".join(self.colours.get(handle, BLANK) for handle in unit.handles)
        return hashlib.blake2b(unit.text + known, digest_size=16).digest()

    def counted(self) -> Counter[bytes]:
        """How often there is each unit."""
        return Counter(map(self.digest, self.units))

    def among(self, wanted: Mapping[bytes, int]) -> Iterator[Shaped]:
        """As many units of each digest as are wanted."""
        left = dict(wanted)
        for unit in self.units:
            if left.get(digest := self.digest(unit), 0) > 0:
                left[digest] -= 1
                yield unit

    def without(self, classes: Collection[str]) -> "Coloured":
        """The same without some classes of units."""
        return Coloured([unit for unit in self.units if unit_class(unit.path) not in classes])


@dataclass(frozen=True)
class Difference:
    """A unit that one side has more often than the other: `expected` of the re-run, `found` of the bundle."""

    what: str
    path: str
    expected: str = ""
    found: str = ""


OTHER = "a unit that is not what is computed again"
MISSING = "a unit that is computed again and not in the bundle"
TOGETHER = "units that belong together otherwise when they are computed again"


def differences(
    bundle: Iterable[Unit], again: Iterable[Unit], redacted: Collection[str]
) -> Iterator[Difference]:
    """What the units of a bundle differ in from those of a re-run, which are of the same classes. Of the
    `redacted` classes the bundle may have fewer."""
    one, other = (Coloured([shaped(*unit) for unit in units]) for units in (bundle, again))
    found, expected = one.counted(), other.counted()
    same = True
    for unit in one.among(found - expected):
        yield Difference(OTHER, unit.path, found=unit.value)
        same = False
    for unit in other.among(expected - found):
        if unit_class(unit.path) not in redacted:
            yield Difference(MISSING, unit.path, expected=unit.value)
            same = False
    if same:
        yield from _together(one.without(redacted), other.without(redacted))


def _together(one: Coloured, other: Coloured) -> Iterator[Difference]:
    for _ in range(ROUNDS):
        one.refine()
        other.refine()
    for unit in one.among(one.counted() - other.counted()):
        yield Difference(TOGETHER, unit.path, found=unit.value)


def opened_units(found: Verified, path: Path) -> Iterator[Unit]:
    """The opened units of a verified bundle, read again; raises IntegrityError where they are others."""
    files: Files = (Folder if path.is_dir() else Archive)(str(path), Report())
    known = set(found.opened.paths.values())
    try:
        for line in Content(files, Report()).lines(OPENED, "V4"):
            if hashlib.sha256(line).digest() not in known:
                raise IntegrityError(f"{path}: changed since it was verified")
            _, name, value = strict(line)
            yield name, value
    finally:
        files.close()
