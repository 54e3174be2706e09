"""A graph as a source: its rows become files, read like any others. Composition of settings and `graph`.

What mappings with `match` name is read; without one, the graph is taken to have the labels of a push.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from linkage.case import Case
from linkage.case.writer import working_folder
from linkage.errors import UsageError
from linkage.graph import pattern, source_rows
from linkage.graph.case_graph import origin
from linkage.graph.connection import SCHEMES, Connection, connection, open_driver, translated_errors
from linkage.graph.foreign_nodes import Place
from linkage.graph.pull import nothing_lost
from linkage.graph.source_rows import GraphRead
from linkage.log import Progress, quiet
from linkage.settings.program import Settings, TableMapping

Source = str | Path


@dataclass(frozen=True)
class Graph:
    """A graph among the sources: the database, the pushed case asked for, and where its accounts are."""

    to: Connection
    case: str | None
    place: Place | None = None


@dataclass(frozen=True)
class SourceFiles:
    """Sources that are all on disk, the settings by which they are read, and the graphs among them."""

    paths: list[Path]
    settings: Settings
    graphs: list[Graph]


def is_graph(source: Source) -> bool:
    """Whether a source is the address of a graph."""
    return isinstance(source, str) and source.partition("://")[0] in SCHEMES and "://" in source


@contextmanager
def source_files(
    sources: Sequence[Source], case: Path, settings: Settings, progress: Progress | None
) -> Iterator[SourceFiles]:
    """The sources with every graph replaced by a folder of its rows, which is there until the end.

    Raises UsageError, InputError or GraphError where a graph cannot be read as the settings say.
    """
    graphs = [_graph(str(each)) for each in sources if is_graph(each)]
    mapped = {key: each for key, each in settings.sources.items() if each.match}
    if mapped and not graphs:
        raise UsageError(
            f"[sources.{min(mapped)}]: match reads a graph, and no source is one", hint="neo4j://host:7687"
        )
    own = bool(graphs) and not mapped
    mapped = _own() if own else mapped
    with working_folder(case) if graphs else nullcontext(case) as scratch:
        paths = [Path(each) for each in sources if not is_graph(each)]
        read = []
        for number, graph in enumerate(graphs):
            folder = scratch / (f"neo4j-{number}" if number else "neo4j")
            folder.mkdir()
            reads = [_read_of(key, each, own=own) for key, each in sorted(mapped.items())]
            read.append(_read(graph, reads, folder, case, progress or quiet))
            paths.append(folder)
        yield SourceFiles(paths, _on_disk(settings, mapped), read)


def _graph(address: str) -> Graph:
    """What an address says: `neo4j://host:7687/database?case=NAME`, the last two if wanted."""
    try:
        parts = urlsplit(address)
        asked = parse_qs(parts.query, strict_parsing=True) if parts.query else {}
    except ValueError as error:
        raise UsageError(f"{address}: no address of Neo4j", hint="such as neo4j://host:7687/neo4j") from error
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "an address must not hold a user or a password, which others could read",
            hint="set NEO4J_USER and NEO4J_PASSWORD",
        )
    if set(asked) - {"case"} or len(asked.get("case", [""])) > 1:
        raise UsageError(
            f"{address}: after the ? only case=NAME can stand", hint="such as neo4j://host:7687?case=spring"
        )
    to = connection(uri=f"{parts.scheme}://{parts.netloc}", database=unquote(parts.path.strip("/")))
    return Graph(to, asked["case"][0] if asked else None)


def _read(graph: Graph, reads: Sequence[GraphRead], folder: Path, case: Path, progress: Progress) -> Graph:
    name = case.resolve().name
    mapped = any(each.said for each in reads)
    with (
        open_driver(graph.to) as driver,
        translated_errors(graph.to),
        driver.session(database=graph.to.database) as session,
    ):
        _may_return(session, case, name)
        asked = graph.case if mapped and graph.case is None else source_rows.chosen_case(session, graph.case)
        source_rows.read_rows(session, reads, folder, case=asked, progress=progress)
    place = _place(reads) if asked is None else None
    return replace(graph, case=asked, place=place)


def _may_return(session: object, case: Path, name: str) -> None:
    """Raises what would hinder the groups from going back before the work, not after it."""
    there, known = source_rows.origin(session, name), (case / "run.json").is_file()
    if there and there != (origin(Case(case)) if known else ""):
        raise UsageError(
            f"the database holds another case called {name}", hint="name another folder with --case"
        )
    if known:
        nothing_lost(session, Case(case), name)


# --- mapped paths ----------------------------------------------------------------------------------


TRAITS_OF = "observations.trait_"


def _read_of(key: str, mapping: TableMapping, *, own: bool) -> GraphRead:
    try:
        path = pattern.parsed(mapping.match)
        columns = [*mapping.columns.values(), *mapping.unpivot.values()]
        for each in columns:
            pattern.property_of(path, each)
    except UsageError as error:
        raise UsageError(f"[sources.{key}]: {error}", hint=error.hint) from error
    names = dict.fromkeys(each.strip() for each in columns)
    where = "NOT v.trait IN $worked_out" if own and key.startswith(TRAITS_OF) else ""
    return GraphRead(
        _file(key),
        path,
        tuple(names),
        account=mapping.columns.get("account", ""),
        where=where,
        parameters={"worked_out": list(WORKED_OUT)},
        said="" if own else f"[sources.{key}]",
    )


def _file(key: str) -> str:
    """A name that is no pattern, and that no file of another source is likely to have."""
    return "neo4j-" + re.sub(r"[^A-Za-z0-9_.-]", "_", key) + ".ndjson"


def _on_disk(settings: Settings, mapped: Mapping[str, TableMapping]) -> Settings:
    """The settings with the files that were written in the place of the paths they came from."""
    files = {key: each.model_copy(update={"file": _file(key)}) for key, each in mapped.items()}
    return settings.model_copy(update={"sources": {**settings.sources, **files}}) if files else settings


def _place(reads: Sequence[GraphRead]) -> Place | None:
    """The label and property that accounts are known by, of the table of accounts if there is one."""
    for each in sorted(reads, key=lambda source_rows: "accounts" not in source_rows.file):
        if not each.account:
            continue
        piece, name = pattern.property_of(each.pattern, each.account)
        if not piece.arrow:
            return Place(piece.kind, name)
    return None


# --- the labels that a push makes ------------------------------------------------------------------

TIMES = ("first_at", "last_at")
"""A relationship tells of two moments, and of each a row is made; where they are one, it counts once."""

PAID_BY = {"fingerprint": "card", "billing_hash": "billing identity"}

WORKED_OUT = (
    "created_at",
    "registration_burst",
    "issuing_burst",
    "address_pattern",
    "hours",
    "themes",
    "segment",
)
"""Traits that are made of what is read, and so not read."""


def _own() -> dict[str, TableMapping]:
    """How the labels that a push makes are read."""
    told_of = ("created_at", "email_domain", "country", "referrer", "organisation", "plan")
    plan = {"accounts": _path("(a:Account)", account="a.id", **{name: f"a.{name}" for name in told_of})}
    for at in TIMES:
        plan[f"interactions.{at}"] = _path(
            "(a:Account)-[r:SENT]->(v:PromptEmbedding)",
            account="a.id",
            at=f"r.{at}",
            prompt="v.example",
            prompt_sha256="v.id",
            embedding="v.embedding",
        )
        seen = {"account": "a.id", "at": f"r.{at}"}
        ip = _path("(a:Account)-[r:USED_IP]->(v:IP)", **seen, value="v.address")
        plan[f"observations.ip_{at}"] = ip.model_copy(update={"constants": {"trait": "ip"}})
        plan[f"observations.device_{at}"] = _path(
            "(a:Account)-[r:USED_DEVICE]->(v:Device)", **seen, trait="v.kind", value="v.fingerprint"
        )
        for trait, kind in PAID_BY.items():
            text = f"(a:Account)-[r:PAID_WITH]->(v:PaymentMethod {{kind: '{kind}'}})"
            paid = _path(text, **seen, value="v.fingerprint")
            plan[f"observations.{trait}_{at}"] = paid.model_copy(update={"constants": {"trait": trait}})
        plan[f"{TRAITS_OF}{at}"] = _path(
            "(a:Account)-[r:HAS_TRAIT]->(v:Trait)", **seen, trait="v.trait", value="v.value"
        )
    return plan


def _path(match: str, **columns: str) -> TableMapping:
    return TableMapping(match=match, columns=columns)
