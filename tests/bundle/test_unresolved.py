"""An unresolved group leaves the case only with a reason, and nobody can take it for a finding."""

import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from linkage.bundle.policy import READY, read_policy
from linkage.bundle.reports import of_case
from linkage.case import Case
from linkage.errors import UsageError
from tests import made_case
from tests.bundle.made import GROUP as NAMED
from tests.bundle.made import OPEN as OPEN_NAMED
from tests.bundle.made import Files, World, forged, standalone, unpacked, world
from tests.made_case import GROUP, OPEN, SETTLES, STRANGERS

WHY = "the card processor is asked"
BARE = f"group {OPEN_NAMED} is unresolved. Nobody in it is accused."


@pytest.fixture(scope="module")
def undecided(tmp_path_factory: pytest.TempPathFactory) -> World:
    run = made_case.unresolved_receipt() | {"seed": 7, "versions": {"linkage": "0.1.0"}}
    return world(tmp_path_factory.mktemp("undecided"), run=run, tables=made_case.unresolved_tables())


@pytest.fixture(scope="module")
def both(undecided: World) -> Path:
    """A court view of the reported and the unresolved group."""
    out = undecided.case.parent / "both.zip"
    undecided.create(out, groups=[GROUP, OPEN], override=WHY)
    return out


@pytest.mark.parametrize("override", ["", "  "])
def test_without_a_reason_it_is_refused(override: str, undecided: World, tmp_path: Path) -> None:
    out = tmp_path / "a.zip"
    with pytest.raises(UsageError, match=f"{OPEN}: unresolved: .*nobody in it is accused") as refused:
        undecided.create(out, groups=[GROUP, OPEN], override=override)
    assert "--override" in refused.value.hint and not out.exists()
    undecided.create(out, groups=[GROUP], override=override)


@pytest.mark.parametrize("name", READY)
def test_every_view_says_that_it_is_no_finding_and_verifies(
    name: str, undecided: World, tmp_path: Path
) -> None:
    out = tmp_path / "a.zip"
    undecided.create(out, groups=[OPEN], policy=replace(read_policy(name), min_k=0), override=WHY)
    found = undecided.verify(out)
    assert found.report.good, found.report.faults
    assert found.report.facts["unresolved, nobody in it is accused"] == OPEN_NAMED
    files = unpacked(out)
    first = files["data/README-FIRST.txt"].decode()
    assert BARE in first and WHY in first and "one customer" in first
    assert "taken to be run by one operator" not in first and "takes to be run" not in first
    settles = SETTLES if name in ("internal", "court") else "ask the card processor who bought [withheld]"
    assert settles in first
    told = json.loads(files["data/VIEW.json"])
    assert told["override"] == WHY
    assert told["unresolved"][OPEN_NAMED]["favours"] == "2.500000"
    assert told["unresolved"][OPEN_NAMED]["settles"] == settles
    against = [json.loads(each)["says"] for each in files["data/counter-evidence.jsonl"].splitlines()]
    assert against[0].startswith("unresolved, no finding: one operator and another explanation")
    assert settles in against[1] and against[2] == made_case.SPREAD
    page = files["data/report/report.html"].decode()
    assert "Unresolved, no finding" in page and settles in page
    assert "data/stix/bundle.json" not in files
    assert WHY in files["data/custody/custody.jsonl"].decode()


def test_its_numbers_are_computed_again(both: Path, undecided: World) -> None:
    found = undecided.verify(both)
    claims = [json.loads(each) for each in unpacked(both)["data/claims.jsonl"].splitlines()]
    own = {(each["method"], each["of"]): each for each in claims if each["group"] == OPEN_NAMED}
    assert own["count-members", ""]["value"] == "2"
    assert own["mean-membership", ""]["value"] == "0.875000"
    assert own["sum-of-days", "by-day"]["value"] == "7"
    assert own["count-against", ""]["value"] == "3"
    assert own["strongest-link", ""]["value"] == "4.650000"
    favours = own["as-run", "favours"]
    assert favours["value"] == "2.500000" and favours["words"] == ""
    assert favours["alternatives"][0] == ["one customer", "+2.5 bits against it"]
    assert ("as-run", "log-odds") not in own
    assert {found.states[each["claim"]] for each in own.values()} == {
        "recomputed",
        "stated in the sealed unit",
    }


def test_beside_a_finding_only_the_finding_is_in_the_stix_file(both: Path, undecided: World) -> None:
    assert undecided.verify(both).report.good
    objects = json.loads(unpacked(both)["data/stix/bundle.json"])["objects"]
    assert [each["name"] for each in objects if each["type"] == "intrusion-set"] == [NAMED]
    stix = unpacked(both)["data/stix/bundle.json"].decode()
    assert OPEN_NAMED not in stix and OPEN not in stix and "card_open" not in stix


def test_the_seal_is_the_same_with_and_without_it(both: Path, undecided: World, tmp_path: Path) -> None:
    undecided.create(tmp_path / "a.zip", groups=[GROUP])
    one, other = unpacked(both), unpacked(tmp_path / "a.zip")
    assert one["data/seal/SEAL.txt"] == other["data/seal/SEAL.txt"]
    assert b"card_open" not in b"".join(other.values())
    assert not any(each.encode() in b"".join(other.values()) for each in STRANGERS)


def _as_finding(files: Files) -> None:
    view = json.loads(files["data/VIEW.json"])
    files["data/VIEW.json"] = json.dumps(view | {"unresolved": {}}).encode()


def _other_reason(files: Files) -> None:
    files["data/VIEW.json"] = files["data/VIEW.json"].replace(b"one customer", b"nothing else")


def _no_override(files: Files) -> None:
    view = json.loads(files["data/VIEW.json"])
    files["data/VIEW.json"] = json.dumps(view | {"override": ""}).encode()


def _silent_page(files: Files) -> None:
    page = files["data/README-FIRST.txt"]
    files["data/README-FIRST.txt"] = page.replace(b"Nobody in it is accused", b"All in it are accused")


def _no_outcome(files: Files) -> None:
    lines = files["data/disclosures.jsonl"].splitlines(keepends=True)
    files["data/disclosures.jsonl"] = b"".join(
        each for each in lines if f'"group/{OPEN_NAMED}/outcome"'.encode() not in each
    )
    view = json.loads(files["data/VIEW.json"])
    del view["opened"]["group.outcome"]
    files["data/VIEW.json"] = json.dumps(view | {"unresolved": {}}).encode()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_as_finding, "the view tells other groups unresolved"),
        (_other_reason, "the view tells other groups unresolved"),
        (_no_override, "an unresolved group is handed out without a reason"),
        (_silent_page, "the first page does not say that a group is unresolved"),
        (_no_outcome, "a group without its outcome"),
    ],
)
def test_a_view_that_hides_it_does_not_verify(
    change: object, fault: str, both: Path, undecided: World, tmp_path: Path
) -> None:
    """Signed anew by the provider's own key: only what is sealed can tell."""
    assert callable(change)
    broken = forged(both, tmp_path / "broken.zip", change, undecided.key)
    assert fault in [each.what for each in undecided.verify(broken).report.faults]
    (tmp_path / "signers").write_text(undecided.signers)
    assert fault in standalone(broken, tmp_path / "signers").stdout


@pytest.mark.parametrize("kind", ["group.outcome", "group.reason", "group.settles"])
def test_no_policy_withholds_it(kind: str, undecided: World, tmp_path: Path) -> None:
    policy = replace(read_policy("court"), withhold=(kind,))
    with pytest.raises(UsageError, match=f"{kind}: that a group is unresolved"):
        undecided.create(tmp_path / "a.zip", groups=[OPEN], policy=policy, override=WHY)
    if kind == "group.outcome":  # that a group is none of these is said of every group
        with pytest.raises(UsageError, match=kind):
            undecided.create(tmp_path / "b.zip", groups=[GROUP], policy=policy)
    else:
        undecided.create(tmp_path / "b.zip", groups=[GROUP], policy=policy)
    closed = read_policy("court").without((f"group/*/{kind.partition('.')[2]}",), "no reason")
    with pytest.raises(UsageError, match=f"{kind}: that a group is unresolved"):
        undecided.create(tmp_path / "a.zip", groups=[OPEN], policy=closed, override=WHY)


def test_a_draft_reports_it_only_where_it_is_named(undecided: World) -> None:
    case = Case(undecided.case)
    assert [each.name for each in of_case(case, []).document.groups] == [GROUP]
    named = of_case(case, [OPEN])
    assert [each.name for each in named.document.groups] == [OPEN]
    assert "Unresolved, no finding" in named.as_file(".html").decode()


def test_each_row_of_a_spreadsheet_says_it(undecided: World) -> None:
    """Rows are sorted and copied out, away from what the first sheet says."""
    book = of_case(Case(undecided.case), [GROUP, OPEN]).as_file(".xlsx")
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        shared = archive.read("xl/sharedStrings.xml").decode()
    cells = re.findall("<t[^>]*>([^<]*)</t>", shared)
    assert f"{OPEN} (unresolved, no finding)" in cells
    assert OPEN not in cells and GROUP in cells
