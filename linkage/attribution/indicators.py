"""Indicators of every origin in one form: tables, bundles, texts, and earlier cases.

Composition only: texts are recognised by `prompts`; how a trait is weighed is said by its signal.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from linkage.attribution import hypotheses, keyed_indicators
from linkage.attribution.earlier_cases import ROWS, Known, Text
from linkage.attribution.hypotheses import Weight
from linkage.engines import Engine
from linkage.evidence.signals.signal import Signal
from linkage.prompts import known_texts
from linkage.prompts import stage as prompts_stage
from linkage.prompts.stage import Prompts
from linkage.schema import TRAIT_FAMILY
from linkage.settings import Settings

DAY = 86_400_000_000

DESCRIBES_FLOOR, DESCRIBES_AGREEMENT = 0.01, 0.5
"""For traits that no signal weighs (a country, a BIN): never rarer than one account in a hundred."""

OF_ONE_LOG = frozenset(("created_at", "registration_burst", "issuing_burst", "themes"))
"""Traits whose values are moments, bursts or profiles of one log: no other log's can agree with them."""

OF_ONE_LOG_FAMILIES = frozenset(("timing", "lineage"))
"""Families of which every trait is so: hours and rhythms, and hashes of the answers that were given there."""

_ID = re.compile("[0-9a-f]{32}")
_SHA = re.compile("[0-9a-fA-F]{64}")


def weights(signals: Sequence[Signal]) -> dict[str, Weight]:
    """How a value of each trait is weighed: as the signal about it does, or as what merely describes."""
    found = {
        trait: Weight(family, DESCRIBES_AGREEMENT, DESCRIBES_FLOOR, 0.0, identifies=False)
        for trait, family in TRAIT_FAMILY.items()
    }
    for each in signals:
        if each.rule is not None:
            rule = each.rule
            life = (rule.half_life_days or 0.0) * DAY
            found[rule.trait] = Weight(each.family, rule.agreement, rule.floor, life, each.strong)
    return {trait: each for trait, each in found.items() if not of_one_log(trait)}


def of_one_log(trait: str) -> bool:
    """Whether the values of a trait mean something in one log only."""
    return trait in OF_ONE_LOG or TRAIT_FAMILY.get(trait) in OF_ONE_LOG_FAMILIES


def learnt(signals: Sequence[Signal]) -> frozenset[str]:
    """Traits of which an earlier case's values are taken: those that a signal weighs."""
    weighed = {each.rule.trait for each in signals if each.rule is not None}
    return frozenset(each for each in weighed if not of_one_log(each))


@dataclass
class Lists:
    """Brings indicators of every origin into one form, and counts those that cannot be compared."""

    engine: Engine
    weighed: Mapping[str, Weight]
    settings: Settings
    known: Known
    cut: dict[str, int]
    observations: ir.Table | None = None
    """What this log has, for indicators that are digests."""

    def count(self, what: str, number: int) -> None:
        """Notes what was left out."""
        if number:
            self.cut[what] = self.cut.get(what, 0) + number

    def indicators(self, listed: ir.Table | None, prompts: Prompts) -> pa.Table:
        """All indicators, ROWS, each once, in canonical order."""
        rows, texts = self._listed(listed)
        found = pa.Table.from_pylist(rows, ROWS)
        texts += self.known.texts
        if texts:
            found = pa.concat_tables([found, self._texts(texts, prompts)])
        whole = pa.concat_tables([found, *self.known.rows])
        return whole.group_by(ROWS.names).aggregate([]).sort_by([(name, "ascending") for name in ROWS.names])

    def _listed(self, listed: ir.Table | None) -> tuple[list[dict[str, Any]], list[Text]]:
        if listed is None:
            return [], []
        wanted = ["operator", "trait", "value", "confidence", "source", "seen_at", "file"]
        rows, texts = [], []
        given = self.engine.collect(
            listed.select(wanted).order_by(wanted), at_most=self.engine.max_rows
        ).to_pylist()
        if self.observations is not None:
            key = self.known.exchange
            given = keyed_indicators.opened(given, self.engine, self.observations, key, self.count)
        for each in given:
            why = self._unusable(each)
            if why:
                self.count(why, 1)
                continue
            seen = {"first_at": each["seen_at"], "last_at": each["seen_at"], "elsewhere": None}
            said = {"operator": each["operator"], "trait": each["trait"], "confidence": each["confidence"]}
            said |= {**seen, "source": each["source"] or each["file"]}
            if each["trait"] in prompts_stage.TEXT_TRAITS and not _ID.fullmatch(each["value"]):
                texts.append(Text(text=each["value"], **said))
            else:
                rows += [{**said, "value": value} for value in _spellings(each["trait"], each["value"])]
        return rows, texts

    def _unusable(self, row: Mapping[str, Any]) -> str:
        if row["operator"].strip().lower() in (hypotheses.UNKNOWN, hypotheses.UNRELATED):
            return "indicators of an operator called as no operator may be"
        if row["confidence"] is not None and not 0 <= row["confidence"] <= 1:
            return "indicators whose confidence is not from 0 to 1"
        if of_one_log(row["trait"]):
            return "indicators of traits that mean something in one log only"
        if row["trait"] not in self.weighed:
            return "indicators of traits that no table here has"
        return ""

    def _texts(self, texts: Sequence[Text], prompts: Prompts) -> pa.Table:
        """What each text is called in this run: its prompt, its template, its segments."""
        if prompts.tables is None:
            self.count("indicators that are texts, where no texts are known", len(texts))
            return ROWS.empty_table()
        found = prompts.tables
        chosen = self.settings.prompts
        read = {
            text: known_texts.known_prompt(text, chosen) for text in sorted({each.text for each in texts})
        }
        segments = [s for each in read.values() for s in each.segments.values()]
        again = known_texts.nearest_segments(
            segments, found.clusters, encoder=prompts_stage.chosen_encoder(chosen.encoder), same=chosen.same
        )
        place = dict(zip(*(found.membership[c].to_pylist() for c in ("prompt", "template")), strict=True))
        withheld = _withheld(texts, found.skeletons)
        rows = []
        for each in texts:
            made = read[each.text]
            names = [withheld.get(each.text.lower()), made.prompt]
            values = [("prompt", name) for name in names if name]
            values += [("template", place[name]) for name in names if name in place]
            values += [("segment", again[s]) for s in made.segments.values() if s in again]
            rows += [_as_row(each, trait, value) for trait, value in _of_kind(each.trait, values)]
        return pa.Table.from_pylist(rows, ROWS)


def _withheld(texts: Sequence[Text], skeletons: pa.Table) -> dict[str, str]:
    """The prompt that each hash of a text stands for in this run."""
    hashes = sorted({each.text.lower() for each in texts if _SHA.fullmatch(each.text)})
    known = skeletons.filter(pc.is_in(skeletons["text_id"], value_set=pa.array(hashes, pa.string())))
    return dict(zip(known["text_id"].to_pylist(), known["prompt"].to_pylist(), strict=True))


def _of_kind(trait: str, values: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a text indicates: as a system prompt only that, as a sentence only that."""
    if trait == "system_prompt":
        return [("system_prompt", value) for kind, value in values if kind == "template"]
    return [(kind, value) for kind, value in values if trait != "segment" or kind == "segment"]


def _as_row(text: Text, trait: str, value: str) -> dict[str, Any]:
    told = {name: getattr(text, name) for name in ROWS.names if name not in ("trait", "value")}
    return {**told, "trait": trait, "value": value}


def _spellings(trait: str, value: str) -> list[str]:
    """The ways one value is written: an autonomous system's number stands with and without its letters."""
    if trait != "asn":
        return [value]
    bare = value[2:] if value[:2].upper() == "AS" else value
    return [bare, f"AS{bare}"] if bare.isdigit() else [value]
