"""A view as JSON-LD in the terms of CASE and UCO, for tools that read these ontologies of investigations.

It says nothing that the opened units, the seal and the view do not say: files by name and digest, who did
what with them, and of each group what speaks against it and what is claimed. It lists no accounts.
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from linkage.bundle.checks.decided import decided_notice
from linkage.bundle.checks.outcomes import UNRESOLVED
from linkage.bundle.checks.strict_json import json_bytes

UCO = "https://ontology.unifiedcyberontology.org/uco"
VOCABULARIES = {
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "kb": "urn:x-linkage:view:",
    **{f"uco-{name}": f"{UCO}/{name}/" for name in ("action", "core", "identity", "marking", "observable")},
    "uco-tool": f"{UCO}/tool/",
    "uco-types": f"{UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes of terms; `kb` is that of the objects of one view."""

TAKEN = "accounts that the provider takes to be run by one operator; an inference from coincidences"
UNDECIDED = "no finding: the group is unresolved, nobody in it is accused"

Node = dict[str, Any]
Refs = list[dict[str, str]]


def case_jsonld(view: Node, seal: dict[str, str], units: Node, against: dict[str, str]) -> bytes:
    """The file; `units` are the opened units by path, `against` the points against by the paths they are
    taken from."""
    graph = _Graph(view["seal"], str(view["recipient"]))
    marking = {"uco-marking:definitionType": "statement", "uco-marking:statement": str(view["tlp"])}
    graph.add(
        "marking",
        "uco-marking:MarkingDefinition",
        {
            "uco-marking:definitionType": "statement",
            "uco-marking:definition": [graph.part("tlp", "uco-marking:StatementMarking", marking)],
        },
    )
    graph.marking = graph.ref("marking")
    _acts(graph, view, seal, units)
    for group in map(str, view["groups"]):
        _group(graph, view, group, units, against)
    graph.add(
        "investigation",
        "case-investigation:Investigation",
        {
            "uco-core:name": f"Evidence in case {view['case']}",
            "uco-core:object": graph.refs(graph.names[1:]),
            "case-investigation:focus": str(view["purpose"]),
        },
    )
    return json_bytes({"@context": VOCABULARIES, "@graph": graph.nodes})


class _Graph:
    """The objects of a view, in order; each is named by what it is in the view, and its identifier by that
    name under this seal and for this recipient."""

    def __init__(self, *of: str) -> None:
        self.of = "/".join(of)
        self.nodes: list[Node] = []
        self.names: list[str] = []
        self.marking: Refs = []

    def part(self, name: str, kind: str, said: Node) -> Node:
        """An object that stands in another."""
        known = {term: value for term, value in said.items() if value not in ([], None, "")}
        return {"@id": self._id(name), "@type": kind, **known}

    def add(self, name: str, kind: str, said: Node) -> Refs:
        """An object of its own; returns what others refer to it by."""
        if name not in self.names:
            self.names.append(name)
            self.nodes.append(self.part(name, kind, {**said, "uco-core:objectMarking": self.marking}))
        return self.ref(name)

    def ref(self, name: str) -> Refs:
        return [{"@id": self._id(name)}]

    def refs(self, names: Iterable[str]) -> Refs:
        return [each for name in names for each in self.ref(name)]

    def _id(self, name: str) -> str:
        kind = name.partition("/")[0]
        return f"kb:{kind}-{uuid.uuid5(uuid.NAMESPACE_URL, f'{self.of}/{name}')}"


def _acts(graph: _Graph, view: Node, seal: dict[str, str], units: Node) -> None:
    """The files, and what was done with them by whom: computed, sealed, handed out."""
    outputs = units.get("run/outputs")
    tables = sorted(outputs.items()) if isinstance(outputs, dict) else []
    given = [ref for name, row in _inputs(units) for ref in _file(graph, "given", name, row)]
    made = _file(graph, "made", "run.json", {"sha256": seal["run-sha256"]})
    made += [ref for name, row in tables for ref in _file(graph, "made", str(name), row)]
    sealed = _file(graph, "sealed", "data/seal/SEAL.txt", {"sha256": view["seal"]})
    sealed += _file(graph, "sealed", "data/seal/commitments.txt", {"sha256": seal["commitments-sha256"]})
    about: Node = {
        "case-investigation:exhibitNumber": str(view["case"]),
        "uco-core:description": f"view {view['view']}, {view['purpose']}",
        "uco-core:object": sealed,
    }
    record = graph.add("record", "case-investigation:ProvenanceRecord", about)
    tool = {"instrument": _tool(graph, seal["tool"])}
    computed = _act(graph, "investigate", "", {**tool, "object": given, "result": made})
    custodian = {"performer": _person(graph, seal["custodian"])}
    kept = _act(graph, "seal", seal["declared"], {**tool, **custodian, "object": made, "result": sealed})
    handed = {
        "performer": _person(graph, str(view["signer"])),
        "participant": _person(graph, str(view["recipient"])),
        "instrument": _tool(graph, str(view["tool"])),
        "object": sealed,
        "result": record,
    }
    written = _act(graph, "export", str(view["exported"]), handed)
    for later, earlier in ((kept, computed), (written, kept)):
        later["case-investigation:wasInformedBy"] = [{"@id": earlier["@id"]}]


def _inputs(units: Node) -> Iterator[tuple[str, Any]]:
    """Name and receipt of each file that was read, as far as they are opened."""
    for path, row in sorted(units.items()):
        if path.startswith("run/input/") and path.endswith("/content"):
            start = path.rpartition("/")[0]
            yield str(units.get(f"{start}/file") or start.removeprefix("run/")), row


def _file(graph: _Graph, place: str, name: str, row: Node) -> Refs:
    """A file that was given, made or sealed, by its digest."""
    size, own = row.get("bytes"), f"{place}/{name}"
    digest = {
        "uco-types:hashMethod": "SHA256",
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": str(row["sha256"])},
    }
    content = {
        "uco-observable:hash": [graph.part(f"hash/{own}", "uco-types:Hash", digest)],
        "uco-observable:sizeInBytes": size if type(size) is int else None,
    }
    facets = [
        graph.part(f"named/{own}", "uco-observable:FileFacet", {"uco-observable:fileName": name}),
        graph.part(f"content/{own}", "uco-observable:ContentDataFacet", content),
    ]
    about = {"uco-core:name": name, "uco-core:hasFacet": facets}
    return graph.add(f"file/{own}", "uco-observable:File", about)


def _person(graph: _Graph, said: str) -> Refs:
    """Somebody by name, and by the key that speaks for him where there is one."""
    name, _, key = said.rpartition(" ") if " SHA256:" in said else (said, "", "")
    about = f"signs with the key {key}" if key else ""
    said_of = {"uco-core:name": name, "uco-core:description": about}
    return graph.add(f"identity/{said}", "uco-identity:Identity", said_of)


def _tool(graph: _Graph, said: str) -> Refs:
    name, _, version = said.partition(" ")
    return graph.add(
        f"tool/{said}", "uco-tool:AnalyticTool", {"uco-core:name": name, "uco-tool:version": version}
    )


def _act(graph: _Graph, name: str, at: str, said: dict[str, Refs]) -> Node:
    about: Node = {f"uco-action:{term}": refs for term, refs in said.items()}
    if at:
        about["uco-action:endTime"] = {"@type": "xsd:dateTime", "@value": at}
    kind = "case-investigation:InvestigativeAction"
    graph.add(f"action/{name}", kind, {**about, "uco-core:name": name})
    return graph.nodes[-1]


def _group(graph: _Graph, view: Node, group: str, units: Node, against: dict[str, str]) -> None:
    """A group, first what speaks against it, then the claims on it."""
    standing = [UNDECIDED if units.get(f"group/{group}/outcome") == UNRESOLVED else TAKEN]
    if decided := view["decided"].get(group):
        standing = [" ".join([decided_notice(group), *map(str, decided)]), *standing]
    of = graph.add(
        f"group/{group}", "uco-core:Grouping", {"uco-core:name": group, "uco-core:description": standing}
    )
    for path, said in sorted(against.items()):
        if path.startswith(f"against/{group}/"):
            _said(graph, path, ("counter-evidence", str(said)), of)
    for path, claim in sorted(units.items()):
        if path.startswith("claim/") and claim["group"] == group:
            near = claim["interval"]
            between = f" ({claim['interval_is']}: {near[0]} to {near[1]})" if near else ""
            _said(graph, path, ("claim", f"{claim['says']}: {claim['value']}{between}"), of)


def _said(graph: _Graph, path: str, said: tuple[str, str], of: Refs) -> None:
    tag, statement = said
    about = {"uco-core:tag": tag, "uco-core:statement": statement, "uco-core:object": of}
    graph.add(f"statement/{path}", "uco-core:Annotation", about)
