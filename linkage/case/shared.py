"""Reads what some accounts of a case hold, to say what they have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from linkage.case.holdings import Holdings
from linkage.case.reader import CaseReader
from linkage.explain.shared import Shared, few, held_by_several, shared


def in_common(case: CaseReader, accounts: Sequence[str], *, most: int, of_a_trait: int) -> Shared:
    """What these accounts share, with the text behind the values that `few` gives; raises CaseError for an
    account that the case does not know."""
    known = Holdings(case)
    rows = known.of_accounts(set(accounts), ("account", "trait", "value", "family"))
    if unseen := set(accounts) - {row["account"] for row in rows}:
        known.require(sorted(unseen))
    found = shared(accounts, rows, known.held(held_by_several(rows)))
    shown = set(few(found.common, most, of_a_trait))
    ids = (part for each in shown if each.family == "content" for part in each.value.split())
    texts = case.texts(ids, set(accounts), rows)
    common = (
        replace(each, text=_text(each.value, texts)) if each in shown else each for each in found.common
    )
    return replace(found, common=tuple(common))


def _text(value: str, texts: Mapping[str, str]) -> str | None:
    """The text behind a value: several, where it names several themes."""
    return "” and “".join(texts[part] for part in value.split() if part in texts) or None
