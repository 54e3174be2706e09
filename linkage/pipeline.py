"""The order of the stages. Read this first.

sources → observations → prompts → evidence → links → communities → findings → case folder
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from linkage.arrays import Floats, Ints
from linkage.attribution import stage_earlier_cases
from linkage.attribution.exchange_key import ExchangeKey
from linkage.attribution.indicators import transferable_traits
from linkage.case import CaseWriter, read_verdicts
from linkage.case.earlier import open_earlier
from linkage.case.publish import Run, publish, receipt
from linkage.engines import Engine
from linkage.engines.connect import connect
from linkage.evidence import inputs
from linkage.evidence.signals.registry import all_signals, trait_families, with_signals
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.explain import stage as explain_stage
from linkage.explain.findings import Examination
from linkage.groups import (
    apply_verdicts,
    assessment,
    case_evidence_stage,
    declared_units,
    profile_merge_stage,
    split_by_access,
    split_by_workload,
    trait_index,
)
from linkage.groups import (
    stage as groups_stage,
)
from linkage.ingest.read import Sources, read
from linkage.links import constraints as judge
from linkage.links import log_odds as scoring
from linkage.links import priors
from linkage.links import stage as links_stage
from linkage.links.stage import Links
from linkage.log import Log, Progress
from linkage.observations import stage as observations_stage
from linkage.prompts import stage as prompts_stage
from linkage.prompts.stage import Prompts
from linkage.settings import Settings


def investigate(
    paths: Sequence[Path],
    case: Path,
    *,
    settings: Settings,
    progress: Progress | None = None,
    indicators: Sequence[Path] = (),
    known: Sequence[Path] = (),
    exchange: ExchangeKey | None = None,
) -> None:
    """Runs every stage over the sources and writes the case folder; raises what the stages raise.

    `indicators` are files of what is known of operators, `known` earlier cases; neither makes a link;
    indicators may be digests under the `exchange` key.
    """
    log, settings = Log(progress) if progress else Log(), with_signals(settings)
    earlier = open_earlier(known, case)
    with CaseWriter(case) as writer, tempfile.TemporaryDirectory(dir=case, prefix=".work-") as scratch:
        work = Path(scratch)
        with log.stage("read") as handled:
            sources = _read(paths, work, settings, indicators)
            handled(sum(each.rows for each in sources.receipts))
        engine = connect(
            work,
            settings.engine,
            threads=settings.threads,
            memory=settings.memory,
            max_rows=settings.max_rows,
            stage=lambda: log.running,
        )
        with log.stage("rows") as handled:
            rows = observations_stage.rows(engine, sources)
            handled(sum(each.used for each in rows.receipts))
        with log.stage("prompts") as handled:
            prompts = prompts_stage.prompts(engine, rows.tables, settings, log)
            handled(prompts.texts)
        with log.stage("observations") as handled:
            population = observations_stage.population(
                engine, rows.tables, prompts.content, settings, weighed=trait_families()
            )
            handled(population.count)
        if prompts.withheld:
            settings = priors.without_prompts(settings, len(population.names))
        with log.stage("evidence") as handled:
            signals = all_signals(population.foreign, settings)
            weighing = _weighing(engine, population, signals, settings)
            inputs.add_moments(weighing, rows.tables, prompts)
            constraints = judge.constraints(read_verdicts(case))
            rules = priors.family_rules([s.family for s in signals], len(population.names), settings)
            links = links_stage.links(weighing, rules, constraints, settings.links)
            log.cut("evidence", weighing.cut)
            handled(links.evidence.num_rows)
        base = _Base(engine, log, settings, signals, prompts, population, weighing, constraints, rules)
        links, judged, stays, works, examinations = _groups(base, links)
        weighing.rest()
        with log.stage("write") as handled:
            traits = transferable_traits(signals)
            learnt = stage_earlier_cases.learn(engine, earlier, traits, settings, exchange)
            run = Run(
                engine, log, settings, rows, prompts, population, weighing, links, judged, stays, works,
                constraints, examinations, learnt,
            )  # fmt: skip
            groups = publish(writer, run, previous=case)
            writer.quarantine(sources.quarantine)
            handled(population.count)
            engine.close()
        writer.receipt(receipt(run, groups, signals=signals, rules=rules))


@dataclass(frozen=True)
class _Base:
    """What grouping builds on."""

    engine: Engine
    log: Log
    settings: Settings
    signals: Sequence[Signal]
    prompts: Prompts
    population: observations_stage.Population
    weighing: Weighing
    constraints: judge.Constraints
    rules: scoring.Rules


def _groups(
    base: _Base, links: Links
) -> tuple[Links, list[assessment.Judged], Floats, split_by_workload.Works, dict[int, Examination]]:
    """The links as the whole case shows them, communities with what was decided of them, the share of
    resampled runs in which each account stays, the work of each community, and what the examination of each
    reported one found."""
    engine, log, settings, weighing = base.engine, base.log, base.settings, base.weighing
    prompts, population, rules = base.prompts, base.population, base.rules
    with log.stage("groups") as handled:
        customers = declared_units.declared(population.declarations, weighing.names)
        grouping = groups_stage.Grouping(weighing, links, customers, rules, settings)
        everything = trait_index.known(engine, population, weighing)
        court = assessment.Judge(
            everything, links, customers, rules=rules, strong=weighing.strong, settings=settings
        )
        found = grouping.labels()
        put = (
            profile_merge_stage.together(court, found)
            if prompts.withheld
            else profile_merge_stage.untouched(found)
        )
        labels = put.labels
        parts, works = _by_work(base, court, labels)
        handled(int(labels.max(initial=-1)) + 1)
    with log.stage("stability") as handled:
        stays = put.membership(grouping.membership(labels))
        judged = apply_verdicts.stand(
            court.communities(parts, works.of, stays), base.constraints, weighing.names
        )
        past = explain_stage.histories(engine, population)
        examiner = explain_stage.Examiner(weighing, court, past, rules=rules, settings=settings, log=log)
        examinations = examiner.examine(judged, stays)
        links = case_evidence_stage.seen_whole(court, judged, stays, parts, signals=base.signals, rules=rules)
        handled(len(links.scored.left))
    return links, judged, stays, works, examinations


def _by_work(
    base: _Base, court: assessment.Judge, labels: Ints
) -> tuple[split_by_workload.Parts, split_by_workload.Works]:
    """The partition split by work, or by ways in where that is not known, with what people decided obeyed,
    and the work of its communities."""
    everything, forced = court.everything, court.links.forced
    engine, names, least = base.engine, base.weighing.names, base.settings.groups.min_accounts
    parts, works = split_by_workload.by_work(engine, base.prompts, everything, labels, names, least=least)
    if base.prompts.withheld:
        parts = split_by_access.by_ways(court, labels)
        base.log.cut("groups", {"accounts that hardly use their group's own ways in": int(parts.left.sum())})
    obeyed = apply_verdicts.obeyed(parts.labels, forced, base.constraints, names)
    if np.array_equal(obeyed, parts.labels):
        return parts, works
    works.forget(engine)
    parts = replace(parts, labels=obeyed)
    return parts, split_by_workload.works(engine, base.prompts, everything, parts, names)


def _weighing(
    engine: Engine, population: observations_stage.Population, signals: Sequence[Signal], settings: Settings
) -> Weighing:
    """The population, ready to be asked what any two of its accounts have in common."""
    weighing = Weighing(
        engine,
        population.accounts,
        population.weighable,
        signals=signals,
        chosen=settings.evidence,
        habits=settings.observations,
        seed=settings.seed,
    )
    weighing.add_hours(population.events["a"].to_numpy(), population.events["at"].to_numpy())
    weighing.add_themes(population.theme_counts)
    return weighing


def _read(paths: Sequence[Path], work: Path, settings: Settings, indicators: Sequence[Path]) -> Sources:
    return read(paths, work, chosen=settings.ingest, mappings=settings.sources, indicators=indicators)
