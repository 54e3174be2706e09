"""What BloodHound needs beside an OpenGraph file: the schema of its kinds, and queries to save there.

Formats: bloodhound.specterops.io, "Graph Definition" of OpenGraph, and the import of saved queries.
"""

import io
import json
import zipfile

from linkage.case.export_graph import ACCOUNT, GROUP, LINKED_WITH, MEMBER_OF

NAMESPACE = "Linkage"
"""What every kind begins with, before an underscore."""

VERSION = "v1.0.0"
"""Of the schema: it changes with the kinds."""

PACKED = (1980, 1, 1, 0, 0, 0)
"""The date of every file in a zip, so that the same queries give the same bytes."""

NODES = (
    (ACCOUNT, "Account", "An account of a reported group: a reason to look, no proof", "user", "#2166AC"),
    (GROUP, "Group", "A reported group: accounts that one operator may run", "users", "#B2182B"),
)

RELATIONSHIPS = (
    (MEMBER_OF, "The account belongs to the group, with this membership in resampled runs", True),
    (LINKED_WITH, "Two accounts are linked, with these log-odds in bits", False),
)
"""Kind, meaning, and whether a path leads over it: from an account to its group, not on from link to link."""

QUERIES = (
    (
        "linkage: reported groups and their accounts",
        "Every group with its members",
        f"MATCH p = (:{ACCOUNT})-[:{MEMBER_OF}]->(:{GROUP}) RETURN p LIMIT 1000",
    ),
    (
        "linkage: strong links",
        "Links of 20 bits or more",
        f"MATCH p = (:{ACCOUNT})-[l:{LINKED_WITH}]->(:{ACCOUNT}) WHERE l.log_odds >= 20 RETURN p LIMIT 500",
    ),
    (
        "linkage: links that payment is part of",
        "What two accounts paid with is among the evidence",
        f"MATCH p = (:{ACCOUNT})-[l:{LINKED_WITH}]->(:{ACCOUNT}) WHERE 'payment' IN l.families"
        " RETURN p LIMIT 500",
    ),
    (
        "linkage: links between groups",
        "Accounts of two groups that are linked all the same",
        f"MATCH p = (g:{GROUP})<-[:{MEMBER_OF}]-(:{ACCOUNT})-[:{LINKED_WITH}]-(:{ACCOUNT})"
        f"-[:{MEMBER_OF}]->(h:{GROUP}) WHERE g.name < h.name RETURN p LIMIT 200",
    ),
    (
        "linkage: members that are not sure",
        "Accounts at the fringe of a group: look at these first",
        f"MATCH p = (:{ACCOUNT})-[m:{MEMBER_OF}]->(:{GROUP}) WHERE m.role = 'fringe' RETURN p LIMIT 500",
    ),
    (
        "linkage: confirmed groups",
        "Groups that a person confirmed",
        f"MATCH p = (a:{ACCOUNT})-[:{MEMBER_OF}]->(:{GROUP}) WHERE a.verdict = 'confirmed'"
        " RETURN p LIMIT 1000",
    ),
)
"""Name, meaning and Cypher of each query."""


def schema() -> bytes:
    """The extension definition, which is installed in BloodHound before the first file is uploaded."""
    nodes = [
        {
            "name": kind,
            "display_name": shown,
            "description": meaning,
            "is_display_kind": True,
            "icon": icon,
            "color": colour,
        }
        for kind, shown, meaning, icon, colour in NODES
    ]
    relationships = [
        {"name": kind, "description": meaning, "is_traversable": led} for kind, meaning, led in RELATIONSHIPS
    ]
    about = {"name": "linkage", "display_name": "linkage", "version": VERSION, "namespace": NAMESPACE}
    whole = {"schema": about, "node_kinds": nodes, "relationship_kinds": relationships}
    return json.dumps(whole, indent=1).encode("ascii")


def queries() -> bytes:
    """The queries as BloodHound imports them: a zip with one JSON file each."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, meaning, cypher in QUERIES:
            file = f"{name.removeprefix('linkage: ').replace(' ', '-')}.json"
            text = json.dumps({"name": name, "description": meaning, "query": cypher}, indent=1)
            packed.writestr(zipfile.ZipInfo(file, PACKED), text)
    return out.getvalue()
