"""The blocks of a Markdown file that a reader would run, and what running them must print.

A ```console block holds commands (lines that begin with `$ `; a line that ends with a backslash goes on),
each followed by what it prints, or by nothing if that is not shown. A ```bash block holds commands as they
are pasted, one a line. A ```python block is run as a script, or as a session if it holds `>>> `. An ```output
block right after a script, or after a ```bash block, shows what the script or the block's last command
prints. In shown output `…` stands for any text, also of several lines. Blocks of other kinds are not run.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)

ELSEWHERE = (
    "scripts/test",
    "scripts/check",
    "scripts/setup",
    "scripts/neo4j ",
    "git clone",
    "cd ",
    "apt",
    "uv ",
    "pip ",
)
"""How commands begin that are not run here: they make what these tests run in."""

STAND_IN = {"scripts/demo": "linkage demo"}
"""What is run in place of a command that first makes the environment these tests run in."""

KEPT_BACK = {".git", ".venv", ".neo4j", ".artefacts", "cases", "site", "build", "dist"}
"""What a reader's folder does not have of this project's root."""


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

    @property
    def command(self) -> str:
        """The command that is run for it."""
        for begin, instead in STAND_IN.items():
            if self.text == begin or self.text.startswith(f"{begin} "):
                return instead + self.text.removeprefix(begin)
        return self.text


def reader(folder: Path, root: Path) -> Path:
    """Makes `folder` look like the project's root, with the environment these tests run in as `.venv`;
    commands may leave files behind in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in root.iterdir():
        if entry.name not in KEPT_BACK and not entry.name.endswith(("_cache", ".egg-info")):
            (folder / entry.name).symlink_to(entry)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def steps(markdown: str) -> list[Step]:
    """Everything in the text that a reader would run, in order."""
    blocks = list(BLOCK.finditer(markdown))
    found: list[Step] = []
    for block, after in zip(blocks, [*blocks[1:], None], strict=True):
        line = markdown.count("\n", 0, block.start()) + 2
        shown = after[2] if after and after[1] == "output" and _adjoins(markdown, block, after) else None
        if block[1] == "console":
            found.extend(_commands(block[2], line))
        elif block[1] == "bash":
            pasted = list(_commands(_prompted(block[2]), line))
            found.extend([*pasted[:-1], replace(pasted[-1], shown=shown)])
        elif block[1] == "python":
            found.append(Step("session" if ">>> " in block[2] else "python", block[2], line, shown))
    return found


def _adjoins(markdown: str, block: re.Match[str], after: re.Match[str]) -> bool:
    return not markdown[block.end() : after.start()].strip()


def _prompted(text: str) -> str:
    """Pasted commands as they look after a prompt; what goes on after a backslash has none."""
    lines = text.splitlines()
    begins = [True, *(not line.endswith("\\") for line in lines[:-1])]
    return "\n".join(f"$ {line}" if new else line for line, new in zip(lines, begins, strict=True))


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
    command = ["bash", "-c", step.command] if step.kind == "console" else [str(python), "-c", step.text]
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
