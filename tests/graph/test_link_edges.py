"""Links with their evidence come in pieces: however dense a group is, the sentences of no more than a piece
are made at a time, and the pieces together are what one query would give."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.graph import link_edges, schema
from linkage.graph.case_graph import Options, graph
from linkage.graph.link_edges import pieces
from tests.graph import made

COUNTS = st.lists(st.integers(0, 50), max_size=60)


@given(COUNTS, st.integers(1, 100))
def test_pieces_are_all_accounts_in_order_and_none_is_larger_than_asked_but_for_its_last_account(
    rows: list[int], most: int
) -> None:
    cuts = pieces(np.array(rows, np.int64), most)
    assert [place for first, last in cuts for place in range(first, last + 1)] == [*range(len(rows))]
    assert all(sum(rows[first:last]) < most for first, last in cuts)
    assert len(cuts) <= sum(rows) // most + 1


def test_dense_links_make_pieces_of_one_size_and_not_one_large_one() -> None:
    # Each of 2,500 accounts linked with each later one, by thirty reasons: 94 million rows.
    rows = 30 * np.arange(2_500)[::-1]
    cuts = pieces(rows.astype(np.int64), link_edges.PIECE)
    assert max(rows[first : last + 1].sum() for first, last in cuts) < link_edges.PIECE + rows[0]


@pytest.fixture(params=[1, 3, 20])
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Pieces of so few rows that a small case has several."""
    monkeypatch.setattr(link_edges, "PIECE", request.param)
    yield request.param


def links_of(folder: Path) -> list[pa.Table]:
    """The links of a case, piece by piece."""
    with graph(made.case(folder), Options("x")) as one:
        part, found = next(each for each in one._made() if each[0] is schema.LINKED_TO)
        assert isinstance(found, list)
        return [pa.Table.from_batches(one._batches(part, [each])) for each in found]


def test_links_in_pieces_are_the_links_of_one_query(tmp_path: Path, small: int) -> None:
    several = links_of(tmp_path / "a")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(link_edges, "PIECE", 10**9)
        [whole] = links_of(tmp_path / "b")
    assert len(several) > 1
    assert pa.concat_tables(several).equals(whole)
    assert whole.num_rows == 8 * 7 // 2 + 1


def test_a_piece_reads_no_evidence_but_its_own(tmp_path: Path, small: int) -> None:
    for piece in links_of(tmp_path / "a"):
        of_account: dict[str, int] = {}
        for row in piece.to_pylist():
            of_account[row["from_id"]] = of_account.get(row["from_id"], 0) + row["reasons"]
        *others, _last = of_account.values()
        assert sum(others) < small


def test_a_case_without_links_has_no_piece(tmp_path: Path) -> None:
    given = {**made.tables(), "links": [], "evidence": []}
    with graph(made.case(tmp_path / "c", given), Options("x")) as one:
        rows = dict(one._made())[schema.LINKED_TO]
    assert rows == []
