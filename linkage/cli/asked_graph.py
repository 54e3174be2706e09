"""query, queries, guide: asking Neo4j, and handing the questions to its Browser."""

import io
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.cli.answered import answered
from linkage.cli.layout import heading, indented, rows
from linkage.cli.look import screen, width
from linkage.cli.output import Format, emit
from linkage.cli.terminal import say
from linkage.cli.text import many
from linkage.errors import UsageError
from linkage.graph.connection import Connection, connection, open_driver
from linkage.graph.links import filled, link
from linkage.graph.questions import Question, question, questions

PACKED = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the zip, so that the same questions give the same bytes."""

LAST_LIMIT = re.compile(r"\bLIMIT (\d+)\s*;?\s*$")


def query(*, name: str, given: Sequence[str], cypher: bool, where: Mapping[str, Any], output: Format) -> None:
    """Ask a question; without a name, list them."""
    if not name:
        queries(zip_file=None, output=output)
        return
    from linkage.graph.ask import ask, cases, values

    asked, to = question(name), connection(**where)
    with open_driver(to) as driver:
        told = values(asked, given, cases(driver, to.database) if _needs_case(asked, given) else ())
        if cypher:
            print(filled(asked, told))
            return
        answer = ask(driver, to.database, asked, told)
    if output is not Format.table:
        emit(output, answer.rows, question=asked.name, parameters=told, columns=list(answer.columns))
        return
    if answer.rows:
        screen(answered(answer.columns, answer.rows, width()))
    _after(asked, told, len(answer.rows), to)


def _needs_case(asked: Question, given: Sequence[str]) -> bool:
    wanted = any(each.name == "case" for each in asked.parameters)
    return wanted and not any(each.startswith("case=") for each in given)


def _after(asked: Question, told: Mapping[str, str | int], count: int, to: Connection) -> None:
    limit = LAST_LIMIT.search(asked.cypher.strip())
    more = ", and there may be more" if limit and count >= int(limit[1]) > 1 else ""
    say(f"{asked.title}: {many(count, 'row') if count else 'nothing'}{more}")
    if to.browser:
        say(f"in Browser: {link(to.browser, filled(asked, told))}")


def queries(*, zip_file: Path | None, output: Format) -> None:
    """List the questions, or pack them."""
    known = questions().values()
    if zip_file:
        pack(known, zip_file)
        say(f"{len(known)} questions in {zip_file}: drop it on the saved scripts of Browser (the star)")
    elif output is Format.table:
        screen(listed(known))
        say("next: linkage neo4j query NAME --param name=value")
    else:
        emit(output, [described(each) for each in known])


def listed(known: Collection[Question]) -> list[Any]:
    """The questions under their headings."""
    parts: list[Any] = []
    for category in dict.fromkeys(each.category for each in known):
        under = [each for each in known if each.category == category]
        body = [(each.name, ", ".join(p.name for p in each.parameters), each.title) for each in under]
        parts += [heading(category), indented(rows(["name", "takes", "question*"], body))]
    return parts


def described(each: Question) -> dict[str, Any]:
    """A question as a row."""
    return {
        "name": each.name,
        "category": each.category,
        "title": each.title,
        "parameters": {parameter.name: parameter.meaning for parameter in each.parameters},
        "columns": dict(each.columns),
        "cypher": each.cypher,
    }


def pack(known: Collection[Question], target: Path | io.BytesIO) -> None:
    """Write the questions as Browser takes saved scripts: a folder for each heading."""
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for each in known:
                name = f"{each.category}/{each.name}.cypher"
                packed.writestr(zipfile.ZipInfo(name, PACKED), each.text)
    except OSError as error:
        raise UsageError(f"{target}: cannot be written: {error.strerror}") from error
