"""A case is written whole or not at all."""

import errno
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from linkage.case import Case, CaseWriter, audit_faults, ndjson, writer
from linkage.case.journal import AUDIT, Act
from linkage.case.ndjson import read_lines
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


ACT = Act("mira", "investigate", {"settings": "5e77"})


def acts(folder: Path) -> list[str]:
    return [row["action"] for row in read_lines(folder / AUDIT)]


def test_the_entry_of_a_run_lands_with_its_tables_whenever_it_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tables without their entry would be nobody's; an entry without its tables, an act nobody did."""
    seen = set()
    for stop_at in range(80):
        folder = write_links(tmp_path / str(stop_at), [link("a", "b")])
        calls = 0

        def counted(original: Any, stop_at: int = stop_at) -> Any:
            def dying(*given: Any, **named: Any) -> Any:
                nonlocal calls
                calls += 1
                if calls > stop_at:
                    raise Stop
                return original(*given, **named)

            return dying

        with monkeypatch.context() as patch:
            patch.setattr(writer.os, "replace", counted(os.replace))
            patch.setattr(writer, "sync", counted(writer.sync))
            patch.setattr(ndjson, "_add", counted(ndjson._add))
            patch.setattr(Path, "unlink", counted(Path.unlink))
            patch.setattr(Path, "rmdir", counted(Path.rmdir))
            patch.setattr(writer.shutil, "rmtree", lambda *_, **__: None)
            patch.setattr(writer.CaseWriter, "_failed", lambda *_: None)
            try:
                with CaseWriter(folder, ACT) as case:
                    case.table("links", arrow("links", [link("c", "d"), link("e", "f")]))
                    case.receipt({"new": True})
            except Stop:
                pass
        now = Case(folder)
        done = now.run.get("new", False)
        assert acts(folder).count("investigate") == done, stop_at
        assert acts(folder).count("investigate begun") == (stop_at > 0)
        assert audit_faults(folder) == [] and not (folder / writer.READY).exists()
        if done:
            detail = read_lines(folder / AUDIT)[-1]["detail"]
            assert detail["run"] == hashlib.sha256((folder / "run.json").read_bytes()).hexdigest()
        seen.add(done)
        if calls <= stop_at:
            break
    assert seen == {False, True} and len(CASE) + 5 < stop_at < 79


def test_a_full_disk_at_the_last_moment_loses_neither_tables_nor_entry(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, full = ndjson._add, False

    def failing(file: Any, line: bytes) -> None:
        if full:
            raise OSError(errno.ENOSPC, "No space left on device")
        add(file, line)

    monkeypatch.setattr(ndjson, "_add", failing)
    with pytest.raises(OSError, match="No space"), CaseWriter(made, ACT) as case:
        case.receipt({"new": True})
        full = True
    assert "new" not in json.loads((made / "run.json").read_text())
    full = False
    assert Case(made).run["new"] and acts(made) == ["investigate begun", "investigate"]


def test_a_run_that_was_thrown_away_leaves_a_trace(made: Path) -> None:
    with pytest.raises(Stop), CaseWriter(made, ACT):
        raise Stop
    code = (
        "import os, signal\nfrom linkage.case import CaseWriter\nfrom linkage.case.journal import Act\n"
        f"with CaseWriter({str(made)!r}, Act('jo', 'investigate', {{'settings': 'a11'}})) as case:\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    with CaseWriter(made, ACT) as case:
        case.receipt({})
    rows = read_lines(made / AUDIT)
    assert [(row["who"], row["action"]) for row in rows] == [
        ("mira", "investigate begun"),
        ("mira", "investigate failed"),
        ("jo", "investigate begun"),
        ("mira", "investigate begun"),
        ("mira", "investigate"),
    ]
    assert rows[1]["detail"] == {"begun": 1, "why": "Stop"}
    assert rows[2]["detail"] == {"settings": "a11"} and rows[4]["detail"]["begun"] == 4
    assert audit_faults(made) == []


def test_a_first_run_that_comes_to_nothing_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(Stop), CaseWriter(tmp_path / "case", ACT):
        raise Stop
    assert not (tmp_path / "case").exists()


def test_a_case_is_for_its_owner_alone_whatever_stood_there(tmp_path: Path) -> None:
    folder = write_links(tmp_path / "case", [link("a", "b")])
    for each in (folder, *folder.iterdir()):
        each.chmod(0o777)
    before = os.umask(0)
    try:
        write_links(folder, [link("c", "d")])
        with CaseWriter(folder, ACT) as case:
            case.receipt({})
    finally:
        os.umask(before)
    modes = {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir()}
    assert set(modes.values()) == {0o600} and len(modes) > len(CASE) + 3
    assert folder.stat().st_mode & 0o777 == 0o700


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
