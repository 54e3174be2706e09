"""How often so much agreement comes by chance: the null model behind every q-value.

Each community keeps its accounts and what found it. In everything else the holders of every value are
redrawn: accounts change places with others of the same country and level of activity, in every family
anew, so that each value keeps its holders and each account its number of values, while launch days and
busy hours fall on redrawn accounts as they did on real ones. What the families then say together is
the score of a redrawn community; a real one must say more. (Redrawing also what found the communities
leaves none to compare with: without common templates and cards nobody is linked.)
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints
from linkage.groups.enrichment import Facts
from linkage.groups.trait_tests import Communities, Tested

LEAST_P = 1e-300
"""Smaller tails are not told apart."""

PLACE = {"device": "network"}
"""Families that do not stand for one another count once: address and client are one way in."""

_THREADS = 2


@dataclass(frozen=True)
class Question:
    """Communities to be scored: who they are, and for each the families that found it and so do not count."""

    who: Communities
    tested: Ints
    needed: Mapping[int, frozenset[str]]


def scores(facts: Facts, tested: Mapping[str, Tested], question: Question) -> Floats:
    """For each tested community −log2 of the chance of its strongest mark, summed over independent families.

    Within a family the smallest p-value counts, times the traits that were tried (Bonferroni).
    """
    slots = _slots(facts)
    traits = {slot: [name for name, own in slots.items() if own == slot] for slot in set(slots.values())}
    total = np.zeros(question.who.count)
    for slot, names in sorted(traits.items()):
        least = np.ones(question.who.count)
        for name in names:
            one = tested[name]
            np.minimum.at(least, one.community, one.p_value)
        found_it = [
            c for c in question.tested.tolist() if _found_by(question.needed.get(c, frozenset()), slot)
        ]
        least[found_it] = 1.0
        total += -np.log2(np.clip(least * len(names), LEAST_P, 1.0))
    result: Floats = np.round(total[question.tested], 6)
    return result


def _slots(facts: Facts) -> dict[str, str]:
    return {name: PLACE.get(family, family) for name, family in facts.families().items()}


def _found_by(needed: frozenset[str], slot: str) -> bool:
    return any(PLACE.get(family, family) == slot for family in needed)


def redrawn(facts: Facts, question: Question, *, runs: int, seed: int) -> Floats:
    """Scores of the same communities in redrawn populations: (runs, tested communities)."""
    with ThreadPoolExecutor(_THREADS) as pool:
        drawn = list(
            pool.map(lambda run: _again(facts, question, np.random.default_rng([seed, run])), range(runs))
        )
    return np.array(drawn).reshape(runs, len(question.tested))


def _again(facts: Facts, question: Question, rng: np.random.Generator) -> Floats:
    slots = _slots(facts)
    moved = {
        slot: question.who.moved(_places(facts.population.strata, rng))
        for slot in sorted(set(slots.values()))
    }
    tested = {name: facts.test(name, moved[slot]) for name, slot in sorted(slots.items())}
    return scores(facts, tested, question)


def _places(strata: Ints, rng: np.random.Generator) -> Ints:
    """A place for each account: that of another of its stratum, drawn at random."""
    home = np.argsort(strata, kind="stable")
    to = np.empty(len(strata), dtype=np.int64)
    to[home] = np.lexsort((rng.random(len(strata)), strata))
    return to


def q_values(real: Floats, drawn: Floats, eligible: NDArray[np.bool_]) -> Floats:
    """Of each tested community the rate of false ones among those at least as surprising.

    p = (1 + redrawn communities that score as high) / (1 + all redrawn), and Benjamini and Hochberg's
    rule over all communities tested. Only `eligible` ones, which could be reported, count as
    discoveries: the many true differences of firms and campuses must not make the rule lenient.
    """
    every = np.sort(drawn.ravel())
    as_high = len(every) - np.searchsorted(every, real, side="left")
    p_values = (1 + as_high) / (1 + len(every))
    order = np.lexsort((p_values, ~eligible))[: int(eligible.sum())]
    rank = np.arange(1, len(order) + 1)
    adjusted = np.minimum.accumulate((p_values[order] * len(real) / rank)[::-1])[::-1]
    result = np.minimum(p_values * max(len(real), 1), 1.0)
    result[order] = np.minimum(adjusted, 1.0)
    return np.asarray(np.round(result, 6), dtype=np.float64)
