"""Everybody as a person alone: the defaults that units and operators later change in part.

Operators' accounts get them too, so that a trail an operator does not think of looks like anyone's.
"""

import numpy as np

from linkage.lab.boilerplate import FRAMEWORKS, TOOLS, WRAPPERS
from linkage.lab.calendar import CLOCK, COUNTRIES, DAY, END, EVENING, HOUR, OFFICE, STUDENT, sign_ups
from linkage.lab.cards import PAYING, draw_bins
from linkage.lab.clients import draw_clients
from linkage.lab.places import CARRIERS_PER_COUNTRY, VPN_SERVICES, Ground
from linkage.lab.roster import (
    APP,
    ASK,
    FRAMEWORK,
    INNOCENT,
    NOBODY,
    TOOL,
    WRAPPER,
    Roster,
    Texts,
    empty_roster,
)

FREEMAIL = (
    "gmail.com",
    "outlook.com",
    "yahoo.com",
    "hotmail.com",
    "icloud.com",
    "proton.me",
    "qq.com",
    "gmx.net",
)
FREEMAIL_SHARE = (0.60, 0.13, 0.08, 0.06, 0.05, 0.03, 0.03, 0.02)
DISPOSABLE = tuple(
    f"{word}mail.example" for word in ("swift", "tempo", "burner", "inbox", "mint", "drop", "ten", "zap")
)
SEARCHES = ("search", "docs", "video", "news", "friend")
BLOGS = tuple(f"blog-{number:02d}.example" for number in range(60))
ONE_OFF = 0.3
"""Share of people who try the service on one day and never come back."""

ACTIVE_DAYS = 70.0
"""Mean days between the first and last request of the others."""

SPREAD = 1.4
"""Of log activity: the busiest per cent sends a third of everything, as in most logs of use."""

MOBILE_ONLY, MOBILE_TOO, VPN_TOO = 0.08, 0.52, 0.10
MAIN_SHARE = {ASK: 1.0, FRAMEWORK: 0.7, WRAPPER: 0.8, TOOL: 0.9, APP: 0.9}
SYLLABLES = ("al", "bo", "cre", "da", "el", "fi", "go", "hex", "in", "ju", "ka", "lu", "mo", "nor", "op",
    "pra", "qui", "ro", "sol", "tri", "ul", "ver", "wa", "xi", "yo", "zen")  # fmt: skip


def everybody(count: int, topics: int, ground: Ground, rng: np.random.Generator) -> Roster:
    """`count` accounts of unrelated people; units and operators later change some of them."""
    roster = empty_roster(count)
    roster.operator[:] = INNOCENT
    roster.unit[:] = NOBODY
    roster.kind[:] = "person"
    roster.country[:] = rng.choice(len(COUNTRIES), count, p=[share for _, _, share in COUNTRIES])
    roster.hours[:] = rng.choice([EVENING, OFFICE, STUDENT, CLOCK], count, p=[0.55, 0.3, 0.1, 0.05])
    _live(roster, rng)
    _work(roster, topics, ground, rng)
    _dwell(roster, ground, rng)
    _pay(roster, rng)
    _sign(roster, rng)
    draw_clients(roster, rng)
    return roster


def _live(roster: Roster, rng: np.random.Generator) -> None:
    count = len(roster)
    roster.created[:] = sign_ups(roster.hours, roster.country, rng)
    stays = rng.exponential(ACTIVE_DAYS, count)
    roster.lifetime[:] = (np.where(rng.random(count) < ONE_OFF, rng.random(count) * 0.2, stays) * DAY).astype(
        np.int64
    )
    roster.weight[:] = rng.lognormal(0.0, SPREAD, count)
    roster.model_lag[:] = (rng.exponential(20.0, count) * DAY).astype(np.int64)
    roster.small[:] = rng.random(count) < 0.45
    roster.device[:] = np.arange(count)


def _work(roster: Roster, topics: int, ground: Ground, rng: np.random.Generator) -> None:
    count = len(roster)
    roster.use[:] = rng.choice([ASK, FRAMEWORK, WRAPPER, TOOL, APP], count, p=[0.68, 0.12, 0.08, 0.08, 0.04])
    roster.tastes[:] = rng.integers(0, topics, (count, 3))
    roster.template[:] = np.arange(count)
    popular = {
        FRAMEWORK: (0.5, 0.25, 0.15, 0.1),
        WRAPPER: (0.5, 0.2, 0.2, 0.1),
        TOOL: (0.4, 0.25, 0.2, 0.1, 0.05),
    }
    offered = {FRAMEWORK: len(FRAMEWORKS), WRAPPER: len(WRAPPERS), TOOL: len(TOOLS)}
    for use, shares in popular.items():
        mine = np.flatnonzero(roster.use == use)
        roster.template[mine] = rng.choice(offered[use], len(mine), p=shares)
    for use, share in MAIN_SHARE.items():
        roster.main[roster.use == use] = share


def _dwell(roster: Roster, ground: Ground, rng: np.random.Generator) -> None:
    count = len(roster)
    carrier = rng.choice(CARRIERS_PER_COUNTRY, count, p=[0.5, 0.3, 0.2])
    home, mobile = ground.homes[roster.country, carrier], ground.mobiles[roster.country, carrier]
    vpn = ground.vpns[rng.choice(VPN_SERVICES, count, p=[0.35, 0.25, 0.15, 0.1, 0.1, 0.05])]
    drawn = rng.random(count)
    also_vpn, also_mobile = drawn < VPN_TOO, (drawn >= VPN_TOO) & (drawn < VPN_TOO + MOBILE_TOO)
    roster.place[:, 0] = np.where(rng.random(count) < MOBILE_ONLY, mobile, home)
    roster.place[:, 1] = np.where(also_vpn, vpn, np.where(also_mobile, mobile, home))
    roster.holder[:] = np.arange(count)[:, None]
    # Lines renew their address daily in some countries, hardly ever in others: a day to six weeks.
    roster.lease[:, 0] = (np.exp(rng.uniform(0, np.log(42), count)) * DAY).astype(np.int64)
    roster.lease[:, 1] = np.where(also_vpn, 5 * DAY, np.where(also_mobile, 10 * DAY, roster.lease[:, 0]))
    roster.second_share[:] = np.where(also_vpn, 0.6, np.where(also_mobile, 0.25, 0.0))
    roster.second_login[:] = roster.second_share


def _pay(roster: Roster, rng: np.random.Generator) -> None:
    count = len(roster)
    own = np.arange(count)
    roster.bin[:] = draw_bins(roster.country, rng)
    roster.card[:] = np.where(rng.random(count) < PAYING, own, NOBODY)
    roster.billing[:] = own
    roster.phone[:] = np.where(rng.random(count) < 0.3, own, NOBODY)
    plans = rng.choice(np.array(["pay as you go", "plus", "team"], object), count, p=[0.78, 0.15, 0.07])
    roster.plan[:] = np.where(roster.card == NOBODY, "free", plans)


def _sign(roster: Roster, rng: np.random.Generator) -> None:
    count = len(roster)
    roster.email_domain[:] = rng.choice(np.array(FREEMAIL, object), count, p=FREEMAIL_SHARE)
    drawn = rng.random(count)
    throwaway = np.flatnonzero(drawn < 0.05)
    roster.email_domain[throwaway] = rng.choice(np.array(DISPOSABLE, object), len(throwaway))
    own = np.flatnonzero(drawn > 0.88)
    roster.email_domain[own] = domains(len(own), rng)
    roster.referrer[:] = rng.choice(np.array(SEARCHES, object), count, p=[0.5, 0.2, 0.12, 0.08, 0.1])
    roster.referrer[rng.random(count) < 0.45] = None
    blog = np.flatnonzero(rng.random(count) < 0.08)
    roster.referrer[blog] = rng.choice(np.array(BLOGS, object), len(blog))


def domains(count: int, rng: np.random.Generator) -> Texts:
    """Domain names of firms and private people, hardly ever the same twice."""
    syllables = np.array(SYLLABLES, object)
    endings = np.array([".com", ".io", ".net", ".de", ".co", ".dev", ".org"], object)
    drawn = rng.integers(0, len(syllables), (count, 4))
    name = syllables[drawn[:, 0]] + syllables[drawn[:, 1]] + syllables[drawn[:, 2]] + syllables[drawn[:, 3]]
    return np.asarray(name + endings[rng.integers(0, len(endings), count)], object)


def keep_inside(roster: Roster) -> None:
    """Nobody stays beyond the year: lifetimes end with it (and last an hour at least)."""
    roster.lifetime[:] = np.clip(roster.lifetime, HOUR, END - HOUR - roster.created)
