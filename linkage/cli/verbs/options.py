"""Arguments and options that several verbs share, and how a verb is declared and called."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from linkage.cli.screen.output import Format

CaseFolder = Annotated[Path, typer.Argument(metavar="CASE", help="The case folder.", show_default=False)]
Groups = Annotated[
    list[str],
    typer.Argument(metavar="GROUP", help="Group ids, as linkage groups lists them.", show_default=False),
]
Output = Annotated[Format, typer.Option("--output", help="Format of the rows on stdout.")]
Who = Annotated[str, typer.Option("--who", help="Name recorded in the audit file. Default: your user name.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only errors on stderr.")]

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", metavar="FILE", help="Settings file, such as linkage.toml.")
]
Validation = Annotated[
    Path | None,
    typer.Option(
        "--validation",
        metavar="FILE",
        help="Error rates: the output of linkage evaluate CASE --truth T --kinds K --output json.",
    ),
]
Passphrase = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help="File with the passphrase of the key."),
]

Uri = Annotated[
    str,
    typer.Option("--uri", help="Address of Neo4j. Default: NEO4J_URI, or the server of scripts/neo4j start."),
]
User = Annotated[str, typer.Option("--user", help="User name. Default: NEO4J_USER, or neo4j.")]
PasswordFile = Annotated[
    Path | None,
    typer.Option("--password-file", metavar="FILE", help="File with the password. Default: NEO4J_PASSWORD."),
]
Database = Annotated[
    str, typer.Option("--database", help="Database name. Default: NEO4J_DATABASE, or neo4j.")
]

Verb = Callable[..., Any]


def call(action: str, /, **given: Any) -> int:
    """Load the module that carries out a verb, and run it; returns the exit code.

    `neo4j.push` is the function `push` of `linkage.cli.neo4j.push`; `bundle.challenge:pick` another one.
    Declarations load nothing heavy, so that help and completion answer at once.
    """
    module, _, function = action.partition(":")
    name = function or module.rpartition(".")[2]
    code: int | None = getattr(import_module(f"linkage.cli.{module}"), name)(**given)
    return code or 0


def declare(program: typer.Typer, verb: Verb, *lines: str, name: str = "") -> None:
    """Add a verb to a program, with examples at the foot of its help."""
    program.command(name or verb.__name__.replace("_", "-"), epilog=examples(*lines))(verb)


def group(text: str) -> typer.Typer:
    """A program of several verbs; without one of them it prints its help."""
    return typer.Typer(help=text, callback=_group, invoke_without_command=True, rich_markup_mode=None)


def _group(context: typer.Context) -> None:
    print_help(context)


def print_help(context: typer.Context) -> None:
    """Print the help of a program that was called without a verb.

    Typer's own no_args_is_help ends in an error, on stderr.
    """
    if context.invoked_subcommand is None:
        print(context.get_help())


def examples(*lines: str) -> str:
    """The examples at the foot of a help text, kept as they are written."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
