"""V2: the seal, and that every opened unit is one of those it commits to."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from linkage.bundle.checks.anonymity import Profiles, about_one
from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.commitments import check_sealed
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.limits import LONGEST_PATH
from linkage.bundle.checks.reasons import Reasons
from linkage.bundle.checks.strict_json import NotStrict, is_written_so, json_bytes, strict
from linkage.bundle.checks.unit_parts import Parts, part_of
from linkage.bundle.checks.unit_paths import is_placed

OPENED = "data/disclosures.jsonl"
SALT = re.compile("[0-9a-f]{32}")
PATH = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)+")
UNIT = re.compile(rf'\["{SALT.pattern}","{PATH.pattern}",'.encode("ascii"))
"""How the line of a unit begins: with salt and path."""

PATH_AT = len('["",') + 32
"""Where the path begins in the line of a unit, with its quotation mark."""

SIX_DECIMALS = re.compile(r"-?[0-9]{1,12}\.[0-9]{6}")
MICRO = 1_000_000
ROLES = ("core", "fringe")
"""What a member of a group can be."""


COUNTED_KINDS = ("against", "claim", "link", "member")
"""Kinds of units whose number is sealed for each group."""

OF_A_GROUP = ("against", "group", "link", "member", "template")
"""Kinds of units whose path names a group after the kind."""


@dataclass
class Opened:
    """What the opened units say, as far as claims are computed from it."""

    small: dict[str, Any] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    members: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    strengths: dict[str, dict[str, int]] = field(default_factory=dict)
    weights: dict[str, dict[str, list[list[str]]]] = field(default_factory=dict)
    paths: dict[bytes, bytes] = field(default_factory=dict)
    profiles: Profiles = field(default_factory=Profiles)
    ends: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    member_of: dict[str, str] = field(default_factory=dict)
    sent: dict[str, list[tuple[str, Any]]] = field(default_factory=dict)
    """Of each group path and value of who sent its texts."""

    texts: dict[str, Any] = field(default_factory=dict)
    """Of each of these what it is called, and what stands for it, by path."""

    reasons: Reasons | None = field(default=None, compare=False, repr=False)
    """What links rest on; None where it is not looked at."""

    groups: set[str] = field(default_factory=set)
    """Groups that an opened unit is about, by its path."""

    view: dict[str, Any] = field(default_factory=dict)
    """What the view says of itself: its groups, and what it withholds."""

    _family_bits: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def sealed(self, group: str) -> dict[str, int]:
        """How many units of each kind were sealed of a group; 0 where that is not opened."""
        said = self.small.get(f"group/{group}/units")
        known = said if isinstance(said, dict) else {}
        return {kind: known[kind] if type(known.get(kind)) is int else 0 for kind in COUNTED_KINDS}

    def family_bits(self, group: str) -> dict[str, list[int]]:
        """Of each family of evidence the bits in millionths, link by link, where it speaks in a link."""
        if group not in self._family_bits:
            found: dict[str, list[int]] = {}
            for rows in self.weights.get(group, {}).values():
                own: dict[str, int] = {}
                for _, family, bits in rows:
                    own[family] = own.get(family, 0) + micro(bits)
                for family, total in own.items():
                    found.setdefault(family, []).append(total)
            self._family_bits[group] = found
        return self._family_bits[group]

    def hides(self, kind: str) -> bool:
        """Whether the view says that it withholds units of a class."""
        names = (kind, f"{kind}, redacted", f"{kind.partition('.')[0]}.*")
        return any(name in self.view.get("withheld", ()) for name in names)

    def points(self, group: str) -> list[str]:
        """The opened points against a group, in order, by path."""
        start = f"against/{group}/"
        return [path for path, _ in small_under(self, start) if path.endswith("/said")]


SMALL = ("run", "setting", "group", "against", "claim", "signal", "validation")
"""Kinds of units that are kept as they are, by path."""

JOINED = (*(f"{kind}/" for kind in SMALL), "link/")
"""Where parts are joined to the list that is computed from; of other lists parts are counted alone."""


def short_path(path: str) -> bytes:
    """A path in 16 bytes: millions of them stay in memory."""
    return hashlib.blake2b(path.encode("ascii"), digest_size=16).digest()


def unit_class(path: str) -> str:
    """The class of a unit: its kind and its last name, by which policies open and withhold."""
    return class_of(path.split("/"))


def class_of(names: list[str]) -> str:
    """The class of a unit from the names in its path."""
    return f"setting.{names[1]}" if names[0] == "setting" else f"{names[0]}.{names[-1]}"


def check_opened(content: Content, packed: bytes, view: dict[str, Any], report: Report) -> Opened:
    """Every opened unit: its form, that it stands alone, and that it was sealed."""
    opened = Opened(view=view)
    opened.reasons = Reasons(opened.hides)
    salts, digests, parts = set[bytes](), list[bytes](), Parts()
    for number, line, (salt, path, value) in _units(content, report):
        digests.append(hashlib.sha256(line).digest())
        if (short := short_path(path)) in opened.paths:
            report.fault("V2", "two values opened for one path", _at(number), found=path)
        if (raw := bytes.fromhex(salt)) in salts:
            report.fault("V2", "one salt used twice", _at(number), found=path)
        opened.paths[short] = digests[-1]
        salts.add(raw)
        try:
            _keep(opened, parts, path, value, line[PATH_AT + 1 :])
        except (NotStrict, ValueError, TypeError, IndexError, AttributeError) as error:
            report.fault("V2", f"a unit of another form: {error}", _at(number), found=path)
    _join(opened, parts, report)
    check_sealed(digests, packed, OPENED, report)
    report.looked["V2"] = f"{len(digests)} opened units among {len(packed) // 32} commitments"
    return opened


def _at(number: int) -> str:
    """The place of an opened unit, for a fault."""
    return f"{OPENED}:{number}"


def _units(content: Content, report: Report) -> Iterator[tuple[int, bytes, Any]]:
    """Number, line, and salt, path and value of each opened unit that is written as units are."""
    before = 0
    for lines in content.batches(OPENED, "V2"):
        for start in range(0, len(lines), AT_ONCE):
            yield from _written(lines[start : start + AT_ONCE], before + start + 1, report)
        before += len(lines)


AT_ONCE = 16
"""Lines that are read and then written together: few enough for what they hold to be still at hand."""


def _written(lines: list[bytes], number: int, report: Report) -> Iterator[tuple[int, bytes, Any]]:
    """The same of a few lines, of which the first has this number."""
    units = [_unit(line, place, report) for place, line in enumerate(lines, number)]
    alike = None not in units and is_written_so(lines, units)
    for place, unit in enumerate(units):
        if unit is not None:
            if alike or json_bytes(unit) == lines[place] + b"\n":
                yield number + place, lines[place], unit
            else:
                report.fault("V2", WRITTEN_OTHERWISE, _at(number + place), found=unit[1])


WRITTEN_OTHERWISE = "an opened unit that is written otherwise than units are"


def _unit(line: bytes, number: int, report: Report) -> Any:
    """Salt, path and value of a line; None, with a fault, where it is none of the form of a unit."""
    try:
        unit = strict(line)
    except NotStrict as error:
        report.fault("V2", f"an opened unit: {error}", _at(number))
        return None
    # A line that is JSON and begins so holds salt and path as they stand there.
    if UNIT.match(line) and len(unit) == 3 and len(unit[1]) <= LONGEST_PATH:
        return unit
    what, found = _other_form(unit)
    report.fault("V2", what, _at(number), found=found)
    return None


def _other_form(unit: Any) -> tuple[str, str]:
    """What is wrong with the line of a unit that begins otherwise, and where."""
    if not (isinstance(unit, list) and len(unit) == 3 and all(isinstance(each, str) for each in unit[:2])):
        return "an opened unit that is not salt, path, value", ""
    salt, path, _ = unit
    if not SALT.fullmatch(salt):
        return "a salt that is not 128 bits", salt
    if not PATH.fullmatch(path) or len(path) > LONGEST_PATH:
        return "a path outside the grammar", path
    return WRITTEN_OTHERWISE, path


def micro(text: Any) -> int:
    """Millionths of a number that is written as text with six decimals."""
    if not isinstance(text, str) or not SIX_DECIMALS.fullmatch(text):
        raise NotStrict("not a number with six decimals")
    return int(text.replace(".", ""))


def _keep(opened: Opened, parts: Parts, path: str, value: Any, said: bytes) -> None:
    """Sort in one unit; `said` is its line from the path on. Raises where it has another form."""
    names = path.split("/")
    if not is_placed(names):
        raise NotStrict("of a kind that bundles do not hold")
    name = class_of(names)
    opened.classes[name] = opened.classes.get(name, 0) + 1
    if about_one(name):
        opened.profiles.add(path, value, said)
    part = part_of(path)
    if names[0].startswith("seen") and opened.reasons is not None:
        opened.reasons.seen(names, value, whole=part is None)
    if part:
        parts.add(part, value if path.startswith(JOINED) else [])
    else:
        _sort(opened, path, names, value)


def _join(opened: Opened, parts: Parts, report: Report) -> None:
    """Lists whose parts are all opened, as if each were one unit."""
    for path in parts.paths():
        if short_path(path) in opened.paths:
            report.fault("V2", "a list opened as a whole and in parts", OPENED, found=path)
    for path, value in parts.complete():
        try:
            _sort(opened, path, path.split("/"), value)
        except (NotStrict, ValueError, TypeError, IndexError, AttributeError) as error:
            report.fault("V2", f"a unit of another form: {error}", OPENED, found=path)


def _sort(opened: Opened, path: str, names: list[str], value: Any) -> None:
    if names[0] in OF_A_GROUP:
        opened.groups.add(names[1])
    if names[0] == "link" and opened.reasons is not None:
        opened.reasons.link(path, value)
    if names[0] == "member":
        opened.members.setdefault(names[1], []).append(_standing(*value))
    elif names[0] == "link" and names[-1] == "strength":
        opened.strengths.setdefault(names[1], {})[names[2]] = micro(value[0])
    elif names[0] == "link" and names[-1] == "weights":
        opened.weights.setdefault(names[1], {})[names[2]] = value
    elif names[0] == "link" and names[-1] == "ends":
        opened.ends.setdefault(names[1], {})[names[2]] = value
    elif names[0] == "template":
        _text(opened, path, names, value)
    elif names[0] == "account":
        (opened.names if names[-1] == "name" else opened.member_of)[names[1]] = str(value)
    elif names[0] in SMALL:
        opened.small[path] = value


def _text(opened: Opened, path: str, names: list[str], value: Any) -> None:
    if names[-1] == "sent":
        opened.sent.setdefault(names[1], []).append((path, value))
    elif names[-1] == "value":
        opened.texts[path] = value


def _standing(membership: Any, role: Any) -> tuple[int, str]:
    """How surely a member belongs, in millionths, and as what."""
    share = micro(membership)
    if not 0 <= share <= MICRO or role not in ROLES:
        raise NotStrict("a standing that no member has")
    return share, str(role)


def small_under(opened: Opened, prefix: str) -> Iterator[tuple[str, Any]]:
    """Kept units whose path begins so, in order."""
    return (
        (path, opened.small[path])
        for path in sorted(each for each in opened.small if each.startswith(prefix))
    )
