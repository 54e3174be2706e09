"""The front door: from sources to a case."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from linkage import pipeline
from linkage.attribution.exchange_key import read_exchange_key
from linkage.case import Case, user
from linkage.case.journal import Act
from linkage.case.writer import working_folder
from linkage.evidence.signals.registry import with_signals
from linkage.graph.source import is_graph, source_files
from linkage.graph.write_back import Returned, remember, returned
from linkage.ingest.remote import check_address, is_remote, local_copies, shown
from linkage.log import Progress, quiet
from linkage.settings.program import Settings

Source = str | Path


def investigate(
    source: Source | Sequence[Source],
    *,
    case: Source,
    settings: Settings | None = None,
    progress: Progress | None = None,
    who: str = "",
    indicators: Source | Sequence[Source] = (),
    known: Source | Sequence[Source] = (),
    exchange_key: Source = "",
    on_return: Callable[[Returned], None] = lambda _: None,
) -> Case:
    """Turn the tables of one or more sources into groups of accounts, kept in the folder `case`.

    A source is a file, a folder, an address in an object store (`s3://bucket/logs/`), or the address of a
    Neo4j database, into which the groups are then written.
    `indicators` are files that name values of known operators (tables, or STIX 2.1 bundles), and `known`
    earlier case folders: groups are compared with them, and none is made by them. `exchange_key` is the file
    of the key under which partners' indicators are digests.
    `progress` is called with stage, rows done and rows in all (or None), `on_return` with what was written
    into a database. Raises InputError when a source cannot be used, GraphError when a database cannot, and
    whatever `progress` raises.

    A run that was stopped is gone on with by the same call; `settings.runs` says what is stored for it, and
    where. With `runs.keep` a later call with another setting computes only what depends on that.
    """
    sources, lists, earlier = _listed(source), _paths(indicators), _paths(known)
    folder, key = Path(case), read_exchange_key(Path(exchange_key)) if exchange_key else None
    given = settings or Settings()
    away = any(is_remote(each) for each in sources)
    with (
        working_folder(folder) if away else nullcontext() as within,
        local_copies(sources, given.ingest, within, given.sources) as local,
        source_files(local.sources, folder, given, progress) as read,
    ):
        chosen, graphs = read.settings, read.graphs
        detail = {
            "sources": [shown(str(each)) if is_remote(each) else str(each) for each in sources],
            "indicators": [str(each) for each in lists],
            "known": [str(each) for each in earlier],
            "settings": with_signals(chosen).digest(),
            **({"exchange_key": key.name()} if key else {}),
        }
        pipeline.investigate(
            read.paths,
            folder,
            settings=chosen,
            progress=progress,
            indicators=lists,
            known=earlier,
            exchange=key,
            left_out=local.left_out,
            act=Act(who or user(), "investigate", detail),
        )
    found = Case(folder)
    remember(found, graphs)
    for each in returned(found, graphs, progress or quiet):
        on_return(each)
    return found


def _listed(given: Source | Sequence[Source]) -> list[Source]:
    each_one = [given] if isinstance(given, str | Path) else list(given)
    for each in each_one:
        if not is_graph(each):
            check_address(each)
    return [each if is_graph(each) or is_remote(each) else Path(each) for each in each_one]


def _paths(given: Source | Sequence[Source]) -> list[Path]:
    return [Path(given)] if isinstance(given, str | Path) else [Path(each) for each in given]
