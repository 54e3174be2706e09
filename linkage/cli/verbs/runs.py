"""The verbs of `linkage runs`: list, clear."""

from linkage.cli.screen.output import Format
from linkage.cli.verbs.options import Output, SettingsFile, call, declare, group

runs = group("List and remove what runs keep outside any case.")


def list_stored(settings: SettingsFile = None, output: Output = Format.table) -> int:
    """List what is kept: stages of runs that were stopped, and vectors. How large it is."""
    return call("runs.stored:listed", settings=settings, output=output)


def clear(settings: SettingsFile = None, output: Output = Format.table) -> int:
    """Remove all that is kept. Cases are not touched; the next run takes longer."""
    return call("runs.stored:clear", settings=settings, output=output)


declare(runs, list_stored, "linkage runs list", "linkage runs list --output json", name="list")
declare(runs, clear, "linkage runs clear", "linkage runs clear --output json")
