"""From rows to observations: ids of rows, repeats, what follows from a value, and one row for each fact."""

from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.observations import stated as observe
from linkage.schema import SOURCES, content_id

START = 1_767_225_600_000_000
"""2026-01-01."""


def staged(engine: Engine, table: str, *rows: dict[str, Any]) -> ir.Table:
    """Rows as the reader stages them, from line 2 on."""
    filled = [{"file": "f.csv", "line": n, **row} for n, row in enumerate(rows, 2)]
    return engine.table(pa.Table.from_pylist(filled, schema=SOURCES[table].schema))


def rows_of(engine: Engine, table: ir.Table, *order: str) -> list[dict[str, Any]]:
    return (
        engine.collect(table.order_by(list(order)), at_most=engine.max_rows).to_pylist()
        if order
        else engine.collect(table, at_most=engine.max_rows).to_pylist()
    )


# --- ids -----------------------------------------------------------------------------------------

ordinary = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs",), exclude_characters="\x7f"))


@settings(max_examples=40)
@given(st.lists(ordinary, min_size=1, max_size=4))
def test_ids_of_the_engine_are_those_of_python(engine: Engine, parts: list[str]) -> None:
    columns = {f"c{i}": pa.array([part], pa.string()) for i, part in enumerate(parts)}
    rows = engine.table(pa.table(columns))
    found = rows_of(engine, rows.select(id=observe.hashed([rows[name] for name in columns])))
    assert found == [{"id": content_id(parts)}]


def test_parts_that_read_alike_when_joined_have_different_ids(engine: Engine) -> None:
    pairs = [('a","b', "c"), ("a", 'b","c'), ("a\\", "b"), ("a", "\\b"), ("", "ab"), ("ab", ""), ('a"', "b")]
    rows = engine.table(pa.table({"x": [x for x, _ in pairs], "y": [y for _, y in pairs]}))
    ids = engine.collect(rows.select(id=observe.hashed([rows.x, rows.y])), at_most=engine.max_rows)[
        "id"
    ].to_pylist()
    assert len(set(ids)) == len(pairs)


ROW = {"account": "a", "at": START, "ip": "192.0.2.1", "context_sha256": ["h1"], "embedding": [0.5, 1.0]}


def identified(engine: Engine, *rows: dict[str, Any], table: str = "interactions") -> list[dict[str, Any]]:
    return rows_of(engine, observe.with_row_ids(staged(engine, table, *rows), table), "line")


def test_a_row_s_id_does_not_say_where_it_stands(engine: Engine) -> None:
    one, other = identified(engine, ROW, {**ROW, "file": "g.csv", "line": 99})
    assert one["row"] == other["row"]


@pytest.mark.parametrize(
    "change",
    [
        {"account": "b"},
        {"at": START + 1},
        {"ip": None},
        {"ip": "192.0.2.2"},
        {"context_sha256": ["h2"]},
        {"context_sha256": ["h1", "h1"]},
        {"embedding": [0.5, 1.5]},
        {"input_tokens": 1},
        {"ja4": "192.0.2.1", "ip": None},
    ],
    ids=str,
)
def test_each_column_changes_a_row_s_id(engine: Engine, change: dict[str, Any]) -> None:
    one, other = identified(engine, ROW, {**ROW, **change})
    assert one["row"] != other["row"]


def test_the_same_columns_in_another_table_are_another_row(engine: Engine) -> None:
    (session,) = identified(engine, {"account": "a", "at": START}, table="sessions")
    (interaction,) = identified(engine, {"account": "a", "at": START})
    assert session["row"] != interaction["row"]


@pytest.mark.parametrize("table", sorted(SOURCES))
def test_every_table_has_ids(engine: Engine, table: str) -> None:
    (row,) = identified(engine, {name: None for name in SOURCES[table].columns}, table=table)
    assert len(row["row"]) == 32


# --- repeats -------------------------------------------------------------------------------------


def test_of_repeated_rows_the_first_in_file_and_line_stays(engine: Engine) -> None:
    rows = staged(
        engine,
        "sessions",
        {"account": "a", "at": START, "file": "g.csv", "line": 2},
        {"account": "a", "at": START, "file": "f.csv", "line": 9},
        {"account": "b", "at": START, "file": "g.csv", "line": 3},
        {"account": "a", "at": START, "file": "f.csv", "line": 7},
    )
    known = engine.keep(observe.with_row_ids(rows, "sessions"))
    repeated = engine.keep(observe.repeated_rows(known))
    assert [row["times"] for row in rows_of(engine, repeated)] == [3]
    left = rows_of(engine, observe.first_of_repeated(known, repeated), "account")
    assert [(row["account"], row["file"], row["line"]) for row in left] == [
        ("a", "f.csv", 7),
        ("b", "g.csv", 3),
    ]


def test_without_repeats_every_row_stays(engine: Engine) -> None:
    rows = [{"account": f"a{i}", "at": START} for i in range(5)]
    known = engine.keep(observe.with_row_ids(staged(engine, "sessions", *rows), "sessions"))
    repeated = engine.keep(observe.repeated_rows(known))
    assert rows_of(engine, repeated) == []
    assert len(rows_of(engine, observe.first_of_repeated(known, repeated))) == 5


# --- what follows from a value -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "pattern"),
    [
        ("maria84@mail.example", "a592@mail.example"),
        ("Maria84@Mail.Example", "a592@mail.example"),
        ("qx7-81k@mail.example", "a291-92a1@mail.example"),
        ("box7231.example", "a394.example"),
        ("maria@mail.example", None),
        ("8472@mail.example", None),
        ("mária84@mail.example", None),
        ("mail.example", None),
        ("x1", None),
        ("", None),
        ("@", None),
    ],
)
def test_the_pattern_of_an_address(address: str, pattern: str | None) -> None:
    assert observe.address_pattern(address) == pattern


@given(st.text(max_size=30))
def test_any_text_has_a_pattern_or_none(text: str) -> None:
    found = observe.address_pattern(text)
    assert found is None or any(c.isdigit() for c in found)


def test_derived_values_keep_what_they_come_from() -> None:
    values = pa.table({"trait": ["ip", "ip", "email"], "value": ["192.0.2.1", "nowhere", "x1y@a.example"]})
    assert observe.derived(values).to_pylist() == [
        {"trait": "ip", "value": "192.0.2.1", "new_trait": "prefix", "new_value": "192.0.2.0/24"},
        {
            "trait": "email",
            "value": "x1y@a.example",
            "new_trait": "address_pattern",
            "new_value": "a191a1@a.example",
        },
    ]
    assert observe.derived(values.slice(0, 0)).num_rows == 0


# --- facts and observations ----------------------------------------------------------------------


def observed(engine: Engine, families: dict[str, str] | None = None, **tables: list[dict[str, Any]]) -> Any:
    given = {
        name: engine.keep(observe.with_row_ids(staged(engine, name, *rows), name))
        for name, rows in tables.items()
    }
    stated = engine.keep(observe.stated(given))
    values = stated.filter(stated.trait.isin(list(observe.DERIVED))).select("trait", "value").distinct()
    made = engine.table(observe.derived(engine.collect(values, at_most=engine.max_rows)))
    facts = observe.union([stated, observe.following(stated, made)])
    found = rows_of(engine, observe.observations(facts, families or {}), "account", "trait", "value")
    return {(row["account"], row["trait"], row["value"]): row for row in found}


def test_one_observation_for_each_fact_with_times_count_and_first_row(engine: Engine) -> None:
    rows = [{"account": "a", "at": START + n, "ip": "192.0.2.1"} for n in (5, 1, 3)]
    found = observed(engine, sessions=rows)
    assert set(found) == {("a", "ip", "192.0.2.1"), ("a", "prefix", "192.0.2.0/24")}
    one = found["a", "ip", "192.0.2.1"]
    assert (one["first_at"], one["last_at"], one["count"], one["family"]) == (
        START + 1,
        START + 5,
        3,
        "network",
    )
    assert one["observation"] == content_id(["a", "ip", "192.0.2.1"])
    sources = {f"sessions:{row['row']}" for row in identified(engine, *rows, table="sessions")}
    assert one["source"] == min(sources)
    assert found["a", "prefix", "192.0.2.0/24"]["source"] == one["source"]


def test_every_column_that_states_a_trait_is_observed(engine: Engine) -> None:
    for table, traits in observe.TRAITS.items():
        filled = {name: f"x-{name}" for name in traits}
        moment = {"created_at": START} if table == "accounts" else {"at": START}
        found = observed(engine, **{table: [{"account": "a", **moment, **filled}]})
        assert {("a", name, f"x-{name}") for name in traits} <= set(found)


def test_made_up_traits_of_a_row(engine: Engine) -> None:
    account = [{"account": "a", "created_at": START + 61_000_000}, {"account": "b"}]
    payment = [{"account": "a", "country": "NL"}]
    client = [
        {"account": "a", "at": START, "ja4": "t13d", "user_agent": "curl/8"},
        {"account": "b", "at": START},
    ]
    client.append({"account": "c", "at": START, "ja4": "t13d"})
    found = set(observed(engine, accounts=account, payments=payment, sessions=client))
    assert ("a", "created_at", "2026-01-01T00:01:01Z") in found
    assert ("a", "payment_country", "NL") in found and ("a", "country", "NL") not in found
    assert ("a", "client", "t13d curl/8") in found and ("c", "client", "t13d -") in found
    assert not [fact for fact in found if fact[0] == "b"]


def test_foreign_traits_take_the_family_they_were_declared_with(engine: Engine) -> None:
    rows = [{"account": "a", "trait": t, "value": "v"} for t in ("wallet", "shoe_size", "ip")]
    found = observed(engine, {"wallet": "payment"}, observations=rows)
    assert {trait: row["family"] for (_, trait, _), row in found.items()} == {
        "wallet": "payment",
        "shoe_size": "other",
        "ip": "network",
    }
    assert all(row["first_at"] is None and row["count"] == 1 for row in found.values())


def test_the_order_of_rows_changes_no_observation(engine: Engine) -> None:
    rows = [{"account": f"a{i % 5}", "at": START + i * 7 % 11, "ip": f"192.0.2.{i % 3}"} for i in range(40)]
    assert observed(engine, sessions=rows) == observed(engine, sessions=rows[::-1])


def test_null_reads_as_an_empty_text_in_ids(engine: Engine) -> None:
    rows = engine.table(pa.table({"x": pa.array([None], pa.string())}))
    text = observe.json_list([rows.x, ibis.literal("y")])
    assert rows_of(engine, rows.select(text=text)) == [{"text": '["","y"]'}]
