"""A case is written whole or not at all."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from linkage.case import Case, CaseWriter, writer
from linkage.case.journal import AUDIT
from linkage.errors import CaseError, IntegrityError
from linkage.links import constraints
from linkage.schema import CASE
from tests import made_case
from tests.made_case import OPERATOR, arrow


def link(left: str, right: str, log_odds: float = 1.0) -> dict[str, Any]:
    return {"left": left, "right": right, "log_odds": log_odds, "families": ["payment"], "verdict": None}


def write_links(folder: Path, rows: list[dict[str, Any]]) -> Path:
    return made_case.write(folder, {"links": rows})


def test_every_table_of_the_contract_is_there_and_has_its_schema(made: Path) -> None:
    for name, declared in CASE.items():
        assert pq.read_schema(made / f"{name}.parquet").equals(declared.schema), name
    for name in ("quarantine.ndjson", "verdicts.ndjson", "audit.ndjson", "run.json"):
        assert (made / name).is_file(), name


def test_receipt_names_the_digest_size_and_rows_of_each_output(made: Path) -> None:
    outputs = json.loads((made / "run.json").read_text())["outputs"]
    assert set(outputs) == {f"{name}.parquet" for name in CASE} | {"quarantine.ndjson"}
    for name, said in outputs.items():
        content = (made / name).read_bytes()
        assert said["sha256"] == hashlib.sha256(content).hexdigest()
        assert said["bytes"] == len(content)
    assert outputs["groups.parquet"]["rows"] == len(OPERATOR)


def test_the_quarantine_moves_in_and_verdicts_and_audit_stay(made: Path, tmp_path: Path) -> None:
    Case(made).judge(constraints.on_pair("linked", "acct_00", "home_00", "seen"), who="mira")
    before = (made / "verdicts.ndjson").read_bytes(), (made / AUDIT).read_bytes()
    (tmp_path / "left").write_text('{"row": 1}\n')
    with CaseWriter(made) as case:
        case.quarantine(tmp_path / "left")
        case.receipt({})
    assert (made / "quarantine.ndjson").read_text() == '{"row": 1}\n'
    assert len(Case(made).groups) == 0
    assert ((made / "verdicts.ndjson").read_bytes(), (made / AUDIT).read_bytes()) == before


class Stop(Exception):
    pass


def test_a_run_that_fails_leaves_the_earlier_case_as_it_was(made: Path) -> None:
    before = {file.name: file.read_bytes() for file in made.iterdir()}
    with pytest.raises(Stop), CaseWriter(made) as case:
        case.table("links", arrow("links", [link("x", "y")]))
        raise Stop
    assert {file.name: file.read_bytes() for file in made.iterdir()} == before


def test_a_run_killed_at_any_file_operation_leaves_the_old_case_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, seen = os.replace, set()
    for stop_at in range(40):
        folder = write_links(tmp_path / str(stop_at), [link("a", "b")])
        calls = 0

        def dying(source: Any, target: Any, stop_at: int = stop_at) -> None:
            nonlocal calls
            if calls == stop_at:
                raise Stop
            calls += 1
            replace(source, target)

        # What a kill skips is what comes after: no clean-up of ours may be needed.
        with monkeypatch.context() as patch:
            patch.setattr(writer.os, "replace", dying)
            patch.setattr(writer.shutil, "rmtree", lambda *_, **__: None)
            try:
                with CaseWriter(folder) as case:
                    case.table("links", arrow("links", [link("c", "d"), link("e", "f")]))
                    case.receipt({"new": True})
            except Stop:
                pass
        case_now = Case(folder)
        state = case_now.run.get("new", False), len(case_now.links)
        assert state in ((False, 1), (True, 2))
        for name, said in case_now.run["outputs"].items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == said["sha256"]
        seen.add(state)
        if calls < stop_at:
            break
    assert seen == {(False, 1), (True, 2)}
    assert stop_at > len(CASE)


def test_a_real_kill_between_two_tables(made: Path) -> None:
    before = {file.name: file.read_bytes() for file in made.iterdir() if file.is_file()}
    code = (
        "import os, signal, sys\nfrom linkage.case import CaseWriter\nfrom linkage.schema import CASE\n"
        f"with CaseWriter({str(made)!r}) as case:\n"
        "    case.table('links', CASE['links'].schema.empty_table())\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    assert {file.name: file.read_bytes() for file in made.iterdir() if file.is_file()} == before
    assert len(Case(made).links) > 0
    write_links(made, [link("a", "b")])  # the next run clears what was left
    assert not (made / ".writing").exists()


def test_two_runs_at_once_are_refused(made: Path) -> None:
    with CaseWriter(made) as case:
        with pytest.raises(CaseError, match="another run"), CaseWriter(made):
            pass
        case.receipt({})


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(CaseError, match="no case"), CaseWriter(tmp_path):
        pass
    with pytest.raises(CaseError, match="is a file"), CaseWriter(tmp_path / "thesis.txt"):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_case_without_receipt_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="without a receipt"), CaseWriter(tmp_path / "case"):
        pass
    with pytest.raises(CaseError, match="no case folder"):
        Case(tmp_path / "case")
