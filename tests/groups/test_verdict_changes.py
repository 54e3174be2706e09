"""What has become of verdicts: whether each holds, and exactly what has changed."""

import csv
import gzip
import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linkage import Settings, investigate
from linkage.case import Case
from linkage.explain.findings import examination
from linkage.groups.assessment import Assessment
from linkage.groups.verdict_changes import groups_with_verdicts, verdict_changes
from linkage.links import constraints
from linkage.links.constraints import Constraints
from tests import promised
from tests.groups.made_assessments import FAILED, NAMES, assessment, named
from tests.promised import PLAIN, rows, small


def changes(groups: Mapping[str, Assessment], **given: Any) -> list[dict[str, Any]]:
    return verdict_changes(Constraints(**given), list(groups.items()), NAMES, listed=20)


def test_where_nothing_changed_nothing_is_said() -> None:
    (found,) = changes({"g": assessment(0, 1, 2)}, confirmed={"g": named(0, 1, 2)})
    assert (found["holds"], found["said"], found["now"]) == (True, [], [{"group": "g", "accounts": 3}])


def test_everything_that_changed_is_said() -> None:
    then = named(0, 1, 2, 3) | {"gone"}
    groups = {"g": assessment(0, 1, 7, gate=FAILED), "h": assessment(2, 8)}
    (found,) = changes(groups, confirmed={"g": then})
    assert not found["holds"]
    assert found["missing"] == ["gone"]
    assert found["alone"] == [NAMES[3]]
    assert found["come"] == [NAMES[7]]
    assert found["said"] == [
        "1 of its 5 accounts is not in the sources",
        "1 is in no group now",
        "1 is in h now, with 1 other (reported)",
        "1 account has come since",
        "on this data alone it would not be reported: provision",
    ]


def test_a_dismissed_group_that_most_of_a_reported_one_was_does_not_hold() -> None:
    given = {"dismissed": {"d": named(0, 1, 2)}}
    assert changes({"g": assessment(0, 1, 2, 5, 6, 7)}, **given)[0]["holds"]
    assert not changes({"g": assessment(0, 1, 2, 5)}, **given)[0]["holds"]
    assert changes({"g": replace(assessment(0, 1, 2), dismissed=True)}, **given)[0]["holds"]


def test_pairs_are_held_against_what_became_of_them() -> None:
    groups = {"g": assessment(0, 1), "h": assessment(2, 3)}
    linked = frozenset([(NAMES[0], NAMES[1]), (NAMES[0], NAMES[2]), (NAMES[0], "gone")])
    found = {(row["left"], row["right"]): row["holds"] for row in changes(groups, linked=linked)}
    assert found == {(NAMES[0], NAMES[1]): True, (NAMES[0], NAMES[2]): False, (NAMES[0], "gone"): True}
    apart = frozenset([(NAMES[0], NAMES[1]), (NAMES[8], NAMES[9])])
    assert [row["holds"] for row in changes(groups, not_linked=apart)] == [False, True]


def test_lists_name_so_many_accounts_and_the_sentence_counts_the_rest() -> None:
    given = Constraints(confirmed={"g": named(*range(6))})
    (found,) = verdict_changes(given, [], NAMES, listed=2)
    assert found["alone"] == [NAMES[0], NAMES[1]]
    assert found["said"] == ["6 are in no group now"]


def test_ids_of_confirmed_and_dismissed_groups_are_kept() -> None:
    given = Constraints(confirmed={"c": named(0, 1)}, dismissed={"d": named(2, 3)})
    assert groups_with_verdicts(given) == {"c": named(0, 1), "d": named(2, 3)}


# --- runs on grown and shrunk input --------------------------------------------------------------

QUICK = Settings.load(
    None,
    prompts={"encoder": "hashing", "max_judged": 0},
    # By how much one operator leads is not what is tested here.
    groups={"resamples": 2, "stories": {"margin_bits": 0.0}},
)


def drawn(account: str, parts: int) -> int:
    return int(hashlib.sha256(account.encode()).hexdigest(), 16) % parts


def kept(account: str, tenth: int) -> bool:
    return drawn(account, 10) != tenth


def without(source: Path, out: Path, wanted: Callable[[str], bool]) -> Path:
    """The files of a source with the rows of some accounts."""
    shutil.copytree(source, out, dirs_exist_ok=True)
    for path in sorted(each for each in out.rglob("*") if each.is_file()):
        packed = path.suffix == ".gz"
        text = (
            gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
            if packed
            else path.read_text("utf-8", "replace")
        )
        lines = text.splitlines(keepends=True)
        plain = path.name.removesuffix(".gz")
        if plain.endswith(".csv"):
            head = next(csv.reader(lines[:1]))
            if "account" not in head:
                continue
            place = head.index("account")
            body = [each for each in lines[1:] if wanted((next(csv.reader([each])) or [""])[place])]
            lines = lines[:1] + body
        else:
            lines = [each for each in lines if wanted(_account(each))]
        path.write_bytes(gzip.compress("".join(lines).encode()) if packed else "".join(lines).encode())
    return out


def _account(line: str) -> str:
    try:
        return str(json.loads(line).get("account"))
    except (ValueError, AttributeError):
        return ""


def members(case: Case, table: str = "groups") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows(case.path, table):
        found.setdefault(row["group"], set()).add(row["account"])
    return found


@pytest.fixture(scope="module")
def fixture(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Case]:
    """Runs one case on the fixtures without a tenth of their accounts (−1: on all of them).

    Of accounts without an operator only a third is taken, for the sake of time.
    """
    folder = tmp_path_factory.mktemp("decided")
    with (root / "fixtures" / "truth.csv").open(encoding="utf-8") as file:
        planted = {row["account"] for row in csv.DictReader(file) if row["operator"]}
    source = without(root / "fixtures" / "case", folder / "all", lambda a: a in planted or drawn(a, 3) == 0)

    def run(tenth: int) -> Case:
        part = without(source, folder / f"without {tenth}", lambda account: kept(account, tenth))
        return investigate(part, case=folder / "case", settings=QUICK)

    return run


def test_verdicts_stand_when_the_input_grows_and_shrinks(fixture: Callable[[int], Case]) -> None:
    case = fixture(-1)
    (yes, sure), (no, innocent) = sorted(members(case).items(), key=lambda item: (-len(item[1]), item[0]))[:2]
    grouped = sure | innocent
    strangers = sorted(row["account"] for row in rows(case.path, "observations"))
    first, last = [each for each in dict.fromkeys(strangers) if each not in grouped][:2]
    apart = sorted(innocent)[:2]
    case.judge(constraints.on_group("confirmed", yes, sure, "seen"), who="mira")
    case.judge(constraints.on_group("dismissed", no, innocent, "a lab"), who="mira")
    case.judge(constraints.on_pair("linked", first, last, "one person"), who="mira")
    case.judge(constraints.on_pair("not linked", apart[0], apart[1], "two people"), who="mira")
    for tenth in (3, -1):
        case = fixture(tenth)
        there = {account for account in sure if kept(account, tenth)}
        assert there <= members(case)[yes]
        assert no not in members(case)
        for found in members(case).values():
            assert 2 * len(found & innocent) <= len(found)
        home = {
            a: g
            for table in ("groups", "unresolved", "explained")
            for g, m in members(case, table).items()
            for a in m
        }
        if kept(first, tenth) and kept(last, tenth):
            assert home[first] == home[last]
        if all(kept(each, tenth) for each in apart):
            assert home.get(apart[0]) != home.get(apart[1])
        told = {row.get("group"): row for row in case.run["verdicts"]}
        assert told[yes]["missing"] == sorted(sure - there)
        assert told[yes]["holds"]
        assert told[no]["holds"]
        assert all(row["holds"] for row in case.run["verdicts"])
        events = {(row["group"], row["was"], row["kind"]) for row in rows(case.path, "lineage")}
        assert (yes, yes, "kept") in events
    assert [row["verdict"] for row in case.verdicts()] == ["confirmed", "dismissed", "linked", "not linked"]
    for group in members(case):
        figures_walk_back(case, group)


def figures_walk_back(case: Case, group: str) -> None:
    """What was found against a group is what the tables of the case say."""
    found, own = examination(case.run["groups"][group]), members(case)[group]
    assert found is not None
    assert found.accounts == found.core + found.fringe == len(own)
    inside = [row for row in rows(case.path, "links") if {row["left"], row["right"]} <= own]
    assert found.links == found.links_examined == len(inside)
    assert found.weakest_member.account in own
    holders = Counter((row["trait"], row["value"]) for row in rows(case.path, "observations"))
    said = {row["value"] for row in rows(case.path, "evidence") if {row["left"], row["right"]} <= own}
    assert found.smallest_set is not None
    for removal in [*found.sources, found.smallest_set]:
        assert sum(removal.remains.parts) + removal.remains.alone == len(own)
        for value in (value for source in removal.sources for value in source.values):
            assert holders[value.trait, value.value] == value.holders
            assert value.value in said
    for each in found.without_family:
        assert each.remains.links <= each.remains.of <= len(inside)
    assert len(found.benign_explanations) == 9
    assert case.run["groups"][group]["against"]


def test_a_group_that_evidence_does_not_carry_is_reported_by_a_person_s_word_alone(tmp_path: Path) -> None:
    source = promised.write(PLAIN.tables(), tmp_path / "source")
    case = investigate(source, case=tmp_path / "case", settings=small())
    (group,) = members(case, "explained")
    sure = set(sorted(members(case, "explained")[group])[:5])
    case.judge(constraints.on_group("confirmed", group, sure, "they said so"), who="mira")
    case = investigate(source, case=tmp_path / "case", settings=small())
    assert members(case) == {group: sure}
    (told,) = case.run["verdicts"]
    assert told["holds"]
    assert any("would not be reported: " in each for each in told["said"])
    assert case.run["groups"][group]["examined"]["accounts"] == 5
