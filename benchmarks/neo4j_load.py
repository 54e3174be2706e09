"""Neo4j: how fast a case goes in, against a plain loop over the driver, and against neo4j-admin's import.

`python benchmarks/neo4j_load.py` starts a server of its own in a folder that it removes, and prints a line
for each figure beside what is promised. `--accounts`, `--links` and `--bulk` (relationships) make it smaller.
"""

import argparse
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from neo4j_case import GROUP, account, write

from linkage.case import Case
from linkage.graph import push
from linkage.graph.bulk_import import ARGUMENTS
from linkage.graph.case_graph import Options, graph, pushed
from linkage.graph.connection import Connection, connection, open_driver
from linkage.graph.export import exported
from linkage.graph.push import Pushed
from linkage.graph.query import ask
from linkage.graph.questions import questions
from linkage.graph.schema import Nodes, Part

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "neo4j"
BATCHES = (2_000, 5_000, 10_000)
"""Rows a transaction of the plain loop; the best of them counts."""

TURNS = 3
"""Times that the plain loop and the push are measured, one after the other."""

RELATIONSHIPS_OF_AN_ACCOUNT = 8
"""Beside links: addresses, cards, prompts, membership."""


@contextmanager
def server(home: Path) -> Iterator[Connection]:
    """A server of this benchmark's own."""
    os.environ["LINKAGE_NEO4J_HOME"] = str(home)
    subprocess.run([SCRIPT, "start", "--free-ports"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield connection()
    finally:
        subprocess.run([SCRIPT, "stop"], check=True)


def quiet(stage: str, rows: int, total: int | None) -> None:
    """Progress that nobody watches."""


def say(what: str, measured: str, promised: str = "", *, kept: bool | None = None) -> None:
    """A row of the table."""
    mark = {None: "", True: "yes", False: "NO"}[kept]
    print(f"| {what} | {measured} | {promised} | {mark} |", flush=True)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and its seconds."""
    began = time.perf_counter()
    done = work()
    return done, time.perf_counter() - began


def forget(session: Any) -> None:
    """Empty the database."""
    session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS").consume()


# --- push against a plain loop -----------------------------------------------------------------------


def measure_push(case: Case, to: Connection) -> float:
    """The push and the one after it; gives rows (nodes and relationships) a second."""

    def one() -> Pushed:
        return pushed(case, to, Options("bench"), again=False, progress=quiet)

    done, first = timed(one)
    relationships = sum(count for name, count in done.sent.items() if " " in name)
    total = sum(done.sent.values())
    say(
        "first push of the group",
        f"{total - relationships:,} nodes and {relationships:,} relationships in {first:.1f} s,"
        f" {total / first:,.0f}/s",
        "under 60 s",
        kept=first < 60,
    )
    again, second = timed(one)
    assert done.whole and again.unchanged
    say("the same push again", f"{second:.1f} s", "under a third", kept=second < first / 3)
    return total / first


def warm(case: Case, to: Connection) -> None:
    """A server just started runs at a fraction of its speed; whoever were measured first would suffer."""
    pushed(case, to, Options("warm"), again=False, progress=quiet)
    with open_driver(to) as driver, driver.session(database=to.database) as session:
        forget(session)


def plain_rows(case: Case) -> list[tuple[Part, list[dict[str, Any]]]]:
    """The rows of a push as dictionaries, ready in memory: the loop is not charged with making them."""
    with graph(case, Options("bench")) as made:
        return [
            (part, [row for batch in batches for row in batch.to_pylist()]) for part, batches in made.parts()
        ]


def plain_statement(part: Part) -> str:
    """The text that a person would write for a part."""
    if isinstance(part, Nodes):
        key = ", ".join(f"{name}: row.{name}" for name in part.key)
        return f"UNWIND $rows AS row MERGE (n:{part.label} {{case: $case, {key}}}) SET n += row, n.run = $run"
    ends = []
    for name, side, nodes in (("a", "from", part.start), ("b", "to", part.end)):
        key = ", ".join(f"{each}: row.{side}_{each}" for each in nodes.key)
        ends.append(f"MATCH ({name}:{nodes.label} {{case: $case, {key}}})")
    return (
        f"UNWIND $rows AS row {' '.join(ends)} MERGE (a)-[r:{part.type}]->(b)"
        " SET r += row.properties, r.case = $case, r.run = $run"
    )


def plain_loop(session: Any, rows: list[tuple[Part, list[dict[str, Any]]]], size: int) -> float:
    """Rows a second of a loop with nothing but batches and transactions."""
    push.prepare(session, 128)
    began, total = time.perf_counter(), 0
    for part, given in rows:
        text = plain_statement(part)
        for start in range(0, len(given), size):
            batch = given[start : start + size]
            session.execute_write(
                lambda tx, text=text, batch=batch: tx.run(text, case="bench", run="x", rows=batch).consume()
            )
            total += len(batch)
    return total / (time.perf_counter() - began)


def apart(part: Part, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Relationships with their properties in a map of their own, as the plain statement wants them."""
    if isinstance(part, Nodes):
        return rows
    return [
        {
            **{name: row[name] for name in part.keys},
            "properties": {name: value for name, value in row.items() if name not in part.keys},
        }
        for row in rows
    ]


def measure_plain(case: Case, to: Connection, most: int) -> None:
    """Push against the plain loop at its best batch size, which a part of the rows finds out.

    Turn about: a server gets faster for minutes after its start, and the machine may have other work.
    """
    rows = [(part, apart(part, given)) for part, given in plain_rows(case)]
    part_of = [(part, given[:most]) for part, given in rows if isinstance(part, Nodes)]
    links = max((each for each in rows if not isinstance(each[0], Nodes)), key=lambda each: len(each[1]))
    with open_driver(to) as driver, driver.session(database=to.database) as session:
        trials = {}
        for size in BATCHES:
            forget(session)
            trials[size] = plain_loop(session, [*part_of, (links[0], links[1][:most])], size)
        best = max(trials, key=lambda size: trials[size])
        total = sum(len(given) for _part, given in rows)
        loops, pushes = [], []
        for _turn in range(TURNS):
            forget(session)
            loops.append(total / plain_loop(session, rows, best))
            forget(session)
            pushes.append(timed(lambda: pushed(case, to, Options("bench"), again=False, progress=quiet))[1])
    times = sum(pushes) / sum(loops)
    told = (
        f"{', '.join(f'{each:.1f}' for each in loops)} s with {best:,} rows a transaction;"
        f" push {', '.join(f'{each:.1f}' for each in pushes)} s: {times:.2f} times as long"
    )
    say(
        "plain loop over UNWIND, rows ready in memory, and push, in turn",
        told,
        "at most 1.3",
        kept=times <= 1.3,
    )


# --- questions ---------------------------------------------------------------------------------------


def measure_questions(to: Connection) -> None:
    """Each saved question about the group, the second time it is asked."""
    with open_driver(to) as driver:
        with driver.session(database=to.database) as session:
            known = _known(session)
        taken = {}
        for name, each in questions().items():
            values = {p.name: known.get(p.name, known.get(f"{name} {p.name}", "")) for p in each.parameters}
            ask(driver, to.database, each, values)
            taken[name] = timed(lambda each=each, values=values: ask(driver, to.database, each, values))[1]
    slow = {name: seconds for name, seconds in taken.items() if seconds >= 1}
    worst = sorted(taken, key=lambda name: -taken[name])[:3]
    told = ", ".join(f"{name} {taken[name]:.2f} s" for name in (slow or worst))
    say(f"{len(taken)} saved questions", f"slowest: {told}", "each under 1 s", kept=not slow)


def _known(session: Any) -> Mapping[str, Any]:
    """Values to ask about."""
    prompt = session.run("MATCH (p:PromptEmbedding {case: 'bench'}) RETURN p.id AS id LIMIT 1").single()["id"]
    text = "MATCH (n:{0} {{case: 'bench'}}) RETURN n.{1} AS v ORDER BY n.accounts DESC LIMIT 1"
    most = {
        "who-else-address value": text.format("IP", "address"),
        "who-else-card value": text.format("PaymentMethod", "fingerprint"),
        "who-else-client value": text.format("Device", "fingerprint"),
    }
    return {
        "case": "bench",
        "group": GROUP,
        "account": account(1),
        "other": account(2),
        "prompt": prompt,
        **{name: session.run(query).single()["v"] for name, query in most.items()},
    }


# --- neo4j-admin's import ------------------------------------------------------------------------------


def measure_import(folder: Path, relationships: int, rate: float) -> None:
    """Writing the files of a large case, and their import into an empty database."""
    accounts = relationships // (RELATIONSHIPS_OF_AN_ACCOUNT + 4)
    case = write(folder / "large", accounts, 4 * accounts, signals=1)
    made, writing = timed(
        lambda: exported(case, folder / "files", Options("bench", everything=True), progress=quiet)
    )
    total = sum(made.rows.values())
    home = folder / "imported"
    home.mkdir()
    command = [SCRIPT, "admin", "database", "import", "full", "neo4j", f"@{ARGUMENTS}"]
    given = {**os.environ, "LINKAGE_NEO4J_HOME": str(home)}
    done, loading = timed(
        lambda: subprocess.run(command, cwd=folder / "files", env=given, capture_output=True, text=True)
    )
    assert done.returncode == 0, done.stdout[-2000:]
    count = sum(number for name, number in made.rows.items() if " " in name)
    both = total / (writing + loading)
    say(
        f"import of {total - count:,} nodes and {count:,} relationships",
        f"written in {writing:.1f} s, imported in {loading:.1f} s: {total / loading:,.0f}/s,"
        f" {total / loading / rate:.1f} times the push; with the writing {both / rate:.1f} times",
        "at least 3",
        kept=total / loading >= 3 * rate,
    )


def main() -> None:
    """All figures in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=25_000)
    parser.add_argument("--links", type=int, default=110_000)
    parser.add_argument("--bulk", type=int, default=2_000_000, help="relationships of the import")
    asked = parser.parse_args()
    print("| what | measured | promised | kept |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        case = write(folder / "case", asked.accounts, asked.links)
        with server(folder / "server") as to:
            warm(write(folder / "small", 2_000, 5_000), to)
            rate = measure_push(case, to)
            measure_questions(to)
            measure_plain(case, to, asked.accounts)
        measure_import(folder, asked.bulk, rate)


if __name__ == "__main__":
    main()
