"""neo4j queries: the saved queries, listed or exported for Neo4j Browser."""

import io
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from linkage.cli.screen.layout import heading, indented, rows, show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.errors import UsageError
from linkage.graph.questions import Question, questions
from linkage.wording import many

PACKED = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the zip, so that the same queries give the same bytes."""


def queries(*, zip_file: Path | None, output: Format) -> None:
    """List the queries, or write them to a zip file."""
    known = questions().values()
    if zip_file:
        pack(known, zip_file)
        say(
            f"{many(len(known), 'query', 'queries')} in {zip_file}; in Neo4j Browser, drop the file on Saved"
            " Scripts (the star)"
        )
    elif output is Format.table:
        show(*_page(known))
        say("next: linkage neo4j query NAME --param name=value")
    else:
        emit(output, [_row(each) for each in known])


def _page(known: Collection[Question]) -> list[Any]:
    """The queries under their headings."""
    parts: list[Any] = []
    for category in dict.fromkeys(each.category for each in known):
        under = [each for each in known if each.category == category]
        body = [(each.name, ", ".join(p.name for p in each.parameters), each.title) for each in under]
        parts += [heading(category), indented(rows(["name", "parameters", "question*"], body))]
    return parts


def _row(each: Question) -> dict[str, Any]:
    """A query as a row."""
    return {
        "name": each.name,
        "category": each.category,
        "title": each.title,
        "parameters": {parameter.name: parameter.meaning for parameter in each.parameters},
        "columns": dict(each.columns),
        "cypher": each.cypher,
    }


def pack(known: Collection[Question], target: Path | io.BytesIO) -> None:
    """Write the queries as Browser reads saved scripts: a folder for each heading."""
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for each in known:
                name = f"{each.category}/{each.name}.cypher"
                packed.writestr(zipfile.ZipInfo(name, PACKED), each.text)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from error
