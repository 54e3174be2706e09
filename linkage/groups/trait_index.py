"""Who holds what, as arrays: the facts by which communities are judged, and what their accounts ask.

Composition only: facts come from the engine; rules and tests are in `inference`.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.arrays import Floats, Ints
from linkage.engines import Engine
from linkage.evidence.stage import Weighing
from linkage.groups import trait_tests
from linkage.groups.workload import by_chance
from linkage.observations.stage import Population

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
    "rhythm": "timing",
    "model_start": "timing",
}
"""Traits in which a community is held against comparable accounts, with their families."""

RARER = 5
"""A community's own words are so many times rarer among other accounts that send as much: at even parts a
prompt that holds one is then five times likelier the community's."""

LEAST_COMMON, LEAST_HOLDERS = 0.2, 3
"""Part of a community, and accounts of it, that hold what is called its own: what two accounts ask in passing
says nothing of them."""


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
    population: trait_tests.Population


def held(engine: Engine, observations: ir.Table, accounts: ir.Table) -> dict[str, Held]:
    """The holders of every trait the communities are judged by, in canonical order."""
    wanted = [*TESTED, "template", "segment", "fingerprint", "organisation", "billing_hash", "phone_hash"]
    wanted.append("country")
    rows = observations.filter(_.trait.isin(wanted)).join(accounts, "account")
    table = engine.collect(
        rows.select("trait", "value", "a", "count").order_by(["trait", "value", "a"]), at_most=engine.max_rows
    )
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
    strata = trait_tests.strata(country, population.interactions)
    return Known(traits, population.interactions, population.created, trait_tests.Population(strata))


def own_values(everything: Known, members: Ints, trait: str, beside: Ints) -> Ints:
    """Values of a content trait that are the community's own: held by a fifth of it, and so many only if they
    are far rarer among accounts as busy.

    And far rarer among the accounts `beside` it, which share what it shares and not its work: what a reseller
    sends along with every request is on every account of the pool.
    """
    rows, busy = everything.held[trait], np.maximum(everything.interactions, 1)
    values, counts = np.unique(rows.value[rows.of(members)], return_counts=True)
    common = (counts >= LEAST_HOLDERS) & (counts >= LEAST_COMMON * len(members))
    values, counts = values[common], counts[common]
    mine, share = busy[members], counts / len(members)
    outside = by_chance(rows.totals[values] - counts, int(busy.sum() - mine.sum()), mine)
    near = np.bincount(rows.value[rows.of(beside)], minlength=len(rows.names))[values]
    rare = (share >= RARER * outside) & (share >= RARER * near / max(len(beside), 1))
    own: Ints = values[rare]
    return own


SIGNATURE, ALONE = 1, 2
"""What a community's own value can be besides, as flags: its signature, which half of it holds and at most as
many others; and its alone, which has RARER times as many holders in it as elsewhere."""


def peculiar(everything: Known, members: Ints, trait: str, own: Ints) -> Ints:
    """Of each of a community's `own` values whether it is SIGNATURE, ALONE, both or neither, as a public
    set of questions is that others hold as well."""
    rows = everything.held[trait]
    inside = np.bincount(rows.value[rows.of(members)], minlength=len(rows.names))[own]
    outside = rows.totals[own] - inside
    signature = (2 * inside >= len(members)) & (inside >= outside)
    return SIGNATURE * signature + ALONE * (inside >= RARER * outside)


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
