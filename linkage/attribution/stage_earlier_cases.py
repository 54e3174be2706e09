"""Reads earlier cases through the engine."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.attribution import earlier_cases
from linkage.attribution.earlier_cases import (
    ROWS,
    EarlierCase,
    EarlierGroup,
    EarlierKnowledge,
    Row,
    Text,
)
from linkage.attribution.exchange_key import ExchangeKey
from linkage.engines import Engine
from linkage.settings.program import Settings

NOT_FOUND = "segments of earlier cases whose text was not found there"


def learn(
    engine: Engine,
    cases: Sequence[EarlierCase],
    traits: Collection[str],
    settings: Settings,
    exchange: ExchangeKey | None = None,
) -> EarlierKnowledge:
    """The indicators that the groups of earlier cases give, of the traits that are weighed here."""
    known = EarlierKnowledge(exchange=exchange)
    for case in cases:
        groups = list(earlier_cases.groups_of(case))
        known.receipt.append(earlier_cases.summary(case, groups))
        fresh = [each for each in groups if each.group not in known.groups]
        known.groups |= {each.group: each for each in fresh}
        if fresh:
            _Reading(engine, case, known, settings).learn(fresh, traits)
    return known


@dataclass(frozen=True)
class _Reading:
    """One earlier case while it is read; what is found goes to `known`."""

    engine: Engine
    case: EarlierCase
    known: EarlierKnowledge
    settings: Settings

    def file(self, table: str) -> ir.Table:
        """A table of the case, where it lies."""
        return self.engine.files([self.case.path / f"{table}.parquet"])

    def learn(self, groups: Sequence[EarlierGroup], traits: Collection[str]) -> None:
        """The values and texts that are these groups' own."""
        engine, observations = self.engine, self.file("observations")
        members = engine.table(earlier_cases.members_of(groups))
        held = earlier_cases.held(observations.filter(_.trait.isin(sorted(traits))), members)
        found = engine.collect(held.order_by(["operator", "trait", "value"]), at_most=engine.max_rows)
        sizes = {each.group: len(each.members) for each in groups}
        table = earlier_cases.own_values(
            found, sizes, self._accounts(observations), self.settings.groups.workload
        )
        source = pa.array([f"case {self.case.path.resolve().name}"] * table.num_rows, pa.string())
        table = table.append_column("source", source)
        ids = pc.is_in(table["trait"], value_set=pa.array(["template", "segment", "system_prompt"]))
        self.known.rows.append(table.filter(pc.invert(ids)).select(ROWS.names).cast(ROWS))
        self.known.texts += self._texts(members, table.filter(ids).to_pylist())
        engine.drop(members)

    def _accounts(self, observations: ir.Table) -> int:
        counted = self.engine.collect(observations.agg(n=_.account.nunique()), at_most=1)
        return int(counted["n"][0].as_py())

    def _texts(self, members: ir.Table, content: Sequence[Row]) -> list[Text]:
        """The texts behind the content values that are a group's own."""
        if not content:
            return []
        chosen, prompts = self.settings.attribution.earlier_cases, self.file("prompts")
        asked = earlier_cases.asked(self.file("observations"), prompts, members)
        rows = self._rows(asked.order_by(["operator", "prompt"]))
        segments, missing = earlier_cases.segment_texts(rows, content, self.settings.prompts, chosen)
        self.known.cut[NOT_FOUND] = self.known.cut.get(NOT_FOUND, 0) + missing
        templates = sorted({row["value"] for row in content if row["trait"] == "system_prompt"})
        if not templates:
            return segments
        variants = earlier_cases.variants(prompts, templates).order_by(["template", "prompt"])
        return [*segments, *earlier_cases.system_texts(self._rows(variants), content, chosen)]

    def _rows(self, expression: ir.Table) -> list[Row]:
        rows: list[Row] = self.engine.collect(expression, at_most=self.engine.max_rows).to_pylist()
        return rows
