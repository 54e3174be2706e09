"""What withheld.py hands out of a log, and how it marks recall below that with no text."""

import pyarrow as pa
import pytest
from withheld import STRAY, Part, parts, report

from linkage.lab.evaluate import Evaluation, evaluate

ROWS = 1_000
TABLE = pa.table(
    {
        "account": [f"a{n % 50}" for n in range(ROWS)],
        "prompt": [f"question {n}" for n in range(ROWS)],
        "system_prompt": ["be kind"] * ROWS,
    }
)


def known(part: Part) -> list[str | None]:
    found = part.of(TABLE, 3)
    assert found.column_names == TABLE.column_names
    return found["prompt"].to_pylist()


def test_a_share_of_rows_keeps_texts_and_the_others_have_none() -> None:
    texts = known(Part("rows", 0.1))
    assert 60 < sum(text is not None for text in texts) < 140
    assert all(text in (None, f"question {n}") for n, text in enumerate(texts))
    assert known(Part("rows", 0.1)) == texts, "the same seed draws alike"


def test_a_share_of_accounts_keeps_all_of_theirs() -> None:
    found = Part("accounts", 0.5).of(TABLE, 3)
    by_account: dict[str, set[bool]] = {}
    for account, text in zip(found["account"].to_pylist(), found["prompt"].to_pylist(), strict=True):
        by_account.setdefault(account, set()).add(text is None)
    assert all(len(each) == 1 for each in by_account.values())
    assert 10 < sum(each == {False} for each in by_account.values()) < 40


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (1.0, ROWS)])
def test_none_and_all(share: float, count: int) -> None:
    found = Part("rows", share).of(TABLE, 3)
    assert sum(text is not None for text in found["prompt"].to_pylist()) == count
    assert found["system_prompt"].null_count == ROWS - count


def test_one_placeholder_is_all_there_is() -> None:
    assert known(Part(STRAY, 0.0)) == ["{}", *[None] * (ROWS - 1)]


def test_none_comes_first_and_all_once() -> None:
    names = [each.name for each in parts((0.0, 0.5, 1.0), ("rows", "accounts"))]
    assert names == ["0% of rows", STRAY, "50% of rows", "50% of accounts", "100% of rows"]


def test_recall_below_that_with_none_is_marked() -> None:
    truth = {f"a{n}": "one" if n < 4 else None for n in range(9)}

    def found(accounts: int) -> Evaluation:
        return evaluate({f"a{n}": "g" for n in range(accounts)}, truth)

    scores = {Part("rows", 0.0): found(3), Part("rows", 0.5): found(2), Part("rows", 1.0): found(4)}
    lines = list(report("mixed 3", scores))
    assert ["BELOW" in line for line in lines[2:5]] == [False, True, False]
