"""The verbs, and what happens when one fails."""

import typer
from typer.exceptions import TyperException

from linkage.cli import asking, bundle, graph, keys, share, verbs
from linkage.cli.options import examples
from linkage.cli.terminal import complain, say
from linkage.errors import LinkageError

app = typer.Typer(
    name="linkage",
    help="Finds the groups of accounts that one operator runs, and shows why.",
    epilog=examples("linkage demo", "linkage investigate logs/ --case cases/spring"),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def _program(
    debug: bool = typer.Option(False, "--debug", help="Show the whole trace of an internal error."),
) -> None:
    """The options of the program itself."""


verbs.register(app)
asking.register(graph.neo4j)
app.add_typer(graph.neo4j, name="neo4j")
bundle.register(app)
keys.register(app)
share.register(app, keys.keys)


def run(arguments: list[str]) -> int:
    """Run one command; returns its exit code. An accident (a defect of this program) is not caught here."""
    # --debug is read by the process before this; it may stand anywhere.
    kept = [each for each in arguments if each != "--debug"]
    try:
        # Not app(): that would put Typer's own hook for accidents in place of ours.
        code = typer.main.get_command(app).main(kept, prog_name="linkage", standalone_mode=False)
    except LinkageError as error:
        complain(error)
        return error.exit_code
    except TyperException as error:
        say(f"error: {error.format_message()}")
        say("  next: linkage --help, or linkage VERB --help")
        return error.exit_code
    except typer.Abort:
        return 130
    return code if isinstance(code, int) else 0
