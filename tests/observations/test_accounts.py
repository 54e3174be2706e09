"""Numbers of accounts: dense, from 0, in the order of names, whatever the order of rows."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.observations.accounts import account_numbers

NAMES = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs",)), min_size=1, max_size=6)


@settings(max_examples=30)
@given(st.lists(NAMES, min_size=1, max_size=12, unique=True))
def test_accounts_are_numbered_by_name(engine: Engine, names: list[str]) -> None:
    table = engine.table(pa.table({"account": names}))
    rows = engine.collect(account_numbers(table).order_by("a"), at_most=len(names))
    assert rows["a"].to_pylist() == list(range(len(names)))
    # Names are compared by their bytes in UTF-8, which is the order of code points.
    assert rows["account"].to_pylist() == sorted(names)
