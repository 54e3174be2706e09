"""Facts about what an account asks: its prompts, templates, system prompts and sentences."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.observations import facts
from linkage.observations.facts import long_facts

CONTENT_TRAITS = ("prompt", "segment", "system_prompt", "template")
"""What `content_facts` are of."""


def content_facts(interactions: ir.Table, segments: ir.Table) -> dict[str, ir.Table]:
    """Facts about what is asked, by trait, from interactions with `prompt_id`, `template`, `system_template`.

    `segments` maps each `prompt_id` to the sentence clusters (`segment`) it holds. There is one fact for each
    account and value.
    """
    rows = interactions.mutate(source=ibis.literal("interactions:") + interactions.row)
    asked = long_facts(rows, "prompt", rows.prompt_id)
    held = asked.rename(prompt_id="value").join(segments, "prompt_id")
    sentences = held.group_by("account", value=held.segment).agg(
        first_at=_.first_at.min(),
        last_at=_.last_at.max(),
        count=_["count"].sum(),
        source=_.source.min(),
    )
    several = sentences.group_by("value").agg(n=_.account.nunique()).filter(_.n > 1)
    return {
        "prompt": asked,
        "segment": sentences.semi_join(several, "value").mutate(trait=ibis.literal("segment")),
        "system_prompt": long_facts(rows, "system_prompt", rows.system_template),
        "template": long_facts(rows, "template", rows.template),
    }


def content_observations(
    asked: Mapping[str, ir.Table], stated: ir.Table | None, families: Mapping[str, str]
) -> list[ir.Table]:
    """Observations of what is asked, a table for each trait: of `content_facts`, and of facts that the source
    states in so many words, if it does. Where it does not, the facts are counted already.
    """
    if stated is None:
        return [facts.identified(rows, families) for rows in asked.values()]
    found = []
    for trait in CONTENT_TRAITS:
        parts = [stated.filter(_.trait == trait), *([asked[trait]] if trait in asked else [])]
        found.append(facts.observations(facts.union_facts(parts), families))
    return found
