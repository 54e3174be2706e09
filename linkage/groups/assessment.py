"""Communities and what the gates make of them.

Composition only: facts come from `holders`, tests and rules are in `inference`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage.groups import enrichment, gates, households, null_model, stories
from linkage.groups.community import SINGLE, Customers, Inside, describe, features, single
from linkage.groups.declared_units import PUBLIC_DOMAINS, Units
from linkage.groups.features import Features
from linkage.groups.registration_windows import Registrations
from linkage.groups.split_by_workload import Parts, Work
from linkage.groups.stage import Links
from linkage.groups.trait_index import TESTED, Known, partition
from linkage.groups.trait_tests import Communities, Tested, Trait
from linkage.links.log_odds import Rules
from linkage.settings import Settings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """One community with what sets it apart and what the gates say."""

    members: Ints
    community: gates.Community
    marks: list[enrichment.Mark]
    gates: tuple[gates.Gate, ...]
    reason: str
    log_odds: float
    families: tuple[str, ...]
    bits: Mapping[str, float] = field(default_factory=dict)
    features: Features | None = None
    q_value: float = 1.0
    infrastructure: str = "unknown"
    dismissed: bool = False
    confirmed: bool = False
    examined: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reported(self) -> bool:
        """Whether every gate has passed, or a person confirmed the group, and none has dismissed it."""
        return not self.dismissed and (self.confirmed or all(gate.passed for gate in self.gates))

    @property
    def story(self) -> str:
        """The innocent story that stands up best; empty where stories were not asked."""
        return stories.best_innocent(self.bits)[0] if self.bits else ""

    @property
    def favours(self) -> float:
        """Bits for one operator over that story."""
        return stories.best_innocent(self.bits)[1] if self.bits else 0.0

    @property
    def unresolved(self) -> bool:
        """Whether all but the stories say one operator, and he leads them, though not by the margin."""
        failed = {gate.name for gate in self.gates if not gate.passed}
        return not self.reported and not self.dismissed and failed == {gates.LEADS} and self.favours > 0

    @property
    def table(self) -> str:
        """The table of the case that lists its accounts."""
        return "groups" if self.reported else "unresolved" if self.unresolved else "explained"

    @property
    def settles(self) -> str:
        """What would decide between one operator and the innocent story that stands up best."""
        return stories.settles(self.features, self.story) if self.features and self.story else ""


@dataclass(frozen=True)
class Marked:
    """The communities of a partition: their members, what they were tested in, which were large enough to
    be, the outcomes, and of each what sets it apart."""

    members: dict[int, Ints]
    facts: enrichment.Facts
    who: Communities
    large: Ints
    tested: Mapping[str, Tested]
    marks: dict[int, list[enrichment.Mark]]


class Judge:
    """Judges the communities of one run: what sets them apart, what the gates say, and why."""

    def __init__(
        self,
        everything: Known,
        links: Links,
        units: Units,
        *,
        rules: Rules,
        strong: NDArray[np.bool_],
        settings: Settings,
    ) -> None:
        self.everything, self.links, self.units, self.settings = everything, links, units, settings
        self.chosen = settings.grouping
        self.link_bits = settings.scoring.link_bits
        self.bits = links.by_family(rules)
        self.strong = links.by_family(rules, strong)
        paid, named = everything.held["fingerprint"], everything.held["billing_hash"]
        card, name = (
            households.shared_most(each.a, each.value, each.count, len(units.unit)) for each in (paid, named)
        )
        self.customers = Customers(units, card, households.purses(card, name))
        self.identifiers = {family: links.values_of(family, rules, strong) for family in SINGLE}
        scored, block = links.scored, households.with_units(self.customers.purse, units.unit)
        self.across = links.linked & (block[scored.left] != block[scored.right])

    def communities(self, parts: Parts, work: Mapping[int, Work], stays: Floats) -> list[Judged]:
        """Every community of the partition, in the order of its number."""
        labels = parts.labels
        found_by = self.marked(labels)
        members, marks = found_by.members, found_by.marks
        best = self._best(labels)
        rows = self._inside(labels, len(members))
        result, needed = [], {}
        for number, accounts in members.items():
            inside = Inside(
                self.links.scored.log_odds[rows[number]],
                self.bits[rows[number]],
                self._identifying(rows[number]),
                self.links.families,
                self.link_bits,
            )
            found = marks.get(number, [])
            community = describe(
                self.everything,
                self.facts,
                inside,
                self.customers,
                members=accounts,
                marks=found,
                work=work.get(number),
            )
            community = replace(community, stability=float(stays[accounts].mean()))
            needed[number] = community.needed
            told = features(self.everything, accounts, community, found, work.get(number)) if work else None
            one = self._judged(accounts, community, found, best[accounts], told)
            result.append(replace(one, infrastructure=parts.infrastructure(accounts)))
        first = self._beyond_chance(result, found_by, needed)
        return self._beside_operators(first, found_by, work) if work else first

    def _beside_operators(
        self, judged: list[Judged], found_by: Marked, work: Mapping[int, Work]
    ) -> list[Judged]:
        """The communities that are not reported, held against everybody but the operators found.

        Beside one with a quarter of all accounts, whoever is not his differs from the rest in kind of card.
        """
        gone = np.zeros(found_by.facts.population.strata.shape, dtype=bool)
        for each in judged:
            gone[each.members] = each.reported
        if not gone.any():
            return judged
        who = replace(found_by.who, labels=np.where(gone, -1, found_by.who.labels))
        facts = found_by.facts.without(gone)
        tested = {name: facts.test(name, who) for name in sorted(facts.families())}
        marks = self._marks(facts, tested, max(len(np.unique(who.labels)) - 1, 1))
        return [
            each if each.reported else self._again(each, marks.get(number, []), work.get(number))
            for number, each in enumerate(judged)
        ]

    def _again(self, one: Judged, marks: list[enrichment.Mark], work: Work | None) -> Judged:
        told = features(self.everything, one.members, one.community, marks, work)
        bits = stories.log_odds(told)
        chance = [gate for gate in one.gates if gate.name == gates.CHANCE]
        outcome = (*self._gates(one.community, bits), *chance)
        again = replace(one, marks=marks, bits=bits, features=told, gates=outcome)
        return replace(again, reason=gates.explanation(one.community, outcome, again.story))

    def marked(self, labels: Ints) -> Marked:
        """What sets the communities of a partition apart."""
        members = partition(labels)
        facts, who = self.facts, self._tested(labels, members)
        tested = {name: facts.test(name, who) for name in sorted(facts.families())}
        large = np.unique(who.labels[who.labels >= 0])
        return Marked(members, facts, who, large, tested, self._marks(facts, tested, len(large)))

    def linked_to(self, some: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which accounts are linked to any of these."""
        (left, right), result = self.linked_pairs, np.zeros(len(some), dtype=bool)
        result[left[some[right]]] = True
        result[right[some[left]]] = True
        return result

    @property
    def linked_pairs(self) -> tuple[Ints, Ints]:
        """The two accounts of every link."""
        return self.links.scored.left[self.links.linked], self.links.scored.right[self.links.linked]

    def one_unit(self, members: Ints) -> bool:
        """Whether most of these accounts openly belong together."""
        counts = np.bincount(self.customers.units.unit[members] + 1)[1:]
        return bool(counts.max(initial=0) >= gates.IN_ONE_UNIT * len(members))

    @cached_property
    def facts(self) -> enrichment.Facts:
        """What communities are tested in.

        Whether an account came in a burst is known of all that paid, or whose opening is known. Held against
        those in any burst alone, three cards of one burst would set a campus apart.
        """
        known, held = self.everything, self.everything.held
        among = {
            "issuing_burst": held["bin"].a,
            "registration_burst": np.flatnonzero(~np.isnan(known.created)),
        }
        traits = {
            name: Trait(family, held[name].a, held[name].value, held[name].names, among.get(name))
            for name, family in TESTED.items()
        }
        return enrichment.Facts(traits, Registrations(known.created, known.population), known.population)

    def _tested(self, labels: Ints, members: Mapping[int, Ints]) -> Communities:
        """The communities large enough to be tested; how cards were got is counted once for each card.

        All else is counted once for each customer; in a community that is one customer, for each card.
        """
        unit, purse = self.customers.units.unit, self.customers.purse
        large, one_unit = np.full(len(labels), -1, dtype=np.int64), np.zeros(len(labels), dtype=bool)
        for number, who in members.items():
            if len(who) >= self.chosen.min_accounts:
                large[who] = number
                one_unit[who] = self.one_unit(who)
        block = households.with_units(purse, np.where(one_unit, -1, unit))
        return Communities(
            large, {"": households.weights(large, block), "payment": households.weights(large, purse)}
        )

    def _marks(
        self, facts: enrichment.Facts, tested: Mapping[str, Tested], groups: int
    ) -> dict[int, list[enrichment.Mark]]:
        found = enrichment.marks(facts, tested, groups=groups, rate=self.chosen.false_discovery)
        # That many have their mail with one large provider is no mark of anything.
        return {i: [m for m in some if m.value.lower() not in PUBLIC_DOMAINS] for i, some in found.items()}

    def _beyond_chance(
        self,
        judged: list[Judged],
        marked: Marked,
        needed: Mapping[int, frozenset[str]],
    ) -> list[Judged]:
        """Held against redrawn populations: what chance brings about is not reported."""
        facts, question = marked.facts, null_model.Question(marked.who, marked.large, needed)
        eligible = np.array([judged[number].reported for number in question.tested.tolist()], dtype=bool)
        drawn = null_model.redrawn(facts, question, runs=self.chosen.null_runs, seed=self.settings.seed)
        real = null_model.scores(facts, marked.tested, question)
        q_values = null_model.q_values(real, drawn, eligible)
        result = list(judged)
        for number, q_value in zip(question.tested.tolist(), q_values.tolist(), strict=True):
            gate = gates.beyond_chance(q_value, self.chosen.max_q, runs=self.chosen.null_runs)
            one = replace(judged[number], gates=(*judged[number].gates, gate), q_value=q_value)
            result[number] = replace(one, reason=gates.explanation(one.community, one.gates, one.story))
        return result

    def _best(self, labels: Ints) -> Floats:
        """Log-odds of each account's strongest link inside its community; −∞ where it has none."""
        scored = self.links.scored
        inside = self.links.linked & (labels[scored.left] == labels[scored.right])
        best = np.full(len(labels), -np.inf)
        for side in (scored.left, scored.right):
            np.maximum.at(best, side[inside], scored.log_odds[inside])
        return best

    def _inside(self, labels: Ints, count: int) -> list[Ints]:
        """Numbers of the links inside each community: those across declared units, or, where there are
        none, all. What a family shares at home says nothing of the group it was found in."""
        across, every = (self._rows(labels, chosen, count) for chosen in (self.across, self.links.linked))
        return [some if len(some) else rest for some, rest in zip(across, every, strict=True)]

    def _identifying(self, links: Ints) -> Floats:
        """Bits of these links' identifying signals; what strangers may quote, or one household gives,
        identifies no hand."""
        strong = self.strong[links]
        for family, (pair, value) in self.identifiers.items():
            bits = strong[:, self.links.families.index(family)]
            if bits.any() and single(value[np.isin(pair, links)]):
                bits[:] = 0.0
        return strong

    def _rows(self, labels: Ints, chosen: NDArray[np.bool_], count: int) -> list[Ints]:
        scored = self.links.scored
        home = labels[scored.left]
        inside = np.flatnonzero(chosen & (home == labels[scored.right]) & (home >= 0))
        ordered = inside[np.argsort(home[inside], kind="stable")]
        return np.split(ordered, np.searchsorted(home[ordered], np.arange(1, count)))

    def _judged(
        self,
        who: Ints,
        community: gates.Community,
        found: list[enrichment.Mark],
        best: Floats,
        told: Features | None,
    ) -> Judged:
        bits = stories.log_odds(told) if told else {}
        outcome = self._gates(community, bits)
        strength = best[np.isfinite(best)]
        one = Judged(
            who,
            community,
            found,
            outcome,
            "",
            float(np.round(np.median(strength), 6)) if len(strength) else 0.0,
            tuple(sorted(gates.standing(community))),
            bits,
            told,
        )
        return replace(one, reason=gates.explanation(community, outcome, one.story))

    def _gates(self, community: gates.Community, bits: Mapping[str, float]) -> tuple[gates.Gate, ...]:
        chosen = self.chosen
        if not bits:
            return gates.gates(
                community,
                min_accounts=chosen.min_accounts,
                min_families=chosen.min_families,
                min_stability=chosen.fringe,
            )
        least = chosen.min_accounts, chosen.min_families, chosen.fringe
        return gates.told(community, bits, least=least, margin=chosen.margin_bits)
