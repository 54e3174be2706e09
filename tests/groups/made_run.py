"""What the tests of stages share: a small world taken through every stage before grouping."""

from pathlib import Path

from linkage.engines import Engine
from linkage.evidence.signals.registry import all_signals, trait_families, with_signals
from linkage.evidence.stage_inputs import weigh
from linkage.groups.stage import GroupingInput
from linkage.ingest.read import read
from linkage.links.constraints import Constraints
from linkage.links.priors import family_rules
from linkage.links.stage import links
from linkage.log import Log
from linkage.observations import stage as observations_stage
from linkage.prompts.stage import prompts as read_prompts
from linkage.settings import Settings
from tests import promised


def given_for(
    engine: Engine, tables: promised.Tables, folder: Path, settings: Settings, decided: Constraints
) -> GroupingInput:
    """What grouping builds on, of a source with these rows."""
    settings = with_signals(settings)
    source = promised.write(tables, folder / "source")
    (folder / "work").mkdir()
    sources = read([source], folder / "work", chosen=settings.ingest, mappings=settings.sources)
    rows = observations_stage.rows(engine, sources)
    prompts = read_prompts(engine, rows.tables, settings, Log())
    population = observations_stage.population(
        engine, rows.tables, prompts.content, settings, weighed=trait_families()
    )
    signals = all_signals(population.foreign, settings)
    known = prompts.known(engine, population.names)
    weighing = weigh(
        engine, population, rows.tables, prompts, signals=signals, settings=settings, known=known
    )
    rules = family_rules([each.family for each in signals], len(population.names), settings, known.shares)
    found = links(weighing, rules, decided, settings.links)
    return GroupingInput(population, prompts, known, weighing, found, decided, signals, rules)
