"""formats: the log formats of others that are read."""

from typing import Any

from linkage.cli.screen.layout import FAINT, heading, indented, rows, show, text
from linkage.cli.screen.output import Format, emit
from linkage.ingest.adapters.registry import ADAPTERS


def formats(*, output: Format) -> int:
    """Print every format: what it is, which tables it fills, what it cannot give."""
    found = [
        {
            "format": each.name,
            "title": each.title,
            "tables": list(each.tables),
            "lacks": each.lacks,
            "follows": each.follows,
        }
        for each in sorted(ADAPTERS.values(), key=lambda each: each.name)
    ]
    if output is Format.table:
        body = [(each["format"], each["title"], ", ".join(each["tables"])) for each in found]
        show(heading("Log formats"), indented(rows(("format!", "what it is*", "fills*"), body)), _note())
    else:
        emit(output, found)
    return 0


def _note() -> Any:
    return indented(
        text(
            "A format is recognised by its columns, without an option. Where two fit, --format NAME says "
            "which. What each cannot give: docs/formats.md, or --output json. Any other log is read through "
            "[sources] in a settings file.",
            FAINT,
        )
    )
