"""From observations to evidence: every signal asked about every pair worth comparing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.engines import Engine
from linkage.errors import BudgetError
from linkage.evidence import blocking, shared_values, work_queue
from linkage.evidence.coincidence_evidence import Clock
from linkage.evidence.holdings import Holdings
from linkage.evidence.pair_evidence import Reasons, Wanted
from linkage.evidence.pruning import Needed
from linkage.evidence.rows import NO_PAIRS, PAIR, ROWS, Kind, evidence_rows, informative, pair_numbers
from linkage.evidence.signals.signal import Signal
from linkage.observations import conversations, hour_profile, themes
from linkage.observations.accounts import account_numbers
from linkage.observations.answers import echo_pairs
from linkage.settings.observations import Observations as ObservationSettings


@dataclass(frozen=True)
class Limits:
    """What bounds the comparison; see `settings.Signals` for each value's reason.

    `objects` are traits whose every coincidence within the window is compared and kept, whatever it says.
    """

    bands: blocking.Bands
    max_pairs: int
    window: int
    participation: int
    handover: int
    seed: int
    objects: tuple[str, ...] = ()
    echo_bits: float = 20.0
    habits: ObservationSettings = field(default_factory=ObservationSettings)

    @property
    def later(self) -> dict[str, float]:
        """Signals asked only of pairs that may become links, and the most bits each can give."""
        hours, common = self.habits.hour_profile.max_bits, self.habits.themes.max_bits
        return {"day–night profile": hours, "common themes": common}


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
        self.number = {each.name: i for i, each in enumerate(self.signals)}
        self.accounts = engine.keep(account_numbers(accounts))
        self.names: list[str] = engine.collect(self.accounts.order_by("a"), at_most=engine.max_rows)[
            "account"
        ].to_pylist()
        rules, objects = (
            engine.table(shared_values.rules(self.signals)),
            (*limits.objects, "response", "context"),
        )
        self.values = engine.keep(
            shared_values.degrees(observations, rules, len(self.names), objects=objects)
        )
        self.holders = engine.keep(shared_values.holders(observations, self.accounts, self.values))
        self.extra: list[pa.Table] = []
        self._reasons: Reasons | None = None
        self.declared: pa.Table = NO_PAIRS
        self.halves: hour_profile.HourProfiles | None = None
        self.tastes: themes.ThemeProfiles | None = None
        self.cut: dict[str, int] = {}

    def _count(self, what: str, rows: ir.Table) -> None:
        self.cut[what] = self._rows(rows)

    def _rows(self, rows: ir.Table) -> int:
        return int(self.engine.collect(rows.count().as_table(), at_most=1)[0][0].as_py())

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
        clock = self._clock()
        self.extra.append(clock.in_turn(on["ip"], "rotating address"))
        self.extra.append(clock.in_turn(on["template"], "hand-over"))
        sparse, self.cut["templates too busy for coincidences"] = clock.sparse(on["template"])
        self.extra.append(informative(clock.together(sparse)))
        objects = sorted(set(self.limits.objects))
        often, busy = clock.again(kept.filter(kept.trait.isin(["template", *objects])))
        self.extra.append(often)
        self.cut["objects and widths too busy for common occasions"] = busy
        for name in objects:
            met = clock.together(clock.bearable(kept.filter(kept.trait == name), name))
            self.extra.append(met)
            self.declared = pa.concat_tables([self.declared, met.select(PAIR.names)])
        self.engine.drop(kept)

    def _clock(self) -> Clock:
        bounds = self.limits
        return Clock(
            self.engine,
            bounds.window,
            bounds.participation,
            bounds.handover,
            bounds.max_pairs,
            self.number,
        )

    # --- one template's work, divided ----------------------------------------------------------------

    def add_texts(self, asked: ir.Table) -> None:
        """Looks for accounts that use one template and never send the same text (account, template, text_id).

        Only the hash of a text is looked at, so withheld ones serve as well.
        """
        known = self.values.filter(self.values.trait == "template").select(template="value", o="v")
        sent = asked.filter(_.text_id.notnull()).join(known, "template").join(self.accounts, "account")
        found, large = work_queue.drains(self.engine, sent.select("a", "o", x="text_id"))
        self.cut["templates too large to tell a drained queue"] = large
        columns = {name: found[name] for name in (*PAIR.names, "bits", "expected")}
        rows = evidence_rows(self.number["queue draining"], **columns, value=found["o"], count=found["k"])
        self.extra.append(informative(rows))

    # --- answers passed on, hours of the day -------------------------------------------------------

    def add_echoes(self, interactions: ir.Table) -> None:
        """Looks for answers given to one account and sent on by another that was never given them."""
        known = self.values.filter(self.values.trait == "response").select("value", "degree", "v")
        usual = known.degree <= self.limits.bands.clique_degree
        self._count("answers too common to be echoes", known.filter(~usual))
        found = (
            echo_pairs(interactions)
            .join(known.filter(usual), "value")
            .join(self.accounts.select(maker="account", x="a"), "maker")
            .join(self.accounts.select(sender="account", y="a"), "sender")
        )
        ordered = found.select(
            left=ibis.least(_.x, _.y), right=ibis.greatest(_.x, _.y), v=_.v, degree=_.degree
        )
        rows = self.engine.collect(ordered.distinct(), at_most=self.engine.max_rows)
        # Between two accounts no coincidence is likely; what more accounts hold weighs by its rarity.
        others = max(len(self.names) - 1, 1) / np.maximum(rows["degree"].to_numpy() - 2.0, 1e-9)
        bits = np.round(np.minimum(np.log2(others / 2), self.limits.echo_bits), 6)
        self._add("response echo", rows, bits)

    def add_conversations(self) -> None:
        """Looks for accounts that carry on the same conversations, none of them their own."""
        known = self.values.filter(self.values.trait == "context").select("v")
        held = self.holders.semi_join(known, "v").select("a", "v", "degree")
        found = self.engine.collect(
            conversations.shared_conversations(held, len(self.names), self.limits.habits.conversations),
            at_most=self.engine.max_rows,
        )
        self._add("continued conversation", found, found["bits"].to_numpy())

    def _add(self, name: str, found: pa.Table, bits: np.ndarray) -> None:
        ends = {side: found[side] for side in PAIR.names}
        self.extra.append(informative(evidence_rows(self.number[name], **ends, value=found["v"], bits=bits)))

    def add_hours(self, a: np.ndarray, at: np.ndarray) -> None:
        """The moments of all interactions, from which day–night profiles are compared."""
        self.halves = hour_profile.hour_profiles(a, at, len(self.names), self.limits.habits.hour_profile)

    def add_themes(self, found: themes.ThemeCounts | None) -> None:
        """What every account asks, if it is known, from which common themes are compared."""
        chosen, seed = self.limits.habits.themes, self.limits.seed
        self.tastes = themes.theme_profiles(found, len(self.names), chosen, seed=seed) if found else None

    # --- pairs and what they share -----------------------------------------------------------------

    def candidates(self, also: Sequence[tuple[str, str]] = ()) -> pa.Table:
        """Pairs worth comparing (left, right), in order; raises BudgetError above the limit.

        `also` are pairs that a person wants compared whatever they share.
        """
        bands, most = self.limits.bands, self.limits.max_pairs
        proposed = self.engine.keep(blocking.proposals(self.holders, bands))
        enough = proposed.bits >= bands.min_together
        self._count("pairs proposed with too few bits", proposed.filter(~enough))
        self._count(
            "values whose accounts were joined to their nearest only",
            blocking.partly(self.values, bands),
        )
        self._count("values too common to propose pairs", blocking.unused(self.values, bands))
        more = self.engine.table(self._more(also))
        pairs = self.engine.keep(proposed.filter(enough).select("left", "right").union(more).distinct())
        total = self._rows(pairs)
        self.engine.drop(proposed)
        if total > most:
            raise BudgetError(
                f"{total:,} pairs of accounts are worth comparing, more than max_pairs = {most:,}",
                hint="raise signals.min_propose_bits or signals.max_pairs in linkage.toml",
            )
        return self.engine.collect(pairs, at_most=self.engine.max_rows).sort_by(
            [("left", "ascending"), ("right", "ascending")]
        )

    def _more(self, also: Sequence[tuple[str, str]]) -> pa.Table:
        """Pairs that coincidences, echoes, declared objects or a person propose."""
        number = {name: i for i, name in enumerate(self.names)}
        asked = [sorted((number[x], number[y])) for x, y in also if x in number and y in number]
        least = self.limits.bands.min_together
        told = [t.filter(pc.greater_equal(t["bits"], least)).select(PAIR.names) for t in self.extra]
        named = pa.table({"left": [x for x, _ in asked], "right": [y for _, y in asked]}, PAIR)
        return pa.concat_tables([*told, self.declared, named])

    def evidence(
        self, pairs: pa.Table, needed: Needed | None = None, always: pa.Table = NO_PAIRS
    ) -> pa.Table:
        """What every signal says of each pair: ROWS, in no order.

        With `needed`, only of pairs that can reach it, of those `always` wanted and of declared objects.
        """
        n = len(self.names)
        rest = np.unique(pair_numbers(pa.concat_tables([always, self.declared]), n))
        later = {self.number[name]: most for name, most in self.limits.later.items() if name in self.number}
        wanted = Wanted(needed, later, rest) if needed else None
        found = self._ready().of(np.unique(pair_numbers(pairs, n)), wanted)
        if found.cut:
            self.cut["reasons beyond the strongest of a pair and signal"] = found.cut
        left, right = np.divmod(found.key, n)
        return pa.concat_tables([*found.rows, self._hours(left, right), self._themes(left, right)])

    def _ready(self) -> Reasons:
        if self._reasons is None or self._reasons.others != len(self.extra):
            self._reasons = Reasons(Holdings(self.engine, self.holders, len(self.names)), self.extra)
        return self._reasons

    def rest(self) -> None:
        """Gives back the memory of what answers questions; it is made again when one is asked."""
        self._reasons = None

    def _hours(self, left: np.ndarray, right: np.ndarray) -> pa.Table:
        if self.halves is None:
            return ROWS.empty_table()
        chosen, seed = self.limits.habits.hour_profile, self.limits.seed
        bits = hour_profile.hour_bits(self.halves, left, right, chosen, seed=seed)
        return self._compared("day–night profile", Kind.HOURS, left, right, bits=bits)

    def _themes(self, left: np.ndarray, right: np.ndarray) -> pa.Table:
        if self.tastes is None:
            return ROWS.empty_table()
        bits = themes.theme_bits(self.tastes, left, right)
        return self._compared("common themes", Kind.THEMES, left, right, bits=bits)

    def _compared(
        self, name: str, kind: Kind, left: np.ndarray, right: np.ndarray, *, bits: np.ndarray
    ) -> pa.Table:
        """Rows for those pairs of which a comparison of two accounts says enough."""
        told = np.abs(np.nan_to_num(bits)) >= shared_values.LEAST_BITS
        return evidence_rows(
            self.number[name], kind=kind, left=left[told], right=right[told], bits=bits[told]
        )
