"""One account: its group, the accounts it is linked with and why, what speaks against, what is not known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from linkage.explain import html
from linkage.explain.evidence_lines import evidence_line, is_linked
from linkage.explain.objections import GroupDoubts, Objection, account_objections, group_doubts
from linkage.explain.who import NO_GROUP
from linkage.schema import FAMILIES, EvidenceLine
from linkage.wording import many

Row = Mapping[str, Any]

_REASON = ("family", "signal", "value", "pairs", "bits")
_PARTNER = ("account", "bits", "linked", "families", "group")

REGISTERED = (
    "created_at",
    "country",
    "email_domain",
    "organisation",
    "plan",
    "referrer",
    "funding",
    "payment_country",
)
"""Traits that describe an account in a few words, in reading order."""


@dataclass(frozen=True)
class AccountFacts:
    """What a case holds about one account.

    `links` are its rows of `links`, strongest first; `evidence` the rows of `evidence` between it and some of
    its partners; `texts` what stands behind values that are ids; `places` the rows of it and its partners in
    the tables of OUTCOMES; `verdicts` those in force; `detail` what the receipt says of its group.
    """

    account: str
    observations: Sequence[Row]
    links: Sequence[Row]
    evidence: Sequence[Row]
    texts: Mapping[str, str]
    places: Mapping[str, Sequence[Row]]
    members: int
    verdicts: Sequence[Row]
    detail: Row = field(default_factory=dict)


@dataclass(frozen=True)
class Partner:
    """An account that this one was compared with. `lines`: the evidence, empty where it was not looked up."""

    account: str
    log_odds: float
    linked: bool
    families: tuple[str, ...]
    verdict: str | None
    outcome: str
    group: str | None
    lines: tuple[EvidenceLine, ...]


@dataclass(frozen=True)
class SharedReason:
    """One value of one signal, over the links whose evidence was looked up (of an account without links over
    the pairs that were compared): how many of them it supports, its bits on the one it supports most, and on
    all of them together."""

    family: str
    signal: str
    value: str
    links: int
    bits: float
    sum_bits: float
    detail: str
    meaning: str
    text: str | None


def _html_reason(each: SharedReason) -> tuple[object, ...]:
    return each.family, each.signal, html.value(each.value, each.text), each.links, f"{each.bits:+.1f}"


@dataclass(frozen=True)
class AccountView:
    """One account as a person reads it. `outcome` is one of OUTCOMES, of which only `groups` is reported, or
    NO_GROUP."""

    account: str
    outcome: str
    group: str | None
    members: int
    role: str | None
    membership: float | None
    reason: str | None
    settles: str | None
    observations: int
    by_family: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None
    registered: dict[str, tuple[str, ...]]
    work: tuple[int, int] | None
    links: int
    partners: tuple[Partner, ...]
    reasons: tuple[SharedReason, ...]
    against: tuple[Objection, ...]
    group_doubts: GroupDoubts | None
    unknown: tuple[str, ...]
    verdicts: tuple[Row, ...]

    @property
    def read_links(self) -> int:
        """Links whose evidence was read."""
        return sum(1 for each in self.partners if each.lines and each.linked)

    @property
    def read_pairs(self) -> int:
        """Pairs that are no link and whose evidence was read."""
        return sum(1 for each in self.partners if each.lines and not each.linked)

    @property
    def inside(self) -> int:
        """Links with accounts of its own group."""
        return sum(each.linked and each.group == self.group is not None for each in self.partners)

    @property
    def not_linked(self) -> int:
        """Pairs that were compared and are no link."""
        return len(self.partners) - self.links

    def _repr_html_(self) -> str:
        place = (
            f"{self.role or ''} of {self.group} ({many(self.members, 'account')})" if self.group else NO_GROUP
        )
        outcome = "" if self.outcome == "groups" else ": it is not reported"
        facts = {"reason": self.reason, "observed": [self.first_at, self.last_at], **self.registered}
        first = [row for _, own in groupby(self.reasons, key=lambda each: each.family) for row in [*own][:2]]
        partners = (
            (
                each.account,
                f"{each.log_odds:+.1f}",
                "yes" if each.linked else "no",
                list(each.families),
                each.group,
            )
            for each in self.partners
        )
        return (
            html.line("", self.account, f"  {place}{outcome}; linked with {many(self.links, 'account')}")
            + html.table(("known of it", ""), ((name, said) for name, said in facts.items() if said))
            + html.table(_REASON, map(_html_reason, first))
            + html.folded("all reasons", html.table(_REASON, map(_html_reason, self.reasons)))
            + html.folded("accounts it was compared with", html.table(_PARTNER, partners))
            + html.line("what speaks against")
            + (html.points(each.said for each in self.against) or html.points(["nothing was found"]))
            + html.line(f"no observation in: {', '.join(self.unknown) or 'no family'}")
        )


def account_view(facts: AccountFacts, run: Row) -> AccountView:
    """Everything about one account; `run` is the receipt of the case."""
    place: Row = next(iter(facts.places.get(facts.account, ())), {})
    group = place.get("group")
    rows = facts.observations
    by_family: dict[str, int] = {}
    for row in rows:
        by_family[row["family"]] = by_family.get(row["family"], 0) + 1
    partners = tuple(_partners(facts, run))
    verdicts = tuple(_verdicts(facts, group))
    return AccountView(
        account=facts.account,
        outcome=place.get("outcome", NO_GROUP),
        group=group,
        members=facts.members,
        role=place.get("role"),
        membership=place.get("membership"),
        reason=place.get("reason"),
        settles=place.get("settles"),
        observations=len(rows),
        by_family=dict(sorted(by_family.items())),
        first_at=min((row["first_at"] for row in rows if row["first_at"]), default=None),
        last_at=max((row["last_at"] for row in rows if row["last_at"]), default=None),
        registered=_registered(rows),
        work=_work(facts),
        links=sum(each.linked for each in partners),
        partners=partners,
        reasons=tuple(_reasons([each for each in partners if each.linked] or partners)),
        against=tuple(
            account_objections(
                facts.account,
                place,
                facts.detail,
                verdicts,
                ((partner.account, line) for partner in partners for line in partner.lines),
            )
        ),
        group_doubts=group_doubts(facts.detail),
        unknown=tuple(each for each in FAMILIES if each not in by_family),
        verdicts=verdicts,
    )


def read_in_words(view: AccountView) -> str:
    """The pairs whose evidence was read: `its 20 strongest links`, `1 pair that is not linked`."""
    strongest = "strongest link" if view.read_links < view.links else "link"
    links = f"its {many(view.read_links, strongest)}" if view.read_links else ""
    pairs = f"{many(view.read_pairs, 'pair that is', 'pairs that are')} not linked" if view.read_pairs else ""
    return " and ".join(filter(None, (links, pairs)))


def other(row: Row, account: str) -> str:
    """The account of a pair that is not this one."""
    return str(row["right"] if row["left"] == account else row["left"])


def _registered(rows: Sequence[Row]) -> dict[str, tuple[str, ...]]:
    return {
        trait: tuple(sorted({row["value"] for row in rows if row["trait"] == trait}))
        for trait in REGISTERED
        if any(row["trait"] == trait for row in rows)
    }


def _work(facts: AccountFacts) -> tuple[int, int] | None:
    """Of its prompts those that are its group's work, and all; None where that was not counted."""
    share = facts.detail.get("shares", {}).get(facts.account)
    return (int(share["own"]), int(share["prompts"])) if share else None


def _verdicts(facts: AccountFacts, group: str | None) -> Iterable[Row]:
    for row in facts.verdicts:
        about = (row.get("left"), row.get("right"), *row.get("accounts", ()))
        if facts.account in about or (group is not None and row.get("group") == group):
            yield row


# --- partners ------------------------------------------------------------------------------------


def _partners(facts: AccountFacts, run: Row) -> Iterable[Partner]:
    link_bits = float(run.get("settings", {}).get("links", {}).get("link_bits", 0.0))
    meanings = run.get("signals", {})
    evidence: dict[str, list[EvidenceLine]] = {}
    for row in facts.evidence:
        evidence.setdefault(other(row, facts.account), []).append(evidence_line(row, facts.texts, meanings))
    for row in facts.links:
        name = other(row, facts.account)
        place: Row = next(iter(facts.places.get(name, ())), {})
        yield Partner(
            account=name,
            log_odds=row["log_odds"],
            linked=is_linked(row["log_odds"], link_bits, row["verdict"]),
            families=tuple(row["families"] or ()),
            verdict=row["verdict"],
            outcome=place.get("outcome", NO_GROUP),
            group=place.get("group"),
            lines=tuple(sorted(evidence.get(name, ()), key=lambda each: (-each.bits, each.signal))),
        )


def _reasons(partners: Sequence[Partner]) -> list[SharedReason]:
    """The values that link, family by family, those that add most bits first."""
    found: dict[tuple[str, str], list[EvidenceLine]] = {}
    for partner in partners:
        for line in partner.lines:
            if line.bits > 0:
                found.setdefault((line.signal, line.value), []).append(line)
    reasons = [_reason(lines) for lines in found.values()]
    totals: dict[str, float] = {}
    for each in reasons:
        totals[each.family] = totals.get(each.family, 0.0) + each.sum_bits
    return sorted(
        reasons, key=lambda each: (-totals[each.family], each.family, -each.sum_bits, each.signal, each.value)
    )


def _reason(lines: Sequence[EvidenceLine]) -> SharedReason:
    best = max(lines, key=lambda each: each.bits)
    return SharedReason(
        family=best.family,
        signal=best.signal,
        value=best.value,
        links=len(lines),
        bits=best.bits,
        sum_bits=sum(each.bits for each in lines),
        detail=best.detail,
        meaning=best.meaning,
        text=best.text,
    )
