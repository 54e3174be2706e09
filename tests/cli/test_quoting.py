"""Commands that are printed for somebody to copy: whatever a path or a name holds stays one word."""

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import linkage
from linkage.errors import command

ROOT = Path(linkage.__file__).parent
BEFORE = re.compile(r"(?:\blinkage(?: [a-z-]+)+|\bchmod|\bcurl|\bcd) (?:[^;\n]* )?$")
QUOTED = ("command", "quote", "join", "install_command")
OF_OUR_OWN = {"cli/verbs/case.py"}
"""Examples in a help text, whose words are fixed."""


def unquoted(source: str) -> Iterator[str]:
    """Pieces of f-strings where something stands in a command as it is."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        said = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                said += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                name = part.value.func if isinstance(part.value, ast.Call) else None
                called = getattr(name, "attr", getattr(name, "id", ""))
                if BEFORE.search(said) and called not in QUOTED:
                    yield f"{said}{{{ast.unparse(part.value)}}}"
                said += "X"


def test_what_stands_in_a_printed_command_is_quoted() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {piece}"
        for path in ROOT.rglob("*.py")
        if str(path.relative_to(ROOT)) not in OF_OUR_OWN
        for piece in unquoted(path.read_text("utf-8"))
    }
    assert found == set()


def test_the_scan_sees_what_is_not_quoted() -> None:
    assert list(unquoted('say(f"next: linkage show {case} {group}")')) != []
    assert list(unquoted('hint = f"chmod 600 {path}"')) != []
    assert list(unquoted("say(f\"next: {command('linkage', 'show', case)}\")")) == []


def test_a_shell_takes_each_word_for_one() -> None:
    words = ("linkage", "show", Path("my case; rm -rf ~"), "$(id)", "a'b", "", 5)
    assert shlex.split(command(*words)) == [str(each) for each in words]
