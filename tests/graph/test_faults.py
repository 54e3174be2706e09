"""What goes wrong while a case is pushed: each time a clear message, and the same command again ends in the
same graph."""

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from neo4j import GraphDatabase

from linkage.errors import GraphError, UsageError
from linkage.graph import batches, push
from linkage.graph.connection import Connection, connection
from tests.graph import made
from tests.graph.made import Ready
from tests.graph.wire import Wire, wire
from tests.neo4j_server import Server, or_not_here

OUTAGES = (5, 29, 45)
"""Seconds."""


@pytest.fixture(scope="module")
def breakable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests alone."""
    with or_not_here(tmp_path_factory.mktemp("faults") / "neo4j") as server:
        yield server


@pytest.fixture(autouse=True, scope="module")
def small_batches() -> Iterator[None]:
    """So that a small case has many batches."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "ROWS", 7)
        yield


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Ready:
    """The rows of one case for all."""
    return made.ready(made.case(tmp_path_factory.mktemp("case") / "c"))


Outcome = dict[int, tuple[bool, float]]


@pytest.fixture(scope="module", autouse=True)
def outages(small_batches: None, neo4j_server: Server, found: Ready) -> Iterator[Callable[[], Outcome]]:
    """Three pushes to the session's server, each with an outage on its line, while other tests run."""
    outcome: Outcome = {}

    def one(seconds: int) -> None:
        with wire(neo4j_server.port) as line:

            def outage() -> None:
                line.cut()
                threading.Timer(seconds, line.mend).start()

            began = time.monotonic()
            done = found.send(through(line, neo4j_server), f"out{seconds}", progress=after(11, outage))
            outcome[seconds] = (done.whole, time.monotonic() - began)

    waits = [threading.Thread(target=one, args=(seconds,)) for seconds in OUTAGES]
    for each in waits:
        each.start()

    def ended() -> Outcome:
        for each in waits:
            each.join()
        return outcome

    yield ended
    ended()


@contextmanager
def looking(server: Server) -> Iterator[Any]:
    auth = (server.user, server.password)
    with GraphDatabase.driver(server.uri, auth=auth) as driver, driver.session(database="neo4j") as session:
        yield session


def graph(server: Server, name: str) -> str:
    """The digest of a case, as if it were called `x`."""
    with looking(server) as session:
        return made.digest(session, name)


@pytest.fixture(scope="module")
def sound(breakable: Server, found: Ready) -> str:
    """The digest of the case, pushed with nothing going wrong."""
    assert found.send(breakable, "sound").whole
    return graph(breakable, "sound")


def through(to: Wire, server: Server) -> Connection:
    return replace(made.connection(server), uri=f"bolt://127.0.0.1:{to.port}")


class Stop(Exception):
    """What ends a push in the middle, as a kill would."""


def after(count: int, act: Any) -> Any:
    """Progress that acts once, when the batch of that number is through."""
    seen = [0]

    def progress(stage: str, rows: int, total: int | None) -> None:
        seen[0] += 1
        if seen[0] == count:
            act()

    return progress


def fresh(server: Server, name: str) -> None:
    with looking(server) as session:
        session.run("MATCH (n {case: $name}) DETACH DELETE n", name=name).consume()


# --- the client ends --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 5, 17, 30])
def test_a_push_that_was_killed_goes_on_where_it_stopped(
    breakable: Server, found: Ready, sound: str, count: int
) -> None:
    fresh(breakable, "sound")

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        found.send(breakable, "sound", progress=after(count, stop))
    done = found.send(breakable, "sound")
    assert done.skipped and done.whole and graph(breakable, "sound") == sound


# --- the server ends --------------------------------------------------------------------------------


def test_the_server_is_killed_between_batches_and_comes_back(
    breakable: Server, found: Ready, sound: str
) -> None:
    fresh(breakable, "sound")
    back = threading.Thread(target=breakable.start)

    def kill() -> None:
        breakable.kill()
        back.start()

    done = found.send(breakable, "sound", progress=after(20, kill))
    back.join()
    assert done.whole and graph(breakable, "sound") == sound


def test_the_server_is_killed_within_a_transaction(
    breakable: Server, found: Ready, sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are written, the transaction is not yet committed."""
    fresh(breakable, "sound")
    back = threading.Thread(target=breakable.start)
    whole, calls = push._Loader._write, [0]

    def write(self: Any, tx: Any, *given: Any) -> None:
        whole(self, tx, *given)
        if self._plan.case != "sound":
            return
        calls[0] += 1
        if calls[0] == 12:
            breakable.kill()
            back.start()

    monkeypatch.setattr(push._Loader, "_write", write)
    done = found.send(breakable, "sound")
    back.join()
    assert calls[0] > 12 and done.whole and graph(breakable, "sound") == sound


def test_a_server_that_ends_while_it_is_waited_for_is_begun_anew(breakable: Server, sound: str) -> None:
    """Killed a moment ago it is still among the processes, and does not answer."""
    before = breakable.pid
    os.kill(before, signal.SIGSTOP)
    back = threading.Thread(target=breakable.start)
    back.start()
    time.sleep(2)
    assert back.is_alive() and breakable.pid == before
    breakable.kill()
    back.join()
    assert breakable.pid != before and graph(breakable, "sound") == sound


def test_a_server_that_stays_away_is_told_and_the_next_push_goes_on(
    breakable: Server, found: Ready, sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linkage.graph.connection.PATIENCE_SECONDS", 2.0)
    fresh(breakable, "sound")
    with wire(breakable.port) as line:
        with pytest.raises(GraphError, match="cannot be reached") as told:
            found.send(through(line, breakable), "sound", progress=after(9, line.cut))
        assert told.value.exit_code == 4 and told.value.hint
        line.mend()
        done = found.send(through(line, breakable), "sound")
    assert done.skipped and done.whole and graph(breakable, "sound") == sound


@pytest.mark.parametrize("first", [1, 15])
def test_the_answer_to_a_commit_is_lost(breakable: Server, found: Ready, sound: str, first: int) -> None:
    fresh(breakable, "sound")
    with wire(breakable.port) as line:

        def lose() -> None:
            line.lose_commits = 1

        done = found.send(through(line, breakable), "sound", progress=after(first, lose))
        assert line.lost == 1
    assert done.whole and graph(breakable, "sound") == sound


# --- the disk is full ------------------------------------------------------------------------------


def test_a_full_disk_is_told_and_with_room_again_the_push_goes_on(
    breakable: Server, found: Ready, sound: str
) -> None:
    """No file of the server's may grow any more, as when the disk has no room left."""
    fresh(breakable, "sound")
    before = resource.prlimit(breakable.pid, resource.RLIMIT_FSIZE)

    def fill() -> None:
        logs = (breakable.own_home / "data" / "transactions" / "neo4j").iterdir()
        full = max(each.stat().st_size for each in logs) + 10_000
        resource.prlimit(breakable.pid, resource.RLIMIT_FSIZE, (full, before[1]))

    with pytest.raises(GraphError) as told:
        found.send(breakable, "sound", progress=after(9, fill))
    assert told.value.exit_code == 4 and "disk" in told.value.hint
    breakable.kill()
    breakable.start()
    done = found.send(breakable, "sound")
    assert done.skipped and done.whole and graph(breakable, "sound") == sound


# --- refusals ---------------------------------------------------------------------------------------


def test_a_wrong_password_is_told_and_not_shown(breakable: Server, found: Ready) -> None:
    wrong = replace(made.connection(breakable), password="hunter2")
    with pytest.raises(GraphError, match="refuses user neo4j") as told:
        found.send(wrong, "x")
    assert told.value.exit_code == 4 and "hunter2" not in str(told.value) + told.value.hint + repr(wrong)


def test_a_database_that_does_not_exist_is_told(breakable: Server, found: Ready) -> None:
    with pytest.raises(GraphError, match="nowhere") as told:
        found.send(replace(made.connection(breakable), database="nowhere"), "x")
    assert told.value.exit_code == 4 and "--database" in told.value.hint


def test_a_server_that_is_not_there_is_told_at_once(found: Ready) -> None:
    began = time.monotonic()
    with pytest.raises(GraphError, match="cannot be reached") as told:
        found.send(Connection("bolt://127.0.0.1:9"), "x")
    assert told.value.exit_code == 4 and time.monotonic() - began < 10


@pytest.mark.parametrize("uri", ["neo4j://", "http://127.0.0.1", "bolt://127.0.0.1:none"])
def test_an_address_that_is_none_is_a_mistake_of_the_command(uri: str) -> None:
    with pytest.raises(UsageError, match="no address of Neo4j"):
        connection(uri=uri)


# --- two at once ------------------------------------------------------------------------------------


def test_of_two_pushes_at_once_the_later_wins_and_the_other_says_so(
    breakable: Server, found: Ready, sound: str
) -> None:
    fresh(breakable, "sound")
    inner: dict[str, Any] = {}

    def other() -> None:
        inner["done"] = found.send(breakable, "sound")

    with pytest.raises(GraphError, match="taken over") as told:
        found.send(breakable, "sound", progress=after(12, other))
    assert told.value.exit_code == 4 and inner["done"].whole
    assert graph(breakable, "sound") == sound
    assert found.send(breakable, "sound").unchanged


def test_two_pushes_that_race_end_in_the_one_graph(breakable: Server, found: Ready, sound: str) -> None:
    fresh(breakable, "sound")
    ended: list[str] = []

    def one() -> None:
        try:
            ended.append("whole" if found.send(breakable, "sound").whole else "not whole")
        except GraphError as error:
            ended.append(str(error))

    both = [threading.Thread(target=one) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(ended) == 2 and "whole" in ended and "not whole" not in ended
    assert graph(breakable, "sound") == sound


# --- outages ----------------------------------------------------------------------------------------


def test_outages_of_5_29_and_45_seconds_are_waited_out(
    outages: Callable[[], Outcome], neo4j_server: Server
) -> None:
    """All three at once, begun before the other tests."""
    outcome = outages()
    assert sorted(outcome) == sorted(OUTAGES)
    graphs = set()
    for seconds, (whole, took) in outcome.items():
        assert whole and took > seconds
        with looking(neo4j_server) as session:
            rows = made.graph(session, f"out{seconds}")
        graphs.add("\n".join(sorted(made.nameless(row, f"out{seconds}") for row in rows)))
    assert len(graphs) == 1 and len(graphs.pop()) > 10_000
