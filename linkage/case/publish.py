"""Writes a finished run into the case folder, table by table: `tables` makes each, `CaseWriter` keeps it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.attribution.earlier_cases import EarlierKnowledge
from linkage.attribution.extraction import Extraction
from linkage.attribution.stage import Attributions, Groups, Sources, attributions
from linkage.attribution.stage_extraction import extractions
from linkage.case import CaseWriter, evidence_table, persist, previous_groups, tables, with_past
from linkage.case import receipt as receipts
from linkage.engines import Engine
from linkage.evidence.signals.signal import Signal
from linkage.evidence.stage import Weighing
from linkage.explain.findings import Examination
from linkage.groups.assessment import Assessment
from linkage.groups.verdict_changes import groups_with_verdicts, verdict_changes
from linkage.groups.workload import Workloads
from linkage.links.constraints import Constraints
from linkage.links.log_odds import Rules
from linkage.links.priors import smallest_operator_bits
from linkage.links.stage import Links
from linkage.log import Log
from linkage.observations.stage import Population, Rows
from linkage.prompts.stage import Prompts
from linkage.schema import CASE, OUTCOMES
from linkage.settings.program import Settings

MILLISECOND = 1_000


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
    assessments: list[Assessment]
    stays: np.ndarray
    workloads: Workloads
    constraints: Constraints
    examinations: Mapping[int, Examination]
    earlier: EarlierKnowledge = field(default_factory=EarlierKnowledge)
    verdicts: list[dict[str, Any]] = field(default_factory=list)


def publish(writer: CaseWriter, run: Run, *, previous: Path) -> dict[str, Any]:
    """Writes every table; returns the part of the receipt that speaks of the groups."""
    names = run.weighing.names
    ordered = sorted(run.assessments, key=lambda j: tuple(j.members))
    ids, lineage = persist(
        [{names[i] for i in each.members} for each in ordered],
        previous_groups(previous),
        at=run.population.last_at,
        remembered=groups_with_verdicts(run.constraints),
    )
    named = [(name, _decided(name, each, run)) for name, each in zip(ids, ordered, strict=True)]
    listed = run.settings.groups.listed_accounts
    run.verdicts.extend(verdict_changes(run.constraints, named, names, listed=listed))
    _observation_tables(writer, run)
    _prompt_tables(writer, run)
    extracted, attributed = _extractions(run, named), _attributions(run, named)
    _groups(writer, run, named, extracted)
    _workload(writer, run, named)
    writer.table("attributions", attributed.table)
    writer.table("lineage", with_past(lineage, previous))
    _evidence(writer, run, named)
    writer.table("links", tables.links(run.links, names))
    details = receipts.by_group(
        named, _rhythm(run, named), run.population.created, run.examinations, run.settings
    )
    for name, each in named:
        details[name] |= {"shares": _shares(run, each)} if each.reported else {}
    for name, found in extracted.items():
        details[name] |= {"taken": found.detail}
    for name, detail in attributed.detail.items():
        details[name] |= {"attribution": detail}
    return details


def _evidence(writer: CaseWriter, run: Run, named: Sequence[tuple[str, Assessment]]) -> None:
    observations = run.population.observations
    writer.ordered("evidence", evidence_table.rows_in_order(run.links, named, run.weighing, observations))


def _decided(group: str, assessment: Assessment, run: Run) -> Assessment:
    """A group that a person dismissed is listed as such, whatever the gates say."""
    if run.constraints.of_group(group) != "dismissed":
        return assessment
    return replace(assessment, dismissed=True, reason="dismissed by a person")


def _observation_tables(writer: CaseWriter, run: Run) -> None:
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


def _prompt_tables(writer: CaseWriter, run: Run) -> None:
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
    rows = shared.join(cohesion, "template").join(examples, "template")
    writer.table(
        "templates", engine.collect(rows.select(*CASE["templates"].schema.names), at_most=engine.max_rows)
    )
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


def _extractions(run: Run, named: Sequence[tuple[str, Assessment]]) -> dict[str, Extraction]:
    """What each reported group asked for."""
    members = {name: each.members for name, each in named if each.reported}
    found, cut = extractions(
        run.engine,
        run.prompts,
        run.weighing.names,
        members,
        activity=run.population.interactions,
        chosen=run.settings.attribution.distillation,
    )
    run.log.cut("findings", cut)
    return found


def _attributions(run: Run, named: Sequence[tuple[str, Assessment]]) -> Attributions:
    """Whose each reported or unresolved group may be, and which innocent story explains it how well."""
    open_ones = [(name, each) for name, each in named if each.table != "explained"]
    groups = Groups(open_ones, run.weighing, run.links, run.population.weighable)
    given = run.rows.tables.get("indicators")
    found = attributions(run.engine, groups, Sources(given, run.earlier, run.prompts, run.settings))
    run.log.cut("attribution", found.cut)
    return found


def _groups(
    writer: CaseWriter, run: Run, named: Sequence[tuple[str, Assessment]], extracted: Mapping[str, Extraction]
) -> None:
    names, core = run.weighing.names, run.settings.groups.core
    for table in OUTCOMES:
        chosen = [(name, each) for name, each in named if each.table == table]
        rows = tables.memberships(chosen, names, run.stays, core=core)
        writer.table(table, rows.select(CASE[table].schema.names))
    reported = [(name, each) for name, each in named if each.reported]
    done = _amounts(run, _members(reported, names))
    more = {g: {"targets": each.targets, "distillation": each.distillation} for g, each in extracted.items()}
    found: dict[str, dict[str, Any]] = {g: {**done.get(g, {}), **more.get(g, {})} for g, _each in reported}
    writer.table("findings", tables.findings(reported, found, run.stays, run.links))


def _amounts(run: Run, members: pa.Table) -> dict[str, dict[str, Any]]:
    """What each group did, by its id; `members` has group and account."""
    if run.prompts.asked is None or not members.num_rows:
        return {}
    sums = tables.amounts(run.prompts.asked, run.engine.table(members))
    rows = run.engine.collect(sums, at_most=members.num_rows).to_pylist()
    return {row["group"]: row for row in rows}


def _workload(writer: CaseWriter, run: Run, named: Sequence[tuple[str, Assessment]]) -> None:
    """Of each reported group the interactions that are its work, for its accounts may carry others' too."""
    rows = run.workloads.own_rows
    if rows is None or run.prompts.asked is None:
        return
    groups = run.engine.table(_members([(n, each) for n, each in named if each.reported], run.weighing.names))
    called = run.prompts.asked.select("row", "interaction")
    mine = rows.join(groups, "account").join(called, "row")
    _ordered(writer, "workload", run.engine, mine)


def _shares(run: Run, assessment: Assessment) -> dict[str, dict[str, int]]:
    """Of each account its prompts, and those that are the group's work."""
    return {
        run.weighing.names[i]: {"prompts": int(run.workloads.prompts[i]), "own": int(run.workloads.own[i])}
        for i in assessment.members.tolist()
    }


def _members(groups: Sequence[tuple[str, Assessment]], names: list[str]) -> pa.Table:
    """The accounts of some groups: group, account."""
    listed = tables.memberships(groups, names, np.zeros(len(names)), core=0)
    return listed.select(["group", "account"])


def _rhythm(run: Run, groups: Sequence[tuple[str, Assessment]]) -> dict[str, list[dict[str, Any]]]:
    """Interactions of each reported group by day and hour."""
    if run.prompts.asked is None or not groups:
        return {}
    members = run.engine.table(_members(groups, run.weighing.names))
    rows = run.prompts.asked.filter(_.at.notnull()).join(members, "account")
    moment = (rows.at // MILLISECOND).as_timestamp("ms")
    counted = rows.mutate(day=moment.strftime("%Y-%m-%d"), hour=moment.hour())
    sums = counted.group_by("group", "day", "hour").agg(n=_.count()).order_by(["group", "day", "hour"])
    found: dict[str, list[dict[str, Any]]] = {}
    for row in run.engine.collect(sums, at_most=run.engine.max_rows).to_pylist():
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
            "small_operator_prior_bits": rules.prior
            - smallest_operator_bits(run.settings, len(run.weighing.names)),
            "link_bits": run.settings.links.link_bits,
        },
        population={
            "accounts": len(run.weighing.names),
            "interactions": int(run.population.interactions.sum()),
            "observations": run.population.count,
            "pairs_compared": run.links.compared,
            "links": int(run.links.linked.sum()),
        },
        ignored=[{"file": name, "reason": reason} for name, reason in run.rows.ignored.items()],
        traits={"other": list(run.population.undeclared)},
        known=run.earlier.receipt,
        verdicts=run.verdicts,
        groups=groups,
    )
