"""What is left in the case folder of databases: into which the case went, and which it was read from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linkage.graph.connection import Connection
from linkage.graph.foreign_nodes import Place
from linkage.private_files import write_private

FILE = ".neo4j.json"
READ_FROM = ".neo4j-source.json"


@dataclass(frozen=True)
class Trace:
    """One database that holds the case: where, as which name, and what was pushed last."""

    uri: str
    database: str
    name: str
    run: str
    browser: str | None = None


def traces(case: Path) -> list[Trace]:
    """The databases that the case was pushed to, the last one first; none where that is not known."""
    try:
        rows = json.loads((case / FILE).read_text("utf-8"))
        return [Trace(**row) for row in rows]
    except (OSError, ValueError, TypeError):
        return []


def leave(case: Path, to: Connection, name: str, run: str) -> None:
    """Note a push; the same database and name once."""
    new = Trace(to.uri, to.database, name, run, to.browser)
    kept = [each for each in traces(case) if _place(each) != _place(new)]
    _put(case / FILE, [vars(each) for each in (new, *kept)])


@dataclass(frozen=True)
class Source:
    """A graph that the case was read from, and where its accounts are there."""

    uri: str
    database: str
    place: Place


def sources(case: Path) -> list[Source]:
    """The graphs that the case was read from and whose accounts can be found again."""
    try:
        rows = json.loads((case / READ_FROM).read_text("utf-8"))
        return [Source(row["uri"], row["database"], Place(**row["place"])) for row in rows]
    except (OSError, ValueError, TypeError, KeyError):
        return []


def keep_sources(case: Path, read: Sequence[Source]) -> None:
    """Note what the case was read from; no file where it was no graph."""
    if not read:
        (case / READ_FROM).unlink(missing_ok=True)
        return
    _put(case / READ_FROM, [{**vars(each), "place": vars(each.place)} for each in read])


def _put(path: Path, rows: list[dict[str, Any]]) -> None:
    write_private(path, (json.dumps(rows, indent=1) + "\n").encode("utf-8"))


def _place(trace: Trace) -> tuple[Any, ...]:
    return trace.uri, trace.database, trace.name
