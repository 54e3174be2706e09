"""What is known of each community, and what the gates make of it.

Composition only: facts are gathered from observations, tests and rules are in `inference`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _
from numpy.typing import NDArray

from linkage.engine import Engine
from linkage.facts import Population
from linkage.inference import enrich, gates
from linkage.inference.units import CONCEALING, Units
from linkage.resolve import Links
from linkage.settings import Grouping
from linkage.signals.weigh import Weighing

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

TESTED = {
    "funding": "payment",
    "bin": "payment",
    "issuer": "payment",
    "issuing_burst": "payment",
    "payment_country": "payment",
    "asn": "network",
    "prefix": "network",
    "client": "device",
    "user_agent": "device",
    "email_domain": "registration",
    "address_pattern": "registration",
    "referrer": "registration",
    "registration_burst": "registration",
}
"""Traits in which a community is held against comparable accounts, with their families."""

SUBSTANTIAL = 3.0
"""Bits from which a family says something substantial: eight times likelier."""

FAIR_PART = 0.25
"""A family speaks for a community when it speaks in this part of its links."""


@dataclass
class Held:
    """One trait's holders as arrays: account number, value number, count; and the values' names."""

    a: Ints
    value: Ints
    count: Ints
    names: list[str]

    def of(self, members: Ints) -> NDArray[np.bool_]:
        """Rows of these accounts."""
        return np.isin(self.a, members)


@dataclass(frozen=True)
class Known:
    """What all communities are judged by: holders of each trait, and figures per account number."""

    held: dict[str, Held]
    interactions: Ints
    created: Floats
    population: enrich.Population


@dataclass(frozen=True)
class Judged:
    """One community with what sets it apart and what the gates say."""

    members: Ints
    community: gates.Community
    marks: list[enrich.Mark]
    gates: tuple[gates.Gate, ...]
    reason: str
    log_odds: float
    families: tuple[str, ...] = field(default=())

    @property
    def reported(self) -> bool:
        """Whether every gate has passed."""
        return all(gate.passed for gate in self.gates)


def held(engine: Engine, observations: ir.Table, accounts: ir.Table) -> dict[str, Held]:
    """The holders of every trait the communities are judged by, in canonical order."""
    wanted = [*TESTED, "template", "segment", "fingerprint", "organisation", "billing_hash", "country"]
    rows = observations.filter(_.trait.isin(wanted)).join(accounts, "account")
    table = engine.arrow(rows.select("trait", "value", "a", "count").order_by(["trait", "value", "a"]))
    traits = np.array(table["trait"].to_pylist(), dtype=object)
    result = {}
    for name in wanted:
        here = table.filter(pa.array(traits == name)).combine_chunks()
        coded = here["value"].combine_chunks().dictionary_encode() if len(here) else None
        names = coded.dictionary.to_pylist() if coded is not None else []
        codes = coded.indices.to_numpy().astype(np.int64) if coded is not None else np.empty(0, np.int64)
        a, count = (here[c].to_numpy().astype(np.int64) for c in ("a", "count"))
        result[name] = Held(a, codes, count, names)
    return result


def known(engine: Engine, population: Population, weighing: Weighing) -> Known:
    """Gathers holders, activity, opening times and strata (country and third of activity)."""
    traits = held(engine, population.weighable, weighing.accounts)
    country = np.full(len(weighing.names), -1, dtype=np.int64)
    country[traits["country"].a[::-1]] = traits["country"].value[::-1]
    strata = enrich.strata(country, population.interactions)
    return Known(traits, population.interactions, population.created, enrich.Population(strata))


def own_templates(everything: Known, members: Ints, trait: str) -> Ints:
    """Values of a content trait that are the community's own: held by a fifth of it and far rarer outside."""
    rows = everything.held[trait]
    inside = rows.of(members)
    values, counts = np.unique(rows.value[inside], return_counts=True)
    total = np.bincount(rows.value, minlength=len(rows.names))[values]
    outside = (total - counts) / max(len(everything.interactions) - len(members), 1)
    share = counts / len(members)
    own: Ints = values[(counts >= 3) & (share >= 0.2) & (share >= 5 * outside)]
    return own


def workload(everything: Known, members: Ints) -> float | None:
    """Share of the community's prompts that lie in templates or sentences of its own; None without prompts."""
    total = int(everything.interactions[members].sum())
    if not total or not len(everything.held["template"].a):
        return None
    template, segment = everything.held["template"], everything.held["segment"]
    rows = template.of(members) & np.isin(template.value, own_templates(everything, members, "template"))
    by_template = template.count[rows].sum() / total
    rows = segment.of(members) & np.isin(segment.value, own_templates(everything, members, "segment"))
    most = np.zeros(len(everything.interactions), dtype=np.int64)
    np.maximum.at(most, segment.a[rows], segment.count[rows])
    return min(float(max(by_template, most[members].sum() / total)), 1.0)


def _share(everything: Known, members: Ints, trait: str, values: Ints | None = None) -> float:
    """Share of members holding the commonest value of a trait, or any of the given values."""
    rows = everything.held[trait]
    inside = rows.of(members)
    if values is not None:
        return len(np.unique(rows.a[inside & np.isin(rows.value, values)])) / len(members)
    counts = np.unique(rows.value[inside], return_counts=True)[1]
    return int(counts.max(initial=0)) / len(members)


@dataclass(frozen=True)
class Inside:
    """The links inside one community: their log-odds, and counted bits by family (columns as `names`)."""

    log_odds: Floats
    bits: Floats
    names: tuple[str, ...]
    link_bits: float

    def without(self, family: int) -> float:
        """Share of the links that remain links when a family is left out."""
        return float((self.log_odds - self.bits[:, family] >= self.link_bits).mean())

    def speaking(self) -> frozenset[str]:
        """Families that say something substantial in a fair part of the links."""
        part = (self.bits >= SUBSTANTIAL).mean(axis=0) if len(self.bits) else np.zeros(len(self.names))
        return frozenset(name for name, share in zip(self.names, part, strict=True) if share >= FAIR_PART)

    def needed(self) -> frozenset[str]:
        """Families without which most of the links would be none: the community was found by them."""
        if not len(self.bits):
            return frozenset()
        return frozenset(n for i, n in enumerate(self.names) if self.without(i) < 0.5)


def _values_each(everything: Known, members: Ints, trait: str) -> float:
    """Different values of a trait for each member that has one."""
    rows = everything.held[trait]
    inside = rows.of(members)
    return len(np.unique(rows.value[inside])) / max(len(np.unique(rows.a[inside])), 1)


def describe(
    everything: Known,
    inside: Inside,
    units: Units,
    *,
    members: Ints,
    marks: list[enrich.Mark],
    verbatim: float,
) -> gates.Community:
    """The figures that the gates look at."""
    funding = everything.held["funding"]
    hidden = np.array([i for i, name in enumerate(funding.names) if name in CONCEALING], dtype=np.int64)
    unit, counts = np.unique(units.unit[members], return_counts=True)
    declared = unit >= 0
    most = int(np.argmax(np.where(declared, counts, 0)))
    return gates.Community(
        accounts=len(members),
        pair_families=inside.speaking(),
        group_families=frozenset(mark.family for mark in marks),
        needed=inside.needed(),
        unit_share=float(counts[most] / len(members)) if declared.any() else 0.0,
        unit=units.reason[unit[most]] if declared.any() else "",
        one_card=_share(everything, members, "fingerprint"),
        one_place=_share(everything, members, "prefix"),
        cards=_values_each(everything, members, "fingerprint"),
        workload=workload(everything, members),
        verbatim=verbatim,
        concealing=_share(everything, members, "funding", hidden) >= 0.5,
        one_referrer=any(mark.trait == "referrer" for mark in marks),
    )


def copies(
    engine: Engine, asked: ir.Table | None, everything: Known, labels: Ints, names: list[str]
) -> dict[int, float]:
    """For each community, the share of prompts in its own templates that several of its accounts sent
    letter for letter."""
    if asked is None:
        return {}
    templates = everything.held["template"].names
    own = [
        {"label": number, "template": templates[t]}
        for number, members in partition(labels).items()
        if len(members) >= 3
        for t in own_templates(everything, members, "template")
    ]
    if not own:
        return {}
    inside = np.flatnonzero(labels >= 0)
    who = pa.table({"account": [names[i] for i in inside], "label": labels[inside]})
    mine = asked.join(engine.table(who), "account").join(
        engine.table(pa.Table.from_pylist(own)), ["label", "template"]
    )
    texts = mine.group_by("label", "text_id").agg(n=_.count(), who=_.account.nunique())
    copied = texts.mutate(copied=ibis.ifelse(texts.who > 1, texts.n, 0))
    sums = copied.group_by("label").agg(copied=_.copied.sum(), all=_.n.sum())
    return {row["label"]: row["copied"] / row["all"] for row in engine.arrow(sums).to_pylist()}


def partition(labels: Ints) -> dict[int, Ints]:
    """The members of each community, by its number."""
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(int(labels.max(initial=-1)) + 2))
    return {i: order[low:high] for i, (low, high) in enumerate(zip(bounds[:-1], bounds[1:], strict=True))}


def judge(
    everything: Known,
    links: Links,
    units: Units,
    *,
    labels: Ints,
    copies: Mapping[int, float],
    bits: Floats,
    link_bits: float,
    rules: Grouping,
) -> list[Judged]:
    """Every community with what sets it apart, the gates' outcome and, where it did not pass, the reason."""
    members = partition(labels)
    large = {i: m for i, m in members.items() if len(m) >= rules.min_accounts}
    traits = {
        name: enrich.Trait(
            family, everything.held[name].a, everything.held[name].value, everything.held[name].names
        )
        for name, family in TESTED.items()
    }
    marks = enrich.marks(large, traits, everything.created, everything.population, rate=rules.false_discovery)
    best = np.full(len(labels), -np.inf)
    internal = np.flatnonzero(links.linked & (labels[links.scored.left] == labels[links.scored.right]))
    internal = internal[labels[links.scored.left[internal]] >= 0]
    for side in (links.scored.left, links.scored.right):
        np.maximum.at(best, side[internal], links.scored.log_odds[internal])
    home = labels[links.scored.left[internal]]
    by_home = internal[np.argsort(home, kind="stable")]
    edges = np.searchsorted(np.sort(home), np.arange(len(members) + 1))
    result = []
    for number, who in members.items():
        rows = by_home[edges[number] : edges[number + 1]]
        inside = Inside(links.scored.log_odds[rows], bits[rows], links.families, link_bits)
        result.append(
            _judged(
                everything, inside, units, who, marks.get(number, []), copies.get(number, 0.0), best, rules
            )
        )
    return result


def _judged(everything, inside, units, who, found, verbatim, best, rules) -> Judged:
    community = describe(everything, inside, units, members=who, marks=found, verbatim=verbatim)
    outcome = gates.gates(community, min_accounts=rules.min_accounts, min_families=rules.min_families)
    strength = best[who][np.isfinite(best[who])]
    return Judged(
        who,
        community,
        found,
        outcome,
        gates.explanation(community, outcome),
        float(np.round(np.median(strength), 6)) if len(strength) else 0.0,
        tuple(sorted(gates.standing(community))),
    )
