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

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
import jmespath.exceptions
import jmespath.functions
import orjson

from linkage.errors import UsageError

Row = Mapping[str, Any]
Step = Callable[[Any], Any]

_EMPTY: tuple[Any, ...] = (None, "", [], {})
_UNWRAPPED = ("stringValue", "intValue", "doubleValue", "boolValue", "bytesValue")
"""Keys of an OTLP `AnyValue` that hold one value (opentelemetry-proto, common.proto)."""


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
    _read: Step = field(default=lambda row: None, repr=False)

    def value(self, row: Row) -> Any:
        """The value in a row; None where there is none. Never raises for what a row holds."""
        if self.column in row:
            return row[self.column]
        return self._read(row)


def compiled(text: str) -> Expression:
    """The expression that a text spells; raises UsageError for one that cannot be meant as any."""
    stripped = text.strip()
    if not stripped:
        raise UsageError("an expression is empty", hint="write a column's name or a path to a value")
    parts = [part.strip() for part in _split(stripped)]
    if not all(parts):
        raise UsageError(f"{text!r}: an alternative is empty", hint="write a | b | c")
    reads, roots, inside, rootless = [], {stripped}, len(parts) > 1, False
    for part in parts:
        tree = _tree(part)
        needed = {part} if tree is None else _roots(tree)
        roots |= needed
        rootless = rootless or not needed
        inside = inside or (tree is not None and tree["type"] != "field")
        reads.append(_named(part) if tree is None else _compiled(tree, part))
    return Expression(stripped, stripped, frozenset(roots), inside, rootless, _first(reads))


def _first(reads: list[Step]) -> Step:
    if len(reads) == 1:
        return reads[0]

    def read(row: Any) -> Any:
        for each in reads:
            found = each(row)
            if not says_nothing(found):
                return found
        return None

    return read


BLANK = frozenset({"", "-", "none", "null", "nan", "n/a", "unknown", "undefined", "{}", "[]"})
"""Words after which the next alternative is asked; what a cell may say is for `settings.ingest`."""


def says_nothing(value: Any) -> bool:
    """Whether a value is empty, or a word that logs write where they know nothing."""
    if type(value) is str:
        return len(value) < 10 and value.strip().lower() in BLANK
    return value is None or value == [] or value == {}


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
    given = part.removeprefix("$.") if part != "$" else "@"
    given = _bracketed(given)
    try:
        tree: dict[str, Any] = jmespath.compile(given).parsed
    except (jmespath.exceptions.JMESPathError, ValueError):
        if any(part.startswith(f"{name}(") for name in _RULES):
            raise UsageError(f"{part!r} cannot be read as an expression") from None
        return None
    for name in _functions(tree):
        if name not in _Functions.FUNCTION_TABLE:
            known = ", ".join(_RULES)
            raise UsageError(f"{part!r}: there is no function {name}", hint=f"functions: {known}")
    return tree


def _bracketed(text: str) -> str:
    """`a['b.c']`, as JSONPath writes a name, in JMESPath's spelling `a."b.c"`."""
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
    chain = _chain(tree)
    if chain:
        return {".".join(chain[:n]) for n in range(1, len(chain) + 1)}
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


def _chain(tree: Any) -> list[str]:
    if tree["type"] == "field":
        return [tree["value"]]
    if tree["type"] == "subexpression" and all(each["type"] == "field" for each in tree["children"]):
        return [each["value"] for each in tree["children"]]
    return []


# --- from a tree to a closure ---------------------------------------------------------------------


def _named(name: str) -> Step:
    return lambda row: row.get(name) if isinstance(row, dict) else None


def _compiled(tree: Any, text: str) -> Step:
    """A closure for what logs need often; the library's interpreter for any other expression."""
    made = _closure(tree)
    if made is not None:
        return made
    parsed = jmespath.compile(_bracketed(text.removeprefix("$.") if text != "$" else "@"))

    def read(row: Any) -> Any:
        try:
            return parsed.search(row, _OPTIONS)
        except (jmespath.exceptions.JMESPathError, TypeError, ValueError):
            return None

    return read


def _closure(tree: Any) -> Step | None:
    chain = _chain(tree)
    if chain:
        return _path(chain)
    kind = tree["type"]
    if kind == "literal":
        constant = tree["value"]
        return lambda row: constant
    if kind in ("current", "identity"):
        return lambda row: row
    if kind == "or_expression":
        sides = [_closure(child) for child in tree["children"]]
        return None if None in sides else _first([side for side in sides if side])
    if kind in ("subexpression", "index_expression"):
        return _steps(tree["children"])
    if kind == "function_expression":
        return _called(tree)
    return None


def _steps(children: list[Any]) -> Step | None:
    """One step after the other, neighbouring names as one path."""
    steps: list[Step] = []
    names: list[str] = []
    for child in children:
        if child["type"] == "field":
            names.append(child["value"])
            continue
        if names:
            steps.append(_path(names))
            names = []
        made = _at(child["value"]) if child["type"] == "index" else _closure(child)
        if made is None:
            return None
        steps.append(made)
    if names:
        steps.append(_path(names))

    def read(value: Any) -> Any:
        for step in steps:
            value = step(value)
            if value is None:
                return None
        return value

    return read


def _at(index: int) -> Step:
    def read(value: Any) -> Any:
        if isinstance(value, list) and -len(value) <= index < len(value):
            return value[index]
        return None

    return read


def _path(names: list[str]) -> Step:
    """Names inside one another; where one is missing, the rest may stand flattened under one name."""
    rests = [".".join(names[at:]) for at in range(len(names))]
    if len(names) == 1:
        (only,) = names
        return lambda value: value.get(only) if type(value) is dict else looked_up(value, only)

    def read(value: Any) -> Any:
        for name, rest in zip(names, rests, strict=True):
            if type(value) is dict:
                if name not in value:
                    return value.get(rest)
                value = value[name]
            elif type(value) is list:
                inner = looked_up(value, name)
                if inner is None:
                    return looked_up(value, rest)
                value = inner
            else:
                return None
        return value

    return read


def looked_up(value: Any, name: str) -> Any:
    """The value of a key in a list of `{key, value}` objects or of pairs, as OTLP and Parquet write maps."""
    if type(value) is not list:
        return None
    for each in value:
        if type(each) is dict:
            if each.get("key") == name:
                return unwrapped(each.get("value"))
        elif type(each) is tuple and len(each) == 2 and each[0] == name:
            return each[1]
    return None


def unwrapped(value: Any) -> Any:
    """What an OTLP `AnyValue` holds; any other value as it is."""
    if type(value) is not dict or len(value) != 1:
        return value
    ((kind, inner),) = value.items()
    if kind in _UNWRAPPED:
        return inner
    if kind == "arrayValue" and isinstance(inner, dict):
        return [unwrapped(each) for each in inner.get("values") or []]
    if kind == "kvlistValue" and isinstance(inner, dict):
        pairs = [each for each in inner.get("values") or [] if isinstance(each, dict)]
        return {each.get("key"): unwrapped(each.get("value")) for each in pairs}
    return value


def _called(tree: Any) -> Step | None:
    rule = _RULES.get(tree["value"])
    steps = [_closure(child) for child in tree["children"]]
    if rule is None or None in steps:
        return None
    reads = [step for step in steps if step]
    if len(reads) == 1:
        (only,) = reads
        return lambda row: rule(only(row))
    return lambda row: rule(*(read(row) for read in reads))


# --- functions ------------------------------------------------------------------------------------


class _LastJson:
    """Parses a text once though several expressions of a row look into it."""

    def __init__(self) -> None:
        self._text: str | None = None
        self._value: Any = None

    def __call__(self, value: Any) -> Any:
        if type(value) is not str:
            return value
        if value is not self._text:
            try:
                self._text, self._value = value, orjson.loads(value)
            except orjson.JSONDecodeError:
                self._text, self._value = value, None
        return self._value


def part_of(value: Any, separator: Any, index: Any) -> str | None:
    """One part of a text between separators, without white space; None where there is none."""
    if type(value) is not str or type(separator) is not str or not separator or type(index) is not int:
        return None
    parts = value.split(separator)
    return parts[index].strip() if -len(parts) <= index < len(parts) else None


def domain_of(value: Any) -> str | None:
    """What follows the last `@` of a mail address, in lower case."""
    if type(value) is not str or "@" not in value:
        return None
    return value.rpartition("@")[2].strip().strip(">.").lower() or None


def digest_of(value: Any) -> str | None:
    """The SHA-256 of a text without white space around it, in lower case, in hexadecimal digits."""
    if type(value) is not str or says_nothing(value):
        return None
    return hashlib.sha256(value.strip().lower().encode("utf-8", "replace")).hexdigest()


_RULES: dict[str, Callable[..., Any]] = {
    "json": _LastJson(),
    "split": part_of,
    "domain": domain_of,
    "sha256": digest_of,
    "answer": lambda value: None,
    "text_hash": lambda value: None,
}

_ANY = {"types": []}


class _Functions(jmespath.functions.Functions):  # type: ignore[misc]
    @jmespath.functions.signature(_ANY)
    def _func_json(self, value: Any) -> Any:
        return _RULES["json"](value)

    @jmespath.functions.signature(_ANY, _ANY, _ANY)
    def _func_split(self, value: Any, separator: Any, index: Any) -> Any:
        return part_of(value, separator, index)

    @jmespath.functions.signature(_ANY)
    def _func_domain(self, value: Any) -> Any:
        return domain_of(value)

    @jmespath.functions.signature(_ANY)
    def _func_sha256(self, value: Any) -> Any:
        return digest_of(value)

    @jmespath.functions.signature(_ANY)
    def _func_answer(self, value: Any) -> Any:
        return _RULES["answer"](value)

    @jmespath.functions.signature(_ANY)
    def _func_text_hash(self, value: Any) -> Any:
        return _RULES["text_hash"](value)


_OPTIONS = jmespath.Options(custom_functions=_Functions())
