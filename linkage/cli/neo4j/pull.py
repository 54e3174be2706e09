"""neo4j pull: the verdicts that people recorded in Neo4j, taken into the case."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from linkage.cli.neo4j.push import case_name
from linkage.cli.open_case import open_case
from linkage.cli.screen.layout import line, show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many
from linkage.errors import command
from linkage.graph.connection import connection


def pull(*, case: Path, name: str, where: Mapping[str, Any], output: Format, who: str) -> None:
    """Copy verdicts into the case, and print them."""
    to = connection(**where)
    called = name or case_name(case)
    found = open_case(case, "neo4j pull", who, name=called, uri=to.uri, database=to.database)
    from linkage.graph.pull import pulled

    result = pulled(found, to, called)
    if output is not Format.table:
        emit(output, result.taken)
    for row in result.taken if output is Format.table else ():
        about = row.get("group") or f"{row['left']} and {row['right']}"
        show(line(f"verdict {row['seq']}: {about}: {row['verdict']} by {row['who']} ({row['reason']})"))
    for each, why in result.left:
        about = each.about if isinstance(each.about, str) else " and ".join(each.about)
        say(f"not taken from Neo4j: {about}: {each.verdict}: {why}")
    say(f"{many(len(result.taken), 'new verdict')} from Neo4j")
    if result.taken:
        again = command("linkage", "investigate", "SOURCE", "--case", case)
        say(f"next: {again} (the next run keeps to the verdicts)")
