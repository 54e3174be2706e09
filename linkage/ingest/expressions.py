"""Expressions: where a value of ours stands in a row of a foreign log.

The language is JMESPath (https://jmespath.org), read by the library of that name, with what logs need:

| written | gives |
|---|---|
| `user_id`, `Created date (UTC)` | the column of that name; a text that is no expression is a column's name |
| `metadata.user.id`, `$.resource.attributes['service.name']` | a value inside, flattened or not |
| `messages[-1].content` | an element of a list |
| `attributes['enduser.id']`, `attributes.enduser.id` | a key of a list of `{key, value}`, as in OTLP |
| `json(request_body).messages` | inside a text that holds JSON |
| `end_user \\| user \\| api_key` | the first of several that says something |
| `'gpt-4o'` | a constant |
| `split(arn, '/', `-1`)` | one part of a text, counted from the end where negative |
| `domain(email)`, `sha256(email)` | the domain of a mail address; the digest of a text in lower case |

Plain paths are compiled to closures, ten times as fast as the library's interpreter, which does the rest.
"""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import jmespath
import jmespath.exceptions

from linkage.errors import UsageError
from linkage.ingest.expression_functions import NAMES, RULES, says_nothing
from linkage.ingest.expression_shapes import Needs, Shape, needs
from linkage.ingest.expression_steps import Step, chain, compiled_step, first, named

__all__ = ["Expression", "compiled", "says_nothing"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One alternative: its tree, or the name of a column that it is; what it reads, and from which columns.

    Where none of the paths `needs` is there, it gives nothing.
    """

    tree: Any
    name: str
    roots: frozenset[str]
    read: Step
    needs: Needs


@dataclass(frozen=True)
class Expression:
    """A compiled expression. `roots` are the columns of the file that it may need.

    `column` is its text where it can be the name of a column: a column of that name is taken before
    anything else, so that a name with dots or blanks needs no quotation marks. `inside`: it is more than a
    column's name; `rootless`: it gives something whatever columns there are.
    """

    text: str
    column: str
    roots: frozenset[str]
    inside: bool = False
    rootless: bool = False
    parts: tuple[Part, ...] = field(default=(), repr=False)
    _read: Step = field(default=lambda row: None, repr=False)

    def value(self, row: Row) -> Any:
        """The value in a row; None where there is none. Never raises for what a row holds."""
        if self.column in row:
            return row[self.column]
        return self._read(row)

    @property
    def other_roots(self) -> frozenset[str]:
        """The columns it may need where there is none of its own name."""
        return self.roots - {self.column}

    @property
    def paths(self) -> frozenset[tuple[str, ...]]:
        """Paths of names whose absence spares a part of the expression."""
        return frozenset(path for part in self.parts for path in part.needs or ())

    def reader(self, shape: Shape) -> Step | None:
        """What gives the value in rows of this shape; None where no row of it can have one."""
        if self.column in shape.names:
            return itemgetter(self.column)
        left = [part.read for part in self.parts if shape.may_say(part.needs)]
        if len(self.parts) == 1:
            return left[0] if left else None
        return first(left) if left else None


def compiled(text: str) -> Expression:
    """The expression that a text spells; raises UsageError for one that cannot be meant as any."""
    stripped = text.strip()
    if not stripped:
        raise UsageError("an expression is empty", hint="write a column's name or a path to a value")
    parts = [part.strip() for part in _split(stripped)]
    if not all(parts):
        raise UsageError(f"{text!r}: an alternative is empty", hint="write a | b | c")
    made = tuple(map(_part, parts))
    roots = frozenset({stripped}).union(*(part.roots for part in made))
    inside = len(made) > 1 or any(part.tree is not None and part.tree["type"] != "field" for part in made)
    rootless = any(not part.roots for part in made)
    whole = made[0].read if len(made) == 1 else first([part.read for part in made])
    return Expression(stripped, stripped, roots, inside, rootless, made, whole)


def _part(text: str) -> Part:
    tree = _tree(text)
    if tree is None:
        return Part(None, text, frozenset({text}), named(text), frozenset({(text,)}))
    return Part(tree, text, frozenset(_roots(tree)), compiled_step(tree, _jmespath(text)), needs(tree))


def _split(text: str) -> list[str]:
    """The alternatives: parts between single bars outside quotation marks and brackets."""
    parts, start, depth, quote, at = [], 0, 0, "", 0
    while at < len(text):
        here = text[at]
        if quote:
            quote = "" if here == quote else quote
        elif here in "'\"`":
            quote = here
        elif here in "([{":
            depth += 1
        elif here in ")]}":
            depth -= 1
        elif here == "|" and depth <= 0:
            if text[at : at + 2] == "||":
                at += 2
                continue
            parts.append(text[start:at])
            start = at + 1
        at += 1
    return [*parts, text[start:]]


def _tree(part: str) -> dict[str, Any] | None:
    """The library's syntax tree; None for a text that is none, and so the name of a column."""
    try:
        with warnings.catch_warnings():
            # A name in backticks, as Cypher writes it, is a literal by a spelling that the library gave up.
            warnings.simplefilter("error", PendingDeprecationWarning)
            tree: dict[str, Any] = jmespath.compile(_jmespath(part)).parsed
    except (jmespath.exceptions.JMESPathError, ValueError, PendingDeprecationWarning):
        if any(part.startswith(f"{name}(") for name in RULES):
            raise UsageError(f"{part!r} cannot be read as an expression") from None
        return None
    if _NO_CALL.fullmatch(part):
        return None
    for name in _functions(tree):
        if name not in NAMES:
            known = ", ".join(RULES)
            raise UsageError(f"{part!r}: there is no function {name}", hint=f"functions: {known}")
    return tree


_NO_CALL = re.compile(r"""[^'"`]*\w\s+\([^'"`]*""")
"""A blank before a bracket: `Amount (total)` is a column's name, and no call of a function."""


def _jmespath(text: str) -> str:
    """`$.a['b.c']`, as JSONPath writes names, in JMESPath's spelling `a."b.c"`."""
    text = "@" if text == "$" else text.removeprefix("$" if text.startswith("$[") else "$.")
    pieces, at = [], 0
    while (start := text.find("['", at)) >= 0 and (end := text.find("']", start)) >= 0:
        name = text[start + 2 : end].replace('"', '\\"')
        pieces += [text[at:start], f'."{name}"' if start else f'"{name}"']
        at = end + 2
    return "".join([*pieces, text[at:]])


def _functions(tree: Any) -> Iterable[str]:
    if tree["type"] == "function_expression":
        yield tree["value"]
    for child in tree["children"]:
        yield from _functions(child)


def _roots(tree: Any) -> set[str]:
    """Names looked up in the row itself: of a chain `a.b.c` also its flattened spellings."""
    names = chain(tree)
    if names:
        return {".".join(names[:n]) for n in range(1, len(names) + 1)}
    kind, children = tree["type"], tree["children"]
    if kind == "field":
        return {tree["value"]}
    if kind in ("subexpression", "index_expression", "projection", "filter_projection", "pipe"):
        # What follows the first child is looked up inside what that gives; a filter's names may be too.
        return _roots(children[0]) if kind != "pipe" else _roots(children[0]) | _roots(children[1])
    found: set[str] = set()
    for child in children:
        found |= _roots(child)
    return found
