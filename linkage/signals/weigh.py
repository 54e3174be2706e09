"""From observations to evidence: every signal asked about every pair worth comparing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.engine import Engine
from linkage.errors import BudgetError
from linkage.signals import coincidence, derive, profile, shared
from linkage.signals.promise import Needed, possible
from linkage.signals.signal import Signal

HOURS = -1
"""Stands for a value where the evidence is a comparison of two profiles, not of one value."""

MOST_LOAD = 1_000_000
"""Coincidences of one template from which everyone who uses it meets everyone: then it is left out."""

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

_PAIR = pa.schema([pa.field("left", pa.int32()), pa.field("right", pa.int32())])

NO_PAIRS = _PAIR.empty_table()


@dataclass(frozen=True)
class Limits:
    """What bounds the comparison; see `settings.Signals` for each value's reason.

    `objects` are traits whose every coincidence within the window is compared and kept, whatever it says.
    """

    bands: shared.Bands
    max_pairs: int
    window: int
    participation: int
    handover: int
    seed: int
    objects: tuple[str, ...] = ()
    echo_bits: float = 20.0


class Weighing:
    """One population, ready to be asked what any pair of its accounts has in common.

    `accounts` names every account; `observations` are those that may carry weight (account, trait,
    value, first_at, last_at, observation). `cut` counts what was left out, by reason.
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
        rules, objects = engine.table(shared.rules(self.signals)), (*limits.objects, "response")
        self.values = engine.keep(shared.degrees(observations, rules, len(self.names), objects=objects))
        self.holders = engine.keep(shared.holders(observations, self.accounts, self.values))
        self.extra: list[pa.Table] = []
        self._told: ir.Table | None = None
        self.declared: pa.Table = NO_PAIRS
        self.halves: profile.Halves | None = None
        self.cut: dict[str, int] = {}

    def _number(self, name: str) -> int:
        return next(i for i, each in enumerate(self.signals) if each.name == name)

    def _count(self, what: str, rows: ir.Table) -> None:
        self.cut[what] = int(self.engine.arrow(rows.count().as_table())[0][0].as_py())

    # --- coincidences in time ----------------------------------------------------------------------

    def add_moments(self, moments: ir.Table) -> None:
        """Looks for coincidences on objects (account, trait, value, at): in turn, and together."""
        numbered = self.values.select("trait", "value", "degree", o="v")
        events = moments.left_join(numbered, ["trait", "value"]).drop("trait_right", "value_right")
        usual = (events.degree <= self.limits.bands.nearest_degree).fill_null(False)
        events = events.filter(usual | events.trait.isin(list(self.limits.objects)))
        order = ibis.window(order_by=["trait", "value", "at", "a"])
        events = events.join(self.accounts, "account").mutate(e=ibis.row_number().over(order))
        kept = self.engine.keep(events.select("a", "o", "at", "trait", "e"))
        on = {name: kept.filter((kept.trait == name) & kept.o.notnull()) for name in ("ip", "template")}
        self._succeeding(on["ip"], "rotating address")
        self._succeeding(on["template"], "hand-over")
        self.extra.append(_telling(self._together(self._sparse(on["template"]))))
        for name in sorted(set(self.limits.objects)):
            met = self._together(self._bearable(kept.filter(kept.trait == name), name))
            self.extra.append(met)
            self.declared = pa.concat_tables([self.declared, met.select(_PAIR.names)])
        self.engine.drop(kept)

    def _sparse(self, events: ir.Table) -> ir.Table:
        """The events without those on templates so busy that everyone meets everyone."""
        load = coincidence.window_load(events, self.limits.window)
        busy = self.engine.keep(load.filter(load.load > MOST_LOAD))
        self._count("templates too busy for coincidences", busy)
        return events.anti_join(busy, "o")

    def _bearable(self, events: ir.Table, trait: str) -> ir.Table:
        """The same events; raises BudgetError where they would coincide too often."""
        load = coincidence.window_load(events, self.limits.window)
        rows = self.engine.arrow(load.agg(rows=load.load.sum()))["rows"][0].as_py() or 0
        if rows > self.limits.max_pairs:
            raise BudgetError(
                f"trait {trait}: up to {rows:,} coincidences within the window, more than"
                f" max_pairs = {self.limits.max_pairs:,}",
                hint="shorten signals.window_seconds, or take the trait out of signals.window_traits",
            )
        return events

    def _succeeding(self, events: ir.Table, name: str) -> None:
        found = self.engine.arrow(coincidence.successions(events, self.limits.handover))
        self.extra.append(_telling(self._coincidences(found, name)))

    def _together(self, events: ir.Table) -> pa.Table:
        """Every coincidence within the window as a row of evidence, whatever it says."""
        window, least = self.limits.window, self.limits.participation
        found = self.engine.keep(coincidence.same_object(events, window=window, participation=least))
        rated = self.engine.arrow(coincidence.window_chance(events, found, window))
        self.engine.drop(found)
        return self._coincidences(rated, "same object in a window")

    def _coincidences(self, found: pa.Table, name: str) -> pa.Table:
        k, chance = (found[c].to_numpy().astype(float) for c in ("k", "chance"))
        pairs = [found["left"], found["right"]]
        return self._rows(name, [*pairs, found["o"]], bits=coincidence.weigh(k, chance), gap=found["k"])

    def _rows(self, name: str, columns: Sequence[Any], *, bits: np.ndarray, gap: Any) -> pa.Table:
        """Rows of one signal from left, right and value numbers."""
        left, right, v = columns
        signal = np.full(len(bits), self._number(name))
        filled = [left, right, signal, v, bits, gap]
        return pa.table(dict(zip(ROWS.names, filled, strict=True))).cast(ROWS)

    # --- answers passed on, hours of the day -------------------------------------------------------

    def add_echoes(self, interactions: ir.Table) -> None:
        """Looks for answers given to one account and sent on by another that was never given them."""
        known = self.values.filter(self.values.trait == "response").select("value", "degree", "v")
        usual = known.degree <= self.limits.bands.clique_degree
        self._count("answers too common to be echoes", known.filter(~usual))
        found = (
            derive.echoed(interactions)
            .join(known.filter(usual), "value")
            .join(self.accounts.select(maker="account", x="a"), "maker")
            .join(self.accounts.select(sender="account", y="a"), "sender")
        )
        ordered = found.select(
            left=ibis.least(_.x, _.y), right=ibis.greatest(_.x, _.y), v=_.v, degree=_.degree
        )
        rows = self.engine.arrow(ordered.distinct())
        # Between two accounts no coincidence is likely; what more accounts hold weighs by its rarity.
        others = max(len(self.names) - 1, 1) / np.maximum(rows["degree"].to_numpy() - 2.0, 1e-9)
        bits = np.round(np.minimum(np.log2(others / 2), self.limits.echo_bits), 6)
        columns = [rows["left"], rows["right"], rows["v"]]
        self.extra.append(
            _telling(self._rows("response echo", columns, bits=bits, gap=np.zeros(len(bits), int)))
        )

    def add_hours(self, a: np.ndarray, at: np.ndarray) -> None:
        """The moments of all interactions, from which day–night profiles are compared."""
        self.halves = profile.halves(a, at, len(self.names))

    # --- pairs and what they share -----------------------------------------------------------------

    def candidates(self, also: Sequence[tuple[str, str]] = ()) -> pa.Table:
        """Pairs worth comparing (left, right), in order; raises BudgetError above the limit.

        `also` are pairs that a person wants compared whatever they share.
        """
        bands, most = self.limits.bands, self.limits.max_pairs
        proposed = self.engine.keep(shared.proposals(self.holders, bands))
        enough = proposed.bits >= bands.min_together
        self._count("pairs proposed with too few bits", proposed.filter(~enough))
        self._count(
            "values whose accounts were joined to their nearest only", shared.partly(self.values, bands)
        )
        self._count("values too common to propose pairs", shared.unused(self.values, bands))
        more = self.engine.table(self._more(also))
        pairs = self.engine.keep(proposed.filter(enough).select("left", "right").union(more).distinct())
        total = int(self.engine.arrow(pairs.count().as_table())[0][0].as_py())
        self.engine.drop(proposed)
        if total > most:
            raise BudgetError(
                f"{total:,} pairs of accounts are worth comparing, more than max_pairs = {most:,}",
                hint="raise signals.min_propose_bits or signals.max_pairs in linkage.toml",
            )
        return self.engine.arrow(pairs).sort_by([("left", "ascending"), ("right", "ascending")])

    def _more(self, also: Sequence[tuple[str, str]]) -> pa.Table:
        """Pairs that coincidences, echoes, declared objects or a person propose."""
        number = {name: i for i, name in enumerate(self.names)}
        asked = [sorted((number[x], number[y])) for x, y in also if x in number and y in number]
        least = self.limits.bands.min_together
        told = [t.filter(pc.greater_equal(t["bits"], least)).select(_PAIR.names) for t in self.extra]
        named = pa.table({"left": [x for x, _ in asked], "right": [y for _, y in asked]}, _PAIR)
        return pa.concat_tables([*told, self.declared, named])

    def evidence(
        self, pairs: pa.Table, needed: Needed | None = None, always: pa.Table = NO_PAIRS
    ) -> pa.Table:
        """What every signal says of each pair: ROWS, in no order.

        With `needed`, only of pairs that can reach it, of those `always` wanted, and of declared objects.
        """
        asked = self.engine.table(pairs)
        said = shared.evidence(asked, self.holders)
        if self.extra:
            if self._told is None:
                self._told = self.engine.table(pa.concat_tables(self.extra))
            said = said.union(self._told.semi_join(asked, _PAIR.names))
        if needed:
            said = self.engine.keep(said)
            rest = self.engine.table(pa.concat_tables([always, self.declared]))
            able = possible(said, self.engine.table(needed.rules), needed).union(rest)
            pairs = self.engine.arrow(able.distinct())
            chosen = self.engine.table(pairs)
            rows = self.engine.arrow(said.semi_join(chosen, _PAIR.names)).cast(ROWS)
            self.engine.drop(said, chosen, rest)
        else:
            rows = self.engine.arrow(said).cast(ROWS)
        self.engine.drop(asked)
        return pa.concat_tables([rows, self._hours(pairs)])

    def _hours(self, pairs: pa.Table) -> pa.Table:
        if self.halves is None:
            return ROWS.empty_table()
        left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
        bits = profile.weigh_hours(self.halves, left, right, seed=self.limits.seed)
        said = np.abs(np.nan_to_num(bits)) >= shared.LEAST_BITS
        none = np.zeros(int(said.sum()), dtype=np.int64)
        columns = [left[said], right[said], none + HOURS]
        return self._rows("day–night profile", columns, bits=bits[said], gap=none)


def _telling(rows: pa.Table) -> pa.Table:
    """Rows that say enough to change a decision."""
    return rows.filter(pc.greater_equal(rows["bits"], shared.LEAST_BITS))
