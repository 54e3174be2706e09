"""From staged rows to facts: ids for rows, ids for texts, and every observation of every account.

Composition only: it hands tables from one stage to the next and knows no method.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.engines import Engine
from linkage.ingest.read import Sources
from linkage.observations import conversations, derived, themes
from linkage.observations import stated as observe
from linkage.observations.accounts import numbered
from linkage.observations.regularity import regularity_facts
from linkage.schema import OTHER, TRAIT_FAMILY, Receipt
from linkage.settings import Settings


@dataclass(frozen=True)
class Content:
    """What the prompts of the interactions have become; each part is None where the source has none.

    `asked` is the interactions with `prompt_id`, `template` and `system_template`, `segments` the sentence
    clusters of each prompt, `benign` the declared shared values (trait, value) in the ids of this run.
    """

    asked: ir.Table | None
    segments: ir.Table | None
    benign: ir.Table | None


@dataclass(frozen=True)
class Rows:
    """The rows in use, by table, each with its content id; and what became of every source row."""

    tables: dict[str, ir.Table]
    receipts: tuple[Receipt, ...]


def rows(engine: Engine, sources: Sources) -> Rows:
    """Gives every row its id and drops exact repeats, which are counted in the receipts."""
    tables: dict[str, ir.Table] = {}
    receipts = list(sources.receipts)
    for name, parts in sorted(sources.tables.items()):
        if parts:
            identified = engine.keep(observe.with_row_ids(engine.files(parts), name))
            repeated = engine.keep(observe.repeated_rows(identified))
            tables[name] = engine.keep(observe.first_of_repeated(identified, repeated))
            left = engine.collect(
                tables[name].group_by("file").agg(n=_.count()), at_most=engine.max_rows
            ).to_pylist()
            kept = {row["file"]: row["n"] for row in left}
            receipts = [_filtered(r, kept) if r.table == name else r for r in receipts]
            engine.drop(identified, repeated)
    return Rows(tables, tuple(receipts))


def _filtered(receipt: Receipt, kept: Mapping[str, int]) -> Receipt:
    repeats = receipt.used - kept.get(receipt.file, 0)
    if not repeats:
        return receipt
    return replace(
        receipt, used=receipt.used - repeats, filtered={**receipt.filtered, "repeated row": repeats}
    )


# --- observations --------------------------------------------------------------------------------


def accounts(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Every account that any row names."""
    naming = [rows.select("account") for rows in tables.values() if "account" in rows.columns]
    first, *rest = naming
    return (first.union(*rest) if rest else first).distinct()


def observations(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    families: Mapping[str, str],
    *,
    content: Content,
    habits: pa.Table,
) -> ir.Table:
    """All observations: what rows state, what follows from values, what is asked, bursts, echoes, habits."""
    stated = engine.keep(observe.stated(tables))
    derivable = stated.filter(_.trait.isin(list(observe.DERIVED))).select("trait", "value").distinct()
    made = engine.table(observe.derived(engine.collect(derivable, at_most=engine.max_rows)))
    parts = [stated, observe.following(stated, made)]
    if content.asked is not None and content.segments is not None:
        parts += [*derived.content(content.asked, content.segments), derived.echoes(content.asked)]
        parts.append(conversations.contexts(engine, content.asked))
        parts.append(
            engine.table(
                derived.model_moves(engine.collect(derived.taken_up(content.asked), at_most=engine.max_rows))
            )
        )
    if "accounts" in tables:
        opened = _moments(tables["accounts"], "accounts", "created_at")
        parts.append(
            engine.table(derived.registration_bursts(engine.collect(opened, at_most=engine.max_rows)))
        )
    if "payments" in tables:
        paid = _moments(tables["payments"], "payments", "at", "fingerprint", "bin")
        first = paid.group_by("account", "fingerprint", "bin").agg(at=_.at.min(), source=_.source.min())
        parts.append(
            engine.table(
                derived.issuing_bursts(engine.collect(first.filter(_.bin.notnull()), at_most=engine.max_rows))
            )
        )
    parts.append(engine.table(habits))
    seen = engine.keep(observe.observations(observe.union(parts), families))
    engine.drop(stated)
    return seen


def _moments(rows: ir.Table, table: str, column: str, *more: str) -> ir.Table:
    source = ibis.literal(f"{table}:") + rows.row
    return rows.select("account", *more, at=rows[column], source=source).filter(_.at.notnull())


# --- the population ------------------------------------------------------------------------------

DECLARING = ("organisation", "email_domain", "fingerprint", "billing_hash", "funding", "prefix")


@dataclass(frozen=True)
class Population:
    """Every account and observation. `weighable` leaves out benign values; `foreign` maps the traits
    that the contract does not know to family and agreement; `undeclared` are those nobody declared;
    `acts` are the moments (at) at which account number a was active; `touched` what common themes."""

    accounts: ir.Table
    names: list[str]
    observations: ir.Table
    weighable: ir.Table
    declarations: pa.Table
    foreign: dict[str, tuple[str, float]]
    undeclared: tuple[str, ...]
    interactions: np.ndarray
    created: np.ndarray
    last_at: int | None
    count: int
    acts: pa.Table
    touched: themes.Touched | None


def population(
    engine: Engine, tables: Mapping[str, ir.Table], content: Content, settings: Settings
) -> Population:
    """Gathers all observations and what is known of each account, by number."""
    everyone = engine.keep(accounts(tables))
    names: list[str] = engine.collect(everyone.order_by("account"), at_most=engine.max_rows)[
        "account"
    ].to_pylist()
    families = {trait: each.family for trait, each in settings.traits.items()}
    acts = _acts(engine, tables, everyone)
    touched = _touched(engine, content, everyone)
    habits = [derived.hour_facts(names, acts), regularity_facts(names, acts)]
    habits += [themes.theme_facts(names, touched)] if touched else []
    seen = observations(engine, tables, families, content=content, habits=pa.concat_tables(habits))
    weighable = seen if content.benign is None else seen.anti_join(content.benign, ["trait", "value"])
    traits = engine.collect(seen.select("trait").distinct().order_by("trait"), at_most=engine.max_rows)[
        "trait"
    ].to_pylist()
    foreign = [t for t in traits if t not in TRAIT_FAMILY]
    declared = settings.traits
    rows = engine.collect(
        seen.filter(_.trait.isin(DECLARING)).select("account", "trait", "value"), at_most=engine.max_rows
    )
    last = engine.collect(seen.agg(last=_.last_at.max()), at_most=1)["last"][0].as_py()
    return Population(
        everyone,
        names,
        seen,
        weighable,
        rows,
        {t: (declared[t].family, declared[t].agreement) if t in declared else (OTHER, 0.5) for t in foreign},
        tuple(t for t in foreign if t not in declared),
        _activity(engine, tables, names),
        _created(engine, tables, names),
        last,
        int(engine.collect(seen.count().as_table(), at_most=1)[0][0].as_py()),
        acts.select(["a", "at"]),
        touched,
    )


def _touched(engine: Engine, content: Content, everyone: ir.Table) -> themes.Touched | None:
    if content.asked is None or content.segments is None:
        return None
    return themes.touched(engine, content.asked.join(numbered(everyone), "account"), content.segments)


def _numbered(names: list[str], accounts: list[str]) -> np.ndarray:
    return np.searchsorted(np.array(names, dtype=object), np.array(accounts, dtype=object))


def _acts(engine: Engine, tables: Mapping[str, ir.Table], everyone: ir.Table) -> pa.Table:
    """Every moment at which an account was active: a (its number), at and source, ordered by them."""
    name = next((t for t in ("interactions", "sessions") if t in tables), None)
    if name is None:
        return _NO_ACTS.empty_table()
    moments = _moments(tables[name], name, "at").join(numbered(everyone), "account")
    return engine.collect(
        moments.select("a", "at", "source").order_by(["a", "at", "source"]), at_most=engine.max_rows
    )


_NO_ACTS = pa.schema([("a", pa.int32()), ("at", pa.int64()), ("source", pa.string())])


def _activity(engine: Engine, tables: Mapping[str, ir.Table], names: list[str]) -> np.ndarray:
    counts = np.zeros(len(names), dtype=np.int64)
    if "interactions" in tables:
        rows = engine.collect(
            tables["interactions"].group_by("account").agg(n=_.count()), at_most=engine.max_rows
        )
        counts[_numbered(names, rows["account"].to_pylist())] = rows["n"].to_numpy()
    return counts


def _created(engine: Engine, tables: Mapping[str, ir.Table], names: list[str]) -> np.ndarray:
    created = np.full(len(names), np.nan)
    if "accounts" in tables:
        opened = tables["accounts"].group_by("account").agg(at=_.created_at.min()).filter(_.at.notnull())
        rows = engine.collect(opened, at_most=engine.max_rows)
        created[_numbered(names, rows["account"].to_pylist())] = rows["at"].to_numpy()
    return created
