"""The blocks of a Markdown file that a reader would run, and what running them must print.

A ```console block holds commands (lines that begin with `$ `; a line that ends with a backslash goes on),
each followed by what it prints, or by nothing if that is not shown. A ```python block is run as a script, or
as a session if it holds `>>> `; an ```output block right after a script shows what it prints. In shown
output `…` stands for any text, also of several lines. Blocks of other kinds are not run.
"""

import doctest
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)

ELSEWHERE = ("scripts/demo", "scripts/test", "scripts/check", "git clone", "cd ", "apt", "uv ", "pip ")
"""How commands begin that are not run here: they make the environment these tests run in."""


@dataclass(frozen=True)
class Step:
    """One command or Python text, the line it stands on, and the output shown for it (None: none is)."""

    kind: str
    text: str
    line: int
    shown: str | None

    @property
    def runs(self) -> bool:
        """Whether it is run here."""
        return self.kind != "console" or not self.text.startswith(ELSEWHERE)


def steps(markdown: str) -> list[Step]:
    """Everything in the text that a reader would run, in order."""
    blocks = list(BLOCK.finditer(markdown))
    found: list[Step] = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        line = markdown.count("\n", 0, block.start()) + 2
        if block[1] == "console":
            found.extend(_commands(block[2], line))
        elif block[1] == "python":
            shown = after[2] if after and after[1] == "output" and _adjoins(markdown, block, after) else None
            found.append(Step("session" if ">>> " in block[2] else "python", block[2], line, shown))
    return found


def _adjoins(markdown: str, block: re.Match[str], after: re.Match[str]) -> bool:
    return not markdown[block.end() : after.start()].strip()


def _commands(text: str, line: int) -> Iterator[Step]:
    command, output, start = "", [], line
    for at, each in enumerate([*text.splitlines(), "$ "], line):
        if command.endswith("\\"):
            command = f"{command[:-1].rstrip()} {each.strip()}"
        elif each.startswith("$ "):
            if command:
                yield Step("console", command, start, "\n".join(output) if any(output) else None)
            command, output, start = each[2:].strip(), [], at
        else:
            output.append(each)


def fault(step: Step, folder: Path, python: Path) -> str:
    """What is wrong with a step when it is run in `folder`; nothing is the empty string."""
    if step.kind == "session":
        return _session_fault(step, folder, python)
    command = ["bash", "-c", step.text] if step.kind == "console" else [str(python), "-c", step.text]
    done = _run(command, folder, python)
    if done.returncode:
        return f"line {step.line}: {step.text}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
    if step.shown is not None and not same(step.shown, done.stdout):
        return f"line {step.line}: {step.text}\nshown:\n{step.shown}\nprinted:\n{done.stdout}"
    return ""


def _session_fault(step: Step, folder: Path, python: Path) -> str:
    session = folder / f"session-{step.line}.txt"
    session.write_text(step.text.replace("…", "..."), "utf-8")
    options = [word for flag in ("ELLIPSIS", "NORMALIZE_WHITESPACE") for word in ("-o", flag)]
    done = _run([str(python), "-m", doctest.__name__, *options, str(session)], folder, python)
    return f"line {step.line}:\n{done.stdout}{done.stderr}" if done.returncode else ""


def _run(command: list[str], folder: Path, python: Path) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    surroundings |= {"NO_COLOR": "1", "COLUMNS": "100", "TZ": "UTC", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command,
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=600,
    )


def same(shown: str, printed: str) -> bool:
    """Whether the printed text is the shown one, blanks at the ends of lines apart."""
    pattern = ".*?".join(re.escape(part) for part in _trimmed(shown).split("…"))
    return re.fullmatch(pattern, _trimmed(printed), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines()).rstrip()
