"""What strangers have in common by reading the same page: tutorials, public question sets, shared talks."""

from dataclasses import dataclass

import numpy as np

from linkage.arrays import Ints
from linkage.lab.boilerplate import TUTORIALS
from linkage.lab.calendar import DAY, DAYS, START
from linkage.lab.roster import ASK, BENCHMARK, INNOCENT, NOBODY, TUTORIAL, Roster, Rows

READERS = (0.002, 0.015)
"""Share of all accounts that copies a tutorial's prompt: 40 to 300 of 20,000."""

FRESH = 28 * DAY
"""Most readers sign up in the weeks after publication, because of it."""

BENCHMARKS = 3
QUESTIONS = 120
RUNNERS = 1 / 2_500
"""Runners of one public question set per account: people who evaluate models are few and busy."""

WITH_EXAMPLE_TURN = (5, 8)
"""Tutorials whose readers also paste an example answer: a context hash that nobody here was ever given."""

SHARED_TALKS = 1 / 4_000
"""Published conversations per account; 5 to 30 strangers continue each."""


@dataclass(frozen=True)
class Reading:
    """One tutorial, when it appeared, and who read it."""

    tutorial: int
    published: int
    readers: Ints


def publish(roster: Roster, rng: np.random.Generator) -> list[Reading]:
    """Choose each tutorial's readers, and let a third of the fresh ones arrive through its link."""
    innocents = np.flatnonzero(roster.operator == INNOCENT)
    read = []
    for tutorial in range(len(TUTORIALS)):
        published = START + int(rng.integers(10, DAYS - 30)) * DAY
        wanted = max(6, int(len(innocents) * rng.uniform(*READERS)))
        since = roster.created[innocents] - published
        fresh = rng.permutation(innocents[(since > 0) & (since < FRESH)])[: round(wanted * 0.7)]
        older = rng.permutation(innocents[since <= 0])[: wanted - len(fresh)]
        linked = fresh[rng.random(len(fresh)) < 0.35]
        roster.referrer[linked] = f"learn.example/lesson-{tutorial + 1}"
        read.append(Reading(tutorial, published, np.concatenate([fresh, older])))
    return read


def copy_tutorials(rows: Rows, read: list[Reading]) -> None:
    """Readers send the tutorial's prompt with their first request after its publication."""
    for reading in read:
        able = np.isin(rows.account, reading.readers) & ~rows.intruded
        later = np.flatnonzero(able & (rows.at >= reading.published))
        _, first = np.unique(rows.account[later], return_index=True)
        rows.kind[later[first]], rows.sub[later[first]] = TUTORIAL, reading.tutorial


def run_benchmarks(roster: Roster, rows: Rows, rng: np.random.Generator) -> None:
    """Busy strangers send the questions of a public set, each as many as they get through."""
    sent = np.bincount(rows.account, minlength=len(roster))
    able = rng.permutation(
        np.flatnonzero((sent >= 25) & (roster.unit == NOBODY) & (roster.operator == INNOCENT))
    )
    runners = max(3, round(len(roster) * RUNNERS))
    for number, group in enumerate(
        np.split(able[: BENCHMARKS * runners], range(runners, BENCHMARKS * runners, runners))
    ):
        for account in group:
            mine = np.flatnonzero(rows.account == account)[-QUESTIONS:]
            mine = mine[: int(len(mine) * 0.9)]
            rows.kind[mine], rows.sub[mine] = BENCHMARK, number
            rows.item[mine] = np.arange(len(mine)) + int(rng.integers(0, QUESTIONS - len(mine) + 1))


def share_talks(roster: Roster, rows: Rows, rng: np.random.Generator) -> None:
    """Conversations continued by strangers or within families, and the example turns of tutorials."""
    for example, tutorial in enumerate(WITH_EXAMPLE_TURN):
        rows.context[(rows.kind == TUTORIAL) & (rows.sub == tutorial), 0] = len(rows) + example
    plain = np.flatnonzero((rows.kind == ASK) & (roster.operator[rows.account] == INNOCENT))
    for _ in range(1 + round(len(roster) * SHARED_TALKS)):
        source = int(rng.choice(plain))
        after = plain[(rows.at[plain] > rows.at[source]) & (rows.at[plain] < rows.at[source] + 60 * DAY)]
        rows.context[rng.permutation(after)[: int(rng.integers(5, 31))], 0] = source
    families = np.flatnonzero(roster.kind == "family")
    for unit in rng.permutation(np.unique(roster.unit[families]))[::10]:
        mine = plain[roster.unit[rows.account[plain]] == unit]
        if len(np.unique(rows.account[mine])) > 1:
            source = int(mine[np.argmin(rows.at[mine])])
            other = mine[(rows.account[mine] != rows.account[source]) & (rows.at[mine] > rows.at[source])]
            rows.context[other[:1], 0] = source
