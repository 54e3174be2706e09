"""What an earlier case gives: its groups, their own values, and the texts behind them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from linkage.attribution import earlier_cases
from linkage.attribution.earlier_cases import EarlierGroup
from linkage.engines import Engine
from linkage.prompts import known_texts
from linkage.schema import CASE
from linkage.settings.attribution import EarlierCases
from linkage.settings.communities import Workload
from linkage.settings.prompts import Prompts

WORKLOAD = Workload()
MEMBERS = {"a": 1.0, "b": 0.75}
GROUP = EarlierGroup("op-1", "spring", MEMBERS, reported=True, verdict=None, reason="")
WORK = "Set out every step of the proof before the result is given and name each rule that it uses."


def case() -> Any:
    rows = {
        "groups": [{"group": "op-1", "account": name, "membership": m} for name, m in MEMBERS.items()],
        "unresolved": [],
        "explained": [
            {"group": name, "account": f"{name} 1", "membership": 1.0} for name in ("op-2", "op-3")
        ],
    }
    verdicts = {"op-2": "dismissed"}
    return SimpleNamespace(
        path=Path("cases/spring"),
        run={"settings_digest": "d", "outputs": {"links.parquet": {"sha256": "s"}}},
        table=lambda name: pa.Table.from_pylist(rows[name], CASE[name].schema),
        verdicts=lambda: [{"seq": 1, "group": "op-2", "reason": "a load test"}],
        constraints=lambda: SimpleNamespace(of_group=verdicts.get),
    )


def test_reported_groups_and_those_a_person_decided_on_are_taken() -> None:
    one, other = earlier_cases.groups_of(case())
    assert (one.group, one.reported, one.members) == ("op-1", True, MEMBERS)
    assert (other.group, other.reported, other.verdict) == ("op-2", False, "dismissed")
    assert other.remark.endswith("a person dismissed it there: a load test")
    assert earlier_cases.summary(case(), [one]) == {
        "case": "spring",
        "settings_digest": "d",
        "outputs": {"links.parquet": "s"},
        "groups": ["op-1"],
    }


def test_what_a_group_holds_is_counted_beside_all_accounts(engine: Engine) -> None:
    observations = pa.table(
        {
            "account": ["a", "b", "c", "c"],
            "trait": ["ip"] * 4,
            "value": ["x", "x", "x", "y"],
            "first_at": [3, 1, 0, 0],
            "last_at": [4, 9, 0, 0],
        }
    )
    members = engine.table(earlier_cases.members_of([GROUP]))
    (row,) = engine.collect(earlier_cases.held(engine.table(observations), members), at_most=9).to_pylist()
    assert (row["operator"], row["value"], row["k"], row["degree"]) == ("op-1", "x", 2, 3)
    assert (row["confidence"], row["first_at"], row["last_at"]) == (1.0, 1, 9)


def held(trait: str, k: int, degree: int) -> pa.Table:
    row = {"operator": "op-1", "trait": trait, "value": "v", "k": k, "degree": degree}
    return pa.Table.from_pylist([{**row, "first_at": 1, "last_at": 2, "confidence": 1.0}])


@pytest.mark.parametrize(
    ("trait", "k", "degree", "own"), [("ip", 10, 10, 1), ("ip", 10, 1_000, 0), ("segment", 1, 1, 0)]
)
def test_a_value_is_a_group_s_own_where_others_hardly_hold_it(
    trait: str, k: int, degree: int, own: int
) -> None:
    found = earlier_cases.own_values(held(trait, k, degree), {"op-1": 10}, 1_010, WORKLOAD)
    assert found.num_rows == own


def test_the_share_of_others_that_hold_a_value_is_kept() -> None:
    found = earlier_cases.own_values(held("ip", 10, 11), {"op-1": 10}, 1_010, WORKLOAD)
    assert found["elsewhere"].to_pylist() == [0.001]


def indicator(trait: str, value: str) -> dict[str, Any]:
    common = dict.fromkeys(("confidence", "elsewhere", "first_at", "last_at"))
    return {"operator": "op-1", "trait": trait, "value": value, "source": "case spring", **common}


def test_the_text_of_a_segment_is_found_among_the_group_s_prompts() -> None:
    prompts = Prompts()
    ((name, text), *_rest) = known_texts.known_prompt(WORK, prompts).segments.items()
    content = [indicator("segment", name), indicator("segment", "lost")]
    rows = [{"operator": "op-1", "prompt": "p", "example": WORK}]
    found, missing = earlier_cases.segment_texts(rows, content, prompts, EarlierCases())
    assert [(each.trait, each.text) for each in found] == [("segment", text)]
    assert missing == 1
    other = [{**rows[0], "operator": "op-9"}]
    assert earlier_cases.segment_texts(other, content, prompts, EarlierCases()) == ([], 2)


def test_of_a_system_prompt_a_few_variants_are_taken() -> None:
    rows = [{"template": "t", "prompt": str(n), "example": f"text {n}"} for n in range(9)]
    found = earlier_cases.system_texts(
        rows, [indicator("system_prompt", "t")], EarlierCases(max_system_prompts=2)
    )
    assert [each.text for each in found] == ["text 0", "text 1"]
