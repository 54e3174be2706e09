"""The trait index of one run: holders of every trait by which communities are assessed, from the engine."""

from dataclasses import replace

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.engines import Engine
from linkage.evidence.stage import Weighing
from linkage.groups import trait_tests
from linkage.groups.trait_index import INDEXED_TRAITS, UNTIMED, TraitHolders, TraitIndex
from linkage.observations.stage import Population
from linkage.settings.group_assessment import TraitTests


def trait_index(engine: Engine, population: Population, weighing: Weighing, chosen: TraitTests) -> TraitIndex:
    """Gathers holders, interactions, opening times and strata (country and level of activity)."""
    holders = trait_holders(engine, population.weighable, weighing.accounts)
    country = np.full(len(weighing.names), -1, dtype=np.int64)
    country[holders["country"].a[::-1]] = holders["country"].value[::-1]
    strata = trait_tests.strata(country, population.interactions, chosen)
    return TraitIndex(holders, population.interactions, population.created, trait_tests.Population(strata))


def trait_holders(engine: Engine, observations: ir.Table, accounts: ir.Table) -> dict[str, TraitHolders]:
    """The holders of every indexed trait, in canonical order."""
    rows = observations.filter(_.trait.isin(INDEXED_TRAITS)).join(accounts, "account")
    table = engine.collect(
        rows.select("trait", "value", "a", "count").order_by(["trait", "value", "a"]), at_most=engine.max_rows
    )
    traits = np.array(table["trait"].to_pylist(), dtype=object)
    holders = {name: _holders(table.filter(pa.array(traits == name))) for name in INDEXED_TRAITS}
    used = rows.filter(_.trait == "prefix").order_by(["value", "a"]).select("first_at", "last_at")
    times = engine.collect(used, at_most=engine.max_rows)
    first, last = (pc.fill_null(times[name], UNTIMED).to_numpy() for name in ("first_at", "last_at"))
    return holders | {"prefix": replace(holders["prefix"], first=first, last=last)}


def _holders(rows: pa.Table) -> TraitHolders:
    """The rows of one trait, values numbered in their order."""
    coded = rows["value"].combine_chunks().dictionary_encode() if len(rows) else None
    names = coded.dictionary.to_pylist() if coded is not None else []
    codes = coded.indices.to_numpy().astype(np.int64) if coded is not None else np.empty(0, np.int64)
    a, count = (rows[name].to_numpy().astype(np.int64) for name in ("a", "count"))
    return TraitHolders(a, codes, count, names)
