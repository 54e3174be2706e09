"""What each evasion costs: for every knob of `Hygiene` that costs an attacker something, a ladder.

A ladder leads from careless to careful. Its budget is counted in what the attacker has to buy, write, keep up
or give away: cards, addresses, words, days. Knobs that cost nothing (where the template stands, whose proxy
service it is) have none.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

from linkage.errors import UsageError
from linkage.lab.profiles import (
    CAREFUL,
    CATCH_ALL,
    DISPOSABLE,
    FREEMAIL,
    HUMAN_LIKE,
    MEDIUM,
    OWN_BUILD,
    PINNED,
    RESIDENTIAL,
    ROTATING,
    ROUND_THE_CLOCK,
    SHARED,
    SLOPPY,
    VARIED,
    Hygiene,
)

BASES = {"careless": SLOPPY, "medium": MEDIUM, "careful": CAREFUL}
"""What an operator is like in everything but the one knob that is turned."""


@dataclass(frozen=True)
class Level:
    """One step of a ladder: what it costs, in the knob's unit, and the hygiene it buys."""

    budget: float
    changes: tuple[tuple[str, Any], ...]

    def on(self, base: Hygiene) -> Hygiene:
        """The base with this step's changes."""
        return replace(base, **dict(self.changes))


@dataclass(frozen=True)
class Knob:
    """One evasion: its name, the unit of its budget, and its steps, cheapest first."""

    name: str
    unit: str
    levels: tuple[Level, ...]


def _ladder(name: str, unit: str, steps: dict[float, dict[str, object]]) -> Knob:
    return Knob(name, unit, tuple(Level(float(cost), tuple(what.items())) for cost, what in steps.items()))


def _dealt(name: str, unit: str, field: str, *per: float) -> Knob:
    """A thing of which `per` accounts share one."""
    return _ladder(name, f"{unit} per 100 accounts", {round(100 / each): {field: each} for each in per})


def _shares(name: str, unit: str, field: str, *shares: float) -> Knob:
    return _ladder(name, unit, {round(100 * share): {field: share} for share in shares})


IDENTIFIERS = (
    ("registration_days", "registration_waves", "email"),
    ("client",),
    ("accounts_per_billing", "accounts_per_phone"),
    ("address", "addresses_per_account", "lease_hours"),
    ("accounts_per_card", "virtual"),
    ("paraphrase", "filler", "templates", "in_system"),
)
"""Kinds of identifier, the cheapest to rotate first, with the fields of `Hygiene` that do it."""


def _everything() -> Knob:
    """From careless to careful in everything, one kind of identifier after the other."""
    steps: dict[float, dict[str, object]] = {}
    for rotated in range(len(IDENTIFIERS) + 1):
        chosen = {name for kind in IDENTIFIERS[:rotated] for name in kind}
        steps[rotated] = {
            field.name: getattr(CAREFUL if field.name in chosen else SLOPPY, field.name)
            for field in fields(Hygiene)
        }
    return _ladder("identifiers", "kinds of identifier rotated, of 6", steps)


REQUESTS_PER_ACCOUNT = 12.5
"""Mean of a simulated population, as `simulate` makes it by default."""


def _thin(*volumes: float) -> Knob:
    steps: dict[float, dict[str, object]] = {
        round(1000 / (REQUESTS_PER_ACCOUNT * volume)): {"volume": volume} for volume in volumes
    }
    return _ladder("volume", "accounts per 1,000 requests", steps)


KNOBS: dict[str, Knob] = {
    knob.name: knob
    for knob in (
        _everything(),
        _dealt("cards", "cards", "accounts_per_card", 6, 3, 1.6, 1),
        _ladder(
            "funding",
            "cards in 100 that are not virtual",
            {round(100 - 100 * share): {"virtual": share} for share in (0.95, 0.5, 0.18)},
        ),
        _ladder("ranges", "issuers' card ranges bought from", {n: {"bins": n} for n in (1, 2, 4, 9)}),
        _dealt("billing", "billing identities", "accounts_per_billing", 6, 3, 1.5, 1),
        _dealt("phones", "telephone numbers", "accounts_per_phone", 4, 2, 1.5, 1),
        _ladder(
            "addresses",
            "proxy addresses per 100 accounts",
            {
                10: {"address": SHARED, "addresses_per_account": 0.1, "lease_hours": 48},
                30: {"address": SHARED, "addresses_per_account": 0.3, "lease_hours": 72},
                50: {"address": ROTATING, "addresses_per_account": 0.5, "lease_hours": 6},
                100: {"address": RESIDENTIAL, "addresses_per_account": 1.0, "lease_hours": 240},
            },
        ),
        _ladder(
            "leases",
            "address changes per account and month",
            {round(720 / hours): {"lease_hours": hours} for hours in (720, 240, 48, 6)},
        ),
        _ladder(
            "clients",
            "official clients kept up to date",
            {0: {"client": OWN_BUILD}, 1: {"client": PINNED}, 11: {"client": VARIED}},
        ),
        _ladder(
            "mail",
            "mail providers signed up with",
            {1: {"email": CATCH_ALL}, 2: {"email": DISPOSABLE}, 4: {"email": FREEMAIL}},
        ),
        _ladder(
            "registration",
            "days over which accounts are made",
            {
                days: {"registration_days": days, "registration_waves": waves}
                for days, waves in ((3, 2), (12, 3), (42, 6), (120, 24))
            },
        ),
        _ladder("pace", "days the campaign takes", {n: {"campaign_days": n} for n in (15, 45, 135, 270)}),
        _thin(6, 3, 1.5, 0.75),
        _shares("paraphrase", "% of a template's words rewritten", "paraphrase", 0, 0.2, 0.45, 0.7),
        _shares("filler", "% of words that are padding", "filler", 0, 0.1, 1 / 3, 0.5),
        _ladder("templates", "templates written", {n: {"templates": n} for n in (3, 8, 24, 60)}),
        _shares("camouflage", "% of requests spent on camouflage", "camouflage", 0.05, 0.2, 0.5, 0.8),
        _ladder(
            "hours", "hours of the day left idle", {0: {"hours": ROUND_THE_CLOCK}, 14: {"hours": HUMAN_LIKE}}
        ),
        _ladder(
            "rotation",
            "changes of account per 100 requests",
            {round(100 / n): {"run_length": n} for n in (26, 9, 3, 1)},
        ),
        _ladder(
            "echo",
            "follow-ups in 100 kept on their account",
            {round(100 - 100 * share): {"echo": share} for share in (0.3, 0.1, 0.03, 0.0)},
        ),
        _ladder(
            "repeats",
            "lost answers in 100 not asked for again",
            {cost: {"repeats": share} for cost, share in ((0, 0.05), (60, 0.02), (100, 0.0))},
        ),
        _ladder(
            "model", "days a new model is left alone", {n: {"model_lag_days": n} for n in (1, 7, 20, 45)}
        ),
    )
}
"""Every ladder by name."""


def knobs_named(names: tuple[str, ...]) -> tuple[Knob, ...]:
    """The ladders of these names, each once and in the order of KNOBS; all of them where none is named."""
    for name in names:
        if name not in KNOBS:
            raise UsageError(f"no knob '{name}'", hint=f"choose of: {', '.join(KNOBS)}")
    return tuple(knob for name, knob in KNOBS.items() if not names or name in names)
