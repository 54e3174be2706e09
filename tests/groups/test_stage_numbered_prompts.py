"""What accounts ask as numbers: the same prompts, texts, templates and sentences, told apart as before."""

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linkage.engines import Engine
from linkage.groups.stage_numbered_prompts import numbered_prompts
from tests.groups.made_held import held

NAMES = ["ann", "bob", "cy"]
TEXT = pa.schema([(name, pa.string()) for name in ("row", "account", "text_id", "prompt_id", "template")])
PARTS = pa.schema([(name, pa.string()) for name in ("prompt_id", "segment")])
SENT = st.tuples(
    st.sampled_from(NAMES), st.sampled_from("tuv"), st.sampled_from([None, "x", "y"]),
    st.sampled_from([None, *"bca"]),
)  # fmt: skip


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(SENT, min_size=1), st.sets(st.tuples(st.sampled_from("xyz"), st.sampled_from("pqr"))))
def test_numbers_tell_apart_what_ids_tell_apart(
    engine: Engine,
    sent: list[tuple[str, str, str | None, str | None]],
    parts: set[tuple[str, str]],
) -> None:
    """`q` is held by one account alone, and `c` is no template of the index."""
    columns = [[f"r{i}" for i in range(len(sent))], *([each[k] for each in sent] for k in range(4))]
    rows = pa.table(columns, schema=TEXT).append_column("at", pa.array(range(len(sent)), pa.int64()))
    segments = pa.table([[each[k] for each in sorted(parts)] for k in (0, 1)], schema=PARTS)
    of_segments = held([(0, "p"), (1, "p"), (0, "q"), (0, "r"), (2, "r")])
    of_templates = held([(0, "a"), (1, "b"), (1, "never sent")])
    found = numbered_prompts(
        engine, engine.table(rows), engine.table(segments), NAMES,
        of_templates=of_templates, of_segments=of_segments, least=2,
    )  # fmt: skip
    asked = engine.collect(found.asked.order_by("at"), at_most=99).to_pylist()
    assert [(row["row"], NAMES[row["a"]], row["account"]) for row in asked] == [
        (f"r{i}", each[0], each[0]) for i, each in enumerate(sent)
    ]
    assert sorted(row["i"] for row in asked) == list(range(len(sent)))
    for k, name in ((1, "text"), (2, "prompt"), (3, "template")):
        named = {(each[k], row[name]) for each, row in zip(sent, asked, strict=True)}
        assert len(named) == len({text for text, _n in named}) == len({number for _t, number in named})
        assert all((text is None) == (number is None) for text, number in named)
    templates = sorted({(row["template"], each[3]) for each, row in zip(sent, asked, strict=True) if each[3]})
    assert [name for _n, name in templates] == sorted(name for _n, name in templates)
    number = {name: n for n, name in templates}
    assert found.templates.tolist() == [number.get(name, -1) for name in of_templates.names]
    prompt = {each[2]: row["prompt"] for each, row in zip(sent, asked, strict=True)}
    shared = engine.collect(found.sentences, at_most=99).to_pylist()
    assert sorted((row["prompt"], of_segments.names[row["segment"]]) for row in shared) == sorted(
        (prompt[p], s) for p, s in parts if p in prompt and s != "q"
    )


def test_without_templates_and_shared_sentences_all_are_numbered_still(engine: Engine) -> None:
    rows = pa.table([["r"], ["ann"], ["t"], ["x"], pa.array([None], pa.string())], schema=TEXT)
    segments = engine.table(pa.table({"prompt_id": ["x"], "segment": ["p"]}))
    found = numbered_prompts(
        engine, engine.table(rows.append_column("at", pa.array([7], pa.int64()))), segments, NAMES,
        of_templates=held([]), of_segments=held([]), least=2,
    )  # fmt: skip
    assert engine.collect(found.asked, at_most=1)["template"].to_pylist() == [None]
    assert engine.collect(found.sentences, at_most=1).num_rows == 0
    assert len(found.templates) == 0
