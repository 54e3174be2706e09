"""What the project says of itself is true: the README runs, and every signal says what it means."""

import os
import sys
from pathlib import Path

import pytest

from linkage.evidence.signals.registry import SIGNALS, WHOLE_CASE
from linkage.schema import FAMILIES, OTHER
from tests.guards.readme import Step, fault, reader, same, steps
from tests.neo4j_server import Server, neo4j_server

__all__ = ["neo4j_server"]

ROOT = Path(__file__).resolve().parents[1]
PYTHON = Path(sys.executable)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the project's root, where commands may leave files behind."""
    return reader(tmp_path_factory.mktemp("readme"), ROOT)


@pytest.fixture(scope="module")
def readme() -> list[Step]:
    return steps((ROOT / "README.md").read_text("utf-8"))


# --- the README ----------------------------------------------------------------------------------


def test_the_readme_names_the_commands_that_do_everything(readme: list[Step]) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "`scripts/demo`" in text and "`scripts/test`" in text
    commands = [step.text for step in readme if step.kind == "console"]
    assert commands[0] == "scripts/demo", "what is pasted first does the set-up"
    assert {each.partition(" ")[0] for each in commands} >= {"scripts/demo", ".venv/bin/linkage"}
    assert any(step.kind in ("python", "session") for step in readme)


def test_the_readme_is_short(readme: list[Step]) -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 250


def test_what_the_readme_shows_is_what_a_reader_gets(readme: list[Step], beside: Path) -> None:
    """In order and in one folder: later steps may build on what earlier ones made."""
    faults = [fault(step, beside, PYTHON) for step in readme if step.runs and not in_neo4j(step)]
    assert not any(faults), "\n\n".join(filter(None, faults))


def in_neo4j(step: Step) -> bool:
    return "linkage neo4j " in step.text


def test_what_it_shows_of_neo4j_too(
    readme: list[Step], beside: Path, neo4j_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in neo4j_server.environment.items():
        monkeypatch.setenv(name, value)
    if not (beside / "cases" / "demo").exists():
        pytest.skip("the steps before were not run")
    faults = [fault(step, beside, PYTHON) for step in readme if in_neo4j(step)]
    assert len(faults) >= 2
    assert not any(faults), "\n\n".join(filter(None, faults))


def test_the_readme_shows_what_the_demo_prints(readme: list[Step]) -> None:
    """scripts/demo is the set-up, which these tests stand on, and then the command that is run for it."""
    demos = [step for step in readme if step.text.startswith("scripts/demo")]
    assert any(step.shown for step in demos)
    assert {step.command for step in demos} == {"linkage demo"}
    assert all(step.runs for step in demos)


@pytest.mark.parametrize(
    "name",
    [
        "scripts/setup",
        "scripts/demo",
        "scripts/test",
        "scripts/check",
        "scripts/neo4j",
        "scripts/programs",
        ".ci/run",
    ],
)
def test_the_scripts_can_be_run(name: str) -> None:
    assert os.access(ROOT / name, os.X_OK)
    assert (ROOT / name).read_text("utf-8").startswith("#!/bin/sh\n")


# --- the signals ---------------------------------------------------------------------------------


def test_every_signal_says_what_it_means() -> None:
    assert SIGNALS
    for signal in (*SIGNALS, *WHOLE_CASE):
        assert signal.family in (FAMILIES if signal in SIGNALS else (OTHER,)), signal.name
        assert len(signal.meaning.split()) >= 8, f"{signal.name}: too short for an investigator"
        assert signal.meaning.endswith("."), f"{signal.name}: not a sentence"


def test_no_two_signals_are_alike() -> None:
    every = (*SIGNALS, *WHOLE_CASE)
    assert len({signal.name for signal in every}) == len(every)
    assert len({_words(signal.meaning) for signal in every}) == len(every)


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


# --- the runner itself ---------------------------------------------------------------------------

SAMPLE = """
# Sample

```console
$ echo one \\
    two
one two
$ scripts/test
a
…
$ true
```

```bash
scripts/check
echo four \\
    five
```

```output
four five
```

```python
print("three")
```

```output
three
```

```python
>>> [1, 2,
...  3]
[1, …]
```

```sh
false
```
"""


def test_the_runner_finds_commands_scripts_and_sessions() -> None:
    found = [(step.kind, step.text.strip(), step.shown, step.runs) for step in steps(SAMPLE)]
    assert found == [
        ("console", "echo one two", "one two", True),
        ("console", "scripts/test", "a\n…", False),
        ("console", "true", None, True),
        ("console", "scripts/check", None, False),
        ("console", "echo four five", "four five\n", True),
        ("python", 'print("three")', "three\n", True),
        ("session", ">>> [1, 2,\n...  3]\n[1, …]", None, True),
    ]
    assert [step.line for step in steps(SAMPLE)] == [5, 8, 11, 15, 16, 25, 33]


def test_the_runner_passes_what_is_true(tmp_path: Path) -> None:
    assert [fault(step, tmp_path, PYTHON) for step in steps(SAMPLE) if step.runs] == [""] * 5


@pytest.mark.parametrize(
    "block",
    [
        "```console\n$ echo one\ntwo\n```\n",
        "```console\n$ false\n```\n",
        "```console\n$ no-such-command\n```\n",
        "```bash\nfalse\n```\n",
        "```bash\necho one\n```\n\n```output\ntwo\n```\n",
        "```python\nraise ValueError\n```\n",
        "```python\nprint(1)\n```\n\n```output\n2\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
    ],
)
def test_the_runner_catches_what_is_not_true(block: str, tmp_path: Path) -> None:
    [step] = steps(block)
    assert fault(step, tmp_path, PYTHON)


def test_steps_share_one_folder(tmp_path: Path) -> None:
    text = "```console\n$ echo kept > left\n```\n```python\nassert open('left').read() == 'kept\\n'\n```\n"
    assert [fault(step, tmp_path, PYTHON) for step in steps(text)] == ["", ""]


@pytest.mark.parametrize(
    ("shown", "printed", "alike"),
    [
        ("a … c", "a b c", True),
        ("a\n…\nz", "a\nb\nc\nz\n", True),
        ("a  ", "a\n", True),
        ("a.c", "abc", False),
        ("a", "a\nb", False),
        ("…b", "a", False),
    ],
)
def test_an_ellipsis_stands_for_anything_and_nothing_else_does(shown: str, printed: str, alike: bool) -> None:
    assert same(shown, printed) is alike
