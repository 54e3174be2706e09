"""Facts: what one row states about an account, and observations, which count the facts that are alike."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
from ibis import _

from linkage.observations.durations import SECOND
from linkage.observations.row_ids import hashed_id
from linkage.schema import CLEANED, CLEANED_CELLS, OTHER, TRAIT_FAMILY

FACT = ("account", "trait", "value", "first_at", "last_at", "count", "source")
"""The columns of facts in the long form; `source` is `table:row id`."""

_COUNTED = FACT[FACT.index("first_at") :]

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


def row_fact(rows: ir.Table, table: str, trait: str | ir.StringValue, value: ir.StringValue) -> ir.Table:
    """One fact for each row that has the value, in the long form (FACT)."""
    at = rows.created_at if table == "accounts" else rows.at
    named = ibis.literal(trait) if isinstance(trait, str) else trait
    source = ibis.literal(f"{table}:") + rows.row
    columns = {"account": rows.account, "trait": named, "value": value, "first_at": at, "last_at": at}
    return rows.select(**columns, count=ibis.literal(1, "int64"), source=source).filter(_.value.notnull())


def long_facts(rows: ir.Table, trait: str, value: ir.StringValue) -> ir.Table:
    """Facts of one trait, one for each account and value; `rows` has account, at and source."""
    named = rows.mutate(trait=ibis.literal(trait), value=value).filter(_.value.notnull())
    return named.group_by("account", "trait", "value").agg(
        first_at=_.at.min(), last_at=_.at.max(), count=_.count(), source=_.source.min()
    )


def row_facts(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Every fact that a row states by itself, in the long form (FACT)."""
    return union_facts([part for table, rows in sorted(tables.items()) for part in _of_table(rows, table)])


def _of_table(rows: ir.Table, table: str) -> list[ir.Table]:
    found = [row_fact(rows, table, trait, rows[trait]) for trait in TRAITS.get(table, ())]
    if table in ("sessions", "interactions"):
        client = ibis.ifelse(rows.ja4.notnull(), rows.ja4 + " " + rows.user_agent.fill_null("-"), None)
        found.append(row_fact(rows, table, "client", client))
    if table == "payments":
        found.append(row_fact(rows, table, "payment_country", rows.country))
    if table == "accounts":
        moment = (rows.created_at // SECOND).as_timestamp("s").strftime("%Y-%m-%dT%H:%M:%SZ")
        found.append(row_fact(rows, table, "created_at", moment))
    if table == "observations":
        found.append(row_fact(rows, table, rows.trait, rows.value))
    if CLEANED in rows.columns and "account" in rows.columns:
        unclean = rows.filter(rows[CLEANED].notnull())
        cells = unclean.mutate(**{CLEANED: unclean[CLEANED].unnest()})
        found.append(row_fact(cells, table, CLEANED_CELLS, cells[CLEANED]))
    return found


def union_facts(parts: list[ir.Table]) -> ir.Table:
    """The facts of all parts, which share FACT's columns."""
    first, *rest = [part.select(*FACT) for part in parts]
    return first.union(*rest) if rest else first


def observations(facts: ir.Table, families: Mapping[str, str]) -> ir.Table:
    """One row for each (account, trait, value): its id, family, first and last time, count and first source.

    `families` adds to and overrides the contract's; a trait in neither is of family `other`.
    """
    grouped = facts.group_by("account", "trait", "value").agg(
        first_at=facts.first_at.min(),
        last_at=facts.last_at.max(),
        count=facts["count"].sum(),
        source=facts.source.min(),
    )
    return identified(grouped, families)


def identified(grouped: ir.Table, families: Mapping[str, str]) -> ir.Table:
    """The same of facts of which there is one for each (account, trait, value) already."""
    known = {**TRAIT_FAMILY, **families}
    family = grouped.trait.cases(*known.items(), else_=OTHER)
    named = grouped.mutate(
        observation=hashed_id([grouped.account, grouped.trait, grouped.value], seldom=True), family=family
    )
    return named.select("observation", "account", "trait", "value", "family", *_COUNTED)
