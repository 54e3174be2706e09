"""The commands of `linkage neo4j` that move data; what they do is loaded when called."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.options import (
    CaseFolder,
    Database,
    Output,
    PasswordFile,
    Quiet,
    Uri,
    User,
    Verb,
    Who,
    examples,
)
from linkage.cli.output import Format

Name = Annotated[
    str, typer.Option("--name", help="What the case is called in the database; default: its folder's name.")
]
Everything = Annotated[
    bool, typer.Option("--everything", help="The whole case, not only groups, neighbourhood and evidence.")
]
WithText = Annotated[bool, typer.Option("--with-text", help="Also what was asked; else no text leaves.")]

neo4j = typer.Typer(
    help="Load a case into Neo4j, ask it, and fetch verdicts.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _do(function: str, /, **given: Any) -> int:
    module = "importing" if function == "import_files" else "loading"
    code: int | None = getattr(import_module(f"linkage.cli.{module}"), function)(**given)
    return code or 0


def push(
    case: CaseFolder,
    name: Name = "",
    everything: Everything = False,
    with_text: WithText = False,
    again: Annotated[
        bool, typer.Option("--again", help="Send every row again, those that are there already too.")
    ] = False,
    uri: Uri = "",
    user: User = "",
    password_file: PasswordFile = None,
    database: Database = "",
    output: Output = Format.table,
    who: Who = "",
    quiet: Quiet = False,
) -> int:
    """Load a case; the same command again changes nothing, or goes on where it stopped."""
    where = {"uri": uri, "user": user, "password_file": password_file, "database": database}
    chosen = {"name": name, "everything": everything, "with_text": with_text}
    return _do(
        "push", case=case, chosen=chosen, again=again, where=where, output=output, who=who, quiet=quiet
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
    """Fetch the verdicts that people set in Neo4j; the next run obeys them."""
    where = {"uri": uri, "user": user, "password_file": password_file, "database": database}
    return _do("pull", case=case, name=name, where=where, output=output, who=who)


def import_files(
    case: CaseFolder,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder to write, the same as --out.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write.", show_default=False)] = None,
    name: Name = "",
    everything: Everything = False,
    with_text: WithText = False,
    output: Output = Format.table,
    who: Who = "",
    quiet: Quiet = False,
) -> int:
    """Write files for neo4j-admin's import, for a case too large to push, and print the command."""
    chosen = {"name": name, "everything": everything, "with_text": with_text}
    return _do(
        "import_files", case=case, folders=(folder, out), chosen=chosen, output=output, who=who, quiet=quiet
    )


_EXAMPLES: dict[Verb, tuple[str, str]] = {
    push: ("linkage neo4j push cases/demo", "linkage neo4j push cases/demo --everything --name spring"),
    pull: ("linkage neo4j pull cases/demo", "linkage neo4j pull cases/demo --output ndjson"),
    import_files: (
        "linkage neo4j import-files cases/demo --out /tmp/demo-import",
        "linkage neo4j import-files cases/demo --out /tmp/demo-import --everything --name spring",
    ),
}

for verb, lines in _EXAMPLES.items():
    neo4j.command(verb.__name__.replace("_", "-"), epilog=examples(*lines))(verb)
