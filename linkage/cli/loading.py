"""neo4j push, pull: what they do and print."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linkage.case import Case
from linkage.cli.investigate import returned_line
from linkage.cli.layout import AGAINST, FAINT, heading, indented, line, rows, show, text
from linkage.cli.opened import opened
from linkage.cli.output import Format, emit
from linkage.cli.progress import Budget, Progress
from linkage.cli.terminal import say
from linkage.cli.text import number
from linkage.cli.waiting import told_of_waiting
from linkage.errors import IntegrityError
from linkage.graph.batches import Quarantine
from linkage.graph.connection import Connection, connection
from linkage.graph.push import Pushed
from linkage.graph.schema import PARTS, Nodes

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
    """Load a case and print what is in the database afterwards, beside what was sent."""
    to = connection(**where)
    name = chosen["name"] or case_name(case)
    found = opened(case, "neo4j push", who, name=name, uri=to.uri, database=to.database)
    from linkage.graph.case_graph import Options
    from linkage.graph.write_back import push_and_tie

    options = Options(name, everything=chosen["everything"], with_text=chosen["with_text"])
    began = time.monotonic()
    with told_of_waiting(quiet=quiet), Progress(Budget(), quiet=quiet) as progress:
        result = push_and_tie(found, to, options, again=again, progress=progress)
    done = result.pushed
    if not done.unchanged:
        put_aside(found.path, done.quarantine)
    summary = _summary(done)
    if output is Format.table:
        show(*_screen(done, summary, to, time.monotonic() - began))
    else:
        emit(output, summary, case=name, database=to.database, uri=to.uri, unchanged=done.unchanged)
    if result.attached is not None:
        say(returned_line(result))
    if not done.whole:
        raise IntegrityError(
            f"{to} does not hold what was sent of {name}", hint=f"linkage neo4j push {case} --again"
        )


def pull(*, case: Path, name: str, where: Where, output: Format, who: str) -> None:
    """Take over verdicts and print them."""
    to = connection(**where)
    called = name or case_name(case)
    found = opened(case, "neo4j pull", who, name=called, uri=to.uri, database=to.database)
    from linkage.graph.pull import pulled

    result = pulled(found, to, called)
    if output is not Format.table:
        emit(output, result.taken)
    for row in result.taken if output is Format.table else ():
        about = row.get("group") or f"{row['left']} and {row['right']}"
        show(line(f"verdict {row['seq']}: {about}: {row['verdict']} by {row['who']} ({row['reason']})"))
    for each, why in result.left:
        about = each.about if isinstance(each.about, str) else " and ".join(each.about)
        say(f"left in Neo4j: {about}: {each.verdict}: {why}")
    say(f"{len(result.taken)} verdicts taken over" + (", none is new" if not result.taken else ""))
    if result.taken:
        say(f"next: linkage investigate SOURCE --case {case} (verdicts bind the next run)")


def case_name(case: Path) -> str:
    """What a case is called in a database unless it is given a name."""
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


def _screen(done: Pushed, summary: list[dict[str, Any]], to: Connection, seconds: float) -> list[Any]:
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
    columns = ("kind", "what", "sent", "there", "deleted", "")
    parts: list[Any] = [heading(f"{done.plan.case} in {to}")]
    parts.append(indented(rows(columns, body, right="sent there deleted")))
    if done.unchanged:
        parts.append(text(f"unchanged: all {total:,} were there already", FAINT))
    else:
        before = f", {done.skipped:,} of them from before" if done.skipped else ""
        parts.append(text(f"{total:,} in {seconds:.1f} s{before}, {total / seconds:,.0f} a second", FAINT))
    aside = done.quarantine.rows + done.quarantine.late
    if aside:
        parts.append(text(f"{len(aside):,} rows were put aside: {QUARANTINE}", AGAINST))
    return parts


def put_aside(case: Path, quarantine: Quarantine) -> int:
    """Keep the rows that could not be loaded beside the case; no file where there are none. Says how many."""
    path = case / QUARANTINE
    aside = [vars(each) for each in quarantine.rows + quarantine.late]
    if aside:
        path.write_text("".join(f"{json.dumps(each)}\n" for each in aside), "utf-8")
    else:
        path.unlink(missing_ok=True)
    return len(aside)
