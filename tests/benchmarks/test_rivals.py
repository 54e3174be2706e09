"""The three simple methods find what is plain, and nothing where nothing is shared."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rivals
from rivals import Groups, Held, components, held, louvain, records, sized, splink

RING = [f"r{n}" for n in range(6)]
OTHERS = [f"x{n:02}" for n in range(40)]


def world() -> Held:
    """Six accounts on one card and two addresses, forty that share nothing rare."""
    values = {
        ("fingerprint", "card"): RING,
        ("ip", "one"): RING[:4],
        ("ip", "two"): RING[3:],
        ("referrer", "news"): sorted(RING + OTHERS[:30]),
        ("billing_hash", "home"): OTHERS[:2],
    }
    values |= {("fingerprint", f"own {name}"): [name] for name in OTHERS}
    return Held(sorted(RING + OTHERS), values)


@pytest.mark.parametrize("method", [components, louvain])
def test_a_ring_is_found_and_nobody_else(method: Callable[[Held, int], Groups]) -> None:
    assert set(method(world(), 5)) == set(RING)
    assert len(set(method(world(), 5).values())) == 1
    assert method(world(), 7) == {}


@pytest.mark.needs("splink")
@pytest.mark.optional
@pytest.mark.filterwarnings("ignore")
def test_splink_finds_the_ring() -> None:
    assert splink(world(), 5) == dict.fromkeys(RING, "r0")
    assert splink(Held(OTHERS, {("fingerprint", f"own {name}"): [name] for name in OTHERS}), 5) == {}


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rivals, "find_spec", lambda name: None)
    assert rivals.missing("components over rare identifiers") == ""
    assert "splink is not installed" in rivals.missing("Splink")


def test_groups_bear_the_name_of_their_first_account() -> None:
    assert sized([["b", "a"], ["c"]], 2) == {"a": "a", "b": "a"}


def test_only_what_the_tool_weighs_is_held_and_each_fact_once(tmp_path: Path) -> None:
    rows = [("ip", "1", "b"), ("ip", "1", "a"), ("ip", "1", "b"), ("plan", "free", "a")]
    columns = zip(("trait", "value", "account"), zip(*rows, strict=True), strict=True)
    pq.write_table(pa.table({name: list(each) for name, each in columns}), tmp_path / "observations.parquet")
    known = held(tmp_path, ["b", "a", "c"])
    assert known.accounts == ["a", "b", "c"]
    assert known.values == {("ip", "1"): ["a", "b"]}


def test_splink_gets_lists_of_uncommon_values_and_single_ones() -> None:
    table = records(world())
    rows = {row["account"]: row for row in table.to_pylist()}
    assert rows["r3"]["ip"] == ["one", "two"]
    assert rows["r3"]["fingerprint"] == "card"
    assert rows["x00"]["fingerprint"] is None  # a card of one's own is nothing shared
    assert rows["r0"]["rare"] == ["fingerprint=card", "ip=one"]
    assert rows["x39"]["rare"] == []
