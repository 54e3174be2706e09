"""Facts that a row states, and observations, which count them."""

from typing import Any

from linkage.engines import Engine
from linkage.observations import facts
from linkage.observations.row_ids import add_row_ids
from linkage.observations.value_traits import RULES, value_trait_facts, value_traits
from linkage.schema import content_id
from tests.evidence.made import START
from tests.observations.made import identified, rows_of, staged


def observed(engine: Engine, families: dict[str, str] | None = None, **tables: list[dict[str, Any]]) -> Any:
    given = {
        name: engine.keep(add_row_ids(staged(engine, name, *rows), name)) for name, rows in tables.items()
    }
    stated = engine.keep(facts.row_facts(given))
    values = stated.filter(stated.trait.isin(list(RULES))).select("trait", "value").distinct()
    made = engine.table(value_traits(engine.collect(values, at_most=engine.max_rows)))
    union = facts.union_facts([stated, value_trait_facts(stated, made)])
    found = rows_of(engine, facts.observations(union, families or {}), "account", "trait", "value")
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
    for table, traits in facts.TRAITS.items():
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
