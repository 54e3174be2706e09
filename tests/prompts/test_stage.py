"""The stage of prompts: texts get ids, and rows the prompt and template of their text."""

import hashlib
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from linkage.engines import Engine
from linkage.log import Log
from linkage.prompts.stage import Prompts, add_text_ids, distinct_texts, prompts
from linkage.schema import SOURCES
from linkage.settings import Settings

CHOSEN = Settings(prompts={"encoder": "hashing"})  # type: ignore[arg-type]


def interactions(engine: Engine, *rows: dict[str, Any]) -> ir.Table:
    declared = SOURCES["interactions"].schema.append(pa.field("row", pa.string()))
    filled = [{"account": "a", "at": n, "row": f"r{n}", **row} for n, row in enumerate(rows)]
    return engine.table(pa.Table.from_pylist(filled, declared))


def by_row(engine: Engine, table: ir.Table, *columns: str) -> list[tuple[Any, ...]]:
    rows = engine.collect(table.order_by("row"), at_most=100).to_pylist()
    return [tuple(row[name] for name in columns) for row in rows]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def ran(engine: Engine, *rows: dict[str, Any], benign: list[tuple[str, str]] | None = None) -> Prompts:
    tables = {"interactions": interactions(engine, *rows)}
    if benign is not None:
        trait, value = ([*column] for column in zip(*benign, strict=True))
        tables["benign"] = engine.table(pa.table({"trait": trait, "value": value}))
    return prompts(engine, tables, CHOSEN, Log())


def test_a_text_is_named_by_its_hash_given_or_made(engine: Engine) -> None:
    rows = add_text_ids(
        interactions(
            engine, {"prompt": "hello"}, {"prompt_sha256": sha("hello").upper()}, {"embedding": [0.5]}, {}
        )
    )
    found = [text_id for (text_id,) in by_row(engine, rows, "text_id")]
    assert found[0] == found[1] == sha("hello")
    assert found[2] == sha("0.5") and found[3] is None


def test_each_distinct_text_comes_once_with_those_that_use_it(engine: Engine) -> None:
    rows = add_text_ids(
        interactions(
            engine,
            {"prompt": "hello", "system_prompt": "be kind"},
            {"prompt": "hello", "account": "b", "system_prompt": "be kind"},
            {"prompt": "be kind"},
        )
    )
    found = engine.collect(distinct_texts(rows, None).order_by("text"), at_most=9).to_pylist()
    assert [(each["text"], each["accounts"], each["interactions"]) for each in found] == [
        ("be kind", 2, 3),
        ("hello", 2, 2),
    ]


def test_rows_get_the_template_of_their_text_and_of_their_instruction(engine: Engine) -> None:
    found = ran(
        engine,
        {"prompt": "Solve job 1 step by step", "system_prompt": "You are a careful teacher"},
        {"prompt": "Solve job 2 step by step", "account": "b"},
        {"prompt": "You are a careful teacher", "account": "c"},
        {},
    )
    assert found.asked is not None and found.segments is not None
    rows = by_row(engine, found.asked, "prompt_id", "template", "system_template")
    assert rows[0][:2] == rows[1][:2] and rows[0][1] != rows[2][1]
    assert rows[0][2] == rows[2][1] and rows[1][2] is None
    assert rows[3] == (None, None, None)
    assert "prompt" not in found.asked.columns


# --- what is withheld ----------------------------------------------------------------------------


def test_what_is_known_of_an_account_is_counted_by_rows(engine: Engine) -> None:
    found = ran(
        engine,
        {"account": "b", "prompt": "hello there you"},
        {"account": "b", "prompt": "{}"},
        {"account": "b", "prompt_sha256": sha("x")},
        {"account": "a", "system_prompt": "You are a careful teacher"},
        {"account": "c", "embedding": [0.5]},
    ).known(engine, ["a", "b", "c", "nobody"])
    assert found.rows.tolist() == [1, 3, 1, 0] and found.known.tolist() == [0, 2, 1, 0]


def test_a_benign_text_makes_no_prompt_known(engine: Engine) -> None:
    found = ran(engine, {}, {}, benign=[("prompt", "hello there you")]).known(engine, ["a"])
    assert found.known.tolist() == [0]


def test_a_placeholder_with_a_hash_of_the_prompt_goes_by_the_hash(engine: Engine) -> None:
    found = ran(engine, {"prompt": "[redacted]", "prompt_sha256": sha("x")}, {"prompt": "[redacted]"})
    assert found.asked is not None
    assert by_row(engine, found.asked, "text_id") == [(sha("x"),), (None,)]


def test_placeholders_by_form_and_by_use_are_no_texts_and_are_counted(engine: Engine) -> None:
    rows: list[dict[str, Any]] = [{"account": f"a{n}", "prompt": "not for export"} for n in range(20)]
    log = Log()
    rows += [{"account": "b", "prompt": "{}"}, {"account": "b", "prompt": "hello there"}, {"account": "b"}]
    found = prompts(engine, {"interactions": interactions(engine, *rows)}, CHOSEN, log)
    assert found.asked is not None and found.texts == 1
    counted = {each["what"]: each["count"] for each in log.caps}
    assert counted["prompts that are placeholders"] == 21
    assert counted["interactions whose prompt is not known"] == 22


def test_of_a_log_with_every_prompt_nothing_is_counted_as_withheld(engine: Engine) -> None:
    log = Log()
    prompts(engine, {"interactions": interactions(engine, {"prompt": "hello there"})}, CHOSEN, log)
    assert not any("known" in each["what"] or "placeholders" in each["what"] for each in log.caps)


def test_without_interactions_there_is_nothing(engine: Engine) -> None:
    found = prompts(engine, {}, CHOSEN, Log())
    assert found.asked is found.segments is found.tables is None
    assert found.known(engine, ["a"]).shares.tolist() == [1]


def test_benign_texts_become_the_ids_they_have_here(engine: Engine) -> None:
    text = "Solve job 1 step by step"
    found = ran(
        engine, {"prompt": "Solve job 7 step by step"}, benign=[("prompt", text), ("ip", "192.0.2.1")]
    )
    assert found.asked is not None and found.benign is not None
    ((prompt, template),) = by_row(engine, found.asked, "prompt_id", "template")
    benign = {(row["trait"], row["value"]) for row in engine.collect(found.benign, at_most=99).to_pylist()}
    wanted = {("ip", "192.0.2.1"), ("prompt", prompt), ("template", template), ("system_prompt", template)}
    assert wanted <= benign
    assert {trait for trait, _ in benign - wanted} == {"segment"}
