"""What each reported group asked for, computed by the engine."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from linkage.arrays import Ints
from linkage.attribution import extraction
from linkage.attribution.distillation import HOURS_OF_DAY
from linkage.attribution.extraction import Counts, Extraction, Habits
from linkage.engines import Engine
from linkage.prompts.stage import Prompts
from linkage.prompts.templates import PromptTables
from linkage.settings.attribution import Distillation


def extractions(
    engine: Engine,
    prompts: Prompts,
    names: Sequence[str],
    members: Mapping[str, Ints],
    *,
    activity: Ints,
    chosen: Distillation,
) -> tuple[dict[str, Extraction], dict[str, int]]:
    """What each group asked for, and what was left out of the comparison, by reason.

    `members` has the account numbers of each reported group, `activity` the requests of every account.
    """
    if prompts.asked is None or prompts.tables is None or not members:
        return {}, {}
    accounts, cut = extraction.examined_accounts(names, members, activity, chosen)
    habits = _habits(engine, prompts, prompts.asked, accounts, chosen)
    amounts = _amounts(engine, prompts.asked, extraction.member_rows(names, members))
    found = {group: extraction.extraction(group, habits, amounts.get(group, {}), chosen) for group in members}
    return found, cut


def _habits(
    engine: Engine, prompts: Prompts, asked: ir.Table, accounts: pa.Table, chosen: Distillation
) -> Habits:
    examined = engine.table(accounts.select(["account", "k"]))
    requests = engine.keep(asked.join(examined, "account"))
    counts = _counts(engine, prompts, requests, accounts.num_rows, chosen)
    engine.drop(requests, examined)
    return extraction.habits(np.array(accounts["group"].to_pylist(), dtype=object), counts, chosen)


def _counts(engine: Engine, prompts: Prompts, requests: ir.Table, count: int, chosen: Distillation) -> Counts:
    tables = prompts.tables
    assert tables is not None
    units = engine.keep(extraction.repeatable_units(requests, prompts.segments))
    repeated = extraction.repeated_requests(requests, units, chosen.repeated_uses)
    sums, often = (
        engine.collect(each, at_most=max(count, 1)) for each in (extraction.request_sums(requests), repeated)
    )
    engine.drop(units)
    hours = engine.collect(extraction.hours(requests), at_most=max(count * HOURS_OF_DAY, 1))
    return Counts(
        sums=extraction.columns(sums, count),
        repeated=extraction.columns(often, count),
        hours=extraction.hour_counts(hours, count),
        asked=_asked(engine, tables, requests, count, chosen),
    )


def _asked(
    engine: Engine, tables: PromptTables, requests: ir.Table, count: int, chosen: Distillation
) -> extraction.Asked:
    expression = extraction.asked_prompts(requests, engine.table(tables.skeletons))
    found = engine.collect(expression, at_most=engine.max_rows)
    return extraction.asked(found, tables.prompts, count, chosen)


def _amounts(engine: Engine, asked: ir.Table, members: pa.Table) -> dict[str, dict[str, Any]]:
    """Active days and the models used, of all accounts of each group."""
    who = engine.table(members)
    mine = asked.join(who, "account")
    days = engine.collect(extraction.active_days(mine), at_most=members.num_rows).to_pylist()
    found: dict[str, dict[str, Any]] = {row["group"]: {"days": row["days"], "models": []} for row in days}
    for row in engine.collect(extraction.models(mine), at_most=engine.max_rows).to_pylist():
        found[row["group"]]["models"].append({"name": row["name"], "interactions": row["n"]})
    engine.drop(who)
    return found
