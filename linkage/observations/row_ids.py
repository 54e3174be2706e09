"""Content ids of rows, computed by the engine, and rows that a source repeats."""

import json
from collections.abc import Iterable

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.schema import SOURCES

ID_DIGITS = 32
"""Hexadecimal digits of an id, as the contract says; see `schema.content_id`."""

CONTROLS = "[\\x01-\\x1f]"
_FIRST_PRINTABLE = 0x20

_OFTEN = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SELDOM = {
    chr(code): json.dumps(chr(code))[1:-1] for code in range(1, _FIRST_PRINTABLE) if chr(code) not in _OFTEN
}


def json_list(columns: Iterable[ir.StringValue], *, seldom: bool = False) -> ir.StringValue:
    """The columns as one JSON list of texts, from which ids are hashed; null reads as an empty text.

    Control characters other than line ends and tabs stand as they are, unless `seldom`: then the list is
    letter for letter that of `schema.content_id`.
    """
    first, *rest = [_quoted(column, seldom=seldom) for column in columns]
    joined = first
    for column in rest:
        joined = joined + "," + column
    return ibis.literal("[") + joined + "]"


def _quoted(column: ir.StringValue, *, seldom: bool) -> ir.StringValue:
    escaped = column.fill_null("")
    for character, written in _OFTEN.items():
        escaped = escaped.replace(character, written)
    rest = escaped
    for character, written in _SELDOM.items() if seldom else ():
        rest = rest.replace(character, written)
    has = escaped.re_search(CONTROLS)
    return ibis.literal('"') + (ibis.ifelse(has, rest, escaped) if seldom else escaped) + '"'


def hashed_id(columns: Iterable[ir.StringValue], *, seldom: bool = False) -> ir.StringValue:
    """32 hexadecimal digits of the SHA-256 of the columns' JSON list, computed by the engine."""
    return json_list(columns, seldom=seldom).hexdigest("sha256").substr(0, ID_DIGITS)


def _text(column: ir.Value) -> ir.StringValue:
    if column.type().is_array():
        return column.cast("array<string>").join(" ")
    return column.cast("string")


def add_row_ids(rows: ir.Table, table: str) -> ir.Table:
    """Adds `row`, the content hash of a staged row: the same wherever the row stands."""
    columns = [ibis.literal(table), *(_text(rows[name]) for name in SOURCES[table].columns)]
    return rows.mutate(row=hashed_id(columns))


def repeated_ids(rows: ir.Table) -> ir.Table:
    """The `row` ids that stand more than once, and how often (`times`)."""
    return rows.group_by("row").agg(times=rows.count()).filter(_.times > 1)


def drop_repeats(rows: ir.Table, repeated: ir.Table) -> ir.Table:
    """The rows without their repeats: of each the first by file and line stays.

    `repeated` holds the `row` ids that stand more than once.
    """
    once = rows.anti_join(repeated, "row")
    place = ibis.row_number().over(ibis.window(group_by="row", order_by=["file", "line"]))
    several = rows.semi_join(repeated, "row").mutate(place=place).filter(_.place == 0).drop("place")
    return once.union(several)
