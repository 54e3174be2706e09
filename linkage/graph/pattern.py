"""A path of a foreign graph, as a settings file writes it: `(c:Customer)-[l:LOGGED_IN]->(a:Address)`.

What a pattern says is taken apart and written anew, names in backticks and values as parameters, so that no
settings file can make a query do anything but read this path.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from linkage.errors import UsageError

SHAPE = "(c:Customer)-[l:LOGGED_IN]->(a:Address {kind: 'v4'})"

_NAME = r"(?P<name>[A-Za-z_]\w*)?\s*"
_KIND = r":\s*(?:(?P<kind>[A-Za-z_]\w*)|`(?P<quoted>[^`]+)`)\s*"
_VALUE = r"(?:\{\s*(?P<key>[A-Za-z_]\w*)\s*:\s*'(?P<value>[^'\\]*)'\s*\})?\s*"
_NODE = re.compile(rf"\(\s*{_NAME}{_KIND}{_VALUE}\)\s*")
_STEP = re.compile(rf"(?P<left><)?-\s*\[\s*{_NAME}{_KIND}{_VALUE}\]\s*-(?P<right>>)?\s*")
_REFERENCE = re.compile(r"(?P<name>[A-Za-z_]\w*)\.(?:(?P<plain>[A-Za-z_]\w*)|`(?P<quoted>[^`]+)`)")


@dataclass(frozen=True)
class Piece:
    """A node or relationship of a path: what it is called there, and its label or type; `only` is a property
    and the value it must have. `arrow` (relationships): its direction."""

    name: str
    kind: str
    only: tuple[str, str] | None = None
    arrow: str = ""


@dataclass(frozen=True)
class Pattern:
    """Nodes and relationships in turn, beginning with a node."""

    pieces: tuple[Piece, ...]

    @property
    def nodes(self) -> tuple[Piece, ...]:
        """The nodes of the path."""
        return self.pieces[::2]

    @property
    def steps(self) -> tuple[Piece, ...]:
        """The relationships of the path."""
        return self.pieces[1::2]

    def cypher(self) -> str:
        """The path as Cypher."""
        return "MATCH " + "".join(map(_written, self.pieces))


def parsed(text: str) -> Pattern:
    """The pattern that a text writes; raises UsageError for anything else."""
    pieces: list[Piece] = []
    at = 0
    while at < len(text.strip()) or not pieces:
        node = len(pieces) % 2 == 0
        found = (_NODE if node else _STEP).match(text.strip(), at)
        if not found or (not node and bool(found["left"]) == bool(found["right"])):
            raise UsageError(
                f"match = {text!r}: not a path from character {at + 1} on", hint=f"such as {SHAPE}"
            )
        only = (found["key"], found["value"]) if found["key"] else None
        arrow = "" if node else ("<" if found["left"] else ">")
        pieces.append(
            Piece(found["name"] or f"_{len(pieces)}", found["kind"] or found["quoted"], only, arrow)
        )
        at = found.end()
    names = [piece.name for piece in pieces]
    if len(pieces) % 2 == 0 or len(set(names)) < len(names):
        raise UsageError(f"match = {text!r}: a name twice, or no node at its end", hint=f"such as {SHAPE}")
    return Pattern(tuple(pieces))


def property_of(pattern: Pattern, reference: str) -> tuple[Piece, str]:
    """The piece and the property that a column such as `c.number` names; raises UsageError."""
    found = _REFERENCE.fullmatch(reference.strip())
    piece = next((each for each in pattern.pieces if found and each.name == found["name"]), None)
    if not found or piece is None:
        names = ", ".join(each.name for each in pattern.pieces if not each.name.startswith("_"))
        raise UsageError(
            f"column {reference!r}: no property of the path",
            hint=f"a name of it ({names}), a dot, a property",
        )
    return piece, found["plain"] or found["quoted"]


def reading(pattern: Pattern, references: Iterable[str], where: str) -> str:
    """The query that reads columns of a path, under the names by which they are referred to."""
    steps_text = []
    for number, reference in enumerate(references):
        piece, name = property_of(pattern, reference)
        steps_text.append(f"{quoted(piece.name)}.{quoted(name)} AS c{number}")
    return f"{pattern.cypher()} WHERE {where} RETURN {', '.join(steps_text)}"


def parameters(pattern: Pattern) -> dict[str, str]:
    """The values that pieces of the path must have."""
    return {f"only_{each.name}": each.only[1] for each in pattern.pieces if each.only}


def quoted(name: str) -> str:
    """A name of the graph as Cypher writes any name."""
    return "`" + name.replace("`", "``") + "`"


def _written(piece: Piece) -> str:
    only = f" {{{quoted(piece.only[0])}: ${quoted(f'only_{piece.name}')}}}" if piece.only else ""
    inner = f"{quoted(piece.name)}:{quoted(piece.kind)}{only}"
    if not piece.arrow:
        return f"({inner})"
    return f"<-[{inner}]-" if piece.arrow == "<" else f"-[{inner}]->"
