"""Does the window signal find the same network as a published detector?

Runs CooRTweet's rule (Righetti and Balluff) on the shares of its own data set, for every parameter set
whose result is known, and prints reference and ours side by side. Run: `python benchmarks/coordination.py`.
Parity with a tool, not accuracy: no truth about these accounts exists.
"""

import csv
import gzip
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from linkage.engines import Engine
from linkage.engines.duckdb import DuckDB
from linkage.evidence import coincidence

DATA = Path(__file__).parents[1] / ".." / "shared" / "data" / "coordination"
SECOND = 1_000_000


@dataclass(frozen=True)
class Known:
    """One parameter set and the network it gives; `filtered` maps a percentile to (nodes, edges)."""

    window: int
    participation: int
    pairs: int
    nodes: int
    edges: int
    components: int
    largest: int
    filtered: dict[float, tuple[int, int]]


KNOWN = (
    Known(10, 2, 447, 525, 442, 95, 35, {0.5: (8, 4)}),
    Known(60, 2, 3_791, 2_110, 3_721, 23, 2_019, {0.5: (94, 60), 0.95: (94, 60), 0.99: (14, 9)}),
    Known(60, 5, 1_235, 772, 1_193, 1, 772, {0.5: (59, 36)}),
    Known(600, 2, 38_172, 3_736, 36_620, 6, 3_720, {0.5: (901, 1_232), 0.99: (233, 215)}),
)


def shares() -> pa.Table:
    """Every share once: account, value, at (µs). One row of the file stands there twice."""
    with gzip.open(DATA / "russian_coord_tweets.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = {tuple(row.values()): row for row in csv.DictReader(lines)}.values()
        columns = {
            "account": [row["account_id"] for row in rows],
            "value": [row["object_id"] for row in rows],
            "at": [round(float(row["timestamp_share"]) * SECOND) for row in rows],
        }
    return pa.table(columns)


def events(given: pa.Table) -> pa.Table:
    """The shares as the signal reads them: a, o, at, e."""
    ordered = given.sort_by([(name, "ascending") for name in ("value", "at", "account")])
    names, a = np.unique(ordered["account"].to_numpy(), return_inverse=True)
    objects, o = np.unique(ordered["value"].to_numpy(), return_inverse=True)
    del names, objects
    return pa.table({"a": a, "o": o, "at": ordered["at"], "e": np.arange(len(a))})


def network(engine: Engine, given: pa.Table, window: int, participation: int) -> pa.Table:
    """left, right, weight of the network, by account number."""
    found = coincidence.same_object(engine.table(given), window=window * SECOND, participation=participation)
    return engine.collect(coincidence.edges(found).order_by(["left", "right"]), at_most=engine.max_rows)


def components(edges: pa.Table) -> list[int]:
    """Sizes of the connected components, largest first."""
    home: dict[int, int] = {}

    def root(node: int) -> int:
        while home.setdefault(node, node) != node:
            home[node] = home[home[node]]
            node = home[node]
        return node

    for left, right in zip(edges["left"].to_pylist(), edges["right"].to_pylist(), strict=True):
        home[root(left)] = root(right)
    sizes: dict[int, int] = {}
    for node in list(home):
        sizes[root(node)] = sizes.get(root(node), 0) + 1
    return sorted(sizes.values(), reverse=True)


def nodes(edges: pa.Table) -> int:
    """How many accounts have an edge."""
    return len({*edges["left"].to_pylist(), *edges["right"].to_pylist()})


def above(edges: pa.Table, percentile: float) -> pa.Table:
    """Edges whose weight lies strictly above a percentile of the weights."""
    weight = edges["weight"].to_numpy()
    return edges.filter(pa.array(weight > np.quantile(weight, percentile)))


def compared(engine: Engine, given: pa.Table) -> Iterator[tuple[str, str, int, int]]:
    """Parameter set, what is counted, reference, ours."""
    for known in KNOWN:
        name = f"{known.window} s, {known.participation}"
        found = network(engine, given, known.window, known.participation)
        sizes = components(found)
        yield name, "pairs", known.pairs, int(found["weight"].to_numpy().sum())
        yield name, "edges", known.edges, found.num_rows
        yield name, "nodes", known.nodes, nodes(found)
        yield name, "components", known.components, len(sizes)
        yield name, "largest", known.largest, sizes[0]
        for percentile, (few_nodes, few_edges) in known.filtered.items():
            few = above(found, percentile)
            yield name, f"nodes above {percentile}", few_nodes, nodes(few)
            yield name, f"edges above {percentile}", few_edges, few.num_rows


def main() -> None:
    """Prints the table; ends with 1 where a number differs."""
    with tempfile.TemporaryDirectory() as scratch:
        engine = DuckDB(Path(scratch))
        rows = list(compared(engine, events(shares())))
        engine.close()
    print(f"{'window, participation':<22} {'':<18} {'CooRTweet':>10} {'linkage':>10}")
    for name, what, theirs, ours in rows:
        print(f"{name:<22} {what:<18} {theirs:>10,} {ours:>10,} {'' if theirs == ours else '  differs'}")
    if any(theirs != ours for *_, theirs, ours in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
