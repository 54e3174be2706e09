"""The page of one link: its log-odds as a waterfall, then each piece of evidence with its source rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from linkage.cli.screen.layout import (
    AGAINST,
    FAINT,
    FOR,
    LONGEST_ID,
    STRONG,
    grid,
    heading,
    indented,
    line,
    text,
)
from linkage.cli.screen.safe import cut, safe
from linkage.cli.screen.text import bar, bits, odds, span
from linkage.explain.evidence_lines import Observation
from linkage.explain.explain import Explanation
from linkage.schema import EvidenceLine
from linkage.wording import many

FEW = 12
"""Pieces of evidence shown unless all are asked for."""

LONG = 180
"""Characters of a prompt or sentence that are shown."""

Step = tuple[str, str, float, float]
"""Family, label, start and end of the bar in bits."""


def explanation_page(found: Explanation, width: int, *, every: bool = False) -> Iterable[Any]:
    """The parts of the page, which is `width` columns wide."""
    yield from _headline(found)
    if found.log_odds is None and not found.lines:
        return
    yield heading("Log-odds in bits")
    yield from waterfall(found, width)
    counted = [each for each in found.lines if each.bits > 0]
    shown = list(found.lines) if every else counted[:FEW]
    if shown:
        yield heading("Evidence")
        yield from _evidence(shown, found)
    yield from _rest(found, shown)
    yield from _against(found)
    yield from _not_compared(found)
    yield text("")
    yield text(
        "A family that is not listed was not compared or counted 0: no evidence of different operators.",
        FAINT,
    )


def _against(found: Explanation) -> Iterable[Any]:
    """Evidence for two operators, and traits that differ."""
    yield heading("Evidence against")
    if found.against:
        yield from _evidence(found.against[:FEW], found)
    else:
        yield indented(text("none; only the comparison of hours of the day can give negative bits"))
    for each in sorted(found.differences, key=lambda each: not each.speaks):
        if each.speaks:
            yield indented(line(("different ", AGAINST), f"{each.trait}: {each.why}"))
    weak = [each for each in found.differences if not each.speaks]
    if weak:
        named = ", ".join(f"{each.trait} ({cut(each.left, 24)}, {cut(each.right, 24)})" for each in weak)
        yield indented(text(f"weak: different {named}", FAINT))
    if found.silent:
        silent = ", ".join(found.silent)
        yield indented(text(f"compared, but nothing in common that counts: {silent}"))


def _not_compared(found: Explanation) -> Iterable[Any]:
    if found.not_compared:
        yield heading("Not compared")
    for each in found.not_compared:
        yield indented(text(f"{each.family}: no data on {' or '.join(each.missing)}"))


def waterfall(found: Explanation, width: int) -> Iterable[Text]:
    """One line for the prior, for each piece of evidence, and for the sum."""
    steps = _steps(found)
    total = found.prior_bits + sum(each.bits for each in found.lines)
    low = min(0.0, *(min(start, end) for _, _, start, end in steps))
    high = max(0.0, *(max(start, end) for _, _, start, end in steps))
    room = max(12, width - 45)
    previous = ""
    for family, label, start, end in steps:
        plot = _on_axis(bar(start, end, low, high, room) if end != start else " " * room, low, high)
        name = family if family != previous else ""
        yield _step(
            name,
            label,
            bits(end - start) if end != start else "0",
            Text(plot, FAINT if family == "prior" else _tone(end - start)),
        )
        previous = family
    yield _step("", "", "─" * 7, Text(""))
    plot = _on_axis(bar(0.0, total, low, high, room), low, high)
    yield _step("log-odds", "", bits(total), Text(plot, STRONG))


def _step(family: str, label: str, amount: str, plot: Text) -> Text:
    head = f"  {cut(family, 13):<13} {cut(label, 18):<18} {amount:>7}  "
    return line(head, plot)


def _steps(found: Explanation) -> list[Step]:
    """The prior and the evidence; what counts about 0 or is not in the largest twenty: one step a family."""
    steps: list[Step] = [("prior", "", 0.0, found.prior_bits)]
    at = found.prior_bits
    large = {
        id(each)
        for each in sorted(found.lines, key=lambda each: -abs(each.bits))[:20]
        if abs(each.bits) >= 0.05
    }
    for family in found.by_family():
        own = [each for each in found.lines if each.family == family]
        for each in own:
            if id(each) in large:
                steps.append((family, each.signal, at, at + each.bits))
                at += each.bits
        small = [each for each in own if id(each) not in large]
        if small:
            end = at + sum(each.bits for each in small)
            some = any(each.bits for each in small)
            steps.append((family, f"{len(small)} {'more' if some else 'that count 0'}", at, end))
            at = end
    return steps


def _on_axis(plot: str, low: float, high: float) -> str:
    """The bar with a mark where the axis crosses zero."""
    zero = min(len(plot) - 1, round(-low * len(plot) / max(high - low, 1e-9)))
    return (plot if plot[zero] == "█" else f"{plot[:zero]}│{plot[zero + 1 :]}").rstrip()


def _tone(amount: float) -> str:
    return FOR if amount >= 0 else AGAINST


NOT_REPORTED = {
    "unresolved": ", which is unresolved: no finding",
    "explained": ", which is not reported",
}
"""What is said of a common group, by its outcome."""


def _headline(found: Explanation) -> Iterable[Any]:
    pair = line((found.left, STRONG), " and ", (found.right, STRONG))
    if found.log_odds is None:
        yield line(pair, ": no direct link in this case")
    else:
        word = "linked" if found.linked else "not linked"
        yield line(pair, f": {word}, {bits(found.log_odds)} bits ({odds(found.log_odds)})")
    if found.verdict:
        yield text(f"verdict by a person: {found.verdict}")
    if found.group:
        yield line("both in group ", (found.group, STRONG), NOT_REPORTED.get(found.outcome or "", ""))
    if found.families:
        yield text(
            f"evidence from {many(len(found.families), 'family', 'families')}: {', '.join(found.families)}"
        )
    if found.lines:
        speaking, against = found.balance()
        evidence = f"evidence for {bits(speaking)}, evidence against {bits(against) if against else '0'} bits"
        yield text(f"prior {bits(found.prior_bits)}, {evidence}")
    for name, log_odds in found.under_other_priors().items():
        yield text(f"with the prior of a {name}: {bits(log_odds)} bits", FAINT)


def _evidence(lines: Sequence[EvidenceLine], found: Explanation) -> Iterable[Any]:
    described: set[str] = set()
    for each in lines:
        yield line(
            (f"{bits(each.bits):>7}", _tone(each.bits)),
            "  ",
            (each.signal, STRONG),
            (f" · {each.family}", FAINT),
        )
        # The meaning of a signal is shown once, however many values it found.
        if each.meaning and each.signal not in described:
            yield indented(text(each.meaning, FAINT), 9)
        described.add(each.signal)
        if each.text:
            yield indented(text(f"“{cut(each.text, LONG)}”"), 9)
        if each.detail:
            yield indented(text(each.detail), 9)
        yield from _sides(each, found)


def _sides(each: EvidenceLine, found: Explanation) -> Iterable[Any]:
    ids = (each.left_observation, each.right_observation)
    sides = [found.observations[key] for key in ids if key is not None and key in found.observations]
    if sides:
        widths = (min(LONGEST_ID, max(len(safe(one.account)) for one in sides)), None)
        yield indented(grid([_side(one) for one in sides], widths=widths), 9)


def _side(observation: Observation) -> tuple[Text, Text]:
    times = f", {observation.count:,} times" if observation.count > 1 else ""
    fact = line(
        f"{cut(observation.trait, 20)} = {cut(observation.value, 60)}",
        (f"  {span(observation.first_at, observation.last_at)}{times}", FAINT),
        (f"  {observation.where or 'no source row'}", "blue"),
    )
    return text(cut(observation.account, LONGEST_ID)), fact


def _rest(found: Explanation, shown: Sequence[EvidenceLine]) -> Iterable[Text]:
    silent = sum(1 for each in found.lines if each.bits == 0)
    more = sum(1 for each in found.lines if each.bits > 0) - sum(1 for each in shown if each.bits > 0)
    if len(shown) == len(found.lines):
        return
    if more:
        yield text(f"{more} more pieces of evidence (--all lists them)", FAINT)
    if silent:
        yield text(f"{silent} more coincidences count 0 bits (--all lists them)", FAINT)
