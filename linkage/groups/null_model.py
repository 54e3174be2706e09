"""How often so much agreement comes by chance: the null model behind every q-value.

Each community keeps its accounts and what found it. In everything else the holders of every value are
redrawn: accounts change places with others of the same country and level of activity, in every family
anew, so that each value keeps its holders and each account its number of values, while launch days and
busy hours fall on redrawn accounts as they did on real ones. What the families then say together is
the score of a redrawn community; a real one must say more. (Redrawing also what found the communities
leaves none to compare with: without common templates and cards nobody is linked.)
"""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import DECIMALS, Floats, Ints
from linkage.groups.enrichment import ComparedTraits
from linkage.groups.partition import members_by_community
from linkage.groups.trait_tests import Communities, Comparisons, Population
from linkage.settings.group_assessment import NullModel
from linkage.settings.groups import Groups

PLACE = {"device": "network"}
"""Families that do not stand for one another count once: address and client are one way in."""

_THREADS = 2


@dataclass(frozen=True)
class ScoredCommunities:
    """Communities to be scored: who they are, and for each the families that found it and so do not count."""

    communities: Communities
    tested: Ints
    needed: Mapping[int, frozenset[str]]

    def names(self, population: Population) -> list[bytes]:
        """Digests of all that the score of each tested community depends on: the accounts to compare with,
        its own and what they weigh, and the families that found it."""
        members, weights = members_by_community(self.communities.labels), self.communities.weights
        everyone = hashlib.sha256(population.strata.tobytes()).digest()
        names = []
        for number in self.tested.tolist():
            own, found_by = members[number], sorted(self.needed.get(number, frozenset()))
            parts = [own, *(weights[family][own] for family in sorted(weights))]
            said = [everyone, ",".join(found_by).encode(), *(each.tobytes() for each in parts)]
            names.append(hashlib.sha256(b"|".join(said)).digest())
        return names

    def only(self, places: Ints) -> "ScoredCommunities":
        """The same of some of the tested communities, which are numbered anew."""
        number = np.full(self.communities.count + 1, -1, dtype=np.int64)
        number[self.tested[places]] = np.arange(len(places))
        tested = self.tested[places].tolist()
        needed = {at: self.needed.get(each, frozenset()) for at, each in enumerate(tested)}
        communities = Communities(number[self.communities.labels], self.communities.weights)
        return ScoredCommunities(communities, np.arange(len(places)), needed)


def null_q_values(
    traits: ComparedTraits,
    compared: Mapping[str, Comparisons],
    scored: ScoredCommunities,
    eligible: NDArray[np.bool_],
    chosen: Groups,
    *,
    seed: int,
    known: dict[bytes, Floats] | None = None,
) -> Floats:
    """The q-value of each tested community, held against the same communities in redrawn populations.

    A community scores there what it scores, whichever others there are: those that are `known` of these
    traits are not redrawn once more, and the others are added.
    """
    known, names = {} if known is None else known, scored.names(traits.population)
    new = np.array([at for at, name in enumerate(names) if name not in known], dtype=np.int64)
    if len(new):
        found = redrawn_scores(traits, scored.only(new), chosen.null_model, runs=chosen.null_runs, seed=seed)
        known.update((names[at], column) for at, column in zip(new.tolist(), found.T, strict=True))
    redrawn = np.array([known[name] for name in names]).reshape(len(names), chosen.null_runs)
    return q_values(scores(traits, compared, scored, chosen.null_model), redrawn, eligible)


def scores(
    traits: ComparedTraits, compared: Mapping[str, Comparisons], scored: ScoredCommunities, chosen: NullModel
) -> Floats:
    """For each tested community the sum of −log2 of the chance of what sets it apart most, over
    independent families.

    Within a family the smallest p-value counts, times the traits that were tried (Bonferroni).
    """
    slots = _slots(traits)
    names_of = {slot: [name for name, own in slots.items() if own == slot] for slot in set(slots.values())}
    total = np.zeros(scored.communities.count)
    for slot, names in sorted(names_of.items()):
        least = np.ones(scored.communities.count)
        for name in names:
            one = compared[name]
            np.minimum.at(least, one.community, one.p_value)
        found_it = [c for c in scored.tested.tolist() if _found_by(scored.needed.get(c, frozenset()), slot)]
        least[found_it] = 1.0
        total += -np.log2(np.clip(least * len(names), chosen.min_p_value, 1.0))
    result: Floats = np.round(total[scored.tested], DECIMALS)
    return result


def _slots(traits: ComparedTraits) -> dict[str, str]:
    return {name: PLACE.get(family, family) for name, family in traits.families().items()}


def _found_by(needed: frozenset[str], slot: str) -> bool:
    return any(PLACE.get(family, family) == slot for family in needed)


def redrawn_scores(
    traits: ComparedTraits, scored: ScoredCommunities, chosen: NullModel, *, runs: int, seed: int
) -> Floats:
    """Scores of the same communities in redrawn populations: (runs, tested communities)."""
    with ThreadPoolExecutor(_THREADS) as pool:
        drawn = list(
            pool.map(
                lambda run: _redraw(traits, scored, chosen, np.random.default_rng([seed, run])), range(runs)
            )
        )
    return np.array(drawn).reshape(runs, len(scored.tested))


def _redraw(
    traits: ComparedTraits, scored: ScoredCommunities, chosen: NullModel, rng: np.random.Generator
) -> Floats:
    slots = _slots(traits)
    moved = {
        slot: scored.communities.moved(_places(traits.population.strata, rng))
        for slot in sorted(set(slots.values()))
    }
    compared = {name: traits.compare(name, moved[slot]) for name, slot in sorted(slots.items())}
    return scores(traits, compared, scored, chosen)


def _places(strata: Ints, rng: np.random.Generator) -> Ints:
    """A place for each account: that of another of its stratum, drawn at random."""
    home = np.argsort(strata, kind="stable")
    to = np.empty(len(strata), dtype=np.int64)
    to[home] = np.lexsort((rng.random(len(strata)), strata))
    return to


def q_values(real: Floats, redrawn: Floats, eligible: NDArray[np.bool_]) -> Floats:
    """Of each tested community the rate of false ones among those at least as surprising.

    p = (1 + redrawn communities that score as high) / (1 + all redrawn), and Benjamini and Hochberg's
    rule over all communities tested. Only `eligible` ones, which could be reported, count as
    discoveries: the many true differences of firms and campuses must not make the rule lenient.
    """
    every = np.sort(redrawn.ravel())
    as_high = len(every) - np.searchsorted(every, real, side="left")
    p_values = (1 + as_high) / (1 + len(every))
    order = np.lexsort((p_values, ~eligible))[: int(eligible.sum())]
    rank = np.arange(1, len(order) + 1)
    adjusted = np.minimum.accumulate((p_values[order] * len(real) / rank)[::-1])[::-1]
    result = np.minimum(p_values * max(len(real), 1), 1.0)
    result[order] = np.minimum(adjusted, 1.0)
    return np.asarray(np.round(result, DECIMALS), dtype=np.float64)
