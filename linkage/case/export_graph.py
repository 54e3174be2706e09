"""The links of reported groups for other graph programs: GraphML, GEXF and BloodHound OpenGraph."""

import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from linkage.case.export import Exported
from linkage.case.reader import CaseReader
from linkage.case.table import as_rows
from linkage.explain.evidence_lines import is_linked

Row = Mapping[str, Any]

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold (section 2.2)."""

_MODIFIED = re.compile(r' lastmodifieddate="[^"]*"')
"""The day of the clock that networkx writes into GEXF: the same case gives the same file."""

SOURCE_KIND = "Linkage_Base"
ACCOUNT, GROUP = "Linkage_Account", "Linkage_Group"
MEMBER_OF, LINKED_WITH = "Linkage_MemberOf", "Linkage_LinkedWith"


def as_graphml(case: CaseReader, found: Exported) -> bytes:
    """Accounts and the links between them as GraphML."""
    import networkx

    return "\n".join(networkx.generate_graphml(_graph(case, found))).encode("utf-8") + b"\n"


def as_gexf(case: CaseReader, found: Exported) -> bytes:
    """Accounts and the links between them as GEXF."""
    import networkx

    out = io.BytesIO()
    networkx.write_gexf(_graph(case, found), out)
    return _MODIFIED.sub("", out.getvalue().decode("utf-8")).encode("utf-8")


def as_opengraph(case: CaseReader, found: Exported) -> bytes:
    """Accounts, groups, memberships and links as BloodHound OpenGraph.

    Its rules: a node has an id and up to three kinds, a property is one plain value or a list of plain values
    of one type, its name lower case (bloodhound.specterops.io/opengraph/developer/schema).
    """
    nodes = [_node(GROUP, row["group"], row) for row in found.findings]
    nodes += [_node(ACCOUNT, row["account"], row) for row in found.accounts]
    edges = [
        _edge(
            MEMBER_OF,
            (ACCOUNT, row["account"]),
            (GROUP, row["group"]),
            {"role": row["role"], "membership": row["membership"]},
        )
        for row in found.accounts
    ]
    edges += [
        _edge(
            LINKED_WITH,
            (ACCOUNT, row["left"]),
            (ACCOUNT, row["right"]),
            {"log_odds": row["log_odds"], "families": row["families"]},
        )
        for row in _links(case, found)
    ]
    graph = {"metadata": {"source_kind": SOURCE_KIND}, "graph": {"nodes": nodes, "edges": edges}}
    return json.dumps(graph).encode("ascii")


def _graph(case: CaseReader, found: Exported) -> Any:
    import networkx

    graph = networkx.Graph()
    for row in found.accounts:
        graph.add_node(_xml(row["account"]), **_attributes(row))
    for link in _links(case, found):
        graph.add_edge(_xml(link["left"]), _xml(link["right"]), **_attributes(link))
    return graph


def _links(case: CaseReader, found: Exported) -> Sequence[Row]:
    """The links between exported accounts."""
    names = {row["account"] for row in found.accounts}
    bits = float(case.run.get("settings", {}).get("links", {}).get("link_bits", 0.0))
    rows = as_rows(case.table("links", {"left": names, "right": names})) if names else []
    return [row for row in rows if is_linked(row["log_odds"], bits, row["verdict"])]


def _attributes(row: Row) -> dict[str, Any]:
    """Plain values that XML can hold; an empty one is left out."""
    listed = {
        name: ", ".join(value) if isinstance(value, list) else value
        for name, value in row.items()
        if name not in ("account", "left", "right")
    }
    return {name: _xml(value) for name, value in listed.items() if value is not None}


def _xml(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return _NOT_XML.sub(lambda each: f"\\u{{{ord(each[0]):x}}}", value) if isinstance(value, str) else value


def _node(kind: str, name: str, row: Row) -> dict[str, Any]:
    return {"id": _id(kind, name), "kinds": [kind], "properties": _plain({"name": name, **row})}


def _id(kind: str, name: str) -> str:
    # An account and a group may have one name, and ids are of the whole database.
    return f"{kind}:{name}"


def _edge(kind: str, start: tuple[str, str], end: tuple[str, str], properties: Row) -> dict[str, Any]:
    ends = {side: {"match_by": "id", "value": _id(*each)} for side, each in (("start", start), ("end", end))}
    return {"kind": kind, **ends, "properties": _plain(properties)}


def _plain(row: Row) -> dict[str, Any]:
    """Properties: no empty ones, no nested ones."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, datetime | date):
            found[name] = value.isoformat()
        elif isinstance(value, list):
            texts = [each["name"] if isinstance(each, Mapping) else each for each in value]
            found |= {name: texts} if texts else {}
        elif value is not None:
            found[name] = value
    return found
