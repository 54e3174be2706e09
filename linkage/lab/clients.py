"""What programs people call from: user agents with versions that age, and TLS fingerprints.

The skew is the point: most traffic has a handful of fingerprints, so a common one says nothing, and the
official client's is what an adversary copies.
"""

from dataclasses import dataclass, field

import numpy as np

from linkage.arrays import Ints
from linkage.lab.calendar import DAY, START
from linkage.lab.places import mix
from linkage.lab.roster import Roster


@dataclass(frozen=True)
class Family:
    """One program: how its user agent reads, its systems, release interval, versions, and its share."""

    agent: str
    systems: tuple[str, ...]
    weight: float
    every_days: int = 21
    versions: int = 18
    tls_every: int = 9
    """Versions that share one TLS fingerprint."""


_KIT, _CHROME = "AppleWebKit/537.36 (KHTML, like Gecko)", "Chrome/{major}.0.0.0"
_WINDOWS, _MAC, _LINUX = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
)
BROWSERS = (
    Family(f"Mozilla/5.0 ({{os}}) {_KIT} {_CHROME} Safari/537.36",
        (_WINDOWS, _WINDOWS, _WINDOWS, _MAC, _LINUX), 0.60, 28, 14, 14),
    Family("Mozilla/5.0 ({os}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.{major} Safari/605.1.15",
        (_MAC, "iPhone; CPU iPhone OS 17_5 like Mac OS X"), 0.18, 60, 7, 7),
    Family("Mozilla/5.0 ({os}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0",
        (_WINDOWS, _LINUX, _MAC), 0.09, 28, 14, 14),
    Family(f"Mozilla/5.0 ({{os}}) {_KIT} {_CHROME} Safari/537.36 Edg/{{major}}.0.0.0",
        (_WINDOWS,), 0.10, 28, 14, 14),
    Family(f"Mozilla/5.0 (Linux; Android 14) {_KIT} {_CHROME} Mobile Safari/537.36",
        ("Android",), 0.03, 28, 14, 14),
)  # fmt: skip
"""For the account pages: sign-up, billing."""

CLIENTS = (
    Family("atlas-python/1.{major}.0 ({os}; cpython 3.11)",
        ("linux x64", "linux x64", "macos arm64", "windows x64"), 0.46, 14, 26, 13),
    Family("atlas-node/4.{major}.2 ({os}; node 20)",
        ("linux x64", "macos arm64", "windows x64"), 0.19, 14, 26, 13),
    Family("python-requests/2.{major}.0", ("any",), 0.07, 90, 4, 4),
    Family("python-httpx/0.{major}.0", ("any",), 0.06, 45, 8, 8),
    Family("curl/8.{major}.0", ("any",), 0.06, 56, 6, 3),
    Family("Go-http-client/2.0", ("any",), 0.04, 400, 1, 1),
    Family("okhttp/4.{major}.0", ("android",), 0.03, 120, 3, 3),
    Family("axios/1.{major}.0", ("any",), 0.04, 45, 8, 8),
    Family("atlas-java/0.{major}.0 ({os})", ("linux x64", "windows x64"), 0.02, 30, 12, 12),
    Family("undici", ("any",), 0.02, 400, 1, 1),
    Family("aiohttp/3.{major}.1 ({os})", ("cpython 3.10", "cpython 3.12"), 0.01, 60, 6, 6),
)  # fmt: skip
"""For the interface itself: official packages ahead of everything else."""

CHAT_SHARE = 0.3
"""Share of accounts whose requests come from the browser: they use the chat page, not the interface."""


@dataclass
class Clients:
    """All programs by number: browsers first, then clients, then the private ones that units bring."""

    families: list[Family] = field(default_factory=lambda: [*BROWSERS, *CLIENTS])

    def add(self, agent: str) -> int:
        """A private program of one version; its number."""
        self.families.append(Family(agent, ("any",), 0.0, 400, 1, 1))
        return len(self.families) - 1


def draw_clients(roster: Roster, rng: np.random.Generator) -> None:
    """Everybody's browser and client with a system and a habit of updating late."""
    count = len(roster)
    for column, families, first in ((roster.browser, BROWSERS, 0), (roster.client, CLIENTS, len(BROWSERS))):
        weights = np.array([family.weight for family in families])
        column[:, 0] = first + rng.choice(len(families), count, p=weights / weights.sum())
        column[:, 1] = rng.integers(0, 60, count)
        column[:, 2] = rng.exponential(25.0, count).astype(np.int64)
    chat = rng.random(count) < CHAT_SHARE
    roster.client[chat] = roster.browser[chat]


def builds(clients: Clients, program: Ints, at: Ints) -> Ints:
    """Which build of a program (family, version, system as one number) somebody ran at a moment.

    `program` has the three columns of the roster. Whoever lags by 30 days runs the newest build of 30
    days ago; a lag below zero pins version -lag - 1 for ever, as a container image does.
    """
    every = np.array([family.every_days for family in clients.families], np.int64)[program[:, 0]]
    versions = np.array([family.versions for family in clients.families], np.int64)[program[:, 0]]
    systems = np.array([len(family.systems) for family in clients.families], np.int64)[program[:, 0]]
    age = (at - START) // DAY - program[:, 2]
    version = np.where(program[:, 2] < 0, -program[:, 2] - 1, np.clip(age // every + 2, 0, None))
    return (program[:, 0] * 64 + np.minimum(version, versions - 1)) * 64 + program[:, 1] % systems


def build_texts(clients: Clients, build: int) -> tuple[str, str]:
    """User agent and JA4 of a build."""
    number, system = divmod(build, 64)
    family_number, version = divmod(number, 64)
    family = clients.families[family_number]
    major = version + (118 if "Mozilla" in family.agent and "Version" not in family.agent else 1)
    agent = family.agent.replace("{os}", family.systems[system]).replace("{major}", str(major))
    # A fingerprint belongs to the TLS library: to the program and a span of versions, not to the system.
    stirred = mix(
        np.array([family_number, family_number]),
        np.array([version // family.tls_every] * 2),
        np.array([1, 2]),
    )
    first, second = (f"{int(number) & 0xFFFFFFFFFFFF:012x}" for number in stirred)
    return (
        agent,
        f"t13d{15 + family_number % 4}{10 + family_number % 7}h{1 + family_number % 2}_{first}_{second}",
    )
