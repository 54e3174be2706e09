import csv
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from linkage.errors import UsageError
from linkage.lab.simulate import WITHHOLD, simulate
from tests.lab.made import Made, load

SMALL = {"accounts": 800, "interactions": 8_000, "seed": 6}


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return load(
        simulate(tmp_path_factory.mktemp("pool"), profile="pool", accounts=2_000, interactions=25_000, seed=2)
    )


def test_every_interaction_of_an_operators_account_is_told_of_and_no_other(mixed: Made) -> None:
    theirs = {
        which: mixed.truth[who]
        for who, which in mixed.rows("interactions", "account", "interaction")
        if mixed.truth[who]
    }
    assert {which: operator for which, (operator, _) in mixed.sent.items()} == theirs
    prompt = dict(mixed.rows("interactions", "interaction", "prompt"))
    for operator, camouflage in (("operator 1", 0.2), ("operator 2", 0.05)):
        parts = Counter(part for who, part in mixed.sent.values() if who == operator)
        assert abs(parts["camouflage"] / sum(parts.values()) - camouflage) < 0.06
        words = {
            part: np.mean([len(prompt[k].split()) for k, v in mixed.sent.items() if v == (operator, part)])
            for part in ("work", "camouflage")
        }
        assert words["work"] > 1.5 * words["camouflage"]


def test_every_account_has_a_kind(mixed: Made) -> None:
    assert mixed.kinds.keys() == mixed.truth.keys()
    assert {who for who, kind in mixed.kinds.items() if kind == "operator"} == {
        who for who, operator in mixed.truth.items() if operator
    }
    assert Counter(mixed.kinds.values()) == mixed.about["accounts_by_kind"]
    lines = (mixed.simulation.out / "kinds.csv").read_text("utf-8").splitlines()
    assert lines[0] == "account,kind" and lines[1:] == sorted(lines[1:])


def test_plain_profiles_tell_nothing_of_pools_and_victims(mixed: Made) -> None:
    assert "victims" not in mixed.about and "withheld" not in mixed.about
    assert not any("pool" in each for each in mixed.about["operators"])


def test_a_pool_gives_each_request_to_another_account_and_follow_ups_carry_siblings_turns(pool: Made) -> None:
    for operator in ("operator 1", "operator 2"):
        sent = sorted((at, who) for who, at in pool.of(operator, "interactions", "at"))
        changes = np.mean([a[1] != b[1] for a, b in pairwise(sent)])
        assert changes > 0.9
        foreign = [which for a, b, which in pool.echoes() if a != b and pool.truth[b] == operator]
        assert 0.2 < len(foreign) / len(sent) < 0.4
        assert all(
            pool.truth[a] == operator for a, b, _ in pool.echoes() if a != b and pool.truth[b] == operator
        )
        cards = Counter(value for _, value in set(pool.of(operator, "payments", "fingerprint")))
        assert max(cards.values()) == 1


def test_slow_is_careful_at_a_tenth_of_the_rate(tmp_path: Path) -> None:
    rates = {}
    for profile in ("careful", "slow"):
        made = load(
            simulate(tmp_path / profile, profile=profile, accounts=2_000, interactions=25_000, seed=5)
        )
        days = {
            who: [at for _, at in made.of(who, "interactions", "at")] for who in ("operator 1", "operator 2")
        }
        rates[profile] = np.mean([len(at) / (max(at) - min(at)).days for at in days.values()])
        if profile == "slow":
            created = [at for _, at in made.of("operator 1", "accounts", "created_at")]
            assert (max(created) - min(created)).days > 150
            assert all((max(at) - min(at)).days > 250 for at in days.values())
    assert 0.07 < rates["slow"] / rates["careful"] < 0.13


@pytest.mark.parametrize("withhold", [("prompts",), ("lineage",), ("prompts", "lineage")])
def test_what_is_withheld_is_left_out_and_nothing_else_changes(
    tmp_path: Path, withhold: tuple[str, ...]
) -> None:
    whole = simulate(tmp_path / "a", profile="mixed", **SMALL)
    less = simulate(tmp_path / "b", profile="mixed", **SMALL, withhold=withhold)
    gone = [column for name in withhold for column in WITHHOLD[name]]
    kept = pq.read_table(whole.source / "interactions.parquet").drop_columns(gone)
    assert pq.read_table(less.source / "interactions.parquet").equals(kept)
    for name in ("source/accounts.parquet", "source/payments.parquet", "truth.csv", "truth_interactions.csv"):
        assert (whole.out / name).read_bytes() == (less.out / name).read_bytes(), name
    assert json.loads((less.out / "about.json").read_text("utf-8"))["withheld"] == list(withhold)


def test_only_known_things_are_withheld(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'cards' cannot be withheld") as caught:
        simulate(tmp_path, profile="mixed", **SMALL, withhold=("cards",))
    assert "prompts, lineage" in caught.value.hint
    assert not list(tmp_path.iterdir())


def test_a_reader_of_csv_sees_three_columns(pool: Made) -> None:
    with (pool.simulation.out / "truth_interactions.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["interaction", "operator", "part"]
    assert rows == sorted(rows) and {part for _, _, part in rows} == {"work", "camouflage"}
