"""A case as a graph, and the way there: composition of the case folder, the encoder and `graph`."""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from linkage.case import Case
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from linkage.case.scratch import scratch
from linkage.engines import Engine
from linkage.engines.connect import connect
from linkage.graph import connected_databases, fact_nodes, link_edges, push, schema, scope
from linkage.graph import summary_nodes as summary
from linkage.graph.connection import Connection, open_driver, translated_errors
from linkage.graph.ledger import Plan
from linkage.graph.member_texts import member_texts, no_texts
from linkage.graph.pull import in_force, nothing_lost
from linkage.graph.push import Pushed
from linkage.graph.schema import Part
from linkage.graph.summary_nodes import Summary
from linkage.ingest.addresses import prefix
from linkage.log import Progress
from linkage.prompts.encoder import Encoder, named
from linkage.schema import OUTCOMES, content_id

TABLES = ("observations", "prompts", "templates", "near", "evidence", "links", *OUTCOMES)

Batches = Iterable[pa.RecordBatch]

Made: TypeAlias = pa.Table | ir.Table | list[ir.Table]
"""Rows of a part: in memory, to be computed, or to be computed piece by piece in the order of their keys."""


@dataclass(frozen=True)
class Options:
    """What of a case becomes the graph: its name there, everything or the groups, with text or without."""

    name: str
    everything: bool = False
    with_text: bool = False


class Graph:
    """The nodes and relationships that a case is, computed by an engine as they are asked for."""

    def __init__(self, case: Case, options: Options, engine: Engine) -> None:
        self.case, self.options, self._engine = case, options, engine
        self._tables = {name: self._table(name) for name in TABLES}

    def _table(self, name: str) -> ir.Table:
        path = self.case.path / f"{name}.parquet"
        # A case of an earlier version knows two outcomes only.
        return self._engine.files([path]) if path.exists() else self._engine.table(self.case.table(name))

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder that the case was made with."""
        return named(self.case.run.get("settings", {}).get("prompts", {}).get("encoder", "static"))

    @cached_property
    def dimensions(self) -> int:
        """How long the vectors are."""
        return int(self.encoder.encode(["a"]).shape[1])

    @cached_property
    def summary(self) -> Summary:
        """The small tables, the receipt and the verdicts in force."""
        case = self.case
        return Summary(
            case.run,
            _rows(case.table("findings")),
            [row for name in OUTCOMES[1:] for row in _unreported(case, name)],
            _rows(case.table("attributions")),
            _rows(case.table("lineage")),
            in_force(case),
            case.run.get("groups", {}),
        )

    def run(self) -> str:
        """The id of all that this graph is: the same for the same case, options and program."""
        paths = [self.case.path / f"{name}.parquet" for name in TABLES]
        files = [(path.stem, _sha256(path)) for path in paths if path.exists()]
        small = json.dumps({**asdict(self.summary), "run": _steady(self.case.run)}, sort_keys=True)
        made_as = [schema.VERSION, repr(schema.PARTS), asdict(self.options), self.encoder.revision]
        return content_id([*made_as, files, hashlib.sha256(small.encode()).hexdigest()])[:16]

    def parts(self) -> Iterator[tuple[Part, Batches]]:
        """Every part in the order of `schema.PARTS`, with its rows."""
        made = dict(self._made())
        for part in schema.PARTS:
            yield part, self._batches(part, made[part])

    def _made(self) -> Iterator[tuple[Part, Made]]:
        summary_of, engine, tables = self.summary, self._engine, self._tables
        around = self._scope()
        yield schema.CASE, summary.table(schema.CASE, [self._case_row(around)])
        inside = engine.collect(link_edges.inside(tables), at_most=engine.max_rows).to_pylist()
        yield schema.OPERATOR_GROUP, summary.table(schema.OPERATOR_GROUP, summary.groups(summary_of, inside))
        yield schema.UNREPORTED_GROUP, summary.table(schema.UNREPORTED_GROUP, summary.unreported(summary_of))
        yield schema.OPERATOR, summary.table(schema.OPERATOR, summary.operators(summary_of))
        yield schema.ATTRIBUTED_TO, summary.table(schema.ATTRIBUTED_TO, summary.attributed(summary_of))
        yield fact_nodes.accounts(around, tables)
        texts = engine.table(member_texts(self.case) if self.options.with_text else no_texts())
        yield from fact_nodes.values(around, texts)
        yield from fact_nodes.used(around)
        yield from fact_nodes.networks(engine, around, prefix)
        yield from fact_nodes.asked(around, tables, texts)
        yield link_edges.links(engine, around, tables, texts)
        yield from link_edges.members(around, tables, engine.table(_shares(summary_of)), texts)
        yield link_edges.judged(engine, around, _pairs(summary_of))

    def _scope(self) -> scope.Scope:
        if self.options.everything:
            return scope.whole(self._engine, self._tables)
        pairs = _pairs(self.summary)
        named_in = pa.concat_arrays([pairs.column(side).combine_chunks() for side in ("left", "right")])
        return scope.around_groups(self._engine, self._tables, pa.table({"account": named_in.unique()}))

    def _case_row(self, around: scope.Scope) -> dict[str, Any]:
        return summary.case(
            self.summary,
            self.options.name,
            everything=self.options.everything,
            with_text=self.options.with_text,
            accounts_loaded=_count(self._engine, around.accounts),
            left_out_what=[what for what, _count in around.left_out],
            left_out_count=[count for _what, count in around.left_out],
        )

    def _batches(self, part: Part, rows: Made) -> Batches:
        if isinstance(rows, pa.Table):
            return list(rows.to_batches())
        pieces = rows if isinstance(rows, list) else [rows]
        batches = (batch for each in pieces for batch in self._engine.batches(fact_nodes.ordered(part, each)))
        whole = map(self._with_vectors, batches) if part is schema.PROMPT else batches
        return (_typed(part, batch) for batch in whole)

    def _with_vectors(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The vector of each skeleton; none where the encoder knows no word of it."""
        texts = batch.column("skeleton").to_pylist()
        vectors = self.encoder.encode([text or "" for text in texts])
        known = np.abs(vectors).sum(axis=1) > 0
        held = [vector.tolist() if some else None for vector, some in zip(vectors, known, strict=True)]
        column = pa.array(held, schema.KINDS["vector"])
        return batch.drop_columns(["skeleton"]).append_column("embedding", column)


@contextmanager
def graph(case: Case, options: Options) -> Iterator[Graph]:
    """The graph of a case, with an engine of its own."""
    with scratch(case.path) as folder:
        engine = connect(folder, memory="2GB")
        try:
            yield Graph(case, options, engine)
        finally:
            engine.close()


def pushed(case: Case, to: Connection, options: Options, *, again: bool, progress: Progress) -> Pushed:
    """Load a case into a database; raises GraphError where that cannot be reached or refuses.

    Raises UsageError where people have set verdicts there that the case does not know: they would be lost.
    """
    with open_driver(to) as driver, graph(case, options) as made:
        plan = Plan(options.name, made.run(), origin(case), secrets.token_hex(8))
        with translated_errors(to), driver.session(database=to.database) as session:
            nothing_lost(session, case, options.name)
            done = push.push(
                session, plan, made.parts(), dimensions=made.dimensions, again=again, progress=progress
            )
    connected_databases.leave(case.path, to, options.name, plan.run)
    return done


def _count(engine: Engine, rows: ir.Table) -> int:
    return int(engine.collect(rows.agg(rows=rows.count()), at_most=1).column("rows")[0].as_py())


def _typed(part: Part, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The columns with the types of the part; the engine sums whole numbers into wider ones."""
    wanted = schema.arrow_schema(part)
    return pa.RecordBatch.from_arrays([batch.column(f.name).cast(f.type) for f in wanted], schema=wanted)


def _rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as dictionaries, moments as microseconds."""
    columns = [
        column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column for column in table.columns
    ]
    return list(pa.table(columns, names=table.column_names).to_pylist())


def _unreported(case: Case, outcome: str) -> Iterator[dict[str, Any]]:
    """One row for each group of an outcome that is no finding, by id, with the number of its accounts."""
    rows = _rows(case.table(outcome))
    counts = Counter(row["group"] for row in rows)
    for group, row in sorted({row["group"]: row for row in rows}.items()):
        yield {**row, "accounts": counts[group], "outcome": outcome}


def _pairs(summary_of: Summary) -> pa.Table:
    rows = [row for row in summary_of.verdicts if not row.get("group")]
    names = ("left", "right", "verdict", "reason", "who")
    columns = {name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names}
    return pa.table(columns)


def _text(value: Any) -> str | None:
    return None if value is None else str(value).encode("utf-8", "backslashreplace").decode()


def _shares(summary_of: Summary) -> pa.Table:
    rows = [
        {"group": group, "account": account, **share}
        for group, detail in sorted(summary_of.details.items())
        for account, share in sorted((detail.get("shares") or {}).items())
    ]
    fields = [("group", pa.string()), ("account", pa.string()), ("prompts", pa.int64()), ("own", pa.int64())]
    return pa.Table.from_pylist(rows, pa.schema(fields))


def _steady(run: dict[str, Any]) -> dict[str, Any]:
    """What of the receipt is in the graph: not how long anything took."""
    return {
        key: run.get(key) for key in ("population", "scoring", "inputs", "caps", "seed", "settings_digest")
    }


def origin(case: Case) -> str:
    """What tells this folder from any other: the first entry of its audit file."""
    lines = read_lines(case.path / AUDIT)
    return str(lines[0].get("hash", "")) if lines else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
