"""A real Neo4j server for tests: one for the session, shared by its workers, and private ones to break.

A server ends with those who use it, however they end: each holds a lock on a file, and a watcher beside the
server stops it when nobody does. Where NEO4J_URI is set, that server is used and left alone.
"""

import fcntl
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from neo4j import GraphDatabase, Session

from tests.conftest import IN_CI, ROOT

SMALL = ("--free-ports", "--heap", "512m", "--page-cache", "128m")


@dataclass(frozen=True)
class Server:
    """Where a server is, and how to get in; `home` is the folder of one that was started here."""

    uri: str
    user: str
    password: str
    database: str
    browser: str | None = None
    home: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a command finds this server."""
        named = {"NEO4J_URI": self.uri, "NEO4J_USER": self.user, "NEO4J_PASSWORD": self.password}
        named |= {"NEO4J_DATABASE": self.database}
        return named | ({"NEO4J_BROWSER": self.browser} if self.browser else {})

    @property
    def port(self) -> int:
        """Of Bolt."""
        return int(self.uri.rpartition(":")[2])

    @property
    def pid(self) -> int:
        """The process."""
        return int(json.loads((self.own_home / "server.json").read_text("utf-8"))["pid"])

    @property
    def own_home(self) -> Path:
        """Its folder, if it is ours to break."""
        assert self.home is not None, "not a server of these tests"
        return self.home

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session of the driver's own, to look and write beside what is tested."""
        auth = (self.user, self.password)
        with (
            GraphDatabase.driver(self.uri, auth=auth) as driver,
            driver.session(database=self.database) as opened,
        ):
            yield opened

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)

    def start(self, *options: str) -> None:
        """Start it again, on the same ports and data."""
        script("start", *SMALL, "--while-locked", str(lock_of(self.own_home)), *options, home=self.own_home)

    def stop(self) -> None:
        """Stop it in good order."""
        script("stop", home=self.own_home)


def script(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run scripts/neo4j for a server whose folder is `home`; what it says stands in the error if it fails."""
    done = subprocess.run(
        [str(ROOT / "scripts" / "neo4j"), *arguments],
        env={**os.environ, "LINKAGE_NEO4J_HOME": str(home)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"scripts/neo4j {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done


def lock_of(home: Path) -> Path:
    """The file whose holders need the server in `home`."""
    return home.with_suffix(".held")


@contextmanager
def started(home: Path, *options: str) -> Iterator[Server]:
    """A server in `home`, shared with whoever else asks for it there, until the last of them leaves."""
    with lock_of(home).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        script("start", *SMALL, "--while-locked", str(lock_of(home)), *options, home=home)
        known = json.loads((home / "server.json").read_text("utf-8"))
        password = Path(known["password_file"]).read_text("utf-8").strip()
        yield Server(known["uri"], known["user"], password, known["database"], known["browser"], home)


def foreign() -> Server | None:
    """The server that the environment names."""
    given = os.environ
    if "NEO4J_URI" not in given:
        return None
    return Server(
        given["NEO4J_URI"],
        given.get("NEO4J_USER", "neo4j"),
        given.get("NEO4J_PASSWORD", ""),
        given.get("NEO4J_DATABASE", "neo4j"),
        given.get("NEO4J_BROWSER"),
    )


@contextmanager
def or_not_here(home: Path) -> Iterator[Server]:
    """A server in `home`. Where there can be none the test is skipped; in CI it fails."""
    entered = started(home)
    try:
        server = entered.__enter__()
    except RuntimeError as error:
        if IN_CI:
            raise
        pytest.skip(f"no Neo4j server could be started: {error}")
    try:
        yield server
    finally:
        entered.__exit__(None, None, None)


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The session's server. It has one database for all: give each test a case of its own."""
    outside = foreign()
    if outside:
        yield outside
        return
    folder = tmp_path_factory.getbasetemp()
    # Each worker has a folder inside the session's.
    folder = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with or_not_here(folder / "neo4j-shared") as server:
        yield server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server of this test alone, empty, to be broken as it likes. Takes 20 s: use it sparingly."""
    with or_not_here(tmp_path / "neo4j-own") as server:
        yield server
