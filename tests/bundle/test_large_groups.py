"""What a page cannot hold of a large group is left out by a rule, which the page about bundles states."""

import re

import pytest

from linkage.bundle.case_units import LINKS_PER_ACCOUNT
from linkage.bundle.checks.limits import LONGEST_UNIT
from linkage.report import counting, link_diagram, overview, shared_traits, xlsx
from linkage.report.document import Names
from linkage.report.group_view import Subject
from linkage.report.opened_units import Gathered, Whole
from linkage.share import export
from tests.bundle.made import ROOT

RULES = {
    "seal, opened units": [LINKS_PER_ACCOUNT],
    "claims": [],
    "picture of the links": [link_diagram.MOST, link_diagram.LISTED],
    "names": [shared_traits.NAMED],
    "values that are shared": [shared_traits.OF_TRAIT, counting.MOST_COUNTED],
    "strongest reasons": [overview.VALUES],
    "STIX": [export.MOST_ACCOUNTS],
    "spreadsheet": [xlsx.MOST_ROWS],
}


def test_the_page_about_bundles_states_the_limits_in_force() -> None:
    text = (
        (ROOT / "docs" / "bundles.md").read_text("utf-8").split("## Large groups", 1)[1].split("\n## ", 1)[0]
    )
    rows = dict(re.findall(r"^\| ([^|]+) \| (.+) \|$", text, re.MULTILINE))
    said = {part: re.findall(r"\b\d[\d,]*\b", rule) for part, rule in rows.items() if part != "part"}
    assert said == {part: [f"{number:,}" for number in numbers] for part, numbers in RULES.items()}
    assert "a line of 1 MB" in text and LONGEST_UNIT == 1 << 20


def group(core: int, fringe: int, *, sealed: bool) -> Subject:
    """A group of so many accounts, named in the order in which they are."""
    whole, own = Whole(), Gathered()
    for number in range(core + fringe):
        member, role = f"m{number}", "core" if number < core else "fringe"
        own.members[member] = ("1.000000", role)
        whole.member_of[f"h{number}"], whole.names[f"h{number}"] = member, f"account {number:06d}"
    return Subject("g", whole, own, {}, sealed=sealed)


@pytest.mark.parametrize(
    ("core", "fringe", "named", "more"),
    [(3, 1, [3, 1], [0, 0]), (6, 2, [4, 0], [2, 2]), (2, 9, [2, 2], [0, 7]), (0, 5, [4], [1])],
)
@pytest.mark.parametrize("sealed", [True, False])
def test_names_that_are_left_out_are_counted_and_where_they_are_is_told(
    core: int, fringe: int, named: list[int], more: list[int], sealed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_traits, "NAMED", 4)
    blocks = shared_traits.members(group(core, fringe, sealed=sealed)).blocks
    shown = [each for each in blocks if isinstance(each, Names)]
    assert [len(each.names) for each in shown] == named
    where = "data/disclosures.jsonl" if sealed else "the spreadsheet"
    for each, left in zip(shown, more, strict=True):
        assert each.caption.endswith(f"; {left} more are in {where}" if left else " of resampled runs")
