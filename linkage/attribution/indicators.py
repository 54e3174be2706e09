"""Indicators of every origin in one form: tables, bundles, texts, and earlier cases.

Texts are looked up among the prompts of this run; a trait is weighed as the signal about it weighs it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from linkage.attribution import hypotheses
from linkage.attribution.earlier_cases import ROWS, Text
from linkage.attribution.hypotheses import Weight
from linkage.attribution.one_log import of_one_log
from linkage.evidence.signals.signal import Signal
from linkage.prompts import known_texts
from linkage.prompts import stage as prompts_stage
from linkage.prompts.templates import PromptTables
from linkage.schema import TRAIT_FAMILY
from linkage.settings.attribution import Hypotheses
from linkage.settings.prompts import Prompts

DAY = 86_400_000_000

GIVEN = ("operator", "trait", "value", "confidence", "source", "seen_at", "file")
"""Columns of the input table `indicators` that are read."""

NO_TEXTS = "indicators that are texts, where no texts are known"

_ID = re.compile("[0-9a-f]{32}")
_SHA = re.compile("[0-9a-fA-F]{64}")


def weights(signals: Sequence[Signal], chosen: Hypotheses) -> dict[str, Weight]:
    """How a value of each trait is weighed: as the signal about it does, or as what merely describes."""
    agreement, floor = chosen.description_agreement, chosen.description_floor
    found = {
        trait: Weight(family, agreement, floor, 0.0, identifies=False)
        for trait, family in TRAIT_FAMILY.items()
    }
    for each in signals:
        if each.rule is not None:
            rule = each.rule
            life = (rule.half_life_days or 0.0) * DAY
            found[rule.trait] = Weight(each.family, rule.agreement, rule.floor, life, each.strong)
    return {trait: each for trait, each in found.items() if not of_one_log(trait)}


def transferable_traits(signals: Sequence[Signal]) -> frozenset[str]:
    """Traits of which an earlier case's values are taken: those that a signal weighs in any log."""
    weighed = {each.rule.trait for each in signals if each.rule is not None}
    return frozenset(each for each in weighed if not of_one_log(each))


@dataclass(frozen=True)
class GivenIndicators:
    """Indicators of the input: `rows` (as ROWS), `texts` to be looked up, and how many are `unusable`, by
    reason."""

    rows: list[dict[str, Any]]
    texts: list[Text]
    unusable: Counter[str]


def given_indicators(given: Iterable[Mapping[str, Any]], weights: Mapping[str, Weight]) -> GivenIndicators:
    """The rows of the input table `indicators`, in the one form; a trait without a weight is unusable."""
    found = GivenIndicators([], [], Counter())
    for each in given:
        why = _unusable(each, weights)
        if why:
            found.unusable[why] += 1
            continue
        common = {"operator": each["operator"], "trait": each["trait"], "confidence": each["confidence"]}
        common |= {"first_at": each["seen_at"], "last_at": each["seen_at"], "elsewhere": None}
        common |= {"source": each["source"] or each["file"]}
        if each["trait"] in prompts_stage.TEXT_TRAITS and not _ID.fullmatch(each["value"]):
            found.texts.append(Text(text=each["value"], **common))
        else:
            values = _spellings(each["trait"], each["value"])
            found.rows.extend({**common, "value": value} for value in values)
    return found


def _unusable(row: Mapping[str, Any], weights: Mapping[str, Weight]) -> str:
    if row["operator"].strip().lower() in {name.lower() for name in hypotheses.UNNAMED}:
        return "indicators of an operator called as no operator may be"
    if row["confidence"] is not None and not 0 <= row["confidence"] <= 1:
        return "indicators whose confidence is not from 0 to 1"
    if of_one_log(row["trait"]):
        return "indicators of traits that mean something in one log only"
    if row["trait"] not in weights:
        return "indicators of traits that no table here has"
    return ""


def _spellings(trait: str, value: str) -> list[str]:
    """The ways one value is written: an autonomous system's number stands with and without its letters."""
    if trait != "asn":
        return [value]
    bare = value[2:] if value[:2].upper() == "AS" else value
    return [bare, f"AS{bare}"] if bare.isdigit() else [value]


def united(tables: Sequence[pa.Table]) -> pa.Table:
    """All indicators (ROWS), each once, in canonical order."""
    whole = pa.concat_tables(tables)
    return whole.group_by(ROWS.names).aggregate([]).sort_by([(name, "ascending") for name in ROWS.names])


# --- texts ---------------------------------------------------------------------------------------


def text_indicators(texts: Sequence[Text], found: PromptTables, chosen: Prompts) -> pa.Table:
    """Indicators (ROWS) of the prompt, the template and the segments that each text is in this run."""
    read = {text: known_texts.known_prompt(text, chosen) for text in sorted({each.text for each in texts})}
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
    common = {name: getattr(text, name) for name in ROWS.names if name not in ("trait", "value")}
    return {**common, "trait": trait, "value": value}
