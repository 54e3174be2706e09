"""Indicators of every origin get one form, and what cannot be compared is counted."""

from typing import Any

import pyarrow as pa
import pytest

from linkage.attribution import indicators
from linkage.attribution.earlier_cases import ROWS, Text
from linkage.attribution.hypotheses import Weight
from linkage.evidence.signals.registry import SIGNALS
from linkage.prompts import known_texts
from linkage.prompts.templates import PromptTables
from linkage.settings.attribution import Hypotheses
from linkage.settings.prompts import Prompts

WEIGHTS = {
    trait: Weight("x", 0.5, 0.0, 0.0, identifies=True)
    for trait in ("fingerprint", "asn", "prompt", "segment")
}
WORK = "Set out every step of the proof before the result is given and name each rule that it uses."


def given(trait: str, value: str, **more: Any) -> dict[str, Any]:
    common = {"operator": "Heron", "confidence": None, "source": None, "seen_at": 7, "file": "list.csv"}
    return {**common, "trait": trait, "value": value, **more}


def test_a_value_keeps_its_source_or_names_its_file() -> None:
    rows = [given("fingerprint", "c1"), given("fingerprint", "c2", source="partner")]
    found = indicators.given_indicators(rows, WEIGHTS)
    assert [(row["value"], row["source"], row["first_at"]) for row in found.rows] == [
        ("c1", "list.csv", 7),
        ("c2", "partner", 7),
    ]
    assert pa.Table.from_pylist(found.rows, ROWS).num_rows == 2


def test_an_autonomous_system_is_looked_for_in_both_spellings() -> None:
    found = indicators.given_indicators([given("asn", "as64500"), given("asn", "64501")], WEIGHTS)
    assert [row["value"] for row in found.rows] == ["64500", "AS64500", "64501", "AS64501"]


def test_a_text_is_looked_up_and_an_id_is_a_value() -> None:
    found = indicators.given_indicators([given("prompt", WORK), given("prompt", "0" * 32)], WEIGHTS)
    assert [each.text for each in found.texts] == [WORK]
    assert [row["value"] for row in found.rows] == ["0" * 32]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (given("fingerprint", "c", operator=" Unknown Operator "), "called as no operator may be"),
        (given("fingerprint", "c", confidence=1.5), "confidence is not from 0 to 1"),
        (given("created_at", "2025-01-01"), "mean something in one log only"),
        (given("hours", "0" * 24), "mean something in one log only"),
        (given("hat", "red"), "traits that no table here has"),
    ],
)
def test_what_cannot_be_compared_is_counted(row: dict[str, Any], why: str) -> None:
    found = indicators.given_indicators([row], WEIGHTS)
    assert (found.rows, found.texts) == ([], [])
    ((counted, number),) = found.unusable.items()
    assert why in counted
    assert number == 1


def test_equal_indicators_are_one_in_one_order() -> None:
    rows = [{"operator": "b", "trait": "t", "value": "v"}, {"operator": "a", "trait": "t", "value": "v"}]
    one, other = (pa.Table.from_pylist(each, ROWS) for each in (rows, [*rows[::-1], rows[0]]))
    found = indicators.united([one])
    assert found.num_rows == 2
    assert found.equals(indicators.united([other]))


def test_a_trait_is_weighed_as_its_signal_or_as_a_description() -> None:
    chosen = Hypotheses(description_floor=0.25, description_agreement=0.75)
    found = indicators.weights(SIGNALS, chosen)
    assert found["fingerprint"].identifies
    assert (found["country"].floor, found["country"].agreement, found["country"].identifies) == (
        0.25, 0.75, False,
    )  # fmt: skip
    assert not {"created_at", "themes", "hours", "response"} & set(found)
    transferable = indicators.transferable_traits(SIGNALS)
    assert "fingerprint" in transferable
    assert transferable <= set(found)


def test_a_text_becomes_its_prompt_and_template_of_this_run() -> None:
    chosen = Prompts()
    prompt = known_texts.known_prompt(WORK, chosen).prompt
    none = pa.table({"segment": pa.array([], pa.string()), "example": pa.array([], pa.string())})
    tables = PromptTables(
        skeletons=pa.table({"text_id": ["a" * 64], "prompt": ["withheld"]}),
        prompts=none,
        near=none,
        membership=pa.table({"prompt": [prompt], "template": ["t1"]}),
        templates=none,
        segments=none,
        clusters=none,
        counts={},
    )

    def text(trait: str, text: str) -> Text:
        return Text("Heron", trait, text, 1.0, None, None, None, "s")

    def values(each: Text) -> set[tuple[str, str]]:
        rows = indicators.text_indicators([each], tables, chosen).to_pylist()
        return {(row["trait"], row["value"]) for row in rows}

    assert values(text("prompt", WORK)) == {("prompt", prompt), ("template", "t1")}
    assert values(text("system_prompt", WORK)) == {("system_prompt", "t1")}
    assert values(text("segment", WORK)) == set()
    assert ("prompt", "withheld") in values(text("prompt", "A" * 64))
