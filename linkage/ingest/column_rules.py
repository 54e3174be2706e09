"""What the functions of expressions make of columns: of texts each once, of usual answers all together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest import column_values
from linkage.ingest.column_texts import Json, NotPlain, each_text
from linkage.ingest.column_values import Value, chosen
from linkage.ingest.conversations.usual_answers import usual_answers


def exact(value: Value) -> pa.Array:
    """The value, if its type holds exactly what each row has."""
    if isinstance(value, Json) or not _is_exact(value.type):
        raise NotPlain
    return value


def _is_exact(kind: pa.DataType) -> bool:
    types = pa.types
    if types.is_list(kind):
        return _is_exact(kind.value_type)
    return bool(
        types.is_string(kind) or types.is_int64(kind) or types.is_boolean(kind) or types.is_null(kind)
    )


def array_of(value: Value) -> pa.Array:
    """The value as an array; raises NotPlain where texts of JSON are of several types."""
    return value.values if isinstance(value, Json) else value


def answers(rule: Any, given: Value) -> pa.Array:
    """The texts of answers: of usual bodies all together, of others one by one."""
    try:
        found = usual_answers(array_of(given))
    except NotPlain:
        found = None
    if found is None:
        return ruled(rule, given)
    if found.known.all():
        return found.texts
    if not isinstance(given, Json):
        raise NotPlain
    others = Json(column_values.only(given.texts, ~found.known)).applied(rule)
    return chosen(found.known, found.texts, others)


def chained(given: Sequence[pa.Array]) -> pa.Array:
    """Texts one after the other with a comma between, those aside that say nothing; see `chain_of`."""
    found = pa.nulls(len(given[0]), pa.string())
    for each in given:
        if pa.types.is_null(each.type):
            continue
        if not pa.types.is_string(each.type):
            raise NotPlain
        says = pa.array(~column_values.says_nothing(each, nulls=lambda: True))
        # Arrow leaves out a row in which both are null.
        joined = pc.binary_join_element_wise(found, pc.fill_null(each, ""), ", ", null_handling="skip")
        found = pc.if_else(says, joined, found)
    return found


def joined(glue: str, texts: Sequence[pa.Array], size: int) -> pa.Array:
    """The texts of each of `size` rows with another between them, those aside that are empty or null."""
    if not all(pa.types.is_string(each.type) for each in texts):
        raise NotPlain
    none = pa.scalar(None, pa.string())
    said = [pc.if_else(pc.equal(pc.binary_length(each), 0), none, each) for each in texts]
    # Arrow leaves out what is null, and rows in which all is.
    nothing = np.logical_and.reduce([np.asarray(pc.is_null(each)) for each in said], initial=True)
    if np.all(nothing):
        return pa.repeat("", size)
    return pc.binary_join_element_wise(
        pc.if_else(pa.array(nothing), "", said[0]), *said[1:], glue, null_handling="skip"
    )


def ruled(rule: Any, given: Value) -> pa.Array:
    """What a rule makes of each value; of nothing nothing."""
    if isinstance(given, Json):
        return given.applied(rule)
    if pa.types.is_null(given.type) or given.null_count == len(given):
        return pa.nulls(len(given))
    if not pa.types.is_string(given.type):
        raise NotPlain
    return each_text(given, rule)


def ruled_all(rule: Any, given: list[Value]) -> pa.Array:
    """What a rule makes of the values of several columns, asked once for those that are alike."""
    columns = [exact(each) for each in given]
    if any(pa.types.is_nested(each.type) for each in columns):
        raise NotPlain
    known: dict[tuple[Any, ...], Any] = {}
    found = []
    for values in zip(*(each.to_pylist() for each in columns), strict=True):
        if values not in known:
            known[values] = rule(*values)
        found.append(known[values])
    kinds = {type(each) for each in found if each is not None}
    if kinds - {str}:
        raise NotPlain
    return pa.array(found, pa.string())
