"""STIX 2.1 bundles: their indicators as rows of the table `indicators`.

A row is an object of the bundle; of an indicator that names several values, or that several operators are
behind, each combination. Its line is the object's place in the bundle, from 1. The operator is the actor
that a relationship `indicates`, followed along `attributed-to`; `seen_at` is `valid_from`. What is not
understood is counted by reason and its object path is listed, never guessed at.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from linkage.errors import InputError
from linkage.ingest import reasons
from linkage.ingest.chunk import Broken, Chunk
from linkage.ingest.formats import strict_json
from linkage.ingest.formats.stix_pattern import Alternative, alternatives
from linkage.ingest.formats.streams import TextFile
from linkage.ingest.reasons import Refused
from linkage.settings.ingest import Ingest as IngestSettings

CERTAIN = 100
"""The highest confidence of a STIX object."""

ACTORS = ("threat-actor", "intrusion-set", "campaign")
"""The kinds of object that stand for somebody who acts; malware and techniques are many people's."""

COLUMNS = ("operator", "trait", "value", "confidence", "source", "seen_at")

Object = Mapping[str, Any]


def limits(chosen: IngestSettings) -> IngestSettings:
    """The limits for a bundle, which may be one long line."""
    most = min(chosen.max_file_bytes, chosen.max_bundle_bytes)
    return chosen.model_copy(update={"max_line_bytes": most, "max_file_bytes": most})


def chunks(file: TextFile, name: str, chosen: IngestSettings) -> Iterator[Chunk]:
    """All rows of a bundle; raises InputError naming the file when it is none."""
    yield _Bundle(_objects(_content(file, name, chosen), name, chosen), chosen).chunk()


def _content(file: TextFile, name: str, chosen: IngestSettings) -> bytes:
    found: list[bytes] = []
    for lines in file.lines():
        if lines.too_long is not None:
            most = f"{chosen.max_bundle_bytes:,}"
            raise InputError(f"{name}: more than {most} bytes", hint="export the bundle in parts")
        found.append(lines.data)
    return b"".join(found)


def _objects(content: bytes, name: str, chosen: IngestSettings) -> list[Any]:
    try:
        # One reader for the whole, with its check for names given twice.
        bundle = strict_json.reader(content, chosen.max_json_depth)(content)
    except Refused as refused:
        raise InputError(
            f"{name}: cannot be read: {refused.reason}", hint="give a STIX 2.1 bundle as one JSON object"
        ) from None
    objects = bundle.get("objects", [])
    if bundle.get("type") != "bundle" or not isinstance(objects, list) or "spec_version" in bundle:
        raise InputError(
            f"{name}: is no STIX 2.1 bundle",
            hint="a bundle has type 'bundle' and a list of objects; one of STIX 2.0 names its version itself",
        )
    return objects


@dataclass
class _Bundle:
    """The objects of one bundle, and what has been made of them so far."""

    objects: list[Any]
    chosen: IngestSettings
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    lines: list[int] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    filtered: Counter[str] = field(default_factory=Counter)
    unknown: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.latest = _latest(self.objects)
        self.known = {at: self.objects[at] for at in self.latest.values()}
        self.by_id = {each["id"]: each for each in self.known.values() if not _revoked(each)}
        self.indicated, self.attributed = self._relations("indicates"), self._relations("attributed-to")

    def _relations(self, kind: str) -> dict[str, list[str]]:
        """Targets of each source, in order, for relationships of one kind that stand."""
        found: dict[str, set[str]] = {}
        for each in self.by_id.values():
            source, target = each.get("source_ref"), each.get("target_ref")
            stated = each.get("type") == "relationship" and each.get("relationship_type") == kind
            if stated and isinstance(source, str) and isinstance(target, str):
                found.setdefault(source, set()).add(target)
        return {source: sorted(targets) for source, targets in found.items()}

    def chunk(self) -> Chunk:
        """The rows of all objects."""
        for at, each in enumerate(self.objects):
            self._take(at, each)
        return Chunk(
            self.columns,
            self.lines,
            lambda row: json.dumps(self.objects[self.lines[row] - 1]),
            self.broken,
            unknown=frozenset(self.unknown),
            filtered=self.filtered,
        )

    def _take(self, at: int, each: Any) -> None:
        why = self._beside(at, each)
        if why:
            self.filtered[why] += 1
            return
        try:
            found, confidence = self._read(each)
        except Refused as refused:
            raw = json.dumps(each).encode()[: self.chosen.quarantined_characters]
            self.broken.append(Broken(at + 1, refused.reason, raw))
            return
        operators = self._operators(each)
        for one in found:
            if one.why:
                self.unknown |= {one.about} if one.why == reasons.NOT_OURS else set()
            if one.why or not operators:
                self.filtered[one.why or reasons.NO_ACTOR] += 1
                continue
            for operator in operators:
                self._add(at + 1, each, [operator, one.trait, one.value, confidence])

    def _beside(self, at: int, each: Any) -> str:
        """Why an object is no row; empty for an indicator to be read."""
        if not isinstance(each, dict) or each.get("type") != "indicator":
            return reasons.NOT_AN_INDICATOR
        if at not in self.known and isinstance(each.get("id"), str):
            return reasons.OLDER
        if _revoked(each):
            return reasons.REVOKED
        # Version 2.1 must name the language; where it is missing the pattern is looked at, and says.
        return reasons.OTHER_LANGUAGE if each.get("pattern_type", "stix") != "stix" else ""

    def _read(self, each: Object) -> tuple[list[Alternative], float | None]:
        pattern = each.get("pattern")
        if not isinstance(pattern, str):
            raise Refused(reasons.NO_PATTERN)
        return alternatives(pattern, self.chosen.max_pattern_depth), _confidence(each.get("confidence"))

    def _add(self, line: int, each: Object, values: list[Any]) -> None:
        maker = self.by_id.get(str(each.get("created_by_ref")), {}).get("name")
        row = [*values, maker if isinstance(maker, str) else None, each.get("valid_from")]
        for name, value in zip(COLUMNS, row, strict=True):
            self.columns[name].append(value)
        self.lines.append(line)

    def _operators(self, indicator: Object) -> list[str]:
        """Names of the actors that the indicator is said to indicate."""
        ends = [self._author(target) for target in self.indicated.get(str(indicator.get("id")), [])]
        actors = [self.by_id[end] for end in ends if self.by_id.get(end, {}).get("type") in ACTORS]
        names = {each["name"].strip() for each in actors if isinstance(each.get("name"), str)}
        return sorted(names - {""})

    def _author(self, actor: str) -> str:
        """Who is behind a campaign or set, as far as exactly one actor is named at each step."""
        passed = {actor}
        while True:
            behind = [
                each
                for each in self.attributed.get(actor, [])
                if self.by_id.get(each, {}).get("type") in ACTORS
            ]
            if len(behind) != 1 or behind[0] in passed:
                return actor
            actor = behind[0]
            passed.add(actor)


def _latest(objects: list[Any]) -> dict[str, int]:
    """Of each id the place of its latest version; of equally late ones the last."""
    found: dict[str, tuple[datetime, int]] = {}
    for at, each in enumerate(objects):
        name = each.get("id") if isinstance(each, dict) else None
        if isinstance(name, str):
            version = (_when(each.get("modified")), at)
            found[name] = max(found.get(name, version), version)
    return {name: at for name, (_, at) in found.items()}


def _when(modified: Any) -> datetime:
    """The time of a version; one without a readable time is older than any that has one."""
    try:
        made = datetime.fromisoformat(modified) if isinstance(modified, str) else None
    except ValueError:
        made = None
    if made is None:
        return datetime.min.replace(tzinfo=UTC)
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def _revoked(each: Object) -> bool:
    return each.get("revoked") is True


def _confidence(given: Any) -> float | None:
    """0 to 100 as 0 to 1; STIX says what is not given is not specified."""
    if given is None:
        return None
    if type(given) is not int:
        raise Refused(reasons.WRONG_TYPE)
    if not 0 <= given <= CERTAIN:
        raise Refused(reasons.OUT_OF_RANGE)
    return given / CERTAIN
