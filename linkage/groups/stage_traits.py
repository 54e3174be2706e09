"""The trait index of one run: holders of every trait by which communities are assessed, from the engine."""

from collections.abc import Sequence
from dataclasses import replace

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.arrays import Ints
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
    named = ["trait", "value"]
    values = engine.collect(rows.select(named).distinct().order_by(named), at_most=engine.max_rows)
    numbers = engine.table(values.append_column("number", pa.array(np.arange(len(values)))))
    # In the order of numbers, which an engine sorts far quicker than names.
    numbered = rows.join(numbers, named).select("number", "a", "count").order_by(["number", "a"])
    table = engine.collect(numbered, at_most=engine.max_rows)
    engine.drop(numbers)
    columns = [table[name].to_numpy() for name in ("number", "a", "count")]
    holders = {name: _holders(name, values, columns) for name in INDEXED_TRAITS}
    used = rows.filter(_.trait == "prefix").order_by(["value", "a"]).select("first_at", "last_at")
    times = engine.collect(used, at_most=engine.max_rows)
    first, last = (pc.fill_null(times[name], UNTIMED).to_numpy() for name in ("first_at", "last_at"))
    return holders | {"prefix": replace(holders["prefix"], first=first, last=last)}


def _holders(trait: str, values: pa.Table, rows: Sequence[Ints]) -> TraitHolders:
    """The rows (number, a, count) of one trait, whose values follow one another among all `values`."""
    own = values["value"].filter(pc.equal(values["trait"], trait))
    first = pc.index(values["trait"], trait).as_py()
    number, a, count = rows
    low, high = np.searchsorted(number, [first, first + len(own)])
    return TraitHolders(
        a[low:high].astype(np.int64),
        number[low:high].astype(np.int64) - first,
        count[low:high].astype(np.int64),
        own.to_pylist(),
    )
