"""Coincidences in time as rows of evidence: in turn, together, and again and again."""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa

from linkage.engines import Engine
from linkage.errors import BudgetError
from linkage.evidence import coincidence, recurrence
from linkage.evidence.rows import evidence_rows, informative

MOST_LOAD = 1_000_000
"""Coincidences of one template from which everyone who uses it meets everyone: then it is left out."""


@dataclass(frozen=True)
class Clock:
    """Where coincidences are counted, the widths in µs, and the number of each signal by name."""

    engine: Engine
    window: int
    participation: int
    handover: int
    max_pairs: int
    number: Mapping[str, int]

    def sparse(self, events: ir.Table) -> tuple[ir.Table, int]:
        """The events without those on objects so busy that everyone meets everyone; how many those are."""
        load = coincidence.window_load(events, self.window)
        busy = self.engine.keep(load.filter(load.load > MOST_LOAD))
        return events.anti_join(busy, "o"), _rows(self.engine, busy)

    def bearable(self, events: ir.Table, trait: str) -> ir.Table:
        """The same events; raises BudgetError where they would coincide too often."""
        load = coincidence.window_load(events, self.window)
        rows = self.engine.collect(load.agg(rows=load.load.sum()), at_most=1)["rows"][0].as_py() or 0
        if rows > self.max_pairs:
            raise BudgetError(
                f"trait {trait}: up to {rows:,} coincidences within the window, more than"
                f" max_pairs = {self.max_pairs:,}",
                hint="shorten signals.window_seconds, or take the trait out of signals.window_traits",
            )
        return events

    def in_turn(self, events: ir.Table, name: str) -> pa.Table:
        """Work or addresses passed on, as rows of the signal of that name."""
        found = self.engine.collect(
            coincidence.successions(events, self.handover), at_most=self.engine.max_rows
        )
        return informative(self._weighed(found, name))

    def together(self, events: ir.Table) -> pa.Table:
        """Every coincidence within the window as a row of evidence, whatever it says."""
        same = coincidence.same_object(events, window=self.window, participation=self.participation)
        found = self.engine.keep(same)
        rated = self.engine.collect(
            coincidence.window_chance(events, found, self.window), at_most=self.engine.max_rows
        )
        self.engine.drop(found)
        return self._weighed(rated, "same object in a window")

    def again(self, events: ir.Table) -> tuple[pa.Table, int]:
        """Common occasions at wider scales, and how many objects were too busy for them."""
        found, busy = recurrence.again(self.engine, events)
        rows = evidence_rows(
            self.number["same object again and again"],
            **_pairs_on_objects(found),
            bits=found["bits"],
            scale=found["scale"],
        )
        return informative(rows), busy

    def _weighed(self, found: pa.Table, name: str) -> pa.Table:
        k, chance = (found[c].to_numpy().astype(float) for c in ("k", "chance"))
        bits = coincidence.weigh(k, chance)
        return evidence_rows(self.number[name], **_pairs_on_objects(found), bits=bits)


def _pairs_on_objects(found: pa.Table) -> dict[str, pa.ChunkedArray]:
    return {
        name: found[column]
        for name, column in (("left", "left"), ("right", "right"), ("value", "o"), ("count", "k"))
    }


def _rows(engine: Engine, table: ir.Table) -> int:
    return int(engine.collect(table.count().as_table(), at_most=1)[0][0].as_py())
