"""Facts about what an account asks: its prompts, templates, system prompts and sentences."""

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.observations.facts import long_facts

CONTENT_TRAITS = ("prompt", "segment", "system_prompt", "template")
"""What `content_facts` are of."""


def content_facts(interactions: ir.Table, segments: ir.Table) -> list[ir.Table]:
    """Facts about what is asked, from interactions with `prompt_id`, `template` and `system_template`.

    `segments` maps each `prompt_id` to the sentence clusters (`segment`) it holds.
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
    return [
        asked,
        long_facts(rows, "template", rows.template),
        long_facts(rows, "system_prompt", rows.system_template),
        sentences.semi_join(several, "value").mutate(trait=ibis.literal("segment")),
    ]
