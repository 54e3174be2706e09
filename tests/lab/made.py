"""A simulated case held in memory, and questions to it."""

import csv
import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.lab.evaluate import read_truth
from linkage.lab.interaction_scores import read_kinds
from linkage.lab.simulate import Simulation


@dataclass(frozen=True)
class Made:
    """A simulated case held in memory."""

    simulation: Simulation
    tables: dict[str, pa.Table]
    truth: dict[str, str | None]

    def rows(self, table: str, *columns: str) -> list[tuple]:
        chosen = self.tables[table].select(list(columns))
        return list(zip(*(column.to_pylist() for column in chosen.columns), strict=True))

    def innocents(self, table: str, column: str) -> list[tuple[str, object]]:
        return [(who, what) for who, what in self.rows(table, "account", column) if not self.truth[who]]

    def of(self, operator: str, table: str, column: str) -> list[tuple[str, object]]:
        return [
            (who, what) for who, what in self.rows(table, "account", column) if self.truth[who] == operator
        ]

    @cached_property
    def about(self) -> dict[str, Any]:
        """What `about.json` tells."""
        told: dict[str, Any] = json.loads((self.simulation.out / "about.json").read_text("utf-8"))
        return told

    @cached_property
    def kinds(self) -> dict[str, str]:
        """Account to kind."""
        return read_kinds(self.simulation.out / "kinds.csv")

    @cached_property
    def sent(self) -> dict[str, tuple[str, str]]:
        """Interaction to operator and part, as `truth_interactions.csv` has them."""
        with (self.simulation.out / "truth_interactions.csv").open(encoding="utf-8", newline="") as file:
            return {row["interaction"]: (row["operator"], row["part"]) for row in csv.DictReader(file)}

    def echoes(self) -> list[tuple[str, str, str]]:
        """Author of a turn, sender of a request whose context holds it, and that request."""
        author = dict(self.rows("interactions", "response_sha256", "account"))
        return [
            (author[turn], who, which)
            for who, which, context in self.rows("interactions", "account", "interaction", "context_sha256")
            for turn in context
            if turn in author
        ]


def load(simulation: Simulation) -> Made:
    tables = {path.stem: pq.read_table(path) for path in simulation.source.iterdir()}
    return Made(simulation, tables, read_truth(simulation.truth))
