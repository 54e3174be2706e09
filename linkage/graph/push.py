"""Loads a case: constraints, nodes, relationships, then away with what an earlier push left; then counts.

Every batch is one transaction that also moves the ledger, so the same command after any failure goes on where
the database stopped, and ends in the same graph.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from linkage.errors import GraphError
from linkage.graph import counts, empty_lists, ledger, load_statements
from linkage.graph.batches import Quarantine, Row, batches
from linkage.graph.ledger import Plan
from linkage.graph.prefetch import ahead
from linkage.graph.schema import NODES, PARTS, VECTORS, Part

Rows = Iterable[tuple[Part, Iterable[pa.RecordBatch]]]

Progress = Callable[[str, int, int | None], None]

DELETED = 10_000
"""Nodes or relationships deleted in one transaction."""

MOST_REFUSED = 1_000
"""Rows that the server may refuse one by one; with more of them something else is wrong."""


@dataclass
class Pushed:
    """What a push did, by the names of parts: rows sent, rows of those that were there already, stale ones
    deleted, and what is there now. `whole` says whether all that was sent is there and nothing else."""

    plan: Plan
    sent: Counter[str] = field(default_factory=Counter)
    skipped: int = 0
    deleted: Counter[str] = field(default_factory=Counter)
    there: dict[str, int] = field(default_factory=dict)
    unchanged: bool = False
    quarantine: Quarantine = field(default_factory=Quarantine)

    @property
    def whole(self) -> bool:
        """Whether what is there is what was sent."""
        return all(self.sent[part.name] == self.there.get(part.name) for part in PARTS)


def push(
    session: Any, plan: Plan, rows: Rows, *, dimensions: int, again: bool = False, progress: Progress
) -> Pushed:
    """Make the database hold the case as `rows` tell it, and nothing else of that case.

    `rows` gives the parts in the order of `schema.PARTS`, rows in the order of their keys; it is not asked
    where the database says that it has them all. Raises GraphError for what the server refuses.
    """
    prepare(session, dimensions)
    done, sent = session.execute_write(ledger.claim, plan, again=again)
    empty_lists.fill(session, plan)
    pushed = Pushed(plan)
    if sent is not None:
        pushed.sent = Counter({part.name: count for part, count in zip(PARTS, sent, strict=True)})
        pushed.there = counts.counted(session, plan.case)
        if pushed.whole:
            pushed.unchanged = True
            return pushed
        session.execute_write(ledger.settle, plan, None)
        done = 0
    return _Loader(session, plan, progress).load(rows, done)


def prepare(session: Any, dimensions: int) -> None:
    """Constraints and indexes, made and then looked at; raises GraphError where one cannot be had."""
    for text in load_statements.preparations(dimensions):
        _make(session, text)
    found = [(row["labels"], row["properties"]) for row in session.execute_read(_rows, counts.CONSTRAINTS)]
    for nodes in NODES:
        if ([nodes.label], ["case", *nodes.key]) not in found:
            name = load_statements.constraint_name(nodes)
            raise GraphError(
                f"the database has no constraint on {nodes.label}, and another one is called {name}",
                hint=f"DROP CONSTRAINT {name}, then push again",
            )
    session.execute_read(_rows, counts.ONLINE)
    there = [row["dimensions"] for row in session.execute_read(_rows, counts.DIMENSIONS)]
    if there != [dimensions]:
        raise GraphError(
            f"the index {VECTORS} is for vectors of {there[0] if there else 'other'} numbers, and those of"
            f" this case have {dimensions}: its prompts were read by another encoder",
            hint=f"DROP INDEX {VECTORS}, then push again; cases with other vectors are then not in the index",
        )


def _make(session: Any, text: str) -> None:
    from neo4j import exceptions as refused

    try:
        session.execute_write(_run, text)
    except refused.ClientError as error:
        # Another push made it between the look and the making.
        if not str(error.code).endswith("EquivalentSchemaRuleAlreadyExists"):
            raise


def _run(tx: Any, text: str) -> None:
    tx.run(text).consume()


def _rows(tx: Any, text: str) -> list[Any]:
    return list(tx.run(text))


class _Missing(Exception):
    """Fewer rows were written than sent: a relationship's node is not there."""


class _Loader:
    """Sends the batches of one push."""

    def __init__(self, session: Any, plan: Plan, progress: Progress) -> None:
        self._session, self._plan, self._progress = session, plan, progress
        self._pushed = Pushed(plan)

    def load(self, rows: Rows, done: int) -> Pushed:
        """Send the batches but the first `done`, remove what is stale, count what is there."""
        pushed = self._pushed
        for number, (part, batch) in enumerate(ahead(self._batches(rows))):
            pushed.sent[part.name] += len(batch)
            if number < done:
                pushed.skipped += len(batch)
            elif not self._written(part, batch, number):
                self._by_halves(part, batch)
                self._session.execute_write(ledger.fence, self._plan, number)
            self._progress(part.name, pushed.sent[part.name], None)
        for refused in pushed.quarantine.late:
            pushed.sent[refused.part] -= 1
        while self._session.execute_write(self._delete_former):
            pass
        pushed.there, stale = counts.counted_with_stale(self._session, self._plan)
        if stale:
            pushed.deleted = self._without_stale(stale)
            pushed.there = counts.counted(self._session, self._plan.case)
        sent = [pushed.sent[part.name] for part in PARTS] if pushed.whole else None
        self._session.execute_write(ledger.settle, self._plan, sent)
        return pushed

    def _batches(self, rows: Rows) -> Iterator[tuple[Part, list[Row]]]:
        for part, pieces in rows:
            for batch in batches(part, pieces, self._plan.case, self._pushed.quarantine):
                yield part, batch

    def _written(self, part: Part, batch: list[Row], number: int = ledger.NO_BATCH) -> bool:
        """One transaction with these rows; False where the server refuses one of them: then none is there."""
        from neo4j import exceptions as refused

        while True:
            try:
                self._session.execute_write(self._write, part, batch, number)
            except refused.IncompleteCommit:
                continue  # whether it is there, the ledger in the database says
            except _Missing:
                return False
            except (refused.ClientError, refused.DatabaseError) as error:
                if not _about_a_row(error):
                    raise
                return False
            return True

    def _write(self, tx: Any, part: Part, batch: list[Row], number: int) -> None:
        plan = self._plan
        if ledger.fence(tx, plan, number):
            found = tx.run(load_statements.load(part), case=plan.case, run=plan.run, rows=batch).single()
            if found["rows"] != len(batch):
                raise _Missing

    def _by_halves(self, part: Part, batch: list[Row]) -> None:
        """Each half by itself, down to the rows that are refused."""
        if len(batch) == 1:
            self._refuse(part, batch[0])
            return
        for half in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
            if not self._written(part, half):
                self._by_halves(part, half)

    def _refuse(self, part: Part, row: Row) -> None:
        refused = self._pushed.quarantine
        refused.add_late(part, row[: len(part.keys)])
        if len(refused.late) > MOST_REFUSED:
            raise GraphError(
                f"the database refuses more than {MOST_REFUSED:,} rows, the last of them of {part.name}",
                hint="look at the quarantine of this push; linkage neo4j push --again begins anew",
            )

    def _without_stale(self, stale: set[str]) -> Counter[str]:
        """Deletes what an earlier push left of this case, in the parts that hold any of it."""
        deleted: Counter[str] = Counter()
        for part in reversed([part for part in PARTS if part.name in stale]):
            while count := self._session.execute_write(self._delete, part):
                deleted[part.name] += count
        return deleted

    def _delete_former(self, tx: Any) -> int:
        ledger.fence(tx, self._plan)
        return int(tx.run(counts.delete_former(), case=self._plan.case, most=DELETED).single()["rows"])

    def _delete(self, tx: Any, part: Part) -> int:
        ledger.fence(tx, self._plan)
        row = tx.run(
            counts.delete_stale(part), case=self._plan.case, run=self._plan.run, most=DELETED
        ).single()
        return int(row["rows"])


def _about_a_row(error: Any) -> bool:
    """Whether the server refuses something in the rows, not the work as a whole."""
    code, text = str(error.code), str(error.message).lower()
    if code.startswith("Neo.ClientError.Statement.") or code.endswith("ConstraintValidationFailed"):
        return True
    return "too large to index" in text or ("index" in text and "size" in text)
