"""The order of the stages. Read this first.

sources → observations → prompts → evidence → links → communities → findings → case folder
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from linkage.attribution.exchange_key import ExchangeKey
from linkage.attribution.indicators import transferable_traits
from linkage.attribution.stage_earlier_cases import learn
from linkage.case import CaseWriter, read_verdicts
from linkage.case.earlier import open_earlier
from linkage.case.journal import Act
from linkage.case.publish import Run, publish, receipt
from linkage.case.scratch import scratch
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
from linkage.runs.stages import Stage, Stages, Work
from linkage.settings.program import Settings


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
    with its reason. `act` is what the audit file of the case says of the run.
    A run goes on where an earlier one was stopped.
    """
    log, settings = Log(progress) if progress else Log(), with_signals(settings)
    earlier = open_earlier(known, case)
    with Stages(log, settings) as stages, CaseWriter(case, act) as writer, scratch(case) as folder:
        stages.work_in(folder)
        files = inputs(paths, settings.ingest, settings.sources, indicators, left_out)
        sources = stages.run(
            Stage(
                "read", Sources, ("ingest", "sources"), files.identities,
                rows=lambda made: sum(each.rows for each in made.receipts),
                unchanged=files.unchanged, content=digests,
            ),
            lambda work: read(
                paths, work.folder, chosen=work.settings.ingest, mappings=work.settings.sources,
                indicators=indicators, rejected=case.with_name(f"{case.name}.rejected.ndjson"),
                left_out=left_out or {}, progress=by_table(work.handled),
            ),
        )  # fmt: skip
        engine = connect(
            folder, settings.engine, threads=settings.threads, memory=settings.memory,
            max_rows=settings.max_rows, staged=sources.bytes, stage=lambda: log.running,
        )  # fmt: skip
        stages.run_on(engine)
        rows = stages.run(
            Stage(
                "rows", Rows, (), [sources.identity],
                rows=lambda made: sum(each.used for each in made.receipts),
            ),
            lambda work: observations_stage.rows(engine, sources.value),
        )  # fmt: skip
        tables = rows.value.tables
        asked = stages.run(
            Stage("prompts", Prompts, ("prompts", "seed"), [rows.identity], rows=lambda made: made.texts),
            lambda work: read_prompts(engine, tables, work.settings, log),
        )
        observed = stages.run(
            Stage(
                "observations", Population, ("observations", "traits"), [rows.identity, asked.identity],
                rows=lambda made: made.count,
            ),
            lambda work: observations_stage.population(
                engine, tables, asked.value.content, work.settings, weighed=trait_families()
            ),
        )  # fmt: skip
        prompts, population = asked.value, observed.value
        prompts_known = prompts.known(engine, population.names)
        signals = all_signals(population.foreign, settings)
        weighed = stages.run(
            Stage(
                "evidence", Held, ("evidence", "observations", "seed"),
                [rows.identity, asked.identity, observed.identity], rows=lambda _: len(population.names),
            ),
            lambda work: weigh(
                engine, population, tables, prompts,
                signals=signals, settings=work.settings, known=prompts_known,
            ).held,
        )  # fmt: skip
        weighing = resumed(engine, weighed.value, signals=signals, settings=settings)
        decided = constraints(verdicts := read_verdicts(case))
        families = [each.family for each in signals]

        def rules_by(chosen: Settings) -> Rules:
            return family_rules(families, len(population.names), chosen, prompts_known.shares)

        def linked(work: Work) -> Links:
            found = link_pairs(weighing, rules_by(work.settings), decided, work.settings.links)
            log.cut("evidence", weighing.cut)
            return found

        links = stages.run(
            Stage(
                "links", Links, ("links",), [weighed.identity, identity(verdicts)],
                rows=lambda made: made.evidence.num_rows,
            ),
            linked,
        ).value  # fmt: skip
        rules = rules_by(settings)
        given = groups_stage.GroupingInput(
            population, prompts, prompts_known, weighing, links, decided, signals, rules
        )
        with log.stage("groups") as handled:
            communities = groups_stage.find_communities(engine, given, settings, log)
            handled(communities.count)
        with log.stage("stability") as handled:
            groups = groups_stage.assess_communities(communities, given)
            examinations = examine(engine, groups, given, settings=settings, log=log)
            links = groups_stage.with_case_evidence(groups, given)
            handled(len(links.scored.left))
        weighing.release()
        with log.stage("write") as handled:
            learnt = learn(engine, earlier, transferable_traits(signals), settings, exchange)
            run = Run(
                engine, log, settings, rows.value, prompts, population, weighing, links,
                groups.assessments, groups.membership, groups.workloads, decided, examinations, learnt,
            )  # fmt: skip
            written = publish(writer, run, previous=case)
            writer.quarantine(sources.value.quarantine)
            handled(population.count)
            engine.close()
        writer.receipt(receipt(run, written, signals=signals, rules=rules))
