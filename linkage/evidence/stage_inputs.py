"""What the evidence stage is given beside observations: dated uses, answers passed on, texts sent."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.engines import Engine
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.evidence.stage_held import Held, held
from linkage.observations.stage import Population
from linkage.prompts.known_prompts import KnownPrompts
from linkage.prompts.stage import Prompts
from linkage.settings.program import Settings


def uses(tables: Mapping[str, ir.Table], asked: ir.Table | None, traits: list[str]) -> ir.Table | None:
    """Every dated use of an address, a template or a declared object: account, trait, value, at."""
    parts = []
    for name in ("sessions", "interactions"):
        if name in tables:
            rows = tables[name]
            parts.append(rows.select("account", trait=ibis.literal("ip"), value="ip", at="at"))
    if asked is not None:
        parts.append(asked.select("account", trait=ibis.literal("template"), value="template", at="at"))
    if "observations" in tables and traits:
        parts.append(
            tables["observations"].filter(_.trait.isin(traits)).select("account", "trait", "value", "at")
        )
    if not parts:
        return None
    first, *rest = parts
    together = first.union(*rest) if rest else first
    return together.filter(_.value.notnull() & _.at.notnull())


def weigh(
    engine: Engine,
    population: Population,
    tables: Mapping[str, ir.Table],
    prompts: Prompts,
    *,
    signals: Sequence[Signal],
    settings: Settings,
    known: KnownPrompts | None = None,
) -> Weighing:
    """The population, ready to be asked what any two of its accounts have in common."""
    known_of = known.accounts if known else None
    found = held(
        engine, population.accounts, population.weighable,
        signals=signals, chosen=settings.evidence, prompts_known=known_of,
    )  # fmt: skip
    weighing = resumed(engine, found, signals=signals, settings=settings)
    weighing.add_hours(population.events["a"].to_numpy(), population.events["at"].to_numpy())
    weighing.add_themes(population.theme_counts)
    add_moments(weighing, tables, prompts)
    return weighing


def resumed(engine: Engine, known: Held, *, signals: Sequence[Signal], settings: Settings) -> Weighing:
    """The weighing of a population of which this is known already."""
    return Weighing(
        engine, known,
        signals=signals, chosen=settings.evidence, habits=settings.observations, seed=settings.seed,
    )  # fmt: skip


def add_moments(weighing: Weighing, tables: Mapping[str, ir.Table], prompts: Prompts) -> None:
    """Gives the weighing every dated use: coincidences, answers passed on, texts sent."""
    asked = prompts.asked
    dated = uses(tables, asked, weighing.chosen.window_traits)
    if dated is not None:
        weighing.add_moments(dated)
    if asked is not None:
        weighing.add_echoes(asked)
        weighing.add_conversations()
        weighing.add_texts(asked)
