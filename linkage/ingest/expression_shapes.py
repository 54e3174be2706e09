"""Which parts of an expression can say anything in rows that have the same names.

A mapping of a foreign log asks for a dozen names of which a row has two, and rows of a log are alike. So what
cannot be there is left out once for all rows of one shape, not looked up in each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from linkage.ingest.expression_functions import RULES
from linkage.ingest.expression_steps import chain, map_of

Needs = frozenset[tuple[str, ...]] | None
"""Paths of names: where none of them is there, an expression gives nothing. None: it may give something."""

_NONE: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True)
class Shape:
    """The names of a row, and the keys of its lists of `{key, value}`."""

    names: frozenset[str]
    keys: Mapping[str, frozenset[str]]

    def may_say(self, needs: Needs) -> bool:
        """Whether one of the paths may be there."""
        return needs is None or any(map(self._may_hold, needs))

    def _may_hold(self, path: tuple[str, ...]) -> bool:
        name, *rest = path
        if name not in self.names:
            return ".".join(path) in self.names
        keys = self.keys.get(name)
        return keys is None or not rest or rest[0] in keys or ".".join(rest) in keys


def mark_of(row: Mapping[str, Any], lists: Iterable[str]) -> tuple[tuple[str, ...] | None, ...]:
    """What tells the row's shape from others; of `lists` the keys count too, if they are lists."""
    marks: list[tuple[str, ...] | None] = [tuple(row)]
    for name in lists:
        held = row.get(name)
        marks.append(tuple(map_of(held)) if type(held) is list else None)
    return tuple(marks)


def shape_of(mark: tuple[tuple[str, ...] | None, ...], lists: Iterable[str]) -> Shape:
    """The shape of all rows with that mark."""
    names, *keys = mark
    held = zip(lists, keys, strict=True)
    return Shape(frozenset(names or ()), {name: frozenset(each) for name, each in held if each is not None})


def needs(tree: Any) -> Needs:
    """What must be there for the expression to give anything but null."""
    names = chain(tree)
    if names:
        return frozenset({tuple(names)})
    kind, children = tree["type"], tree["children"]
    if kind == "literal":
        return _NONE if tree["value"] is None else None
    if kind == "and_expression":  # a left side that does not hold is the value
        return needs(children[0])
    if kind in ("subexpression", "index_expression"):  # of nothing the rest of a path is nothing
        names = [each["value"] for each in takewhile(lambda child: child["type"] == "field", children)]
        return frozenset({tuple(names)}) if names else needs(children[0])
    if kind == "or_expression":
        return _both(_holds(children[0]), needs(children[1]))
    if kind == "function_expression" and tree["value"] in RULES:
        # A rule of ours makes nothing of nothing; `split` has a separator and a number besides.
        given = children[:1] if tree["value"] == "split" else children
        found: Needs = _NONE
        for each in given:
            found = _both(found, needs(each))
        return found
    return None


def _holds(tree: Any) -> Needs:
    """What must be there for the expression to hold."""
    kind, children = tree["type"], tree["children"]
    if kind == "and_expression":
        sides = [each for each in map(_holds, children) if each is not None]
        return min(sides, key=len) if sides else None
    if kind == "or_expression":
        return _both(*map(_holds, children))
    if kind == "comparator" and tree["value"] == "eq" and children[1]["type"] == "literal":
        return None if children[1]["value"] is None else needs(children[0])
    return needs(tree)


def _both(one: Needs, other: Needs) -> Needs:
    return None if one is None or other is None else one | other
