"""The commands by which Neo4j is asked: query, queries, guide. What they do is loaded when called."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.options import Database, Output, PasswordFile, Uri, User, Verb, examples
from linkage.cli.output import Format

Params = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="NAME=VALUE", help="What the question has to be told; may be repeated."),
]


def _do(verb: str, /, **given: Any) -> None:
    module, _, function = verb.partition(":")
    getattr(import_module(f"linkage.cli.{module}"), function)(**given)


def query(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A saved question, or a .cypher file of your own.")
    ] = "",
    param: Params = None,
    cypher: Annotated[
        bool, typer.Option("--cypher", help="Print the query with your values in it; ask nothing.")
    ] = False,
    uri: Uri = "",
    user: User = "",
    password_file: PasswordFile = None,
    database: Database = "",
    output: Output = Format.table,
) -> None:
    """Ask a saved question; without a name, list them all."""
    where = {"uri": uri, "user": user, "password_file": password_file, "database": database}
    _do("asked_graph:query", name=name, given=param or (), cypher=cypher, where=where, output=output)


def queries(
    zip: Annotated[
        Path | None,
        typer.Option("--zip", metavar="FILE", help="Pack them for the saved scripts of Neo4j Browser."),
    ] = None,
    output: Output = Format.table,
) -> None:
    """List the saved questions, or pack them for Browser."""
    _do("asked_graph:queries", zip_file=zip, output=output)


def guide(
    case: Annotated[str, typer.Option("--case", help="The case to begin with; default: the only one.")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; default: any free one.")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Write the guide's files; serve nothing.")
    ] = None,
    uri: Uri = "",
    user: User = "",
    password_file: PasswordFile = None,
    database: Database = "",
) -> None:
    """Serve the guide that Neo4j Browser plays, until Ctrl-C."""
    where = {"uri": uri, "user": user, "password_file": password_file, "database": database}
    _do("guided:guide", case=case, port=port, out=out, where=where)


_EXAMPLES: dict[Verb, tuple[str, str]] = {
    query: (
        "linkage neo4j query largest-groups --output csv",
        "linkage neo4j query group-cards --param group=GROUP",
    ),
    queries: ("linkage neo4j queries", "linkage neo4j queries --zip questions.zip"),
    guide: ("linkage neo4j guide", "linkage neo4j guide --case spring --port 8001"),
}


def register(group: typer.Typer) -> None:
    """Give the group of Neo4j's commands these three."""
    for verb, lines in _EXAMPLES.items():
        group.command(verb.__name__, epilog=examples(*lines))(verb)
