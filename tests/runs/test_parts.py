"""An output that was taken apart into files is put together again as it was."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibis import _

from linkage.engines import Engine
from linkage.errors import IntegrityError
from linkage.runs.parts import LONG, Outline, TakenApart, put_together


@dataclass(frozen=True)
class Inner:
    """A record in a record."""

    name: str
    share: float


@dataclass(frozen=True)
class Output:
    """One of everything an output may hold."""

    rows: ir.Table
    table: pa.Table
    array: np.ndarray
    names: list[str]
    inner: Inner | None
    none: Inner | None
    many: tuple[Inner, ...]
    pairs: dict[tuple[int, int], str]
    by_name: Mapping[str, tuple[str, float]]
    seen: frozenset[str]
    file: Path


def parts(folder: Path) -> dict[str, Path]:
    return {each.name: each for each in folder.iterdir()}


def through(value: Any, folder: Path, engine: Engine) -> Any:
    """The value after a way through files and JSON."""
    outline = TakenApart(folder, lambda: engine).outline(value)
    return put_together(type(value), json.loads(json.dumps(outline)), parts(folder), lambda: engine)


def made(engine: Engine, folder: Path) -> Output:
    rows = engine.table(pa.table({"a": [1, 2, 3], "t": ["x", None, "ä"], "v": [[0.5], None, [1.0, 2.0]]}))
    (folder / "kept").write_text("as it is")
    return Output(
        rows.mutate(s=_.a.sum()),
        pa.table({"n": pa.array([1, None], pa.int32()), "d": pa.array(["a", "a"]).dictionary_encode()}),
        np.array([[1.5, np.nan], [-0.0, np.inf]], dtype=np.float32),
        [f"acct_{n}" for n in range(LONG + 1)],
        Inner("one", 0.1 + 0.2),
        None,
        (Inner("two", -1e-300), Inner("three", 5.0)),
        {(1, 2): "linked", (0, 7): "not linked"},
        {"pager": ("device", 0.5)},
        frozenset({"b", "a"}),
        folder / "kept",
    )


def test_an_output_comes_back_as_it_was(engine: Engine, tmp_path: Path) -> None:
    given_, found = (was := made(engine, tmp_path)), through(was, tmp_path, engine)
    assert found.rows.schema() == given_.rows.schema()
    before, after = (
        engine.collect(each.rows.order_by("a"), at_most=9).to_pylist() for each in (given_, found)
    )
    assert before == after and before[0]["s"] == 6
    assert found.table.equals(given_.table) and found.table.schema == given_.table.schema
    assert found.array.tobytes() == given_.array.tobytes() and found.array.dtype == given_.array.dtype
    for name in ("names", "inner", "none", "many", "pairs", "by_name", "seen"):
        assert getattr(found, name) == getattr(given_, name), name
    assert found.file.read_text() == "as it is"


def test_no_part_is_open_to_others(engine: Engine, tmp_path: Path) -> None:
    TakenApart(tmp_path, lambda: engine).outline(made(engine, tmp_path))
    assert {each.stat().st_mode & 0o077 for each in tmp_path.glob("part-*")} == {0}


@given(st.lists(st.text(st.characters(codec="utf-8"))), st.floats(), st.none() | st.integers())
def test_small_values_stand_in_the_outline(names: list[str], number: float, count: int | None) -> None:
    @dataclass(frozen=True)
    class Small:
        """Nothing but small values."""

        names: list[str]
        number: float
        count: int | None

    outline = TakenApart(Path("nowhere"), _no_engine).outline(Small(names, number, count))
    found = put_together(Small, json.loads(json.dumps(outline)), {}, _no_engine)
    assert (found.names, found.count) == (names, count)
    assert np.array(found.number).tobytes() == np.array(number).tobytes() or np.isnan(number)


def _no_engine() -> Engine:
    raise AssertionError("small values need no engine")


def test_what_cannot_be_stored_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="object: an output of a stage cannot hold this"):
        TakenApart(Path("nowhere"), _no_engine).outline({"x": object()})
    with pytest.raises(ValueError, match=r"allow_pickle|Object arrays"):
        TakenApart(tmp_path, _no_engine).outline(np.array([object()]))


@pytest.mark.parametrize(
    "outline",
    [
        {"is": "record", "name": "Popen", "of": {"args": {"is": "plain", "of": "true"}}},
        {"is": "putting", "of": []},
        {"is": "each", "of": []},
    ],
)
def test_a_file_names_no_type_of_its_own(outline: Outline) -> None:
    with pytest.raises(IntegrityError):
        put_together(Inner, outline, {}, _no_engine)


def test_a_file_names_no_other_file() -> None:
    with pytest.raises(KeyError):
        put_together(Inner, {"is": "array", "file": "../../etc/passwd"}, {}, _no_engine)
