"""The texts that are loaded are members' own: none that somebody outside the group may have sent."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from linkage.case import Case
from linkage.graph import schema
from linkage.graph.case_graph import Options, graph
from linkage.graph.member_texts import member_texts
from tests.graph import made
from tests.graph.made import MEMBERS, seen

OUTSIDE = "stranger"


def case(path: Path) -> Case:
    """`prompt_0` was sent by a stranger too, `prompt_own` by members alone, `prompt_away` by no member."""
    rows = made.tables()
    rows["observations"] += [
        *(seen(OUTSIDE, "prompt", each) for each in ("prompt_0", "prompt_away")),
        *(seen(each, "prompt", "prompt_own") for each in MEMBERS[:2]),
        seen(OUTSIDE, "template", "template_1"),
    ]
    rows["evidence"] = [{**row, "detail": "held by few"} for row in rows["evidence"]]
    like = rows["prompts"][0]
    rows["prompts"] += [{**like, "prompt": each} for each in ("prompt_own", "prompt_away")]
    for row in rows["prompts"]:
        senders = {f["account"] for f in rows["observations"] if f["value"] == row["prompt"]}
        row |= {
            "accounts": len(senders),
            "example": f"as sent: {row['prompt']}",
            "skeleton": f"masked {row['prompt']}",
        }
    rows["prompts"].sort(key=lambda row: str(row["prompt"]))
    rows["templates"][0] |= {"accounts": len(MEMBERS) + 1, "example": "as sent: by a stranger"}
    return made.case(path, rows)


def parts(found: Case, **chosen: bool) -> dict[str, list[dict[str, Any]]]:
    with graph(found, Options("x", **chosen)) as whole:
        return {
            part.name: pa.Table.from_batches(list(batches), schema.arrow_schema(part)).to_pylist()
            for part, batches in whole.parts()
        }


def test_only_members_are_quoted(tmp_path: Path) -> None:
    texts = {row["id"]: row["text"] for row in member_texts(case(tmp_path / "case")).to_pylist()}
    assert texts["prompt_own"] == "as sent: prompt_own"
    assert texts["prompt_0"] == "masked prompt_0", "one of them may have sent another text"
    assert "prompt_away" not in texts
    assert texts["template_1"] == "as sent: prompt_shared", "what most members sent, not the middle of all"


def test_no_text_of_a_stranger_is_loaded(tmp_path: Path) -> None:
    loaded = parts(case(tmp_path / "case"), everything=True, with_text=True)
    told = {row["id"]: (row["example"], row["name"]) for row in loaded["PromptEmbedding"]}
    assert told["prompt_own"] == ("as sent: prompt_own", "“as sent: prompt_own”")
    assert told["prompt_0"] == ("masked prompt_0", "“masked prompt_0”")
    assert told["prompt_away"] == (None, "a prompt (no text loaded)")
    [template] = loaded["Template"]
    assert template["example"] == "as sent: prompt_shared"
    assert "by a stranger" not in str(loaded) and "as sent: prompt_0" not in str(loaded)
    lines = [line for row in loaded["Account LINKED_TO Account"] for line in row["evidence"] or ()]
    assert any("rare template “as sent: prompt_shared”: " in line for line in lines)
    assert any("payment · card card_0: held by few" in line for line in lines), "the value itself"


def test_without_text_nothing_of_it_is_loaded(tmp_path: Path) -> None:
    loaded = parts(case(tmp_path / "case"), everything=True)
    assert "as sent" not in str(loaded) and "masked" not in str(loaded)
    assert {row["name"] for row in loaded["PromptEmbedding"]} == {"a prompt (no text loaded)"}
    assert {row["name"] for row in loaded["Trait"] if row["trait"] == "country"} == {"SE", "NO"}
    lines = [line for row in loaded["Account LINKED_TO Account"] for line in row["evidence"] or ()]
    assert any("rare template: " in line for line in lines)
