"""What is laid down by account comes back by time, with all that belongs to it."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.lab.by_time import ByTime
from linkage.lab.calendar import END, START
from linkage.lab.identifiers import Identified, Identifiers
from linkage.lab.roster import CONTEXT, Rows, ints


def block(account: int, times: list[int], number: int, identifiers: Identifiers) -> tuple[Rows, Identified]:
    """Interactions of one account: each carries the one before it and a response that nobody was given."""
    count = len(times)
    rows = Rows(
        ints(count, of=account), np.array(times, np.int64), ints(count), ints(count), np.arange(count)
    )
    rows.hand, rows.station = np.arange(count) - 2, ints(count, of=number)
    rows.sub = (np.arange(count) + 1) << 33
    rows.context = ints(count, CONTEXT, of=-1)
    rows.context[:, 0] = count
    rows.context[1:, 1] = np.arange(count - 1)
    return rows, identifiers.take(count)


moments = st.lists(st.integers(START, END), max_size=30).map(sorted)


@settings(deadline=None)
@given(st.lists(moments, min_size=1, max_size=4), st.integers(1, 50))
def test_interactions_come_back_whole_and_by_time(
    tmp_path_factory: pytest.TempPathFactory, blocks: list[list[int]], size: int
) -> None:
    identifiers = Identifiers(3, sum(map(len, blocks)))
    by_time = ByTime(tmp_path_factory.mktemp("rows"), identifiers.never_given)
    expected = []
    for number, times in enumerate(blocks):
        rows, identified = block(number + 10, times, number, identifiers)
        by_time.add(rows, identified.chance < 0.5, identified)
        known = [*map(bytes, identified.responses), *map(bytes, identifiers.never_given)]
        expected += [
            (
                int(rows.at[k]), bytes(identified.ids[k]), number + 10, int(rows.item[k]), int(rows.sub[k]),
                int(rows.hand[k]), number, bool(identified.chance[k] < 0.5), known[k],
                [known[k - 1]] * (k > 0) + [known[len(times)]],
            )
            for k in range(len(times))
        ]  # fmt: skip
    found, sizes = [], []
    for sent in by_time.chunks(size):
        rows, ends = sent.rows, np.cumsum(sent.turns)
        sizes.append(len(rows))
        contexts = np.split(sent.context, ends[:-1])
        found += [
            (
                int(rows.at[k]), bytes(sent.ids[k]), int(rows.account[k]), int(rows.item[k]),
                int(rows.sub[k]), int(rows.hand[k]), int(rows.station[k]), bool(sent.second[k]),
                bytes(sent.responses[k]), [*map(bytes, contexts[k])],
            )
            for k in range(len(rows))
        ]  # fmt: skip
    assert found == sorted(expected)
    assert all(each == size for each in sizes[:-1]) and all(0 < each <= size for each in sizes[-1:])


def test_moments_beyond_the_year_are_kept_at_its_ends(tmp_path: Path) -> None:
    identifiers = Identifiers(3, 2)
    by_time = ByTime(tmp_path, identifiers.never_given)
    rows, identified = block(0, [START - 1, END + 1], 0, identifiers)
    by_time.add(rows, identified.chance < 0, identified)
    assert [each.rows.at.tolist() for each in by_time.chunks(5)] == [[START - 1, END + 1]]
