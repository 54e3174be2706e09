"""The accounts of reported groups as a table to look into, and as a layer of the ATT&CK Navigator."""

import io
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linkage.attribution.techniques import CASE_STUDY, SURE, techniques
from linkage.case.holdings import Holdings
from linkage.case.parquet import texts
from linkage.case.reader import CaseReader
from linkage.case.table import as_rows
from linkage.errors import CaseError, UsageError
from linkage.explain.findings import FITS, examination
from linkage.schema import SOURCES

OWN = tuple(name for name in SOURCES["accounts"].columns if name != "account")
"""What an account says of itself; several values of one trait stand in one cell."""

BETWEEN = "; "

Row = Mapping[str, Any]

COLUMNS: dict[str, pa.DataType] = {
    "group": pa.string(),
    "account": pa.string(),
    "role": pa.string(),
    "membership": pa.float64(),
    "log_odds": pa.float64(),
    "q_value": pa.float64(),
    "verdict": pa.string(),
    "evidence": pa.string(),
    "weakest_point": pa.string(),
    "explanation_that_fits": pa.string(),
    **dict.fromkeys(OWN, pa.string()),
}
"""Columns of the table: `log_odds` and `q_value` are the group's, `verdict` what a person decided on it.
`evidence` is how strong the evidence for the group is (firm, narrow or thin), `weakest_point` the first
reason why it is not firm, `explanation_that_fits` the innocent explanations that fit; empty where there are
none."""


@dataclass(frozen=True)
class Exported:
    """Accounts of reported groups, rows of COLUMNS, and the findings of these groups."""

    accounts: Sequence[dict[str, Any]]
    findings: Sequence[Row]


def exported(
    case: CaseReader, groups: Sequence[str] = (), *, confirmed: bool = False, role: str = ""
) -> Exported:
    """The accounts of the reported groups, or of some of them; with `confirmed` only of groups that a person
    confirmed, with `role` only those of that role. Raises CaseError for a group that is not reported."""
    findings = {row["group"]: row for row in as_rows(case.table("findings"))}
    for each in groups:
        _require_reported(case, each, findings)
    verdicts = case.constraints()
    chosen = {
        group: row
        for group, row in findings.items()
        if (not groups or group in groups) and (not confirmed or verdicts.of_group(group) == "confirmed")
    }
    members = [
        row
        for row in as_rows(case.table("groups"))
        if row["group"] in chosen and (not role or row["role"] == role)
    ]
    own = _own(case, {row["account"] for row in members})
    details = case.run.get("groups", {})
    caveats = {group: _caveats(details.get(group, {})) for group in chosen}
    accounts = [
        {
            "group": row["group"],
            "account": row["account"],
            "role": row["role"],
            "membership": row["membership"],
            "log_odds": chosen[row["group"]]["log_odds"],
            "q_value": chosen[row["group"]]["q_value"],
            "verdict": verdicts.of_group(row["group"]),
            **caveats[row["group"]],
            **own[row["account"]],
        }
        for row in members
    ]
    return Exported(accounts, list(chosen.values()))


def _caveats(detail: Row) -> dict[str, str | None]:
    """What must be known of a group before anybody acts on it, in the columns from `evidence` on."""
    found = examination(detail)
    reasons = found.strength.reasons if found else ()
    fitting = (
        [each.explanation for each in found.benign_explanations if each.outcome == FITS] if found else []
    )
    return {
        "evidence": found.strength.level if found else None,
        "weakest_point": reasons[0] if reasons else None,
        "explanation_that_fits": BETWEEN.join(fitting) or None,
    }


def _require_reported(case: CaseReader, group: str, findings: Collection[str]) -> None:
    if group not in findings:
        case.members(group)
        hint = f"one of {', '.join(findings)}" if findings else "linkage groups"
        raise CaseError(f"{group}: is not reported, so its accounts are not exported", hint=hint)


def _own(case: CaseReader, accounts: Collection[str]) -> dict[str, dict[str, Any]]:
    """What each account says of itself."""
    values: dict[str, dict[str, list[str]]] = {account: {trait: [] for trait in OWN} for account in accounts}
    for row in Holdings(case).traits_of(accounts, OWN) if accounts else ():
        values[row["account"]][row["trait"]].append(row["value"])
    return {
        account: {trait: BETWEEN.join(dict.fromkeys(own)) or None for trait, own in each.items()}
        for account, each in values.items()
    }


def as_parquet(accounts: Sequence[Row]) -> bytes:
    """The table as a Parquet file."""
    out = io.BytesIO()
    columns = [_column(kind, [row[name] for row in accounts]) for name, kind in COLUMNS.items()]
    pq.write_table(pa.Table.from_arrays(columns, schema=pa.schema(list(COLUMNS.items()))), out)
    return out.getvalue()


def _column(kind: pa.DataType, values: Sequence[Any]) -> pa.Array:
    """Texts or numbers, some of them empty, laid out by hand: pa.array() loads pandas, which takes long."""
    known = np.packbits(np.array([each is not None for each in values], bool), bitorder="little")
    if pa.types.is_floating(kind):
        filled = [pa.py_buffer(np.array([each or 0.0 for each in values], np.float64))]
    else:
        filled = texts([each or "" for each in values]).buffers()[1:]
    return pa.Array.from_buffers(kind, len(values), [pa.py_buffer(known), *filled])


# --- MITRE ATLAS ---------------------------------------------------------------------------------

LAYER = {"layer": "4.5", "navigator": "5.1.0"}
"""Versions of the format of layers, and of the Navigator that reads it."""


def as_layer(findings: Sequence[Row], case: str) -> bytes:
    """A layer of the ATT&CK Navigator for MITRE ATLAS: each technique with the highest score of any group."""
    if not findings:
        raise UsageError("no group to export: a layer would have no technique")
    found: dict[str, dict[str, Any]] = {}
    for finding in findings:
        for each in techniques(finding):
            entry = found.setdefault(
                each.id,
                {"techniqueID": each.id, "score": 0, "comment": each.name, "enabled": True, "metadata": []},
            )
            entry["score"] = max(entry["score"], each.score)
            entry["metadata"].append({"name": finding["group"], "value": each.why})
    layer = {
        "name": f"Groups of {case}",
        "versions": LAYER,
        "domain": "atlas-atlas",
        "description": (
            f"Techniques of {len(findings)} reported groups. Ids: MITRE ATLAS (mitre-atlas/atlas-data);"
            f" a campaign of this kind: {CASE_STUDY}"
        ),
        "techniques": [{**each, "showSubtechniques": True} for each in found.values()],
        "gradient": {"colors": ["#ffffff", "#ff6666"], "minValue": 0, "maxValue": SURE},
    }
    return json.dumps(layer, indent=1).encode("ascii")
