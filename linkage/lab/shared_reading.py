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


def copy_tutorials(roster: Roster, rows: Rows, read: list[Reading]) -> None:
    """Readers send the tutorial's prompt with their first request after its publication."""
    for reading in read:
        reader = np.zeros(len(roster), np.bool_)
        reader[reading.readers] = True
        able = reader[rows.account] & ~rows.intruded
        later = np.flatnonzero(able & (rows.at >= reading.published))
        _, first = np.unique(rows.account[later], return_index=True)
        rows.kind[later[first]], rows.sub[later[first]] = TUTORIAL, reading.tutorial


@dataclass(frozen=True)
class Run:
    """One account's run of a public question set: how many questions, and from which on."""

    account: int
    benchmark: int
    questions: int
    first: int


def plan_benchmarks(roster: Roster, sent: Ints, rng: np.random.Generator) -> list[Run]:
    """Busy strangers take up a public set, each as much of it as they get through.

    `sent` is the number of requests of each account.
    """
    able = rng.permutation(
        np.flatnonzero((sent >= 25) & (roster.unit == NOBODY) & (roster.operator == INNOCENT))
    )
    runners = max(3, round(len(roster) * RUNNERS))
    runs = []
    for number, group in enumerate(
        np.split(able[: BENCHMARKS * runners], range(runners, BENCHMARKS * runners, runners))
    ):
        for account in group.tolist():
            questions = int(min(QUESTIONS, sent[account]) * 0.9)
            first = int(rng.integers(0, QUESTIONS - questions + 1))
            runs.append(Run(account, number, questions, first))
    return runs


def run_benchmarks(rows: Rows, runs: list[Run]) -> None:
    """Let the last requests of each runner be the questions. `rows` must be ordered by account."""
    for run in runs:
        begin, end = np.searchsorted(rows.account, [run.account, run.account + 1]).tolist()
        if begin == end:
            continue
        begin = max(begin, end - QUESTIONS)
        mine = slice(begin, begin + run.questions)
        rows.kind[mine], rows.sub[mine] = BENCHMARK, run.benchmark
        rows.item[mine] = run.first + np.arange(run.questions)


def share_talks(roster: Roster, rows: Rows, accounts: int, rng: np.random.Generator) -> None:
    """Conversations continued by strangers or within families, and the example turns of tutorials.

    All among the rows at hand, which are those of so many accounts.
    """
    for example, tutorial in enumerate(WITH_EXAMPLE_TURN):
        rows.context[(rows.kind == TUTORIAL) & (rows.sub == tutorial), 0] = len(rows) + example
    plain = np.flatnonzero((rows.kind == ASK) & (roster.operator[rows.account] == INNOCENT))
    if len(plain):
        _continue_talks(rows, plain, 1 + round(accounts * SHARED_TALKS), rng)
        _within_families(roster, rows, plain, rng)


def _continue_talks(rows: Rows, plain: Ints, talks: int, rng: np.random.Generator) -> None:
    at = rows.at[plain]
    for _ in range(talks):
        source = int(rng.choice(plain))
        after = plain[(at > rows.at[source]) & (at < rows.at[source] + 60 * DAY)]
        rows.context[rng.permutation(after)[: int(rng.integers(5, 31))], 0] = source


def _within_families(roster: Roster, rows: Rows, plain: Ints, rng: np.random.Generator) -> None:
    families = np.flatnonzero(roster.kind == "family")
    chosen = np.zeros(int(roster.unit.max()) + 1, np.bool_)
    chosen[rng.permutation(np.unique(roster.unit[families]))[::10]] = True
    unit = roster.unit[rows.account[plain]]
    theirs = np.flatnonzero((unit != NOBODY) & chosen[unit])
    theirs = theirs[np.argsort(unit[theirs], kind="stable")]
    for part in np.split(plain[theirs], np.flatnonzero(np.diff(unit[theirs])) + 1):
        _with_a_relative(rows, part)


def _with_a_relative(rows: Rows, mine: Ints) -> None:
    """The first request of a family is continued by another of its members."""
    if len(np.unique(rows.account[mine])) > 1:
        source = int(mine[np.argmin(rows.at[mine])])
        other = mine[(rows.account[mine] != rows.account[source]) & (rows.at[mine] > rows.at[source])]
        rows.context[other[:1], 0] = source
