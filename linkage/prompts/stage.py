"""The stage of prompts: every distinct text gets its prompt, template and segments, and every row theirs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.engines import Engine
from linkage.log import Log
from linkage.observations.stage import Content
from linkage.prompts import encoder, encoder_process, templates
from linkage.prompts.known_prompts import KnownPrompts
from linkage.prompts.placeholders import by_form, by_use, without_texts
from linkage.prompts.stored_vectors import vectors_folder
from linkage.settings.placeholders import Placeholders
from linkage.settings.program import Settings
from linkage.settings.prompts import Prompts as PromptSettings

BATCH = 250_000
"""Texts that are masked at once, by two processes."""

TEXT_TRAITS = ("prompt", "system_prompt", "template", "segment")
"""Traits whose benign values are given as texts, not as ids."""


@dataclass(frozen=True)
class Prompts:
    """Interactions with `text_id`, `prompt_id`, `template`, `system_template` (None without interactions);
    the sentence clusters of each prompt; and the tables of the stage."""

    asked: ir.Table | None
    segments: ir.Table | None
    tables: templates.PromptTables | None
    texts: int
    benign: ir.Table | None

    @property
    def content(self) -> Content:
        """What observations are made from."""
        return Content(self.asked, self.segments, self.benign)

    def known(self, engine: Engine, names: Sequence[str]) -> KnownPrompts:
        """Of how many interactions of each account (in the order of `names`) the prompt is known."""
        if self.asked is None:
            return KnownPrompts.everywhere(len(names))
        counted = self.asked.group_by("account").agg(rows=_.count(), known=_.text_id.count())
        found = engine.collect(counted, at_most=len(names))
        place = pc.index_in(found["account"], pa.array(names, pa.string())).to_numpy()
        rows, known = np.zeros((2, len(names)), dtype=np.int64)
        rows[place], known[place] = found["rows"].to_numpy(), found["known"].to_numpy()
        return KnownPrompts(rows, known)


def _sha(column: ir.StringValue) -> ir.StringValue:
    return column.hexdigest("sha256")


def without_forms(interactions: ir.Table, chosen: Placeholders) -> ir.Table:
    """The interactions with no text where it is a placeholder by its form."""
    return interactions.mutate(
        **{
            name: ibis.ifelse(by_form(interactions[name], chosen), ibis.null("string"), interactions[name])
            for name in ("prompt", "system_prompt")
        }
    )


def add_text_ids(interactions: ir.Table) -> ir.Table:
    """Adds `text_id` and `system_id`: SHA-256 of the texts, or the hash that was given for a withheld one."""
    given = ibis.coalesce(_sha(interactions.prompt), interactions.prompt_sha256.lower())
    vector = _sha(interactions.embedding.cast("array<string>").join(","))
    return interactions.mutate(
        text_id=ibis.coalesce(given, vector), system_id=_sha(interactions.system_prompt)
    )


def distinct_texts(interactions: ir.Table, benign: ir.Table | None) -> ir.Table:
    """Every distinct text or withheld prompt: text_id, text, sha, embedding, accounts, interactions.

    Benign texts come along with no account, so that they fall into the templates they belong to.
    """
    asked = interactions.filter(_.text_id.notnull())
    prompts = asked.group_by("text_id").agg(
        text=_.prompt.min(),
        sha=_.prompt_sha256.min(),
        embedding=_.embedding.argmin(_.row),
        accounts=_.account.nunique(),
        interactions=_.count(),
    )
    under = interactions.filter(_.system_id.notnull())
    system = under.group_by(text_id="system_id").agg(
        text=_.system_prompt.min(), accounts=_.account.nunique(), interactions=_.count()
    )
    parts = [prompts, _as_text(system)]
    if benign is not None:
        known = benign.filter(_.trait.isin(TEXT_TRAITS)).select(text_id=_sha(benign.value), text="value")
        zero = ibis.literal(0, "int64")
        parts.append(_as_text(known.distinct().mutate(accounts=zero, interactions=zero)))
    together = parts[0].union(*parts[1:])
    return together.group_by("text_id").agg(
        text=_.text.min(),
        sha=_.sha.min(),
        embedding=_.embedding.argmin(_.sha.fill_null("")),
        accounts=_.accounts.max(),
        interactions=_.interactions.sum(),
    )


def _as_text(rows: ir.Table) -> ir.Table:
    empty = rows.mutate(sha=ibis.null("string"), embedding=ibis.null("array<float32>"))
    return empty.select("text_id", "text", "sha", "embedding", "accounts", "interactions")


def add_templates(interactions: ir.Table, skeletons: ir.Table, membership: ir.Table) -> ir.Table:
    """Adds `prompt_id`, `template` and `system_template` to interactions that have text ids."""
    known = skeletons.select(text_id="text_id", prompt_id="prompt").left_join(
        membership.select(prompt_id="prompt", template="template"), "prompt_id"
    )
    known = known.select("text_id", "prompt_id", "template")
    first = interactions.left_join(known, "text_id").drop("text_id_right")
    of_system = known.select(system_id="text_id", system_template="template")
    return first.left_join(of_system, "system_id").drop("system_id_right")


def _kept(slow: encoder.Encoder) -> encoder.Encoder:
    """The same encoder with its vectors kept between runs, in the user's cache."""
    return encoder.CachedEncoder(slow, vectors_folder())


def chosen_encoder(name: str) -> encoder.Encoder:
    """The encoder a setting names; a slow one with its vectors kept between runs."""
    chosen = encoder.named(name)
    return chosen if name in ("static", "hashing") else _kept(chosen)


def chosen_judge(settings: PromptSettings) -> Callable[[], encoder.Encoder] | None:
    """Makes the sentence transformer that decides where the encoder leaves doubts; None without a judge.

    Raises UsageError where a judge is set and not installed, whether or not this run would have asked it.
    """
    if settings.judge == "none" or settings.encoder == "hashing":
        return None
    path = encoder.weights()
    return lambda: _kept(encoder_process.AsideEncoder(path))


def prompts(
    engine: Engine, tables: Mapping[str, ir.Table], settings: Settings, log: Log, folder: Path | None = None
) -> Prompts:
    """Runs the prompts stage over every distinct text of the interactions; texts may wait in `folder`."""
    if "interactions" not in tables:
        return Prompts(None, None, None, 0, tables.get("benign"))
    rows = _identified(engine, tables["interactions"], settings.prompts.placeholders, log)
    benign = tables.get("benign")
    # Once the texts have been read, what follows needs their ids alone.
    slim = rows.drop("prompt", "system_prompt", "embedding")
    ids: list[ir.Table] = []

    def texts() -> Iterator[pa.RecordBatch]:
        yield from engine.batches(distinct_texts(rows, benign), rows=BATCH)
        ids.append(engine.keep(slim))
        engine.drop(rows)

    found = templates.templates(
        texts(),
        settings.prompts,
        encoder=chosen_encoder(settings.prompts.encoder),
        judge=chosen_judge(settings.prompts),
        seed=settings.seed,
        folder=folder,
    )
    log.cut("prompts", found.counts)
    skeletons, membership = engine.table(found.skeletons), engine.table(found.membership)
    asked = engine.keep(add_templates(ids[0], skeletons, membership))
    engine.drop(*ids)
    segments = engine.table(found.segments).select(prompt_id="prompt", segment="segment").distinct()
    return Prompts(
        asked,
        engine.keep(segments),
        found,
        found.skeletons.num_rows,
        _benign(benign, skeletons, membership, segments),
    )


def _identified(engine: Engine, interactions: ir.Table, chosen: Placeholders, log: Log) -> ir.Table:
    """The interactions with ids of their texts. Placeholders have none, and are counted."""
    rows = engine.keep(add_text_ids(without_forms(interactions, chosen)))
    common = engine.collect(by_use(rows, chosen).order_by("shape"), at_most=engine.max_rows)
    if common.num_rows:
        every, rows = rows, engine.keep(without_texts(rows, common["shape"].to_pylist(), chosen))
        engine.drop(every)
    log.cut("prompts", _not_known(engine, interactions, rows))
    return rows


def _not_known(engine: Engine, interactions: ir.Table, rows: ir.Table) -> dict[str, int]:
    """How many prompts are placeholders, and how many interactions have none that is known."""
    given = ibis.coalesce(_.prompt, _.prompt_sha256, ibis.ifelse(_.embedding.notnull(), "", ibis.null()))
    (before,) = engine.collect(interactions.agg(n=given.count()), at_most=1)["n"].to_pylist()
    sums = engine.collect(rows.agg(n=_.count(), known=_.text_id.count()), at_most=1).to_pylist()[0]
    return {
        "prompts that are placeholders": before - sums["known"],
        "interactions whose prompt is not known": sums["n"] - sums["known"],
    }


def _benign(
    benign: ir.Table | None, skeletons: ir.Table, membership: ir.Table, segments: ir.Table
) -> ir.Table | None:
    """The benign list with texts replaced by the ids they have here: trait, value, reason."""
    if benign is None:
        return None
    plain = benign.filter(~_.trait.isin(TEXT_TRAITS)).select("trait", "value")
    texts = benign.filter(_.trait.isin(TEXT_TRAITS)).select(text_id=_sha(benign.value))
    prompt = texts.join(skeletons, "text_id").select(value="prompt").distinct()
    template = membership.join(prompt, membership.prompt == prompt.value).select(value="template").distinct()
    sentence = segments.join(prompt, segments.prompt_id == prompt.value).select(value="segment").distinct()
    alike = membership.semi_join(template, membership.template == template.value).select(value="prompt")
    known = [
        ("prompt", prompt.union(alike)),
        ("template", template),
        ("system_prompt", template),
        ("segment", sentence),
    ]
    parts = [rows.select(trait=ibis.literal(trait), value="value") for trait, rows in known]
    return plain.union(*parts).distinct()
