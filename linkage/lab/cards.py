"""How people pay: issuers by country with a long tail, and the few that issue virtual cards."""

from dataclasses import dataclass

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import COUNTRIES
from linkage.lab.roster import Flags, Texts

BINS_PER_COUNTRY = 14
ZIPF = 0.9
"""Steepness of the share of a country's issuers; with it the largest of all has about 6 % of the cards."""

VIRTUAL_BINS = 9
VIRTUAL_ZIPF = 0.4
"""Younger issuers share the market more evenly: the largest has about 3 % of all cards."""

VIRTUAL_SHARE = 0.18
"""Share of innocent payers with a virtual card: neobanks and expense tools are ordinary by now."""

PAYING = 0.72
"""Share of accounts that ever gave a card; the others use free credit."""

_FUNDING = ("credit", "debit", "prepaid")
_FUNDING_SHARE = (0.46, 0.47, 0.07)


@dataclass(frozen=True)
class Issuers:
    """Card ranges by number: those of each country in turn, then the virtual ones."""

    bins: Texts
    issuers: Texts
    funding: Texts
    countries: Texts

    @property
    def virtual(self) -> Flags:
        """Which ranges are virtual cards."""
        return np.asarray(self.funding == "virtual")


def found_issuers(rng: np.random.Generator) -> Issuers:
    """Card ranges with made-up numbers; about every second issuer of a country has two ranges."""
    regular = len(COUNTRIES) * BINS_PER_COUNTRY
    numbers = rng.choice(np.arange(400_000, 560_000), regular + VIRTUAL_BINS, replace=False)
    names = [
        f"{code} bank {rank * 2 // 3 + 1}" for code, _, _ in COUNTRIES for rank in range(BINS_PER_COUNTRY)
    ]
    names += [f"virtual issuer {rank // 2 + 1}" for rank in range(VIRTUAL_BINS)]
    funding = [
        *rng.choice(np.array(_FUNDING), regular, p=np.array(_FUNDING_SHARE)),
        *["virtual"] * VIRTUAL_BINS,
    ]
    lands = [code for code, _, _ in COUNTRIES for _ in range(BINS_PER_COUNTRY)]
    lands += [("US", "GB", "SG")[rank % 3] for rank in range(VIRTUAL_BINS)]
    return Issuers(
        np.array([str(number) for number in numbers], object),
        np.array(names, object),
        np.array([str(kind) for kind in funding], object),
        np.array(lands, object),
    )


def draw_bins(country: Ints, rng: np.random.Generator) -> Ints:
    """The card range of each payer: mostly of the own country, by share; sometimes a virtual one."""
    rank = rng.choice(BINS_PER_COUNTRY, len(country), p=_zipf(BINS_PER_COUNTRY))
    virtual = rng.choice(VIRTUAL_BINS, len(country), p=_zipf(VIRTUAL_BINS, VIRTUAL_ZIPF))
    regular = country * BINS_PER_COUNTRY + rank
    return np.where(
        rng.random(len(country)) < VIRTUAL_SHARE, len(COUNTRIES) * BINS_PER_COUNTRY + virtual, regular
    ).astype(np.int64)


def virtual_bins(count: int, rng: np.random.Generator) -> Ints:
    """`count` of the virtual ranges that an operator buys from."""
    drawn = rng.choice(VIRTUAL_BINS, min(count, VIRTUAL_BINS), replace=False)
    return np.asarray(len(COUNTRIES) * BINS_PER_COUNTRY + drawn, np.int64)


def _zipf(count: int, steepness: float = ZIPF) -> np.ndarray:
    weights = 1 / np.arange(1, count + 1) ** steepness
    return np.asarray(weights / weights.sum())
