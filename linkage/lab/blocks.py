"""What everybody sends, by blocks of accounts: the requests of a block alone are in memory at a time."""

from collections.abc import Iterator

import numpy as np

from linkage.arrays import Ints
from linkage.lab.activity import converse, innocent_rows, talkative
from linkage.lab.cohorts.cohort import no_rows
from linkage.lab.operators import POOLS, echo
from linkage.lab.places import mix
from linkage.lab.pools import take_over
from linkage.lab.roster import INNOCENT, NOBODY, Roster, Rows, concatenate, ints
from linkage.lab.shared_reading import copy_tutorials, plan_benchmarks, run_benchmarks, share_talks
from linkage.lab.world import COHORTS, World

BLOCK = 4_000_000
"""Requests of a block, about. A population of no more is one block."""

_SINGLE = 1 << 40
"""Accounts of no unit are dealt by numbers from here on, units by their own."""


def requests(world: World, echoes: Ints) -> Iterator[Rows]:
    """The requests of each block by account and time, with the earlier turns that they carry.

    Contexts name rows of the same block. What each operator's accounts take over of siblings' answers is
    counted into `echoes`, one place for each crew. At the end the world gives up what was planned: of a
    large population that is a good part of the memory that its texts then need.
    """
    roster, seed = world.town.roster, world.town.seed

    def chance(*step: int) -> np.random.Generator:
        return np.random.default_rng([seed, *step])

    sent = world.counts + np.bincount(world.sent.account, minlength=len(roster))
    runs = plan_benchmarks(roster, sent, chance(8))
    talk, turns = chance(9), chance(10)
    echoing = [chance(100 + crew.number) for crew in world.crews]
    block = _blocks(roster, world.interactions)
    for number in np.unique(block).tolist():
        accounts = np.flatnonzero(block == number)
        rows = _sent(world, accounts, chance(7, number) if number else world.rng)
        copy_tutorials(roster, rows, world.read)
        run_benchmarks(rows, runs)
        converse(rows, talkative(rows, talk), turns)
        share_talks(roster, rows, len(accounts), chance(11, number) if number else chance(11))
        take_over(rows)
        for crew, rng in zip(world.crews, echoing, strict=True):
            echoes[crew.number] += echo(roster, rows, crew, rng)
        yield rows
        del rows
    world.sent = no_rows()


def _blocks(roster: Roster, interactions: int) -> Ints:
    """Block of each account: units stay together, and so do all operators with their pools, in the last."""
    count = -(-interactions // BLOCK)
    if count == 1:
        return ints(len(roster))
    alone = (roster.unit == NOBODY) | (roster.unit >= POOLS)
    key = np.where(alone, np.arange(len(roster)) + _SINGLE, roster.unit)
    block = mix(key) % count
    planned = (roster.operator != INNOCENT) | ((roster.unit >= POOLS) & (roster.unit < COHORTS))
    block[planned] = count
    return block


def _sent(world: World, accounts: Ints, rng: np.random.Generator) -> Rows:
    here = np.zeros(len(world.counts), np.bool_)
    here[accounts] = True
    planned = world.sent.take(np.flatnonzero(here[world.sent.account]))
    own = innocent_rows(world.town.roster, accounts, world.counts[accounts], rng)
    rows = concatenate([own, planned])
    return rows.take(np.lexsort((rows.at, rows.account)))
