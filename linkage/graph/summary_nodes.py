"""What the receipt, the findings and the verdicts say, as nodes: the case, its groups, known operators."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from linkage.explain.findings import examination
from linkage.graph import schema
from linkage.graph.schema import Part
from linkage.hypothesis_names import (
    CUSTOMER,
    EVENT,
    HIJACKED,
    PLATFORM,
    RESELLER,
    TOOL,
    UNKNOWN_OPERATOR,
    UNRELATED,
)
from linkage.schema import OUTCOMES
from linkage.wording import many

Row = Mapping[str, Any]

STORIES = {
    UNKNOWN_OPERATOR: "unknown_operator",
    EVENT: "event_participants",
    TOOL: "tool_users",
    CUSTOMER: "one_customer",
    PLATFORM: "platform_tenants",
    RESELLER: "reseller_customers",
    HIJACKED: "hijacked_accounts",
    UNRELATED: "unrelated_accounts",
}
"""Hypotheses that name no operator, and the property of a group that holds their log-odds."""


@dataclass(frozen=True)
class Summary:
    """Rows of a case's small tables, its receipt (`run`) and the verdicts in force.

    `verdicts` are rows of verdicts.ndjson, oldest first; `unreported` has one row for each
    group that is no finding, with its `outcome`, `unresolved` or `explained`.
    """

    run: Row
    findings: Sequence[Row]
    unreported: Sequence[Row] = ()
    attributions: Sequence[Row] = ()
    lineage: Sequence[Row] = ()
    verdicts: Sequence[Row] = ()
    details: Mapping[str, Row] = field(default_factory=dict)


def case(summary: Summary, name: str, **more: Any) -> dict[str, Any]:
    """The node of the case: counts, the receipt of every file, everything capped."""
    run, inputs = summary.run, summary.run.get("inputs", [])
    refused = [(each, why, rows) for each in inputs for why, rows in each["quarantined"].items()]
    caps = run.get("caps", [])
    return {
        "id": name,
        **run.get("population", {}),
        **run.get("scoring", {}),
        "groups": len(summary.findings),
        **{name: sum(row["outcome"] == name for row in summary.unreported) for name in OUTCOMES[1:]},
        "seed": run.get("seed"),
        "settings_digest": run.get("settings_digest"),
        **{f"input_{key}": [each[key] for each in inputs] for key in ("table", "file", "rows", "used")},
        "input_filtered": [sum(each["filtered"].values()) for each in inputs],
        "input_quarantined": [sum(each["quarantined"].values()) for each in inputs],
        "quarantine_table": [each["table"] for each, _why, _rows in refused],
        "quarantine_reason": [why for _each, why, _rows in refused],
        "quarantine_rows": [rows for _each, _why, rows in refused],
        **{f"cap_{key}": [each[key] for each in caps] for key in ("stage", "what", "count")},
        **more,
    }


def groups(summary: Summary, inside: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """A node for each operator group; `inside` has rows of `link_edges.inside`."""
    held = list(inside)
    for finding in summary.findings:
        name = finding["group"]
        detail = summary.details.get(name, {})
        targets = finding.get("targets") or []
        yield {
            "id": name,
            "name": _caption(finding),
            **{key: value for key, value in finding.items() if key not in ("group", "targets")},
            "target_names": [each["name"] for each in targets],
            "target_shares": [each["share"] for each in targets],
            "against": detail.get("against", []),
            **_verdict(summary, name),
            **_past(summary, name),
            **_stories(summary, name),
            **_without(detail),
            **_days(detail),
            **_inside([row for row in held if row["group"] == name]),
        }


def _inside(rows: Sequence[Row]) -> dict[str, Any]:
    """What holds the group together, family by family."""
    of_family = [row for row in rows if row["family"] is not None]
    named = {"links": "inside_family_links", "bits": "inside_family_bits", "against": "inside_family_against"}
    return {
        "inside_links": sum(row["links"] for row in rows if row["family"] is None),
        "inside_family": [row["family"] for row in of_family],
        **{into: [row[name] for row in of_family] for name, into in named.items()},
    }


def _caption(finding: Row) -> str:
    """What is written on a group in a picture, where a caption is one property."""
    return f"{finding['group']} {many(finding['accounts'], 'account')} {finding['log_odds']:+.1f} bits"


def _verdict(summary: Summary, group: str) -> dict[str, Any]:
    row: Row = next((row for row in summary.verdicts if row.get("group") == group), {})
    return {"verdict": row.get("verdict"), "verdict_reason": row.get("reason"), "verdict_by": row.get("who")}


def _stories(summary: Summary, group: str) -> dict[str, float]:
    return {
        STORIES[row["hypothesis"]]: row["log_odds"]
        for row in summary.attributions
        if row["group"] == group and row["hypothesis"] in STORIES
    }


def _without(detail: Row) -> dict[str, list[Any]]:
    """What remains of the group when a family of evidence is left out."""
    found = examination(detail)
    tried = found.without_family if found else ()
    return {
        "without_family": [each.family for each in tried],
        "without_links": [each.remains.links for each in tried],
        "without_of": [each.remains.of for each in tried],
        "without_accounts": [each.remains.accounts for each in tried],
        "without_passes": [each.passes for each in tried],
    }


def _days(detail: Row) -> dict[str, Any]:
    asked, opened = detail.get("by_day") or [], detail.get("registrations_by_day") or []
    return {
        "days": [each["day"] for each in asked],
        "day_interactions": [each["count"] for each in asked],
        "registration_days": [each["day"] for each in opened],
        "registration_counts": [each["count"] for each in opened],
        "hours": detail.get("hours", []),
        "workload": detail.get("workload"),
    }


def _past(summary: Summary, group: str) -> dict[str, Any]:
    """How the group came about in the last run: the kind that says most, and the groups it came from."""
    rows = [row for row in summary.lineage if row["group"] == group and row["kind"] != "gone"]
    kinds = {row["kind"] for row in rows}
    change = next((kind for kind in ("merged", "split", "kept", "new") if kind in kinds), None)
    return {"change": change, "was": sorted({row["was"] for row in rows} - {"", None})}


def unreported(summary: Summary) -> Iterator[dict[str, Any]]:
    """A node for each group that is linked and not reported: unresolved, or explained."""
    for row in summary.unreported:
        detail = summary.details.get(row["group"], {})
        yield {
            "id": row["group"],
            "accounts": row["accounts"],
            "name": f"{row['outcome']}, not reported: {row['reason']}",
            **{key: row.get(key) for key in ("outcome", "reason", "favours", "settles")},
            "against": detail.get("against", []),
            **_verdict(summary, row["group"]),
            **_past(summary, row["group"]),
        }


def operators(summary: Summary) -> list[dict[str, Any]]:
    """A node for each known operator that a group was held against."""
    names = {row["hypothesis"] for row in _attributions(summary)}
    return [{"name": name} for name in sorted(names)]


def attributed(summary: Summary) -> list[dict[str, Any]]:
    """Which known operator a group may belong to."""
    return [
        {
            "from_id": row["group"],
            "to_name": row["hypothesis"],
            "name": f"{row['log_odds']:+.1f} bits, {row['confidence']}",
            **row,
        }
        for row in _attributions(summary)
    ]


def _attributions(summary: Summary) -> list[Row]:
    """What is said of known operators and reported groups: nobody else is attributed to anybody."""
    reported = {row["group"] for row in summary.findings}
    named = [row for row in summary.attributions if row["hypothesis"] not in STORIES]
    return [row for row in named if row["group"] in reported]


def table(part: Part, rows: Iterable[Row]) -> pa.Table:
    """Rows as a table with the columns of a part, in the order of its keys; what a row lacks is null."""
    wanted = schema.arrow_schema(part)
    plain = [{name: _plain(row.get(name), wanted.field(name)) for name in wanted.names} for row in rows]
    plain.sort(key=lambda row: tuple(str(row[name]) for name in part.keys))
    return pa.Table.from_pylist(plain, wanted)


def _plain(value: Any, into: pa.Field) -> Any:
    """A value that the column can hold: a receipt may have odd text, and moments in whole microseconds."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list | tuple):
        return [_plain(each, into) for each in value if each is not None]
    return value
