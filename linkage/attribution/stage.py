"""Whose each reported group may be, and what it took: the stories, and what the receipt says of them.

Composition only: stories are told by `inference` about what `listed` knows and `matched` finds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from linkage.attribution import hypotheses
from linkage.attribution.earlier_cases import Known
from linkage.attribution.hypotheses import Match, Story
from linkage.attribution.indicators import Lists, weights
from linkage.attribution.matches import Groups, grounds, matches
from linkage.engines import Engine
from linkage.links.priors import family_rules
from linkage.prompts.stage import Prompts
from linkage.schema import CASE
from linkage.settings import Settings

MOST_STORIES = 100
"""Known operators written for one group, the likeliest; a list may name thousands."""

MOST_MATCHES = 20
"""Matches of one story told one by one in the receipt."""


@dataclass(frozen=True)
class Attributed:
    """Rows of attributions.parquet; what the receipt says of each group; what was left out, by reason."""

    table: pa.Table
    detail: dict[str, dict[str, Any]]
    cut: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Indicators:
    """What is known of operators: the rows of the table `indicators`, earlier cases; and this run's texts."""

    listed: ir.Table | None
    known: Known
    prompts: Prompts
    settings: Settings


def attributed(engine: Engine, groups: Groups, sources: Indicators) -> Attributed:
    """The stories about every reported group."""
    weighed, population = weights(groups.weighing.signals), len(groups.weighing.names)
    cut = dict(sources.known.cut)
    lists = Lists(engine, weighed, sources.settings, sources.known, cut, groups.observations)
    indicators = lists.indicators(sources.listed, sources.prompts)
    operators = sorted(set(indicators["operator"].to_pylist()))
    rules = family_rules([weighed[each].family for each in sorted(weighed)], population, sources.settings)
    found, rest = matches(engine, groups, indicators), grounds(engine, groups)
    rows, detail = [], {}
    for group, judged in groups.named:
        size = len(judged.members)
        about = hypotheses.Group(size, population - size, judged.log_odds)
        told = hypotheses.stories(found.get(group, []), about, known=operators, weights=weighed, rules=rules)
        kept = _likeliest(told)
        lists.count("stories not written, each less likely than those that are", len(told) - len(kept))
        rows += [_row(group, story, rest) for story in kept]
        members = {groups.weighing.names[i] for i in judged.members}
        detail[group] = _detail(kept, about, members, sources.known)
    rows.sort(key=lambda row: (row["group"], row["hypothesis"]))
    return Attributed(pa.Table.from_pylist(rows, _PLAIN), detail, lists.cut)


_PLAIN = CASE["attributions"].schema


def _likeliest(told: Sequence[Story]) -> list[Story]:
    named = [each.name for each in told if each.name not in (hypotheses.UNKNOWN, hypotheses.UNRELATED)]
    left = set(named[MOST_STORIES:])
    return [each for each in told if each.name not in left]


def _row(group: str, story: Story, rest: Mapping[tuple[str, str], list[str]]) -> dict[str, Any]:
    return {
        "group": group,
        "hypothesis": story.name,
        "log_odds": story.log_odds,
        "confidence": story.confidence,
        "evidence": rest.get((group, story.name), []) or story.evidence,
    }


# --- what the receipt says -----------------------------------------------------------------------


def _detail(
    told: Sequence[Story], about: hypotheses.Group, members: set[str], known: Known
) -> dict[str, Any]:
    """The stories in words: what speaks for each known operator, and what must be known of his name."""
    return {
        "bands": {"moderate": hypotheses.MODERATE, "high": hypotheses.HIGH},
        "stories": [_story(each, about, members, known) for each in told],
    }


def _story(story: Story, about: hypotheses.Group, members: set[str], known: Known) -> dict[str, Any]:
    speaking = [match for match in story.matches if match.counted > 0]
    earlier = known.earlier.get(story.name)
    remarks = [earlier.remark] if earlier else []
    if earlier and (same := len(members & earlier.members.keys())):
        remarks.append(f"{same:,} of its accounts bear names of accounts of that group")
    return {
        "hypothesis": story.name,
        "log_odds": story.log_odds,
        "confidence": story.confidence,
        "bits": story.bits,
        "families": list(story.families),
        "verdict": earlier.verdict if earlier else None,
        "remarks": remarks,
        "matches": [_match(each, about) for each in speaking[:MOST_MATCHES]],
        "more_matches": max(len(speaking) - MOST_MATCHES, 0),
    }


def _match(match: Match, about: hypotheses.Group) -> dict[str, Any]:
    told = {name: getattr(match, name) for name in ("trait", "value", "bits", "counted", "source", "tried")}
    held = f"held by {match.holders:,} of its {about.accounts:,} accounts"
    return {**told, "detail": f"{held} and {match.outside:,} of {about.others:,} others{_when(match)}"}


def _when(match: Match) -> str:
    days = match.gap // 86_400_000_000
    return f"; {days:,} days apart" if days >= 1 else ""
