"""Arguments and options that several verbs share."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.output import Format

CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="A case folder.", show_default=False)]
Output = Annotated[Format, typer.Option("--output", help="How rows are printed on stdout.")]
Who = Annotated[str, typer.Option("--who", help="Who asks, for the audit file; default: your user name.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Nothing on stderr but errors.")]

Uri = Annotated[
    str, typer.Option("--uri", help="Neo4j's address; default: NEO4J_URI, or scripts/neo4j's server.")
]
User = Annotated[str, typer.Option("--user", help="Neo4j's user; default: NEO4J_USER, or neo4j.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", help="File with Neo4j's password; default: what NEO4J_PASSWORD says."),
]
Database = Annotated[str, typer.Option("--database", help="Default: NEO4J_DATABASE, or neo4j.")]

Verb = Callable[..., Any]


def examples(*lines: str) -> str:
    """The examples at the foot of a help text, kept as they are written."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
