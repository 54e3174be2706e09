"""From observations to evidence: every signal asked about every pair worth comparing."""

from collections.abc import Iterator, Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.arrays import DECIMALS, Bools, Floats, Ints, distinct
from linkage.engines import Engine
from linkage.evidence import blocking
from linkage.evidence.holdings import Holdings, informative_holdings
from linkage.evidence.pair_evidence import Reasons, Said, Wanted
from linkage.evidence.pruning import Bound
from linkage.evidence.rows import NO_PAIRS, PAIR, ROWS, evidence_rows, informative, pair_numbers
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage_coincidences import Coincidences, row_count
from linkage.evidence.stage_held import Held, account_names
from linkage.observations import conversations, hour_profile, themes
from linkage.observations.answers import echo_pairs
from linkage.settings.evidence import Evidence
from linkage.settings.observations import Observations as ObservationSettings

HOURS, THEMES = "day–night profile", "common themes"
"""Signals that compare what two accounts usually do."""


class Weighing:
    """One population, ready to be asked what any pair of its accounts has in common.

    `held` is what is known of it: `stage_held.held` makes it, and `Weighing.held` gives it back with what was
    added since. `cut` counts what was left out, by reason.
    """

    def __init__(
        self,
        engine: Engine,
        held: Held,
        *,
        signals: Sequence[Signal],
        chosen: Evidence,
        habits: ObservationSettings,
        seed: int,
    ) -> None:
        self.engine, self.signals, self.seed = engine, tuple(signals), seed
        self.chosen, self.habits = chosen, habits
        self.strong = np.array([each.strong for each in self.signals])
        self.number = {each.name: i for i, each in enumerate(self.signals)}
        self.accounts, self.values, self.holders = held.accounts, held.values, held.holders
        self.names = account_names(engine, self.accounts)
        self.extra, self.declared, self.cut = [*held.extra], held.declared, {**held.cut}
        self.hour_profiles, self.theme_profiles = held.hour_profiles, held.theme_profiles
        self._reasons: Reasons | None = None
        self._hours: hour_profile.LearntHours | None = None

    @property
    def held(self) -> Held:
        """What is known of the population by now."""
        names = ("accounts", "values", "holders", "declared", "hour_profiles", "theme_profiles", "cut")
        return Held(extra=tuple(self.extra), **{name: getattr(self, name) for name in names})

    def _count(self, what: str, rows: ir.Table) -> None:
        self.cut[what] = row_count(self.engine, rows)

    # --- coincidences in time ----------------------------------------------------------------------

    def add_moments(self, moments: ir.Table) -> None:
        """Looks for coincidences on objects (account, trait, value, at): in turn, and together."""
        numbered = self.values.select("trait", "value", "degree", o="v")
        events = moments.left_join(numbered, ["trait", "value"]).drop("trait_right", "value_right")
        usual = (events.degree <= self.chosen.nearest_degree).fill_null(False)
        events = events.filter(usual | events.trait.isin(self.chosen.window_traits))
        order = ibis.window(order_by=["trait", "value", "at", "a"])
        events = events.join(self.accounts, "account").mutate(e=ibis.row_number().over(order))
        kept = self.engine.keep(events.select("a", "o", "at", "trait", "e"))
        on = {name: kept.filter((kept.trait == name) & kept.o.notnull()) for name in ("ip", "template")}
        counting = self._coincidences()
        self.extra.append(counting.in_turn(on["ip"], "rotating address"))
        self.extra.append(counting.in_turn(on["template"], "hand-over"))
        sparse, busy = counting.without_busy_objects(on["template"])
        self.cut["templates too busy for coincidences"] = busy
        self.extra.append(counting.informative_within_window(sparse))
        objects = sorted(set(self.chosen.window_traits))
        often, busy = counting.again(kept.filter(kept.trait.isin(["template", *objects])))
        self.extra.append(often)
        self.cut["objects and widths too busy for common occasions"] = busy
        for name in objects:
            own = kept.filter(kept.trait == name)
            counting.check_load(own, name)
            met = counting.within_window(own)
            self.extra.append(met)
            self.declared = pa.concat_tables([self.declared, met.select(PAIR.names)])
        self.engine.drop(kept)

    def _coincidences(self) -> Coincidences:
        return Coincidences(self.engine, self.chosen, self.number)

    # --- one template's work, divided ----------------------------------------------------------------

    def add_texts(self, asked: ir.Table) -> None:
        """Looks for accounts that use one template and never send the same text (account, template, text_id).

        Only the hash of a text is looked at, so withheld ones serve as well.
        """
        known = self.values.filter(self.values.trait == "template").select(template="value", o="v")
        sent = asked.filter(_.text_id.notnull()).join(known, "template").join(self.accounts, "account")
        found, large = self._coincidences().drained_queues(sent.select("a", "o", x="text_id"))
        self.cut["templates too large to tell a drained queue"] = large
        self.extra.append(found)

    # --- answers passed on, hours of the day -------------------------------------------------------

    def add_echoes(self, interactions: ir.Table) -> None:
        """Looks for answers given to one account and sent on by another that was never given them."""
        known = self.values.filter(self.values.trait == "response").select("value", "degree", "v")
        usual = known.degree <= self.chosen.clique_degree
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
        more = rows["degree"].to_numpy() - 2.0
        rarity = np.full(len(more), np.inf)
        np.divide(max(len(self.names) - 1, 1), more, out=rarity, where=more > 0)
        bits = np.round(np.minimum(np.log2(rarity / 2), self.chosen.echo_bits), DECIMALS)
        self._add("response echo", rows, bits)

    def add_conversations(self) -> None:
        """Looks for accounts that carry on the same conversations, none of them their own."""
        known = self.values.filter(self.values.trait == "context").select("v")
        held = self.holders.semi_join(known, "v").select("a", "v", "degree")
        found = self.engine.collect(
            conversations.shared_conversations(held, len(self.names), self.habits.conversations),
            at_most=self.engine.max_rows,
        )
        self._add("continued conversation", found, found["bits"].to_numpy())

    def _add(self, name: str, found: pa.Table, bits: np.ndarray) -> None:
        ends = {side: found[side] for side in PAIR.names}
        rows = evidence_rows(self.number[name], **ends, value=found["v"], bits=bits)
        self.extra.append(informative(rows, self.chosen.least_bits))

    def add_hours(self, a: np.ndarray, at: np.ndarray) -> None:
        """The moments of all interactions, from which day–night profiles are compared."""
        self.hour_profiles = hour_profile.hour_profiles(a, at, len(self.names), self.habits.hour_profile)
        self._hours = None

    def add_themes(self, found: themes.ThemeCounts | None) -> None:
        """What every account asks, if it is known, from which common themes are compared."""
        chosen = self.habits.themes
        self.theme_profiles = (
            themes.theme_profiles(found, len(self.names), chosen, seed=self.seed) if found else None
        )

    # --- pairs and what they share -----------------------------------------------------------------

    def candidates(self, also: Sequence[tuple[str, str]] = ()) -> pa.Table:
        """Pairs worth comparing (left, right), in order.

        `also` are pairs that a person wants compared whatever they share.
        """
        chosen = self.chosen
        proposed = self.engine.keep(blocking.proposals(self.holders, chosen, self.seed))
        enough = proposed.bits >= chosen.min_pair_bits
        self._count("pairs proposed with too few bits", proposed.filter(~enough))
        self._count(
            "values whose accounts were joined to their nearest only",
            blocking.nearest_only_values(self.values, chosen),
        )
        self._count("values too common to propose pairs", blocking.too_common_values(self.values, chosen))
        more = self.engine.table(self._more(also))
        strongest = self._strongest(proposed.filter(enough))
        pairs = self.engine.collect(strongest.union(more).distinct(), at_most=self.engine.max_rows)
        self.engine.drop(proposed)
        return pairs.sort_by([("left", "ascending"), ("right", "ascending")])

    def _strongest(self, proposed: ir.Table) -> ir.Table:
        """The proposed pairs; of more than may be compared, each account's strongest."""
        most, total = self.chosen.max_pairs, row_count(self.engine, proposed)
        if total <= most:
            return proposed.select("left", "right")
        accounts = row_count(self.engine, blocking.accounts_of(proposed))
        kept = self.engine.keep(blocking.strongest(proposed, max(most // max(accounts, 1), 1), self.seed))
        self.cut["pairs beyond the strongest of either account"] = total - row_count(self.engine, kept)
        return kept

    def _more(self, also: Sequence[tuple[str, str]]) -> pa.Table:
        """Pairs that coincidences, echoes, declared objects or a person propose."""
        number = {name: i for i, name in enumerate(self.names)}
        asked = [sorted((number[x], number[y])) for x, y in also if x in number and y in number]
        least = self.chosen.min_pair_bits
        enough = [t.filter(pc.greater_equal(t["bits"], least)).select(PAIR.names) for t in self.extra]
        named = pa.table({"left": [x for x, _ in asked], "right": [y for _, y in asked]}, PAIR)
        return pa.concat_tables([*enough, self.declared, named])

    def evidence(self, pairs: pa.Table, rule: Bound | None = None, always: pa.Table = NO_PAIRS) -> pa.Table:
        """What every signal says of each pair: ROWS, in no order.

        With a `rule`, only of pairs that could be links by it, of those `always` wanted, of declared objects.
        """
        return pa.concat_tables([ROWS.empty_table(), *self.evidence_pieces(pairs, rule, always)])

    def evidence_pieces(
        self, pairs: pa.Table, rule: Bound | None = None, always: pa.Table = NO_PAIRS
    ) -> Iterator[pa.Table]:
        """The same, some pairs at a time, each with all its rows; the pairs come in order."""
        n = len(self.names)
        rest = np.unique(pair_numbers(pa.concat_tables([always, self.declared]), n))
        wanted = Wanted(rule, self._later(), rest) if rule else None
        found = self._ready().of(distinct(pair_numbers(pairs, n)), wanted)
        if found.cut:
            self.cut["reasons beyond the strongest of a pair and signal"] = found.cut
        compared = self._compared(*np.divmod(found.key, n))
        low = 0
        for key, rows in found.rows():
            high = low + len(key)
            ends = np.divmod(key, n)
            more = [self._telling(number, *ends, bits[low:high]) for number, bits in compared.items()]
            yield pa.concat_tables([rows, *more])
            low = high

    def said(self, key: Ints, signals: Bools, rule: Bound | None = None) -> Said:
        """What the marked signals say of pairs, given by number, each once and in order.

        With a `rule`, only of pairs that could be links by it on these signals. For questions about some
        pairs: it makes no rows.
        """
        wanted = Wanted(rule, self._later(signals), np.empty(0, dtype=np.int64)) if rule else None
        said = self._ready().of_signals(signals).of(key, wanted).said()
        for number, bits in self._compared(*np.divmod(said.key, len(self.names)), signals).items():
            said = said.and_of_pairs(number, bits, self.chosen.least_bits)
        return said

    def _later(self, signals: Bools | None = None) -> dict[int, float]:
        """Signals asked only of pairs that could be links, by number, and the most bits each can give."""
        most = {HOURS: self.habits.hour_profile.max_bits, THEMES: self.habits.themes.max_bits}
        numbers = {self.number[name]: bits for name, bits in most.items() if name in self.number}
        return {at: bits for at, bits in numbers.items() if signals is None or signals[at]}

    def _ready(self) -> Reasons:
        if self._reasons is None or self._reasons.others != len(self.extra):
            least = self.chosen.least_bits
            rows = self.engine.collect(
                informative_holdings(self.holders, least), at_most=self.engine.max_rows
            )
            holdings = Holdings(rows, len(self.names), least_bits=least)
            self._reasons = Reasons(holdings, self.extra, self.chosen)
        return self._reasons

    def release(self) -> None:
        """Gives back the memory of what answers questions; it is made again when one is asked."""
        self._reasons = None

    def _compared(self, left: Ints, right: Ints, signals: Bools | None = None) -> dict[int, Floats]:
        """Bits of each pair by the signals (all, or those marked) that compare what its two accounts usually
        do, by number."""
        found, hours, common = {}, self.hour_profiles, self.theme_profiles
        asked = np.ones(len(self.signals), dtype=bool) if signals is None else signals
        if hours is not None and asked[self.number[HOURS]]:
            # Learnt once: some thousand questions are asked of few pairs.
            habits = self.habits.hour_profile
            learnt = self._hours or hour_profile.learnt_hours(hours, habits, seed=self.seed)
            self._hours = learnt
            found[self.number[HOURS]] = hour_profile.hour_bits(hours, left, right, learnt)
        if common is not None and asked[self.number[THEMES]]:
            found[self.number[THEMES]] = themes.theme_bits(common, left, right)
        return found

    def _telling(self, number: int, left: Ints, right: Ints, bits: Floats) -> pa.Table:
        """Rows for those pairs of which a comparison of two accounts says enough."""
        enough = np.abs(np.nan_to_num(bits)) >= self.chosen.least_bits
        return evidence_rows(
            number, kind=self.signals[number].kind, left=left[enough], right=right[enough], bits=bits[enough]
        )
