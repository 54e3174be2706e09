"""The engine runs what it is given, keeps it, and gives memory back."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis import _

from linkage.engines.duckdb import Engine, connect
from linkage.errors import BudgetError, UsageError

ROWS = pa.table({"a": pa.array(range(1_000), pa.int64()), "b": [f"{i % 7}" for i in range(1_000)]})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect("duckdb", tmp_path, threads=2, memory="500MB")
    yield made
    made.close()


def test_rows_go_in_and_come_out(engine: Engine) -> None:
    assert engine.arrow(engine.table(ROWS).order_by("a")).equals(ROWS)


def test_parts_of_one_schema_are_read_together(engine: Engine, tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.parquet" for n in range(3)]
    for n, path in enumerate(paths):
        pq.write_table(ROWS.slice(n * 300, 300), path)
    assert engine.arrow(engine.files(paths).order_by("a")).equals(ROWS.slice(0, 900))


def test_empty_rows_keep_their_types(engine: Engine) -> None:
    assert engine.arrow(engine.table(ROWS.slice(0, 0))).schema == ROWS.schema


def test_what_is_kept_no_longer_depends_on_where_it_came_from(engine: Engine) -> None:
    source = engine.table(ROWS)
    kept = engine.keep(source.group_by("b").agg(n=_.count()))
    engine.drop(source)
    assert sorted(engine.arrow(kept)["n"].to_pylist()) == [142, 143, 143, 143, 143, 143, 143]


def test_dropping_gives_the_table_back(engine: Engine) -> None:
    rows = engine.table(ROWS)
    engine.drop(engine.keep(rows.filter(_.a > 5)), rows)
    left = engine._backend.raw_sql("SELECT table_name FROM duckdb_tables()").fetchall()
    assert left == []


def test_batches_hold_every_row_once(engine: Engine) -> None:
    pieces = list(engine.batches(engine.table(ROWS).order_by("a"), rows=100))
    assert len(pieces) > 1 or len(pieces[0]) == 1_000
    assert pa.Table.from_batches(pieces)["a"].to_pylist() == list(range(1_000))


def test_two_engines_do_not_see_each_other(engine: Engine, tmp_path: Path) -> None:
    other = Engine(tmp_path)
    mine, theirs = engine.table(ROWS), other.table(ROWS.slice(0, 3))
    assert (engine.arrow(mine).num_rows, other.arrow(theirs).num_rows) == (1_000, 3)
    other.close()


def test_limits_reach_the_engine(engine: Engine) -> None:
    told = engine._backend.raw_sql(
        "SELECT current_setting('threads'), current_setting('memory_limit')"
    ).fetchone()
    assert told[0] == 2
    assert told[1] == "476.8 MiB"


def test_results_do_not_depend_on_threads(tmp_path: Path) -> None:
    found = []
    for threads in (1, 2):
        engine = Engine(tmp_path, threads=threads)
        rows = engine.table(ROWS)
        found.append(engine.arrow(rows.group_by("b").agg(s=_.a.sum(), m=_.a.mean()).order_by("b")))
        engine.close()
    assert found[0].equals(found[1])


def test_an_engine_that_is_not_built_in_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="engine 'spark://x' is not known") as raised:
        connect("spark://x", tmp_path)
    assert "--engine duckdb" in raised.value.hint


def test_long_work_draws_nothing_on_standard_output(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
import numpy as np
import pyarrow as pa
from linkage.engines.duckdb import connect
engine = connect("duckdb", Path(sys.argv[1]))
many = engine.table(pa.table({"i": np.arange(4_000_000)}))
rows = many.mutate(name=many.i.cast("string").hexdigest("md5")).order_by("name")
assert sum(len(batch) for batch in engine.batches(rows)) == 4_000_000
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[Callable[[str], Engine]]:
    """An engine of 40 MB, whose limit was given or not."""
    made = []

    def open_one(memory: str) -> Engine:
        one = Engine(tmp_path, threads=2, memory=memory)
        one._memory = None if memory else 40
        one._backend.raw_sql("SET memory_limit = '40MiB'")
        made.append(one)
        return one

    yield open_one
    for one in made:
        one.close()


def large() -> ir.Table:
    """Two lists of 16 MB each, which no engine can spill while it makes them."""
    rows = ibis.range(0, 400_000).unnest().name("a").as_table()
    return rows.group_by(half=_.a % 2).agg(texts=_.a.cast("string").rpad(80, "x").collect())


def test_what_does_not_fit_is_given_more_memory(cramped: Callable[[str], Engine]) -> None:
    engine = cramped("")
    kept = engine.keep(large())
    assert engine.arrow(kept.count().as_table())[0][0].as_py() == 2
    assert engine._memory > 40


def test_a_limit_that_was_asked_for_is_kept(cramped: Callable[[str], Engine]) -> None:
    with pytest.raises(BudgetError, match="memory is too small") as caught:
        cramped("40MiB").keep(large())
    assert caught.value.exit_code == 6 and "memory in linkage.toml" in str(caught.value.hint)


def test_the_engine_leaves_memory_to_others(
    cramped: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage.engines.duckdb.MOST", 0.0)
    with pytest.raises(BudgetError):
        cramped("").keep(large())
