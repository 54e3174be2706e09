"""One account: its group, the accounts it is linked with and why, what speaks against, what is not known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from linkage.explain.explain import is_linked
from linkage.explain.who import NO_GROUP
from linkage.schema import FAMILIES, EvidenceLine

Row = Mapping[str, Any]

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
    """An account that this one is linked with. `lines`: the evidence, empty where it was not looked up."""

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
    """One value of one signal, over the links whose evidence was looked up: how many of them it supports, its
    bits on the one it supports most, and on all of them together."""

    family: str
    signal: str
    value: str
    links: int
    bits: float
    sum_bits: float
    detail: str
    meaning: str
    text: str | None


@dataclass(frozen=True)
class Objection:
    """What speaks against a link, and the same for the account's owner: it names no other account."""

    said: str
    to_owner: str


@dataclass(frozen=True)
class AccountView:
    """One account as a person reads it. `outcome` is one of OUTCOMES or NO_GROUP: only those of `groups` are reported."""

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
    unknown: tuple[str, ...]
    verdicts: tuple[Row, ...]


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
        reasons=tuple(_reasons(partners)),
        against=tuple(_against(facts, place, partners, verdicts)),
        unknown=tuple(each for each in FAMILIES if each not in by_family),
        verdicts=verdicts,
    )


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
        evidence.setdefault(other(row, facts.account), []).append(_line(row, facts.texts, meanings))
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


def _line(row: Row, texts: Mapping[str, str], meanings: Row) -> EvidenceLine:
    return EvidenceLine(
        signal=row["signal"],
        family=row["family"],
        value=row["value"] or "",
        bits=row["bits"],
        detail=row["detail"] or "",
        meaning=meanings.get(row["signal"], {}).get("meaning", ""),
        left_observation=None,
        right_observation=None,
        text=texts.get(row["value"] or ""),
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


# --- against -------------------------------------------------------------------------------------


def _against(
    facts: AccountFacts, place: Row, partners: Sequence[Partner], verdicts: Sequence[Row]
) -> Iterable[Objection]:
    for row in verdicts:
        if row["verdict"] in ("not linked", "dismissed"):
            about = row.get("group") or other(row, facts.account)
            what = "this group" if row.get("group") else "this account and another one"
            yield Objection(
                f"a person decided about {about}: {row['verdict']} ({row['reason']})",
                f"a person decided about {what}: {row['verdict']}",
            )
    stays = place.get("membership")
    if stays is not None and stays < 1:
        yield _plain(f"it is in its group in {stays:.0%} of resampled runs, {place['role']} of the group")
    work = _work(facts)
    if work is not None and 2 * work[0] < work[1]:
        yield _plain(f"{work[0]:,} of its {work[1]:,} prompts are the group's work, less than half")
    yield from map(_plain, _examined(facts.account, facts.detail.get("examined") or {}))
    yield from _counter_evidence(partners)


def _plain(said: str) -> Objection:
    """An objection that names nobody else."""
    return Objection(said, said)


def _counter_evidence(partners: Sequence[Partner]) -> Iterable[Objection]:
    """The signals that speak against links, the weightiest first."""
    found: dict[str, list[tuple[float, str, str]]] = {}
    for partner in partners:
        for line in partner.lines:
            if line.bits < 0:
                found.setdefault(line.signal, []).append((line.bits, partner.account, line.detail))
    for signal, against in sorted(found.items(), key=lambda item: (min(item[1]), item[0])):
        bits, name, detail = min(against)
        links = "one link" if len(against) == 1 else f"{len(against)} links"
        most = f"most against the one with {name}: {detail} ({bits:+.1f} bits)"
        yield Objection(
            f"{signal} speaks against {links}, {most}",
            f"{signal} speaks against {links}, by up to {-bits:.1f} bits",
        )


def _examined(account: str, examined: Row) -> Iterable[str]:
    """What the examination of its group says of this account."""
    weakest = examined.get("weakest_member") or {}
    if weakest.get("account") == account:
        yield (
            f"it is the weakest member of its group, with {weakest['links']:,} links"
            f" (the median member has {weakest['median_links']:,.0f})"
        )
    unlike = [each for each in examined.get("least_typical", ()) if each["account"] == account]
    said = {difference for each in unlike for difference in each["differences"]}
    said |= {each["difference"] for each in examined.get("outliers", ()) if account in each["examples"]}
    if said:
        yield f"it is one of the members that {'; '.join(sorted(said))}"
