"""Values of many rows at once: what `expression_steps` finds in one row, found in Arrow's columns.

Whatever is given here is exactly what the rows would give one by one. What columns do not show, above all
whether a name is missing or its value null, is not guessed: NotPlain is raised, and the rows are asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from linkage.ingest import blanks
from linkage.ingest.cleaning import MOST_BYTES
from linkage.ingest.column_texts import Json, NotPlain, places_of
from linkage.ingest.expression_functions import BLANK, LONGEST
from linkage.ingest.expression_functions import says_nothing as is_nothing
from linkage.ingest.expression_steps import UNWRAPPED

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Value: TypeAlias = pa.Array | Json
Nulls = Callable[[], bool]

WRAPPED_LIST = "arrayValue"


@dataclass(frozen=True)
class Rows:
    """Rows as columns, all of `size`; `nulls` says whether a value that is null may be written out."""

    columns: Mapping[str, pa.Array]
    size: int
    nulls: Nulls
    _kept: dict[Any, Any] = field(default_factory=dict, repr=False)

    def made(self, key: Any, value: Any, made: Callable[[], Any]) -> Any:
        """What was made of a value; it is kept with it, for another one may come to stand in its place."""
        found = self._kept.get(key)
        if found is None or found[0] is not value:
            found = self._kept[key] = value, made()
        return found[1]


def valid(value: pa.Array) -> Mask:
    """Which values are not null."""
    found: Mask = np.asarray(pc.is_valid(value))
    return found


def says_nothing(value: pa.Array, *, nulls: Nulls) -> Mask:
    """Of each value whether it is empty or a word that logs write where they know nothing."""
    nothing = ~valid(value) if value.null_count else np.zeros(len(value), bool)
    if pa.types.is_string(value.type):
        return np.asarray(nothing | _blank(value))
    if pa.types.is_list(value.type):
        return np.asarray(nothing | np.asarray(pc.fill_null(pc.equal(pc.list_value_length(value), 0), False)))
    if pa.types.is_struct(value.type):
        return np.asarray(nothing | _empty(value, nulls))
    return np.asarray(nothing)


_WORDS = pa.array(sorted(BLANK), pa.string())
_FIRST = blanks.first_bytes((*filter(None, BLANK), *map(chr, range(ord("!")))))
_FIRST[0x80:] = True  # white space beyond ASCII, and letters that have one of ASCII as their lower case


def _blank(texts: pa.Array) -> Mask:
    size = np.asarray(pc.fill_null(pc.binary_length(texts), 1))
    result: Mask = size == 0
    at = np.flatnonzero(blanks.begin(texts, _FIRST) & (size <= LONGEST * MOST_BYTES))
    if not len(at):
        return result
    some = texts.take(pa.array(at))
    short = np.asarray(pc.less_equal(pc.utf8_length(some), LONGEST))
    found = np.array(pc.is_in(pc.ascii_lower(pc.utf8_trim_whitespace(some)), _WORDS))
    other = np.flatnonzero(np.asarray(pc.match_substring_regex(some, "[^ -~]")))
    # Libraries disagree about other letters and other white space.
    found[other] = [is_nothing(each) for each in some.take(pa.array(other)).to_pylist()]
    result[at] = found & short
    return result


def _empty(value: pa.StructArray, nulls: Nulls) -> Mask:
    """Which objects have no name."""
    found = valid(value)
    for at in range(value.type.num_fields):
        found &= ~valid(value.field(at))
    if value.type.num_fields and found.any() and nulls():  # or names whose values are null
        raise NotPlain
    return found


def holds(value: pa.Array, *, nulls: Nulls) -> Mask:
    """Of each value whether it says something and is not false."""
    found = ~says_nothing(value, nulls=nulls)
    if pa.types.is_boolean(value.type):
        found &= np.asarray(pc.fill_null(value, False))
    return found


def chosen(first: Mask, one: pa.Array, other: pa.Array) -> pa.Array:
    """The values of `one` in the rows `first`, and of `other` in the rest; raises NotPlain for two types."""
    if first.all():
        return one
    if not first.any():
        return other
    if pa.types.is_null(one.type) and pa.types.is_null(other.type):
        return one
    if pa.types.is_null(other.type) or other.null_count == len(other):
        return only(one, first)
    if pa.types.is_null(one.type) or one.null_count == len(one):
        return only(other, ~first)
    if not one.type.equals(other.type):
        raise NotPlain
    return pc.if_else(pa.array(first), one, other)


def only(value: pa.Array, rows: Mask) -> pa.Array:
    """The values of some rows, null in the others."""
    if rows.all():
        return value
    return value.take(pa.array(np.arange(len(value)), mask=~rows))


def element(value: pa.Array, index: int) -> pa.Array:
    """The element of each list at an index, counted from the end where it is negative."""
    if not pa.types.is_list(value.type):
        return pa.nulls(len(value))
    lengths = np.asarray(pc.fill_null(pc.list_value_length(value), 0)).astype(np.int64)
    ends = np.cumsum(lengths)
    at = (ends - lengths if index >= 0 else ends) + index
    there = lengths > index if index >= 0 else lengths >= -index
    return value.flatten().take(pa.array(at, mask=~there))


def named(rows: Rows, value: "Rows | pa.Array", name: str) -> "pa.Array | None":
    """What stands under a name in each object; None where no object has it."""
    if isinstance(value, Rows):
        return value.columns.get(name)
    at = value.type.get_field_index(name)
    if at < 0:
        return None
    return rows.made((id(value), name), value, lambda: pc.struct_field(value, [at]))


def path(rows: Rows, value: "Rows | Value", names: list[str]) -> pa.Array:
    """Names inside one another; where one is missing, the rest may stand flattened under one name."""
    for at, name in enumerate(names):
        rest = ".".join(names[at:])
        if isinstance(value, Json):
            value = value.values
        if isinstance(value, Rows) or pa.types.is_struct(value.type):
            inner, flat = named(rows, value, name), named(rows, value, rest) if rest != name else None
            if inner is None:
                return pa.nulls(_size(value)) if flat is None else flat
            if flat is not None:
                raise NotPlain
            value = inner
        elif pa.types.is_list(value.type):
            value, ended = _key(rows, value, name, rest)
            if ended:
                return value
        else:
            return pa.nulls(len(value))
    if isinstance(value, Rows | Json):
        raise NotPlain
    return value


def _key(rows: Rows, lists: pa.Array, name: str, rest: str) -> tuple[pa.Array, bool]:
    """The value of a key in lists of pairs, or of the rest of the path, which is the end of it."""
    inner = looked_up(rows, lists, name)
    if rest == name or not inner.null_count:
        return inner, False
    flat = looked_up(rows, lists, rest)
    if inner.null_count == len(inner):
        return flat, True
    if flat.null_count < len(flat):
        raise NotPlain
    return inner, False


def _size(value: "Rows | pa.Array") -> int:
    return value.size if isinstance(value, Rows) else len(value)


class _Pairs:
    """Lists of `{key, value}` opened: of each pair the list it stands in, its key, and its value."""

    def __init__(self, lists: pa.Array) -> None:
        inside = lists.flatten()
        keys = pc.struct_field(inside, "key").dictionary_encode()
        self.names = {name: code for code, name in enumerate(keys.dictionary.to_pylist())}
        self.codes = np.asarray(pc.fill_null(keys.indices, -1))
        self.values = pc.struct_field(inside, "value")
        self.parents = np.asarray(pc.list_parent_indices(lists))


def looked_up(rows: Rows, lists: pa.Array, name: str) -> pa.Array:
    """The value of a key in each list of `{key, value}` objects; of two of one key the first."""
    inner, size = lists.type.value_type, len(lists)
    if not pa.types.is_struct(inner) or inner.get_field_index("key") < 0:
        return pa.nulls(size)
    if inner.get_field_index("value") < 0 or not pa.types.is_string(inner.field("key").type):
        return pa.nulls(size)
    pairs: _Pairs = rows.made((id(lists), None), lists, lambda: _Pairs(lists))
    if name not in pairs.names:
        return pa.nulls(size)
    return rows.made((id(lists), name), lists, lambda: _value_of(pairs, name, size, rows))


def _value_of(pairs: _Pairs, name: str, size: int, rows: Rows) -> pa.Array:
    found = np.flatnonzero(pairs.codes == pairs.names[name])
    parents = pairs.parents[found]
    first = np.diff(parents, prepend=-1) != 0
    found, parents = found[first], parents[first]
    values = unwrapped(pairs.values.take(pa.array(found)), nulls=rows.nulls)
    there = np.zeros(size, bool)
    there[parents] = True
    return values if there.all() else values.take(places_of(there))


def unwrapped(values: pa.Array, *, nulls: Nulls) -> pa.Array:
    """What OTLP's `AnyValue`s hold; values of other types as they are."""
    if not pa.types.is_struct(values.type):
        return values
    there = valid(values)
    kinds = [each.name for each in values.type]
    count = np.zeros(len(values), np.int64)
    held = []
    for at, name in enumerate(kinds):
        here = valid(pc.struct_field(values, [at]))
        count += here
        held += [name] if here.any() else []
    # Of one name with null and one without, or of none, the columns do not tell which was written.
    if (count[there] != 1).any() or (len(kinds) > 1 and nulls()):
        raise NotPlain
    if not held:
        return pa.nulls(len(values))
    if len(held) > 1:
        raise NotPlain
    found = pc.struct_field(values, held[0])
    if held[0] in UNWRAPPED:
        return found
    if held[0] != WRAPPED_LIST or not pa.types.is_struct(found.type):
        raise NotPlain
    return _unwrapped_lists(found, nulls)


def _unwrapped_lists(holders: pa.Array, nulls: Nulls) -> pa.Array:
    at = holders.type.get_field_index("values")
    if at < 0 or not pa.types.is_list(holders.type.field(at).type):
        raise NotPlain
    lists = pc.struct_field(holders, [at])
    if (valid(holders) != valid(lists)).any():
        raise NotPlain
    inside = unwrapped(lists.flatten(), nulls=nulls)
    lengths = np.asarray(pc.fill_null(pc.list_value_length(lists), 0))
    offsets = pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32())
    return pa.ListArray.from_arrays(offsets, inside, mask=pc.is_null(lists))
