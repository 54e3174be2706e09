"""Groups go back into the graph they were read from: composition of the case folder and `graph`."""

from collections.abc import Sequence
from dataclasses import dataclass

from linkage.case import Case
from linkage.errors import GraphError, command
from linkage.graph import connected_databases
from linkage.graph.case_graph import Options, pushed
from linkage.graph.connection import Connection, open_driver, translated_errors
from linkage.graph.foreign_nodes import Attached, Place, attach
from linkage.graph.push import Pushed
from linkage.graph.source import Graph
from linkage.log import Progress


@dataclass(frozen=True)
class Returned:
    """What went into a database, and the accounts there that groups were tied to (None: it has none)."""

    to: Connection
    pushed: Pushed
    attached: Attached | None


def remember(case: Case, graphs: Sequence[Graph]) -> None:
    """Note in the case folder which graphs it was read from, so that later pushes too tie groups to them."""
    read = [
        connected_databases.Source(each.to.uri, each.to.database, each.place) for each in graphs if each.place
    ]
    connected_databases.keep_sources(case.path, read)


def returned(case: Case, graphs: Sequence[Graph], progress: Progress) -> list[Returned]:
    """Write the groups into each graph the case was read from; the case is whole even if that fails.

    Raises GraphError, which says how to try again, where a database cannot be reached or refuses.
    """
    done = []
    for graph in graphs:
        options = Options(case.path.resolve().name)
        try:
            done.append(push_and_tie(case, graph.to, options, again=False, progress=progress))
        except GraphError as error:
            raise GraphError(
                f"the case {case.path} is complete, its groups are not in the graph: {error}",
                hint=command("linkage", "neo4j", "push", case.path, "--uri", graph.to.uri),
            ) from error
    return done


def push_and_tie(
    case: Case, to: Connection, options: Options, *, again: bool, progress: Progress
) -> Returned:
    """Push a case; where it was read from that database, tie its groups to its accounts there."""
    done = pushed(case, to, options, again=again, progress=progress)
    here = (to.uri, to.database)
    place = next(
        (each.place for each in connected_databases.sources(case.path) if (each.uri, each.database) == here),
        None,
    )
    return Returned(to, done, _tied(to, done, place) if place else None)


def _tied(to: Connection, done: Pushed, place: Place) -> Attached:
    with open_driver(to) as driver, translated_errors(to), driver.session(database=to.database) as session:
        return attach(session, done.plan, place)
