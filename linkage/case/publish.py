"""Writes a finished run into the case folder, table by table.

Composition only: `tables` makes each table, `case` keeps it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.attribution import extraction
from linkage.attribution.earlier_cases import Known
from linkage.attribution.matches import Groups
from linkage.attribution.stage import Attributed, Indicators, attributed
from linkage.case import CaseWriter, evidence_table, persist, previous_groups, tables, with_past
from linkage.case import receipt as receipts
from linkage.engines.duckdb import Engine
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.groups import apply_verdicts
from linkage.groups.assessment import Judged
from linkage.groups.constraints import Constraints
from linkage.groups.split_by_workload import Works
from linkage.groups.stage import Links
from linkage.links import log_odds as scoring
from linkage.links.log_odds import Rules
from linkage.log import Log
from linkage.observations.stage import Population, Rows
from linkage.prompts.stage import Prompts
from linkage.schema import CASE
from linkage.settings import Settings


@dataclass(frozen=True)
class Run:
    """Everything a finished run leaves behind."""

    engine: Engine
    log: Log
    settings: Settings
    rows: Rows
    prompts: Prompts
    population: Population
    weighing: Weighing
    links: Links
    judged: list[Judged]
    stays: np.ndarray
    works: Works
    constraints: Constraints
    known: Known = field(default_factory=Known)
    verdicts: list[dict[str, Any]] = field(default_factory=list)


def publish(writer: CaseWriter, run: Run, *, previous: Path) -> dict[str, Any]:
    """Writes every table; returns the part of the receipt that speaks of the groups."""
    names = run.weighing.names
    ordered = sorted(run.judged, key=lambda j: tuple(j.members))
    ids, lineage = persist(
        [{names[i] for i in each.members} for each in ordered],
        previous_groups(previous),
        at=run.population.last_at,
        remembered=apply_verdicts.remembered(run.constraints),
    )
    named = [(name, _decided(name, each, run)) for name, each in zip(ids, ordered, strict=True)]
    run.verdicts.extend(apply_verdicts.changes(run.constraints, named, names))
    _observed(writer, run)
    _asked(writer, run)
    took, whose = _taken(run, named), _whose(run, named)
    _groups(writer, run, named, took)
    _workload(writer, run, named)
    writer.table("attributions", whose.table)
    writer.table("lineage", with_past(lineage, previous))
    engine = run.engine
    told = evidence_table.rows(engine, run.weighing, run.links, run.population.observations, named)
    writer.ordered("evidence", told)
    writer.table("links", tables.links(run.links, names))
    details = receipts.by_group(named, _rhythm(run, named), run.population.created)
    for name, each in named:
        details[name] |= {"shares": _shares(run, each)} if each.reported else {}
    for name in took.keys() | whose.detail.keys():
        details[name] |= {"taken": took[name].detail} if name in took else {}
        details[name] |= {"attribution": whose.detail[name]} if name in whose.detail else {}
    return details


def _decided(group: str, judged: Judged, run: Run) -> Judged:
    """A group that a person dismissed is listed as such, whatever the gates say."""
    if run.constraints.of_group(group) != "dismissed":
        return judged
    return replace(judged, dismissed=True, reason="dismissed by a person")


def _observed(writer: CaseWriter, run: Run) -> None:
    """Observations, and for each source row they name, the file and line it stands at."""
    _ordered(writer, "observations", run.engine, run.population.observations)
    named = run.population.observations.select(row=_.source.split(":")[1]).distinct()
    places = [
        rows.semi_join(named, "row").select("row", table=ibis.literal(name), file="file", line="line")
        for name, rows in sorted(run.rows.tables.items())
        if "account" in rows.columns
    ]
    first, *rest = places
    _ordered(writer, "rows", run.engine, first.union(*rest) if rest else first)


def _ordered(writer: CaseWriter, name: str, engine: Engine, rows: ir.Table) -> None:
    """Has the engine sort the rows, and writes them as they come."""
    declared = CASE[name]
    writer.ordered(name, engine.batches(rows.select(*declared.schema.names).order_by(list(declared.key))))


def _asked(writer: CaseWriter, run: Run) -> None:
    """Prompts, templates, near-duplicates and the sentences that several hold, where there were prompts."""
    asked, found = run.prompts.asked, run.prompts.tables
    if asked is None or found is None:
        return
    engine = run.engine
    used = engine.keep(_uses(asked, engine.table(found.skeletons)))
    sums = used.group_by("template").agg(
        prompts=_.prompt.nunique(),
        accounts=_.account.nunique(),
        interactions=_.row.nunique(),
        first_at=_.at.min(),
        last_at=_.at.max(),
    )
    shared = engine.keep(sums.filter((_.accounts > 1) | (_.prompts > 1)))
    counts = used.group_by("prompt").agg(accounts=_.account.nunique(), interactions=_.row.nunique())
    known = engine.table(found.prompts)
    member = engine.table(found.membership)
    kept = member.semi_join(shared, "template").select("prompt", "template", "similarity")
    rows = known.left_join(counts, "prompt").drop("prompt_right").left_join(kept, "prompt")
    rows = rows.mutate(accounts=_.accounts.fill_null(0), interactions=_.interactions.fill_null(0))
    _ordered(writer, "prompts", engine, rows)
    cohesion = tables.cohesion(kept)
    examples = engine.table(found.templates).join(known.select(medoid="prompt", example="example"), "medoid")
    told = shared.join(cohesion, "template").join(examples, "template")
    writer.table("templates", engine.arrow(told.select(*CASE["templates"].schema.names)))
    writer.table("near", found.near)
    sentences = run.population.observations.filter(_.trait == "segment")
    held = sentences.group_by(segment="value").agg(accounts=_.account.nunique()).filter(_.accounts > 1)
    _ordered(writer, "segments", engine, held.join(engine.table(found.clusters).drop("segments"), "segment"))


def _uses(asked: ir.Table, skeletons: ir.Table) -> ir.Table:
    """Every use of a prompt, asked or standing above what is asked: row, account, at, prompt, template."""
    below = asked.select("row", "account", "at", prompt="prompt_id", template="template")
    above = asked.join(skeletons.select(system_id="text_id", above="prompt"), "system_id")
    above = above.select("row", "account", "at", prompt="above", template="system_template")
    return below.union(above).filter(_.template.notnull())


def _taken(run: Run, named: Sequence[tuple[str, Judged]]) -> dict[str, extraction.Taken]:
    """What each reported group took."""
    members = {name: each.members for name, each in named if each.reported}
    found, cut = extraction.taken(
        run.engine, run.prompts, run.weighing.names, members, run.population.interactions
    )
    run.log.cut("findings", cut)
    return found


def _whose(run: Run, named: Sequence[tuple[str, Judged]]) -> Attributed:
    """Whose each reported group may be."""
    reported = [(name, each) for name, each in named if each.reported]
    groups = Groups(reported, run.weighing, run.links, run.population.weighable)
    listed = run.rows.tables.get("indicators")
    found = attributed(run.engine, groups, Indicators(listed, run.known, run.prompts, run.settings))
    run.log.cut("attribution", found.cut)
    return found


def _groups(
    writer: CaseWriter, run: Run, named: Sequence[tuple[str, Judged]], took: Mapping[str, extraction.Taken]
) -> None:
    names, core = run.weighing.names, run.settings.grouping.core
    for table in ("groups", "unresolved", "explained"):
        chosen = [(name, each) for name, each in named if each.table == table]
        rows = tables.memberships(chosen, names, run.stays, core=core)
        schema = CASE[table].schema
        kept = [{k: row[k] for k in schema.names} for row in rows]
        writer.table(table, pa.Table.from_pylist(kept, schema))
    reported = [(name, each) for name, each in named if each.reported]
    done = tables.amounts(run.engine, run.prompts.asked, _members(reported, names))
    more = {g: {"targets": each.targets, "distillation": each.distillation} for g, each in took.items()}
    told: dict[str, dict[str, Any]] = {g: {**done.get(g, {}), **more.get(g, {})} for g, _each in reported}
    writer.table("findings", tables.findings(reported, told, run.stays))


def _workload(writer: CaseWriter, run: Run, named: Sequence[tuple[str, Judged]]) -> None:
    """Of each reported group the interactions that are its work, for its accounts may carry others' too."""
    if run.works.rows is None or run.prompts.asked is None:
        return
    groups = run.engine.table(_members([(n, each) for n, each in named if each.reported], run.weighing.names))
    called = run.prompts.asked.select("row", "interaction")
    mine = run.works.rows.select("row", "account").join(groups, "account").join(called, "row")
    _ordered(writer, "workload", run.engine, mine)


def _shares(run: Run, judged: Judged) -> dict[str, dict[str, int]]:
    """Of each account its prompts, and those that are the group's work."""
    return {
        run.weighing.names[i]: {"prompts": int(run.works.prompts[i]), "own": int(run.works.own[i])}
        for i in judged.members.tolist()
    }


def _members(groups: Sequence[tuple[str, Judged]], names: list[str]) -> pa.Table:
    pairs = [(name, names[i]) for name, each in groups for i in each.members]
    group, account = zip(*pairs, strict=True) if pairs else ((), ())
    return pa.table({"group": pa.array(group, pa.string()), "account": pa.array(account, pa.string())})


def _rhythm(run: Run, groups: Sequence[tuple[str, Judged]]) -> dict[str, list[dict[str, Any]]]:
    """Interactions of each reported group by day and hour."""
    if run.prompts.asked is None or not groups:
        return {}
    members = run.engine.table(_members(groups, run.weighing.names))
    rows = run.prompts.asked.join(members, "account")
    moment = (rows.at // 1000).as_timestamp("ms")
    counted = rows.mutate(day=moment.strftime("%Y-%m-%d"), hour=moment.hour())
    sums = counted.group_by("group", "day", "hour").agg(n=_.count()).order_by(["group", "day", "hour"])
    found: dict[str, list[dict[str, Any]]] = {}
    for row in run.engine.arrow(sums).to_pylist():
        found.setdefault(row["group"], []).append(row)
    return found


def receipt(run: Run, groups: dict[str, Any], *, signals: Sequence[Signal], rules: Rules) -> dict[str, Any]:
    """`run.json`: the receipt of the whole run."""
    return receipts.receipt(
        run.log,
        run.rows.receipts,
        run.settings,
        signals=signals,
        scoring={
            "prior_bits": rules.prior,
            "large_operator_prior_bits": scoring.prior_bits(run.settings.scoring.large_operator_share),
            "link_bits": run.settings.scoring.link_bits,
        },
        population={
            "accounts": len(run.weighing.names),
            "interactions": int(run.population.interactions.sum()),
            "observations": run.population.count,
            "pairs_compared": run.links.compared,
            "links": int(run.links.linked.sum()),
        },
        traits={"other": list(run.population.undeclared)},
        known=run.known.receipt,
        verdicts=run.verdicts,
        groups=groups,
    )
