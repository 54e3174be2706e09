from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.cli.screen import text

amounts = st.floats(-60, 60)


@given(amounts, amounts, st.integers(12, 80))
def test_a_bar_is_never_empty_and_fits(start: float, end: float, width: int) -> None:
    drawn = text.bar(start, end, min(start, end, 0.0), max(start, end, 0.0), width)
    assert len(drawn) == width
    assert "█" in drawn


def test_bars_stand_where_they_should() -> None:
    assert text.bar(0, 5, -10, 10, 20) == " " * 10 + "█" * 5 + " " * 5
    assert text.bar(0, -10, -10, 10, 20) == "█" * 10 + " " * 10


@given(st.lists(st.integers(0, 10_000), max_size=50))
def test_a_sparkline_has_a_mark_for_each_count_and_none_for_nothing(counts: list[int]) -> None:
    drawn = text.sparkline(counts)
    assert [mark == "·" for mark in drawn] == [count == 0 for count in counts]
    assert not counts or not max(counts) or "█" in drawn


@given(st.lists(st.tuples(st.dates(), st.integers(0, 50)), min_size=1, max_size=20), st.integers(10, 70))
def test_days_are_summed_never_dropped(given: list[tuple[object, int]], width: int) -> None:
    cells, each = text.daily([{"day": str(day), "count": count} for day, count in given], width)
    assert len(cells) <= width
    assert sum(cells) == sum(count for _, count in given)
    assert each >= 1


@pytest.mark.parametrize(
    ("bits", "told"),
    [
        (0.2, "one operator and two operators are equally likely"),
        (10.0, "1,024 to 1 for one operator"),
        (-3.0, "8 to 1 for two operators"),
        (100.0, "10^30 to 1 for one operator"),
    ],
)
def test_odds_in_words(bits: float, told: str) -> None:
    assert text.odds(bits) == told


def test_nothing_is_not_a_number() -> None:
    for shown in (text.number, text.share, text.bits, text.compact):
        assert shown(None) == "not computed"


def test_shares_and_counts() -> None:
    assert [text.share(each) for each in (0, 0.0001, 0.0123, 0.5, 1)] == [
        "0%",
        "<0.1%",
        "1.2%",
        "50%",
        "100%",
    ]
    assert [text.compact(each) for each in (999, 1_234, 5_600_000)] == ["999", "1.23k", "5.6M"]


def test_spans() -> None:
    first, later = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert text.span(None, later) == "no time"
    assert text.span(first, later) == "2026-03-01 08:00–09:00"
    assert text.dates(first, datetime(2027, 1, 2, tzinfo=UTC)) == "2026-03-01…2027-01-02"
