"""From links to groups: communities found and split, with their membership and assessment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.engines import Engine
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.blind_look import better_found, with_found
from linkage.groups.case_evidence import add_case_evidence
from linkage.groups.closer_look import (
    Assessed,
    CloserLook,
    accounts_of,
    replaced_by_parts,
    with_reported,
    worth_a_look,
)
from linkage.groups.declared_units import declared_units
from linkage.groups.grouping import Grouping
from linkage.groups.member_families import rests_on_enough
from linkage.groups.partition import renumber_communities
from linkage.groups.profile_merging import MergedPartition, merge_profiles, unmerged
from linkage.groups.split_by_access import split_by_access
from linkage.groups.split_by_workload import SplitPartition, unsplit
from linkage.groups.stage_traits import trait_index
from linkage.groups.stage_workload import WorkloadQueries
from linkage.groups.verdict_constraints import constrain_assessments, constrain_partition
from linkage.groups.workload import Workloads
from linkage.links.comparison import CONTENT, Comparison, Measures
from linkage.links.constraints import Constraints
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import Rules
from linkage.links.priors import smallest_operator_bits
from linkage.links.stage import Links
from linkage.log import Log
from linkage.observations.stage import Population
from linkage.prompts.known_prompts import KnownPrompts
from linkage.prompts.stage import Prompts
from linkage.settings.program import Settings


@dataclass(frozen=True)
class GroupingInput:
    """What grouping builds on."""

    population: Population
    prompts: Prompts
    known: KnownPrompts
    weighing: Weighing
    links: Links
    constraints: Constraints
    signals: Sequence[Signal]
    rules: Rules

    def measures(self, rule: LinkRule, settings: Settings, *, without: str = "") -> Measures:
        """By what two accounts are compared, whether or not a value proposed it."""
        min_known = settings.groups.workload.min_known_share
        return Comparison(self.weighing, rule, min_known=min_known, without=without).measures


@dataclass(frozen=True)
class FoundCommunities:
    """Communities before they are assessed: as links and profiles make them (`merged`), split by what their
    accounts do, and their work."""

    merged: MergedPartition
    split: SplitPartition
    workloads: Workloads
    grouping: Grouping
    assessor: Assessor
    queries: WorkloadQueries

    def closer(self, given: GroupingInput) -> Grouping:
        """Groups by the links that stand under the prior of the smallest operator."""
        whole, settings = self.grouping, self.assessor.settings
        rule = whole.rule.stricter(smallest_operator_bits(settings, len(given.weighing.names)))
        power = settings.groups.communities.strict_weight_power
        links, by = given.links.under_one_prior(whole.rule.rules), given.measures(rule, settings)
        return Grouping(links, whole.units, rule=rule, by=by, power=power, settings=settings)

    @property
    def count(self) -> int:
        """How many communities links and profiles make."""
        return int(self.merged.labels.max(initial=-1)) + 1


@dataclass(frozen=True)
class Groups:
    """Every community with its assessment, the membership of each account (share of resampled runs in which
    it stays), the work of communities, and who assessed them with what."""

    assessments: list[Assessment]
    membership: Floats
    workloads: Workloads
    split: SplitPartition
    assessor: Assessor


def find_communities(engine: Engine, given: GroupingInput, settings: Settings, log: Log) -> FoundCommunities:
    """Communities in the links; of accounts whose prompts are withheld merged by profile; split by what
    accounts do."""
    chosen, weighing, links = settings.groups, given.weighing, given.links
    units = declared_units(given.population.declarations, weighing.names, chosen.units)
    rule = LinkRule.of(given.rules, weighing.strong, settings.links)
    by, power = given.measures(rule, settings), chosen.communities.weight_power
    grouping = Grouping(links, units, rule=rule, by=by, power=power, settings=settings)
    index = trait_index(engine, given.population, weighing, chosen.tests)
    assessor = Assessor(
        index, links, units, rules=given.rules, strong=weighing.strong, settings=settings, known=given.known
    )
    queries = WorkloadQueries(engine, given.prompts, index, weighing.names, chosen, known=given.known)
    labels = grouping.partition()
    merged = merge_profiles(assessor, labels) if assessor.withheld.any() else unmerged(labels)
    split, workloads = _split(queries, assessor, grouping, merged.labels)
    left = int((split.left & assessor.withheld).sum())
    log.cut("groups", {"accounts that hardly use their group's own ways in": left})
    split, workloads = _constrained(queries, given, split, workloads)
    return FoundCommunities(merged, split, workloads, grouping, assessor, queries)


def _split(
    queries: WorkloadQueries, assessor: Assessor, grouping: Grouping, labels: Ints
) -> tuple[SplitPartition, Workloads]:
    """The partition split by the work of accounts, or by the access of those whose work is not known, without
    those that then hang on to what is left; and the work of its communities."""
    split, workloads = queries.split(labels)
    if assessor.withheld.any():
        less = split_by_access(assessor, split, workloads.of)
        split, workloads = _relabelled(queries, replace(split, left=less.left), workloads, less.labels)
    return _relabelled(queries, split, workloads, grouping.settled(split.labels, labels, left=split.left))


def _relabelled(
    queries: WorkloadQueries, split: SplitPartition, workloads: Workloads, labels: Ints
) -> tuple[SplitPartition, Workloads]:
    """The split with other labels, and the work of its communities."""
    if np.array_equal(labels, split.labels):
        return split, workloads
    queries.drop(workloads)
    split = replace(split, labels=renumber_communities(labels))
    return split, queries.workloads(split)


def _constrained(
    queries: WorkloadQueries, given: GroupingInput, split: SplitPartition, workloads: Workloads
) -> tuple[SplitPartition, Workloads]:
    """The partition with verdicts obeyed, and the work of its communities."""
    labels = constrain_partition(split.labels, given.links.forced, given.constraints, given.weighing.names)
    return _relabelled(queries, split, workloads, labels)


def assess_communities(found: FoundCommunities, given: GroupingInput) -> Groups:
    """The communities with membership and assessment, and with what people decided about groups.

    Those that are not reported are looked at by the prior of the smallest operator. Where prompts of some
    accounts are withheld, communities are looked for without those of the others as well. At last all are
    compared with everybody but the reported.
    """
    assessor, queries = found.assessor, found.queries
    stays = found.merged.membership(found.grouping.membership(found.merged.labels))
    whole, workloads = _assess(found, found.split, found.workloads, stays, np.zeros(len(stays), dtype=bool))
    split, assessments, reported = whole.split, whole.assessments, whole.reported
    look = _look_closer(found, given, whole)
    if look is not None:
        stays = np.where(look.replaced, look.membership, stays)
        reported += look.reported
        queries.drop(workloads)
        split, workloads = _constrained(queries, given, look.split, queries.workloads(look.split))
    blind = _look_blindly(found, given)
    better = better_found(reported, blind.reported) if blind else []
    if blind and better:
        placed = with_found(Assessed(split, reported, stays), better, blind)
        split, reported, stays = placed.split, placed.reported, placed.membership
        queries.drop(workloads)
        split, workloads = _constrained(queries, given, split, queries.workloads(split))
    if reported or look is not None:
        last, workloads = _assess(found, split, workloads, stays, accounts_of(reported, len(stays)))
        split, assessments = last.split, with_reported(last.assessments, reported)
    queries.release()
    assessments = constrain_assessments(assessments, given.constraints, given.weighing.names)
    return Groups(assessments, stays, workloads, split, assessor)


def _assess(
    found: FoundCommunities, split: SplitPartition, workloads: Workloads, stays: Floats, aside: Bools
) -> tuple[Assessed, Workloads]:
    """The assessments, after accounts that rest on too few families, that take no part in the work, or that
    resampled runs hardly ever find there have left each group that would be reported; and the work of what
    is left. Once some have left, others may show. Accounts set `aside` stay: they are reported already."""
    assessor = found.assessor
    for _round in range(assessor.chosen.workload.max_rounds):
        asked = assessor.before_chance(split, workloads.of, stays, aside)
        doubtful = _doubtful(found, asked.assessments, workloads, stays) & ~aside
        labels = np.where(doubtful, -1, split.labels)
        if np.array_equal(labels, split.labels):
            return Assessed(split, assessor.against_chance(asked), stays), workloads
        split, workloads = _relabelled(found.queries, split, workloads, labels)
    return Assessed(split, assessor.assess(split, workloads.of, stays, aside), stays), workloads


def _doubtful(
    found: FoundCommunities, assessments: Sequence[Assessment], workloads: Workloads, stays: Floats
) -> Bools:
    """Who leaves a group that would be reported; whom a person linked stays."""
    assessor, result = found.assessor, np.zeros(len(stays), dtype=bool)
    idle = workloads.without_part(assessor.chosen.workload) & ~assessor.withheld
    for one in assessments:
        if one.reported:
            member = rests_on_enough(assessor, one) & (stays[one.members] >= assessor.chosen.min_membership)
            result[one.members] = ~member | idle[one.members]
    result[[account for pair in assessor.links.forced for account in pair]] = False
    return result


def _look_closer(found: FoundCommunities, given: GroupingInput, whole: Assessed) -> CloserLook | None:
    """The partition with parts in place of the communities that give way to them; None if none does."""
    assessor, strict = found.assessor, found.closer(given)
    asked = worth_a_look(whole, assessor.chosen)
    if not (asked >= 0).any():
        return None
    parts = strict.parts(asked)
    divided, workloads = _split(found.queries, assessor, strict, parts)
    within, workloads = _assess(
        found, divided, workloads, strict.membership(parts), whole.accounts_reported()
    )
    found.queries.drop(workloads)
    return replaced_by_parts(whole, asked, within)


def _look_blindly(found: FoundCommunities, given: GroupingInput) -> Assessed | None:
    """The communities found as if no prompt were known, assessed by all that is; None where none is known, or
    those of hardly any account are withheld."""
    assessor, whole, queries = found.assessor, found.grouping, found.queries
    links = given.links.without_family(CONTENT, whole.rule)
    if not assessor.withheld.any() or links.evidence.num_rows == given.links.evidence.num_rows:
        return None
    nothing = KnownPrompts(given.known.rows, np.zeros_like(given.known.known))
    blind = assessor.on_other_evidence(links, given.rules, nothing)
    grouping = Grouping(
        links,
        whole.units,
        rule=whole.rule,
        by=given.measures(whole.rule, whole.settings, without=CONTENT),
        power=whole.power,
        settings=whole.settings,
    )
    merged = merge_profiles(blind, grouping.partition())
    split = split_by_access(blind, unsplit(merged.labels, assessor.chosen.workload.reseller_share), {})
    labels = renumber_communities(grouping.settled(split.labels, merged.labels, left=split.left))
    stays = merged.membership(grouping.membership(merged.labels))
    split, nobody = replace(split, labels=labels), np.zeros(len(stays), dtype=bool)
    within, workloads = _assess(found, split, queries.workloads(split), stays, nobody)
    queries.drop(workloads)
    return within


def with_case_evidence(groups: Groups, given: GroupingInput) -> Links:
    """The links with the evidence that only the whole case gives."""
    return add_case_evidence(
        groups.assessor,
        groups.assessments,
        groups.membership,
        groups.split,
        signals=given.signals,
        rules=given.rules,
    )
