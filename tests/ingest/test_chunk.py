"""What readers hand on: rows add up, and the names that a receipt lists are bounded and counted."""

from hypothesis import given
from hypothesis import strategies as st

from linkage.ingest.chunk import Broken, Chunk, names_for_receipt


def test_all_rows_are_counted_whatever_became_of_them() -> None:
    broken = [Broken(3, "not JSON", b"{")]
    chunk = Chunk({"account": ["a", "b"]}, [1, 2], str, broken, blank=4, filtered={"revoked": 5})
    assert chunk.rows == 2 + 1 + 4 + 5


@given(st.sets(st.text(max_size=8), max_size=12), st.integers(1, 6))
def test_names_are_sorted_short_and_the_rest_is_counted(names: set[str], most: int) -> None:
    listed = names_for_receipt(names, most)
    shown, rest = listed[:most], listed[most:]
    assert [name.rstrip("…") for name in shown] == [name[:most].rstrip("…") for name in sorted(names)[:most]]
    assert all(len(name) <= most + 1 for name in shown)
    assert rest == ((f"… and {len(names) - most} more",) if len(names) > most else ())
