"""Whose a group may be, and what it took, on a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.cli.layout import FAINT, WARN, heading, indented, rows, text
from linkage.cli.safe import cut
from linkage.cli.text import UNKNOWN, bits, many, number, share

Row = Mapping[str, Any]

FEW = 5
"""Stories, matches and models written out."""

UNSAID = "–"


def attributed(detail: Row) -> Iterable[Any]:
    """Both parts of the screen of one group, from what the receipt says of it."""
    yield from _stories(detail.get("attribution") or {})
    yield from _taken(detail.get("taken") or {})


# --- whose ---------------------------------------------------------------------------------------


def _stories(attribution: Row) -> Iterable[Any]:
    told: Sequence[Row] = attribution.get("stories") or ()
    if not told:
        return
    yield heading("Whose it may be")
    nameless = [each for each in told if not _named(each)]
    shown = [each for each in told if each in nameless or each in [e for e in told if _named(e)][:FEW]]
    body = [
        (cut(each["hypothesis"], 40), bits(each["log_odds"]), each["confidence"], ", ".join(each["families"]))
        for each in shown
    ]
    yield indented(rows(("story", "log-odds", "confidence", "by*"), body, right="log-odds"))
    left = len(told) - len(shown)
    if left:
        yield indented(text(f"and {many(left, 'known operator')} less likely", FAINT))
    bands = attribution.get("bands") or {}
    if bands:
        said = f"moderate from {bits(bands['moderate'])} bits, high from {bits(bands['high'])}"
        yield indented(text(f"Each story against all others together; {said}.", FAINT))
    for each in shown:
        yield from _why(each)


def _named(story: Row) -> bool:
    return story["hypothesis"] not in ("unknown operator", "unrelated accounts")


def _why(story: Row) -> Iterable[Any]:
    """What speaks for a known operator, and what must be known of the name."""
    remarks, matches = story.get("remarks") or (), story.get("matches") or ()
    if not remarks and not matches:
        return
    yield indented(text(cut(story["hypothesis"], 80)))
    for remark in remarks:
        yield indented(text(f"– {remark}", WARN if story.get("verdict") == "dismissed" else ""), 4)
    for each in matches[:FEW]:
        source = f" ({cut(each['source'], 40)})" if each.get("source") else ""
        said = f"{bits(each['counted'])}  {each['trait']} {cut(each['value'], 48)}: {each['detail']}{source}"
        yield indented(text(said), 4)
    more = len(matches) + story.get("more_matches", 0) - len(matches[:FEW])
    if more:
        yield indented(text(f"and {many(more, 'more value')}", FAINT), 4)


# --- what was taken ------------------------------------------------------------------------------


def _taken(taken: Row) -> Iterable[Any]:
    if not taken:
        return
    yield heading("What was taken")
    for name, value in (("days", number(taken.get("days"))), ("models", _models(taken.get("models") or ()))):
        yield indented(text(f"{name:<15}{value}"))
    targets = taken.get("targets") or ()
    body = [(each["name"], share(each["share"]), _usual(each.get("elsewhere"))) for each in targets]
    if body:
        yield indented(rows(("target*", "share", "elsewhere"), body, right="share elsewhere"))
    else:
        yield indented(text(f"{'targets':<15}not known: no text was read"))
    yield from _distillation(taken.get("distillation") or {})


def _models(models: Sequence[Row]) -> str:
    total = sum(each["interactions"] for each in models)
    said = [
        f"{cut(each['name'] or 'not named', 40)} {share(each['interactions'] / total)}" for each in models
    ]
    more = f" and {len(said) - FEW:,} more" if len(said) > FEW else ""
    return (", ".join(said[:FEW]) or UNSAID) + more


def _usual(value: float | None) -> str:
    return UNSAID if value is None else share(value)


def _distillation(distillation: Row) -> Iterable[Any]:
    parts: Sequence[Row] = distillation.get("parts") or ()
    if not parts:
        return
    score = distillation.get("score")
    yield heading(f"Distillation: {'not enough to say' if score is None else share(score)}")
    body = [
        (each["name"], _rank(each), _figure(each["inside"]), _figure(each["outside"]), _said(each))
        for each in parts
    ]
    columns = ("part", "more than", "here", "elsewhere", "what is measured*")
    yield indented(rows(columns, body, right="here elsewhere"))
    compared = (
        f"{many(distillation.get('accounts', 0), 'account')} with {distillation.get('compared', 0):,} others"
    )
    yield indented(
        text(
            f"Compared: {compared}. “More than” is the chance that an account of the group shows more of it"
            " than another; 50 % is like everybody. A firm's own application can score high too.",
            FAINT,
        )
    )


def _rank(part: Row) -> str:
    return UNKNOWN if part["share"] is None else f"{part['share']:.0%} of others"


def _figure(value: float | None) -> str:
    return UNSAID if value is None else f"{value:.2f}"


def _said(part: Row) -> str:
    return f"{part['meaning']} ({part['why']})" if part.get("why") else str(part["meaning"])
