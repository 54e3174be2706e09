"""A simulated case held in memory, and questions to it."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from linkage.lab.evaluate import read_truth
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


def load(simulation: Simulation) -> Made:
    tables = {path.stem: pq.read_table(path) for path in simulation.source.iterdir()}
    return Made(simulation, tables, read_truth(simulation.truth))
