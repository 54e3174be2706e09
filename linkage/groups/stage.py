"""From links to groups: communities found and split, with their membership and assessment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.engines import Engine
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.groups.assessment import Assessment, Assessor
from linkage.groups.case_evidence import add_case_evidence
from linkage.groups.declared_units import declared_units
from linkage.groups.grouping import Grouping
from linkage.groups.profile_merging import MergedPartition, merge_profiles, unmerged
from linkage.groups.split_by_access import split_by_access
from linkage.groups.split_by_workload import SplitPartition
from linkage.groups.stage_traits import trait_index
from linkage.groups.stage_workload import WorkloadQueries
from linkage.groups.verdict_constraints import constrain_assessments, constrain_partition
from linkage.groups.workload import Workloads
from linkage.links.constraints import Constraints
from linkage.links.link_rule import LinkRule
from linkage.links.log_odds import Rules
from linkage.links.stage import Links
from linkage.log import Log
from linkage.observations.stage import Population
from linkage.prompts.stage import Prompts
from linkage.settings.program import Settings


@dataclass(frozen=True)
class GroupingInput:
    """What grouping builds on."""

    population: Population
    prompts: Prompts
    weighing: Weighing
    links: Links
    constraints: Constraints
    signals: Sequence[Signal]
    rules: Rules


@dataclass(frozen=True)
class FoundCommunities:
    """Communities before they are assessed: as links and profiles make them (`merged`), split by what their
    accounts do, and their work."""

    merged: MergedPartition
    split: SplitPartition
    workloads: Workloads
    grouping: Grouping
    assessor: Assessor

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
    """Communities in the links; where prompts are withheld merged by profile; split by what accounts do."""
    chosen, weighing, links = settings.groups, given.weighing, given.links
    units = declared_units(given.population.declarations, weighing.names, chosen.units)
    rule = LinkRule.of(given.rules, weighing.strong, settings.links)
    grouping = Grouping(links, units, rule=rule, settings=settings)
    index = trait_index(engine, given.population, weighing, chosen.tests)
    assessor = Assessor(index, links, units, rules=given.rules, strong=weighing.strong, settings=settings)
    labels = grouping.partition()
    merged = merge_profiles(assessor, labels) if given.prompts.withheld else unmerged(labels)
    split, workloads = _split(engine, given, assessor, merged.labels, log)
    return FoundCommunities(merged, split, workloads, grouping, assessor)


def _split(
    engine: Engine, given: GroupingInput, assessor: Assessor, labels: Ints, log: Log
) -> tuple[SplitPartition, Workloads]:
    """The partition split by work, or by access where that is not known, with verdicts obeyed; and the
    work of its communities."""
    names, forced = given.weighing.names, given.links.forced
    queries = WorkloadQueries(engine, given.prompts, assessor.index, names, assessor.chosen)
    split, workloads = queries.split(labels)
    if given.prompts.withheld:
        split = split_by_access(assessor, labels)
        log.cut("groups", {"accounts that hardly use their group's own ways in": int(split.left.sum())})
    constrained = constrain_partition(split.labels, forced, given.constraints, names)
    if np.array_equal(constrained, split.labels):
        return split, workloads
    queries.drop(workloads)
    split = replace(split, labels=constrained)
    return split, queries.workloads(split)


def assess_communities(found: FoundCommunities, given: GroupingInput) -> Groups:
    """The communities with membership and assessment, and with what people decided about groups."""
    stays = found.merged.membership(found.grouping.membership(found.merged.labels))
    assessments = found.assessor.assess(found.split, found.workloads.of, stays)
    assessments = constrain_assessments(assessments, given.constraints, given.weighing.names)
    return Groups(assessments, stays, found.workloads, found.split, found.assessor)


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
