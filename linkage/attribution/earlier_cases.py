"""What earlier cases know: the values of their groups, as indicators of the operators behind them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from linkage.attribution.exchange_key import ExchangeKey
from linkage.links.constraints import Constraints
from linkage.prompts import known_texts
from linkage.schema import OUTCOMES
from linkage.settings.attribution import EarlierCases
from linkage.settings.communities import Workload
from linkage.settings.prompts import Prompts
from linkage.wording import many

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

SHARE_DIGITS = 9
"""Digits after the point of `elsewhere`: one account of a thousand million."""


@dataclass(frozen=True)
class Text:
    """A text that an operator is known by; `trait` is its kind."""

    operator: str
    trait: str
    text: str
    confidence: float | None
    elsewhere: float | None
    first_at: int | None
    last_at: int | None
    source: str


@dataclass(frozen=True)
class EarlierGroup:
    """A group of an earlier case, the membership of its accounts, and what a person decided on it there."""

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
        }.get(self.verdict or "", "it was reported there, and nobody has decided on it")
        return f"group {self.group} of case {self.case}, {many(len(self.members), 'account')}; {state}"


@dataclass
class EarlierKnowledge:
    """What earlier cases know of operators: indicators (ROWS), texts, groups by id.

    `cut` counts what was left out, by reason; `receipt` lists the cases; `exchange` is the key of indicators
    that are digests.
    """

    rows: list[pa.Table] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    groups: dict[str, EarlierGroup] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)
    receipt: list[Row] = field(default_factory=list)
    exchange: ExchangeKey | None = None


def groups_of(case: EarlierCase) -> Iterable[EarlierGroup]:
    """Groups that were reported, and others on which a person has decided."""
    verdicts, reasons = case.constraints(), {}
    for row in sorted(case.verdicts(), key=lambda row: int(row["seq"])):
        if row.get("group"):
            reasons[row["group"]] = str(row.get("reason", ""))
    for name in OUTCOMES:
        members: dict[str, dict[str, float]] = {}
        for row in case.table(name).select(["group", "account", "membership"]).to_pylist():
            members.setdefault(row["group"], {})[row["account"]] = row["membership"]
        for group, who in sorted(members.items()):
            verdict = verdicts.of_group(group)
            if name == "groups" or verdict:
                where = case.path.resolve().name
                yield EarlierGroup(group, where, who, name == "groups", verdict, reasons.get(group, ""))


def summary(case: EarlierCase, groups: Sequence[EarlierGroup]) -> Row:
    """The entry of an earlier case in the receipt."""
    return {
        "case": case.path.resolve().name,
        "settings_digest": case.run.get("settings_digest"),
        "outputs": {name: each.get("sha256") for name, each in case.run.get("outputs", {}).items()},
        "groups": [each.group for each in groups],
    }


def members_of(groups: Sequence[EarlierGroup]) -> pa.Table:
    """operator (the group's id), account, membership."""
    rows = [(g.group, account, share) for g in groups for account, share in sorted(g.members.items())]
    columns = zip(("operator", "account", "membership"), zip(*rows, strict=True), strict=True)
    return pa.table({name: pa.array(column) for name, column in columns})


# --- values --------------------------------------------------------------------------------------


def held(observations: ir.Table, members: ir.Table) -> ir.Table:
    """What each group holds: operator, trait, value, k of its accounts, `degree` of all, first_at, last_at,
    and the highest membership of a holder as `confidence`."""
    mine = observations.join(members, "account").group_by("operator", "trait", "value")
    mine = mine.agg(
        k=_.account.nunique(),
        confidence=_.membership.max(),
        first_at=_.first_at.min(),
        last_at=_.last_at.max(),
    )
    values = mine.select("trait", "value").distinct()
    degree = observations.semi_join(values, ["trait", "value"]).group_by("trait", "value")
    return mine.join(degree.agg(degree=_.account.nunique()), ["trait", "value"])


def own_values(held: pa.Table, sizes: dict[str, int], accounts: int, chosen: Workload) -> pa.Table:
    """The rows of `held` that are a group's own, with the share of other accounts there as `elsewhere`.

    As where communities are assessed, but compared with all other accounts, however much they sent. `sizes`
    are accounts by group, `accounts` all of the case.
    """
    kept, elsewhere = [], []
    columns = zip(*(held[name].to_pylist() for name in ("operator", "trait", "k", "degree")), strict=True)
    for operator, trait, k, degree in columns:
        share, outside = k / sizes[operator], (degree - k) / max(accounts - sizes[operator], 1)
        own = share >= chosen.own_ratio * outside
        if trait in TEXTS:
            own = own and k >= chosen.min_own_accounts and share >= chosen.min_own_share
        kept.append(own)
        elsewhere.append(round(outside, SHARE_DIGITS))
    rows = held.append_column("elsewhere", pa.array(elsewhere, pa.float64()))
    for name in ("first_at", "last_at"):
        moments = rows[name].cast(pa.timestamp("us")).cast(pa.int64())
        rows = rows.set_column(rows.schema.get_field_index(name), name, moments)
    return rows.filter(pa.array(kept, pa.bool_()))


# --- texts ---------------------------------------------------------------------------------------


def asked(observations: ir.Table, prompts: ir.Table, members: ir.Table) -> ir.Table:
    """The prompts of each group with their text: operator, prompt, example."""
    used = observations.filter(_.trait == "prompt").join(members, "account")
    used = used.select("operator", prompt="value").distinct()
    return used.join(prompts.filter(_.example.notnull()).select("prompt", "example"), "prompt")


def variants(prompts: ir.Table, templates: Sequence[str]) -> ir.Table:
    """The texts of system prompts by their template: prompt, template, example."""
    chosen = prompts.filter(_.example.notnull()).filter(_.template.isin(templates))
    return chosen.select("prompt", "template", "example")


def segment_texts(
    rows: Sequence[Row], content: Sequence[Row], prompts: Prompts, chosen: EarlierCases
) -> tuple[list[Text], int]:
    """The texts of the segments among `content`, and how many were not found.

    A case keeps no text of a segment, but a cluster's id is made of its centre's text: among the group's own
    prompts (`rows` of `asked`) the centre is known when it is met.
    """
    left = {(row["operator"], row["value"]): row for row in content if row["trait"] == "segment"}
    found = []
    for row in rows[: chosen.max_prompts]:
        if not left:
            break
        for name, text in known_texts.known_prompt(row["example"], prompts).segments.items():
            indicator = left.pop((row["operator"], name), None)
            if indicator:
                found.append(_text(indicator, text))
    return found, len(left)


def system_texts(rows: Sequence[Row], content: Sequence[Row], chosen: EarlierCases) -> list[Text]:
    """The texts of the system prompts among `content`; `rows` are those of `variants`."""
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row["template"], []).append(row["example"])
    return [
        _text(indicator, text)
        for indicator in content
        if indicator["trait"] == "system_prompt"
        for text in texts.get(indicator["value"], [])[: chosen.max_system_prompts]
    ]


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
