"""Coincidences on objects, counted by the engine, as rows of evidence: within a window, one after the other,
again and again, and where one template's work is divided."""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa

from linkage.engines import Engine
from linkage.errors import BudgetError
from linkage.evidence import coincidence, overlap, recurrence, work_queue
from linkage.evidence.rows import PAIR, evidence_rows, informative
from linkage.settings.evidence import Evidence


@dataclass(frozen=True)
class Coincidences:
    """Counts coincidences on one engine; `number` gives the number of each signal by its name."""

    engine: Engine
    chosen: Evidence
    number: Mapping[str, int]

    def without_busy_objects(self, events: ir.Table) -> tuple[ir.Table, int]:
        """The events without objects on which everyone meets everyone; how many objects those are."""
        load = coincidence.window_load(events, self.chosen.window)
        most = self.chosen.coincidences.max_template_coincidences
        busy = self.engine.keep(load.filter(load.load > most))
        return events.anti_join(busy, "o"), row_count(self.engine, busy)

    def check_load(self, events: ir.Table, trait: str) -> None:
        """Raises BudgetError where the events on objects of a trait would coincide too often."""
        load = coincidence.window_load(events, self.chosen.window)
        rows = self.engine.collect(load.agg(rows=load.load.sum()), at_most=1)["rows"][0].as_py() or 0
        if rows > self.chosen.max_pairs:
            raise BudgetError(
                f"trait {trait}: up to {rows:,} coincidences within the window, more than"
                f" max_pairs = {self.chosen.max_pairs:,}",
                hint="shorten evidence.window_seconds, or take the trait out of evidence.window_traits",
            )

    def in_turn(self, events: ir.Table, name: str) -> pa.Table:
        """Work or addresses passed on, as rows of the signal of that name."""
        found = self.engine.collect(
            coincidence.successions(events, self.chosen.handover), at_most=self.engine.max_rows
        )
        return self._informative(self._weighed(found, name))

    def within_window(self, events: ir.Table) -> pa.Table:
        """Every coincidence within the window as a row of evidence, whatever it says."""
        window = self.chosen.window
        same = coincidence.same_object(events, window=window, participation=self.chosen.window_participation)
        found = self.engine.keep(same)
        rated = self.engine.collect(
            coincidence.window_chance(events, found, window), at_most=self.engine.max_rows
        )
        self.engine.drop(found)
        return self._weighed(rated, "same object in a window")

    def informative_within_window(self, events: ir.Table) -> pa.Table:
        """The same where it says enough."""
        return self._informative(self.within_window(events))

    def again(self, events: ir.Table) -> tuple[pa.Table, int]:
        """Common occasions at several scales; how many objects were too busy, all scales together."""
        found, busy = recurrences(self.engine, events, self.chosen)
        number = self.number["same object again and again"]
        rows = evidence_rows(number, **_on_objects(found), bits=found["bits"], scale=found["scale"])
        return self._informative(rows), busy

    def drained_queues(self, texts: ir.Table) -> tuple[pa.Table, int]:
        """Templates whose work two accounts divide; how many templates were too large to compare."""
        found, large = drained(self.engine, texts, self.chosen)
        number = self.number["queue draining"]
        rows = evidence_rows(number, **_on_objects(found), bits=found["bits"], expected=found["expected"])
        return self._informative(rows), large

    def _weighed(self, found: pa.Table, name: str) -> pa.Table:
        k, chance = (found[c].to_numpy().astype(float) for c in ("k", "chance"))
        bits = coincidence.weigh(k, chance, self.chosen.coincidences)
        return evidence_rows(self.number[name], **_on_objects(found), bits=bits)

    def _informative(self, rows: pa.Table) -> pa.Table:
        return informative(rows, self.chosen.least_bits)


def recurrences(engine: Engine, events: ir.Table, chosen: Evidence) -> tuple[pa.Table, int]:
    """Pairs on common occasions: left, right, o, k, scale, bits, of the best scale of each pair and object.

    `events`: a, o (object), at. Also how many objects were too busy, all scales together.
    """
    items = engine.keep(recurrence.occasions(events, chosen.recurrence))
    parts, busy = [], 0
    for scale in range(len(chosen.recurrence.widths)):
        found, left_out = _at_scale(engine, items, scale, chosen)
        parts.append(found)
        busy += left_out
    engine.drop(items)
    return recurrence.best_scale(pa.concat_tables(parts)), busy


def _at_scale(engine: Engine, occasions: ir.Table, scale: int, chosen: Evidence) -> tuple[pa.Table, int]:
    rules = chosen.recurrence
    items = engine.keep(recurrence.at_scale(occasions, scale, rules))
    busy = engine.keep(recurrence.busy_objects(items, rules))
    kept = engine.keep(items.anti_join(busy, "o"))
    own = engine.keep(recurrence.regulars(overlap.own(kept), rules))
    met = engine.keep(overlap.meetings(kept.semi_join(own, ["a", "o"]), own))
    left_out = row_count(engine, busy)
    found = engine.collect(recurrence.expected(kept, own, met, rules), at_most=engine.max_rows)
    engine.drop(items, busy, kept, own, met)
    return recurrence.weighed(found, scale, rules), left_out


def drained(engine: Engine, texts: ir.Table, chosen: Evidence) -> tuple[pa.Table, int]:
    """Pairs with fewer texts in common than the template's users have: left, right, o, k, expected, bits.

    `texts`: a, o (template), x (text). Also how many templates were left out as too large to compare.
    """
    rules = chosen.work_queue
    items = engine.keep(work_queue.busy_accounts(texts, rules))
    large = engine.keep(work_queue.large_templates(items, rules))
    left_out = row_count(engine, large)
    kept = engine.keep(items.anti_join(large, "o"))
    own = engine.keep(overlap.own(kept))
    met = engine.keep(overlap.meetings(kept, own))
    found = engine.collect(work_queue.fewer_repeats(own, met, rules), at_most=engine.max_rows)
    engine.drop(items, large, kept, own, met)
    return work_queue.weighed(found, rules), left_out


def _on_objects(found: pa.Table) -> dict[str, pa.ChunkedArray]:
    """The columns of evidence about pairs on objects: left, right, value, count."""
    return {side: found[side] for side in PAIR.names} | {"value": found["o"], "count": found["k"]}


def row_count(engine: Engine, table: ir.Table) -> int:
    """How many rows a table has."""
    return int(engine.collect(table.count().as_table(), at_most=1)[0][0].as_py())
