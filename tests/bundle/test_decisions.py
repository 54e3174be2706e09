"""A group that stands because a person said so: every view says that first, and then what the data say."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from linkage import investigate, pipeline
from linkage.bundle import create, rerun
from linkage.bundle.checks.ladder import Asked, verify_bundle
from linkage.bundle.decisions import Decisions, bound, decided
from linkage.bundle.policy import READY, read_policy
from linkage.bundle.reports import of_case
from linkage.bundle.signing import new_key, signer_line
from linkage.case import Case
from linkage.case.journal import AUDIT, VERDICTS, read_lines
from linkage.errors import UsageError
from linkage.links.constraints import on_group, on_pair
from tests import made_case, promised, returning
from tests.bundle.made import GROUP, World, unpacked, world
from tests.bundle.whole import Whole, named_in

BY_HAND = "a person confirmed it: on this data alone it would not be reported: one operator does not lead"
TOGETHER = "a person joined {} of its accounts: they are together whatever the data say"
OPERATOR = [f"acct_{number:02d}" for number in range(6)]


@pytest.mark.parametrize("name", READY)
def test_every_view_says_it_first(name: str, confirmed: Whole, tmp_path: Path) -> None:
    out = confirmed.bundle(tmp_path / "a.zip", replace(read_policy(name), min_k=0))
    found = verify_bundle(str(out), Asked(confirmed.signers, recompute=True))
    assert found.report.good, found.report.faults
    group = named_in(out)
    assert found.report.facts["stands or was changed by what a person decided"] == group
    files = unpacked(out)
    first = files["data/README-FIRST.txt"].decode().split("What it cannot show")[0]
    assert f"A PERSON DECIDED about group {group}:\n  {BY_HAND}" in first
    assert "that a person took to be run" in first and "the provider takes to be run" not in first
    told = json.loads(files["data/VIEW.json"])["decided"]
    assert told[group][0].startswith(BY_HAND)
    assert told[group][1:] == [TOGETHER.format(12)]
    against = [json.loads(each)["says"] for each in files["data/counter-evidence.jsonl"].splitlines()]
    assert against[0].startswith(BY_HAND) and len(against) > 1
    page = files["data/report/report.html"].decode()
    # Before any number of the group, and beside the numbers that the data give.
    assert 0 < page.index("A person confirmed it: on this data alone") < page.index("Log-odds, bits")


def test_it_is_run_again_under_the_same_verdicts(confirmed: Whole, tmp_path: Path) -> None:
    out = confirmed.bundle(tmp_path / "a.zip", read_policy("court"))
    assert "V4" in confirmed.climb(out).report.looked
    found = confirmed.verified(out)
    given = rerun.Given([confirmed.sources])
    with pytest.raises(UsageError, match="1 verdict was sealed, of which 1 bound the run") as refused:
        rerun.rerun(found, out, given, investigate=pipeline.investigate)
    assert "--verdicts" in refused.value.hint
    (tmp_path / "other").write_bytes((confirmed.case / VERDICTS).read_bytes().replace(b"mira", b"otto"))
    with pytest.raises(UsageError, match="not the verdicts that were sealed"):
        other = replace(given, verdicts=tmp_path / "other")
        rerun.rerun(found, out, other, investigate=pipeline.investigate)


def test_what_was_decided_after_the_run_is_given_again_too(confirmed: Whole, tmp_path: Path) -> None:
    shutil.copytree(confirmed.case, tmp_path / "case")
    later = replace(confirmed, case=tmp_path / "case")
    Case(later.case).judge(on_pair("not linked", "a000", "a001", "two firms"), who="mira")
    out = later.bundle(tmp_path / "a.zip", read_policy("court"), reseal=True)
    found = later.climb(out)
    assert not found.report.faults and "V4" in found.report.looked, found.report.faults
    said = found.opened.small[f"group/{named_in(out)}/decided"]
    assert said[-1] == "a person kept 1 pairs of its accounts apart, which are in one group here nonetheless"


def test_a_draft_says_it_too(confirmed: Whole) -> None:
    page = of_case(Case(confirmed.case), []).as_file(".html").decode()
    assert "A person confirmed it: on this data alone" in page


def test_a_verdict_after_the_run_is_known_and_bound_nothing(tmp_path: Path) -> None:
    own = world(tmp_path)
    case = Case(own.case)
    case.judge(on_group("dismissed", made_case.GROUP, OPERATOR, "a firm"), who="mira")
    case.judge(on_pair("not linked", OPERATOR[0], OPERATOR[1], "two firms"), who="mira")
    own.create(tmp_path / "a.zip")
    found = own.verify(tmp_path / "a.zip")
    assert found.report.good, found.report.faults
    assert found.opened.small["run/verdicts"]["bound"] == 0
    assert found.opened.small[f"group/{GROUP}/decided"] == [
        "a person dismissed it; this run does not obey that yet",
        "a person kept 1 pairs of its accounts apart, which are in one group here nonetheless",
    ]
    against = unpacked(tmp_path / "a.zip")["data/counter-evidence.jsonl"].splitlines()
    assert "dismissed it" in json.loads(against[0])["says"]


@pytest.mark.parametrize(
    "row",
    [
        on_group("dismissed", made_case.GROUP, OPERATOR, "a firm"),
        on_pair("not linked", OPERATOR[0], OPERATOR[1], "two firms"),
    ],
)
def test_a_verdict_after_the_seal_needs_a_new_one(row: dict[str, str], tmp_path: Path) -> None:
    own = world(tmp_path)
    own.create(tmp_path / "a.zip")
    Case(own.case).judge(on_pair("not linked", "lone_1", "lone_2", "about nobody here"), who="mira")
    own.create(tmp_path / "b.zip")
    Case(own.case).judge(row, who="mira")
    with pytest.raises(UsageError, match="judged since the case was sealed") as refused:
        own.create(tmp_path / "c.zip")
    assert "--reseal" in refused.value.hint and not (tmp_path / "c.zip").exists()
    own.create(tmp_path / "c.zip", reseal=True)
    assert own.verify(tmp_path / "c.zip").opened.small[f"group/{GROUP}/decided"]


def test_links_that_only_a_person_made_are_counted(sealed: World) -> None:
    pairs = [{"seq": 1, **on_pair("linked", OPERATOR[0], OPERATOR[1], "told by phone")}]
    given = Decisions(pairs, pairs, {GROUP: 3})
    said = decided({"group": GROUP}, {}, given, frozenset(OPERATOR))
    assert said == [
        TOGETHER.format(2),
        "3 of its links stand because a person linked the accounts: on this data alone they would not",
    ]
    unbound, gates = Decisions([], [], {}), [{"name": "size", "passed": True}]
    assert decided({"group": GROUP}, {"gates": gates}, unbound, frozenset(OPERATOR)) == []


def test_a_group_that_its_data_carry_tells_who_was_put_into_it() -> None:
    """Gates that pass say nothing of an account that a person added."""
    gates = [{"name": "size", "passed": True, "detail": "7 accounts"}]
    rows = [{"seq": 1, **on_group("confirmed", GROUP, [*OPERATOR, "lone_1"], "seen before")}]
    members = frozenset([*OPERATOR, "lone_1"])
    said = decided({"group": GROUP}, {"gates": gates}, Decisions(rows, rows, {}), members)
    assert said == [TOGETHER.format(7)]
    assert decided({"group": GROUP}, {"gates": gates}, Decisions(rows, [], {}), members) == []


def test_the_verdicts_that_bound_a_run_are_told_from_later_ones(confirmed: Whole, tmp_path: Path) -> None:
    shutil.copytree(confirmed.case, tmp_path / "case")
    case = Case(tmp_path / "case")
    before = bound(case, case.verdicts())
    case.judge(on_group("dismissed", confirmed.group, ["a000", "a001"], "a firm"), who="mira")
    after = bound(Case(case.path), case.verdicts())
    assert (before["known"], before["bound"], after["known"], after["bound"]) == (1, 1, 2, 1)
    assert [row["action"] for row in read_lines(case.path / AUDIT)][-1] == "judge"


def test_groups_keep_the_ids_of_earlier_runs(tmp_path: Path) -> None:
    """Most of the group was there before: its id is of those accounts, and a first run over all would give it
    another."""
    logs, settings = tmp_path / "logs", returning.chosen()
    every, new = returning.tables("a", strangers=40), ("a000", "a001")
    earlier = {name: [row for row in rows if row["account"] not in new] for name, rows in every.items()}
    promised.write(earlier, tmp_path / "before")
    case = investigate(tmp_path / "before", case=tmp_path / "case", settings=settings)
    (before,) = case.findings
    promised.write(every, logs)
    case = investigate(logs, case=tmp_path / "case", settings=settings)
    (finding,) = case.findings
    assert finding["group"] == before["group"] and finding["accounts"] > before["accounts"]
    key = new_key(tmp_path / "key", "legal@x.example")
    out = tmp_path / "a.zip"
    create.create(case, create.Wanted([finding["group"]], read_policy("court"), key, "court", out))
    found = verify_bundle(str(out), Asked(signer_line(key, seal=True, view=True)))
    assert found.report.good and found.opened.small["run/renamed"]
    rerun.rerun(found, out, rerun.Given([logs]), investigate=pipeline.investigate)
    assert not found.report.faults and "V4" in found.report.looked, found.report.faults
