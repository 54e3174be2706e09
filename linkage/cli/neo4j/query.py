"""neo4j query: a saved query, run."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from linkage.cli.neo4j.answer import answer_page
from linkage.cli.neo4j.queries import queries
from linkage.cli.screen.browser import offer
from linkage.cli.screen.layout import show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say, width
from linkage.cli.screen.text import many
from linkage.graph.browser_links import filled
from linkage.graph.connection import Connection, connection, open_driver
from linkage.graph.questions import Question, question

LAST_LIMIT = re.compile(r"\bLIMIT (\d+)\s*;?\s*$")


def query(*, name: str, given: Sequence[str], cypher: bool, where: Mapping[str, Any], output: Format) -> None:
    """Run a query; without a name, list the queries."""
    if not name:
        queries(zip_file=None, output=output)
        return
    from linkage.graph.known_names import require
    from linkage.graph.query import ask, cases, values

    asked, to = question(name), connection(**where)
    with open_driver(to) as driver:
        chosen = values(asked, given, cases(driver, to.database) if _needs_case(asked, given) else ())
        if cypher:
            print(filled(asked, chosen))
            return
        require(driver, to.database, asked, chosen)
        answer = ask(driver, to.database, asked, chosen)
    if output is not Format.table:
        emit(output, answer.rows, question=asked.name, parameters=chosen, columns=list(answer.columns))
        return
    if answer.rows:
        show(*answer_page(answer.columns, answer.rows, width()))
    _after(asked, chosen, len(answer.rows), to)


def _needs_case(asked: Question, given: Sequence[str]) -> bool:
    wanted = any(each.name == "case" for each in asked.parameters)
    return wanted and not any(each.startswith("case=") for each in given)


def _after(asked: Question, chosen: Mapping[str, str | int], count: int, to: Connection) -> None:
    limit = LAST_LIMIT.search(asked.cypher.strip())
    more = ", the most that this query returns" if limit and count >= int(limit[1]) > 1 else ""
    say(f"{asked.title}: {many(count, 'row') if count else 'no rows'}{more}")
    if to.browser:
        offer(to.browser, asked.title, filled(asked, chosen))
