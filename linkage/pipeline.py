"""The order of the stages. Read this first.

sources → observations → prompts → evidence → links → communities → findings → case folder
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.attribution.exchange_key import ExchangeKey
from linkage.attribution.indicators import transferable_traits
from linkage.attribution.stage_earlier_cases import learn
from linkage.case import CaseWriter, read_verdicts
from linkage.case.earlier import open_earlier
from linkage.case.journal import Act
from linkage.case.publish import Run, publish, receipt
from linkage.case.scratch import scratch
from linkage.engines import Engine
from linkage.engines.connect import connect
from linkage.evidence.signals.registry import all_signals, trait_families, with_signals
from linkage.evidence.stage_held import Held
from linkage.evidence.stage_inputs import resumed, weigh
from linkage.explain.stage import examine
from linkage.groups import stage as groups_stage
from linkage.ingest.inputs import digests, inputs
from linkage.ingest.read import Sources, read
from linkage.links.constraints import constraints
from linkage.links.log_odds import Rules
from linkage.links.priors import family_rules
from linkage.links.stage import Links
from linkage.links.stage import links as link_pairs
from linkage.log import Log, Progress, by_table
from linkage.observations import stage as observations_stage
from linkage.observations.stage import Population, Rows
from linkage.prompts.stage import Prompts
from linkage.prompts.stage import prompts as read_prompts
from linkage.runs.identity import identity
from linkage.runs.stages import Made, Stage, Stages, Work
from linkage.settings.program import Settings

READ = Stage(
    "read", Sources, ("ingest", "sources"),
    rows=lambda made: sum(each.rows for each in made.receipts), content=digests,
)  # fmt: skip
ROWS = Stage("rows", Rows, (), rows=lambda made: sum(each.used for each in made.receipts))
PROMPTS = Stage("prompts", Prompts, ("prompts", "seed"), rows=lambda made: made.texts)
OBSERVATIONS = Stage("observations", Population, ("observations", "traits"), rows=lambda made: made.count)
EVIDENCE = Stage("evidence", Held, ("evidence", "observations", "seed"), rows=lambda made: made.occasions)
LINKS = Stage("links", Links, ("links",), rows=lambda made: made.evidence.num_rows)
"""The stages whose output is stored, each with the sections of the settings that it may read."""


def investigate(
    paths: Sequence[Path],
    case: Path,
    *,
    settings: Settings,
    progress: Progress | None = None,
    indicators: Sequence[Path] = (),
    known: Sequence[Path] = (),
    exchange: ExchangeKey | None = None,
    left_out: Mapping[str, str] | None = None,
    act: Act | None = None,
) -> None:
    """Runs every stage over the sources and writes the case folder; raises what the stages raise.

    `indicators` are files of what is known of operators, plain or as digests under the `exchange` key;
    `known` are earlier cases. Neither makes a link. `left_out` are files that were not even fetched, each
    with its reason. `act` is what the audit file of the case says of the run. A run goes on where an earlier
    one of the same inputs and settings was stopped.
    """
    log, settings = Log(progress) if progress else Log(), with_signals(settings)
    earlier = open_earlier(known, case)
    with Stages(log, settings) as stages, CaseWriter(case, act) as writer, scratch(case) as folder:
        stages.work_in(folder)
        files = inputs(paths, settings.ingest, settings.sources, indicators, left_out)
        sources = stages.run(
            READ, files.identities,
            lambda work: read(
                paths, work.folder, chosen=work.settings.ingest, mappings=work.settings.sources,
                indicators=indicators, rejected=case.with_name(f"{case.name}.rejected.ndjson"),
                left_out=left_out or {}, progress=by_table(work.handled),
            ),
            unchanged=files.unchanged,
        )  # fmt: skip
        engine = connect(
            folder, settings.engine, threads=settings.threads, memory=settings.memory,
            max_rows=settings.max_rows, staged=sources.bytes, stage=lambda: log.running,
        )  # fmt: skip
        stages.run_on(engine)
        rows = stages.run(ROWS, [sources], lambda _: observations_stage.rows(engine, sources.value))
        asked = stages.run(
            PROMPTS, [rows],
            lambda work: read_prompts(engine, rows.value.tables, work.settings, log, work.folder),
        )  # fmt: skip
        observed = stages.run(
            OBSERVATIONS, [rows, asked],
            lambda work: observations_stage.population(
                engine, rows.value.tables, asked.value.content, work.settings, weighed=trait_families()
            ),
        )  # fmt: skip
        given = _linked(stages, engine, rows, asked, observed, verdicts=read_verdicts(case))
        # What comes now needs memory of its own beside the engine's.
        engine.settle_for_half()
        prompts, population, weighing, links = asked.value, observed.value, given.weighing, given.links
        with log.stage("groups") as handled:
            communities = groups_stage.find_communities(engine, given, settings, log)
            handled(communities.count)
        with log.stage("stability") as handled:
            groups = groups_stage.assess_communities(communities, given)
            examinations = examine(engine, groups, given, settings=settings, log=log)
            links = groups_stage.with_case_evidence(groups, given)
            handled(len(links.scored.left))
        assessments, stays, workloads = groups.assessments, groups.membership, groups.workloads
        # All that was looked up to find and assess communities; nobody asks any more.
        del communities, groups
        weighing.release()
        with log.stage("write") as handled:
            learnt = learn(engine, earlier, transferable_traits(given.signals), settings, exchange)
            run = Run(
                engine, log, settings, rows.value, prompts, population, weighing, links,
                assessments, stays, workloads, given.constraints, examinations, learnt,
            )  # fmt: skip
            written = publish(writer, run, previous=case)
            writer.quarantine(sources.value.quarantine)
            handled(population.count)
            engine.close()
        writer.receipt(receipt(run, written, signals=given.signals, rules=given.rules))


def _linked(
    stages: Stages,
    engine: Engine,
    rows: Made[Rows],
    asked: Made[Prompts],
    observed: Made[Population],
    *,
    verdicts: list[dict[str, Any]],
) -> groups_stage.GroupingInput:
    """What grouping builds on: the evidence of every pair, and the links it makes."""
    prompts, population, settings = asked.value, observed.value, stages.settings
    known = prompts.known(engine, population.names)
    signals = all_signals(population.foreign, settings)
    held = stages.run(
        EVIDENCE, [rows, asked, observed],
        lambda work: weigh(
            engine, population, rows.value.tables, prompts,
            signals=signals, settings=work.settings, known=known,
        ).held,
    )  # fmt: skip
    weighing = resumed(engine, held.value, signals=signals, settings=settings)
    decided, families = constraints(verdicts), [each.family for each in signals]

    def rules(chosen: Settings) -> Rules:
        return family_rules(families, len(population.names), chosen, known.shares)

    def links(work: Work) -> Links:
        found = link_pairs(weighing, rules(work.settings), decided, work.settings.links)
        stages.log.cut("evidence", weighing.cut)
        return found

    made = stages.run(LINKS, [held, identity(verdicts)], links)
    return groups_stage.GroupingInput(
        population, prompts, known, weighing, made.value, decided, signals, rules(settings)
    )
