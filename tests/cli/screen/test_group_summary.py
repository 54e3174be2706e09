"""What the page of one group sums up: the strongest values, family by family."""

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from linkage.case import Case
from linkage.cli.screen.group_summary import STRONGEST, Reason, summary
from tests import made_case
from tests.conftest import Command
from tests.made_case import GROUP, OPERATOR

FAMILY_OF = {"client": "device", "rare segments": "content", "exact text": "content", "card": "payment"}


def said(signal: str, value: str, bits: float, members: list[str], **more: Any) -> list[dict[str, Any]]:
    """One value's evidence for every pair of these accounts."""
    empty = {"left_observation": None, "right_observation": None, "detail": more.get("detail")}
    return [
        {"left": a, "right": b, "signal": signal, "family": FAMILY_OF[signal], "value": value, "bits": bits}
        | empty
        for a, b in combinations(sorted(members), 2)
    ]


@pytest.fixture(scope="module")
def summed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One client of two accounts says most of a single pair; many small texts hold all six together."""
    digest = "0123456789abcdef0123456789abcdef"
    rows = said("client", "curl/8", 9.0, OPERATOR[:2], detail="held by 2 of 400 accounts, used 3 days apart")
    rows += said("client", "wget/1", -0.5, OPERATOR)
    rows += said("rare segments", digest, 1.5, OPERATOR, detail="held by 6 of 400 accounts; 2 bits alone")
    for n in range(5):
        rows += said("rare segments", f"s{n}", 1.0, OPERATOR[n:])
    rows += said("exact text", "s0", 2.0, OPERATOR[:3])
    rows += said("card", "c1", 4.0, [OPERATOR[0], "lone_1"])
    tables = {**made_case.tables(), "evidence": sorted(rows, key=lambda r: tuple(map(str, r.values())))}
    path = made_case.write(tmp_path_factory.mktemp("view") / "case", tables)
    return path


def strongest(case: Path) -> list[Reason]:
    return list(summary(Case(case), GROUP).strongest)


def test_what_holds_all_comes_before_one_strong_pair(summed: Path) -> None:
    found = [(each.family, each.signal, each.value) for each in strongest(summed)]
    assert found == [
        ("content", "rare segments", "0123456789abcdef0123456789abcdef"),
        ("content", "rare segments", "s0"),
        ("content", "rare segments", "s1"),
        ("device", "client", "curl/8"),
    ]


def test_a_value_is_summed_over_the_pairs_of_the_group(summed: Path) -> None:
    content = strongest(summed)[0]
    assert (content.pairs, content.accounts, content.mean_bits, content.sum_bits) == (15, 6, 1.5, 22.5)
    assert (content.left, content.right) == (OPERATOR[0], OPERATOR[1])
    third = strongest(summed)[2]
    assert (third.pairs, third.accounts, third.sum_bits) == (10, 5, 10.0)


def test_the_pair_named_is_the_one_for_which_the_value_says_most(tmp_path: Path) -> None:
    rows = said("card", "c1", 4.0, OPERATOR)
    rows[7] |= {"bits": 6.0, "detail": "seen here"}
    case = made_case.write(tmp_path / "case", {**made_case.tables(), "evidence": rows})
    (found,) = strongest(case)
    assert (found.left, found.right, found.detail) == (rows[7]["left"], rows[7]["right"], "seen here")
    assert (found.pairs, found.sum_bits) == (15, 62.0)


def test_a_family_counts_each_link_once_and_what_speaks_against_it(summed: Path) -> None:
    seen = summary(Case(summed), GROUP)
    assert [(each.family, each.links) for each in seen.families] == [("content", 15), ("device", 15)]
    assert seen.families[1].mean_bits == pytest.approx((9 - 15 * 0.5) / 15)
    assert {row["bits"] for row in seen.against} == {-0.5}
    assert len(seen.against) == 3


def test_where_nothing_speaks_against_nothing_is_told(tmp_path: Path) -> None:
    rows = said("card", "c1", 4.0, OPERATOR)
    case = made_case.write(tmp_path / "case", {**made_case.tables(), "evidence": rows})
    assert list(summary(Case(case), GROUP).against) == []


def test_values_that_are_not_shown_are_counted(summed: Path) -> None:
    # s4 is held by two accounts, and `exact text` of s0 is not `rare segments` of s0.
    assert {(each.family, each.family_values) for each in strongest(summed)} == {
        ("content", 7),
        ("device", 1),
    }
    assert sum(each.family == "content" for each in strongest(summed)) == STRONGEST


def test_a_group_without_evidence_has_no_reasons(tmp_path: Path) -> None:
    case = made_case.write(tmp_path / "case", {**made_case.tables(), "evidence": []})
    assert strongest(case) == []


def test_the_screen_names_each_family_once_and_what_it_left_out(
    linkage: Command, summed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    _, out, _ = linkage("show", summed, GROUP)
    lines = [" ".join(line.split()) for line in out.partition("Strongest evidence")[2].splitlines()]
    wanted = [
        "content rare segments 15 6 +1.5 0123456789a…, held by 6 of 400 accounts",
        "rare segments 15 6 +1.0 s0",
        "rare segments 10 5 +1.0 s1",
        "and 4 more values",
        "device client 1 2 +9.0 curl/8, held by 2 of 400 accounts",
    ]
    assert lines[3:8] == wanted
    assert f"linkage explain CASE {OPERATOR[0]} {OPERATOR[1]}" in out
