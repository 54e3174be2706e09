"""The stage of observations: staged rows get ids, and every account its facts, counted as observations."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from linkage.engines import Engine
from linkage.ingest.read import Sources
from linkage.observations import (
    bursts,
    conversations,
    facts,
    model_moves,
    row_ids,
    themes,
    value_traits,
)
from linkage.observations.accounts import account_numbers
from linkage.observations.answers import answers_given, answers_sent_on, echo_facts
from linkage.observations.content import CONTENT_TRAITS, content_facts, content_observations
from linkage.observations.hour_profile import hour_facts
from linkage.observations.regularity import regularity_facts
from linkage.schema import NO_EVIDENCE, OTHER, TRAIT_FAMILY, Receipt
from linkage.settings.observations import Bursts, Conversations, Themes
from linkage.settings.observations import Observations as ObservationSettings
from linkage.settings.program import Settings


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
    """The rows in use, by table, each with its content id; and what became of every source row and file."""

    tables: dict[str, ir.Table]
    receipts: tuple[Receipt, ...]
    ignored: Mapping[str, str] = field(default_factory=dict)


def rows(engine: Engine, sources: Sources) -> Rows:
    """Gives every row its id and drops exact repeats, which are counted in the receipts."""
    tables: dict[str, ir.Table] = {}
    receipts = list(sources.receipts)
    for name, parts in sorted(sources.tables.items()):
        if parts:
            identified = engine.keep(row_ids.add_row_ids(engine.files(parts), name))
            repeated = engine.keep(row_ids.repeated_ids(identified))
            tables[name] = engine.keep(row_ids.drop_repeats(identified, repeated))
            used = _rows_by_file(engine, tables[name], files=len(receipts))
            receipts = [_without_repeats(r, used) if r.table == name else r for r in receipts]
            engine.drop(identified, repeated)
    return Rows(tables, tuple(receipts), sources.ignored)


def _rows_by_file(engine: Engine, rows: ir.Table, *, files: int) -> dict[str, int]:
    counted = engine.collect(rows.group_by("file").agg(n=_.count()), at_most=files)
    return {row["file"]: row["n"] for row in counted.to_pylist()}


def _without_repeats(receipt: Receipt, used: Mapping[str, int]) -> Receipt:
    repeats = receipt.used - used.get(receipt.file, 0)
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


@dataclass(frozen=True)
class Known:
    """What observations are made with: the settings of the stage, and the families that a source declares."""

    chosen: ObservationSettings
    families: Mapping[str, str]


def observations(
    engine: Engine, tables: Mapping[str, ir.Table], known: Known, *, content: Content, habits: pa.Table
) -> ir.Table:
    """All observations: what rows state, what follows from values, what is asked, bursts, echoes, habits."""
    stated = engine.keep(facts.row_facts(tables))
    parts = [stated.filter(_.trait.notin(CONTENT_TRAITS)), _value_trait_facts(engine, stated)]
    asked: dict[str, ir.Table] = {}
    if content.asked is not None and content.segments is not None:
        asked = content_facts(content.asked, content.segments)
        parts.append(echo_facts(content.asked))
        parts.append(_conversation_facts(engine, content.asked, known.chosen.conversations))
        parts.append(_model_move_facts(engine, content.asked, known.chosen.bursts))
    parts += _burst_facts(engine, tables, known.chosen.bursts)
    parts.append(engine.table(habits))
    # What is asked is two thirds of all: each trait of it is counted with the memory of its own.
    found = [engine.keep(facts.observations(facts.union_facts(parts), known.families))]
    said = engine.keep(stated.filter(_.trait.isin(CONTENT_TRAITS))) if "observations" in tables else None
    engine.drop(stated)
    found += [engine.keep(some) for some in content_observations(asked, said, known.families)]
    return ibis.union(*found)


def _value_trait_facts(engine: Engine, stated: ir.Table) -> ir.Table:
    values = stated.filter(_.trait.isin(list(value_traits.RULES))).select("trait", "value").distinct()
    made = engine.table(value_traits.value_traits(engine.collect(values, at_most=engine.max_rows)))
    return value_traits.value_trait_facts(stated, made)


def _conversation_facts(engine: Engine, asked: ir.Table, chosen: Conversations) -> ir.Table:
    sent, given = engine.keep(answers_sent_on(asked)), answers_given(asked)
    foreign = engine.keep(conversations.foreign_answers(sent, given))
    between = conversations.between_accounts(foreign, given, chosen)
    rows = conversations.with_conversations(engine.collect(between, at_most=engine.max_rows))
    engine.drop(sent, foreign)
    return conversations.context_facts(engine.table(rows), chosen)


def _model_move_facts(engine: Engine, asked: ir.Table, chosen: Bursts) -> ir.Table:
    moves = engine.collect(model_moves.model_moves(asked, chosen), at_most=engine.max_rows)
    return engine.table(model_moves.model_move_facts(moves, chosen))


def _burst_facts(engine: Engine, tables: Mapping[str, ir.Table], chosen: Bursts) -> list[ir.Table]:
    """Bursts of opened accounts and of first uses of cards, where the source has such tables."""
    found = []
    if "accounts" in tables:
        opened = engine.collect(
            _moments(tables["accounts"], "accounts", "created_at"), at_most=engine.max_rows
        )
        found.append(engine.table(bursts.registration_burst_facts(opened, chosen)))
    if "payments" in tables:
        paid = _moments(tables["payments"], "payments", "at", "fingerprint", "bin")
        first = paid.group_by("account", "fingerprint", "bin").agg(at=_.at.min(), source=_.source.min())
        cards = engine.collect(first.filter(_.bin.notnull()), at_most=engine.max_rows)
        found.append(engine.table(bursts.issuing_burst_facts(cards, chosen)))
    return found


def _moments(rows: ir.Table, table: str, column: str, *more: str) -> ir.Table:
    source = ibis.literal(f"{table}:") + rows.row
    return rows.select("account", *more, at=rows[column], source=source).filter(_.at.notnull())


# --- the population ------------------------------------------------------------------------------

DECLARING = ("organisation", "email_domain", "fingerprint", "billing_hash", "funding", "prefix")


@dataclass(frozen=True)
class Population:
    """Every account and observation. `benign` are values (trait, value) that weigh nothing; `foreign` maps
    the traits that the contract does not know to family and agreement; `undeclared` those nobody declared;
    `events` are the moments (at) at which account number a was active; `theme_counts` its common themes."""

    accounts: ir.Table
    names: list[str]
    observations: ir.Table
    benign: ir.Table | None
    declarations: pa.Table
    foreign: dict[str, tuple[str, float]]
    undeclared: tuple[str, ...]
    interactions: np.ndarray
    created: np.ndarray
    last_at: int | None
    count: int
    events: pa.Table
    theme_counts: themes.ThemeCounts | None

    @property
    def weighable(self) -> ir.Table:
        """The observations without benign values and without what is no evidence."""
        evident = self.observations.filter(_.trait.notin(sorted(NO_EVIDENCE)))
        return evident if self.benign is None else evident.anti_join(self.benign, ["trait", "value"])


def population(
    engine: Engine,
    tables: Mapping[str, ir.Table],
    content: Content,
    settings: Settings,
    *,
    weighed: Mapping[str, str],
) -> Population:
    """Gathers all observations and what is known of each account, by number; `weighed` are the families of
    the traits that signals weigh."""
    everyone, chosen = engine.keep(accounts(tables)), settings.observations
    names: list[str] = engine.collect(everyone.order_by("account"), at_most=engine.max_rows)[
        "account"
    ].to_pylist()
    events = _events(engine, tables, everyone)
    counts = _theme_counts(engine, content, everyone, chosen.themes)
    habits = [
        hour_facts(names, events, chosen.hour_profile),
        regularity_facts(names, events, chosen.regularity),
    ]
    habits += [themes.theme_facts(names, counts, chosen.themes)] if counts else []
    families = {**weighed, **{trait: each.family for trait, each in settings.traits.items()}}
    found = observations(
        engine, tables, Known(chosen, families), content=content, habits=pa.concat_tables(habits)
    )
    traits = engine.collect(found.select("trait").distinct().order_by("trait"), at_most=engine.max_rows)
    contract = {*TRAIT_FAMILY, *weighed, *NO_EVIDENCE}
    foreign = [t for t in traits["trait"].to_pylist() if t not in contract]
    last = engine.collect(found.agg(last=_.last_at.max()), at_most=1)["last"][0].as_py()
    return Population(
        everyone,
        names,
        found,
        content.benign,
        engine.collect(
            found.filter(_.trait.isin(DECLARING)).select("account", "trait", "value"),
            at_most=engine.max_rows,
        ),
        _families(foreign, settings),
        tuple(t for t in foreign if t not in settings.traits),
        _activity(engine, tables, names),
        _created(engine, tables, names),
        last,
        int(engine.collect(found.count().as_table(), at_most=1)[0][0].as_py()),
        events.select(["a", "at"]),
        counts,
    )


def _families(foreign: list[str], settings: Settings) -> dict[str, tuple[str, float]]:
    """Family and agreement of each trait that the contract does not know."""
    other = (OTHER, settings.observations.undeclared_agreement)
    declared = {trait: (each.family, each.agreement) for trait, each in settings.traits.items()}
    return {trait: declared.get(trait, other) for trait in foreign}


def _theme_counts(
    engine: Engine, content: Content, everyone: ir.Table, chosen: Themes
) -> themes.ThemeCounts | None:
    if content.asked is None or content.segments is None:
        return None
    asked = content.asked.join(account_numbers(everyone), "account")
    uses = engine.keep(themes.daily_uses(asked, content.segments))
    top = engine.collect(themes.commonest(uses, chosen), at_most=chosen.themes)
    numbers = engine.table(top.select(["value"]).append_column("theme", pa.array(np.arange(len(top)))))
    found = engine.collect(themes.theme_uses(uses, numbers), at_most=engine.max_rows)
    engine.drop(uses, numbers)
    return themes.ThemeCounts(found, tuple(top["value"].to_pylist()))


def _places(names: list[str], accounts: list[str]) -> np.ndarray:
    return np.searchsorted(np.array(names, dtype=object), np.array(accounts, dtype=object))


def _events(engine: Engine, tables: Mapping[str, ir.Table], everyone: ir.Table) -> pa.Table:
    """Every moment at which an account was active: a (its number), at and source, ordered by them."""
    name = next((t for t in ("interactions", "sessions") if t in tables), None)
    if name is None:
        return _NO_EVENTS.empty_table()
    moments = _moments(tables[name], name, "at").join(account_numbers(everyone), "account")
    return engine.collect(
        moments.select("a", "at", "source").order_by(["a", "at", "source"]), at_most=engine.max_rows
    )


_NO_EVENTS = pa.schema([("a", pa.int32()), ("at", pa.int64()), ("source", pa.string())])


def _activity(engine: Engine, tables: Mapping[str, ir.Table], names: list[str]) -> np.ndarray:
    counts = np.zeros(len(names), dtype=np.int64)
    if "interactions" in tables:
        rows = engine.collect(tables["interactions"].group_by("account").agg(n=_.count()), at_most=len(names))
        counts[_places(names, rows["account"].to_pylist())] = rows["n"].to_numpy()
    return counts


def _created(engine: Engine, tables: Mapping[str, ir.Table], names: list[str]) -> np.ndarray:
    created = np.full(len(names), np.nan)
    if "accounts" in tables:
        opened = tables["accounts"].group_by("account").agg(at=_.created_at.min()).filter(_.at.notnull())
        rows = engine.collect(opened, at_most=len(names))
        created[_places(names, rows["account"].to_pylist())] = rows["at"].to_numpy()
    return created
