"""Placeholders: texts that a log writes in the place of prompts it does not hand out, such as `{}`.

They say nothing of what was asked, so a row that has one is withheld. A form tells most of them: no letter
and no digit, or a word such as `redacted` and hardly more. The others are told by their use: most rows have
one of a few texts that most accounts have, the number in each aside. What one account sends all the time is
its habit.
"""

import re
from collections.abc import Iterable, Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.settings.placeholders import Placeholders

OTHER = r"[^\p{L}\p{N}]"
"""Neither a letter nor a digit."""
ONE_NUMBER = r"^([^\p{N}]*)\b(?:[0-9a-fA-F]{8}[0-9a-fA-F-]*|\p{N}+)\b([^\p{N}]*)$"
"""A text with one number, or one id in hexadecimal digits: a sum has two."""


def by_form(text: ir.StringValue, chosen: Placeholders) -> ir.BooleanValue:
    """Whether a text is a placeholder by its form alone; false where there is no text."""
    lower = text.lower()
    alone = lower.re_search(rf"^{OTHER}*(?:{_any(chosen.words)})?{OTHER}*$")
    first = lower.re_search(rf"^{OTHER}*(?:{_any(chosen.leading_words)})(?:{OTHER}|$)")
    return ((text.length() <= chosen.characters) & (alone | first)).fill_null(False)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word.lower()) for word in words)


def shape(interactions: ir.Table, chosen: Placeholders) -> ir.StringValue:
    """What texts of one use have in common: the text, its number masked if it has one, or the id of a text of
    which only a hash or a vector is known; null where there is none, or a long one."""
    prompt = interactions.prompt
    masked = prompt.re_replace(ONE_NUMBER, r"\1#\2")
    short = ibis.ifelse(prompt.length() <= chosen.common_characters, "text " + masked, ibis.null("string"))
    return ibis.ifelse(prompt.isnull(), "id " + interactions.text_id, short)


def by_use(interactions: ir.Table, chosen: Placeholders) -> ir.Table:
    """The shapes of texts that are placeholders by their use: `shape`, one row each.

    The rows they must be on are those that have any text; the accounts, all of the table.
    """
    shaped = interactions.select("account", shape=shape(interactions, chosen)).filter(_.shape.notnull())
    used = shaped.group_by("shape").agg(rows=_.count(), who=_.account.nunique())
    whole = interactions.agg(texts=interactions.text_id.count(), accounts=interactions.account.nunique())
    found = used.cross_join(whole).filter(
        _.accounts >= chosen.min_accounts,
        _.who > chosen.most_accounts * _.accounts,
        _.rows > chosen.each_rows * _.texts,
    )
    together = found.cross_join(found.agg(common=found.rows.sum()))
    return together.filter(_.common > chosen.most_rows * _.texts).select("shape")


def without_texts(interactions: ir.Table, shapes: Sequence[str], chosen: Placeholders) -> ir.Table:
    """The interactions with no text where it has one of these shapes."""
    if not shapes:
        return interactions
    known = ~shape(interactions, chosen).isin(list(shapes)).fill_null(False)
    return interactions.mutate(
        text_id=ibis.ifelse(known, interactions.text_id, ibis.null("string")),
        prompt=ibis.ifelse(known, interactions.prompt, ibis.null("string")),
    )
