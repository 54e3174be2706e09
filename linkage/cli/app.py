"""The program: its verbs in the order of the help, and what happens when one fails."""

import typer
from typer.exceptions import TyperException

from linkage.cli.screen.terminal import complain, say
from linkage.cli.system_errors import in_words
from linkage.cli.verbs import ask, bundle, case, keys, lab, neo4j, runs, source
from linkage.cli.verbs.options import examples, print_help
from linkage.errors import BudgetError, LinkageError

app = typer.Typer(
    name="linkage",
    help="Finds the groups of accounts that one operator runs, and shows why.",
    epilog=examples("linkage demo", "linkage investigate logs/ --case cases/spring"),
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from linkage import __version__

        print(f"linkage {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _program(
    context: typer.Context,
    debug: bool = typer.Option(False, "--debug", help="Show the full traceback of an internal error."),
    version: bool = typer.Option(
        False, "--version", help="Show the version and exit.", callback=_version, is_eager=True
    ),
) -> None:
    """The options of the program itself."""
    print_help(context)


source.register(app)
case.register(app)
ask.register(app)
lab.register(app)
app.add_typer(neo4j.neo4j, name="neo4j")
app.add_typer(bundle.bundle, name="bundle")
app.add_typer(keys.keys, name="keys")
app.add_typer(runs.runs, name="runs")


def run(arguments: list[str]) -> int:
    """Run one command; returns its exit code. An internal error, a defect of the program, is not caught, but
    what the system refuses is no defect: it is said in words."""
    # --debug is read by the process before this; it may stand anywhere.
    kept = [each for each in arguments if each != "--debug"]
    try:
        # Not app(): that would replace our own handling of internal errors by Typer's.
        code = typer.main.get_command(app).main(kept, prog_name="linkage", standalone_mode=False)
    except LinkageError as error:
        complain(error)
        return error.exit_code
    except OSError as error:
        refused = in_words(error)
        if refused is None:
            raise
        complain(refused)
        return refused.exit_code
    except MemoryError:
        complain(BudgetError("memory is used up", hint="give fewer rows, or run on a larger machine"))
        return BudgetError.exit_code
    except TyperException as error:
        say(f"error: {error.format_message()}")
        say("  next: linkage --help, or linkage VERB --help")
        return error.exit_code
    except typer.Abort:
        return 130
    return code if isinstance(code, int) else 0
