"""The window signal on real shares gives exactly the network of the published detector it follows."""

import csv
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import linkage
from benchmarks import coordination
from benchmarks.coordination import KNOWN, Known
from linkage import Settings
from linkage.case import evidence_table
from linkage.engines import Engine
from linkage.settings import TableMapping

Edges = dict[tuple[str, str], int]

SHARES = TableMapping(
    file="russian_coord_tweets.csv.gz",
    columns={"account": "account_id", "value": "object_id", "at": "timestamp_share"},
    constants={"trait": "object"},
)


@pytest.fixture(scope="module")
def shares(shared_data: Path) -> pa.Table:
    return coordination.shares()


@pytest.fixture(scope="module")
def reference(shared_data: Path) -> Path:
    return shared_data / "coordination" / "reference"


def edges_in(path: Path) -> Edges:
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = csv.DictReader(raw.decode("utf-8").splitlines())
    return {(min(r["from"], r["to"]), max(r["from"], r["to"])): int(float(r["weight"])) for r in rows}


def as_edges(rows: pa.Table, names: list[str] | None = None) -> Edges:
    sides = [rows[c].to_pylist() for c in ("left", "right")]
    if names is not None:
        sides = [[names[i] for i in side] for side in sides]
    return dict(zip(zip(*sides, strict=True), rows["weight"].to_pylist(), strict=True))


def test_every_known_network_is_found(engine: Engine, shares: pa.Table) -> None:
    rows = list(coordination.compared(engine, coordination.events(shares)))
    assert len(rows) == 34
    assert [(name, what, ours) for name, what, _, ours in rows] == [
        (name, what, theirs) for name, what, theirs, _ in rows
    ]


@pytest.mark.parametrize(
    ("percentile", "file"),
    [(None, "full_edges.csv.gz"), (0.5, "ew050_edges.csv"), (0.99, "ew099_edges.csv")],
)
def test_pairs_and_weights_are_those_of_the_reference_files(
    engine: Engine, shares: pa.Table, reference: Path, percentile: float | None, file: str
) -> None:
    found = coordination.network(engine, coordination.events(shares), 60, 2)
    few = found if percentile is None else coordination.above(found, percentile)
    wanted = edges_in(reference / f"russian_tw60_mp2_{file}")
    assert as_edges(few, sorted(set(shares["account"].to_pylist()))) == wanted


def test_the_order_of_the_rows_changes_nothing(engine: Engine, shares: pa.Table) -> None:
    backwards = shares.take(pa.array(range(shares.num_rows - 1, -1, -1)))
    found = [coordination.network(engine, coordination.events(t), 10, 2) for t in (shares, backwards)]
    assert found[0].equals(found[1])


def test_an_account_that_only_meets_itself_is_in_no_network(engine: Engine, shares: pa.Table) -> None:
    found = coordination.network(engine, coordination.events(shares), 10, 5)
    names = sorted(set(shares["account"].to_pylist()))
    itself = "9fa51ef17278c01d13d313741eddfc0b"
    assert itself in names
    assert not [pair for pair in as_edges(found, names) if itself in pair]


# --- the same through the whole run --------------------------------------------------------------


def investigated(source: Path, case: Path, window: int, participation: int) -> Edges:
    settings = Settings(
        sources={"observations.shares": SHARES},
        evidence={
            "window_traits": ["object"],
            "window_seconds": window,
            "window_participation": participation,
        },
    )
    linkage.investigate(source / SHARES.file, case=case, settings=settings)
    return as_edges(evidence_table.coordination(pq.read_table(case / "evidence.parquet")))


def test_a_whole_run_gives_the_reference_network(shared_data: Path, reference: Path, tmp_path: Path) -> None:
    found = investigated(shared_data / "coordination", tmp_path / "case", 60, 2)
    assert found == edges_in(reference / "russian_tw60_mp2_full_edges.csv.gz")


@pytest.mark.parametrize(
    "known",
    [k for k in KNOWN if k.window != 60 or k.participation != 2],
    ids=lambda k: f"{k.window}-{k.participation}",
)
def test_a_whole_run_gives_every_network(
    shared_data: Path, shares: pa.Table, engine: Engine, tmp_path: Path, known: Known
) -> None:
    found = investigated(shared_data / "coordination", tmp_path / "case", known.window, known.participation)
    assert (len(found), sum(found.values())) == (known.edges, known.pairs)
    wanted = coordination.network(engine, coordination.events(shares), known.window, known.participation)
    assert found == as_edges(wanted, sorted(set(shares["account"].to_pylist())))
