"""Mappings asked of columns: the same rows, values and reasons as when each row is asked, or not at all."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.ingest import column_projection, projection, row_projection
from linkage.ingest.adapters.registry import ADAPTERS
from linkage.ingest.cells import limits
from linkage.ingest.chunk import Chunk
from linkage.ingest.column_texts import NotPlain
from linkage.ingest.expressions import Expression
from linkage.ingest.formats.plain_json import PlainJson
from linkage.ingest.formats.streams import Lines
from linkage.ingest.mapping import Plan
from tests.ingest.adapters.samples import every_sample, json_rows
from tests.ingest.made import LENIENT

LIMITS = limits(LENIENT)
PLANS = {
    f"{each.name} {table}": made for each in ADAPTERS.values() for table, made in each.plans(LIMITS).items()
}
TEXTS = st.sampled_from(
    [
        "a", "b", "-", "", " null ", "Ünknown", "User", "a@b.example", "2026-01-02T03:04:05Z", "7", "chat",
        "GENERATION", "un\u212anown", "\x1c-", "x" * 12, '{"a":', "[1]", "203.0.113.***", "arn:x/y/z",
        '{"user_agent":"c/1","user_id":null}', '{"user_agent":"c/2"}', "{}", '{"stop_reason":"end"}',
        '[{"role":"user","content":"x"}]', '{"choices":[{"finish_reason":"stop","message":{"content":"a"}}]}',
        '"x"', "null", '{"usage":{"input_tokens":5}}', '{"usage":{"input_tokens":5.0}}', "default_user_id",
    ]
)  # fmt: skip
LEAVES = TEXTS | st.integers(0, 3) | st.booleans() | st.sampled_from([2.5, 2**63])


def paths(expression: Expression) -> Iterator[tuple[str, ...]]:
    for part in expression.parts:
        if part.tree is None:
            yield (part.name,)
        else:
            yield from _chains(part.tree)


def _chains(tree: Any) -> Iterator[tuple[str, ...]]:
    if tree["type"] == "field":
        yield (tree["value"],)
        return
    inner = [tuple(_chains(child)) for child in tree["children"]]
    if tree["type"] in ("subexpression", "index_expression"):
        yield tuple(name for each in inner for path in each for name in path)
        return
    for each in inner:
        yield from each


def names(made: Plan) -> list[tuple[str, ...]]:
    return sorted({path for each in made.expressions for path in paths(each) if path})


class _Missing:
    """A name that a row does not have."""


@st.composite
def objects(draw: st.DrawFn, wanted: list[tuple[str, ...]], depth: int = 0) -> Any:
    """A strategy of objects that are mostly alike, with some of the paths."""
    chosen = draw(st.lists(st.sampled_from(wanted), min_size=1, max_size=6, unique=True))
    fields: dict[str, Any] = {}
    for path in chosen:
        if len(path) > 1 and draw(st.integers(0, 9)) == 0:
            fields[".".join(path)] = draw(leaf())
        elif len(path) == 1 or depth > 2:
            fields[path[0]] = draw(leaf())
        elif draw(st.booleans()):
            fields[path[0]] = draw(inside([path[1:]], depth))
        else:
            rest = [each[1:] for each in wanted if each[0] == path[0] and len(each) > 1]
            fields[path[0]] = draw(inside(rest, depth))
    return _dropped(fields)


def _dropped(fields: dict[str, Any]) -> st.SearchStrategy[Any]:
    usual = st.fixed_dictionaries(fields)
    return st.one_of(usual, usual, usual, st.fixed_dictionaries({}, optional=fields))


@st.composite
def leaf(draw: st.DrawFn) -> Any:
    kind = draw(st.integers(0, 9))
    if kind < 5:
        found: st.SearchStrategy[Any] = TEXTS
    elif kind == 5:
        found = st.integers(0, 3)
    elif kind == 6:
        found = LEAVES
    elif kind == 7:
        found = st.lists(TEXTS, max_size=2)
    elif kind == 8:
        found = st.lists(st.fixed_dictionaries({"role": TEXTS, "content": TEXTS}), max_size=2)
    else:
        found = st.none() | TEXTS
    return found | st.none() if draw(st.integers(0, 4)) == 0 else found


@st.composite
def inside(draw: st.DrawFn, rest: list[tuple[str, ...]], depth: int) -> Any:
    """Objects, lists of them, texts of JSON, or lists of `{key, value}`."""
    kind, made = draw(st.integers(0, 3)), draw(objects(rest, depth + 1))
    if kind == 0:
        return made
    if kind == 1:
        return st.lists(made, max_size=2)
    if kind == 2:
        return made.map(json.dumps) | TEXTS
    keys = st.sampled_from(sorted({name for path in rest for name in (path[0], ".".join(path))}))
    wrapped = draw(
        st.sampled_from(
            [
                TEXTS,
                st.fixed_dictionaries({"stringValue": TEXTS}),
                st.fixed_dictionaries({"stringValue": TEXTS}) | st.fixed_dictionaries({"intValue": TEXTS}),
                st.fixed_dictionaries({}, optional={"stringValue": TEXTS | st.none(), "intValue": TEXTS}),
                st.fixed_dictionaries(
                    {"arrayValue": st.fixed_dictionaries(
                        {}, optional={"values": st.lists(st.fixed_dictionaries({"stringValue": TEXTS}))}
                    )}
                ),
                made,
            ]
        )
    )  # fmt: skip
    return st.lists(st.fixed_dictionaries({"key": keys, "value": wrapped}), max_size=4)


@st.composite
def blocks(draw: st.DrawFn, made: Plan) -> list[Any]:
    row = draw(objects(names(made)))
    for path in reversed([*made.explode[:1]] if made.explode and draw(st.integers(0, 4)) else []):
        for name in reversed(path):
            row = st.fixed_dictionaries({name: st.lists(row, max_size=2)}, optional={"user": TEXTS})
    return draw(st.lists(row, min_size=1, max_size=5))


@pytest.mark.parametrize("name", PLANS)
def test_columns_give_what_rows_give(name: str) -> None:
    made = PLANS[name]

    @settings(max_examples=60, deadline=None)
    @given(blocks(made), st.booleans())
    def compared(rows: list[Any], tolerant: bool) -> None:
        check(Plan(**vars(made) | {"tolerant": tolerant}), rows)

    compared()


def check(made: Plan, rows: list[Any]) -> bool:
    """Whether the rows were read as columns; fails where these say something else."""
    data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    ((_, found),) = PlainJson(made, LENIENT).chunks(Lines(1, data))
    if found is None:
        return False
    loaded = [orjson.loads(line) for line in data.splitlines()]
    seen = set().union(*loaded)
    columns = {each: [row.get(each) for row in loaded] for each in made.wanted & seen}
    whole = Chunk(
        columns, range(1, len(rows) + 1), found.raw, unknown=frozenset(seen - made.wanted), objects=loaded
    )
    assert shown(projection.projected(made, found)) == shown(projection.projected(made, whole))
    return True


def shown(chunk: Chunk) -> dict[str, Any]:
    columns = {name: _values(chunk, name) for name in chunk.columns}
    lines = np.asarray(chunk.lines).tolist()
    raw = [chunk.raw(at) for at in range(len(chunk.lines))]
    return {
        "columns": {name: [repr(each) for each in values] for name, values in columns.items()},
        "lines": lines,
        "raw": raw,
        "filtered": dict(chunk.filtered),
        "unknown": chunk.unknown,
        "rows": chunk.rows,
    }


def _values(chunk: Chunk, name: str) -> list[Any]:
    """The values of a column; of objects as the rows have them, where the column has something."""
    column = chunk.columns[name]
    if not isinstance(column, pa.Array):
        return column
    if name not in chunk.exact:
        return column.to_pylist()
    found = chunk.exact[name](range(len(column)))
    assert [each is None for each in found] == column.is_null().to_pylist()
    return found


BY_ROWS = {
    "anthropic-batch interactions": {"lines"},
    "clerk-sessions sessions": {"lines"},
    "cloudflare-ai-gateway-logs interactions": {"lines"},
    "langfuse interactions": {"response_sha256"},
    "langfuse-traces interactions": {"lines"},
    "litellm interactions": {"at", "response_sha256"},
    "okta accounts": {"account", "email_domain", "email_hash"},
    "openai-audit observations": {"lines"},
    "openai-audit sessions": {"lines"},
    "openai-batch interactions": {"response_sha256"},
    "openai-responses interactions": {"response_sha256"},
    "otlp interactions": {"where"},
    "stripe payments": {"lines"},
}
"""What is asked row by row in some file though its rows are alike: answers in forms that are rare, columns of
more than one type in a row, conditions that need the library's interpreter, or all of the lines."""


def alike() -> Iterator[tuple[str, Plan, list[Any]]]:
    """Of each adapter's sample of lines the first row of each file, three times over."""
    for name, files in every_sample().items():
        for table, made in ADAPTERS[name].plans(LIMITS).items():
            for _, rows in json_rows(files):
                yield f"{name} {table}", made, rows[:1] * 3


def test_rows_that_are_alike_are_not_asked_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the properties above would compare the slow way with itself."""
    opened, asked = list[int](), list[str]()
    all_rows, one_by_one = row_projection.objects_of, row_projection.looked_up

    def counted(chunk: Chunk) -> Any:
        opened.append(len(chunk.lines))
        return all_rows(chunk)

    def named(columns: Any, rows: Any) -> Any:
        asked.extend(columns)
        return one_by_one(columns, rows)

    for module in (projection, row_projection):
        monkeypatch.setattr(module, "objects_of", counted)
        monkeypatch.setattr(module, "looked_up", named)
    found: dict[str, set[str]] = {}
    by_columns = set()
    for name, made, rows in alike():
        opened.clear()
        asked.clear()
        data = b"".join(orjson.dumps(row) + b"\n" for row in rows)
        ((_, chunk),) = PlainJson(made, LENIENT).chunks(Lines(1, data))
        if chunk is not None:
            projection.projected(made, chunk)
        how = {"lines"} if chunk is None else set(asked)
        if chunk is not None and opened and _by_condition(made, chunk):
            how = {"where"}
        by_columns |= {name} if not how else set()
        if how:
            found.setdefault(name, set()).update(how)
    assert found == BY_ROWS
    assert {"envoy-ai-gateway interactions", "ocsf sessions", "vertex interactions"} <= by_columns


def _by_condition(made: Plan, chunk: Chunk) -> bool:
    """Whether the rows themselves say which of them are wanted."""
    rows = projection._as_columns(made, chunk)
    assert rows is not None
    try:
        column_projection.opened(made, rows)
    except NotPlain:
        return True
    return False
