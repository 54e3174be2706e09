"""From rows to observations: every fact a source states about an account, once, with its first row."""

import ipaddress
import re
from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from linkage.model import OTHER, SOURCES, TRAIT_FAMILY

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


def _quoted(column: ir.StringValue) -> ir.StringValue:
    escaped = column.fill_null("").replace("\\", "\\\\").replace('"', '\\"')
    return ibis.literal('"') + escaped + '"'


def json_list(columns: Iterable[ir.StringValue]) -> ir.StringValue:
    """The columns as one JSON list of texts, from which ids are hashed; null reads as an empty text."""
    first, *rest = [_quoted(column) for column in columns]
    joined = first
    for column in rest:
        joined = joined + "," + column
    return ibis.literal("[") + joined + "]"


def hashed(columns: Iterable[ir.StringValue]) -> ir.StringValue:
    """32 hexadecimal digits of the SHA-256 of the columns' JSON list, computed by the engine."""
    return json_list(columns).hexdigest("sha256").substr(0, 32)


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
    several = rows.semi_join(repeated, "row").mutate(place=place).filter(ibis._.place == 0).drop("place")
    return once.union(several)


def repeated_rows(rows: ir.Table) -> ir.Table:
    """The `row` ids that stand more than once, and how often (`times`)."""
    return rows.group_by("row").agg(times=rows.count()).filter(ibis._.times > 1)


# --- derived traits ------------------------------------------------------------------------------


def prefix(address: str) -> str | None:
    """The /24 of an IPv4 address or the /64 of an IPv6 one; null for anything else."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    width = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network((parsed, width), strict=False))


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


DERIVED = {"ip": ("prefix", prefix), "email_domain": ("address_pattern", address_pattern)}
DERIVED_EMAIL = {"email": ("address_pattern", address_pattern)}


def derived(values: pa.Table) -> pa.Table:
    """For distinct (trait, value): the traits that follow from the value alone (trait, value, new_trait, new_value)."""
    rules = DERIVED | DERIVED_EMAIL
    rows = []
    for trait, value in zip(values["trait"].to_pylist(), values["value"].to_pylist(), strict=True):
        name, rule = rules[trait]
        made = rule(value)
        if made is not None:
            rows.append((trait, value, name, made))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    names = ["trait", "value", "new_trait", "new_value"]
    return pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})


# --- events and observations ---------------------------------------------------------------------


def _events(rows: ir.Table, table: str, trait: str | ir.StringValue, value: ir.StringValue) -> ir.Table:
    at = rows.created_at if table == "accounts" else rows.at
    named = ibis.literal(trait) if isinstance(trait, str) else trait
    source = ibis.literal(f"{table}:") + rows.row
    return rows.select(account=rows.account, trait=named, value=value, at=at, source=source).filter(
        ibis._.value.notnull()
    )


def _table_events(rows: ir.Table, table: str) -> list[ir.Table]:
    found = [_events(rows, table, trait, rows[trait]) for trait in TRAITS.get(table, ())]
    if table in ("sessions", "interactions"):
        client = ibis.ifelse(rows.ja4.notnull(), rows.ja4 + " " + rows.user_agent.fill_null("-"), None)
        found.append(_events(rows, table, "client", client))
    if table == "payments":
        found.append(_events(rows, table, "payment_country", rows.country))
    if table == "accounts":
        moment = rows.created_at.as_timestamp("us").strftime("%Y-%m-%dT%H:%M:%SZ")
        found.append(_events(rows, table, "created_at", moment))
    if table == "observations":
        found.append(_events(rows, table, rows.trait, rows.value))
    return found


def events(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Every fact of every row in the long form: account, trait, value, at, source (`table:row id`)."""
    parts = [part for table, rows in sorted(tables.items()) for part in _table_events(rows, table)]
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]


def observations(facts: ir.Table, families: Mapping[str, str]) -> ir.Table:
    """One row for each (account, trait, value) with its id, family, first and last time, count and first source.

    `families` adds to and overrides the contract's; a trait in neither is of family `other`.
    """
    known = {**TRAIT_FAMILY, **families}
    grouped = facts.group_by("account", "trait", "value").agg(
        first_at=facts.at.min(), last_at=facts.at.max(), count=facts.count(), source=facts.source.min()
    )
    family = grouped.trait.cases(*known.items(), else_=OTHER)
    return grouped.mutate(
        observation=hashed([grouped.account, grouped.trait, grouped.value]), family=family
    ).select("observation", "account", "trait", "value", "family", "first_at", "last_at", "count", "source")
