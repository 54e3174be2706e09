"""Numbers that a key-holder changes where they are said once more: by day, by member, by row of a source.

Claims and counts follow from what he says; nothing else does. Each is refused without a re-run.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linkage.bundle.checks.disclosures import Opened
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.group_numbers import check_numbers
from linkage.bundle.checks.reasons import Reasons
from linkage.bundle.checks.strict_json import NotStrict
from linkage.bundle.policy import read_policy
from tests.bundle import lies
from tests.bundle.forger import Forger, forge
from tests.bundle.lies import Lying, each, field, first
from tests.bundle.made import contradicted, standalone
from tests.bundle.whole import Whole, named_in

BY_DAY = "another number of requests than by day"
NOBODY = "reasons that rest on observations of nobody, or of somebody else"
MOMENTS = "seen on other days than at the moments told"
NO_SHARE = "a share that is none"
LEAD = "a lead that is not that over the best innocent explanation"
ROLE = "a member of another role than its membership gives"
IN_PART = "an account of which not everything is told"
AT = "2025-03-01T00:00:00.000000Z"


def run_says(name: str, change: Callable[[Any], Any]) -> Lying:
    return lambda forger, group: forger.change(f"run/{name}", change)


def parts(name: str, **changes: Any) -> Lying:
    """Other parts of a field of the group."""
    return field(name, lambda own: {**own, **changes})


def shares(name: str, change: Callable[[Any], Any]) -> Lying:
    return field(name, lambda rows: [change(row) for row in rows])


def twice(forger: Forger, group: str) -> None:
    """A card counts twice in one link, whose sum says so."""
    path = forger.paths(f"link/{group}/", "/weights")[0].removesuffix("weights")
    weights = forger[f"{path}weights"]
    forger.change(f"{path}strength", lambda own: [lies.more_bits(own[0], float(weights[0][2])), own[1]])
    for name in ("weights", "reasons"):
        forger.change(path + name, lambda rows: [rows[0], *rows])


def nobodys(forger: Forger, group: str) -> None:
    """A reason that rests on observations that nobody made."""
    first("link/{group}/", "/reasons", lambda rows: [[*rows[0][:2], "e" * 20, "d" * 20], *rows[1:]])(
        forger, group
    )


def anothers(forger: Forger, group: str) -> None:
    """A reason that rests on what two other accounts did."""
    one, other = forger.paths(f"link/{group}/", "/reasons")[:2]
    held = forger[other][0][2:]
    forger.change(one, lambda rows: [[*rows[0][:2], *held], *rows[1:]])


def a_source_less(forger: Forger, group: str) -> None:
    for name in ("file", "content"):
        forger.remove(f"run/input/00001/{name}")


def surer(forger: Forger, group: str) -> None:
    """Whoever hardly belongs is core."""
    each("member/{group}/", "", lambda own: ["0.010000", "core"])(forger, group)
    forger[f"group/{group}/stability"] = "0.010000"


LIES: dict[str, tuple[Lying, str]] = {
    "a stability of its own": (field("stability", "0.990000"), "not the mean of its members"),
    "core members who hardly belong": (surer, ROLE),
    "900 accounts examined": (parts("examined", accounts=900), "another group than was examined"),
    "no gate": (field("gates", []), "a group that was held to no gate"),
    "a lead of 60 bits": (parts("competing", favours="60.0"), LEAD),
    "explanations that all trail far behind": (
        parts("competing", stories=[{"hypothesis": "one customer", "bits": "70.0"}]), LEAD,
    ),
    "an attribution in stronger words": (
        field("attribution", lambda own: {
            **own, "stories": [{**row, "confidence": "high"} for row in own["stories"]],
        }),
        "a story held with more confidence than its odds give",
    ),
    "requests by day, ten times as many": (
        shares("by-day", lambda row: [row[0], row[1] * 10]), BY_DAY,
    ),
    "requests by hour": (shares("hours", lambda row: [row[0], row[1] * 100]), BY_DAY),
    "requests by hour of the week": (shares("week", lambda row: [each + 7 for each in row]), BY_DAY),
    "requests in all": (field("interactions", 9_000), BY_DAY),
    "each day twice": (field("by-day", lambda rows: rows * 2), "days that are none, or twice"),
    "a day that is none": (field("by-day", lambda rows: [*rows, ["2025-02-30", 1]]), "of another form"),
    "years of activity": (
        field("active", ["1999-01-01T00:00:00.000000Z", "2099-01-01T00:00:00.000000Z"]),
        "other days than the group was active on",
    ),
    "thousands of registrations": (
        field("registrations", [["2025-03-01", 9_000]]), "more registrations than accounts",
    ),
    "a q-value below zero": (field("q-value", "-3.000000"), NO_SHARE),
    "three times all of a topic": (field("targets", [["weapons", "3.000000"]]), NO_SHARE),
    "a mark of 700 %": (shares("marks", lambda mark: {**mark, "inside": "7.0"}), NO_SHARE),
    "tokens below zero": (field("input-tokens", -5), "a count that is none"),
    "a text that 5,000 sent": (
        first("template/{group}/", "/sent", lambda own: [5_000, *own[1:]]), "a text that more sent than",
    ),
    "a population of five": (
        run_says("population", lambda own: {**own, "accounts": 5}), "more members than accounts",
    ),
    "a population with three links": (
        run_says("population", lambda own: {**own, "links": 3}), "more links of groups than there are",
    ),
    "another seed": (run_says("seed", lambda own: 99), "two seeds of one run"),
    "a source of a billion rows": (
        first("run/input/", "/content", lambda row: {**row, "rows": 10**9}), "a source with other rows",
    ),
    "a source left out": (a_source_less, "a source that is neither opened nor withheld"),
    "a table of groups with three rows": (
        run_says("outputs", lambda own: {**own, "groups.parquet": {**own["groups.parquet"], "rows": 3}}),
        "a table with fewer rows than are shown",
    ),
    "links of a family that has no bits": (
        each("link/{group}/", "/strength", lambda own: [own[0], [*own[1], "device"]]),
        "a link of a family in which it has no bits",
    ),
    "a confession": (
        each("link/{group}/", "/weights", lambda rows: [["confession", *row[1:]] for row in rows]),
        "a link that rests on a signal that there is not",
    ),
    "bits without reasons": (
        each("link/{group}/", "/reasons", lambda rows: rows[:1]), "not every reason has its bits",
    ),
    "a reason twice": (twice, "one reason of a link counted twice"),
    "observations of nobody": (nobodys, NOBODY),
    "observations of others": (anothers, NOBODY),
    "other days": (
        first("seen-days/", "/ip", lambda rows: [[row[0], "2024-01-01", *row[2:]] for row in rows]), MOMENTS,
    ),
    "seen less than never": (
        first("seen/", "/ip", lambda rows: [[*row[:4], -5, *row[5:]] for row in rows]), "less than once",
    ),
    "a name that is no member's": (
        lambda forger, group: forger.units.update({f"account/{'0' * 20}/name": ("0" * 32, "innocent")})
        or forger.listed.add(forger._digest(f"account/{'0' * 20}/name")),
        IN_PART,
    ),
    "what somebody did who is no member": (
        lambda forger, group: forger.__setitem__(
            f"seen/{'0' * 20}/ip", [["9" * 20, "203.0.113.7", AT, AT, 1, "accounts.csv", 3]]
        ),
        IN_PART,
    ),
    "a member without a name": (
        lambda forger, group: forger.remove(forger.paths("account/", "/name")[0]) and None, IN_PART,
    ),
}  # fmt: skip
"""Each lie, and words of the fault."""


@pytest.fixture(scope="module")
def good(whole: Whole) -> Path:
    return whole.bundle(whole.again.parent / "numbers.zip", read_policy("court"))


@pytest.mark.parametrize("name", LIES)
def test_a_number_that_is_said_otherwise_elsewhere_is_refused(
    name: str, good: Path, whole: Whole, tmp_path: Path
) -> None:
    (lie, words), group = LIES[name], named_in(good)

    def told(forger: Forger) -> None:
        lie(forger, group)
        forger.settle(group)

    found = whole.climb(forge(good, whole.key, tmp_path / "a.zip", told)).report
    contradicted(found, words)


def test_the_one_file_refuses_it_too(good: Path, whole: Whole, tmp_path: Path) -> None:
    path = forge(good, whole.key, tmp_path / "a.zip", lambda forger: twice(forger, named_in(good)))
    (tmp_path / "signers").write_text(whole.signers)
    done = standalone(path, tmp_path / "signers", "--recompute")
    assert done.returncode == 5 and "one reason of a link counted twice" in done.stdout


# --- what is no fault -----------------------------------------------------------------------------------


def numbers_of(**units: Any) -> list[str]:
    """Faults of a group with these units, and no others."""
    opened, report = Opened(view={"groups": ["g-1"], "withheld": {}}), Report()
    opened.small = {f"group/g-1/{name.replace('_', '-')}": value for name, value in units.items()}
    check_numbers(opened, report)
    return [each.what for each in report.faults]


def test_a_count_beyond_what_json_carries_is_a_count() -> None:
    """Such a one is written as a text; a suspect who sends it does not spoil the bundle."""
    assert numbers_of(interactions=str(2**60), by_day=[["2026-03-01", 2**53]]) == []
    assert numbers_of(interactions="9") == ["a count that is none"]
    assert numbers_of(interactions="²") == ["a count that is none"]


def test_what_is_not_known_contradicts_nothing() -> None:
    assert numbers_of(active=[None, None], active_days=[None, None], by_day=[], hours=[], q_value=None) == []


def test_days_without_requests_may_lie_outside_the_days_of_activity() -> None:
    rows = [["2026-03-01", 0], ["2026-03-02", 4]]
    assert numbers_of(by_day=rows, active_days=["2026-03-02", "2026-03-02"]) == []
    assert numbers_of(by_day=rows, active_days=["2026-03-03", "2026-03-03"]) != []


def test_a_list_in_parts_and_its_days_in_others_are_not_compared() -> None:
    reasons = Reasons(lambda kind: False)
    row = ["e" * 20, "10.0.0.1", AT, AT, 1, "a.csv", 2]
    reasons.seen(["seen", "a" * 20, "part-0001-of-0002", "ip"], [row], whole=False)
    reasons.seen(["seen-days", "a" * 20, "ip"], [["10.0.0.1", "2025-03-01", "2025-03-01", 1]] * 2, whole=True)
    assert reasons.faults == [] and reasons.seen_of == {"a" * 20}
    with pytest.raises(NotStrict):
        reasons.seen(["seen", "a" * 20, "ip"], [[*row[:3], "2024-01-01T00:00:00.000000Z", 1]], whole=True)


def test_links_whose_ends_are_withheld_are_compared_in_the_rest() -> None:
    reasons, report = Reasons(lambda kind: kind == "link.ends"), Report()
    for name, value in (
        ("reasons", [["card 1", "held by 2 of 9 accounts", "e" * 20, "d" * 20]] * 2),
        ("strength", ["1.000000", ["payment"]]),
        ("weights", [["card", "payment", "1.000000"]] * 2),
    ):
        reasons.link(f"link/g-1/{'c' * 20}/{name}", value)
    reasons.tell({("card", "payment")}, report, accounts=None, hides_seen=False)
    assert [each.what for each in report.faults] == ["one reason of a link counted twice"]
