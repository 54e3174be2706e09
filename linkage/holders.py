"""Who holds what, as arrays: the facts by which communities are judged, and what their accounts ask.

Composition only: facts come from the engine; rules and tests are in `inference`.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _
from numpy.typing import NDArray

from linkage.asked import Prompts
from linkage.engine import Engine
from linkage.facts import Population
from linkage.inference import enrich
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


@dataclass
class Held:
    """One trait's holders as arrays: account number, value number, count; and the values' names."""

    a: Ints
    value: Ints
    count: Ints
    names: list[str]

    @cached_property
    def _by_account(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.a, kind="stable")
        return order, self.a[order]

    @cached_property
    def totals(self) -> Ints:
        """How many accounts hold each value."""
        return np.bincount(self.value, minlength=len(self.names))

    def of(self, members: Ints) -> Ints:
        """Places of the rows of these accounts."""
        order, a = self._by_account
        low, high = (np.searchsorted(a, members, side) for side in ("left", "right"))
        width = high - low
        at = np.arange(int(width.sum())) + np.repeat(low - (np.cumsum(width) - width), width)
        rows: Ints = order[at]
        return rows


@dataclass(frozen=True)
class Known:
    """What all communities are judged by: holders of each trait, and figures per account number."""

    held: dict[str, Held]
    interactions: Ints
    created: Floats
    population: enrich.Population


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


def own_values(everything: Known, members: Ints, trait: str) -> Ints:
    """Values of a content trait that are the community's own: held by a fifth of it and far rarer outside."""
    rows = everything.held[trait]
    inside = rows.of(members)
    values, counts = np.unique(rows.value[inside], return_counts=True)
    total = rows.totals[values]
    outside = (total - counts) / max(len(everything.interactions) - len(members), 1)
    share = counts / len(members)
    own: Ints = values[(counts >= 3) & (share >= 0.2) & (share >= 5 * outside)]
    return own


def share(everything: Known, members: Ints, trait: str, values: Ints | None = None) -> float:
    """Share of members holding the commonest value of a trait, or any of the given values."""
    rows = everything.held[trait]
    inside = rows.of(members)
    if values is not None:
        return len(np.unique(rows.a[inside[np.isin(rows.value[inside], values)]])) / len(members)
    counts = np.unique(rows.value[inside], return_counts=True)[1]
    return int(counts.max(initial=0)) / len(members)


def values_each(everything: Known, members: Ints, trait: str) -> float:
    """Different values of a trait for each member that has one."""
    rows = everything.held[trait]
    inside = rows.of(members)
    return len(np.unique(rows.value[inside])) / max(len(np.unique(rows.a[inside])), 1)


def partition(labels: Ints) -> dict[int, Ints]:
    """The members of each community, by its number."""
    order = np.argsort(labels, kind="stable")
    bounds = np.searchsorted(labels[order], np.arange(int(labels.max(initial=-1)) + 2))
    return {i: order[low:high] for i, (low, high) in enumerate(pairwise(bounds))}


@dataclass(frozen=True)
class Work:
    """Of a community's prompts: how many there are, lie in its own templates or hold its own sentences,
    and of those how many are letter for letter what another of its accounts sent."""

    prompts: int
    own: int
    copied: int

    @property
    def workload(self) -> float:
        """Share of the prompts that are the community's own."""
        return self.own / max(self.prompts, 1)

    @property
    def verbatim(self) -> float:
        """Share of its own prompts that are copies."""
        return self.copied / max(self.own, 1)


def works(
    engine: Engine, prompts: Prompts, everything: Known, labels: Ints, names: list[str]
) -> dict[int, Work]:
    """What the accounts of each community ask, by community; empty where no prompts are known."""
    rows = [
        {"label": number, "trait": trait, "value": everything.held[trait].names[v]}
        for number, members in partition(labels).items()
        if len(members) >= 3
        for trait in ("template", "segment")
        for v in own_values(everything, members, trait)
    ]
    if prompts.asked is None or prompts.segments is None or not rows:
        return {}
    values = engine.table(pa.Table.from_pylist(rows))
    inside = np.flatnonzero(labels >= 0)
    who = engine.table(pa.table({"account": [names[i] for i in inside], "label": labels[inside]}))
    asked = prompts.asked.join(who, "account").select(
        "row", "label", "account", "text_id", "prompt_id", "template"
    )
    asked = engine.keep(asked)
    templates = values.filter(_.trait == "template").select("label", template="value")
    sentences = values.filter(_.trait == "segment").select("label", segment="value")
    held = asked.select("row", "label", "prompt_id").join(prompts.segments, "prompt_id")
    own = asked.semi_join(templates, ["label", "template"]).select("row")
    own = own.union(held.semi_join(sentences, ["label", "segment"]).select("row")).distinct()
    texts = asked.semi_join(own, "row").group_by("label", "text_id")
    texts = texts.agg(n=_.count(), who=_.account.nunique())
    mine = texts.mutate(copied=ibis.ifelse(texts.who > 1, texts.n, 0))
    mine = mine.group_by("label").agg(own=_.n.sum(), copied=_.copied.sum())
    total = asked.group_by("label").agg(prompts=_.count())
    both = engine.arrow(total.left_join(mine, "label").select("label", "prompts", "own", "copied"))
    engine.drop(asked)
    return {r["label"]: Work(r["prompts"], r["own"] or 0, r["copied"] or 0) for r in both.to_pylist()}
