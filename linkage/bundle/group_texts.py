"""What the accounts of a group sent: the texts that set it apart, and the sentences its links rest on.

Texts are chosen by how distinctive they are: p log2(p/q) for a text that the share p of the group sent and
the share q of everybody else, the term that it adds to the relative entropy of Kullback and Leibler (1951).
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.case import Case
from linkage.case.sent_texts import sent_texts
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


def group_texts(
    case: Case, members: Collection[str], seen: Iterable[tuple[str, str, str, int]], linking: Counter[Reason]
) -> list[GroupText]:
    """The most distinctive texts of a group, most distinctive first; `seen` says what its accounts sent
    (account, trait, value, uses), `linking` how many bits each value adds to its links."""
    sent = {value: own for value, own in _sent(seen).items() if len(own.accounts) >= LEAST}
    linked = {value for _family, _signal, value in linking}
    of_all = _accounts(case, sent)
    score = {
        value: _distinctive(len(sent[value].accounts), of_all[value], len(members), _population(case))
        for value in sent.keys() & of_all.keys()
    }
    order = sorted(score, key=lambda value: (-score[value], value))
    apart = [value for value in order if score[value] > 0]
    templates = [value for value in apart if sent[value].trait in ("template", "system_prompt")]
    sentences = [value for value in apart if sent[value].trait == "segment" and value in linked]
    chosen = {*templates[:MOST], *sentences[:MOST], *_strongest(linking, sent)}
    texts = sent_texts(case.path, members, chosen)
    return [
        GroupText(
            KINDS[sent[value].trait],
            value,
            len(sent[value].accounts),
            of_all[value] - len(sent[value].accounts),
            sent[value].uses,
            texts[value].text if value in texts else None,
            value in texts and texts[value].masked,
        )
        for value in order
        if value in chosen
    ]


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


def _accounts(case: Case, sent: Mapping[str, _Sent]) -> dict[str, int]:
    """How many accounts of the whole case sent each of these texts."""
    found: dict[str, int] = {}
    for name, key in (("templates", "template"), ("segments", "segment"), ("prompts", "prompt")):
        if (case.path / f"{name}.parquet").exists():
            rows = as_rows(case.table(name, {key: set(sent)}).select([key, "accounts"]))
            found |= {row[key]: row["accounts"] for row in rows}
    return {value: max(count, len(sent[value].accounts)) for value, count in found.items()}


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
