"""An expression asked of all rows of a block at once: see `expressions` for the language.

Each kind of step does to columns what its closure of `expression_steps` does to a row. An expression of
another kind, or one whose values no column can hold exactly, is asked row by row, and raises NotPlain here.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest import column_values
from linkage.ingest.column_rules import answers, array_of, chained, exact, joined, ruled, ruled_all
from linkage.ingest.column_texts import Json, NotPlain, each_text
from linkage.ingest.column_values import Mask, Rows, Value, chosen, valid
from linkage.ingest.expression_functions import RULES
from linkage.ingest.expression_lists import filtered
from linkage.ingest.expression_shapes import Shape
from linkage.ingest.expression_steps import chain
from linkage.ingest.expressions import Expression, Part


def column_of(expression: Expression, rows: Rows, *, nested: bool = False) -> pa.Array:
    """The values of an expression, one for each row, as texts, whole numbers, truths, or lists of these.

    With `nested` also as objects, and lists of them. Raises NotPlain where only the rows can tell.
    """
    if expression.column in rows.columns:
        held = rows.columns[expression.column]
        if held.null_count and not expression.other_roots.isdisjoint(rows.columns):
            raise NotPlain  # in rows without that column another one may say something
        found: Value = held
    elif len(expression.parts) == 1:
        found = _of_part(expression.parts[0], rows)
    else:
        found = _first(expression.parts, rows)
    if nested and isinstance(found, pa.Array) and pa.types.is_nested(found.type):
        return found
    return exact(found)


def truths(expression: Expression, rows: Rows) -> Mask:
    """Of each row whether the expression gives something that Python takes for true."""
    value = column_of(expression, rows, nested=True)
    kind = value.type
    if pa.types.is_null(kind):
        return np.zeros(len(value), bool)
    if pa.types.is_string(kind):
        return np.asarray(pc.fill_null(pc.greater(pc.binary_length(value), 0), False))
    if pa.types.is_list(kind):
        return np.asarray(pc.fill_null(pc.greater(pc.list_value_length(value), 0), False))
    if pa.types.is_struct(kind):
        return ~column_values.says_nothing(value, nulls=rows.nulls)
    return np.asarray(pc.fill_null(pc.not_equal(value, pa.scalar(0).cast(kind)), False))


def _first(parts: Sequence[Part], rows: Rows) -> pa.Array:
    """The first that says something, of each row."""
    found, known = pa.nulls(rows.size), np.zeros(rows.size, bool)
    for part in parts:
        value = array_of(_of_part(part, rows))
        says = ~column_values.says_nothing(value, nulls=rows.nulls) & ~known
        if says.any():
            found = chosen(says, value, found)
            known |= says
        if known.all():
            break
    return found


def _of_part(part: Part, rows: Rows) -> Value:
    if part.tree is None:
        held = rows.columns.get(part.name)
        return pa.nulls(rows.size) if held is None else held
    if not Shape(frozenset(rows.columns), {}).may_say(part.needs):
        return pa.nulls(rows.size)
    try:
        return _value(part.tree, rows, rows)
    except NotPlain:
        return _by_text(part, rows)


def _by_text(part: Part, rows: Rows) -> pa.Array:
    """What a part says that looks into a single column of texts, text by text."""
    there = part.roots & rows.columns.keys()
    if len(there) != 1:
        raise NotPlain
    (name,) = there
    if not pa.types.is_string(rows.columns[name].type):
        raise NotPlain
    if rows.columns[name].null_count and part.read({}) is not None:
        raise NotPlain
    return each_text(rows.columns[name], lambda text: part.read({name: text}))


def _value(tree: Any, rows: Rows, current: "Rows | Value") -> Value:
    """The value of a tree in what is current: the rows, or what a step before it gave."""
    names = chain(tree)
    if names:
        return column_values.path(rows, current, names)
    kind, children = tree["type"], tree["children"]
    if kind == "literal":
        return _constant(tree["value"], rows.size)
    if kind in ("subexpression", "index_expression"):
        return _steps(children, rows, current)
    if current is not rows:
        raise NotPlain
    if kind in ("or_expression", "and_expression"):
        return _either(tree, rows)
    if kind == "not_expression":
        return pa.array(~_held(children[0], rows).holds)
    if kind == "comparator":
        return _compared(tree, rows)
    if kind == "function_expression":
        return _function(tree, rows)
    raise NotPlain


def _constant(value: Any, size: int) -> pa.Array:
    if value is None:
        return pa.nulls(size)
    if type(value) not in (str, int, bool):
        raise NotPlain
    return pa.repeat(pa.scalar(value), size)


def _steps(children: Sequence[Any], rows: Rows, current: "Rows | Value") -> Value:
    """One step after the other, neighbouring names as one path."""
    value, names = current, list[str]()
    for child in [*children, None]:
        if child is not None and child["type"] == "field":
            names.append(child["value"])
            continue
        if names:
            value, names = column_values.path(rows, value, names), []
        if child is None:
            break
        if child["type"] != "index":
            value = _value(child, rows, value)
        elif isinstance(value, Rows):
            return pa.nulls(rows.size)
        else:
            value = column_values.element(array_of(value), child["value"])
    if isinstance(value, Rows):
        raise NotPlain
    return value


class _Held(NamedTuple):
    """A value, which counts only in the rows in which it holds."""

    value: Value
    holds: Mask


def _held(tree: Any, rows: Rows) -> _Held:
    """The value of a tree for whoever asks only about the rows in which it holds."""
    kind, children = tree["type"], tree["children"]
    if kind == "and_expression":
        one = _held(children[0], rows)
        if not one.holds.any():
            return _Held(pa.nulls(rows.size), one.holds)
        other = _held(children[1], rows)
        return _Held(other.value, one.holds & other.holds)
    if kind == "or_expression":
        one = _held(children[0], rows)
        if one.holds.all():
            return one
        other = _held(children[1], rows)
        if not one.holds.any():
            return other
        return _Held(_chosen(one.holds, one.value, other), one.holds | other.holds)
    value = _value(tree, rows, rows)
    return _Held(value, column_values.holds(array_of(value), nulls=rows.nulls))


def _chosen(first: Mask, one: Value, other: _Held) -> Value:
    if not other.holds.any():
        return one
    return chosen(first, array_of(one), array_of(other.value))


def _either(tree: Any, rows: Rows) -> Value:
    """The value of one side or the other."""
    held, (left, right) = _held(tree, rows), tree["children"]
    if held.holds.all():
        return held.value
    if tree["type"] == "or_expression":
        other = _value(right, rows, rows)
        return other if not held.holds.any() else chosen(held.holds, array_of(held.value), array_of(other))
    one = array_of(_value(left, rows, rows))
    holds = column_values.holds(one, nulls=rows.nulls)
    return chosen(holds, array_of(_value(right, rows, rows)), one) if holds.any() else one


def _compared(tree: Any, rows: Rows) -> pa.Array:
    """Whether a value is a certain text, number or truth, or is not."""
    one, other = tree["children"]
    if other["type"] != "literal":
        one, other = other, one
    if other["type"] != "literal" or tree["value"] not in ("eq", "ne"):
        raise NotPlain
    value, wanted = array_of(_value(one, rows, rows)), other["value"]
    if wanted is None:
        same = ~valid(value)
    elif type(wanted) not in (str, int, bool) or pa.types.is_nested(value.type):
        raise NotPlain
    elif pa.scalar(wanted).type.equals(value.type):
        same = np.asarray(pc.fill_null(pc.equal(value, pa.scalar(wanted)), False))
    elif pa.types.is_floating(value.type):
        raise NotPlain
    else:
        same = np.zeros(rows.size, bool)
    return pa.array(same if tree["value"] == "eq" else ~same)


def _function(tree: Any, rows: Rows) -> Value:
    """The value of a function: of the library's of two of them."""
    if tree["value"] in RULES:
        return _called(tree, rows)
    if tree["value"] == "starts_with":
        return _begins(tree, rows)
    if tree["value"] == "join":
        return _joined(tree, rows)
    raise NotPlain


def _called(tree: Any, rows: Rows) -> Value:
    """What a rule makes of each value. Of nothing it makes nothing."""
    rule, children = RULES[tree["value"]], tree["children"]
    given = _value(children[0], rows, rows)
    if tree["value"] == "json":
        return _json(given, rows)
    if tree["value"] == "answer":
        return answers(rule, given)
    if len(children) == 1:
        return ruled(rule, given)
    others = [_value(child, rows, rows) for child in children[1:]]
    if tree["value"] == "chain":
        return chained(list(map(array_of, [given, *others])))
    return ruled_all(rule, [given, *others])


def _begins(tree: Any, rows: Rows) -> pa.Array:
    """Whether each text begins with another; null for what is no text."""
    given, beginning = array_of(_value(tree["children"][0], rows, rows)), tree["children"][1]
    if beginning["type"] != "literal" or type(beginning["value"]) is not str:
        raise NotPlain
    if not pa.types.is_string(given.type):
        return pa.nulls(rows.size)
    return pc.starts_with(given, beginning["value"])


def _joined(tree: Any, rows: Rows) -> pa.Array:
    """The texts of a list that an expression makes, those aside that are empty, with another between them."""
    glue, listed = tree["children"]
    of = filtered(listed)
    if of is None or glue["type"] != "literal" or type(glue["value"]) is not str:
        raise NotPlain
    texts = [array_of(_value(child, rows, rows)) for child in of["children"]]
    return joined(glue["value"], [each for each in texts if not pa.types.is_null(each.type)], rows.size)


def _json(given: Value, rows: Rows) -> Value:
    if isinstance(given, Json):
        raise NotPlain
    if not pa.types.is_string(given.type):
        return given
    made: Json = rows.made((id(given), "json"), given, lambda: Json(given))
    return made
