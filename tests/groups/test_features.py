"""The figures that tell one operator's community from an innocent one, and the states they amount to."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from linkage.groups.features import FIELDS_OF_FAMILY, Features, volume_spread
from linkage.settings.stories import Stories

CHOSEN = Stories()

FULL = Features(
    copies=0.0, work=0.9, tasks=9.0, tasks_each=4.0, dispersion=1.0, chained=False, in_lots=0.0, payment=True,
    openness="not open", opening=True, one_place=0.1, client=True, addresses=False, answers=False,
    volumes=0.3, issuers=1, past=0.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "feature", "state"),
    [
        ({"copies": 0.019}, "copies", "hardly any"),
        ({"copies": 0.02}, "copies", "few"),
        ({"copies": 0.10}, "copies", "many"),
        ({"work": 0.67}, "work", "most of it"),
        ({"work": 0.66}, "work", "some of it"),
        ({"work": 0.24}, "work", "little"),
        ({"tasks": 5.0, "tasks_each": 3.0, "dispersion": 1.5}, "division", "dealt"),
        ({"tasks": 4.9, "tasks_each": 3.0, "dispersion": 1.5}, "division", "in part"),
        ({"tasks": 9.0, "tasks_each": 2.9, "dispersion": 1.5}, "division", "in part"),
        ({"tasks": 2.9, "tasks_each": 3.0, "dispersion": 1.5}, "division", "none"),
        ({"tasks": 9.0, "tasks_each": 9.0, "dispersion": 1.6}, "division", "none"),
        ({"tasks": 1.0, "tasks_each": 1.0, "dispersion": None}, "division", "none"),
        ({"chained": True, "in_lots": 0.9}, "identities", "chained"),
        ({"chained": False, "in_lots": 0.5}, "identities", "in small lots"),
        ({"chained": False, "in_lots": 0.4}, "identities", "own"),
        ({"openness": "own domains"}, "openness", "own domains"),
        ({"one_place": 0.8}, "way in", "one"),
        ({"one_place": 0.7}, "way in", "several"),
        ({"answers": True}, "answers", "passed on"),
        ({"payment": True, "issuers": 2}, "payment", "of several issuers"),
        ({"payment": True, "issuers": 1}, "payment", "alike"),
        ({"payment": True}, "payment", "alike"),
        ({"payment": False, "issuers": 0}, "payment", "different"),
        ({"past": 0.5}, "past", "of another kind"),
        ({"past": 0.4}, "past", "none"),
        ({"volumes": 0.5}, "volumes", "even"),
        ({"volumes": 0.75}, "volumes", "uneven"),
        ({"volumes": 0.76}, "volumes", "as anybody"),
    ],
)
def test_figures_amount_to_states(known: dict[str, Any], feature: str, state: str) -> None:
    assert Features(**known).states(CHOSEN) == {feature: state}


def test_every_state_is_one_that_the_table_has() -> None:
    states = FULL.states(CHOSEN)
    assert states.keys() == CHOSEN.likelihoods.keys()
    assert all(state in CHOSEN.likelihoods[name] for name, state in states.items())


def test_accounts_that_a_dispatcher_gives_alike_differ_less_than_people() -> None:
    rng = np.random.default_rng(1)
    dealt, people = rng.poisson(30, 100), np.exp(rng.normal(2, 1.2, 1000)).astype(np.int64)
    assert volume_spread(dealt) < 0.1, "what counting adds does not count"
    assert volume_spread(people) > 1.0
    assert volume_spread(np.append(dealt, [0, 0])) == volume_spread(dealt), "who does nothing is not asked"
    assert volume_spread(np.zeros(9, dtype=np.int64)) == 0.0


def test_nothing_known_has_no_state() -> None:
    assert Features().states(CHOSEN) == {}


def test_without_its_families_only_what_is_open_is_left() -> None:
    left = FULL
    for family in FIELDS_OF_FAMILY:
        left = left.without(family)
    assert left == Features(openness="not open")
    assert {name for names in FIELDS_OF_FAMILY.values() for name in names} | {"openness"} == {
        each.name for each in fields(Features)
    }
