"""From observations to evidence: every signal asked about every pair worth comparing."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.engine import Engine
from linkage.errors import BudgetError
from linkage.signals import coincidence, profile, shared
from linkage.signals.signal import Signal

HOURS = -1
"""Stands for a value where the evidence is a comparison of two profiles, not of one value."""

ROWS = pa.schema(
    [
        pa.field("left", pa.int32()),
        pa.field("right", pa.int32()),
        pa.field("signal", pa.int16()),
        pa.field("v", pa.int64()),
        pa.field("bits", pa.float64()),
        pa.field("gap", pa.int64()),
    ]
)
"""One reason for one pair: account numbers, number of the signal in the list, number of the value (or
HOURS), bits before the family rules, and µs between the uses (for timing signals: coincidences)."""


@dataclass(frozen=True)
class Limits:
    """What bounds the comparison; see `settings.Signals` for each value's reason."""

    bands: shared.Bands
    max_pairs: int
    window: int
    participation: int
    handover: int
    seed: int


class Weighing:
    """One population, ready to be asked what any pair of its accounts has in common.

    `accounts` names every account; `observations` are those that may carry weight (account, trait,
    value, first_at, last_at, observation).
    """

    def __init__(
        self,
        engine: Engine,
        accounts: ir.Table,
        observations: ir.Table,
        *,
        signals: Sequence[Signal],
        limits: Limits,
    ) -> None:
        self.engine, self.signals, self.limits = engine, tuple(signals), limits
        self.strong = np.array([each.strong for each in self.signals])
        self.accounts = engine.keep(shared.numbered(accounts))
        self.names: list[str] = engine.arrow(self.accounts.order_by("a"))["account"].to_pylist()
        rules = engine.table(shared.rules(self.signals))
        self.values = engine.keep(shared.degrees(observations, rules, len(self.names)))
        self.holders = engine.keep(shared.holders(observations, self.accounts, self.values))
        self.extra: list[pa.Table] = []
        self.halves: tuple[np.ndarray, ...] | None = None

    def _number(self, name: str) -> int:
        return next(i for i, each in enumerate(self.signals) if each.name == name)

    # --- coincidences in time ----------------------------------------------------------------------

    def add_moments(self, moments: ir.Table, window_traits: Sequence[str]) -> None:
        """Looks for coincidences on objects: hand-overs on templates and addresses, windows on objects."""
        numbered = self.values.select("trait", "value", "degree", o="v")
        events = moments.join(numbered, ["trait", "value"]).join(self.accounts, "account")
        events = events.filter(_.degree <= self.limits.bands.nearest_degree)
        order = ibis.window(order_by=["o", "at", "a"])
        kept = self.engine.keep(events.select("a", "o", "at", "trait", e=ibis.row_number().over(order)))
        handover, window = self.limits.handover, self.limits.window
        on = {name: kept.filter(kept.trait == name) for name in ("ip", "template")}
        self._succeeding(on["ip"], "rotating address", handover)
        self._succeeding(on["template"], "hand-over", handover)
        objects = kept.filter(kept.trait.isin(["template", *window_traits]))
        found = coincidence.same_object(objects, window=window, participation=self.limits.participation)
        chances = self.engine.arrow(coincidence.window_chance(objects, found, window))
        self._coincide(chances, "same object in a window")
        self.engine.drop(kept)

    def _succeeding(self, events: ir.Table, name: str, within: int) -> None:
        self._coincide(self.engine.arrow(coincidence.successions(events, within)), name)

    def _coincide(self, found: pa.Table, name: str) -> None:
        k, chance = (found[c].to_numpy().astype(float) for c in ("k", "chance"))
        columns = [
            found["left"].cast(pa.int32()),
            found["right"].cast(pa.int32()),
            pa.array(np.full(len(k), self._number(name)), pa.int16()),
            found["o"].cast(pa.int64()),
            pa.array(coincidence.weigh(k, chance), pa.float64()),
            found["k"].cast(pa.int64()),
        ]
        rows = pa.Table.from_arrays(columns, schema=ROWS)
        self.extra.append(rows.filter(pc.greater_equal(rows["bits"], shared.LEAST_BITS)))

    def add_hours(self, a: np.ndarray, at: np.ndarray) -> None:
        """The moments of all interactions, from which day–night profiles are compared."""
        self.halves = profile.halves(a, at, len(self.names))

    # --- pairs and what they share -----------------------------------------------------------------

    def candidates(self, also: Sequence[tuple[str, str]] = ()) -> pa.Table:
        """Pairs worth comparing (left, right), in order; raises BudgetError above the limit.

        `also` are pairs that a person wants compared whatever they share.
        """
        limits = self.limits
        proposed = shared.candidates(self.holders, limits.bands)
        number = {name: i for i, name in enumerate(self.names)}
        asked = [sorted((number[x], number[y])) for x, y in also if x in number and y in number]
        extra = [t.filter(pc.greater_equal(t["bits"], limits.bands.min_together)) for t in self.extra]
        more = pa.concat_tables(
            [t.select(["left", "right"]) for t in extra]
            + [pa.table({"left": [x for x, _ in asked], "right": [y for _, y in asked]}, _PAIR)]
        )
        pairs = self.engine.keep(proposed.union(self.engine.table(more)).distinct())
        total = int(self.engine.arrow(pairs.count().as_table())[0][0].as_py())
        if total > limits.max_pairs:
            raise BudgetError(
                f"{total:,} pairs of accounts are worth comparing, more than max_pairs = {limits.max_pairs:,}",
                hint="raise signals.min_propose_bits or signals.max_pairs in linkage.toml",
            )
        return self.engine.arrow(pairs).sort_by([("left", "ascending"), ("right", "ascending")])

    def evidence(self, pairs: pa.Table) -> pa.Table:
        """What every signal says of each pair: ROWS, ordered by left, right, signal, v."""
        asked = self.engine.table(pairs)
        said = self.engine.arrow(shared.evidence(asked, self.holders)).cast(ROWS)
        extra = [self._only(pairs, table) for table in self.extra]
        together = pa.concat_tables([said, *extra, self._hours(pairs)])
        self.engine.drop(asked)
        return together.sort_by([(name, "ascending") for name in ("left", "right", "signal", "v")])

    def _only(self, pairs: pa.Table, rows: pa.Table) -> pa.Table:
        return rows.join(pairs, ["left", "right"], join_type="inner").select(ROWS.names).cast(ROWS)

    def _hours(self, pairs: pa.Table) -> pa.Table:
        if self.halves is None:
            return ROWS.empty_table()
        left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
        bits = profile.weigh_hours(self.halves, left, right, seed=self.limits.seed)
        said = np.abs(np.nan_to_num(bits)) >= shared.LEAST_BITS
        n = int(said.sum())
        signal = np.full(n, self._number("day–night profile"))
        columns = [left[said], right[said], signal, np.full(n, HOURS), bits[said], np.zeros(n)]
        return pa.Table.from_arrays(
            [pa.array(c).cast(f.type) for c, f in zip(columns, ROWS, strict=True)], schema=ROWS
        )


_PAIR = pa.schema([pa.field("left", pa.int32()), pa.field("right", pa.int32())])
