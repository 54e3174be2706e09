"""What a report is made of, whatever file it becomes: groups of sections, sections of blocks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linkage.report.svg import Drawing

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Number:
    """A number as people read it; where it is a claim's, with the claim, its place in the list, and its value
    digit by digit."""

    text: str
    claim: str = ""
    place: int = 0
    value: str = ""


Cell = str | Number


@dataclass(frozen=True)
class Prose:
    """A paragraph; `strong` for what must not be overlooked."""

    text: str
    strong: bool = False
    kind: str = "prose"


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    said: Sequence[str]
    kind: str = "points"


@dataclass(frozen=True)
class Facts:
    """Names with their values; each may have a remark."""

    pairs: Sequence[tuple[str, Cell, str]]
    kind: str = "facts"


@dataclass(frozen=True)
class Table:
    """A table; `right` are the columns of numbers, `wide` is the one that takes what room is left."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    right: frozenset[int] = frozenset()
    wide: int = 0
    anchors: Sequence[str] = ()
    kind: str = "table"


@dataclass(frozen=True)
class Picture:
    """A drawing, the same as `narrow` as a telephone, what it says in words, the same as a table, and the
    same as a Vega-Lite specification."""

    name: str
    title: str
    said: str
    drawing: Drawing
    narrow: Drawing
    spec: Row
    table: Table | None = None
    note: str = ""
    moves: bool = False
    kind: str = "picture"


@dataclass(frozen=True)
class Example:
    """A text as it was found."""

    caption: str
    text: str
    kind: str = "example"


@dataclass(frozen=True)
class Names:
    """Many short names."""

    caption: str
    names: Sequence[str]
    kind: str = "names"


@dataclass(frozen=True)
class Withheld:
    """What a view keeps back, and why."""

    what: str
    why: str
    kind: str = "withheld"


@dataclass(frozen=True)
class Sides:
    """Two lists of blocks side by side, each with its heading."""

    left: "Section"
    right: "Section"
    kind: str = "sides"


@dataclass(frozen=True)
class Entry:
    """A group in a list of groups: its `place` among those of the report (from 1; 0 where it has no section),
    a word for how it `stands`, its size as a `part` of the largest (0 to 1), its figures, and one line."""

    name: str
    place: int
    stands: str
    part: float
    figures: Sequence[tuple[str, Cell]]
    said: str


@dataclass(frozen=True)
class Index:
    """Groups one under another, each leading to its section."""

    entries: Sequence[Entry]
    kind: str = "index"


@dataclass(frozen=True)
class Answer:
    """A question with its answer, sentence by sentence; `known` is false where the logs cannot say."""

    question: str
    said: Sequence[str]
    known: bool = True


@dataclass(frozen=True)
class Answers:
    """Questions with their answers beside them."""

    rows: Sequence[Answer]
    kind: str = "answers"


Block = Prose | Points | Facts | Table | Picture | Example | Names | Withheld | Sides | Index | Answers


@dataclass(frozen=True)
class Section:
    """Blocks under a heading. A `folded` section opens when it is asked for, and stands in an annex on paper;
    `gist` says in a few words what it holds."""

    title: str
    blocks: Sequence[Block]
    gist: str = ""
    folded: bool = False


@dataclass(frozen=True)
class Group:
    """One group of accounts, and what a person decided on it last; empty where nobody did."""

    name: str
    sections: Sequence[Section]
    decided: str = ""


@dataclass(frozen=True)
class Document:
    """A whole report; `day` is the day it is dated (YYYY-MM-DD), `scripted`: it may bring its script,
    `contents`: it has enough sections for a list of them."""

    title: str
    label: str
    about: Sequence[tuple[str, str]]
    opening: Sequence[Section]
    groups: Sequence[Group]
    closing: Sequence[Section] = field(default_factory=tuple)
    day: str = "2000-01-01"
    scripted: bool = False
    contents: bool = True


def pictures(document: Document) -> list[tuple[str, Picture]]:
    """All pictures, each with the name of its group."""
    return [
        (group.name, block)
        for group in document.groups
        for section in group.sections
        for block in section.blocks
        if isinstance(block, Picture)
    ]
