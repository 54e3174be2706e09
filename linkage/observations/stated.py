"""From rows to observations: every fact a source states about an account, once, with its first row."""

import json
import re
from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from linkage.ingest.addresses import prefix
from linkage.schema import OTHER, SOURCES, TRAIT_FAMILY

TRAITS: dict[str, tuple[str, ...]] = {
    "accounts": (
        "email_domain",
        "email_hash",
        "phone_hash",
        "country",
        "referrer",
        "organisation",
        "plan",
    ),
    "sessions": ("ip", "user_agent", "ja4", "device", "asn"),
    "payments": ("fingerprint", "bin", "issuer", "funding", "billing_hash"),
    "interactions": ("ip", "user_agent", "ja4", "api_key", "model"),
}
"""Columns that become observations under their own name."""


_OFTEN = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_SELDOM = {chr(code): json.dumps(chr(code))[1:-1] for code in range(1, 32) if chr(code) not in _OFTEN}


def _quoted(column: ir.StringValue, *, seldom: bool) -> ir.StringValue:
    escaped = column.fill_null("")
    for character, written in _OFTEN.items():
        escaped = escaped.replace(character, written)
    rest = escaped
    for character, written in _SELDOM.items() if seldom else ():
        rest = rest.replace(character, written)
    has = escaped.re_search("[\\x01-\\x1f]")
    return ibis.literal('"') + (ibis.ifelse(has, rest, escaped) if seldom else escaped) + '"'


def json_list(columns: Iterable[ir.StringValue], *, seldom: bool = False) -> ir.StringValue:
    """The columns as one JSON list of texts, from which ids are hashed; null reads as an empty text.

    Control characters other than line ends and tabs stand as they are, unless `seldom`: then the list is
    letter for letter that of `model.content_id`.
    """
    first, *rest = [_quoted(column, seldom=seldom) for column in columns]
    joined = first
    for column in rest:
        joined = joined + "," + column
    return ibis.literal("[") + joined + "]"


def hashed(columns: Iterable[ir.StringValue], *, seldom: bool = False) -> ir.StringValue:
    """32 hexadecimal digits of the SHA-256 of the columns' JSON list, computed by the engine."""
    return json_list(columns, seldom=seldom).hexdigest("sha256").substr(0, 32)


def _text(column: ir.Value) -> ir.StringValue:
    if column.type().is_array():
        return column.cast("array<string>").join(" ")
    return column.cast("string")


def with_row_ids(rows: ir.Table, table: str) -> ir.Table:
    """Adds `row`, the content hash of a staged row: the same wherever the row stands."""
    columns = [ibis.literal(table), *(_text(rows[name]) for name in SOURCES[table].columns)]
    return rows.mutate(row=hashed(columns))


def first_of_repeated(rows: ir.Table, repeated: ir.Table) -> ir.Table:
    """The rows without their repeats; `repeated` holds the `row` ids that stand more than once."""
    once = rows.anti_join(repeated, "row")
    place = ibis.row_number().over(ibis.window(group_by="row", order_by=["file", "line"]))
    several = rows.semi_join(repeated, "row").mutate(place=place).filter(_.place == 0).drop("place")
    return once.union(several)


def repeated_rows(rows: ir.Table) -> ir.Table:
    """The `row` ids that stand more than once, and how often (`times`)."""
    return rows.group_by("row").agg(times=rows.count()).filter(_.times > 1)


# --- derived traits ------------------------------------------------------------------------------


def _shape(text: str) -> str:
    runs = re.findall(r"[a-z]+|[0-9]+|[^a-z0-9]", text.lower())
    return "".join(f"a{len(r)}" if r[0].isalpha() else f"9{len(r)}" if r[0].isdigit() else r for r in runs)


def address_pattern(address: str) -> str | None:
    """The shape of an e-mail address or domain with digits in it: runs of letters and digits by length.

    Null where there is no digit: a word is nobody's pattern.
    """
    local, _, domain = address.rpartition("@")
    name, _, suffix = domain.rpartition(".")
    part = local or name
    if not part.isascii() or not any(c.isdigit() for c in part) or not any(c.isalpha() for c in part):
        return None
    return f"{_shape(local)}@{domain.lower()}" if local else f"{_shape(name)}.{suffix.lower()}"


DERIVED = {
    "ip": ("prefix", prefix),
    "email_domain": ("address_pattern", address_pattern),
    "email": ("address_pattern", address_pattern),
}


def derived(values: pa.Table) -> pa.Table:
    """The traits that follow from a value alone: trait, value, new_trait, new_value.

    `values` holds distinct (trait, value), only of the traits in DERIVED.
    """
    rows = []
    for trait, value in zip(values["trait"].to_pylist(), values["value"].to_pylist(), strict=True):
        name, rule = DERIVED[trait]
        made = rule(value)
        if made is not None:
            rows.append((trait, value, name, made))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    names = ["trait", "value", "new_trait", "new_value"]
    return pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})


# --- facts and observations ----------------------------------------------------------------------

FACT = ("account", "trait", "value", "first_at", "last_at", "count", "source")


def fact(rows: ir.Table, table: str, trait: str | ir.StringValue, value: ir.StringValue) -> ir.Table:
    """One fact for each row that has the value; `source` is `table:row id`."""
    at = rows.created_at if table == "accounts" else rows.at
    named = ibis.literal(trait) if isinstance(trait, str) else trait
    source = ibis.literal(f"{table}:") + rows.row
    columns = {"account": rows.account, "trait": named, "value": value, "first_at": at, "last_at": at}
    return rows.select(**columns, count=ibis.literal(1, "int64"), source=source).filter(_.value.notnull())


def _table_facts(rows: ir.Table, table: str) -> list[ir.Table]:
    found = [fact(rows, table, trait, rows[trait]) for trait in TRAITS.get(table, ())]
    if table in ("sessions", "interactions"):
        client = ibis.ifelse(rows.ja4.notnull(), rows.ja4 + " " + rows.user_agent.fill_null("-"), None)
        found.append(fact(rows, table, "client", client))
    if table == "payments":
        found.append(fact(rows, table, "payment_country", rows.country))
    if table == "accounts":
        moment = (rows.created_at // 1000).as_timestamp("ms").strftime("%Y-%m-%dT%H:%M:%SZ")
        found.append(fact(rows, table, "created_at", moment))
    if table == "observations":
        found.append(fact(rows, table, rows.trait, rows.value))
    return found


def stated(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Every fact that a row states by itself, in the long form (FACT)."""
    return union([part for table, rows in sorted(tables.items()) for part in _table_facts(rows, table)])


def union(parts: list[ir.Table]) -> ir.Table:
    """The rows of all parts, which share FACT's columns."""
    first, *rest = [part.select(*FACT) for part in parts]
    return first.union(*rest) if rest else first


def following(facts: ir.Table, made: ir.Table) -> ir.Table:
    """Facts of the traits that follow from a value alone; `made` as `derived` gives it."""
    joined = facts.join(made, ["trait", "value"])
    return joined.drop("trait", "value").rename(trait="new_trait", value="new_value").select(*FACT)


def observations(facts: ir.Table, families: Mapping[str, str]) -> ir.Table:
    """One row for each (account, trait, value): its id, family, first and last time, count and first source.

    `families` adds to and overrides the contract's; a trait in neither is of family `other`.
    """
    known = {**TRAIT_FAMILY, **families}
    grouped = facts.group_by("account", "trait", "value").agg(
        first_at=facts.first_at.min(),
        last_at=facts.last_at.max(),
        count=facts["count"].sum(),
        source=facts.source.min(),
    )
    family = grouped.trait.cases(*known.items(), else_=OTHER)
    identified = grouped.mutate(
        observation=hashed([grouped.account, grouped.trait, grouped.value], seldom=True), family=family
    )
    return identified.select("observation", "account", "trait", "value", "family", *FACT[3:])
