"""Facts about what is asked."""

import pyarrow as pa

from linkage.engines import Engine
from linkage.observations.content import content_facts, content_observations
from linkage.observations.facts import union_facts
from tests.evidence.made import START
from tests.observations.made import facts, interactions


def test_content_facts_count_and_keep_the_first_row(engine: Engine) -> None:
    rows = interactions(
        engine,
        {"account": "a", "prompt_id": "p1", "template": "t1", "system_template": "s1"},
        {"account": "a", "prompt_id": "p1", "template": "t1"},
        {"account": "b", "prompt_id": "p2", "template": "t1"},
        {"account": "c"},
    )
    held = pa.table({"prompt_id": ["p1", "p1", "p2"], "segment": ["g1", "g2", "g1"]})
    found = [f for part in content_facts(rows, engine.table(held)).values() for f in facts(engine, part)]
    counted = {
        (f["trait"], f["account"], f["value"]): (f["count"], f["first_at"], f["last_at"]) for f in found
    }
    assert counted == {
        ("prompt", "a", "p1"): (2, START, START + 1),
        ("prompt", "b", "p2"): (1, START + 2, START + 2),
        ("template", "a", "t1"): (2, START, START + 1),
        ("template", "b", "t1"): (1, START + 2, START + 2),
        ("system_prompt", "a", "s1"): (1, START, START),
        # g2 is one account's only: it can link nobody and would be most of all sentences.
        ("segment", "a", "g1"): (2, START, START + 1),
        ("segment", "b", "g1"): (1, START + 2, START + 2),
    }
    assert {f["source"] for f in found if f["account"] == "a"} == {"interactions:r0"}


def test_what_the_source_states_of_what_is_asked_counts_with_it(engine: Engine) -> None:
    rows = interactions(engine, {"account": "a", "prompt_id": "p1"}, {"account": "a", "prompt_id": "p1"})
    asked = content_facts(rows, engine.table(pa.table({"prompt_id": ["p1"], "segment": ["g1"]})))
    fact = {"account": "a", "value": "p1", "first_at": START - 5, "last_at": START - 5, "count": 1}
    stated = pa.Table.from_pylist(
        [{**fact, "trait": trait, "source": "observations:r9"} for trait in ("prompt", "template")]
    )
    found = [
        row for part in content_observations(asked, engine.table(stated), {}) for row in facts(engine, part)
    ]
    assert {
        (row["trait"], row["first_at"], row["last_at"], row["count"], row["source"]) for row in found
    } == {
        ("prompt", START - 5, START + 1, 3, "interactions:r0"),
        ("template", START - 5, START - 5, 1, "observations:r9"),
    }


def test_without_such_statements_nothing_changes_that_counting_them_would_not(engine: Engine) -> None:
    rows = interactions(
        engine,
        *({"account": each, "prompt_id": "p1", "template": "t1"} for each in "aab"),
        {"account": "a", "prompt_id": "p2", "template": "t1", "system_template": "s1"},
    )
    asked = content_facts(rows, engine.table(pa.table({"prompt_id": ["p1"], "segment": ["g1"]})))
    none = engine.table(engine.collect(union_facts(list(asked.values())).limit(0), at_most=0))
    alone, with_none = (
        [facts(engine, part) for part in content_observations(asked, stated, {})] for stated in (None, none)
    )
    assert alone == with_none
    assert sum(len(part) for part in alone) == 8
