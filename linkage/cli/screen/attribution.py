"""The part of a group's page on possible operators, requested content and distillation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.cli.screen.layout import FAINT, WARN, heading, indented, rows, text
from linkage.cli.screen.safe import cut
from linkage.cli.screen.text import UNKNOWN, bits, many, number, share
from linkage.hypothesis_names import INNOCENT, UNKNOWN_OPERATOR, UNRELATED

Row = Mapping[str, Any]

EXPLANATIONS = frozenset(INNOCENT) - {UNRELATED}

FEW = 5
"""Hypotheses, matches and models shown."""

NO_VALUE = "–"


def attribution(detail: Row) -> Iterable[Any]:
    """Both parts, from the details of the group in the receipt of the run."""
    yield from _operators(detail.get("attribution") or {})
    yield from _content(detail.get("taken") or {})


# --- operators -----------------------------------------------------------------------------------


def _operators(found: Row) -> Iterable[Any]:
    # The innocent explanations have a table of their own.
    every: Sequence[Row] = found.get("stories") or ()
    hypotheses = [each for each in every if each["hypothesis"] not in EXPLANATIONS]
    if not hypotheses:
        return
    yield heading("Possible operators")
    known = [each for each in hypotheses if _named(each)][:FEW]
    shown = [each for each in hypotheses if each in known or not _named(each)]
    body = [
        (cut(each["hypothesis"], 40), bits(each["log_odds"]), each["confidence"], ", ".join(each["families"]))
        for each in shown
    ]
    yield indented(rows(("hypothesis", "log-odds", "confidence", "evidence from*"), body, right="log-odds"))
    left = len(hypotheses) - len(shown)
    if left:
        yield indented(text(f"and {many(left, 'known operator')} less likely", FAINT))
    bands = found.get("bands") or {}
    if bands:
        levels = f"moderate from {bits(bands['moderate'])} bits, high from {bits(bands['high'])} bits"
        yield indented(
            text(f"Log-odds of each hypothesis against all others together. Confidence: {levels}.", FAINT)
        )
    for each in shown:
        yield from _why(each)


def _named(story: Row) -> bool:
    return story["hypothesis"] not in (UNKNOWN_OPERATOR, UNRELATED)


def _why(story: Row) -> Iterable[Any]:
    """The matching values of a known operator, and remarks on its name."""
    remarks, matches = story.get("remarks") or (), story.get("matches") or ()
    if not remarks and not matches:
        return
    yield indented(text(cut(story["hypothesis"], 80)))
    for remark in remarks:
        yield indented(text(f"– {remark}", WARN if story.get("verdict") == "dismissed" else ""), 4)
    for each in matches[:FEW]:
        source = f" ({cut(each['source'], 40)})" if each.get("source") else ""
        match = f"{bits(each['counted'])}  {each['trait']} {cut(each['value'], 48)}: {each['detail']}{source}"
        yield indented(text(match), 4)
    more = len(matches) + story.get("more_matches", 0) - len(matches[:FEW])
    if more:
        yield indented(text(f"and {many(more, 'more value')}", FAINT), 4)


# --- content -------------------------------------------------------------------------------------


def _content(content: Row) -> Iterable[Any]:
    if not content:
        return
    yield heading("Requested content")
    for name, value in (
        ("active days", number(content.get("days"))),
        ("models", _models(content.get("models") or ())),
    ):
        yield indented(text(f"{name:<15}{value}"))
    targets = content.get("targets") or ()
    body = [(each["name"], share(each["share"]), _usual(each.get("elsewhere"))) for each in targets]
    if body:
        yield indented(rows(("target*", "group", "others"), body, right="group others"))
    else:
        yield indented(text(f"{'targets':<15}unknown: no prompt text in the sources"))
    yield from _distillation(content.get("distillation") or {})


def _models(models: Sequence[Row]) -> str:
    total = sum(each["interactions"] for each in models)
    names = [f"{cut(each['name'] or 'unnamed', 40)} {share(each['interactions'] / total)}" for each in models]
    more = f" and {len(names) - FEW:,} more" if len(names) > FEW else ""
    return (", ".join(names[:FEW]) or NO_VALUE) + more


def _usual(value: float | None) -> str:
    return NO_VALUE if value is None else share(value)


def _distillation(distillation: Row) -> Iterable[Any]:
    parts: Sequence[Row] = distillation.get("parts") or ()
    if not parts:
        return
    score = distillation.get("score")
    yield heading(f"Distillation score: {'too little data' if score is None else share(score)}")
    body = [
        (each["name"], _rank(each), _figure(each["inside"]), _figure(each["outside"]), _meaning(each))
        for each in parts
    ]
    columns = ("measure", "higher than", "group", "others", "meaning*")
    yield indented(rows(columns, body, right="group others"))
    compared = (
        f"{many(distillation.get('accounts', 0), 'account')} with {distillation.get('compared', 0):,} others"
    )
    yield indented(
        text(
            f"Compared: {compared}. “Higher than” is the chance that an account of the group has a higher"
            " value than another account; 50% means no difference. A company's own application can also"
            " score high.",
            FAINT,
        )
    )


def _rank(part: Row) -> str:
    return UNKNOWN if part["share"] is None else f"{part['share']:.0%} of others"


def _figure(value: float | None) -> str:
    return NO_VALUE if value is None else f"{value:.2f}"


def _meaning(part: Row) -> str:
    return f"{part['meaning']} ({part['why']})" if part.get("why") else str(part["meaning"])
