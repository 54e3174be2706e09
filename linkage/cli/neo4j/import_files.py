"""neo4j import-files: files for neo4j-admin, and the commands that load them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linkage.cli.neo4j.push import QUARANTINE, case_name, write_quarantine
from linkage.cli.open_case import open_case
from linkage.cli.screen.layout import AGAINST, FAINT, heading, indented, rows, show, text
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.progress import Budget, Progress
from linkage.cli.screen.safe import safe
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import number
from linkage.errors import UsageError, command
from linkage.graph import bulk_import
from linkage.graph.bulk_import import Written
from linkage.graph.schema import PARTS, Nodes
from linkage.wording import many

ADVICE = (
    "neo4j-admin needs a stopped server and an empty database. With --overwrite-destination it replaces"
    " everything in the database, also other cases. The push creates the constraints and checks the counts."
)


def import_files(
    *,
    case: Path,
    folders: tuple[Path | None, Path | None],
    chosen: Mapping[str, Any],
    output: Format,
    who: str,
    quiet: bool,
) -> None:
    """Write the files, and print their row counts and the commands that load them."""
    named = [each for each in folders if each is not None]
    if len(named) != 1:
        raise UsageError("exactly one folder is needed", hint="--out DIR")
    name = chosen["name"] or case_name(case)
    found = open_case(case, "neo4j import-files", who, name=name, folder=str(named[0]))
    from linkage.graph.case_graph import Options
    from linkage.graph.export import exported

    options = Options(name, everything=chosen["everything"], with_text=chosen["with_text"])
    with Progress(Budget(), quiet=quiet) as progress:
        done = exported(found, named[0], options, progress=progress)
    aside = write_quarantine(found.path, done.quarantine)
    summary, steps = _summary(done), commands(case, done.folder, name)
    if output is not Format.table:
        emit(output, summary, case=name, commands=steps, quarantined=aside)
        return
    body = [(row["kind"], row["what"], number(row["rows"])) for row in summary]
    show(heading(f"{name} in {done.folder}"), indented(rows(("kind", "type", "rows"), body, right="rows")))
    if aside:
        show(text(f"{many(aside, 'row')} could not be written: see {QUARANTINE} in the case folder", AGAINST))
    show(heading("Commands"))
    for each in steps:
        # However long, on one line: it is there to be copied.
        print(f"  {safe(each)}")
    show(text(ADVICE, FAINT))
    say("in a checkout of this project, neo4j-admin is scripts/neo4j admin")


def commands(case: Path, folder: Path, name: str) -> list[str]:
    """The import of the files, then the push that creates the constraints and checks the counts."""
    there, full = command("cd", folder.resolve()), "neo4j-admin database import full neo4j"
    return [
        f"{there} && {full} @{bulk_import.ARGUMENTS}",
        command("linkage", "neo4j", "push", case, "--name", name),
    ]


def _summary(done: Written) -> list[dict[str, Any]]:
    return [
        {
            "kind": "nodes" if isinstance(part, Nodes) else "relationships",
            "what": part.name,
            "rows": done.rows[part.name],
            "file": bulk_import.file_name(part),
        }
        for part in PARTS
        if done.rows[part.name]
    ]
