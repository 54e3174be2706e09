"""V2: what is said of a group in a number of its own, and once more where more is told of it, is the same."""

import math
from collections.abc import Iterator
from typing import Any

from linkage.bundle.checks.disclosures import MICRO, Opened, micro
from linkage.bundle.checks.faults import Report

OFF = 1e-5
"""By how much a number can be off that follows from rounded ones."""

Twice = tuple[str, str, object, object]
"""What is wrong, the unit it is said in, what follows from the other units, and what is said."""


def check_said_again(opened: Opened, report: Report) -> None:
    """Every group that the view names, and all of them beside the population."""
    groups = sorted(map(str, opened.view.get("groups", ())))
    for group in groups:
        start = f"group/{group}"
        for rule in (_of_work, _of_marks, _of_weakest, _of_texts):
            try:
                for what, path, expected, found in rule(opened, start):
                    report.fault("V2", what, path, expected=expected, found=found)
            except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
                report.fault("V2", f"a unit of another form: {error}", start)
    counts = [opened.small.get(f"group/{group}/interactions") for group in groups]
    known = sum(each for each in counts if type(each) is int)
    population = (opened.small.get("run/population") or {}).get("interactions")
    if type(population) is int and population < known:
        what = "more requests of groups than there are"
        report.fault("V2", what, "run/population", expected=known, found=population)


def _of_work(opened: Opened, start: str) -> Iterator[Twice]:
    """Topics, days, models and the score of distillation, as what was taken tells them."""
    taken, path = opened.small.get(f"{start}/taken"), f"{start}/taken"
    if not taken:
        return
    targets = opened.small.get(f"{start}/targets")
    told = [[each["name"], float(each["share"])] for each in taken["targets"]]
    if targets is not None and [[name, float(share)] for name, share in targets] != told:
        yield "other topics than were counted", f"{start}/targets", told, targets
    score, again = (opened.small.get(f"{start}/distillation"), taken["distillation"]["score"])
    if f"{start}/distillation" in opened.small and not _alike(score, again):
        yield "another score than was computed", f"{start}/distillation", again, score
    accounts = opened.small.get(f"{start}/accounts")
    if accounts is not None and taken["distillation"]["accounts"] != accounts:
        yield "another number of accounts than is told of", path, accounts, taken["distillation"]["accounts"]
    days = sum(count > 0 for _, count in opened.small.get(f"{start}/by-day") or ())
    if days and taken["days"] != days:
        yield "another number of days than have requests", path, days, taken["days"]
    asked, of_models = opened.small.get(f"{start}/interactions"), taken["models"]
    if type(asked) is int and sum(each["interactions"] for each in of_models) > asked:
        yield "more requests to models than there are", path, asked, of_models


def _alike(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return abs(float(one) - float(other)) <= OFF


def _of_marks(opened: Opened, start: str) -> Iterator[Twice]:
    """What sets a group apart has as many bits as its two shares give."""
    path = f"{start}/marks"
    for mark in opened.small.get(path) or ():
        inside, outside = float(mark["inside"]), float(mark["outside"])
        bits = math.log2(inside / outside) if inside > 0 and outside > 0 else None
        if bits is not None and abs(bits - float(mark["bits"])) > OFF * max(1.0, 1 / outside):
            yield "a mark of other bits than its shares give", path, f"{bits:.5f}", mark["bits"]


def _of_weakest(opened: Opened, start: str) -> Iterator[Twice]:
    """The weakest member belongs as surely as some member does."""
    about, path = opened.small.get(f"{start}/examined"), f"{start}/examined"
    members = opened.members.get(start.partition("/")[2])
    if not about or not members or opened.hides("member.standing"):
        return
    said = float(about["weakest_member"]["membership"])
    if all(abs(share / MICRO - said) > OFF for share, _ in members):
        least = min(share for share, _ in members) / MICRO
        yield "a weakest member of another standing than any member", path, least, said
    stays = opened.small.get(f"{start}/stability")
    if stays is not None and abs(micro(stays) / MICRO - float(about["stability"])) > OFF:
        yield "another stability than was examined", path, stays, about["stability"]


def _of_texts(opened: Opened, start: str) -> Iterator[Twice]:
    """No text of which a link speaks was sent by more members than are opened that sent it."""
    if opened.reasons is None or any(name.startswith("seen.") for name in opened.view.get("withheld", ())):
        return
    for path, (members, *_) in opened.sent.get(start.partition("/")[2], ()):
        kind, value, *_ = opened.texts.get(f"{path.removesuffix('sent')}value", ("", ""))
        seen = opened.reasons.holders(TEXT_TRAITS.get(kind, ""), value)
        if seen and members > seen:
            yield "a text that more members sent than are seen to have", path, seen, members


TEXT_TRAITS = {
    "template": "template",
    "system prompt": "system-prompt",
    "sentence": "segment",
    "exact text": "prompt",
}
"""The trait whose value stands for a text, by what the text is called."""
