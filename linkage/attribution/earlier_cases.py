"""What earlier cases know: the values of their groups, as indicators of the operators behind them.

An earlier case is read through the engine, its texts by `prompts`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from linkage.attribution.exchange_key import ExchangeKey
from linkage.engines import Engine
from linkage.groups.trait_index import LEAST_COMMON, LEAST_HOLDERS, RARER
from linkage.links.constraints import Constraints
from linkage.prompts import known_texts
from linkage.settings import Settings

ROWS = pa.schema(
    [
        *((name, pa.string()) for name in ("operator", "trait", "value", "source")),
        *((name, pa.float64()) for name in ("confidence", "elsewhere")),
        *((name, pa.int64()) for name in ("first_at", "last_at")),
    ]
)
"""One indicator: `elsewhere` is the share of an earlier case's other accounts that hold the value, `first_at`
and `last_at` (µs) bound the time at which the operator used it."""

Row = dict[str, Any]


class EarlierCase(Protocol):
    """What is read of an earlier case; `linkage.case.Case` is one."""

    path: Path

    @property
    def run(self) -> dict[str, Any]:
        """Its receipt."""

    def table(self, name: str) -> pa.Table:
        """One of its tables."""

    def verdicts(self) -> list[dict[str, Any]]:
        """What people decided on it, in order."""

    def constraints(self) -> Constraints:
        """The verdicts in force."""


TEXTS = ("prompt", "template", "segment", "system_prompt")
"""Traits whose values stand for texts."""

MOST_PROMPTS = 50_000
"""Prompts of a group that are read for the centres of its segments; a second's work."""

EXAMPLES = 5
"""Texts taken of one system prompt's variants."""


@dataclass(frozen=True)
class Text:
    """A text that an operator is known by; `trait` says as what."""

    operator: str
    trait: str
    text: str
    confidence: float | None
    elsewhere: float | None
    first_at: int | None
    last_at: int | None
    source: str


@dataclass(frozen=True)
class Earlier:
    """A group of an earlier case, and what a person decided on it there."""

    group: str
    case: str
    members: dict[str, float]
    reported: bool
    verdict: str | None
    reason: str

    @property
    def remark(self) -> str:
        """What a reader must know before taking the group for an operator."""
        state = {
            "confirmed": f"a person confirmed it there: {self.reason}",
            "dismissed": f"a person dismissed it there: {self.reason}",
        }.get(self.verdict or "", "reported there; nobody has judged it")
        return f"group {self.group} of case {self.case}, {len(self.members):,} accounts; {state}"


@dataclass
class Known:
    """What is known of operators from earlier cases; `cut` counts what was left out, by reason."""

    rows: list[pa.Table] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    earlier: dict[str, Earlier] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    receipt: list[Row] = field(default_factory=list)
    exchange: ExchangeKey | None = None
    """The key under which partners' indicators may be digests."""


def learn(
    engine: Engine,
    cases: Sequence[EarlierCase],
    traits: Collection[str],
    settings: Settings,
    exchange: ExchangeKey | None = None,
) -> Known:
    """The indicators that the groups of earlier cases give, of the traits that are weighed here."""
    known = Known(exchange=exchange)
    for case in cases:
        groups = list(_groups(case))
        known.receipt.append(
            {
                "case": case.path.resolve().name,
                "settings_digest": case.run.get("settings_digest"),
                "outputs": {name: each.get("sha256") for name, each in case.run.get("outputs", {}).items()},
                "groups": [each.group for each in groups],
            }
        )
        fresh = [each for each in groups if each.group not in known.earlier]
        known.earlier |= {each.group: each for each in fresh}
        if fresh:
            _Reading(engine, case, known, settings).learn(fresh, traits)
    return known


def _groups(case: EarlierCase) -> Iterable[Earlier]:
    """Groups that were reported, and others that a person has judged."""
    verdicts, reasons = case.constraints(), {}
    for row in sorted(case.verdicts(), key=lambda row: int(row["seq"])):
        if row.get("group"):
            reasons[row["group"]] = str(row.get("reason", ""))
    for name in ("groups", "explained"):
        members: dict[str, dict[str, float]] = {}
        for row in case.table(name).select(["group", "account", "membership"]).to_pylist():
            members.setdefault(row["group"], {})[row["account"]] = row["membership"]
        for group, who in sorted(members.items()):
            verdict = verdicts.of_group(group)
            if name == "groups" or verdict:
                where = case.path.resolve().name
                yield Earlier(group, where, who, name == "groups", verdict, reasons.get(group, ""))


@dataclass(frozen=True)
class _Reading:
    """One earlier case while it is read; what is found goes to `known`."""

    engine: Engine
    case: EarlierCase
    known: Known
    settings: Settings

    def file(self, table: str) -> ir.Table:
        """A table of the case, where it lies."""
        return self.engine.files([self.case.path / f"{table}.parquet"])

    def learn(self, groups: Sequence[Earlier], traits: Collection[str]) -> None:
        """The values and texts that are these groups' own."""
        engine, seen = self.engine, self.file("observations")
        rows = [(g.group, account, share) for g in groups for account, share in sorted(g.members.items())]
        columns = zip(("operator", "account", "membership"), zip(*rows, strict=True), strict=True)
        members = engine.table(pa.table({name: pa.array(column) for name, column in columns}))
        held = _held(seen.filter(_.trait.isin(sorted(traits))), members)
        found = engine.collect(held.order_by(["operator", "trait", "value"]), at_most=engine.max_rows)
        table = _own(found, groups, _accounts(engine, seen))
        source = pa.array([f"case {self.case.path.resolve().name}"] * table.num_rows, pa.string())
        table = table.append_column("source", source)
        ids = pa.array(
            [each in ("template", "segment", "system_prompt") for each in table["trait"].to_pylist()]
        )
        self.known.rows.append(table.filter(pc.invert(ids)).select(ROWS.names).cast(ROWS))
        self.known.texts += self._texts(members, table.filter(ids).to_pylist())
        engine.drop(members)

    def _texts(self, members: ir.Table, content: Sequence[Row]) -> list[Text]:
        """The texts behind the content values that are a group's own.

        A case keeps no text of a segment, but a cluster's id is made of its centre's text: among the group's
        own prompts the centre is known when it is met.
        """
        if not content:
            return []
        prompts = self.file("prompts").filter(_.example.notnull())
        asked = self.file("observations").filter(_.trait == "prompt")
        mine = asked.join(members, "account").select("operator", prompt="value").distinct()
        read = mine.join(prompts.select("prompt", "example"), "prompt")
        rows = self.engine.collect(
            read.order_by(["operator", "prompt"]), at_most=self.engine.max_rows
        ).to_pylist()
        under = sorted({row["value"] for row in content if row["trait"] == "system_prompt"})
        variants = prompts.filter(_.template.isin(under)).select("prompt", "template", "example")
        system = (
            self.engine.collect(variants.order_by(["template", "prompt"]), at_most=self.engine.max_rows)
            if under
            else None
        )
        return [*self._segments(rows, content), *_system(system.to_pylist() if system else [], content)]

    def _segments(self, rows: Sequence[Row], content: Sequence[Row]) -> Iterable[Text]:
        chosen = self.settings.prompts
        left = {(row["operator"], row["value"]): row for row in content if row["trait"] == "segment"}
        for row in rows[:MOST_PROMPTS]:
            if not left:
                break
            for name, text in known_texts.known_prompt(row["example"], chosen).segments.items():
                indicator = left.pop((row["operator"], name), None)
                if indicator:
                    yield _text(indicator, text)
        said = "segments of earlier cases whose text was not found there"
        self.known.cut[said] = self.known.cut.get(said, 0) + len(left)


def _accounts(engine: Engine, seen: ir.Table) -> int:
    return int(engine.collect(seen.agg(n=_.account.nunique()), at_most=1)["n"][0].as_py())


def _held(seen: ir.Table, members: ir.Table) -> ir.Table:
    """What each group holds: k of its accounts, `degree` of all, when, and the surest holder's membership."""
    mine = seen.join(members, "account").group_by("operator", "trait", "value")
    mine = mine.agg(
        k=_.account.nunique(),
        confidence=_.membership.max(),
        first_at=_.first_at.min(),
        last_at=_.last_at.max(),
    )
    values = mine.select("trait", "value").distinct()
    degree = seen.semi_join(values, ["trait", "value"]).group_by("trait", "value")
    return mine.join(degree.agg(degree=_.account.nunique()), ["trait", "value"])


def _own(held: pa.Table, groups: Sequence[Earlier], accounts: int) -> pa.Table:
    """The values that are a group's own, with the share of other accounts that hold them there.

    As where communities are judged, but held against all other accounts, however much they sent.
    """
    sizes = {each.group: len(each.members) for each in groups}
    kept, elsewhere = [], []
    columns = zip(*(held[name].to_pylist() for name in ("operator", "trait", "k", "degree")), strict=True)
    for operator, trait, k, degree in columns:
        share, outside = k / sizes[operator], (degree - k) / max(accounts - sizes[operator], 1)
        own = share >= RARER * outside
        if trait in TEXTS:
            own = own and k >= LEAST_HOLDERS and share >= LEAST_COMMON
        kept.append(own)
        elsewhere.append(round(outside, 9))
    told = held.append_column("elsewhere", pa.array(elsewhere, pa.float64()))
    for name in ("first_at", "last_at"):
        moments = told[name].cast(pa.timestamp("us")).cast(pa.int64())
        told = told.set_column(told.schema.get_field_index(name), name, moments)
    return told.filter(pa.array(kept, pa.bool_()))


# --- texts ---------------------------------------------------------------------------------------


def _system(rows: Sequence[Row], content: Sequence[Row]) -> Iterable[Text]:
    variants: dict[str, list[str]] = {}
    for row in rows:
        variants.setdefault(row["template"], []).append(row["example"])
    for indicator in content:
        if indicator["trait"] == "system_prompt":
            for text in variants.get(indicator["value"], [])[:EXAMPLES]:
                yield _text(indicator, text)


def _text(indicator: Row, text: str) -> Text:
    return Text(
        operator=indicator["operator"],
        trait=indicator["trait"],
        text=text,
        confidence=indicator["confidence"],
        elsewhere=indicator["elsewhere"],
        first_at=indicator["first_at"],
        last_at=indicator["last_at"],
        source=indicator["source"],
    )
