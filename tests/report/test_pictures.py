"""The pictures: what is drawn is what is known, the same each time, and the same in every form."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle import reports
from linkage.report import contributions, counting, force_layout, link_diagram, sections
from linkage.report.activity import timeline, week
from linkage.report.document import Picture, pictures
from linkage.report.html import HERE
from linkage.report.svg import TONES, short, with_classes
from tests.report.conftest import ACCOUNTS


def drawn(picture: Picture, tone: str) -> list[dict[str, object]]:
    return [dict(each.attributes) for each in picture.drawing.shapes if each.tone == tone]


def by_name(report: reports.Report) -> dict[str, Picture]:
    return {picture.name: picture for _, picture in pictures(report.document)}


# --- time ------------------------------------------------------------------------------------------


def test_days_without_anything_have_their_place() -> None:
    picture = timeline([], [["2026-03-01", 3], ["2026-03-04", 1]])
    assert picture is not None
    left, right = drawn(picture, "for")
    assert float(str(right["x"])) - float(str(left["x"])) == pytest.approx(3 * (720 - 46) / 4)
    assert float(str(left["height"])) == pytest.approx(3 * float(str(right["height"])))
    assert picture.table and [row[0] for row in picture.table.rows] == ["2026-03-01", "2026-03-04"]


@pytest.mark.parametrize(
    "rows", [[], [["never", 3]], [["0001-01-01", 1], ["2026-01-01", 1]], [["2026-02-30", 1]], [["", 0]]]
)
def test_days_that_are_none_are_not_drawn(rows: list[list[object]]) -> None:
    assert timeline([], rows) is None


def test_the_week_is_told_cell_by_cell() -> None:
    counts = [[day * 24 + hour for hour in range(24)] for day in range(7)]
    picture = week(counts)
    assert picture is not None and "Sunday from 23:00 UTC (167)" in picture.said
    assert "1 of the 168 hours" in picture.said
    tones = Counter(each.tone for each in picture.drawing.shapes if each.title)
    assert sum(tones.values()) == 168 and tones["heat-0"] == 1 and tones["heat-5"] >= 28
    assert picture.table and sum(int(str(c)) for row in picture.table.rows for c in row[1:]) == 167 * 84


@pytest.mark.parametrize("rows", [[], [[1] * 24] * 6, [[1] * 23] * 7, [[0] * 24] * 7])
def test_a_week_that_is_none_is_not_drawn(rows: list[list[int]]) -> None:
    assert week(rows) is None


# --- bits ------------------------------------------------------------------------------------------


def test_a_waterfall_ends_where_its_steps_lead(plain_report: reports.Report) -> None:
    for name in ("link", "families"):
        picture = by_name(plain_report)[name]
        values = picture.spec["data"]["values"]
        start, *steps, end = values
        assert start["from"] == 0.0 and end["from"] == 0.0
        at = start["to"]
        for step in steps:
            assert step["from"] == pytest.approx(at, abs=1e-5)
            at = step["to"]
        assert end["to"] == pytest.approx(at, abs=1e-5)
        assert {each["kind"] for each in steps} == ({"for", "against"} if name == "link" else {"for"})


def test_the_typical_link_is_the_one_in_the_middle(plain_report: reports.Report) -> None:
    [group] = plain_report.whole.groups.values()
    strengths = sorted(strength for strength, _, _ in group.links)
    assert group.typical and group.typical.strength == strengths[(len(strengths) - 1) // 2]


def test_against_and_for_differ_by_more_than_colour(plain_report: reports.Report) -> None:
    assert TONES["against"]["fill"] != TONES["for"]["fill"] and "stroke" in TONES["against"]
    left_out = by_name(plain_report)["without"]
    assert drawn(left_out, "against") and drawn(left_out, "for")


# --- the network -----------------------------------------------------------------------------------


@given(st.integers(0, 40), st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=80))
def test_a_layout_has_a_place_for_everybody(count: int, ends: list[tuple[int, int]]) -> None:
    given_ends = np.array([each for each in ends if max(each) < count], dtype=np.int64).reshape(-1, 2)
    first, again = force_layout.places(count, given_ends), force_layout.places(count, given_ends)
    assert first.shape == (count, 2) and first.tobytes() == again.tobytes()
    assert not len(first) or (first.min() >= 0 and first.max() <= 1)
    if count > 1:
        assert len(np.unique(np.round(first, 6), axis=0)) == count


def test_linked_accounts_are_nearer_than_others() -> None:
    blocks = [(a + b, a + c) for a in (0, 20) for b in range(20) for c in range(b)]
    at = force_layout.places(40, np.array([*blocks, (0, 20)], dtype=np.int64))
    centres = [at[:20].mean(axis=0), at[20:].mean(axis=0)]
    spread = max(np.linalg.norm(at[:20] - centres[0], axis=1).mean(), 0.01)
    assert np.linalg.norm(centres[0] - centres[1]) > 2 * spread


def test_every_account_of_a_small_group_is_drawn_core_and_fringe_apart(plain_report: reports.Report) -> None:
    picture = by_name(plain_report)["network"]
    titled = Counter(each.tag for each in picture.drawing.shapes if each.title)
    assert titled == {"circle": 51, "rect": 9}
    assert "All 60 accounts are drawn" in picture.note
    assert "51 accounts of the core and 9 of the fringe" in picture.said


def test_a_large_group_is_cut_and_says_so(hostile_report: reports.Report) -> None:
    picture = by_name(hostile_report)["network"]
    assert sum(bool(each.title) for each in picture.drawing.shapes) == link_diagram.MOST
    assert f"{link_diagram.MOST} of {ACCOUNTS} accounts are drawn" in picture.note
    assert len(hostile_report.as_file(".html")) < 5_000_000


def test_who_is_drawn_hangs_together_from_the_strongest_link_on() -> None:
    chain = [(1000 - number, (f"a{number:04}", f"a{number + 1:04}")) for number in range(900)]
    kept = link_diagram._kept(chain)
    assert kept == [f"a{number:04}" for number in range(link_diagram.MOST)]


# --- forms -----------------------------------------------------------------------------------------


def test_every_specification_is_vega_lite(
    plain_report: reports.Report, hostile_report: reports.Report
) -> None:
    import altair

    drawn = by_name(plain_report)
    assert drawn.keys() == {"timeline", "week", "families", "link", "network", "without"}
    for picture in (*drawn.values(), by_name(hostile_report)["link"], by_name(hostile_report)["without"]):
        altair.Chart.from_dict(dict(picture.spec), validate=True)
        assert len(picture.spec["data"]["values"] if "data" in picture.spec else picture.spec["layer"]) > 1
    assert len(plain_report.plots()) == 6


def test_every_tone_is_in_the_style_sheet(plain_report: reports.Report) -> None:
    style = (HERE / "page.css").read_text()
    for tone in TONES:
        assert f".{tone} " in style or f".{tone}," in style, tone
    for picture in by_name(plain_report).values():
        assert {each.tone for each in picture.drawing.shapes} <= TONES.keys()
        assert "class=" in with_classes(picture.drawing)


@pytest.mark.parametrize(
    ("value", "said"), [(1.0, "1"), (0.001, "0"), (-0.001, "0"), (12.345, "12.35"), (100.0, "100")]
)
def test_places_are_short(value: float, said: str) -> None:
    assert short(value) == said


# --- counting --------------------------------------------------------------------------------------


def test_what_is_counted_stays_in_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_COUNTED", 10)
    counted = counting.Counted()
    for number in range(1_000):
        counted.add("often", 1)
        counted.add(number, 1)
    assert counted.forgot and len(counted.counts) <= 11 and counted.counts["often"] == 1_000


@given(st.lists(st.sets(st.integers(0, 30), min_size=1), max_size=20))
def test_what_is_forgotten_does_not_depend_on_the_order_of_a_set(accounts: list[set[int]]) -> None:
    """The order of a set of texts is another in each process; the report is drawn in two of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counting, "MOST_COUNTED", 10)
        one, other = counting.Counted(), counting.Counted()
        for values in accounts:
            one.add_each(sorted(values))
            other.add_each(sorted(values, reverse=True))
    assert (one.counts, one.forgot) == (other.counts, other.forgot)


def test_without_weights_there_is_no_waterfall() -> None:
    units = [
        ("run/prior-bits", "-10.000000"),
        ("group/op-1/accounts", 3),
        ("link/op-1/x/strength", ["3.000000", []]),
    ]
    document, whole = sections.document(
        lambda start: [u for u in units if u[0].startswith(start)], sections.Given("t", "l")
    )
    assert not pictures(document) and contributions.prior(whole) == -10
