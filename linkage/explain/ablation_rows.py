"""How little would take a group apart: families and values left out, the weakest cut, the weakest member.

The arithmetic is in `ablation` and `weakest_cut`; the gates are asked again about what remains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from linkage.arrays import DECIMALS, MICRO, Bools, Floats, Ints
from linkage.explain import weakest_cut
from linkage.explain.ablation import GroupEvidence, Removal, remove_each, smallest_set
from linkage.explain.benign_explanations import SharedValues
from linkage.explain.findings import (
    CounterEvidence,
    FamilyAblation,
    Remains,
    Source,
    SourceAblation,
    Value,
    WeakestCut,
    WeakestMember,
)
from linkage.explain.member_outliers import EXAMPLES
from linkage.groups import gates
from linkage.groups.assessment import Assessment
from linkage.groups.community_facts import InnerLinks
from linkage.groups.features import Features
from linkage.groups.profile import CommunityProfile
from linkage.settings.explain import Ablation
from linkage.settings.groups import Groups as GroupsSettings

LISTED_SOURCES = 6
"""Sources listed: those whose loss does most."""

LISTED_VALUES = 3
"""Values listed of one source; the rest are counted."""


@dataclass(frozen=True)
class ExaminedGroup:
    """One group: its community and the evidence inside it, whose columns `families` names.

    `links` are all links inside the group; the evidence may be that of a sample.
    """

    assessment: Assessment
    evidence: GroupEvidence
    links: int
    families: tuple[str, ...]


def whole(group: ExaminedGroup) -> Remains:
    """The group as it is."""
    return group.evidence.remains(np.ones(group.evidence.pairs, dtype=bool))


def without_families(group: ExaminedGroup, chosen: GroupsSettings) -> tuple[FamilyAblation, ...]:
    """What remains when each family with any bits is left out, and which gates it would fail then."""
    found = []
    for family, name in enumerate(group.families):
        if group.evidence.bits[:, family].any():
            standing = group.evidence.without_family(family)
            remains = group.evidence.remains(standing)
            failed = _failed(_without(group, family, standing, remains.accounts, chosen), chosen)
            found.append(FamilyAblation(name, remains, failed))
    return tuple(found)


def _without(
    group: ExaminedGroup, family: int, standing: Bools, accounts: int, chosen: GroupsSettings
) -> CommunityProfile:
    """What the gates would look at if nothing of this family were known.

    What would excuse the group (one card, one place, one unit) is not forgotten with its family.
    """
    name, known, inside = group.families[family], group.assessment.profile, group.evidence
    counted = inside.across & standing
    bits, strong = inside.bits[counted].copy(), inside.strong[counted].copy()
    bits[:, family] = strong[:, family] = 0.0
    log_odds = inside.log_odds[counted] - inside.bits[counted, family]
    left = InnerLinks(log_odds, bits, strong, group.families, inside.rule.link_bits, chosen.profiles)
    return replace(
        known,
        accounts=accounts,
        pair_families=left.families(),
        group_families=known.group_families - {name},
        certain_families=known.certain_families - {name},
        # Cards and numbers make one chain: without the ones the others may not hold together.
        chain_families=frozenset() if name in known.chain_families else known.chain_families,
        needed_families=left.needed_families() - {name},
        cards=0.0 if name == "payment" else known.cards,
        concealing=known.concealing and name != "payment",
        workload=None if name == "content" else known.workload,
        features=_features_without(known, name),
    )


def _features_without(known: CommunityProfile, family: str) -> Features:
    left = known.features.without(family)
    return replace(left, chained=None) if family in known.chain_families else left


def _failed(without: CommunityProfile, chosen: GroupsSettings) -> tuple[str, ...]:
    outcome = gates.apply_gates(without, chosen)
    return tuple(gate.name for gate in outcome if not gate.passed)


# --- sources of evidence -------------------------------------------------------------------------


@dataclass(frozen=True)
class Removals:
    """The listed sources, each left out alone, and the smallest set found; values are numbers still."""

    alone: tuple[Removal, ...]
    smallest: Removal | None

    @property
    def values(self) -> set[int]:
        """Numbers of the values that are listed by name."""
        every = (*self.alone, self.smallest) if self.smallest else self.alone
        return {
            v for each in every for source in each.sources for v in source.values[:LISTED_VALUES].tolist()
        }


def removals(group: ExaminedGroup, chosen: Ablation, *, min_accounts: int) -> Removals:
    """What is left of the group without its sources of evidence."""
    alone = remove_each(group.evidence, group.evidence.sources(chosen))
    smallest = smallest_set(group.evidence, alone, chosen, min_accounts=min_accounts)
    return Removals(tuple(alone[:LISTED_SOURCES]), smallest)


def named(
    removal: Removal, families: Sequence[str], values: Mapping[int, Value], *, min_accounts: int
) -> SourceAblation:
    """A removal with the names of families and values; `values` are by number."""
    sources = tuple(
        Source(
            family=families[each.family],
            values=tuple(values[v] for v in each.values[:LISTED_VALUES].tolist()),
            more=max(len(each.values) - LISTED_VALUES, 0),
            accounts=each.accounts,
            bits=each.bits,
        )
        for each in removal.sources
    )
    return SourceAblation(sources, removal.remains, removal.remains.falls_apart(min_accounts))


# --- cut, member, counter-evidence ---------------------------------------------------------------


def cut(
    group: ExaminedGroup, names: Sequence[str], chosen: Ablation, groups: GroupsSettings, *, seed: int
) -> WeakestCut | None:
    """The two sides the group would come apart into; None where there are no two of a group's
    accounts."""
    found = weakest_cut.cut(group.evidence, groups, seed=seed)
    if found is None:
        return None
    smaller = group.assessment.members[found.side == 1][:EXAMPLES]
    return WeakestCut(
        sizes=found.sizes,
        links=found.links,
        expected=found.expected,
        ratio=round(found.ratio, DECIMALS),
        thin=found.ratio < chosen.thin_cut_ratio,
        smaller_side=tuple(names[i] for i in smaller),
    )


def weakest_member(group: ExaminedGroup, names: Sequence[str], stays: Floats) -> WeakestMember:
    """The account with fewest links; `stays` is the membership of every account of the population."""
    found = weakest_cut.weakest(group.evidence)
    account = int(group.assessment.members[found.account])
    return WeakestMember(
        account=names[account],
        links=found.links,
        median_links=found.median,
        strongest_bits=round(found.strongest, DECIMALS) if np.isfinite(found.strongest) else None,
        membership=round(float(stays[account]), DECIMALS),
    )


def counter_evidence(group: ExaminedGroup, signals: Sequence[str]) -> tuple[CounterEvidence, ...]:
    """Each signal that speaks against any link: how many, its bits in all, and the most on one link."""
    inside, found = group.evidence, []
    against = inside.counted < 0
    for signal in np.unique(inside.rows.signal[against]).tolist():
        own = against & (inside.rows.signal == signal)
        bits = round(float(np.rint(inside.counted[own] * MICRO).sum()) / MICRO, DECIMALS)
        links = len(np.unique(inside.rows.pair[own]))
        found.append(CounterEvidence(signals[signal], links, bits, float(inside.counted[own].min())))
    return tuple(found)


def shared_values(group: ExaminedGroup, family: str, degrees: Ints) -> SharedValues:
    """Of the values of a family that links rest on: how many, and the median share of their holders outside,
    each value with the weight of its bits. `degrees` counts holders by value."""
    inside = group.evidence
    of_family = (inside.family == group.families.index(family)) & inside.rows.on_values
    rows = np.flatnonzero(of_family & (inside.counted > 0))
    if not len(rows):
        return SharedValues(0, None)
    values, place = np.unique(inside.rows.value[rows], return_inverse=True)
    weight = np.bincount(place, weights=np.rint(inside.counted[rows] * MICRO))
    holds = inside.holders(rows, place, len(values))
    outside = 1 - np.minimum(holds.sum(axis=1) / np.maximum(degrees[values], 1), 1.0)
    order = np.lexsort((values, outside))
    middle = int(np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2))
    return SharedValues(len(values), round(float(outside[order][middle]), DECIMALS))
