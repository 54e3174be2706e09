"""Whose each reported or unresolved group may be: the hypotheses, the evidence of each, and their part of
the receipt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.attribution import hypotheses, indicators, keyed_indicators, matches
from linkage.attribution.earlier_cases import ROWS, EarlierKnowledge
from linkage.attribution.hypotheses import Hypothesis, Match
from linkage.engines import Engine
from linkage.evidence.stage import Weighing
from linkage.links.priors import family_rules
from linkage.links.stage import Links
from linkage.prompts.stage import Prompts
from linkage.schema import CASE
from linkage.settings.program import Settings
from linkage.wording import many, noun

DAY = 86_400_000_000

LISTED_MATCHES = 20
"""Matches of one hypothesis that the receipt lists; the others are counted."""


@dataclass(frozen=True)
class Groups:
    """The reported and unresolved groups with their ids, and where they were found."""

    named: matches.Named
    weighing: Weighing
    links: Links
    observations: ir.Table


@dataclass(frozen=True)
class Sources:
    """What is known of operators: the input table `indicators` and earlier cases; and this run's texts."""

    given: ir.Table | None
    earlier: EarlierKnowledge
    prompts: Prompts
    settings: Settings


@dataclass(frozen=True)
class Attributions:
    """Rows of attributions.parquet; what the receipt states of each group; what was left out, by reason."""

    table: pa.Table
    detail: dict[str, dict[str, Any]]
    cut: dict[str, int] = field(default_factory=dict)


def attributions(engine: Engine, groups: Groups, sources: Sources) -> Attributions:
    """The hypotheses about every reported or unresolved group."""
    chosen, population = sources.settings.attribution.hypotheses, len(groups.weighing.names)
    weights = indicators.weights(groups.weighing.signals, chosen)
    cut = dict(sources.earlier.cut)
    known = _indicators(engine, groups, sources, weights, cut)
    operators = sorted(set(known["operator"].to_pylist()))
    rules = family_rules([weights[each].family for each in sorted(weights)], population, sources.settings)
    weighing = hypotheses.Weighing(weights, rules, chosen)
    found = _matches(engine, groups, known, chosen.max_value_observations)
    grounds = _grounds(engine, groups, chosen.max_reasons)
    rows, detail = [], {}
    for group, assessment in groups.named:
        size = len(assessment.members)
        about = hypotheses.Group(size, population - size, assessment.log_odds, assessment.stories)
        every = hypotheses.compare(found.get(group, []), about, known=operators, weighing=weighing)
        kept = _likeliest(every, chosen.max_operators)
        _count(cut, "stories not written, each less likely than those that are", len(every) - len(kept))
        rows += [_row(group, each, grounds, chosen.max_observations) for each in kept]
        members = {groups.weighing.names[i] for i in assessment.members}
        detail[group] = _detail(kept, about, members, sources.earlier, hypotheses.bands(chosen))
    rows.sort(key=lambda row: (row["group"], row["hypothesis"]))
    return Attributions(pa.Table.from_pylist(rows, CASE["attributions"].schema), detail, cut)


def _count(cut: dict[str, int], what: str, number: int) -> None:
    if number:
        cut[what] = cut.get(what, 0) + number


def _likeliest(every: Sequence[Hypothesis], most: int) -> list[Hypothesis]:
    named = [each.name for each in every if each.name not in hypotheses.UNNAMED]
    left = set(named[most:])
    return [each for each in every if each.name not in left]


def _row(
    group: str, found: Hypothesis, grounds: Mapping[tuple[str, str], list[str]], most: int
) -> dict[str, Any]:
    return {
        "group": group,
        "hypothesis": found.name,
        "log_odds": found.log_odds,
        "confidence": found.confidence,
        "evidence": grounds.get((group, found.name), []) or found.observations[:most],
    }


# --- indicators ----------------------------------------------------------------------------------


def _indicators(
    engine: Engine,
    groups: Groups,
    sources: Sources,
    weights: Mapping[str, hypotheses.Weight],
    cut: dict[str, int],
) -> pa.Table:
    """All indicators, of every origin; those that cannot be compared are counted in `cut`."""
    given = indicators.given_indicators(_given(engine, groups, sources, cut), weights)
    for why, number in given.unusable.items():
        _count(cut, why, number)
    tables = [pa.Table.from_pylist(given.rows, ROWS), *sources.earlier.rows]
    texts = [*given.texts, *sources.earlier.texts]
    if texts and sources.prompts.tables is None:
        _count(cut, indicators.NO_TEXTS, len(texts))
    elif texts and sources.prompts.tables is not None:
        chosen = sources.settings.prompts
        tables.append(indicators.text_indicators(texts, sources.prompts.tables, chosen))
    return indicators.united(tables)


def _given(engine: Engine, groups: Groups, sources: Sources, cut: dict[str, int]) -> list[Mapping[str, Any]]:
    """The rows of the input table, digests opened where this log has the value."""
    if sources.given is None:
        return []
    columns, key = list(indicators.GIVEN), sources.earlier.exchange
    rows = engine.collect(sources.given.select(columns).order_by(columns), at_most=engine.max_rows)
    found = keyed_indicators.split(rows.to_pylist(), key)
    for why, number in found.unusable.items():
        _count(cut, why, number)
    if not found.keyed or key is None:
        return found.plain
    seen = groups.observations
    values = seen.filter(seen.trait.isin(found.traits)).select(*matches.VALUE).distinct()
    table = engine.collect(values.order_by(matches.VALUE), at_most=engine.max_rows)
    pairs = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [*found.plain, *keyed_indicators.opened(found.keyed, pairs, key)]


# --- what groups hold ----------------------------------------------------------------------------


def _matches(
    engine: Engine, groups: Groups, known: pa.Table, most_observations: int
) -> dict[str, list[Match]]:
    """Every value of a known operator that each group holds."""
    if not known.num_rows or not groups.named:
        return {}
    numbered = known.append_column("i", pa.array(np.arange(known.num_rows)))
    listed = engine.table(numbered.select(["i", *matches.VALUE, "first_at", "last_at"]))
    values = listed.select(*matches.VALUE).distinct()
    held = engine.keep(groups.observations.semi_join(values, matches.VALUE))
    degree = matches.degrees(held)
    members = engine.table(matches.members(groups.named, groups.weighing.names))
    mine = engine.keep(held.join(members, "account"))
    here = engine.collect(listed.semi_join(degree, matches.VALUE).select("i"), at_most=known.num_rows)
    rows = engine.collect(matches.matched(mine, listed, degree), at_most=engine.max_rows)
    few = engine.collect(matches.few_observations(mine, most_observations), at_most=engine.max_rows)
    engine.drop(held, mine, listed, members)
    return matches.by_group(rows.to_pylist(), known, matches.tried(known, here["i"]), few.to_pylist())


def _grounds(engine: Engine, groups: Groups, most: int) -> dict[tuple[str, str], list[str]]:
    """Observations on which the hypotheses without a name rest, by group and hypothesis."""
    weighing = groups.weighing
    rows = matches.reasons(groups.named, groups.links, len(weighing.names), most)
    if not rows.num_rows:
        return {}
    holders = weighing.holders.select("a", "v", "observation")
    hours = groups.observations.filter(_.trait == "hours").join(weighing.accounts, "account")
    behind = matches.grounds(engine.table(rows), holders, hours.select("a", "observation"))
    found: dict[tuple[str, str], list[str]] = {}
    for row in engine.collect(behind, at_most=engine.max_rows).to_pylist():
        found.setdefault((row["group"], row["hypothesis"]), []).append(row["observation"])
    return found


# --- what the receipt states ---------------------------------------------------------------------


def _detail(
    kept: Sequence[Hypothesis],
    about: hypotheses.Group,
    members: set[str],
    earlier: EarlierKnowledge,
    scale: hypotheses.Bands,
) -> dict[str, Any]:
    """The hypotheses in words: what speaks for each known operator, and what must be known of his name."""
    return {
        "bands": {"moderate": scale.moderate, "high": scale.high},
        "stories": [_hypothesis(each, about, members, earlier) for each in kept],
    }


def _hypothesis(
    found: Hypothesis, about: hypotheses.Group, members: set[str], known: EarlierKnowledge
) -> dict[str, Any]:
    earlier = known.groups.get(found.name)
    remarks = [earlier.remark] if earlier else []
    if earlier and (same := len(members & earlier.members.keys())):
        named = noun(same, "has the name of an account", "have names of accounts")
        remarks.append(f"{same:,} of its accounts {named} of that group")
    return {
        "hypothesis": found.name,
        "log_odds": found.log_odds,
        "confidence": found.confidence,
        "bits": found.bits,
        "families": list(found.families),
        "verdict": earlier.verdict if earlier else None,
        "remarks": remarks,
        "matches": [_match(each, about) for each in found.speaking[:LISTED_MATCHES]],
        "more_matches": max(len(found.speaking) - LISTED_MATCHES, 0),
    }


def _match(match: Match, about: hypotheses.Group) -> dict[str, Any]:
    row = {name: getattr(match, name) for name in ("trait", "value", "bits", "counted", "source", "tried")}
    held = f"held by {match.holders:,} of its {about.accounts:,} accounts"
    return {**row, "detail": f"{held} and {match.outside:,} of {about.others:,} others{_when(match)}"}


def _when(match: Match) -> str:
    days = match.gap // DAY
    return f"; {many(days, 'day')} apart" if days >= 1 else ""
