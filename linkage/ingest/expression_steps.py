"""From a syntax tree of JMESPath to a closure over a row; the library's interpreter for what is rare.

Besides the library's own rules a name is also found flattened (`{"a.b": 1}` by `a.b`), and in a list of
`{key, value}` objects, as OpenTelemetry writes attributes.
"""

from collections.abc import Callable
from itertools import groupby
from typing import Any

import jmespath.exceptions
import jmespath.parser

from linkage.ingest.expression_functions import LIBRARY, LONGEST, OPTIONS, RULES, says_nothing
from linkage.ingest.expression_lists import listed

Step = Callable[[Any], Any]

UNWRAPPED = ("stringValue", "intValue", "doubleValue", "boolValue", "bytesValue")
"""Keys of an OTLP `AnyValue` that hold one value (opentelemetry-proto, common.proto)."""


def first(reads: list[Step]) -> Step:
    """The first that says something."""

    def read(row: Any) -> Any:
        for each in reads:
            found = each(row)
            # Most say so by their length alone.
            if (type(found) is str and len(found) > LONGEST) or not says_nothing(found):
                return found
        return None

    return read


def named(name: str) -> Step:
    """The value under one name."""
    return lambda row: row.get(name) if isinstance(row, dict) else None


def compiled_step(tree: Any, text: str) -> Step:
    """A closure for what logs need often; the library's interpreter for any other expression."""
    made = _closure(tree)
    return _interpreted(tree, text) if made is None else made


def _interpreted(tree: Any, text: str) -> Step:
    """The library's interpreter over a tree or a part of one; what it cannot take gives nothing."""
    parsed = jmespath.parser.ParsedResult(text, tree)

    def read(row: Any) -> Any:
        try:
            return parsed.search(row, OPTIONS)
        except (jmespath.exceptions.JMESPathError, TypeError, ValueError):
            return None

    return read


def chain(tree: Any) -> list[str]:
    """The names of a path `a.b.c`; none for any other tree."""
    if tree["type"] == "field":
        return [tree["value"]]
    if tree["type"] == "subexpression" and all(each["type"] == "field" for each in tree["children"]):
        return [each["value"] for each in tree["children"]]
    return []


def _closure(tree: Any) -> Step | None:
    names = chain(tree)
    if names:
        return _path(names)
    kind = tree["type"]
    if kind == "literal":
        constant = tree["value"]
        return lambda row: constant
    if kind in ("current", "identity"):
        return lambda row: row
    if kind in ("or_expression", "and_expression", "not_expression", "comparator"):
        return _logical(kind, tree, [compiled_step(child, str(child)) for child in tree["children"]])
    if kind in ("subexpression", "index_expression"):
        return _steps(tree["children"])
    if kind == "function_expression":
        return _called(tree)
    return listed(tree, lambda child: compiled_step(child, str(child)))


def _logical(kind: str, tree: Any, sides: list[Step]) -> Step | None:
    """Whether values hold or are equal; None for an order of numbers, which is rare.

    A word that says nothing holds as little as an empty value.
    """
    one, other = sides[0], sides[-1]
    if kind == "not_expression":
        return lambda row: not _holds(one(row))
    if kind == "and_expression":
        return _all(tree)
    if kind == "or_expression":
        return lambda row: found if _holds(found := one(row)) else other(row)
    if tree["value"] == "eq":
        return lambda row: _same(one(row), other(row))
    return (lambda row: not _same(one(row), other(row))) if tree["value"] == "ne" else None


def _all(tree: Any) -> Step:
    """The first value of several that does not hold, or the last."""
    sides: list[Any] = []
    while tree["type"] == "and_expression":
        tree, side = tree["children"]
        sides.insert(0, side)
    reads: list[Step] = []
    for same, group in groupby((tree, *sides), _excluded):
        if same is None:
            reads += [compiled_step(side, str(side)) for side in group]
        else:
            reads.append(_none_of(same, [side["children"][1]["value"] for side in group]))

    def read(row: Any) -> Any:
        found = None
        for each in reads:
            found = each(row)
            if found is not True and not _holds(found):
                break
        return found

    return read


def _excluded(tree: Any) -> Any:
    """What is compared, where a value must not be a certain text; None for any other condition."""
    if tree["type"] != "comparator" or tree["value"] != "ne":
        return None
    one, other = tree["children"]
    return one if other["type"] == "literal" and type(other["value"]) is str else None


def _none_of(tree: Any, texts: list[str]) -> Step:
    one = compiled_step(tree, str(tree))
    return lambda row: one(row) not in texts


def _holds(value: Any) -> bool:
    return value is not False and not says_nothing(value)


def _same(one: Any, other: Any) -> bool:
    # Python takes true for 1.
    return one == other and (type(one) is bool) == (type(other) is bool)


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
    outer, inner = names[0], names[1]

    def read_two(value: Any) -> Any:
        held = value.get(outer) if type(value) is dict else None
        if type(held) is not list:
            return read(value)
        kept = _maps.get(id(held))
        return (kept[1] if kept is not None and kept[0] is held else map_of(held)).get(inner)

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

    return read_two if len(names) == 2 else read


def looked_up(value: Any, name: str) -> Any:
    """The value of a key in a list of `{key, value}` objects or of pairs, as OTLP and Parquet write maps."""
    return map_of(value).get(name) if type(value) is list and value else None


def forget_maps() -> None:
    """Let go of the lists of rows that are done with."""
    _maps.clear()


def map_of(value: list[Any]) -> dict[str, Any]:
    """The values of a list of `{key, value}` objects or of pairs by their keys; kept for the next look."""
    place = id(value)
    kept = _maps.get(place)
    # The list itself is kept with its map: another one may come to stand at the same place.
    if kept is not None and kept[0] is value:
        return kept[1]
    if len(_maps) >= _KEPT:
        _maps.clear()
    found = _as_map(value)
    _maps[place] = value, found
    return found


_KEPT = 2**16
"""Lists whose maps are kept at most: those of the rows at hand, into which several expressions look."""
_maps: dict[int, tuple[list[Any], dict[str, Any]]] = {}


def _as_map(value: list[Any]) -> dict[str, Any]:
    """The list's values by key; of two of one key the first."""
    found: dict[str, Any] = {}
    for each in value:
        if type(each) is dict:
            key, inner = each.get("key"), each.get("value")
            if type(inner) is dict:
                inner = (
                    inner["stringValue"] if len(inner) == 1 and "stringValue" in inner else unwrapped(inner)
                )
        elif type(each) is tuple and len(each) == 2:
            key, inner = each[0], unwrapped(each[1])
        else:
            continue
        if type(key) is str:
            found.setdefault(key, inner)
    return found


def unwrapped(value: Any) -> Any:
    """What an OTLP `AnyValue` holds; any other value as it is."""
    if type(value) is not dict or len(value) != 1:
        return value
    ((kind, inner),) = value.items()
    if kind in UNWRAPPED:
        return inner
    if kind in ("arrayValue", "kvlistValue") and isinstance(inner, dict):
        listed = _values(inner)
        if kind == "arrayValue":
            return [unwrapped(each) for each in listed]
        pairs = [each for each in listed if isinstance(each, dict) and isinstance(each.get("key"), str)]
        return {each["key"]: unwrapped(each.get("value")) for each in pairs}
    return value


def _values(holder: dict[str, Any]) -> list[Any]:
    found = holder.get("values")
    return found if isinstance(found, list) else []


def _called(tree: Any) -> Step | None:
    rule = RULES.get(tree["value"]) or LIBRARY.get(tree["value"])
    steps = [_closure(child) for child in tree["children"]]
    if rule is None or None in steps:
        return None
    reads = [step for step in steps if step]
    if len(reads) == 1:
        (only,) = reads
        return lambda row: rule(only(row))
    return lambda row: rule(*(read(row) for read in reads))
