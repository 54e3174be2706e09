"""What every engine does, whatever its backend: see `linkage.engines.engine.Engine`."""

from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis import _

from linkage.engines import Engine
from linkage.errors import BudgetError
from tests.engines.conftest import Opened

MANY = 10_000
ROWS = pa.table({"a": pa.array(range(1_000), pa.int64()), "b": [f"{i % 7}" for i in range(1_000)]})


def test_rows_go_in_and_come_out(engine: Engine) -> None:
    assert engine.collect(engine.table(ROWS).order_by("a"), at_most=MANY).equals(ROWS)


def test_parts_of_one_schema_are_read_together(engine: Engine, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.parquet" for n in range(3)]
    for n, path in enumerate(paths):
        pq.write_table(ROWS.slice(n * 300, 300), path)
    assert engine.collect(engine.files(paths).order_by("a"), at_most=MANY).equals(ROWS.slice(0, 900))


def test_empty_rows_keep_their_types(engine: Engine) -> None:
    empty = engine.collect(engine.table(ROWS.slice(0, 0)), at_most=0)
    assert (empty.num_rows, empty.schema) == (0, ROWS.schema)


def test_columns_have_the_types_of_the_expression(engine: Engine) -> None:
    """Backends give sums as 128-bit numbers and decimals, and lists with field names of their own."""
    rows = engine.table(ROWS)
    summed = rows.agg(s=_.a.sum(), m=_.a.mean(), some=_.b.collect(distinct=True), at=_.a.max().cast("int32"))
    found = engine.collect(summed, at_most=1)
    assert found.schema.types == [pa.int64(), pa.float64(), pa.list_(pa.string()), pa.int32()]
    assert found["s"].to_pylist() == [499_500] and not isinstance(found["m"][0].as_py(), Decimal)


def test_more_rows_than_the_bound_end_the_run_and_name_the_stage(engine: Engine) -> None:
    rows = engine.table(ROWS)
    assert engine.collect(rows, at_most=1_000).num_rows == 1_000
    with pytest.raises(BudgetError, match="stage prompts: more than 999 rows") as caught:
        engine.collect(rows, at_most=999)
    assert caught.value.exit_code == 6 and "max_rows" in str(caught.value.hint)
    assert engine.collect(rows.count().as_table(), at_most=1).num_rows == 1, "it can still be used"


def test_rows_that_stand_in_an_expression_are_found(engine: Engine) -> None:
    named = ibis.memtable({"b": ["1"], "name": ["one"]})
    rows = engine.table(ROWS).join(named, "b")
    assert set(engine.collect(rows, at_most=MANY)["name"].to_pylist()) == {"one"}
    assert sum(piece.num_rows for piece in engine.batches(rows)) == 143


def test_there_is_a_bound_where_nobody_knows_a_smaller_one(engine: Engine) -> None:
    assert engine.max_rows >= 1_000_000


def test_what_is_kept_no_longer_depends_on_where_it_came_from(engine: Engine) -> None:
    source = engine.table(ROWS)
    kept = engine.keep(source.group_by("b").agg(n=_.count()))
    engine.drop(source)
    counts = engine.collect(kept, at_most=7)["n"].to_pylist()
    assert sorted(counts) == [142, 143, 143, 143, 143, 143, 143]


def test_batches_hold_every_row_once(engine: Engine) -> None:
    pieces = list(engine.batches(engine.table(ROWS).order_by("a"), rows=100))
    assert len(pieces) > 1 or len(pieces[0]) == 1_000
    assert pa.Table.from_batches(pieces)["a"].to_pylist() == list(range(1_000))


def test_two_engines_do_not_see_each_other(opened: Opened) -> None:
    one, other = opened(1), opened(1)
    mine, theirs = one.table(ROWS), other.table(ROWS.slice(0, 3))
    assert one.collect(mine, at_most=MANY).num_rows == 1_000
    assert other.collect(theirs, at_most=MANY).num_rows == 3


def test_results_do_not_depend_on_threads(opened: Opened) -> None:
    found = []
    for threads in (1, 2):
        engine = opened(threads)
        grouped = engine.table(ROWS).group_by("b").agg(s=_.a.sum(), m=_.a.mean()).order_by("b")
        found.append(engine.collect(grouped, at_most=7))
    assert found[0].equals(found[1])


def test_the_functions_that_stages_use_give_the_same_everywhere(engine: Engine) -> None:
    """Digests, least and greatest, numbers by rank within a group, and rounding to millionths."""
    rows = engine.table(ROWS.slice(0, 4))
    place = ibis.row_number().over(ibis.window(group_by="b", order_by="a"))
    shown = rows.mutate(
        digest=_.b.hexdigest("sha256"),
        key=_.b.hexdigest("md5"),
        low=ibis.least(_.a, 2),
        high=ibis.greatest(_.a, 2),
        place=place.cast("int64"),
        micro=((_.a / 3) * 1e6).round().cast("int64"),
    )
    found = engine.collect(shown.order_by("a"), at_most=4).to_pylist()
    assert [row["digest"][:6] for row in found] == ["5feceb", "6b86b2", "d4735e", "4e0740"]
    assert [row["key"][:6] for row in found] == ["cfcd20", "c4ca42", "c81e72", "eccbc8"]
    assert [(row["low"], row["high"], row["place"]) for row in found] == [
        (0, 2, 0), (1, 2, 0), (2, 2, 0), (2, 3, 0),
    ]  # fmt: skip
    assert [row["micro"] for row in found] == [0, 333_333, 666_667, 1_000_000]
