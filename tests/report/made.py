"""Documents and cases whose every field is a text one chooses."""

from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from linkage.case import CaseWriter
from linkage.report.document import (
    Answer,
    Answers,
    Document,
    Entry,
    Example,
    Facts,
    Group,
    Index,
    Names,
    Number,
    Picture,
    Points,
    Prose,
    Section,
    Sides,
    Table,
    Withheld,
)
from linkage.report.svg import NARROW, WIDE, Drawing, Shape, rect, text
from linkage.schema import TRAIT_FAMILY, content_id
from tests import made_case

GROUP = made_case.GROUP
Word = Callable[[], str]


def document(texts: Sequence[str], *, scripted: bool = True) -> Document:
    """Every text in every field that holds text."""
    every = list(texts)
    table = Table(every[0], every[:3], [(each, each, Number(each, each, 1, each)) for each in every])
    shapes = [
        shape
        for number, each in enumerate(every)
        for shape in (rect(0, number, (9, 9), "for", title=each), text(0, number, each, "label"))
    ]
    blocks = [
        *(Prose(each) for each in every),
        Points(every),
        Facts([(each, each, each) for each in every]),
        table,
        _picture(every[0], shapes, table),
        *(Example(each, each) for each in every),
        Names(every[0], every),
        *(Withheld(each, each) for each in every),
        Sides(Section(every[0], [Points(every)]), Section(every[-1], [table])),
        Index([Entry(each, place, each, 0.5, [(each, each)], each) for place, each in enumerate(every[:20])]),
        Answers([Answer(each, [each], known=False) for each in every]),
    ]
    sections = [
        Section(
            each, (blocks, [Points(every[:20])])[number] if number < 2 else [], each, folded=bool(number % 2)
        )
        for number, each in enumerate(every[:20])
    ]
    groups = [Group(each, sections if not number else []) for number, each in enumerate(every[:20])]
    about = [(each, each) for each in every]
    return Document(every[0], every[0], about, sections[1:2], groups, sections[2:4], scripted=scripted)


def _picture(said: str, shapes: Sequence[Shape], table: Table) -> Picture:
    wide, narrow = (Drawing(width, 500, shapes) for width in (WIDE, NARROW))
    return Picture("p", said, said, wide, narrow, {}, table, said, moves=True)


def words(texts: Sequence[str]) -> Word:
    """One text after another, round and round."""
    given = cycle(texts)
    return lambda: next(given)


def case(folder: Path, texts: Sequence[str], accounts: int) -> Path:
    """A case in which every field that a log or a person can set holds one of the texts."""
    word = words(texts)
    names = [f"{each} {number}" for number, each in zip(range(accounts), cycle(texts), strict=False)]
    core = [name for number, name in enumerate(names) if number % 7]
    given = {
        "observations": [_seen(name, trait, value) for name, trait, value in _facts(names, word)],
        "groups": [
            {
                "group": GROUP,
                "account": name,
                "membership": 1.0 if name in set(core) else 0.6,
                "role": "core" if number % 7 else "fringe",
            }
            for number, name in enumerate(names)
        ],
        "findings": [
            {**made_case.finding(), "accounts": accounts, "summary": word(), "infrastructure": word()}
        ],
        "templates": [
            {
                "template": f"t{number}",
                "example": word(),
                "prompts": 3,
                "accounts": accounts,
                "interactions": 9,
                "first_at": None,
                "last_at": None,
                "cohesion": 1.0,
            }
            for number in range(10)
        ],
    }
    given["findings"][0]["targets"] = [{"name": word(), "share": 0.5}]
    given["links"], given["evidence"] = _linked(names, word)
    given["rows"] = [
        {"row": each["source"].partition(":")[2], "table": "sessions", "file": word(), "line": number}
        for number, each in enumerate(given["observations"])
    ]
    with CaseWriter(folder) as written:
        for name, rows in given.items():
            written.table(name, made_case.arrow(name, rows))
        written.receipt(receipt(word, names))
    return folder


def _facts(names: Sequence[str], word: Word) -> list[tuple[str, str, str]]:
    shared = {trait: [f"{word()}{word()}" for _ in range(6)] for trait in TRAIT_FAMILY if trait != "template"}
    found = [
        (name, trait, values[number % 6])
        for number, name in enumerate(names)
        for trait, values in sorted(shared.items())
        if (number + len(trait)) % 3 == 0
    ]
    return found + [(name, "template", f"t{number}") for name in names for number in range(10)]


def _seen(account: str, trait: str, value: str) -> dict[str, Any]:
    return made_case.observation(account, trait, value, TRAIT_FAMILY[trait], table="sessions")


def _linked(names: Sequence[str], word: Word) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    links, evidence = [], []
    for number in range(len(names)):
        for step in (1, 2, 5):
            if len(names) <= 2 * step:
                continue
            left, right = sorted((names[number], names[(number + step) % len(names)]))
            reasons = [
                (word() if place else "card", made_case.MEANINGS["card"]["family"], bits)
                for place, bits in enumerate((15.25, 9.5 + step, -1.75))
            ]
            evidence += [
                {
                    "left": left,
                    "right": right,
                    "signal": f"{signal} {place}",
                    "family": family,
                    "value": word(),
                    "bits": bits,
                    "detail": word(),
                    "left_observation": content_id([left, place]),
                    "right_observation": content_id([right, place]),
                }
                for place, (signal, family, bits) in enumerate(reasons)
            ]
            total = made_case.PRIOR + sum(bits for _, _, bits in reasons)
            links.append(
                {"left": left, "right": right, "log_odds": total, "families": ["payment"], "verdict": None}
            )
    return links, evidence


def receipt(word: Word, names: Sequence[str]) -> dict[str, Any]:
    """A receipt with the texts in whatever is told of the group."""
    found = made_case.receipt() | {"seed": 7, "versions": {"linkage": "0.1.0", word(): word()}}
    found["inputs"] = [
        {**found["inputs"][0], "file": word(), "filtered": {word(): 2}, "quarantined": {word(): 1}}
    ] * 3
    found["caps"] = [{"stage": word(), "what": word(), "count": 7}]
    found["settings"] = {**found["settings"], "sources": {word(): {word(): word()}}}
    found["groups"] = {GROUP: detail(word, names)}
    return found


def detail(word: Word, names: Sequence[str]) -> dict[str, Any]:
    """What a receipt tells of a group."""
    found = made_case.receipt()["groups"][GROUP]
    examined = found["examined"]
    examined["strength"] = {"level": "thin", "reasons": [word()]}
    examined["least_typical"] = [{"account": names[0], "differences": [word(), word()]}]
    examined["weakest_member"]["account"] = names[1]
    examined["counter_evidence"] = [{"signal": word(), "links": 15, "bits": -26.25, "strongest_bits": -1.75}]
    examined["benign_explanations"] = [
        {"explanation": word(), "outcome": "fits", "figure": word()} for _ in range(9)
    ]
    examined["agreement"][0]["trait"] = word()
    broken = examined["without_family"][1]
    examined["without_family"] += [{**broken, "family": word(), "failed": [word()]}]
    for source in examined["sources"]:
        source["sources"][0]["values"] = [{"trait": word(), "value": word(), "holders": 8}]
    match = {"counted": 3.0, "trait": word(), "value": word(), "detail": word(), "source": word()}
    stories = [
        {
            "hypothesis": word(),
            "log_odds": 1.5,
            "confidence": word(),
            "families": [word()],
            "remarks": [word()],
            "matches": [match],
            "more_matches": 2,
        }
        for _ in range(4)
    ]
    habits = [
        {"name": word(), "share": 0.9, "inside": 0.5, "outside": 0.1, "meaning": word(), "why": word()}
        for _ in range(3)
    ]
    return {
        **found,
        "gates": [{"name": word(), "passed": True, "detail": word()} for _ in range(8)],
        "against": [word() for _ in range(40)],
        "week": [[7 + (24 * day + hour < 58) for hour in range(24)] for day in range(7)],
        "enrichment": [
            {"trait": word(), "value": word(), "inside": 0.9, "outside": 0.1, "bits": 2.0, "p_value": 1e-5}
            for _ in range(14)
        ],
        "attribution": {"stories": stories},
        "taken": {
            "days": 3,
            "models": [{"name": word(), "interactions": 3} for _ in range(3)],
            "targets": [{"name": word(), "share": 0.4, "elsewhere": 0.1} for _ in range(3)],
            "distillation": {"score": 0.5, "accounts": 3, "compared": 9, "parts": habits},
        },
    }


PLAIN = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
"""For a case that is not hostile."""
