"""Profiles whose knobs each run draws anew: classes of innocents and of operators, from wide ranges.

The ranges say what such people and programs do, not what any program finds: they come from the public
trackers and reports that the knobs name, or from plain reason where there is none.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any
from zlib import crc32

import numpy as np

from linkage.errors import UsageError
from linkage.lab.cohorts.cohort import Cohort
from linkage.lab.cohorts.course import Course
from linkage.lab.cohorts.deadline import Deadline
from linkage.lab.cohorts.framework import Framework
from linkage.lab.cohorts.hackathon import Hackathon
from linkage.lab.cohorts.hijack import Hijack
from linkage.lab.cohorts.platform import Platform
from linkage.lab.cohorts.tutorial import Tutorial
from linkage.lab.habits import ONE_EACH, Drip, Exits, Reseller
from linkage.lab.profiles import (
    CATCH_ALL,
    DISPOSABLE,
    FREEMAIL,
    HUMAN_LIKE,
    OWN_BUILD,
    PINNED,
    PROFILES,
    RESIDENTIAL,
    ROTATING,
    ROUND_THE_CLOCK,
    SHARED,
    VARIED,
    Hygiene,
    Operator,
    Pool,
    Profile,
)
from linkage.lab.ranges import Range, draw

KNOBS = 15
"""Step of the chance that draws knobs."""

SHARE = Range(0.006, 0.08, log=True)
"""Share of all accounts that one operator has: a handful in a small population, thousands in a large one."""

HYGIENE = {
    "accounts_per_card": Range(1, 6, log=True),
    "virtual": Range(0.05, 1),
    "bins": Range(1, 9, log=True),
    "accounts_per_billing": Range(1, 6, log=True),
    "accounts_per_phone": Range(1, 4, log=True),
    "addresses_per_account": Range(0.05, 1, log=True),
    "lease_hours": Range(0.5, 400, log=True),
    "bystanders": Range(0, 1),
    "registration_days": Range(1, 120, log=True),
    "registration_waves": Range(1, 40, log=True),
    "paraphrase": Range(0, 0.6),
    "filler": Range(0, 0.4),
    "templates": Range(2, 24, log=True),
    "in_system": Range(0, 1),
    "camouflage": Range(0, 0.6),
    "run_length": Range(1, 60, log=True),
    "campaign_days": Range(10, 120, log=True),
    "repeats": Range(0, 0.05),
    "echo": Range(0, 0.1),
    "volume": Range(0.7, 6, log=True),
    "model_lag_days": Range(0.2, 30, log=True),
}
"""Knobs of an operator from careless to careful, as wide as the fixed profiles and their sources span."""

WAYS = {
    "address": (SHARED, ROTATING, RESIDENTIAL),
    "client": (OWN_BUILD, PINNED, VARIED),
    "email": (CATCH_ALL, DISPOSABLE, FREEMAIL),
    "hours": (ROUND_THE_CLOCK, HUMAN_LIKE),
}

DRIP_SPAN = Range(60, 320)
"""Days over which a drip makes accounts."""


CUSTOMER = Range(0.01, 0.04, log=True)
"""Share of all accounts that each of a reseller's two operators has."""

BY_EXITS = 1 / 3
"""Chance that a reseller's accounts keep to exits (see `Exits`); else they share one range of addresses."""

PROVISION = (
    "accounts_per_card",
    "virtual",
    "bins",
    "accounts_per_billing",
    "accounts_per_phone",
    "address",
    "addresses_per_account",
    "lease_hours",
    "bystanders",
    "client",
    "registration_days",
    "registration_waves",
    "email",
    "model_lag_days",
)
"""Knobs that a reseller sets for all of his accounts; the others are each operator's own."""

PART = Range(0.4, 1.4)
"""Operator's least share of the requests of his accounts; above 1: the accounts are his alone."""

POOL = {
    "others": Range(0.2, 1.5, log=True),
    "slots": Range(1, 6),
    "homes": Range(1, 4),
    "failover": Range(0, 0.1),
}
"""A reseller's pool: from accounts sold one to a customer up to requests routed over several."""


def draw_hygiene(rng: np.random.Generator, **fixed: Any) -> Hygiene:
    """An operator's care, each knob drawn by itself: careful in one trail, careless in another."""
    drawn: dict[str, Any] = {}
    for each in fields(Hygiene):
        if each.name in WAYS:
            drawn[each.name] = WAYS[each.name][int(rng.integers(len(WAYS[each.name])))]
        else:
            value = HYGIENE[each.name].draw(rng)
            drawn[each.name] = round(value) if each.type is int else round(value, 4)
    return Hygiene(**{**drawn, **fixed})


@dataclass(frozen=True)
class Cast:
    """Who is in a population beside ordinary people: a profile's operators, and cohorts of innocents."""

    profile: Profile
    cohorts: tuple[Cohort, ...] = ()


@dataclass(frozen=True)
class DrawnProfile:
    """A class of innocents or operators, and how one run draws it."""

    why: str
    cast: Callable[[str, np.random.Generator], Cast]


def _cohort(kind: type[Any]) -> Callable[[str, np.random.Generator], Cast]:
    return lambda why, rng: Cast(Profile(why), (draw(kind, rng),))


def _size(rng: np.random.Generator) -> int:
    return round(SHARE.draw(rng) * 20_000)


def _drip(why: str, rng: np.random.Generator) -> Cast:
    drip, days = draw(Drip, rng), round(DRIP_SPAN.draw(rng), 1)
    waves = max(2, round(days / Range(1, 7, log=True).draw(rng)))
    hygiene = draw_hygiene(
        rng, registration_days=days, registration_waves=waves, campaign_days=drip.life_days
    )
    return Cast(Profile(why, (Operator(_size(rng), hygiene, fewest=12, drip=drip),)))


def _one_exit(why: str, rng: np.random.Generator) -> Cast:
    hygiene, exits = draw_hygiene(rng, address=RESIDENTIAL), draw(Exits, rng, **ONE_EACH)
    return Cast(Profile(why, (Operator(_size(rng), hygiene, fewest=8, exits=exits),)))


def _sticky(why: str, rng: np.random.Generator) -> Cast:
    hygiene, exits = draw_hygiene(rng, address=RESIDENTIAL), draw(Exits, rng)
    return Cast(Profile(why, (Operator(_size(rng), hygiene, fewest=8, exits=exits),)))


def _one_reseller(why: str, rng: np.random.Generator) -> Cast:
    exits = draw(Exits, rng) if rng.random() < BY_EXITS else None
    address = (SHARED, ROTATING)[int(rng.integers(2))]
    first = draw_hygiene(rng, address=address)
    second = draw_hygiene(rng, **{knob: getattr(first, knob) for knob in PROVISION})
    least = min(1.0, PART.draw(rng))
    knobs = {knob: limits.draw(rng) for knob, limits in POOL.items()}
    pool = Pool(
        others=round(knobs["others"], 4),
        part=(round(least, 4), round(float(rng.uniform(least, 1)), 4)),
        slots=round(knobs["slots"]),
        homes=round(knobs["homes"]),
        failover=round(knobs["failover"], 4),
    )
    reseller = draw(Reseller, rng)
    operators = tuple(
        Operator(round(CUSTOMER.draw(rng) * 20_000), hygiene, 8, pool=pool, exits=exits, reseller=reseller)
        for hygiene in (first, second)
    )
    return Cast(Profile(why, operators))


DRAWN: dict[str, DrawnProfile] = {
    "course": DrawnProfile(
        "Students of one course ask the same assignments, each with a life of their own.", _cohort(Course)
    ),
    "hackathon": DrawnProfile(
        "A weekend at one venue, on the sponsor's credit, every team with its own project.",
        _cohort(Hackathon),
    ),
    "deadline": DrawnProfile(
        "Users of one public harness run the same question set before a deadline.", _cohort(Deadline)
    ),
    "tutorial": DrawnProfile(
        "A viral tutorial: people of all kinds copy the same public texts.", _cohort(Tutorial)
    ),
    "platform": DrawnProfile(
        "Tenants of an honest platform: one application, one way out, as many firms as accounts.",
        _cohort(Platform),
    ),
    "framework": DrawnProfile(
        "Users of one agent framework with one long public system prompt.", _cohort(Framework)
    ),
    "hijack": DrawnProfile(
        "An operator who works on other people's accounts for some days; their owners are innocent.",
        _cohort(Hijack),
    ),
    "drip": DrawnProfile("An operator whose accounts live about three days each over a long span.", _drip),
    "one-exit": DrawnProfile("An operator with one exit address for each account.", _one_exit),
    "sticky": DrawnProfile(
        "An operator whose accounts keep to an exit of a shared pool, and to another while it is down.",
        _sticky,
    ),
    "one-reseller": DrawnProfile(
        "Two operators and innocent customers of a reseller, provided for alike, each with work of his own.",
        _one_reseller,
    ),
}
"""By name; `simulate` offers them beside PROFILES."""


def cast_of(name: str, seed: int) -> Cast:
    """The cast of a profile by name, its knobs drawn by the seed where it has ranges; raises UsageError."""
    if name in PROFILES:
        return Cast(PROFILES[name])
    if name not in DRAWN:
        names = ", ".join((*PROFILES, *DRAWN))
        raise UsageError(f"no profile '{name}'", hint=f"choose one of: {names}")
    chosen = DRAWN[name]
    # By name too: one seed shall not make all classes large, or all small.
    return chosen.cast(chosen.why, np.random.default_rng([seed, KNOBS, crc32(name.encode())]))
