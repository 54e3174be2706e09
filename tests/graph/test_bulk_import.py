"""Files for neo4j-admin's import: loaded into a server of their own, they are the graph that a push makes."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase

from linkage.case import Case
from linkage.cli.app import run
from linkage.errors import UsageError
from linkage.graph import bulk_import, schema
from linkage.graph.bulk_import import Written
from linkage.graph.case_graph import Options
from linkage.graph.export import exported
from tests.graph import made
from tests.graph.loaded_fixture import NAME, Loaded
from tests.graph.made import load
from tests.neo4j_server import ROOT, Server, or_not_here

IMPORT = [
    str(ROOT / "scripts/neo4j"),
    "admin",
    "database",
    "import",
    "full",
    "neo4j",
    f"@{bulk_import.ARGUMENTS}",
]

HOSTILE = "say \"it\", 'so'; a\\b\\\r\nnew line\ttab \x1f\x1e ‮ {0} } ] ) //"


@dataclass
class Importing:
    """A server's folder, into whose database files are imported while it does not run."""

    home: Path

    @contextmanager
    def loaded(self, files: Path, *more: str) -> Iterator[Server]:
        """The server, with these files and nothing else in its database."""
        done = subprocess.run(
            [*IMPORT, *more],
            cwd=files,
            env={**os.environ, "LINKAGE_NEO4J_HOME": str(self.home)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        with or_not_here(self.home) as server:
            yield server
            server.stop()


@pytest.fixture(scope="module")
def importing(neo4j_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Importing:
    """A folder of this module alone, for a server on its own."""
    made.skip_without_server(neo4j_server)
    home = tmp_path_factory.mktemp("importing") / "neo4j"
    home.mkdir()
    return Importing(home)


@contextmanager
def looking(server: Server) -> Iterator[Any]:
    auth = (server.user, server.password)
    with GraphDatabase.driver(server.uri, auth=auth) as driver, driver.session(database="neo4j") as session:
        yield session


def files(case: Case, folder: Path, options: Options) -> Written:
    return exported(case, folder, options, progress=made.quiet)


def digest(server: Server, name: str) -> str:
    with looking(server) as session:
        return made.digest(session, name)


def test_imported_files_are_the_graph_that_a_push_makes(
    loaded: Loaded, neo4j_server: Server, importing: Importing, tmp_path: Path
) -> None:
    written = files(loaded.case, tmp_path / "files", Options(NAME, with_text=True))
    assert not written.quarantine.rows and written.rows["Account LINKED_TO Account"] > 100
    with importing.loaded(tmp_path / "files") as server:
        done = load(loaded.case, server, NAME, with_text=True)
        assert done.unchanged and done.whole, "the push after an import has nothing to send"
        assert done.there == {name: written.rows[name] for name in done.there}
        with looking(server) as session:
            constraints = session.run("SHOW CONSTRAINTS YIELD name").value()
        assert len(constraints) == 12
        assert digest(server, NAME) == digest(neo4j_server, NAME)


def test_odd_values_come_through_an_import_as_through_a_push(
    neo4j_server: Server, importing: Importing, tmp_path: Path
) -> None:
    given = made.tables()
    for number, row in enumerate(given["prompts"]):
        row["example"] = f"{number} {HOSTILE}"
    given["evidence"][0]["detail"] = HOSTILE
    given["findings"][0]["summary"] = HOSTILE
    given["observations"] += [
        made.seen(made.MEMBERS[0], "referrer", HOSTILE),
        made.seen(made.MEMBERS[1], "fingerprint", "1:2"),
        made.seen(made.MEMBERS[0], "referrer", " x "),
        made.seen(made.MEMBERS[0], "device", "y" * 9_000),
    ]
    case = made.case(tmp_path / "odd", given)
    written = files(case, tmp_path / "files", Options("odd", everything=True, with_text=True))
    # The key that is too long, and the relationship to it.
    assert [each.part for each in written.quarantine.rows] == ["Device", "Account USED_DEVICE Device"]
    # U+001F occurs, so something else stands between elements.
    assert "--array-delimiter=U+001D" in (tmp_path / "files" / bulk_import.ARGUMENTS).read_text("utf-8")
    pushed = load(case, neo4j_server, "odd", everything=True, with_text=True)
    assert pushed.sent == written.rows
    with importing.loaded(tmp_path / "files", "--overwrite-destination") as server:
        assert load(case, server, "odd", everything=True, with_text=True).unchanged
        with looking(server) as mine, looking(neo4j_server) as other:
            assert made.graph(mine, "odd") == made.graph(other, "odd")


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    case = made.case(tmp_path / "c")
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        files(case, tmp_path, Options("x"))
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_the_same_files_again(tmp_path: Path) -> None:
    case, folder = made.case(tmp_path / "c"), tmp_path / "files"
    files(case, folder, Options("x"))
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    (folder / bulk_import.REPORT).write_text("what the importer leaves")
    (folder / bulk_import.file_name(schema.OPERATOR)).write_text("stale")
    files(case, folder, Options("x"))
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_the_command_names_what_loads_the_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, folder = made.case(tmp_path / "c"), tmp_path / "to load"
    assert run(["neo4j", "import-files", str(case.path), "--out", str(folder), "--quiet"]) == 0
    printed = capsys.readouterr().out
    assert f"cd '{folder}' && neo4j-admin database import full neo4j @import.args" in printed
    assert run(["neo4j", "import-files", str(case.path), "--quiet"]) == 2
    assert "CREATE CONSTRAINT linkage_account" in (folder / bulk_import.CONSTRAINTS).read_text("utf-8")
