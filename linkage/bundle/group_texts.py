"""What the accounts of a group sent: the texts that set it apart, and the sentences its links rest on.

Texts are chosen by how distinctive they are: p log2(p/q) for a text that the share p of the group sent and
the share q of everybody else, the term that it adds to the relative entropy of Kullback and Leibler (1951).
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.case import Case, parquet
from linkage.case.sent_texts import Question, sent_by_each
from linkage.case.table import as_rows

LEAST, MOST = 2, 6
"""A text is the group's if two of its accounts sent it; and so many templates and sentences are sealed."""

STRONGEST = 3
"""Texts of each family that are sealed because links rest on them most."""

Reason = tuple[str, str, str]
"""Family, signal and value of a piece of evidence."""

KINDS = {
    "template": "template",
    "system_prompt": "system prompt",
    "segment": "sentence",
    "prompt": "exact text",
}
"""What a text is called, by the trait whose value stands for it."""

HALF = 0.5
"""Added to what everybody else sent: of a text that nobody else sent it is not known that nobody would."""


@dataclass(frozen=True)
class GroupText:
    """One text: its kind, the id that stands for it, how many of the group sent it, how many others, and how
    often the group did. `text` is None where it is withheld; `masked`: its slots are."""

    kind: str
    value: str
    members: int
    others: int
    uses: int
    text: str | None
    masked: bool


@dataclass
class _Sent:
    """Who of a group sent one text, and how often."""

    trait: str
    accounts: set[str]
    uses: int = 0


@dataclass(frozen=True)
class GroupSent:
    """A group: its accounts, what they sent (account, trait, value, uses), and how many bits each value adds
    to its links."""

    members: Collection[str]
    seen: Sequence[tuple[str, str, str, int]]
    linking: Counter[Reason]


def group_texts(case: Case, groups: Sequence[GroupSent]) -> list[list[GroupText]]:
    """The most distinctive texts of each group, most distinctive first. The tables of texts are read once for
    all of them."""
    sent = [
        {value: own for value, own in _sent(each.seen).items() if len(own.accounts) >= LEAST}
        for each in groups
    ]
    of_all = _accounts(case, set[str]().union(*sent))
    orders = [_order(own, of_all, len(each.members), case) for own, each in zip(sent, groups, strict=True)]
    chosen = [
        _chosen(order, own, each.linking) for order, own, each in zip(orders, sent, groups, strict=True)
    ]
    texts = sent_by_each(
        case.path,
        [Question(frozenset(some), _rows(each.seen)) for some, each in zip(chosen, groups, strict=True)],
    )
    return [
        [
            GroupText(
                KINDS[own[value].trait],
                value,
                len(own[value].accounts),
                max(of_all[value] - len(own[value].accounts), 0),
                own[value].uses,
                found[value].text if value in found else None,
                value in found and found[value].masked,
            )
            for value in order
            if value in some
        ]
        for order, own, some, found in zip((list(each) for each in orders), sent, chosen, texts, strict=True)
    ]


def _order(
    sent: Mapping[str, "_Sent"], of_all: Mapping[str, int], members: int, case: Case
) -> dict[str, float]:
    """How distinctive each text of a group is, most distinctive first."""
    score = {
        value: _distinctive(
            len(own.accounts), max(of_all[value], len(own.accounts)), members, _population(case)
        )
        for value, own in sent.items()
        if value in of_all
    }
    return dict(sorted(score.items(), key=lambda each: (-each[1], each[0])))


def _chosen(order: Mapping[str, float], sent: Mapping[str, "_Sent"], linking: Counter[Reason]) -> set[str]:
    """The texts of a group that are sealed."""
    linked = {value for _family, _signal, value in linking}
    apart = [value for value, score in order.items() if score > 0]
    templates = [value for value in apart if sent[value].trait in ("template", "system_prompt")]
    sentences = [value for value in apart if sent[value].trait == "segment" and value in linked]
    return {*templates[:MOST], *sentences[:MOST], *_strongest(linking, sent)}


def _rows(seen: Iterable[tuple[str, str, str, int]]) -> Iterable[dict[str, str]]:
    return ({"account": account, "trait": trait, "value": value} for account, trait, value, _uses in seen)


def bits_by_text(reasons: Any) -> Counter[Reason]:
    """How many bits each value adds to links; `reasons` has family, signal, value and bits."""
    found: Counter[Reason] = Counter()
    columns = (reasons[name].to_pylist() for name in ("family", "signal", "value", "bits"))
    for family, signal, value, bits in zip(*columns, strict=True):
        if bits > 0:
            found[family, signal, value] += bits
    return found


def _strongest(linking: Counter[Reason], sent: Collection[str]) -> set[str]:
    """Of each family the texts that add most bits to links: those that a report shows by their values."""
    order = sorted((key for key in linking if key[2] in sent), key=lambda key: (-linking[key], key))
    own = {family: [value for each, _, value in order if each == family] for family, _, _ in order}
    return {value for values in own.values() for value in values[:STRONGEST]}


def _sent(seen: Iterable[tuple[str, str, str, int]]) -> dict[str, _Sent]:
    found: dict[str, _Sent] = {}
    for account, trait, value, uses in seen:
        own = found.setdefault(value, _Sent(trait, set()))
        own.accounts.add(account)
        own.uses += uses
    return found


def _accounts(case: Case, sent: Collection[str]) -> dict[str, int]:
    """How many accounts of the whole case sent each of these texts."""
    found: dict[str, int] = {}
    for name, key in (("templates", "template"), ("segments", "segment"), ("prompts", "prompt")):
        if (case.path / f"{name}.parquet").exists():
            path, columns = case.path / f"{name}.parquet", [key, "accounts"]
            rows = as_rows(parquet.read_encoded(path, {key: sent}, columns)) if sent else []
            found |= {row[key]: row["accounts"] for row in rows}
    return found


def _population(case: Case) -> int:
    return int(case.run.get("population", {}).get("accounts", 0))


def _distinctive(members: int, of_all: int, accounts: int, population: int) -> float:
    inside = members / accounts
    outside = (of_all - members + HALF) / (max(population - accounts, of_all - members) + 1)
    return inside * math.log2(inside / outside)


def as_units(texts: Sequence[GroupText]) -> Iterable[tuple[str, Any]]:
    """The units of a group's texts, by the last parts of their paths."""
    for number, each in enumerate(texts):
        yield f"{number:03d}/sent", [each.members, each.others, each.uses]
        yield f"{number:03d}/value", [each.kind, each.value, "masked" if each.masked else "as sent"]
        yield f"{number:03d}/example", each.text
