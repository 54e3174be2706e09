"""Traits that follow from one value alone: the network of an address, the pattern of an e-mail address."""

import re

import ibis.expr.types as ir
import pyarrow as pa

from linkage.ingest.addresses import prefix
from linkage.observations.facts import FACT


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


def _shape(text: str) -> str:
    runs = re.findall(r"[a-z]+|[0-9]+|[^a-z0-9]", text.lower())
    return "".join(f"a{len(r)}" if r[0].isalpha() else f"9{len(r)}" if r[0].isdigit() else r for r in runs)


RULES = {
    "ip": ("prefix", prefix),
    "email_domain": ("address_pattern", address_pattern),
    "email": ("address_pattern", address_pattern),
}
"""The trait that follows from each, and the rule by which its value does."""

_COLUMNS = ("trait", "value", "new_trait", "new_value")


def value_traits(values: pa.Table) -> pa.Table:
    """The traits that follow from a value alone: trait, value, new_trait, new_value.

    `values` holds distinct (trait, value), only of the traits in RULES.
    """
    rows = []
    for trait, value in zip(values["trait"].to_pylist(), values["value"].to_pylist(), strict=True):
        name, rule = RULES[trait]
        made = rule(value)
        if made is not None:
            rows.append((trait, value, name, made))
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(_COLUMNS)
    return pa.table({n: pa.array(c, pa.string()) for n, c in zip(_COLUMNS, columns, strict=True)})


def value_trait_facts(facts: ir.Table, made: ir.Table) -> ir.Table:
    """Facts of the traits that follow from a value alone; `made` as `value_traits` gives it."""
    joined = facts.join(made, ["trait", "value"])
    return joined.drop("trait", "value").rename(trait="new_trait", value="new_value").select(*FACT)
