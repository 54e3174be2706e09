"""From evidence to groups: scoring, communities, gates, stability, in that order.

Composition only: arrays go from one part of `inference` to the next; the methods are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linkage.evidence.pruning import Needed
from linkage.evidence.stage import NO_PAIRS, Weighing
from linkage.groups import communities, earned_splits, stability
from linkage.groups.belonging import belonging
from linkage.groups.constraints import Constraints
from linkage.groups.declared_units import Units
from linkage.links import log_odds as scoring
from linkage.links.log_odds import Rules, Scored
from linkage.schema import FAMILIES, OTHER
from linkage.settings import Scoring, Settings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


VERDICTS = LINKED, NOT_LINKED = "linked", "not linked"
"""What a person can say of two accounts."""


@dataclass(frozen=True)
class Links:
    """Pairs with their evidence and score: links (marked in `linked`), those on which a person has decided,
    and those that coincide on an object of a declared trait. `compared` counts all that were compared;
    `reasons` are the words of what explains links, once the whole case has been seen."""

    evidence: pa.Table
    scored: Scored
    linked: NDArray[np.bool_]
    forced: dict[tuple[int, int], str]
    families: tuple[str, ...]
    compared: int
    reasons: tuple[str, ...] = ()

    @property
    def told(self) -> NDArray[np.bool_]:
        """Pairs the case tells of: the links, and those on which a person has decided."""
        return self.linked | self.decided(*VERDICTS)

    def decided(self, *verdicts: str) -> NDArray[np.bool_]:
        """Pairs of which a person said one of these."""
        return _decided(self.scored, self.forced, verdicts)

    def by_family(self, rules: Rules, only: NDArray[np.bool_] | None = None) -> Floats:
        """Counted bits of every pair (rows) in every family (columns), of all signals or of `only` these."""
        width = len(self.families)
        signal = self.evidence["signal"].to_numpy().astype(np.int64)
        cells = self.scored.pair * width + rules.family[signal]
        counted = self.scored.counted if only is None else np.where(only[signal], self.scored.counted, 0)
        sums = np.bincount(cells, weights=counted, minlength=len(self.linked) * width)
        result: Floats = sums.reshape(-1, width).astype(np.float64)
        return result

    def values_of(self, family: str, rules: Rules, only: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Pair and value, by place, of each reason that counts, of a family and `only` these signals."""
        signal, value = (self.evidence[name].to_numpy().astype(np.int64) for name in ("signal", "v"))
        own = (rules.family[signal] == self.families.index(family)) & only[signal] & (self.scored.counted > 0)
        return self.scored.pair[own], value[own]


def _decided(
    scored: Scored, forced: dict[tuple[int, int], str], verdicts: Sequence[str]
) -> NDArray[np.bool_]:
    wanted = [pair for pair, verdict in forced.items() if verdict in verdicts]
    left, right = np.array(wanted, dtype=np.int64).reshape(-1, 2).T
    width = int(max(scored.right.max(initial=0), right.max(initial=0))) + 1
    return np.isin(scored.left * width + scored.right, left * width + right)


def family_names(families: Sequence[str]) -> tuple[str, ...]:
    """Every family of this run, the contract's first."""
    return (*FAMILIES, OTHER, *sorted(set(families) - {*FAMILIES, OTHER}))


def family_rules(families: Sequence[str], population: int, settings: Settings) -> Rules:
    """The rules by which the families of this run's signals add up."""
    names = family_names(families)
    chosen = settings.scoring
    return scoring.rules(
        families,
        names,
        prior=scoring.prior_bits(chosen.operator_accounts / max(population, 1)),
        caps={name: chosen.caps.get(name, chosen.caps[OTHER]) for name in names},
        rho={name: chosen.correlation.get(name, chosen.default_correlation) for name in (*names, "")},
    )


def without_prompts(settings: Settings, population: int) -> Settings:
    """The settings where prompts are withheld: pairs are held to a large operator's prior, and all that a
    pair must reach falls by as many bits. What is found must pass the same gates and the same null model."""
    chosen = settings.scoring
    most = max(int(chosen.large_operator_share * population), chosen.operator_accounts)
    accounts = min(max(chosen.withheld_accounts, chosen.operator_accounts), most)
    less = scoring.prior_bits(accounts / max(population, 1)) - scoring.prior_bits(
        chosen.operator_accounts / max(population, 1)
    )
    signals = settings.signals
    return settings.model_copy(
        update={
            "scoring": chosen.model_copy(
                update={
                    "operator_accounts": accounts,
                    "strong_bits": max(round(chosen.strong_bits - less, 6), 0.0),
                }
            ),
            "signals": signals.model_copy(
                update={
                    "min_pair_bits": max(round(signals.min_pair_bits - less, 6), signals.min_propose_bits)
                }
            ),
        }
    )


def is_link(
    rows: pa.Table, scored: Scored, rules: Rules, strong: NDArray[np.bool_], chosen: Scoring
) -> NDArray[np.bool_]:
    """Pairs whose log-odds suffice and whose strong signals would nearly do by themselves.

    Signals that only support (a common client, a week of registration) are what a crowd shares by
    chance; many weak ones together must not make a link.
    """
    signal = rows["signal"].to_numpy().astype(np.int64)
    bits = np.where(strong[signal], rows["bits"].to_numpy(), 0.0)
    counted = scoring.count_families(scored.pair, signal, bits, rules)
    alone, _ = scoring.total(scored.pair, signal, counted, rules=rules, pairs=len(scored.left))
    return (scored.log_odds >= chosen.link_bits) & (alone - rules.prior >= chosen.strong_bits)


def _needed(rules: Rules, strong: NDArray[np.bool_], chosen: Scoring) -> Needed:
    """What makes a link, for the stage that gathers evidence."""
    family = rules.family
    return Needed(
        family,
        rules.caps[family],
        rules.correlation[family],
        strong,
        chosen.link_bits - rules.prior,
        chosen.strong_bits,
    )


def _scored(
    weighing: Weighing, rules: Rules, pairs: pa.Table, needed: Needed, always: pa.Table = NO_PAIRS
) -> tuple[pa.Table, Scored]:
    """The evidence for those of these pairs that may be links, in the order of scoring, and their scores."""
    rows = weighing.evidence(pairs, needed, always)
    rows = rows.take(pa.array(scoring.order(rows, rules)))
    return rows, scoring.score(rows, rules)


def links(weighing: Weighing, rules: Rules, constraints: Constraints, chosen: Scoring) -> Links:
    """Scores every candidate pair; a person's verdict decides where there is one."""
    number = {name: i for i, name in enumerate(weighing.names)}
    verdicts = [(p, LINKED) for p in constraints.linked] + [(p, NOT_LINKED) for p in constraints.not_linked]
    forced = {(number[x], number[y]): v for (x, y), v in verdicts if x in number and y in number}
    pairs = weighing.candidates([p for p, _ in verdicts])
    said_of = np.array(sorted(forced), np.int32).reshape(-1, 2)
    always = pa.table({"left": said_of[:, 0], "right": said_of[:, 1]}, NO_PAIRS.schema)
    needed = _needed(rules, weighing.strong, chosen)
    rows, scored = _scored(weighing, rules, pairs, needed, always)
    scored = scoring.with_pairs(scored, sorted(forced), rules)
    linked = is_link(rows, scored, rules, weighing.strong, chosen)
    linked |= _decided(scored, forced, (LINKED,))
    linked &= ~_decided(scored, forced, (NOT_LINKED,))
    # What else was compared has no further use, and is most of what is in memory.
    kept = linked | _among(scored, len(weighing.names), pa.concat_tables([always, weighing.declared]))
    rows = rows.filter(pa.array(kept[scored.pair]))
    names = family_names([each.family for each in weighing.signals])
    return Links(rows, scoring.only(scored, kept), linked[kept], forced, names, pairs.num_rows)


def _among(scored: Scored, accounts: int, pairs: pa.Table) -> NDArray[np.bool_]:
    """Which of the scored pairs are among these."""
    left, right = (pairs[side].to_numpy().astype(np.int64) for side in ("left", "right"))
    return np.isin(scored.left * accounts + scored.right, left * accounts + right)


class Grouping:
    """Communities of accounts in the links of one run."""

    def __init__(
        self, weighing: Weighing, found: Links, units: Units, rules: Rules, settings: Settings
    ) -> None:
        self.weighing, self.found, self.units, self.rules = weighing, found, units, rules
        self.settings = settings
        self.n = len(weighing.names)

    def _links(self, log_odds: Floats, linked: NDArray[np.bool_]) -> communities.Links:
        """The links with their weight: the bits by which they are more likely than not, and one, to a power."""
        scored, power = self.found.scored, self.settings.grouping.weight_power
        weight = (np.maximum(log_odds[linked] - self.settings.scoring.link_bits, 0) + 1) ** power
        return scored.left[linked], scored.right[linked], weight

    def labels(self) -> Ints:
        """The community of each account (−1: none), with verdicts obeyed and units set beside."""
        chosen, links = self.settings.grouping, self._links(self.found.scored.log_odds, self.found.linked)
        rule = earned_splits.Splitting(
            chosen.min_accounts,
            chosen.resolution,
            chosen.split_beyond,
            chosen.split_loose,
            chosen.rewirings,
            self.settings.seed,
        )
        labels = earned_splits.detected(self.n, links, rule)
        labels = np.where(belonging(labels, links) < chosen.least_belonging, -1, labels)
        return communities.obey(self._with_units(labels), self.found.forced)

    def _with_units(self, labels: Ints) -> Ints:
        """Declared units whose accounts are in no community become communities of their own."""
        scored = self.found.scored
        inside = self.found.linked & self.units.same(scored.left, scored.right)
        free = inside & (labels[scored.left] < 0) & (labels[scored.right] < 0)
        result, base = labels.copy(), int(labels.max(initial=-1)) + 1
        for side in (scored.left[free], scored.right[free]):
            result[side] = base + self.units.unit[side]
        known = result >= 0
        result[known] = communities.renumber(result[known])
        return result

    def membership(self, labels: Ints) -> Floats:
        """For each account, the share of resampled runs that find it with its group again."""
        chosen = self.settings.grouping
        # A pair that is no link on all the evidence is none on less of it.
        scored, rows = self.found.scored, self.found.linked[self.found.scored.pair]
        pair = scored.pair[rows]
        signal, value = (self.found.evidence[c].to_numpy()[rows].astype(np.int64) for c in ("signal", "v"))
        bits = self.found.evidence["bits"].to_numpy()[rows]
        least, forced = self.settings.scoring.link_bits, scored.log_odds < self.settings.scoring.link_bits

        def again(run: int) -> communities.Links:
            kept = stability.kept(value, dropout=chosen.dropout, seed=self.settings.seed, run=run)
            counted = scoring.count_families(pair, signal, np.where(kept, bits, 0.0), self.rules)
            log_odds, _ = scoring.total(pair, signal, counted, rules=self.rules, pairs=len(self.found.linked))
            return self._links(log_odds, self.found.linked & ((log_odds >= least) | forced))

        found = stability.membership(
            labels, again, least=chosen.min_accounts, runs=chosen.resamples, seed=self.settings.seed
        )
        return np.where(self.held_by_declaration(labels), 1.0, found)

    def held_by_declaration(self, labels: Ints) -> NDArray[np.bool_]:
        """Accounts whose whole community is of one declared unit: no value of the evidence holds it together."""
        unit, known = self.units.unit, labels >= 0
        count = int(labels.max(initial=-1)) + 1
        low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, dtype=np.int64)
        np.minimum.at(low, labels[known], unit[known])
        np.maximum.at(high, labels[known], unit[known])
        result: NDArray[np.bool_] = known & np.append((low == high) & (low >= 0), False)[labels]
        return result
