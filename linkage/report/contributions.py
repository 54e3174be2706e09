"""Where bits come from: of the middle link reason by reason, of the group family by family, and what is left
without each family."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkage.explain.findings import Examination
from linkage.explain.gate_words import would_fail
from linkage.report import vega_lite
from linkage.report.document import Picture, Table
from linkage.report.formatting import bits, count, cut, share
from linkage.report.opened_units import MILLION, Gathered, Link, Whole
from linkage.report.sent_text import is_digest, is_id_of_text, text_of
from linkage.report.svg import NARROW, WIDE, Drawing, Shape, line, rect, text
from linkage.wording import many

ROW = 20
MOST_STEPS = 16
"""Reasons drawn one by one; the smaller ones of a family become one step."""

Step = tuple[str, float, float, str]
"""Label, start, end (bits), tone."""


@dataclass(frozen=True)
class Room:
    """The room of a chart of bars: its width, where its numbers end, and how many characters of a name fit
    before them."""

    width: int
    numbers: int
    name: int


ROOMS = Room(WIDE, 290, 36), Room(NARROW, 172, 20)
"""On a page, and on a telephone."""


def prior(whole: Whole) -> float | None:
    """The prior in bits, where it is opened."""
    said = whole.run.get("run/prior-bits")
    return None if said is None else float(said)


def of_link(whole: Whole, group: Gathered) -> Picture | None:
    """The link in the middle of all sealed ones by strength, reason by reason."""
    link, start = group.typical, prior(whole)
    if link is None or start is None or not link.weights or link.strength is None:
        return None
    steps = _steps(start, _together(_reasons(group, link)))
    between = " and ".join(map(whole.called, link.ends)) if link.ends else "two accounts that are withheld"
    said = (
        f"The link between {between}: prior {bits(start)}, {bits(link.strength / MILLION - start)} from"
        f" {many(len(link.weights), 'reason')}, log-odds {bits(link.strength / MILLION)}"
    )
    note = (
        f"Of {many(len(group.links), 'sealed link')} (the strongest few of each account) the middle one by"
        " log-odds: half are stronger, half are weaker."
    )
    title = "A typical link, reason by reason"
    return _picture("link", title, said, note, steps)


def _together(reasons: Iterable[tuple[str, str, float]]) -> list[tuple[str, str, float]]:
    """The same, with reasons that are called alike as one step."""
    found: dict[tuple[str, str], list[float]] = {}
    for family, name, amount in reasons:
        found.setdefault((family, name), []).append(amount)
    return [
        (family, name if len(own) == 1 else f"{len(own)} {name}", sum(own))
        for (family, name), own in found.items()
    ]


def _reasons(group: Gathered, link: Link) -> Iterable[tuple[str, str, float]]:
    """Family, signal, bits: families by what they say, the smallest reasons of each together."""
    large = sorted(range(len(link.weights)), key=lambda each: (-abs(link.weights[each][2]), each))[
        :MOST_STEPS
    ]
    totals: dict[str, int] = {}
    for _, family, amount in link.weights:
        totals[family] = totals.get(family, 0) + amount
    for family in sorted(totals, key=lambda each: (-totals[each], each)):
        rest = []
        for place, (_, own, amount) in enumerate(link.weights):
            if own == family and place in large:
                yield family, _named(group, link, place), amount / MILLION
            elif own == family:
                rest.append(amount)
        if rest:
            yield family, f"{len(rest)} smaller", sum(rest) / MILLION


def _named(group: Gathered, link: Link, place: int) -> str:
    """The signal with the value it is about, where that is opened; of a text its words."""
    signal, family, _bits = link.weights[place]
    value = link.reasons[place][0] if place < len(link.reasons) else ""
    if text := text_of(group.sent, value):
        return f"“{text}” ({signal})"
    if is_id_of_text(family, value):
        return signal
    return f"{signal} {value[:8] + '…' if is_digest(value) else value}".strip()


def of_group(whole: Whole, group: Gathered) -> Picture | None:
    """The mean over all sealed links, family by family."""
    start = prior(whole)
    if start is None or not group.weighed or not group.family_bits:
        return None
    means = {family: own[1] / MILLION / group.weighed for family, own in group.family_bits.items()}
    order = sorted(means, key=lambda each: (-means[each], each))
    steps = _steps(start, [(family, "", means[family]) for family in order])
    said = (
        f"The mean sealed link: prior {bits(start)}, then {', '.join(f'{f} {bits(means[f])}' for f in order)}"
    )
    note = (
        f"Mean bits of each family over {many(group.weighed, 'sealed link')}, 0 where a family says nothing"
        " of a link; without a family the mean log-odds are lower by its bar."
    )
    return _picture("families", "The group, family by family", said, note, steps)


def _steps(start: float, reasons: Sequence[tuple[str, str, float]]) -> list[Step]:
    steps: list[Step] = [("prior", 0.0, start, "prior")]
    at = start
    for family, signal, amount in reasons:
        label = f"{family}: {signal}" if signal else family
        steps.append((label, at, at + amount, "for" if amount >= 0 else "against"))
        at += amount
    return [*steps, ("log-odds", 0.0, at, "sum")]


def _picture(name: str, title: str, said: str, note: str, steps: Sequence[Step]) -> Picture:
    rows = [
        (label, bits(end - start) if tone != "sum" else bits(end), bits(end))
        for label, start, end, tone in steps
    ]
    table = Table(title, ("Step", "Bits", "Sum so far"), rows, frozenset((1, 2)))
    wide, narrow = (Drawing(room.width, len(steps) * ROW + 26, [*_waterfall(steps, room)]) for room in ROOMS)
    exact = [(label, round(start, 6), round(end, 6), tone) for label, start, end, tone in steps]
    return Picture(name, title, said, wide, narrow, vega_lite.waterfall(title, exact), table, note)


def _waterfall(steps: Sequence[Step], room: Room) -> Iterable[Shape]:
    low = min(0.0, *(min(start, end) for _, start, end, _ in steps))
    high = max(0.0, *(max(start, end) for _, start, end, _ in steps))
    scale = (room.width - room.numbers - 8) / max(high - low, 1e-9)
    bottom = len(steps) * ROW

    def x(value: float) -> float:
        return room.numbers + 8 + (value - low) * scale

    yield line((x(0), 0), (x(0), bottom + 4), "axis")
    yield text(min(x(0), room.width - 18), bottom + 18, "0 bits", "quiet-middle")
    for number, (label, start, end, tone) in enumerate(steps):
        top, left, right = number * ROW, min(start, end), max(start, end)
        yield text(0, top + 14, cut(label, room.name), "label")
        yield text(room.numbers - 6, top + 14, bits(end - start if tone != "sum" else end), "number")
        yield rect(
            x(left),
            top + 3,
            (max((right - left) * scale, 1.0), ROW - 6),
            tone,
            title=f"{cut(label, 80)}: {bits(end - start)} bits",
        )
        if number + 1 < len(steps):
            yield line((x(end), top + ROW - 3), (x(end), top + ROW + 3), "join")


# --- without a family ----------------------------------------------------------------------------


def left_out(found: Examination) -> Picture | None:
    """Which share of the links stands when a family is left out, and whether the rest would be reported."""
    rows = found.without_family
    if not rows:
        return None
    shares = [(each.family, round(each.remains.share, 6), each.passes) for each in rows]
    links = many(found.whole.of, "link that counts", "links that count")
    table = Table(
        f"What remains of {links} when a family is left out",
        ("Without", "Links that stand", "Share", "Accounts in the largest part", "Still reported"),
        [
            (
                each.family,
                count(each.remains.links),
                share(round(each.remains.share, 6)),
                count(each.remains.accounts),
                "yes" if each.passes else f"no: {would_fail(each.failed)}",
            )
            for each in rows
        ],
        frozenset((1, 2, 3)),
        wide=4,
    )
    fatal = [name for name, _, passes in shares if not passes]
    said = f"Without {' or without '.join(fatal)} it would not be reported" if fatal else (
        "It would be reported without any one of the families"
    )  # fmt: skip
    title = "What stands when one family is left out"
    wide, narrow = (Drawing(room.width, len(rows) * ROW + 26, [*_bars(shares, room)]) for room in ROOMS)
    note = "An outlined bar: the rest would not pass every gate, and the group would not be reported."
    return Picture("without", title, said, wide, narrow, vega_lite.left_out(title, shares), table, note)


def _bars(shares: Sequence[tuple[str, float, bool]], room: Room) -> Iterable[Shape]:
    left = room.numbers - (80 if room.width == WIDE else 0)
    wide = room.width - left
    for number, (name, part, passes) in enumerate(shares):
        top = number * ROW
        yield text(0, top + 14, cut(f"without {name}", min(room.name, 30)), "label")
        yield text(left - 12, top + 14, share(part), "number")
        yield rect(left, top + 3, (max(wide * part, 1.0), ROW - 6), "for" if passes else "against")
    bottom = len(shares) * ROW
    yield line((left, 0), (left, bottom + 4), "axis")
    yield text(left, bottom + 18, "0%", "quiet-middle")
    yield text(left + wide, bottom + 18, "100%", "quiet-end")
