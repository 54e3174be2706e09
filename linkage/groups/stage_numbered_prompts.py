"""What accounts ask, as numbers, made once for all partitions of a run.

Ids have 64 letters; an engine joins and groups numbers in a small part of the time and memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.arrays import Ints
from linkage.engines import Engine
from linkage.groups.trait_index import TraitHolders

NUMBER = "int32"


@dataclass(frozen=True)
class NumberedPrompts:
    """The prompts of all accounts (`asked`: i, row, account, a, at, text, prompt, template), the sentences in
    them (`sentences`: prompt, segment) by their number among the holders of the trait, and for each template
    among these its number here (`templates`; −1: no prompt lies in it)."""

    asked: ir.Table
    sentences: ir.Table
    templates: Ints


def numbered_prompts(
    engine: Engine,
    asked: ir.Table,
    segments: ir.Table,
    names: Sequence[str],
    *,
    of_templates: TraitHolders,
    of_segments: TraitHolders,
    least: int,
) -> NumberedPrompts:
    """The prompts `asked` (row, account, at, text_id, prompt_id, template) of the accounts of these `names`,
    and which `segments` (prompt_id, segment) they hold, of those that at least so many accounts hold."""
    accounts = engine.table(_numbers("account", "a", pa.array(names, pa.string())))
    texts, prompts = (
        engine.keep(_distinct(asked, name).mutate(**{number: ibis.row_number().cast(NUMBER)}))
        for name, number in (("text_id", "text"), ("prompt_id", "prompt"))
    )
    # In the order of their names, so that sums over them have one order.
    listed = engine.collect(_distinct(asked, "template").order_by("template"), at_most=engine.max_rows)
    templates = engine.table(_numbers("template", "t", listed["template"].combine_chunks()))
    rows = asked.join(accounts, "account").join(texts, "text_id")
    rows = rows.left_join(prompts, "prompt_id").left_join(templates, "template")
    numbered = rows.select("row", "account", "a", "at", "text", "prompt", template="t")
    kept = engine.keep(numbered.mutate(i=ibis.row_number().cast(NUMBER)))
    several = np.flatnonzero(of_segments.totals >= least)
    held = pa.array([of_segments.names[i] for i in several.tolist()], pa.string())
    values = engine.table(_numbers("segment", "number", held, several))
    sentences = segments.join(values, "segment").join(prompts, "prompt_id")
    sentences = engine.keep(sentences.select("prompt", segment="number"))
    engine.drop(accounts, texts, prompts, templates, values)
    place = pc.index_in(pa.array(of_templates.names, pa.string()), value_set=listed["template"])
    return NumberedPrompts(kept, sentences, pc.fill_null(place, -1).to_numpy().astype(np.int64))


def _distinct(rows: ir.Table, name: str) -> ir.Table:
    return rows.filter(_[name].notnull()).select(name).distinct()


def _numbers(name: str, number: str, values: pa.Array, numbers: Ints | None = None) -> pa.Table:
    """The values, each once, with their places or other numbers."""
    places = np.arange(len(values)) if numbers is None else numbers
    return pa.table({name: values, number: places.astype(np.int32)})
