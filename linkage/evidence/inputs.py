"""What the evidence stage is given beside observations: bounds, dated uses, answers passed on."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.engines import Engine
from linkage.evidence.blocking import Bands
from linkage.evidence.stage import Limits, Weighing
from linkage.prompts.stage import Prompts
from linkage.settings import Settings


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


def limits(settings: Settings) -> Limits:
    """The bounds of the comparison in the units the signals use."""
    chosen = settings.evidence
    return Limits(
        bands=Bands(
            clique_degree=chosen.clique_degree,
            nearest_degree=chosen.nearest_degree,
            nearest=chosen.nearest,
            min_bits=chosen.min_propose_bits,
            min_together=chosen.min_pair_bits,
            seed=settings.seed,
        ),
        max_pairs=chosen.max_pairs,
        window=round(chosen.window_seconds * 1_000_000),
        participation=chosen.window_participation,
        handover=round(chosen.handover_seconds * 1_000_000),
        seed=settings.seed,
        objects=tuple(chosen.window_traits),
        echo_bits=chosen.echo_bits,
        habits=settings.observations,
    )


def add_moments(
    engine: Engine,
    weighing: Weighing,
    tables: Mapping[str, ir.Table],
    prompts: Prompts,
    settings: Settings,
) -> None:
    """Gives the weighing every dated use: coincidences, answers passed on, texts sent."""
    asked = prompts.asked
    dated = uses(tables, asked, settings.evidence.window_traits)
    if dated is not None:
        weighing.add_moments(dated)
    if asked is not None:
        weighing.add_echoes(asked)
        weighing.add_conversations()
        weighing.add_texts(asked)
