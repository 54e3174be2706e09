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

from linkage.engines.duckdb import Engine
from linkage.evidence.shared_values import Bands, numbered
from linkage.evidence.stage import Limits, Weighing
from linkage.ingest.read import Sources
from linkage.observations import conversations, derived, themes
from linkage.observations import stated as observe
from linkage.observations.regularity import regularity_facts
from linkage.prompts.stage import Prompts
from linkage.schema import OTHER, TRAIT_FAMILY, Receipt
from linkage.settings import Settings


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
            left = engine.arrow(tables[name].group_by("file").agg(n=_.count())).to_pylist()
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
    prompts: Prompts,
    habits: pa.Table,
) -> ir.Table:
    """All observations: what rows state, what follows from values, what is asked, bursts, echoes, habits."""
    stated = engine.keep(observe.stated(tables))
    derivable = stated.filter(_.trait.isin(list(observe.DERIVED))).select("trait", "value").distinct()
    made = engine.table(observe.derived(engine.arrow(derivable)))
    parts = [stated, observe.following(stated, made)]
    if prompts.asked is not None and prompts.segments is not None:
        parts += [*derived.content(prompts.asked, prompts.segments), derived.echoes(prompts.asked)]
        parts.append(conversations.contexts(engine, prompts.asked))
        parts.append(engine.table(derived.model_moves(engine.arrow(derived.taken_up(prompts.asked)))))
    if "accounts" in tables:
        opened = _moments(tables["accounts"], "accounts", "created_at")
        parts.append(engine.table(derived.registration_bursts(engine.arrow(opened))))
    if "payments" in tables:
        paid = _moments(tables["payments"], "payments", "at", "fingerprint", "bin")
        first = paid.group_by("account", "fingerprint", "bin").agg(at=_.at.min(), source=_.source.min())
        parts.append(engine.table(derived.issuing_bursts(engine.arrow(first.filter(_.bin.notnull())))))
    parts.append(engine.table(habits))
    seen = engine.keep(observe.observations(observe.union(parts), families))
    engine.drop(stated)
    return seen


def _moments(rows: ir.Table, table: str, column: str, *more: str) -> ir.Table:
    source = ibis.literal(f"{table}:") + rows.row
    return rows.select("account", *more, at=rows[column], source=source).filter(_.at.notnull())


def uses(tables: Mapping[str, ir.Table], asked: ir.Table | None, traits: list[str]) -> ir.Table | None:
    """Every dated use of an address, a template or a declared object: account, trait, value, at."""
    parts = []
    for name in ("sessions", "interactions"):
        if name in tables:
            rows = tables[name]
            parts.append(rows.select("account", trait=ibis.literal("ip"), value="ip", at="at"))
    if asked is not None:
        parts.append(asked.select("account", trait=ibis.literal("template"), value="template", at="at"))
    if "observations" in tables and traits:
        parts.append(
            tables["observations"].filter(_.trait.isin(traits)).select("account", "trait", "value", "at")
        )
    if not parts:
        return None
    first, *rest = parts
    together = first.union(*rest) if rest else first
    return together.filter(_.value.notnull() & _.at.notnull())


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
    engine: Engine, tables: Mapping[str, ir.Table], prompts: Prompts, settings: Settings
) -> Population:
    """Gathers all observations and what is known of each account, by number."""
    everyone = engine.keep(accounts(tables))
    names: list[str] = engine.arrow(everyone.order_by("account"))["account"].to_pylist()
    families = {trait: each.family for trait, each in settings.traits.items()}
    acts = _acts(engine, tables, everyone)
    touched = _touched(engine, prompts, everyone)
    habits = [derived.hour_facts(names, acts), regularity_facts(names, acts)]
    habits += [themes.theme_facts(names, touched)] if touched else []
    seen = observations(engine, tables, families, prompts=prompts, habits=pa.concat_tables(habits))
    weighable = seen if prompts.benign is None else seen.anti_join(prompts.benign, ["trait", "value"])
    traits = engine.arrow(seen.select("trait").distinct().order_by("trait"))["trait"].to_pylist()
    foreign = [t for t in traits if t not in TRAIT_FAMILY]
    declared = settings.traits
    rows = engine.arrow(seen.filter(_.trait.isin(DECLARING)).select("account", "trait", "value"))
    last = engine.arrow(seen.agg(last=_.last_at.max()))["last"][0].as_py()
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
        int(engine.arrow(seen.count().as_table())[0][0].as_py()),
        acts.select(["a", "at"]),
        touched,
    )


def _touched(engine: Engine, prompts: Prompts, everyone: ir.Table) -> themes.Touched | None:
    if prompts.asked is None or prompts.segments is None:
        return None
    return themes.touched(engine, prompts.asked.join(numbered(everyone), "account"), prompts.segments)


def _numbered(names: list[str], accounts: list[str]) -> np.ndarray:
    return np.searchsorted(np.array(names, dtype=object), np.array(accounts, dtype=object))


def _acts(engine: Engine, tables: Mapping[str, ir.Table], everyone: ir.Table) -> pa.Table:
    """Every moment at which an account was active: a (its number), at and source, ordered by them."""
    name = next((t for t in ("interactions", "sessions") if t in tables), None)
    if name is None:
        return _NO_ACTS.empty_table()
    moments = _moments(tables[name], name, "at").join(numbered(everyone), "account")
    return engine.arrow(moments.select("a", "at", "source").order_by(["a", "at", "source"]))


_NO_ACTS = pa.schema([("a", pa.int32()), ("at", pa.int64()), ("source", pa.string())])


def _activity(engine: Engine, tables: Mapping[str, ir.Table], names: list[str]) -> np.ndarray:
    counts = np.zeros(len(names), dtype=np.int64)
    if "interactions" in tables:
        rows = engine.arrow(tables["interactions"].group_by("account").agg(n=_.count()))
        counts[_numbered(names, rows["account"].to_pylist())] = rows["n"].to_numpy()
    return counts


def _created(engine: Engine, tables: Mapping[str, ir.Table], names: list[str]) -> np.ndarray:
    created = np.full(len(names), np.nan)
    if "accounts" in tables:
        opened = tables["accounts"].group_by("account").agg(at=_.created_at.min()).filter(_.at.notnull())
        rows = engine.arrow(opened)
        created[_numbered(names, rows["account"].to_pylist())] = rows["at"].to_numpy()
    return created


def limits(settings: Settings) -> Limits:
    """The bounds of the comparison in the units the signals use."""
    chosen = settings.signals
    return Limits(
        bands=Bands(
            clique_degree=chosen.clique_degree,
            nearest_degree=chosen.nearest_degree,
            nearest=chosen.nearest,
            min_bits=chosen.min_propose_bits,
            min_together=chosen.min_pair_bits,
            seed=settings.seed,
        ),
        max_pairs=chosen.max_pairs,
        window=round(chosen.window_seconds * 1_000_000),
        participation=chosen.window_participation,
        handover=round(chosen.handover_seconds * 1_000_000),
        seed=settings.seed,
        objects=tuple(chosen.window_traits),
        echo_bits=chosen.echo_bits,
    )


def add_moments(
    engine: Engine,
    weighing: Weighing,
    tables: Mapping[str, ir.Table],
    prompts: Prompts,
    settings: Settings,
) -> None:
    """Gives the weighing every dated use: coincidences, answers passed on, texts sent."""
    asked = prompts.asked
    dated = uses(tables, asked, settings.signals.window_traits)
    if dated is not None:
        weighing.add_moments(dated)
    if asked is not None:
        weighing.add_echoes(asked)
        weighing.add_conversations()
        weighing.add_texts(asked)
