"""Which accounts of a case, and which facts about them, become part of the graph.

The whole case, or by default the operator groups and the unresolved ones (somebody should look at those),
with their neighbourhood and their evidence: the members; accounts linked to a member, named in a verdict, or
holding the address, device or card of a member; and of all these accounts the values that are a member's, or
that evidence about a member names.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from linkage.engines import Engine

Tables = Mapping[str, ir.Table]
"""The tables of a case by name."""

IDENTIFYING = ("ip", "device", "api_key", "fingerprint", "billing_hash")
"""Traits whose other holders belong to a member's neighbourhood."""

OWN_FAMILIES = ("network", "device", "payment")
OWN_TRAITS = ("prompt", "template")
"""Facts about members that are loaded whether anybody shares them or not: what one asks of a group."""

MOST_HOLDERS = 50
"""A value on more accounts makes no neighbours of them: up to here it is a household's, an office's or a
rented pool's, beyond a carrier's or a campus's. Up to the same number a shared value proposes all pairs."""


@dataclass(frozen=True)
class Scope:
    """`accounts`: account. `facts`: the observations that are loaded, with `holders`, the accounts of the
    whole case that hold the value. `left_out`: what the neighbourhood was cut by, with its count."""

    accounts: ir.Table
    facts: ir.Table
    left_out: tuple[tuple[str, int], ...] = ()


def whole(engine: Engine, case: Tables) -> Scope:
    """Every account and every fact."""
    seen = case["observations"]
    return Scope(engine.keep(seen.select("account").distinct()), engine.keep(_counted(seen, seen)))


def around_groups(engine: Engine, case: Tables, judged: pa.Table) -> Scope:
    """The reported and the unresolved groups with their neighbourhood and evidence; `judged` has accounts of
    verdicts."""
    seen = case["observations"]
    members = case["groups"].select("account").union(case["unresolved"].select("account"))
    members = engine.keep(members.distinct())
    own = seen.semi_join(members, "account")
    shared = engine.keep(own.filter(_.trait.isin(IDENTIFYING)).select("trait", "value").distinct())
    held = (
        seen.semi_join(shared, ["trait", "value"]).group_by("trait", "value").agg(holders=_.account.nunique())
    )
    held = engine.keep(held)
    near = held.filter(held.holders <= MOST_HOLDERS)
    known = engine.table(judged).semi_join(seen, "account")
    beside = seen.semi_join(near, ["trait", "value"]).select("account")
    accounts = members.union(_linked(case["links"], members), beside, known).distinct()
    accounts = engine.keep(accounts)
    values = engine.keep(_values(case, own, members))
    facts = seen.semi_join(accounts, "account").semi_join(values, ["trait", "value"])
    return Scope(accounts, engine.keep(_counted(facts, seen)), _cut(engine, held))


def _linked(links: ir.Table, members: ir.Table) -> ir.Table:
    """Accounts linked to a member."""
    sides = [
        links.semi_join(members, [(mine, "account")]).select(account=other)
        for mine, other in (("left", "right"), ("right", "left"))
    ]
    return sides[0].union(sides[1])


def _values(case: Tables, own: ir.Table, members: ir.Table) -> ir.Table:
    """The values that are loaded: trait, value."""
    evidence = case["evidence"]
    about = [
        evidence.semi_join(members, [(side, "account")]).select(
            observation=ibis.array([_.left_observation, _.right_observation]).unnest()
        )
        for side in ("left", "right")
    ]
    named = case["observations"].semi_join(about[0].union(about[1]).distinct(), "observation")
    kept = own.filter(_.family.isin(OWN_FAMILIES) | _.trait.isin(OWN_TRAITS))
    return kept.select("trait", "value").union(named.select("trait", "value")).distinct()


def _counted(facts: ir.Table, seen: ir.Table) -> ir.Table:
    held = seen.group_by("trait", "value").agg(holders=_.account.nunique())
    joined = facts.left_join(held, ["trait", "value"]).drop("trait_right", "value_right")
    return joined.select(*seen.columns, "holders")


def _cut(engine: Engine, held: ir.Table) -> tuple[tuple[str, int], ...]:
    common = held.filter(held.holders > MOST_HOLDERS).agg(values=_.count(), holders=_.holders.sum())
    row = engine.collect(common, at_most=engine.max_rows).to_pylist()[0]
    what = f"values of members on more than {MOST_HOLDERS} accounts, whose other holders stay outside"
    return ((what, row["values"]),) if row["values"] else ()
