"""The order of the stages. Read this first.

sources → observations → prompts → evidence → links → communities → findings → case folder
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from linkage import asked, communities, facts, holders, resolve
from linkage.case import CaseWriter, read_verdicts
from linkage.engine import connect
from linkage.inference import judge, units
from linkage.log import Log, Progress
from linkage.publish import Run, publish, receipt
from linkage.settings import Settings
from linkage.signals.registry import SIGNALS, declared
from linkage.signals.weigh import Weighing
from linkage.sources.read import read


def investigate(
    paths: Sequence[Path], case: Path, *, settings: Settings, progress: Progress | None = None
) -> None:
    """Runs every stage over the sources and writes the case folder; raises what the stages raise."""
    log = Log(progress) if progress else Log()
    with CaseWriter(case) as writer, tempfile.TemporaryDirectory(dir=case, prefix=".work-") as scratch:
        work = Path(scratch)
        with log.stage("read") as handled:
            sources = read(paths, work, reading=settings.reading, mappings=settings.sources)
            handled(sum(each.rows for each in sources.receipts))
        engine = connect(settings.engine, work, threads=settings.threads, memory=settings.memory)
        with log.stage("rows") as handled:
            rows = facts.rows(engine, sources)
            handled(sum(each.used for each in rows.receipts))
        with log.stage("prompts") as handled:
            prompts = asked.prompts(engine, rows.tables, settings, log)
            handled(prompts.texts)
        with log.stage("observations") as handled:
            population = facts.population(engine, rows.tables, prompts, settings)
            handled(population.count)
        with log.stage("evidence") as handled:
            signals = (*SIGNALS, *declared(population.foreign))
            weighing = Weighing(
                engine,
                population.accounts,
                population.weighable,
                signals=signals,
                limits=facts.limits(settings),
            )
            facts.add_moments(engine, weighing, rows.tables, prompts.asked, settings)
            weighing.add_hours(population.acts["a"].to_numpy(), population.acts["at"].to_numpy())
            constraints = judge.constraints(read_verdicts(case))
            rules = resolve.family_rules([s.family for s in signals], len(population.names), settings)
            links = resolve.links(weighing, rules, constraints, settings.scoring)
            log.cut("evidence", weighing.cut)
            handled(links.evidence.num_rows)
        with log.stage("groups") as handled:
            customers = units.declared(population.declarations, weighing.names)
            grouping = resolve.Grouping(weighing, links, customers, rules, settings)
            labels = grouping.labels()
            everything = holders.known(engine, population, weighing)
            asking = holders.works(engine, prompts, everything, labels, weighing.names)
            handled(int(labels.max(initial=-1)) + 1)
        with log.stage("stability") as handled:
            stays = grouping.membership(labels)
            court = communities.Judge(
                everything, links, customers, rules=rules, strong=weighing.strong, settings=settings
            )
            judged = court.communities(labels, asking, stays)
            handled(len(links.scored.left))
        with log.stage("write") as handled:
            run = Run(
                engine, log, settings, rows, prompts, population, weighing, links, judged, stays, constraints
            )
            groups = publish(writer, run, previous=case)
            writer.quarantine(sources.quarantine)
            handled(population.count)
            engine.close()
        writer.receipt(receipt(run, groups, signals=signals, rules=rules))
