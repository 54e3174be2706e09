"""What other providers are given of a group: the values that identify it, and nothing of anybody else.

Values are chosen from a case's tables; `stix` writes them.
"""

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkage.attribution.exchange_key import ExchangeKey
from linkage.attribution.techniques import techniques
from linkage.bundle import seal
from linkage.bundle.group_names import hidden
from linkage.bundle.masking import Mask
from linkage.bundle.policy import Policy
from linkage.bundle.sealed_units import names_and_values
from linkage.bundle.units import Secret, slug
from linkage.bundle.view import Given
from linkage.case import Case
from linkage.case.journal import AUDIT
from linkage.case.ndjson import read_lines
from linkage.case.sent_texts import TRAITS as CONTENT
from linkage.case.table import as_rows
from linkage.errors import CaseError
from linkage.share import identifying_values
from linkage.share.identifying_values import Allowed, Members, anything, hundredths, micro
from linkage.share.stix import Indicator, Operator, Sharing, bundle
from linkage.share.stix_objects import day, moment

MOST_ACCOUNTS = 10_000
"""Accounts listed of one group, those surest to belong; their number is always given."""

NAMING_TECHNIQUES = ("infrastructure", "distillation")
"""Columns of findings that a technique is named because of, beside those of which everything is told."""

TOLD = ("group.interactions", "group.active-days", "member.standing", "against.said")
"""Classes of units that a view has to open for its STIX to say no more than it does."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What is to be shared, by whom and with whom; with a key as digests, with text if that was asked for."""

    groups: Sequence[str]
    provider: str
    recipient: str = ""
    tlp: str = "TLP:AMBER"
    key: ExchangeKey | None = None
    text: bool = False
    declared: int | None = None
    """When it was made (microseconds since 1970); default: when the case was computed."""

    allowed: Allowed = anything
    alias: Callable[[str], str] = str
    """What a group is called."""
    hidden: frozenset[str] = frozenset()
    """Columns of a finding that are not told: no technique is named because of one."""


@dataclass(frozen=True)
class Shared:
    """A bundle, what it tells of, and how many values were held back, by reason."""

    content: bytes
    operators: Sequence[Operator]
    held_back: Mapping[str, int]

    @property
    def readable(self) -> list[dict[str, Any]]:
        """The same for a reader."""
        return [{**row, "seen_at": moment(row["seen_at"])} for row in self.rows]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the table `indicators` that are read back from it."""
        return [
            {
                "operator": operator.name,
                "trait": each.trait,
                "value": each.value,
                "confidence": each.confidence / 100,
                "seen_at": each.seen_at,
            }
            for operator in self.operators
            for each in operator.indicators
        ]


def share(case: Case, wanted: Wanted) -> Shared:
    """The bundle on some groups; raises CaseError for a group that the case does not report."""
    findings = {str(row["group"]): row for row in as_rows(case.table("findings"))}
    for group in wanted.groups:
        if group not in findings:
            hint = f"one of {', '.join(sorted(findings))}" if findings else "the case reports none"
            raise CaseError(f"{group}: no reported group of this case", hint=hint)
    secret, held_back = seal.read_secret(case.path), Counter[str]()
    declared = _computed(case) if wanted.declared is None else wanted.declared
    operators = [
        _operator(case, findings[group], _Telling(wanted, secret, declared, held_back))
        for group in sorted(dict.fromkeys(wanted.groups))
    ]
    salt = secret.handle("share")
    content = bundle(Sharing(wanted.provider, salt, declared, wanted.tlp, operators, wanted.key))
    return Shared(content, operators, dict(sorted(held_back.items())))


def in_view(case: Case, given: Given, declared: str) -> dict[str, bytes]:
    """The file of a view of a sealed case, where its policy has one, without what the view withholds: on its
    reported groups alone, since STIX has no word for a group that is no finding."""
    policy, secret = given.policy, seal.current_secret(case.path)
    named = set(given.groups)
    reported = case.table("findings").column("group").to_pylist()
    groups = [group for group in sorted(reported) if secret.alias(group) in named]
    if not groups or not policy.stix or _closed(case, policy, groups, secret):
        return {}

    def allowed(trait: str, holders: Collection[str]) -> bool:
        paths = [f"seen/{secret.handle('account', each)}/{slug(trait)}" for each in holders]
        return policy.opens(f"seen.{slug(trait)}") and not any(policy.closed(path) for path in paths)

    wanted = Wanted(
        groups,
        given.key.principal,
        given.recipient,
        policy.tlp,
        declared=_micros(declared),
        allowed=allowed,
        alias=secret.alias,
        hidden=frozenset(name for name in NAMING_TECHNIQUES if _hidden(policy, given.groups, name)),
    )
    return {"stix/bundle.json": share(case, wanted).content}


def _hidden(policy: Policy, groups: Iterable[str], name: str) -> bool:
    """Whether a view withholds a column of findings of one of these groups, by their names in bundles."""
    if not policy.opens(f"group.{slug(name)}"):
        return True
    return any(bool(policy.closed(f"group/{group}/{slug(name)}")) for group in groups)


def _closed(case: Case, policy: Policy, groups: Sequence[str], secret: Secret) -> bool:
    """Whether a view withholds, as a class or by its path, something that its STIX would be made of."""
    if not all(policy.opens(kind) for kind in TOLD):
        return True
    if not policy.paths:
        return False
    paths = [
        f"group/{secret.alias(group)}/{name}" for group in groups for name in ("interactions", "active-days")
    ]
    for group in groups:
        handles = (secret.handle("member", group, str(row["account"])) for row in case.members(group))
        paths += [f"member/{secret.alias(group)}/{handle}/standing" for handle in handles]
    return any(policy.closed(path) for path in paths)


def _computed(case: Case) -> int:
    """When the case was computed, as its audit file has it; 1970 where that says nothing."""
    runs = [row["at"] for row in read_lines(case.path / AUDIT) if row["action"] == "investigate"]
    return _micros(runs[-1]) if runs else 0


def _micros(at: str) -> int:
    return round(datetime.fromisoformat(at).timestamp() * 1_000) * 1_000


@dataclass(frozen=True)
class _Telling:
    """What is wanted, and what it is written with."""

    wanted: Wanted
    secret: Secret
    declared: int
    held_back: Counter[str]


def _operator(case: Case, finding: Row, telling: _Telling) -> Operator:
    wanted, group = telling.wanted, str(finding["group"])
    rows = case.members(group)
    shares = {row["account"]: float(row["membership"]) for row in rows}
    seen = case.table("observations", {"account": set(shares)})
    dates = [micro(finding[name]) if finding[name] else telling.declared for name in ("first_at", "last_at")]
    members = Members(shares, seen, _sure(finding), day(dates[1]))
    chosen = list(identifying_values.chosen(case, members, telling.held_back, wanted.allowed))
    if wanted.text:
        chosen = _with_texts(case, shares, chosen)
    detail: Row = case.run.get("groups", {}).get(group, {})
    mask = Mask(names_and_values(seen, dict.fromkeys(shares, group), {group: rows}, case)[group], shares)
    return Operator(
        name=wanted.alias(group),
        accounts=_accounts(shares, wanted.recipient, telling),
        size=len(shares),
        interactions=int(finding["interactions"] or 0),
        first_at=dates[0],
        last_at=dates[1],
        confidence=hundredths(members.sure),
        indicators=sorted(chosen, key=lambda each: (each.trait, each.value)),
        against=[hidden(mask.hide(str(each)), wanted.alias) for each in detail.get("against") or ()],
        confirmed=case.constraints().of_group(group) == "confirmed",
        techniques=techniques({**finding, **dict.fromkeys(wanted.hidden)}),
    )


def _accounts(shares: Mapping[str, float], recipient: str, telling: _Telling) -> list[tuple[str, int]]:
    """The accounts under their pseudonyms for this recipient, the surest first."""
    members = [
        (telling.secret.pseudonym(recipient, each), hundredths(share)) for each, share in shares.items()
    ]
    members.sort(key=lambda each: (-each[1], each[0]))
    if (more := len(members) - MOST_ACCOUNTS) > 0:
        telling.held_back[f"accounts beyond the first {MOST_ACCOUNTS:,}"] += more
    return members[:MOST_ACCOUNTS]


def _sure(finding: Row) -> float:
    """How likely the group is one operator's, by its log-odds and by chance as the null model has it."""
    odds = 1 / (1 + math.pow(2, -min(float(finding["log_odds"]), 60.0)))
    return odds * (1 - float(finding["q_value"] or 0.0))


def _with_texts(case: Case, members: Collection[str], chosen: Sequence[Indicator]) -> list[Indicator]:
    """The same with the text of a template, as members sent it, in place of the names of its parts."""
    texts = case.texts((each.value for each in chosen if each.trait == "template"), members)
    kept = [each for each in chosen if each.trait not in CONTENT]
    indicators = {
        texts[each.value]: Indicator("prompt", texts[each.value], *_rest(each))
        for each in chosen
        if each.trait == "template" and each.value in texts
    }
    return [*kept, *indicators.values()]


def _rest(each: Indicator) -> tuple[int, int, int, int, int]:
    return each.confidence, each.first_at, each.seen_at, each.accounts, each.times
