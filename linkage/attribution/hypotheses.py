"""Whose group is it? The hypotheses that compete: each known operator, an unknown one, each innocent story.

An indicator attributes a group that was found without it; it makes no link and no group. Each value of a
known operator that the group holds gives log2(m·r / chance) bits. The chance is that of as many of its
accounts holding the value by coincidence, and never less than that of one hand holding it: an operator's
accounts share his card, so twenty of them are one coincidence, not twenty. r is how readily he uses his known
values again, learnt from how many of those tried came back: of two hundred sentences some will. Fading,
rarity, floors and the rules by which families add up are those of links. Log-odds are of each hypothesis
against all others together.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from linkage import hypothesis_names
from linkage.arrays import DECIMALS
from linkage.groups.families import NOT_PROVISION, independent_families
from linkage.links.log_odds import Rules, count_families
from linkage.settings.attribution import Hypotheses as Settings

UNKNOWN, UNRELATED = hypothesis_names.UNKNOWN_OPERATOR, hypothesis_names.UNRELATED
UNNAMED = frozenset((UNKNOWN, *hypothesis_names.INNOCENT))
"""The hypotheses that need no indicator; no operator of a list may have one of these names."""

WORDS = ("low", "moderate", "high")
"""Confidence, the lowest first. Above `low` two things are needed: odds, and families that support them."""

LARGEST_EXPONENT = 1000.0
"""Bits below the best score beyond which a hypothesis adds nothing to a sum of double precision."""


@dataclass(frozen=True)
class Weight:
    """How a value of a trait is weighed: as the signal about it does. `identifies`: it can make a link."""

    family: str
    agreement: float
    floor: float
    half_life: float
    identifies: bool


@dataclass(frozen=True)
class Match:
    """A value that an indicator gives to an operator and that `holders` of a group's accounts hold.

    `outside`: other accounts that hold it; `elsewhere`: share of an earlier case's other accounts that
    did; `gap`: µs between the operator's use and the group's; `tried`: values of the trait that the operator
    is known by and that anybody here holds.
    """

    operator: str
    trait: str
    value: str
    holders: int
    outside: int
    confidence: float | None = None
    elsewhere: float | None = None
    gap: int = 0
    tried: int = 1
    source: str = ""
    observations: tuple[str, ...] = ()
    bits: float = 0.0
    counted: float = 0.0


@dataclass(frozen=True)
class Hypothesis:
    """One hypothesis about a group. `bits` are those of its matches, after the rules of families."""

    name: str
    log_odds: float
    confidence: str
    bits: float = 0.0
    families: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()

    @property
    def speaking(self) -> tuple[Match, ...]:
        """The matches that count, the strongest first."""
        return tuple(match for match in self.matches if match.counted > 0)

    @property
    def observations(self) -> list[str]:
        """Ids of the observations that speak for it, those of the strongest match first."""
        return list(dict.fromkeys(each for match in self.speaking for each in match.observations))


@dataclass(frozen=True)
class Group:
    """What a group is compared by: its accounts, all others, its log-odds of being one operator's, and the
    bits for one operator against each innocent story."""

    accounts: int
    others: int
    log_odds: float
    stories: Mapping[str, float] = field(default_factory=dict)


def again(came: int, tried: int) -> float:
    """How likely a known value was to come back, and those that did not to stay away, for each that came.

    The share by Laplace's rule of succession; (1 − share) for each missing value, spread over those that
    came. For many values this is the likelihood ratio of two Poisson counts.
    """
    share = (came + 1) / (max(tried, came) + 2)
    missing = (max(tried, came) - came) / came
    return share * math.pow(1 - share, missing)


def weigh(match: Match, weight: Weight, group: Group, unstated_confidence: float, *, came: int = 1) -> float:
    """Bits of a match for its operator: 0 where it is no rarer than chance.

    `came` counts the values of the trait that came back, this one included.
    """
    others = max(group.others, 1)
    share = max(match.outside / others, match.elsewhere or 0.0, weight.floor, 1 / others)
    chance = min(max(share, _as_many(match.holders, group.accounts, share)), 1.0)
    confidence = unstated_confidence if match.confidence is None else match.confidence
    # An indicator that may be wrong has either the ratio it would have if right, or a ratio of 1.
    ratio = 1 + confidence * (weight.agreement * again(came, match.tried) / chance - 1)
    fade = 2.0 ** (-match.gap / weight.half_life) if weight.half_life else 1.0
    return round(max(math.log2(ratio), 0.0) * fade, DECIMALS) if ratio > 0 else 0.0


def _as_many(k: int, n: int, p: float) -> float:
    """P(X ≥ k) for X ~ Binomial(n, p)."""
    from scipy.special import betainc

    if p >= 1 or k <= 0:
        return 1.0
    return float(betainc(k, n - k + 1, p)) if k <= n else 0.0


@dataclass(frozen=True)
class Weighing:
    """How matches are weighed: `weights` by trait; `rules` with a signal for each trait of `weights`, in the
    order of their names; and the settings."""

    weights: Mapping[str, Weight]
    rules: Rules
    chosen: Settings


def compare(
    matches: Sequence[Match], group: Group, *, known: Sequence[str], weighing: Weighing
) -> list[Hypothesis]:
    """Every hypothesis about one group, likeliest first; `known` names all operators that were looked for."""
    counted = _counted(matches, group, weighing)
    prior = _prior(len(known), weighing.chosen)
    scores = {UNKNOWN: 0.0, **{story: -bits for story, bits in group.stories.items()}}
    # What links the accounts speaks against chance as well as what the community is like.
    scores[UNRELATED] = min(scores.get(UNRELATED, -group.log_odds), -group.log_odds)
    scores |= {name: prior + _total(counted.get(name, ())) for name in known}
    odds = _against_the_rest(scores)
    made = [_hypothesis(name, odds[name], counted.get(name, ()), weighing) for name in scores]
    return sorted(made, key=lambda each: (-each.log_odds, each.name))


def _prior(known: int, chosen: Settings) -> float:
    """Log-odds, before any match, of one known operator against an unknown one."""
    return math.log2(min(chosen.known_operator_share, chosen.all_known_share / known)) if known else 0.0


def _total(matches: Sequence[Match]) -> float:
    return round(math.fsum(match.counted for match in matches), DECIMALS)


def _counted(matches: Sequence[Match], group: Group, weighing: Weighing) -> dict[str, tuple[Match, ...]]:
    """The matches of each operator with their bits, alone and after the rules of families."""
    weights, rules, unstated = weighing.weights, weighing.rules, weighing.chosen.unstated_confidence
    signal = {trait: number for number, trait in enumerate(sorted(weights))}
    came = Counter(
        (operator, trait) for operator, trait, _ in {(m.operator, m.trait, m.value) for m in matches}
    )
    rated = [
        replace(m, bits=weigh(m, weights[m.trait], group, unstated, came=came[m.operator, m.trait]))
        for m in matches
    ]
    family = rules.family
    rated = sorted(
        _strongest(rated),
        key=lambda m: (m.operator, family[signal[m.trait]], signal[m.trait], -m.bits, m.value),
    )
    names = sorted({match.operator for match in rated})
    place = {name: number for number, name in enumerate(names)}
    bits = count_families(
        np.array([place[match.operator] for match in rated], dtype=np.int64),
        np.array([signal[match.trait] for match in rated], dtype=np.int64),
        np.array([match.bits for match in rated]),
        rules,
    )
    found: dict[str, list[Match]] = {name: [] for name in names}
    for match, counted in zip(rated, bits.tolist(), strict=True):
        found[match.operator].append(replace(match, counted=counted))
    return {name: tuple(sorted(each, key=_most)) for name, each in found.items()}


def _strongest(matches: Sequence[Match]) -> list[Match]:
    """Of several indicators for one value the one that says most: they are one coincidence."""
    best: dict[tuple[str, str, str], Match] = {}
    for match in sorted(matches, key=lambda m: (-m.bits, m.source, m.gap)):
        best.setdefault((match.operator, match.trait, match.value), match)
    return list(best.values())


def _most(match: Match) -> tuple[float, float, str, str]:
    return -match.counted, -match.bits, match.trait, match.value


def _against_the_rest(scores: Mapping[str, float]) -> dict[str, float]:
    """Log-odds of each score (bits, on any common scale) against all others together."""
    names = sorted(scores, key=lambda name: (-scores[name], name))
    top = scores[names[0]]
    powers = [2.0 ** max(scores[name] - top, -LARGEST_EXPONENT) for name in names]
    rest, whole = math.fsum(powers[1:]), math.fsum(powers)
    odds = {
        name: scores[name] - top - math.log2(whole - power)
        for name, power in zip(names[1:], powers[1:], strict=True)
    }
    return {
        names[0]: round(-math.log2(rest), DECIMALS),
        **{name: round(each, DECIMALS) for name, each in odds.items()},
    }


def _hypothesis(name: str, odds: float, matches: Sequence[Match], weighing: Weighing) -> Hypothesis:
    weights, chosen = weighing.weights, weighing.chosen
    bits = _by_family(matches, weights)
    most = "high"
    if name not in UNNAMED:
        speaking = [weights[match.trait] for match in matches if match.counted > 0]
        large = frozenset(family for family, own in bits.items() if own >= chosen.substantial_bits)
        most = ceiling(large, identifies=any(each.identifies for each in speaking))
    confidence = min(word(odds, bands(chosen)), most, key=WORDS.index)
    return Hypothesis(name, odds, confidence, _total(matches), tuple(sorted(bits)), tuple(matches))


def _by_family(matches: Sequence[Match], weights: Mapping[str, Weight]) -> dict[str, float]:
    """Bits of each family that speaks."""
    found: dict[str, list[float]] = {}
    for match in matches:
        if match.counted > 0:
            found.setdefault(weights[match.trait].family, []).append(match.counted)
    return {family: math.fsum(bits) for family, bits in found.items()}


@dataclass(frozen=True)
class Bands:
    """Log-odds in bits from which a hypothesis is `moderate` and `high`."""

    moderate: float
    high: float


def bands(chosen: Settings) -> Bands:
    """The bands of the verbal scale, which the settings give as odds."""
    return Bands(*(round(math.log2(odds), DECIMALS) for odds in (chosen.moderate_odds, chosen.high_odds)))


def word(log_odds: float, scale: Bands) -> str:
    """The word for log-odds in bits."""
    return "high" if log_odds >= scale.high else "moderate" if log_odds >= scale.moderate else "low"


def ceiling(families: frozenset[str], *, identifies: bool) -> str:
    """The highest confidence in a known operator, whatever the odds, by the families with substantial bits.

    What only describes accounts names nobody. One family alone may be handed on, sold or copied; and two
    customers of one proxy service who work with one tool share networks, clients and texts.
    """
    if not identifies:
        return "low"
    return "high" if len(independent_families(families)) >= 2 and families - NOT_PROVISION else "moderate"
