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
from linkage.evidence.stage_inputs import weigh
from linkage.explain.stage import examine
from linkage.groups import stage as groups_stage
from linkage.ingest.read import read
from linkage.links.constraints import constraints
from linkage.links.priors import family_rules
from linkage.links.stage import links as link_pairs
from linkage.log import Log, Progress, by_table
from linkage.observations import stage as observations_stage
from linkage.prompts.stage import prompts as read_prompts
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
    """
    log, settings = Log(progress) if progress else Log(), with_signals(settings)
    earlier = open_earlier(known, case)
    with CaseWriter(case, act) as writer, scratch(case) as folder:
        with log.stage("read") as handled:
            sources = read(
                paths, folder, chosen=settings.ingest, mappings=settings.sources,
                indicators=indicators, rejected=case.with_name(f"{case.name}.rejected.ndjson"),
                left_out=left_out or {}, progress=by_table(handled),
            )  # fmt: skip
            handled(sum(each.rows for each in sources.receipts))
        engine = connect(
            folder, settings.engine, threads=settings.threads, memory=settings.memory,
            max_rows=settings.max_rows, stage=lambda: log.running,
        )  # fmt: skip
        with log.stage("rows") as handled:
            rows = observations_stage.rows(engine, sources)
            handled(sum(each.used for each in rows.receipts))
        with log.stage("prompts") as handled:
            prompts = read_prompts(engine, rows.tables, settings, log)
            handled(prompts.texts)
        with log.stage("observations") as handled:
            population = observations_stage.population(
                engine, rows.tables, prompts.content, settings, weighed=trait_families()
            )
            handled(population.count)
        with log.stage("evidence") as handled:
            prompts_known = prompts.known(engine, population.names)
            signals, decided = all_signals(population.foreign, settings), constraints(read_verdicts(case))
            weighing = weigh(
                engine, population, rows.tables, prompts,
                signals=signals, settings=settings, known=prompts_known,
            )  # fmt: skip
            families = [each.family for each in signals]
            rules = family_rules(families, len(population.names), settings, prompts_known.shares)
            links = link_pairs(weighing, rules, decided, settings.links)
            log.cut("evidence", weighing.cut)
            handled(links.evidence.num_rows)
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
                engine, log, settings, rows, prompts, population, weighing, links,
                groups.assessments, groups.membership, groups.workloads, decided, examinations, learnt,
            )  # fmt: skip
            written = publish(writer, run, previous=case)
            writer.quarantine(sources.quarantine)
            handled(population.count)
            engine.close()
        writer.receipt(receipt(run, written, signals=signals, rules=rules))
