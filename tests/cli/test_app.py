"""The program: help, version, completion, and what it loads."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import linkage as front
from linkage.cli.app import app
from linkage.errors import IntegrityError
from tests.cli.looks import LOOKS, look
from tests.conftest import Command


def verbs(program: typer.Typer, *before: str) -> Iterator[tuple[str, ...]]:
    """The words of every verb, those of groups too."""
    for command in program.registered_commands:
        yield (*before, str(command.name))
    for group in program.registered_groups:
        assert group.typer_instance is not None
        yield from verbs(group.typer_instance, *before, str(group.name))


VERBS = list(verbs(app))
GROUPS: tuple[tuple[str, ...], ...] = (
    (), ("neo4j",), ("bundle",), ("bundle", "challenge"), ("bundle", "timestamp"), ("keys",), ("runs",),
)  # fmt: skip


def in_a_process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "from linkage.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, check=True, env={**os.environ, **environment},
    )  # fmt: skip


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_every_verb_has_examples(linkage: Command, words: tuple[str, ...]) -> None:
    code, out, _ = linkage(*words, "--help")
    assert code == 0
    found = len(re.findall(rf"^ +linkage {' '.join(words)}", out, re.MULTILINE))
    assert found == 2 if len(words) == 1 else found >= 1
    assert "..." not in out.split("\n\n")[1]


def test_the_verbs_are_those_of_the_contract() -> None:
    main = "investigate demo groups show explain why-not judge simulate evaluate doctor report share settings"
    main += " account who shared collateral diff export appeal"
    assert {(each,) for each in main.split()} < set(VERBS)
    assert {("neo4j", each) for each in ["push", "pull", "query", "queries", "guide", "import-files"]} < set(
        VERBS
    )
    assert {("bundle", each) for each in ["create", "redact", "verify"]} < set(VERBS)
    assert {("keys", each) for each in ["new", "show", "trust"]} < set(VERBS)
    assert {("runs", each) for each in ["list", "clear"]} < set(VERBS)


@pytest.mark.parametrize("words", GROUPS, ids=" ".join)
def test_a_program_without_a_verb_prints_its_help(linkage: Command, words: tuple[str, ...]) -> None:
    bare = linkage(*words)
    assert bare == linkage(*words, "--help")
    assert bare[0] == 0
    assert bare[1].startswith(f"Usage: {' '.join(('linkage', *words))} [OPTIONS] COMMAND")


def test_the_version_is_that_of_the_package(linkage: Command) -> None:
    assert linkage("--version") == (0, f"linkage {front.__version__}\n", "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("linkage ex", {"explain", "export"}), ("linkage keys ", {"new", "show", "trust", "exchange"})],
)
def test_bash_completes_verbs(typed: str, offered: set[str]) -> None:
    last = str(len(typed.split(" ")) - 1)
    done = in_a_process(_LINKAGE_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=last)
    assert {*done.stdout.split()} == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_shown_and_installed(shell: str, tmp_path: Path) -> None:
    # Without this variable the shell is found by looking at the process above, whatever it is in a test.
    home = {"HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    assert "_LINKAGE_COMPLETE" in in_a_process("--show-completion", shell, **home).stdout
    in_a_process("--install-completion", shell, **home)
    written = [each.read_text() for each in tmp_path.rglob("*") if each.is_file()]
    assert any("_LINKAGE_COMPLETE" in each for each in written)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom linkage.cli import run\nassert run(['--help']) == 0\n"
        "heavy = {'rich', 'pyarrow', 'numpy', 'pydantic', 'ibis', 'torch', 'faiss', 'networkx', 'altair'}\n"
        "loaded = heavy & {name.split('.')[0] for name in sys.modules}\nassert not loaded, loaded"
    )
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
    # The promise is 0.4 s on an idle machine; this only catches a heavy import that the list above forgot.
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("given", LOOKS[:-2], ids=" ".join)
def test_a_look_loads_neither_pandas_nor_a_query_engine(made: Path, given: tuple[str, ...]) -> None:
    code = (
        f"import sys\nfrom linkage.cli import run\nassert run({look(given, made)!r}) == 0\n"
        "heavy = {'pandas', 'pydantic_settings', 'ibis', 'duckdb', 'torch', 'networkx', 'pyarrow.dataset'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)


def test_help_ends_no_line_in_dots(linkage: Command) -> None:
    for words in GROUPS:
        assert "..." not in linkage(*words, "--help")[1].split("Commands:")[1]


def test_the_front_door_is_few_names_and_loads_nothing() -> None:
    assert front.__all__ == ["Settings", "investigate", "open_case"]
    code = (
        "import sys, linkage; assert not {'pyarrow', 'pydantic', 'ibis'} & set(sys.modules); linkage.Settings"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="shoes"):
        _ = front.shoes
    assert {*front.__all__} <= {*dir(front)}
    assert issubclass(IntegrityError, Exception)
