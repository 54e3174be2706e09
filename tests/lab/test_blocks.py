"""A population too large for one block of accounts, here by a block that is small."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from linkage.lab import blocks
from linkage.lab.blocks import requests
from linkage.lab.drawn_profiles import Cast
from linkage.lab.profiles import PROFILES
from linkage.lab.prompt_sources import Grammar
from linkage.lab.roster import INNOCENT, ints
from linkage.lab.simulate import simulate
from linkage.lab.world import make_world
from tests.lab.made import Made, load


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", 9_000)
        out = tmp_path_factory.mktemp("split")
        yield load(simulate(out, profile="mixed", accounts=6_000, interactions=60_000, seed=5))


def test_accounts_and_what_each_sends_are_as_in_one_block(split: Made, mixed: Made) -> None:
    assert split.tables["accounts"] == mixed.tables["accounts"]
    assert split.tables["payments"] == mixed.tables["payments"]
    assert split.truth == mixed.truth
    sent, whole = (Counter(made.tables["interactions"]["account"].to_pylist()) for made in (split, mixed))
    assert sent == whole and sum(sent.values()) == 60_000
    assert split.tables["interactions"] != mixed.tables["interactions"]
    rows = split.tables["sessions"].num_rows
    assert abs(rows / mixed.tables["sessions"].num_rows - 1) < 0.03


def test_ids_are_of_one_interaction_each_and_all_is_in_order(split: Made) -> None:
    for column in ("interaction", "response_sha256"):
        assert len(set(split.tables["interactions"][column].to_pylist())) == 60_000
    for table in ("sessions", "interactions"):
        times = split.tables[table]["at"].to_pylist()
        assert times == sorted(times)
    created = dict(split.rows("accounts", "account", "created_at"))
    assert all(at >= created[who] for who, at in split.rows("interactions", "account", "at"))


def test_conversations_go_on_inside_a_block(split: Made) -> None:
    author = {
        turn: (who, at) for who, at, turn in split.rows("interactions", "account", "at", "response_sha256")
    }
    own, foreign, unknown = 0, defaultdict(int), set()
    for who, at, context in split.rows("interactions", "account", "at", "context_sha256"):
        for turn in context:
            if turn not in author:
                unknown.add(turn)
                continue
            assert author[turn][1] <= at
            own += author[turn][0] == who
            if author[turn][0] != who:
                foreign[split.truth[who]] += split.truth[who] == split.truth[author[turn][0]]
    assert own > 10_000 and 1 <= len(unknown) <= 2 and 5 < foreign[None] < 0.02 * own
    echoes = {row["operator"]: row["echoes"] for row in split.about["operators"]}
    assert {name: foreign[name] for name in echoes} == echoes and echoes["operator 2"] > 5


def test_the_truth_of_interactions_names_those_that_operators_sent(split: Made) -> None:
    sender = {which: split.truth[who] for who, which in split.rows("interactions", "account", "interaction")}
    assert {which: operator for which, (operator, _) in split.sent.items()} == {
        which: operator for which, operator in sender.items() if operator
    }
    assert list(split.sent) == sorted(split.sent)


def test_units_and_operators_are_in_one_block_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 5_000)
    world = make_world(Cast(PROFILES["hydra"]), Grammar(), 3_000, 20_000, 2)
    roster, echoes = world.town.roster, ints(len(world.crews))
    seen = [set(np.unique(rows.account).tolist()) for rows in requests(world, echoes)]
    assert len(seen) == 5 and sum(map(len, seen)) == len(set().union(*seen))
    pool = set(world.crews[0].everybody.tolist())
    assert seen[-1] == pool & seen[-1] and not pool & set().union(*seen[:-1])
    for unit in np.unique(roster.unit[(roster.unit >= 0) & (roster.operator == INNOCENT)]):
        members = set(np.flatnonzero(roster.unit == unit).tolist())
        assert sum(bool(members & accounts) for accounts in seen) <= 1


def test_no_scratch_file_is_left(split: Made) -> None:
    names = {path.name for path in split.simulation.out.iterdir()}
    assert names == {"source", "about.json", "truth.csv", "truth_interactions.csv", "kinds.csv"}


def test_a_block_on_more_rows_is_one_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulate(tmp_path / "a", profile="mixed", accounts=400, interactions=3_000, seed=3)
    monkeypatch.setattr(blocks, "BLOCK", 3_000)
    simulate(tmp_path / "b", profile="mixed", accounts=400, interactions=3_000, seed=3)
    for path in (tmp_path / "a" / "source").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / "source" / path.name).read_bytes()
