from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError, IntegrityError
from linkage.lab.interaction_scores import (
    UNTOLD,
    by_kind,
    by_message,
    read_kinds,
    read_sent,
    read_workload,
)

names = st.sampled_from([f"i{n}" for n in range(12)])
attributions = st.dictionaries(names, st.sampled_from(["g1", "g2"]))
sendings = st.dictionaries(
    names, st.tuples(st.sampled_from(["x", "y"]), st.sampled_from(["work", "camouflage", "planted"]))
)


@given(attributions, sendings)
def test_messages_agree_with_their_definitions(
    attributed: dict[str, str], sent: dict[str, tuple[str, str]]
) -> None:
    score = by_message(attributed, sent)
    owner = {}
    for group in set(attributed.values()):
        counts = {
            who: sum(sent.get(k, ("",))[0] == who for k, g in attributed.items() if g == group)
            for who in "xy"
        }
        owner[group] = max("yx", key=lambda who: (counts[who], who == "x")) if any(counts.values()) else None
    right = {k for k, g in attributed.items() if k in sent and sent[k][0] == owner[g]}
    work = {k for k, (_, part) in sent.items() if part == "work"}
    assert (score.sent, score.work, score.attributed) == (len(sent), len(work), len(attributed))
    assert score.message_precision == (pytest.approx(len(right) / len(attributed)) if attributed else None)
    assert score.message_recall == (pytest.approx(len(right & work) / len(work)) if work else None)


def test_an_innocents_interaction_in_a_group_costs_precision_only() -> None:
    sent = {"a": ("x", "work"), "b": ("x", "work"), "c": ("x", "camouflage")}
    score = by_message({"a": "g", "b": "g", "stranger": "g"}, sent)
    assert score.message_precision == pytest.approx(2 / 3) and score.message_recall == 1.0


def test_two_operators_in_one_group_are_not_both_right() -> None:
    score = by_message({"a": "g", "b": "g", "c": "g"}, {k: ("x" if k < "c" else "y", "work") for k in "abc"})
    assert score.message_precision == score.message_recall == pytest.approx(2 / 3)


def test_flagged_innocents_are_counted_by_kind() -> None:
    truth = {"a": "x", "b": None, "c": None, "d": None, "e": None}
    kinds = {"a": "operator", "b": "reseller customer", "c": "reseller customer", "d": "person"}
    found = by_kind({"a": "g", "b": "g", "stranger": "g"}, truth, kinds)
    assert [(each.kind, each.accounts, each.flagged) for each in found] == [
        (UNTOLD, 2, 1),
        ("reseller customer", 2, 1),
        ("person", 1, 0),
    ]
    assert found[0].flagged_per_1000 == 500.0
    assert by_kind({}, {"a": "x"}, {"a": "operator"}) == ()


def test_tables_are_read(tmp_path: Path) -> None:
    (tmp_path / "kinds.csv").write_text("account,kind\na,person\nb,\n")
    assert read_kinds(tmp_path / "kinds.csv") == {"a": "person", "b": UNTOLD}
    (tmp_path / "sent.csv").write_text("operator,interaction\nx,1\n,2\n")
    assert read_sent(tmp_path / "sent.csv") == {"1": ("x", "work")}
    (tmp_path / "parts.csv").write_text("interaction,part,operator\n1,camouflage,x\n2,,x\n")
    assert read_sent(tmp_path / "parts.csv") == {"1": ("x", "camouflage"), "2": ("x", "work")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("account\na\n", "no column 'interaction'"),
        ("interaction,who\na,x\n", "no column 'operator'"),
        ("interaction,operator\na,x\na,x\n", "row 3 repeats interaction 'a'"),
        ("interaction,operator\n,x\n", "row 2 names no interaction"),
        ("interaction,operator\na,x,y\n", "row 2 has 3 cells, not 2"),
    ],
)
def test_a_bad_table_is_named(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "sent.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_sent(file)
    assert str(file) in str(caught.value) and caught.value.hint


def test_a_case_may_have_no_attributed_interactions(tmp_path: Path) -> None:
    assert read_workload(tmp_path) is None


def test_attributed_interactions_of_a_case(tmp_path: Path) -> None:
    table = pa.table({"group": ["g", "g", "h"], "account": ["a", "b", "c"], "interaction": ["1", "2", None]})
    pq.write_table(table, tmp_path / "workload.parquet")
    assert read_workload(tmp_path) == {"1": "g", "2": "g"}


@pytest.mark.parametrize("damage", ["bytes", "columns"])
def test_a_damaged_table_of_a_case_is_named(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "workload.parquet"
    if damage == "bytes":
        file.write_bytes(b"PAR1 not")
    else:
        pq.write_table(pa.table({"group": ["g"]}), file)
    with pytest.raises(IntegrityError, match=r"workload\.parquet: cannot be read"):
        read_workload(tmp_path)
