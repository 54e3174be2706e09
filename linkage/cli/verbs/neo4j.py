"""The verbs of `linkage neo4j`: push, pull, query, queries, guide, import-files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.screen.output import Format
from linkage.cli.verbs.options import (
    CaseFolder,
    Database,
    Output,
    PasswordFile,
    Quiet,
    Uri,
    User,
    Who,
    call,
    declare,
    group,
)

Name = Annotated[
    str, typer.Option("--name", help="Name of the case in the database. Default: the name of its folder.")
]
Everything = Annotated[
    bool,
    typer.Option(
        "--everything", help="Load the whole case. Default: only groups, their neighbours and their evidence."
    ),
]
WithText = Annotated[
    bool, typer.Option("--with-text", help="Also load prompt texts. Default: no text leaves the case.")
]

neo4j = group("Load a case into Neo4j, query it, and fetch verdicts.")


def _server(uri: str, user: str, password_file: Path | None, database: str) -> dict[str, Any]:
    return {"uri": uri, "user": user, "password_file": password_file, "database": database}


def push(
    case: CaseFolder,
    name: Name = "",
    everything: Everything = False,
    with_text: WithText = False,
    again: Annotated[
        bool, typer.Option("--again", help="Send all rows again, also those already loaded.")
    ] = False,
    uri: Uri = "",
    user: User = "",
    password_file: PasswordFile = None,
    database: Database = "",
    output: Output = Format.table,
    who: Who = "",
    quiet: Quiet = False,
) -> int:
    """Load a case into Neo4j. Repeat the command to resume; loaded rows are not sent twice."""
    where = _server(uri, user, password_file, database)
    chosen = {"name": name, "everything": everything, "with_text": with_text}
    return call(
        "neo4j.push", case=case, chosen=chosen, again=again, where=where, output=output, who=who, quiet=quiet
    )


def pull(
    case: CaseFolder,
    name: Name = "",
    uri: Uri = "",
    user: User = "",
    password_file: PasswordFile = None,
    database: Database = "",
    output: Output = Format.table,
    who: Who = "",
) -> int:
    """Fetch verdicts recorded in Neo4j; they bind the next run."""
    where = _server(uri, user, password_file, database)
    return call("neo4j.pull", case=case, name=name, where=where, output=output, who=who)


def query(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of a saved query, or a .cypher file.")
    ] = "",
    param: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="A parameter of the query. Repeatable."),
    ] = None,
    cypher: Annotated[
        bool, typer.Option("--cypher", help="Print the Cypher text with the parameters; do not run it.")
    ] = False,
    uri: Uri = "",
    user: User = "",
    password_file: PasswordFile = None,
    database: Database = "",
    output: Output = Format.table,
) -> int:
    """Run a saved query. Without a name, list all saved queries."""
    where = _server(uri, user, password_file, database)
    return call("neo4j.query", name=name, given=param or (), cypher=cypher, where=where, output=output)


def queries(
    zip: Annotated[
        Path | None,
        typer.Option("--zip", metavar="FILE", help="Write them as a zip file for Neo4j Browser."),
    ] = None,
    output: Output = Format.table,
) -> int:
    """List the saved queries, or export them for Neo4j Browser."""
    return call("neo4j.queries", zip_file=zip, output=output)


def guide(
    case: Annotated[
        str, typer.Option("--case", help="Name of the case in the database. Default: the only one.")
    ] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1. Default: a free one.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FOLDER", help="Write the files of the guide; start no server."),
    ] = None,
    uri: Uri = "",
    user: User = "",
    password_file: PasswordFile = None,
    database: Database = "",
) -> int:
    """Serve the guide for Neo4j Browser until Ctrl-C."""
    where = _server(uri, user, password_file, database)
    return call("neo4j.guide", case=case, port=port, out=out, where=where)


def import_files(
    case: CaseFolder,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write to, the same as --out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to write to.", show_default=False)
    ] = None,
    name: Name = "",
    everything: Everything = False,
    with_text: WithText = False,
    output: Output = Format.table,
    who: Who = "",
    quiet: Quiet = False,
) -> int:
    """Write files for neo4j-admin import, and print the command.

    For a case that is too large to push.
    """
    chosen = {"name": name, "everything": everything, "with_text": with_text}
    return call(
        "neo4j.import_files",
        case=case,
        folders=(folder, out),
        chosen=chosen,
        output=output,
        who=who,
        quiet=quiet,
    )


declare(
    neo4j, push, "linkage neo4j push cases/demo", "linkage neo4j push cases/demo --everything --name spring"
)
declare(neo4j, pull, "linkage neo4j pull cases/demo", "linkage neo4j pull cases/demo --output ndjson")
declare(
    neo4j,
    query,
    "linkage neo4j query largest-groups --output csv",
    "linkage neo4j query group-cards --param group=GROUP",
)
declare(neo4j, queries, "linkage neo4j queries", "linkage neo4j queries --zip queries.zip")
declare(neo4j, guide, "linkage neo4j guide", "linkage neo4j guide --case spring --port 8001")
declare(
    neo4j,
    import_files,
    "linkage neo4j import-files cases/demo --out /tmp/demo-import",
    "linkage neo4j import-files cases/demo --out /tmp/demo-import --everything --name spring",
)
