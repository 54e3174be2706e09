"""The saved questions: one `.cypher` file each, read into what it asks, needs and gives."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from linkage.distribution import DAMAGED, packaged
from linkage.errors import InputError, UsageError
from linkage.graph.query_safety import refusal

TITLE = re.compile(r"// (?P<title>\S.*)\n")
CATEGORY = re.compile(r"// category: (?P<category>\S.*)\n")
COLUMNS = re.compile(r"// columns:\n(?P<columns>(?://   \w+: .*\n)+)")
PARAMETERS = re.compile(r"/\* params:.*\n(?P<params>(?::param .*\n)+)\*/\n")
PARAMETER = re.compile(r":param (?P<name>\w+) => (?P<default>'[^'\\]*'|-?\d+);  // (?P<meaning>.*)")
ADVICE = re.compile(r"^// a picture: .*\n", re.MULTILINE)
USED = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question: an example of it, as Cypher writes it, and what it means."""

    name: str
    example: str
    meaning: str

    def read(self, given: str) -> str | int:
        """A value from the command line: a number where the example is one. Raises UsageError."""
        if self.example.startswith("'"):
            return given
        if not re.fullmatch(r"-?\d{1,18}", given):
            raise UsageError(f"--param {self.name}: {given} is no whole number")
        return int(given)


@dataclass(frozen=True)
class Question:
    """One file: its name, what it asks, under which heading, its columns with their meaning, and its text.

    `saved` is false for one of the user's own, whose parameters mean what he likes.
    """

    name: str
    title: str
    category: str
    columns: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    text: str
    saved: bool = True

    @property
    def cypher(self) -> str:
        """The query without what is said about it."""
        return PARAMETERS.sub("", re.sub(r"^//.*\n", "", self.text, flags=re.MULTILINE))

    @property
    def advice(self) -> str:
        """The comment on how Browser shows it best; empty but for pictures."""
        found = ADVICE.search(self.text)
        return found[0] if found else ""


def folder() -> Path:
    """Where the questions, the guide and the style for Browser lie. Raises InputError without them."""
    return packaged("queries")


@cache
def questions() -> Mapping[str, Question]:
    """All saved questions by name, in the order of their headings."""
    files = sorted(folder().glob("*.cypher"))
    if not files:
        raise InputError(f"{folder()}: the saved questions are not here", hint=DAMAGED)
    read = [parse(path.stem, path.read_text("utf-8")) for path in files]
    return {each.name: each for each in sorted(read, key=lambda each: (each.category, each.name))}


def question(asked: str) -> Question:
    """A saved question by its name, or one in a file of the user's own. Raises UsageError, InputError."""
    saved = questions().get(asked)
    if saved:
        return saved
    path = Path(asked)
    if path.suffix != ".cypher" or not path.is_file():
        raise UsageError(f"no question is called {asked}", hint="linkage neo4j query, for the list of them")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    return own(path, text)


def own(path: Path, text: str) -> Question:
    """A question of the user's own: it needs no header, and it may not change anything."""
    fault = refusal(text)
    if fault:
        raise InputError(f"{path}: {fault}", hint="a question only reads; change it and ask again")
    if TITLE.match(text) and COLUMNS.search(text):
        return replace(parse(path.stem, text), saved=False)
    named = dict.fromkeys(USED.findall(text))
    parameters = tuple(Parameter(name, "''", "of this file") for name in named)
    return Question(path.stem, path.stem, "", {}, parameters, text, saved=False)


def parse(name: str, text: str) -> Question:
    """A question from its file. Raises InputError where the header is not whole."""
    title, category = TITLE.match(text), CATEGORY.search(text)
    columns, params = COLUMNS.search(text), PARAMETERS.search(text)
    if not (title and category and columns):
        raise InputError(f"{name}.cypher: title, category or columns are missing in its first lines")
    described = (line[5:].partition(": ") for line in columns["columns"].splitlines())
    lines = params["params"].splitlines() if params else []
    found = [PARAMETER.fullmatch(line) for line in lines]
    if not all(found):
        raise InputError(f"{name}.cypher: a :param line is not as :param name => 'value';  // meaning")
    return Question(
        name,
        title["title"],
        category["category"],
        {column: meaning for column, _, meaning in described},
        tuple(Parameter(each["name"], each["default"], each["meaning"]) for each in found if each),
        text,
    )
