"""STIX objects whose ids and times follow from what they say, so that the same case gives the same bytes."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from linkage.attribution.techniques import Technique

Object = dict[str, Any]

OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""The one that STIX 2.1 gives for observable objects."""

ATLAS = "mitre-atlas"
"""The name of MITRE ATLAS as a source and as a chain of tactics."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True)
class Maker:
    """Makes the statements of one bundle. `salt` is the case's own and given to nobody: whoever knows all
    that an id is made of could try values against it."""

    salt: str
    declared: int
    marking: str
    identity: str = ""

    def said(self, kind: str, key: Sequence[str], fields: Mapping[str, Any]) -> Object:
        """A statement (SDO or SRO) of this bundle."""
        found: Object = {
            "type": kind,
            "spec_version": "2.1",
            "id": f"{kind}--{_name(self.salt, kind, *key)}",
            "created": moment(self.declared, digits=3),
            "modified": moment(self.declared, digits=3),
            "object_marking_refs": [self.marking],
            **fields,
        }
        return found | {"created_by_ref": self.identity} if self.identity else found

    def related(self, source: Object, kind: str, target: Object, **more: Any) -> Object:
        """A relationship."""
        ends = (source["id"], target["id"])
        fields = {"relationship_type": kind, "source_ref": ends[0], "target_ref": ends[1], **more}
        return self.said("relationship", [ends[0], kind, ends[1]], fields)

    def seen(self, fields: Mapping[str, Any]) -> Object:
        """An observable object; its id is of its value, as STIX has it."""
        key = {name: value for name, value in fields.items() if name != "type"}
        name = uuid.uuid5(OBSERVABLES, _JSON.encode(key))
        return {
            **fields,
            "spec_version": "2.1",
            "id": f"{fields['type']}--{name}",
            "object_marking_refs": [self.marking],
        }


def attack_pattern(maker: Maker, technique: Technique) -> Object:
    """A technique of MITRE ATLAS."""
    fields = {
        "name": technique.name,
        "kill_chain_phases": [{"kill_chain_name": ATLAS, "phase_name": technique.tactic}],
        "external_references": [atlas(technique.id)],
    }
    return maker.said("attack-pattern", [technique.id], fields)


def atlas(name: str) -> dict[str, str]:
    """A reference to MITRE ATLAS: a technique or a case study."""
    return {"source_name": ATLAS, "external_id": name}


def _name(*parts: str) -> uuid.UUID:
    """A UUID in the form of a random one, as STIX wants it of statements, whose bits come from its parts."""
    digest = hashlib.sha256(_JSON.encode(parts).encode("utf-8", "surrogatepass")).digest()
    return uuid.UUID(bytes=digest[:16], version=4)


def moment(at: int, *, digits: int = 6) -> str:
    """Microseconds since 1970 as STIX writes a time, cut to 3 or 6 digits of a second."""
    exact = (EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return exact[: len(exact) - 6 + digits] + "Z"


def day(at: int) -> int:
    """The beginning of a day in UTC."""
    return at - at % DAY


def bundled(objects: Sequence[Object]) -> bytes:
    """A bundle, one object a line; the same objects give the same bytes."""
    lines = [json.dumps(each, sort_keys=True, separators=(", ", ": ")) for each in objects]
    inner = ",\n".join(lines)
    return (
        f'{{"type": "bundle", "id": "bundle--{_name("bundle", inner)}", "objects": [\n{inner}\n]}}\n'.encode(
            "ascii"
        )
    )
