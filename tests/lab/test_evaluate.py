from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import InputError
from linkage.lab.evaluate import evaluate, read_truth

names = st.sampled_from([f"a{n}" for n in range(9)])
groupings = st.dictionaries(names, st.sampled_from(["g1", "g2", "g3"]))
truths = st.dictionaries(names, st.sampled_from(["x", "y", "z", None, ""]))


def oracle(groups: dict[str, str], truth: dict[str, str | None]) -> dict[str, float | None]:
    """The definitions, account by account and pair by pair."""
    people = sorted(set(groups) | set(truth))
    block = {who: groups.get(who, f"alone {who}") for who in people}
    owner = {who: truth.get(who) or f"alone {who}" for who in people}
    planted = [who for who in people if truth.get(who)]
    precision, recall = [], []
    for who in planted:
        mates = {other for other in people if block[other] == block[who]}
        kin = {other for other in people if owner[other] == owner[who]}
        precision.append(len(mates & kin) / len(mates))
        recall.append(len(mates & kin) / len(kin))
    a = b = c = d = 0
    for left, right in combinations(people, 2):
        same, kin = block[left] == block[right], owner[left] == owner[right]
        a, b, c, d = (
            a + (same and kin),
            b + (same and not kin),
            c + (kin and not same),
            d + (not same and not kin),
        )
    under = (a + b) * (b + d) + (a + c) * (c + d)
    return {
        "b3_precision": sum(precision) / len(planted) if planted else None,
        "b3_recall": sum(recall) / len(planted) if planted else None,
        "pair_precision": a / (a + b) if a + b else None,
        "pair_recall": a / (a + c) if a + c else None,
        "ari": 2 * (a * d - b * c) / under if under else 1.0,
        "innocent_accounts_flagged": sum(1 for who in groups if not truth.get(who)),
        "false_groups": sum(
            all(
                2 * sum(truth.get(who) == operator for who in groups if groups[who] == group)
                < sum(1 for who in groups if groups[who] == group)
                for operator in {truth[who] for who in planted}
            )
            for group in set(groups.values())
        ),
        "operators_found": sum(
            any(
                2 * len(kin & mates) >= len(kin) and 2 * len(kin & mates) >= len(mates)
                for mates in (
                    {who for who in groups if groups[who] == group} for group in set(groups.values())
                )
            )
            for kin in (
                {who for who in planted if truth[who] == operator} for operator in {truth[w] for w in planted}
            )
        ),
    }


@given(groupings, truths)
def test_all_measures_agree_with_their_definitions(
    groups: dict[str, str], truth: dict[str, str | None]
) -> None:
    found = evaluate(groups, truth).to_dict()
    for name, value in oracle(groups, truth).items():
        assert found[name] == (None if value is None else pytest.approx(value)), name


@given(groupings, truths)
def test_neither_order_nor_names_matter(groups: dict[str, str], truth: dict[str, str | None]) -> None:
    turned = evaluate(dict(reversed(groups.items())), dict(reversed(truth.items())))
    assert turned == evaluate(groups, truth)
    renamed = evaluate({who: f"other {group}" for who, group in groups.items()}, truth)
    assert renamed.rows() == evaluate(groups, truth).rows()


def test_a_perfect_grouping() -> None:
    truth = {"a": "x", "b": "x", "c": "y", "d": "y", "e": None}
    score = evaluate({"a": "1", "b": "1", "c": "2", "d": "2"}, truth)
    assert score.b3_f1 == score.pair_precision == score.pair_recall == score.ari == 1.0
    assert (score.operators_found, score.false_groups, score.innocent_accounts_flagged) == (2, 0, 0)


def test_one_operator_split_and_polluted() -> None:
    truth = {"a": "x", "b": "x", "c": "x", "d": "x", "e": None, "f": None}
    score = evaluate({"a": "1", "b": "1", "c": "1", "e": "1", "d": "2", "f": "2"}, truth)
    assert score.b3_precision == pytest.approx((3 * 3 / 4 + 1 / 2) / 4)
    assert score.b3_recall == pytest.approx((3 * 3 / 4 + 1 / 4) / 4)
    assert score.pair_precision == pytest.approx(3 / 7)
    assert score.pair_recall == pytest.approx(3 / 6)
    assert (score.operators_found, score.false_groups, score.innocent_accounts_flagged) == (1, 0, 2)
    assert score.innocents_flagged_per_1000 == 1000.0
    (only,) = score.per_operator
    assert (only.accounts, only.found, only.group) == (4, True, "1")
    assert (only.recall, only.precision) == (0.75, 0.75)


def test_a_group_of_innocents_and_one_operator_account_is_false() -> None:
    score = evaluate({"a": "1", "p": "1", "q": "1"}, {"a": "x", "b": "x", "p": None, "q": None})
    assert (score.false_groups, score.operators_found, score.innocent_accounts_flagged) == (1, 0, 2)
    assert score.per_operator[0].found is False


def test_half_is_enough_on_both_sides() -> None:
    score = evaluate({"a": "1", "p": "1"}, {"a": "x", "b": "x", "p": None})
    assert (score.operators_found, score.false_groups) == (1, 0)


def test_nothing_reported_and_nobody_planted() -> None:
    score = evaluate({}, {"a": None, "b": None})
    assert score.b3_precision is None and score.b3_f1 is None and score.pair_precision is None
    assert (score.ari, score.false_groups, score.operators, score.accounts) == (1.0, 0, 0, 2)


def test_an_account_that_truth_does_not_know_is_innocent() -> None:
    score = evaluate({"a": "1", "b": "1", "stranger": "1"}, {"a": "x", "b": "x"})
    assert score.innocent_accounts_flagged == 1 and score.accounts == 3


def test_a_large_case_is_counted_not_enumerated() -> None:
    truth: dict[str, str | None] = {f"a{n}": "x" if n < 100_000 else None for n in range(400_000)}
    score = evaluate({who: "1" for who, operator in truth.items() if operator}, truth)
    assert score.pair_recall == 1.0 and score.ari == 1.0


def test_rows_name_every_measure_once() -> None:
    score = evaluate({"a": "1", "b": "1"}, {"a": "x", "b": "x"})
    assert {row["measure"] for row in score.rows()} == set(score.to_dict()) - {"per_operator"}
    assert [row["operator"] for row in score.operator_rows()] == ["x"]


def test_truth_is_read_with_empty_operators_as_innocents(tmp_path: Path) -> None:
    file = tmp_path / "truth.csv"
    file.write_bytes(b"\xef\xbb\xbfnote,operator,account\r\nn,op 1,a\r\n\r\n,,b\r\n")
    assert read_truth(file) == {"a": "op 1", "b": None}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "no column 'account'"),
        (b"account,who\na,x\n", "no column 'operator'"),
        (b"account,operator\na,x\na,y\n", "row 3 repeats account 'a'"),
        (b"account,operator\n,x\n", "row 2 names no account"),
        (b"account,operator\na\n", "row 2 has 1 cells, not 2"),
        (b'account,operator\n"a"b,x\n', "not CSV"),
        (b"account,operator\n\xff,x\n", "not UTF-8"),
    ],
)
def test_a_bad_truth_file_is_named(tmp_path: Path, text: bytes, message: str) -> None:
    file = tmp_path / "truth.csv"
    file.write_bytes(text)
    with pytest.raises(InputError, match=message) as caught:
        read_truth(file)
    assert str(file) in str(caught.value) and caught.value.hint


def test_a_missing_truth_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"truth\.csv: cannot be read"):
        read_truth(tmp_path / "truth.csv")


@given(groupings, truths, st.sets(names))
def test_unresolved_accounts_are_counted_and_change_no_other_measure(
    groups: dict[str, str], truth: dict[str, str | None], unresolved: set[str]
) -> None:
    found, plain = evaluate(groups, truth, unresolved).to_dict(), evaluate(groups, truth).to_dict()
    assert found.pop("innocent_accounts_unresolved") == sum(not truth.get(who) for who in unresolved)
    assert plain.pop("innocent_accounts_unresolved") == 0
    assert found == plain
