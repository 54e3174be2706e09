"""neo4j push: a case loaded into Neo4j, with counts of what arrived."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linkage.case import Case
from linkage.cli.open_case import open_case
from linkage.cli.screen.layout import AGAINST, FAINT, heading, indented, rows, show, text
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.progress import Budget, Progress
from linkage.cli.screen.retries import announce_retries
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import number
from linkage.cli.screen.write_back import write_back_line
from linkage.errors import IntegrityError, command
from linkage.graph.batches import Quarantine
from linkage.graph.connection import Connection, connection
from linkage.graph.push import Pushed
from linkage.graph.schema import PARTS, Nodes
from linkage.private_files import write_private
from linkage.wording import many

QUARANTINE = "neo4j-quarantine.ndjson"

Where = Mapping[str, Any]


def push(
    *,
    case: Path,
    chosen: Mapping[str, Any],
    again: bool,
    where: Where,
    output: Format,
    who: str,
    quiet: bool,
) -> None:
    """Load a case, and print the rows sent beside the rows found in the database afterwards."""
    to = connection(**where)
    name = chosen["name"] or case_name(case)
    found = open_case(case, "neo4j push", who, name=name, uri=to.uri, database=to.database)
    from linkage.graph.case_graph import Options
    from linkage.graph.write_back import push_and_tie

    options = Options(name, everything=chosen["everything"], with_text=chosen["with_text"])
    began = time.monotonic()
    with announce_retries(quiet=quiet), Progress(Budget(), quiet=quiet) as progress:
        result = push_and_tie(found, to, options, again=again, progress=progress)
    done = result.pushed
    if not done.unchanged:
        write_quarantine(found.path, done.quarantine)
    summary = _summary(done)
    if output is Format.table:
        show(*_page(done, summary, to, time.monotonic() - began))
    else:
        emit(output, summary, case=name, database=to.database, uri=to.uri, unchanged=done.unchanged)
    if result.attached is not None:
        say(write_back_line(result))
    if not done.whole:
        raise IntegrityError(
            f"{to}: rows of case {name} are missing or extra",
            hint=command("linkage", "neo4j", "push", case, "--again"),
        )


def case_name(case: Path) -> str:
    """The name of a case in a database where none is given: its folder."""
    return Case(case).path.resolve().name


def _summary(done: Pushed) -> list[dict[str, Any]]:
    return [
        {
            "kind": "nodes" if isinstance(part, Nodes) else "relationships",
            "what": part.name,
            "sent": done.sent[part.name],
            "there": done.there.get(part.name, 0),
            "deleted": done.deleted[part.name],
        }
        for part in PARTS
        if done.sent[part.name] or done.there.get(part.name) or done.deleted[part.name]
    ]


def _page(done: Pushed, summary: list[dict[str, Any]], to: Connection, seconds: float) -> list[Any]:
    total = sum(row["sent"] for row in summary)
    body = [
        (
            row["kind"],
            row["what"],
            number(row["sent"]),
            number(row["there"]),
            number(row["deleted"]) if row["deleted"] else "",
            "" if row["sent"] == row["there"] else text("differs", AGAINST),
        )
        for row in summary
    ]
    columns = ("kind", "type", "sent", "found", "deleted", "")
    parts: list[Any] = [heading(f"{done.plan.case} in {to}")]
    parts.append(indented(rows(columns, body, right="sent found deleted")))
    if done.unchanged:
        parts.append(text(f"unchanged: everything was loaded before, {many(total, 'row')}", FAINT))
    else:
        before = f", {done.skipped:,} of them loaded before" if done.skipped else ""
        parts.append(
            text(f"{many(total, 'row')} in {seconds:.1f} s{before}; {total / seconds:,.0f} rows/s", FAINT)
        )
    aside = done.quarantine.rows + done.quarantine.late
    if aside:
        parts.append(
            text(
                f"{many(len(aside), 'row')} could not be loaded: see {QUARANTINE} in the case folder", AGAINST
            )
        )
    return parts


def write_quarantine(case: Path, quarantine: Quarantine) -> int:
    """Write the rows that could not be loaded to a file in the case folder; returns how many there are."""
    path = case / QUARANTINE
    aside = [vars(each) for each in quarantine.rows + quarantine.late]
    if aside:
        write_private(path, "".join(f"{json.dumps(each)}\n" for each in aside).encode("utf-8"))
    else:
        path.unlink(missing_ok=True)
    return len(aside)
