"""The examination of each reported group: what speaks against it, from the arrays of a finished run.

The engine gives first uses, holders and names of values; everything else is arithmetic of this package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from ibis import _

from linkage.arrays import DECIMALS, Floats, Ints
from linkage.engines import Engine
from linkage.evidence.kinds import Kind
from linkage.evidence.rows import value_numbers
from linkage.evidence.stage import Weighing
from linkage.explain import ablation_rows, benign_explanations, member_outliers, strength
from linkage.explain.ablation import GroupEvidence, Rows
from linkage.explain.ablation_rows import ExaminedGroup, Removals
from linkage.explain.findings import FIRM, Examination, Strength, Value
from linkage.explain.outlier_rows import ComparedPopulation, Histories
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.stage import GroupingInput, Groups
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import Rules
from linkage.links.stage import LINKED
from linkage.log import Log
from linkage.observations.stage import Population
from linkage.settings.program import Settings

NOT_YET = Strength(FIRM, ())
"""Stands until everything that decides the strength of a group is known."""


def histories(engine: Engine, population: Population) -> Histories:
    """When each account first acted and first used a card."""
    seen = population.observations
    cards = seen.filter((seen.trait == "fingerprint") & seen.first_at.notnull())
    first = cards.group_by("account").agg(at=cards.first_at.min())
    paid = engine.collect(first, at_most=len(population.names))
    return Histories.of(population.names, population.events, paid)


def examine(
    engine: Engine, groups: Groups, given: GroupingInput, *, settings: Settings, log: Log
) -> dict[int, Examination]:
    """What was found of each reported group of one run, by the number of its first account."""
    past = histories(engine, given.population)
    examiner = Examiner(given.weighing, groups.assessor, past, rules=given.rules, settings=settings, log=log)
    return examiner.examine(groups.assessments, groups.membership)


class Examiner:
    """Examines the reported groups of one run, which `assessor` has assessed; `log` counts what is
    left out."""

    def __init__(
        self,
        weighing: Weighing,
        assessor: Assessor,
        past: Histories,
        *,
        rules: Rules,
        settings: Settings,
        log: Log,
    ) -> None:
        self.weighing, self.assessor, self.past, self.rules = weighing, assessor, past, rules
        self.settings, self.log = settings, log
        self.links, self.names = assessor.links, weighing.names
        evidence = assessor.links.evidence
        self.rule = LinkRule.of(rules, weighing.strong, settings.links)
        self.signal, self.kind = (evidence[c].to_numpy() for c in ("signal", "kind"))
        self.value = value_numbers(evidence)
        self.bits = evidence["bits"].to_numpy()
        self.starts = np.searchsorted(self.links.scored.pair, np.arange(len(self.links.linked) + 1))

    def examine(self, assessments: Sequence[Assessment], stays: Floats) -> dict[int, Examination]:
        """What was found of each reported group, by the number of its first account."""
        reported = [each for each in assessments if each.reported]
        if not reported:
            return {}
        population = ComparedPopulation(
            self.assessor.index,
            self.assessor.units,
            self.past,
            np.concatenate([each.members for each in reported]),
            names=self.names,
            chosen=self.settings.explain.outliers,
            domain_accounts=self.settings.groups.units.domain_accounts,
            seed=self.settings.seed,
        )
        degrees, self.left_out = self._degrees(), 0
        found = [self._examined(each, population, stays, degrees) for each in reported]
        self.log.cut("stability", {"links of large groups that were not taken apart": self.left_out})
        values = self._values(set().union(*(removals.values for _found, removals in found)))
        return {
            int(each.members[0]): self._finished(examination, removals, values)
            for each, (examination, removals) in zip(reported, found, strict=True)
        }

    def _examined(
        self, assessment: Assessment, population: ComparedPopulation, stays: Floats, degrees: Ints
    ) -> tuple[Examination, Removals]:
        """Everything but the sources, whose values are numbers still, and the strength that rests on them."""
        groups, chosen, members = self.settings.groups, self.settings.explain, assessment.members
        group, least = self._group(assessment), groups.min_accounts
        without = ablation_rows.without_families(group, groups)
        rows = group.evidence.rows
        own = rows.kind == Kind.HOURS
        others, hours = member_outliers.other_hours(
            group.evidence.ends, rows.pair[own], rows.bits[own], members
        )
        outliers = [*population.outliers(members), *([others] if others.accounts else [])]
        shared = [ablation_rows.shared_values(group, each, degrees) for each in ("network", "content")]
        figures = population.figures(
            assessment, {each.family: each.remains.share for each in without}, *shared
        )
        core, seed = int((stays[members] >= groups.core).sum()), self.settings.seed
        found = Examination(
            accounts=len(members),
            core=core,
            fringe=len(members) - core,
            stability=round(float(stays[members].mean()), DECIMALS),
            links=group.links,
            links_examined=group.evidence.pairs,
            whole=ablation_rows.whole(group),
            without_family=without,
            sources=(),
            smallest_set=None,
            weakest_cut=ablation_rows.cut(group, self.names, chosen.ablation, groups, seed=seed),
            weakest_member=ablation_rows.weakest_member(group, self.names, stays),
            counter_evidence=ablation_rows.counter_evidence(group, [s.name for s in self.weighing.signals]),
            hours=hours,
            outliers=tuple(each.named(self.names) for each in outliers),
            least_typical=member_outliers.least_typical(outliers, self.names, chosen.outliers),
            agreement=population.agreements(members),
            benign_explanations=tuple(benign_explanations.outcomes(figures, chosen.benign)),
            strength=NOT_YET,
        )
        return found, ablation_rows.removals(group, chosen.ablation, min_accounts=least)

    def _finished(self, found: Examination, removals: Removals, values: Mapping[int, Value]) -> Examination:
        """With the sources by name, and how much the group rests on."""
        least, families = self.settings.groups.min_accounts, self.links.families
        named = [ablation_rows.named(each, families, values, min_accounts=least) for each in removals.alone]
        smallest = removals.smallest
        whole = replace(
            found,
            sources=tuple(named),
            smallest_set=ablation_rows.named(smallest, families, values, min_accounts=least)
            if smallest
            else None,
        )
        chosen = self.settings.explain.strength
        return replace(whole, strength=strength.strength(whole, chosen, min_accounts=least))

    # --- the evidence inside one group -----------------------------------------------------------

    def _group(self, assessment: Assessment) -> ExaminedGroup:
        scored, members = self.links.scored, assessment.members
        place = np.full(len(self.names), -1, dtype=np.int64)
        place[members] = np.arange(len(members))
        inside = self.links.linked & (place[scored.left] >= 0) & (place[scored.right] >= 0)
        every = np.flatnonzero(inside)
        pairs = self._sampled(every)
        width = self.starts[pairs + 1] - self.starts[pairs]
        first = self.starts[pairs] - (np.cumsum(width) - width)
        rows = np.arange(int(width.sum())) + np.repeat(first, width)
        pair = np.repeat(np.arange(len(pairs)), width)
        signal = self.signal[rows].astype(np.int64)
        evidence = GroupEvidence(
            np.stack([place[scored.left[pairs]], place[scored.right[pairs]]]),
            Rows(pair, signal, self.kind[rows], self.value[rows], self.bits[rows]),
            self.assessor.units.unit[members],
            self.links.decided(LINKED)[pairs],
            self.rule.among(members),
        )
        return ExaminedGroup(assessment, evidence, len(every), self.links.families)

    def _sampled(self, pairs: Ints) -> Ints:
        """The pairs, or as many drawn by seed as have `max_evidence_rows` rows of evidence together."""
        rows, most = (
            int((self.starts[pairs + 1] - self.starts[pairs]).sum()),
            self.settings.explain.ablation.max_evidence_rows,
        )
        if rows <= most:
            return pairs
        kept = len(pairs) * most // rows
        self.left_out += len(pairs) - kept
        sample = np.random.default_rng([self.settings.seed, len(pairs)]).choice(pairs, kept, replace=False)
        return np.sort(sample)

    # --- values by name --------------------------------------------------------------------------

    def _degrees(self) -> Ints:
        """How many accounts hold each value, by its number."""
        values = self.weighing.values.select("v", "degree")
        table = self.weighing.engine.collect(values, at_most=self.weighing.engine.max_rows)
        degrees = np.zeros(table.num_rows, dtype=np.int64)
        degrees[table["v"].to_numpy()] = table["degree"].to_numpy()
        return degrees

    def _values(self, numbers: set[int]) -> dict[int, Value]:
        """Trait, value and holders of each of these values."""
        values = self.weighing.values.filter(_.v.isin(sorted(numbers))).select(
            "v", "trait", "value", "degree"
        )
        rows = self.weighing.engine.collect(values, at_most=len(numbers)).to_pylist()
        return {row["v"]: Value(row["trait"], row["value"], row["degree"]) for row in rows}
