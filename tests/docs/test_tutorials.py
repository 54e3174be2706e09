"""What the tutorials show is what a reader gets who follows them in order, in one checkout."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.guards.readme import Step, fault, reader, steps
from tests.neo4j_server import Server, neo4j_server

__all__ = ["neo4j_server"]

PYTHON = Path(sys.executable)
TUTORIALS = ROOT / "docs" / "tutorials"


def followed(name: str, folder: Path) -> list[str]:
    """What is wrong with a tutorial, step by step; nothing is an empty list."""
    told = [step for step in _steps(name) if step.runs]
    assert len(told) >= 4
    return [found for step in told if (found := fault(step, folder, PYTHON))]


def _steps(name: str) -> list[Step]:
    return steps((TUTORIALS / f"{name}.md").read_text("utf-8"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reader(tmp_path_factory.mktemp("tutorials"), ROOT)


@pytest.fixture(scope="module")
def first_case(checkout: Path) -> list[str]:
    """The first tutorial, which makes the case that others go on with."""
    return followed("first-case", checkout)


def test_the_first_case(first_case: list[str]) -> None:
    assert not first_case, "\n\n".join(first_case)


@pytest.mark.parametrize("name", ["questions", "bundle", "measuring"])
def test_tutorials_that_leave_the_case_as_it_is(name: str, checkout: Path, first_case: list[str]) -> None:
    faults = followed(name, checkout)
    assert not faults, "\n\n".join(faults)


RUN_CELLS = """
import ast, json, sys
names = {}
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        body = ast.parse("".join(cell["source"])).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), cell["id"], "exec"), names)
        value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names) if last else None
        html = value._repr_html_() if hasattr(value, "_repr_html_") else ""
        print(json.dumps({"id": cell["id"], "text": repr(value)[:2000], "html": html}))
"""
"""What Jupyter does with a notebook, cell by cell: it runs all of a cell, and shows the last value."""


def test_the_notebook(checkout: Path, first_case: list[str]) -> None:
    """It runs from top to bottom, and what people open it for shows itself as a page, not as raw Python."""
    notebook = TUTORIALS / "notebook.ipynb"
    known = json.loads(notebook.read_text("utf-8"))
    assert (known["nbformat"], known["nbformat_minor"]) == (4, 5)
    assert all(not cell.get("outputs") for cell in known["cells"]), "kept without what it showed once"
    done = subprocess.run(
        [PYTHON, "-c", RUN_CELLS, str(notebook)], cwd=checkout, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr
    shown = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}
    assert set(shown) == {cell["id"] for cell in known["cells"] if cell["cell_type"] == "code"}
    for name, told in {
        "open": "op-fa6601a29e",
        "findings": "op-fa6601a29e",
        "account": "115.214.37.31",
        "explain": "3aab8cd81b1ad7b7",
        "why-not": "not linked",
    }.items():
        assert told in shown[name]["html"], name
        assert "<table" in shown[name]["html"] and len(shown[name]["html"]) < 60_000, name
    assert "lineage" in shown["bits"]["text"] and shown["chart"]["html"] == ""


def test_the_case_in_neo4j(
    checkout: Path, first_case: list[str], neo4j_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in neo4j_server.environment.items():
        monkeypatch.setenv(name, value)
    faults = followed("neo4j", checkout)
    assert not faults, "\n\n".join(faults)


def test_verdicts(checkout: Path, first_case: list[str]) -> None:
    """Last, for they change what the next run finds."""
    faults = followed("judging", checkout)
    assert not faults, "\n\n".join(faults)


def test_every_tutorial_is_followed() -> None:
    assert {path.stem for path in TUTORIALS.glob("*.md")} == {
        "first-case",
        "questions",
        "bundle",
        "measuring",
        "neo4j",
        "judging",
    }
