"""Facts about accounts as nodes and relationships: each kind of value has a label of its own.

Tables of the case come in, tables with the columns of `schema` go out; nothing is computed here.
"""

from collections.abc import Callable, Iterator

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from linkage.engines import Engine
from linkage.graph import schema
from linkage.graph.schema import Nodes, Part, Relationships
from linkage.graph.scope import Scope, Tables

Rows = tuple[Part, ir.Table]

PAYMENT = {"fingerprint": "card", "billing_hash": "billing identity"}
"""Traits that are a means of payment, and what kind."""

OWN_LABEL = ("ip", "prefix", "prompt", "template", *PAYMENT)
"""Traits whose values are nodes of another label than Device and Trait."""

TOLD = ("country", "plan", "organisation", "email_domain", "referrer")
"""Traits that are properties of an account beside being values that accounts share."""

SEEN = ("count", "first_at", "last_at", "observation")

IDS = {
    "segment": "a sentence",
    "system_prompt": "a system prompt",
    "response": "an answer",
    "context": "an answer sent back",
    "themes": "what is mostly asked",
}
"""Traits whose values are ids or digests of texts, and what such a text is."""

UNQUOTED = " (no text loaded)"
"""Beside what something is, where its text is not known or was not to be loaded."""

SHOWN = 120
"""Characters of a text in the name of a node."""

Prefix = Callable[[str], str | None]


def accounts(scope: Scope, case: Tables) -> Rows:
    """The accounts with what is known of each alone, and their operator group."""
    facts = case["observations"].semi_join(scope.accounts, "account")
    own = facts.group_by("account").agg(
        created_at=_.value.min(where=_.trait == "created_at"),
        prompts=_["count"].sum(where=_.trait == "prompt"),
        first_at=_.first_at.min(),
        last_at=_.last_at.max(),
        **{trait: _.value.min(where=_.trait == trait) for trait in TOLD},
    )
    groups = case["groups"].select("account", "group", "role")
    joined = own.left_join(groups, "account").drop("account_right")
    created = joined.created_at.try_cast("timestamp")
    return schema.ACCOUNT, joined.mutate(
        id=joined.account,
        created_at=created.epoch_seconds() * 1_000_000 + created.microsecond(),
    )


def values(scope: Scope, texts: ir.Table) -> Iterator[Rows]:
    """The nodes of shared values, addresses' networks apart; `texts` has id and text."""
    yield schema.IP, _held(scope, _.trait == "ip", address=_.value)
    device = (_.family == "device") & ~_.trait.isin(OWN_LABEL)
    yield schema.DEVICE, _held(scope, device, kind=_.trait, fingerprint=_.value)
    kind = _.trait.cases(*PAYMENT.items(), else_="other")
    yield schema.PAYMENT_METHOD, _held(scope, _.trait.isin(list(PAYMENT)), kind=kind, fingerprint=_.value)
    traits = _held(scope, _plain(), trait=_.trait, value=_.value, family=_.family)
    named = traits.left_join(texts, [("value", "id")]).drop("id")
    kind = named.trait.cases(*IDS.items())
    plain = ibis.ifelse(kind.isnull(), named.value, kind + UNQUOTED)
    yield schema.TRAIT, named.mutate(name=ibis.coalesce(_said(named.text), plain)).drop("text")


def _plain() -> ir.BooleanValue:
    return (_.family != "device") & ~_.trait.isin(OWN_LABEL)


def _said(text: ir.Value) -> ir.Value:
    """A text as it is quoted: between marks, and not longer than a caption or a cell can show."""
    short = ibis.ifelse(text.length() > SHOWN, text[: SHOWN - 1] + "…", text)
    return "“" + short + "”"


def _held(scope: Scope, chosen: ir.BooleanValue, **columns: ir.Value) -> ir.Table:
    facts = scope.facts.filter(chosen)
    return facts.select(**columns, accounts=_.holders).distinct()


def used(scope: Scope) -> Iterator[Rows]:
    """From accounts to the values they used."""
    device = (_.family == "device") & ~_.trait.isin(OWN_LABEL)
    kind = _.trait.cases(*PAYMENT.items(), else_="other")
    yield _seen(scope, schema.USED_IP, _.trait == "ip", to_address=_.value)
    yield _seen(scope, schema.USED_DEVICE, device, to_kind=_.trait, to_fingerprint=_.value)
    yield _seen(scope, schema.PAID_WITH, _.trait.isin(list(PAYMENT)), to_kind=kind, to_fingerprint=_.value)
    yield _seen(scope, schema.HAS_TRAIT, _plain(), to_trait=_.trait, to_value=_.value)
    yield _seen(scope, schema.SENT, _.trait == "prompt", to_id=_.value)
    yield _seen(scope, schema.ACCOUNT_TEMPLATE, _.trait == "template", to_id=_.value)


def _seen(scope: Scope, part: Relationships, chosen: ir.BooleanValue, **columns: ir.Value) -> Rows:
    return part, scope.facts.filter(chosen).select(from_id=_.account, **columns, **{n: _[n] for n in SEEN})


def networks(engine: Engine, scope: Scope, prefix: Prefix) -> Iterator[Rows]:
    """Networks, the addresses in them, and accounts of which only the network is known."""
    prefixes = scope.facts.filter(_.trait == "prefix")
    addresses = scope.facts.filter(_.trait == "ip").select("account", "value").distinct()
    inside = engine.table(
        _prefixes(engine.collect(addresses.select("value").distinct(), at_most=engine.max_rows), prefix)
    )
    counted = inside.select("prefix").union(prefixes.select(prefix="value")).distinct()
    holders = prefixes.group_by(prefix="value").agg(accounts=_.holders.max())
    yield schema.NETWORK, counted.left_join(holders, "prefix").drop("prefix_right")
    yield schema.IP_NETWORK, inside.select(from_address="address", to_prefix="prefix")
    through = addresses.join(inside, [("value", "address")]).select("account", value="prefix")
    alone = prefixes.anti_join(through, ["account", "value"])
    yield (
        schema.ACCOUNT_NETWORK,
        alone.select(from_id=_.account, to_prefix=_.value, **{n: _[n] for n in SEEN}),
    )


def _prefixes(addresses: pa.Table, prefix: Prefix) -> pa.Table:
    pairs = [(each, prefix(each)) for each in sorted(addresses.column("value").to_pylist())]
    known = [(each, network) for each, network in pairs if network is not None]
    columns = {"address": [each for each, _network in known], "prefix": [network for _each, network in known]}
    return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


def asked(scope: Scope, case: Tables, texts: ir.Table) -> Iterator[Rows]:
    """Prompts, templates and near-duplicates; `texts` (id, text) are those of them that may be quoted.

    The vectors of prompts are not in the case: whoever sends the rows adds them.
    """
    sent = scope.facts.filter(_.trait == "prompt").select(prompt="value").distinct()
    known = _quoted(sent.left_join(case["prompts"], "prompt").drop("prompt_right"), "prompt", texts)
    prompts = known.select(
        "name", "accounts", "interactions", "skeleton", "template", "example", id=known.prompt
    )
    yield schema.PROMPT, prompts.drop("template")
    within = prompts.filter(_.template.notnull()).select(from_id="id", to_id="template")
    alone = scope.facts.filter(_.trait == "template").select(template="value")
    ids = within.select(template="to_id").union(alone).distinct()
    templates = ids.left_join(case["templates"], "template").drop("template_right")
    yield schema.TEMPLATE, _quoted(templates, "template", texts).mutate(id=_.template)
    yield schema.PROMPT_TEMPLATE, within
    near = case["near"].semi_join(sent, [("left", "prompt")]).semi_join(sent, [("right", "prompt")])
    yield schema.NEAR_DUPLICATE, near.select("similarity", "method", from_id="left", to_id="right")


def _quoted(rows: ir.Table, kind: str, texts: ir.Table) -> ir.Table:
    """The rows with the text of each as `example` and, shortened, as `name`."""
    plain = rows.drop("example") if "example" in rows.columns else rows
    joined = plain.left_join(texts, [(kind, "id")]).drop("id")
    name = ibis.coalesce(_said(joined.text), ibis.literal(f"a {kind}{UNQUOTED}"))
    return joined.mutate(name=name, example=joined.text).drop("text")


def ordered(part: Part, rows: ir.Table) -> ir.Table:
    """The columns of a part in the order of its keys, moments as microseconds; vectors are left out."""
    columns = {name: rows[name] for name in part.keys}
    for each in part.properties:
        if each.kind != "vector":
            columns[each.name] = _whole(rows[each.name])
    if isinstance(part, Nodes) and "skeleton" in rows.columns:
        columns["skeleton"] = rows.skeleton
    return rows.select(**columns).order_by(part.keys)


def _whole(column: ir.Value) -> ir.Value:
    if not column.type().is_timestamp():
        return column
    return column.cast("timestamp").epoch_seconds() * 1_000_000 + column.cast("timestamp").microsecond()
