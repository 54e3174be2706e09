"""A bundle is asked by its writer what its readers ask: an honest one verifies, whatever the logs hold."""

from pathlib import Path
from typing import Any

import pytest

from linkage.bundle import units
from linkage.bundle.checks.disclosures import PATH_AT
from linkage.bundle.checks.limits import LONGEST_LINE, LONGEST_UNIT
from linkage.bundle.checks.unit_parts import Parts, joined, part_of, part_path
from linkage.bundle.create import redacted
from linkage.errors import IntegrityError
from tests import made_case
from tests.bundle.hostile_cases import ALL, OneFile, Verdict, one_file, verdict_on
from tests.bundle.made import World, standalone, unpacked, world
from tests.made_case import OPERATOR, observation

OPENED = "data/disclosures.jsonl"
Rows = list[dict[str, Any]]


def with_values(folder: Path, trait: str, values: list[str]) -> World:
    """The case with more values of one trait on one account."""
    given = made_case.tables()
    more: Rows = [observation(OPERATOR[0], trait, value, "network", table="accounts") for value in values]
    given["observations"] += more
    given["rows"] += [
        {
            "row": each["source"].partition(":")[2],
            "table": "accounts",
            "file": "accounts.csv",
            "line": number + 2,
        }
        for number, each in enumerate(more)
    ]
    return world(folder, tables=given)


def short_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists in parts of a row or two."""
    monkeypatch.setattr(units, "LONGEST_UNIT", 150)
    monkeypatch.setattr(units, "ROOM", 100)


@pytest.fixture(scope="module")
def alone() -> OneFile:
    return one_file()


@pytest.mark.parametrize("seed", range(24))
def test_texts_of_whatever_kind_do_not_fail_an_honest_bundle(
    seed: int, alone: OneFile, tmp_path: Path
) -> None:
    """As many more as one likes: benchmarks/bundle.py --attacks --cases 1000."""
    assert verdict_on(tmp_path, seed, alone) == Verdict(ALL)


@pytest.mark.parametrize("agent", ["[" * 40, '"' * 3 + "[{" * 500, "\\" * 5 + '"' + "[" * 60])
def test_brackets_in_a_user_agent_are_text(agent: str, tmp_path: Path) -> None:
    own = with_values(tmp_path, "user_agent", [agent])
    own.create(tmp_path / "a.zip")
    (tmp_path / "signers").write_text(own.signers)
    assert own.verify(tmp_path / "a.zip").report.good
    assert standalone(tmp_path / "a.zip", tmp_path / "signers", "--recompute").returncode == 0


def test_very_many_values_of_one_trait_are_sealed_in_parts(tmp_path: Path) -> None:
    own = with_values(tmp_path, "user_agent", [f"agent {number:06d}" * 3 for number in range(30_000)])
    own.create(tmp_path / "a.zip")
    found = own.verify(tmp_path / "a.zip")
    assert found.report.good
    lines = unpacked(tmp_path / "a.zip")[OPENED].splitlines()
    assert (
        max(map(len, lines)) <= LONGEST_UNIT < sum(b"/user-agent" in line[36:200] for line in lines) * 2**20
    )
    assert sum(b"/part-" in line[36:200] for line in lines) >= 4


def test_claims_recompute_from_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list of a bundle in parts of a few hundred bytes: the same claims, recomputed."""
    own = world(tmp_path)
    own.create(tmp_path / "whole.zip")
    (tmp_path / "other").mkdir()
    short_units(monkeypatch)
    other = world(tmp_path / "other")
    other.create(tmp_path / "parts.zip")
    lines = unpacked(tmp_path / "parts.zip")[OPENED].splitlines()
    for kind in (b'"link/', b'"group/'):
        assert any(line.startswith(kind, PATH_AT) and b"/part-0001-of-" in line[:160] for line in lines), kind
    one, two = own.verify(tmp_path / "whole.zip"), other.verify(tmp_path / "parts.zip")
    assert one.report.good and two.report.good
    assert one.states == two.states and set(two.states.values()) == {
        "recomputed",
        "stated in the sealed unit",
    }
    assert one.opened.small == two.opened.small and one.opened.weights == two.opened.weights
    names = ("data/report/report.html", "data/methodology/params.json", "data/reproduce/run.json")
    whole, parts = unpacked(tmp_path / "whole.zip"), unpacked(tmp_path / "parts.zip")
    assert whole[names[1]] == parts[names[1]] and len(whole[names[0]]) == len(parts[names[0]])


def test_what_withholds_a_list_withholds_its_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short_units(monkeypatch)
    own = world(tmp_path)
    less = redacted(own.wanted(tmp_path / "a.zip"), ["link/*/weights"], "privilege")
    own.create(tmp_path / "a.zip", policy=less.policy)
    paths = [line[36:200] for line in unpacked(tmp_path / "a.zip")[OPENED].splitlines()]
    assert not any(b"/weights" in path for path in paths) and any(b"/part-" in path for path in paths)


def test_a_part_that_is_missing_leaves_the_list_unopened() -> None:
    whole = [part_path("group/g/by-day", number, 3) for number in (1, 2, 3)]
    assert part_of(whole[1]) == ("group/g/by-day", 2, 3) and part_of("group/g/by-day") is None
    parts = Parts()
    for path in whole[:2]:
        parts.add(part_of(path) or ("", 0, 0), [path])
    assert list(parts.complete()) == []
    parts.add(part_of(whole[2]) or ("", 0, 0), [whole[2]])
    assert list(parts.complete()) == [("group/g/by-day", whole)]
    rows = [(path, [path]) for path in whole]
    assert list(joined([*rows, ("a/b", 1)])) == [("group/g/by-day", whole), ("a/b", 1)]


def test_a_value_that_no_line_can_hold_is_refused_by_name(tmp_path: Path) -> None:
    own = with_values(tmp_path, "user_agent", ["x" * (LONGEST_LINE + 1)])
    with pytest.raises(IntegrityError, match=r"seen/[0-9a-f]+/user-agent: a value of"):
        own.create(tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_bundle_that_would_be_refused_is_not_kept(sealed: World, tmp_path: Path) -> None:
    """Whatever the fault is, the message has its rung, path, what was expected and what was found."""
    broken = sealed.wanted(tmp_path / "a.zip", stix=lambda case, given, declared: {"stix/bundle.json": b"{}"})
    with pytest.raises(IntegrityError, match=r"V2 data/stix/bundle.json: the STIX file is no bundle"):
        sealed.create(tmp_path / "a.zip", stix=broken.stix)
    assert list(tmp_path.iterdir()) == []


def test_numbers_just_below_zero_are_zero() -> None:
    assert units.fixed(-1e-9) == "0.000000" and units.fixed(-0.5) == "-0.500000"


def test_names_of_files_that_are_no_text_become_text() -> None:
    assert units.json_line(["\udcff"]) == b'["\\\\udcff"]\n'
    assert units.json_line({"\ud800": ("a", 1)}) == b'{"\\\\ud800":["a",1]}\n'


def test_a_long_name_of_a_trait_keeps_its_path_short() -> None:
    one, other = units.slug("a" * 300), units.slug("a" * 301)
    assert one != other and max(len(one), len(other)) <= 60
