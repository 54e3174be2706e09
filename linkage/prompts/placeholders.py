"""Placeholders: texts that a log writes in the place of prompts it does not hand out, such as `{}`.

They say nothing of what was asked, so a row that has one is withheld. A form tells most of them: no letter
and no digit, or a word such as `redacted` and hardly more. The others are told by their use: one short text
on most rows and of most accounts. What one account sends all the time is that account's habit.
"""

import re
from collections.abc import Iterable, Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.settings.placeholders import Placeholders

OTHER = r"[^\p{L}\p{N}]"
"""Neither a letter nor a digit."""


def by_form(text: ir.StringValue, chosen: Placeholders) -> ir.BooleanValue:
    """Whether a text is a placeholder by its form alone; false where there is no text."""
    lower = text.lower()
    alone = lower.re_search(rf"^{OTHER}*(?:{_any(chosen.words)})?{OTHER}*$")
    first = lower.re_search(rf"^{OTHER}*(?:{_any(chosen.leading_words)})(?:{OTHER}|$)")
    return ((text.length() <= chosen.characters) & (alone | first)).fill_null(False)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word.lower()) for word in words)


def by_use(interactions: ir.Table, chosen: Placeholders) -> ir.Table:
    """The ids of texts that are placeholders by their use: `text_id`, one row each.

    A text is one that is short, or of which only a hash or a vector is known. The rows it must be on are
    those that have any text; the accounts, all of the table.
    """
    short = interactions.prompt.isnull() | (interactions.prompt.length() <= chosen.characters)
    used = interactions.filter(short & interactions.text_id.notnull()).group_by("text_id")
    used = used.agg(rows=_.count(), who=_.account.nunique())
    whole = interactions.agg(texts=interactions.text_id.count(), accounts=interactions.account.nunique())
    found = used.cross_join(whole)
    enough = found.accounts >= chosen.min_accounts
    most = (found.rows > chosen.most_rows * found.texts) & (found.who > chosen.most_accounts * found.accounts)
    return found.filter(enough & most).select("text_id")


def without_texts(interactions: ir.Table, placeholders: Sequence[str]) -> ir.Table:
    """The interactions with no text where it is one of these placeholders (ids)."""
    if not placeholders:
        return interactions
    known = ~interactions.text_id.isin(list(placeholders)).fill_null(False)
    return interactions.mutate(
        text_id=ibis.ifelse(known, interactions.text_id, ibis.null("string")),
        prompt=ibis.ifelse(known, interactions.prompt, ibis.null("string")),
    )
