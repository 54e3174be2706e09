"""Facts about what is asked."""

import pyarrow as pa

from linkage.engines import Engine
from linkage.observations.content import content_facts
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
    found = [f for part in content_facts(rows, engine.table(held)) for f in facts(engine, part)]
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
