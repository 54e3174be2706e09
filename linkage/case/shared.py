"""Reads what some accounts of a case hold, to say what they have in common."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from linkage.case.holdings import Holdings
from linkage.case.reader import CaseReader
from linkage.case.sent_texts import TRAITS
from linkage.explain.held_values import HeldValues
from linkage.explain.shared import Shared, few, held_by_several, shared


def in_common(case: CaseReader, accounts: Sequence[str], *, most: int, of_a_trait: int) -> Shared:
    """What these accounts share, with the text behind the values that `few` gives; raises CaseError for an
    account that the case does not know."""
    known = Holdings(case)
    own, families = known.own(set(accounts))
    if unseen := set(accounts) - own.place.keys():
        known.require(sorted(unseen))
    found = shared(accounts, own, families, known.held(held_by_several(own)))
    shown = {(each.trait, each.value) for each in few(found.common, most, of_a_trait)}
    ids = [part for trait, value in shown if families[trait] == "content" for part in value.split()]
    texts = case.texts(ids, set(accounts), _rows(own, set(ids)))
    common = (
        replace(each, text=_text(each.value, texts)) if (each.trait, each.value) in shown else each
        for each in found.common
    )
    return replace(found, common=tuple(common))


def _rows(own: HeldValues, ids: Collection[str]) -> Iterator[dict[str, str]]:
    """Account, trait and value of who sent these texts, and of all prompts."""
    wanted = [trait == "prompt" or (trait in TRAITS and text in ids) for trait, text in own.values]
    of = np.array(wanted, bool)[own.value]
    for account, value in zip(own.account[of].tolist(), own.value[of].tolist(), strict=True):
        trait, text = own.values[value]
        yield {"account": own.accounts[account], "trait": trait, "value": text}


def _text(value: str, texts: Mapping[str, str]) -> str | None:
    """The text behind a value: several, where it names several themes."""
    return "” and “".join(texts[part] for part in value.split() if part in texts) or None
