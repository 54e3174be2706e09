"""export: the accounts of reported groups, for people who look into them and programs that draw them."""

import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.case import export_graph as graphs
from linkage.case.export import COLUMNS, Exported, as_layer, as_parquet, exported
from linkage.case.reader import CaseReader
from linkage.cli.files import write_bytes
from linkage.cli.read_case import read_case
from linkage.cli.screen.layout import FAINT, STRONG, indented, line, rows, show, text
from linkage.cli.screen.output import ExportFormat, Format, Role, emit, write_csv
from linkage.cli.screen.text import bits, many


def export(
    *,
    case: Path,
    groups: Sequence[str],
    form: ExportFormat,
    out: Path,
    only: Mapping[str, Any],
    output: Format,
    who: str,
) -> None:
    """Write the file."""
    folder = read_case(case, "export", who, groups=" ".join(groups), form=form.value, out=str(out))
    role: Role | None = only["role"]
    found = exported(folder, groups, confirmed=only["confirmed"], role=role.value if role else "")
    write_bytes(out, _content(folder, found, form))
    beside = _for_bloodhound(out) if form is ExportFormat.opengraph else []
    listed = _by_group(found)
    if output is Format.table:
        show(*_page(listed, len(found.accounts), out, confirmed=only["confirmed"]))
        for path, what in beside:
            show(line((str(path), STRONG), f"  {what}"))
    else:
        emit(output, listed, out=str(out))


def _content(case: CaseReader, found: Exported, form: ExportFormat) -> bytes:
    match form:
        case ExportFormat.csv:
            sheet = io.StringIO()
            write_csv(sheet, found.accounts, tuple(COLUMNS))
            return sheet.getvalue().encode("utf-8")
        case ExportFormat.parquet:
            return as_parquet(found.accounts)
        case ExportFormat.graphml:
            return graphs.as_graphml(case, found)
        case ExportFormat.gexf:
            return graphs.as_gexf(case, found)
        case ExportFormat.opengraph:
            return graphs.as_opengraph(case, found)
        case ExportFormat.attack_navigator:
            return as_layer(found.findings, case.path.resolve().name)


def _for_bloodhound(out: Path) -> list[tuple[Path, str]]:
    """Writes what BloodHound needs beside the graph; returns each file with what it is for."""
    from linkage.case import opengraph

    schema, queries = out.with_suffix(".schema.json"), out.with_suffix(".queries.zip")
    write_bytes(schema, opengraph.schema())
    write_bytes(queries, opengraph.queries())
    return [
        (schema, "the schema: install it first, under OpenGraph Management"),
        (queries, "saved queries: import them under Explore, Cypher"),
    ]


def _by_group(found: Exported) -> list[dict[str, Any]]:
    sizes = Counter(row["group"] for row in found.accounts)
    evidence = {row["group"]: row["evidence"] for row in found.accounts}
    return [
        {
            "group": row["group"],
            "accounts": sizes[row["group"]],
            "log_odds": row["log_odds"],
            "evidence": evidence.get(row["group"]),
        }
        for row in found.findings
    ]


def _page(listed: Sequence[Mapping[str, Any]], accounts: int, out: Path, *, confirmed: bool) -> Iterable[Any]:
    yield line((str(out), STRONG), f"  {many(accounts, 'account')} of {many(len(listed), 'group')}")
    if listed:
        body = [
            (row["group"], f"{row['accounts']:,}", bits(row["log_odds"]), row["evidence"] or "")
            for row in listed
        ]
        yield indented(rows(("group!", "accounts", "bits", "evidence*"), body, right="accounts bits"))
        yield text(
            "These are accounts to look into: a reported group is no proof. Read its page first.", FAINT
        )
    else:
        yield text(
            f"No reported group {'is confirmed' if confirmed else 'is chosen'}: the file has no account."
        )
        if confirmed:
            yield text("To confirm one: linkage judge CASE --confirm GROUP --reason WHY", FAINT)
