"""Links, memberships and the evidence they rest on, as relationships."""

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.arrays import Ints
from linkage.engines import Engine
from linkage.graph import schema
from linkage.graph.fact_nodes import Rows
from linkage.graph.scope import Scope, Tables
from linkage.schema import OUTCOMES

REASONS = 8
"""Sentences that a link or a membership carries: the strongest; `reasons` says how many there are in all."""

HAND_OVERS = (
    "hand-over",
    "rotating address",
    "same object in a window",
    "same object again and again",
    "continued conversation",
    "queue draining",
)
"""Signals that say how one account took over from another."""

PIECE = 500_000
"""Rows of evidence that become links at a time, one account's apart: some 600 MB in the engine."""

SELF_EXPLAINED = ("network", "device", "payment", "registration")
"""Families whose values a person can read and look up. Those of the others are ids, or said in the detail."""

SHOWN = 80
"""Characters of a value or a text in a sentence."""


def links(engine: Engine, scope: Scope, case: Tables, texts: ir.Table) -> tuple[schema.Part, list[ir.Table]]:
    """Links between loaded accounts, with their strongest reasons and the bits of each family.

    In pieces of about PIECE rows of evidence, in the order of their keys: the sentences of all links at once
    would not fit in the engine's memory, and lists cannot be spilled. `texts` (id, text) are what values of
    content stand for, where they may be quoted.
    """
    within = case["links"]
    for side in ("left", "right"):
        within = within.semi_join(scope.accounts, [(side, "account")])
    within, evidence = engine.keep(_across(within, case["groups"])), case["evidence"]
    return schema.LINKED_TO, [
        _described(_between(within, *ends), _between(evidence, *ends), texts)
        for ends in _ends(engine, within, evidence)
    ]


def _across(links: ir.Table, groups: ir.Table) -> ir.Table:
    """The links with `across`: true where their ends are not in one reported group, else null."""
    for side in ("left", "right"):
        home = groups.select(account="account", **{f"{side}_group": "group"})
        links = links.left_join(home, [(side, "account")]).drop("account")
    apart = ibis.coalesce(links.left_group, "") != ibis.coalesce(links.right_group, "")
    return links.mutate(across=ibis.ifelse(apart, True, ibis.null("bool"))).drop("left_group", "right_group")


def inside(case: Tables) -> ir.Table:
    """What holds each reported group together: group, family, and of the links inside it with evidence of
    that family their number, `links`, their `bits` and how many have bits `against`. `family` is null in the
    row with the number of all links inside."""
    own = _inner(case)
    reasons = case["evidence"].select("left", "right", "family", "bits").join(own, ["left", "right"])
    family = ibis.ifelse(reasons.family.isin(schema.FAMILIES), reasons.family, "other")
    pairs = (
        reasons.mutate(family=family)
        .group_by("group", "left", "right", "family")
        .agg(bits=_.bits.sum().round(6))
    )
    found = pairs.group_by("group", "family").agg(
        links=_.count(), bits=_.bits.sum().round(6), against=(_.bits < 0).sum()
    )
    every = own.group_by("group").agg(links=_.count(), bits=ibis.literal(0.0), against=ibis.literal(0))
    whole = every.mutate(family=ibis.null("string")).select(found.columns)
    return found.union(whole.cast(found.schema())).order_by("group", _.links.desc(), "family")


def _inner(case: Tables) -> ir.Table:
    """The links with both ends in one reported group: group, left, right."""
    links = case["links"].select("left", "right")
    for side in ("left", "right"):
        home = case["groups"].select(account="account", **{f"{side}_group": "group"})
        links = links.join(home, [(side, "account")]).drop("account")
    own = links.filter(links.left_group == links.right_group)
    return own.select("left", "right", group="left_group")


def _counted(case: Tables) -> ir.Table:
    """Of each account its links to other members of its reported group, and how many of them have evidence in
    what both ask: group, account, links, content_links."""
    own = _inner(case)
    content = case["evidence"].filter(_.family == "content").select("left", "right", "bits")
    asked = content.semi_join(own, ["left", "right"]).group_by("left", "right").agg(bits=_.bits.sum())
    both = own.left_join(asked, ["left", "right"]).drop("left_right", "right_right")
    sides = [both.select("group", "bits", account=side) for side in ("left", "right")]
    alike = _.bits.round(6) > 0
    return (
        sides[0]
        .union(sides[1])
        .group_by("group", "account")
        .agg(links=_.count(), content_links=_.count(where=alike))
    )


def _ends(engine: Engine, within: ir.Table, evidence: ir.Table) -> list[tuple[str, str]]:
    """The first and the last `left` of each piece."""
    lefts = within.select("left").distinct()
    counted = evidence.semi_join(lefts, "left").group_by("left").agg(reasons=_.count())
    rows = lefts.left_join(counted, "left").drop("left_right").order_by("left")
    found = engine.collect(rows.mutate(reasons=_.reasons.fill_null(0)), at_most=engine.max_rows)
    names = found.column("left")
    cuts = pieces(found.column("reasons").to_numpy(), PIECE)
    return [(names[first].as_py(), names[last].as_py()) for first, last in cuts]


def pieces(rows: Ints, most: int) -> list[tuple[int, int]]:
    """The places of the first and last account of each piece, where each of them has so many rows: a piece
    has `most` rows at the most before its last account is added."""
    if not len(rows):
        return []
    number = (np.cumsum(rows) - rows) // most
    last = np.flatnonzero(np.append(np.diff(number), 1))
    return [(int(first), int(end)) for first, end in zip(np.append(0, last[:-1] + 1), last, strict=True)]


def _between(rows: ir.Table, first: str, last: str) -> ir.Table:
    return rows.filter((rows.left >= first) & (rows.left <= last))


def _described(within: ir.Table, evidence: ir.Table, texts: ir.Table) -> ir.Table:
    reasons = _readable(evidence.semi_join(within, ["left", "right"]), texts)
    family = ibis.ifelse(reasons.family.isin(schema.FAMILIES), reasons.family, "other")
    summed = (
        reasons.mutate(family=family)
        .group_by("left", "right")
        .agg(
            reasons=_.count(),
            evidence=_strongest(),
            **{f"bits_{name}": _.bits.sum(where=_.family == name).round(6) for name in schema.FAMILIES},
        )
    )
    joined = within.left_join(summed, ["left", "right"]).drop("left_right", "right_right")
    joined = joined.left_join(_signals(reasons), ["left", "right"]).drop("left_right", "right_right")
    lowest = ibis.least(*(ibis.coalesce(joined[f"bits_{name}"], 0.0) for name in schema.FAMILIES))
    took_over = ibis.or_(*(joined.signals.contains(name) for name in HAND_OVERS))
    return joined.mutate(
        from_id=_.left,
        to_id=_.right,
        reasons=_.reasons.fill_null(0),
        bits=_.log_odds.round(1),
        hand_over=took_over.nullif(False),
        against=ibis.ifelse(lowest < 0, lowest, ibis.null("float64")),
    )


def members(scope: Scope, case: Tables, shares: ir.Table, texts: ir.Table) -> Iterator[Rows]:
    """Membership in groups, with what sets the group apart and the account shares; `texts` as for links.

    `shares` holds group, account, prompts and own: how many prompts of the account are the group's work.
    """
    marks = _marks(case, texts)
    plain = {name: case[name].select("group", "account", "membership", "role") for name in OUTCOMES}
    unreported = plain["unresolved"].union(plain["explained"])
    counted = _counted(case)
    for part, outcome in ((schema.GROUP_MEMBER, plain["groups"]), (schema.UNREPORTED_MEMBER, unreported)):
        rows = outcome.semi_join(scope.accounts, "account")
        for more in (marks, shares, counted):
            rows = rows.left_join(more, ["group", "account"]).drop("group_right", "account_right")
        if part is schema.GROUP_MEMBER:
            rows = rows.mutate(links=_.links.fill_null(0), content_links=_.content_links.fill_null(0))
        yield part, rows.mutate(from_id=_.account, to_id=_.group, own_prompts=_.own)


def _marks(case: Tables, texts: ir.Table) -> ir.Table:
    """Evidence about an account and a group: group, account, bits, evidence."""
    groups = case["groups"].select("group").union(case["unresolved"].select("group")).distinct()
    evidence = case["evidence"]
    sides = [
        evidence.semi_join(groups, [(side, "group")]).mutate(group=evidence[side], account=evidence[other])
        for side, other in (("left", "right"), ("right", "left"))
    ]
    both = _readable(sides[0].union(sides[1]), texts)
    return both.group_by("group", "account").agg(bits=_.bits.sum().round(6), evidence=_strongest())


def _readable(reasons: ir.Table, texts: ir.Table) -> ir.Table:
    """The reasons with `about`, what each is about as a person reads it; empty where the detail says it."""
    joined = reasons.left_join(texts, [("value", "id")]).drop("id")
    unsaid = joined.family.isin(SELF_EXPLAINED) & ~joined.detail.contains(joined.value)
    own = ibis.ifelse(unsaid, _short(joined.value), "")
    quoted = " “" + _short(joined.text) + "”"
    value = ibis.ifelse(own == "", "", " " + own)
    return joined.mutate(about=ibis.coalesce(quoted, value, "")).drop("text")


def _short(text: ir.Value) -> ir.Value:
    return ibis.ifelse(text.length() > SHOWN, text[: SHOWN - 1] + "…", text)


def _strongest() -> ir.ArrayValue:
    """The reasons with most bits, as sentences."""
    amount = _.bits.round(2)
    sign = ibis.ifelse(amount < 0, "", "+")
    text = sign + amount.cast("string") + " " + _.family + " · " + _.signal + _.about + ": " + _.detail
    return text.collect(order_by=[_.bits.abs().desc(), _.signal, _.value])[:REASONS]


def _signals(reasons: ir.Table) -> ir.Table:
    """The names of the signals of each pair, those with most bits first: left, right, signals."""
    each = reasons.group_by("left", "right", "signal").agg(most=_.bits.abs().max())
    return each.group_by("left", "right").agg(signals=_.signal.collect(order_by=[_.most.desc(), _.signal]))


def judged(engine: Engine, scope: Scope, verdicts: pa.Table) -> Rows:
    """Verdicts in force on two loaded accounts; `verdicts` has left, right, verdict, reason, who."""
    rows = engine.table(verdicts)
    for side in ("left", "right"):
        rows = rows.semi_join(scope.accounts, [(side, "account")])
    return schema.JUDGED, rows.mutate(from_id=_.left, to_id=_.right)
