"""Reads what some accounts of a case hold, to say what they have in common."""

from collections.abc import Sequence
from dataclasses import replace

from linkage.case.holdings import Holdings
from linkage.case.reader import CaseReader
from linkage.explain.shared import Shared, held_by_several, shared


def in_common(case: CaseReader, accounts: Sequence[str], *, with_text: int) -> Shared:
    """What these accounts share, the first values with the text behind them; raises CaseError for an account
    that the case does not know."""
    known = Holdings(case)
    rows = known.of_accounts(set(accounts), ("account", "trait", "value", "family"))
    if unseen := set(accounts) - {row["account"] for row in rows}:
        known.require(sorted(unseen))
    found = shared(accounts, rows, known.held(held_by_several(rows)))
    first, rest = found.common[:with_text], found.common[with_text:]
    texts = case.texts((each.value for each in first if each.family == "content"), set(accounts), rows)
    return replace(found, common=(*(replace(each, text=texts.get(each.value)) for each in first), *rest))
