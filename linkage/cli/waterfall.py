"""An explanation on a terminal: the bits as a waterfall, then each reason with the rows it rests on."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.text import Text

from linkage.cli.layout import AGAINST, FAINT, FOR, STRONG, grid, heading, indented, line, text
from linkage.cli.safe import cut, safe
from linkage.cli.text import bar, bits, odds, span
from linkage.explain.explain import Explanation, Observation
from linkage.schema import EvidenceLine

FEW = 12
"""Reasons written out unless all are asked for."""

LONG = 180
"""Characters of a prompt or sentence that are shown."""

Step = tuple[str, str, float, float]
"""Family, label, where the bar starts, where it ends."""


def explanation(found: Explanation, width: int, *, every: bool = False) -> Iterable[Any]:
    """The whole screen."""
    yield from _headline(found)
    if found.log_odds is None and not found.lines:
        return
    yield heading("Bits")
    yield from waterfall(found, width)
    counted = [each for each in found.lines if each.bits > 0]
    shown = list(found.lines) if every else counted[:FEW]
    if shown:
        yield heading("Why")
        yield from _reasons(shown, found)
    yield from _rest(found, shown)
    yield from _against(found)
    yield from _not_compared(found)
    yield text("")
    yield text(
        "A family that is not named was not compared or did not count; it is not a sign of difference.", FAINT
    )


def _against(found: Explanation) -> Iterable[Any]:
    """What speaks for two operators, or that nothing does and where it could have."""
    yield heading("Against")
    if found.against:
        yield from _reasons(found.against[:FEW], found)
    else:
        yield indented(text("no signal speaks against; only hours of the day, compared, can"))
    for each in sorted(found.differences, key=lambda each: not each.speaks):
        if each.speaks:
            yield indented(line(("differ", AGAINST), f" in {each.trait}: {each.why}"))
    little = [each for each in found.differences if not each.speaks]
    if little:
        named = ", ".join(f"{each.trait} ({cut(each.left, 24)}, {cut(each.right, 24)})" for each in little)
        yield indented(text(f"they also differ in {named}, which says little", FAINT))
    if found.silent:
        silent = ", ".join(found.silent)
        yield indented(text(f"both are known in {silent}, and share nothing there that counts"))


def _not_compared(found: Explanation) -> Iterable[Any]:
    if found.not_compared:
        yield heading("Not compared")
    for each in found.not_compared:
        yield indented(text(f"{each.family}: the case holds nothing for {' or '.join(each.missing)}"))


def waterfall(found: Explanation, width: int) -> Iterable[Text]:
    """One line for the prior, each reason and the sum."""
    steps = _steps(found)
    total = found.prior_bits + sum(each.bits for each in found.lines)
    low = min(0.0, *(min(start, end) for _, _, start, end in steps))
    high = max(0.0, *(max(start, end) for _, _, start, end in steps))
    room = max(12, width - 45)
    previous = ""
    for family, label, start, end in steps:
        drawn = _on_axis(bar(start, end, low, high, room) if end != start else " " * room, low, high)
        name = family if family != previous else ""
        yield _step(
            name,
            label,
            bits(end - start) if end != start else "0",
            Text(drawn, FAINT if family == "prior" else _tone(end - start)),
        )
        previous = family
    yield _step("", "", "─" * 7, Text(""))
    drawn = _on_axis(bar(0.0, total, low, high, room), low, high)
    yield _step("log-odds", "", bits(total), Text(drawn, STRONG))


def _step(family: str, label: str, amount: str, drawn: Text) -> Text:
    head = f"  {cut(family, 13):<13} {cut(label, 18):<18} {amount:>7}  "
    return line(head, drawn)


def _steps(found: Explanation) -> list[Step]:
    """The prior and the reasons; reasons of no weight, and those beyond twenty, as one step a family."""
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
            steps.append((family, f"{len(small)} {'more' if some else 'of no weight'}", at, end))
            at = end
    return steps


def _on_axis(drawn: str, low: float, high: float) -> str:
    """The bar with a mark where the axis crosses zero."""
    zero = min(len(drawn) - 1, round(-low * len(drawn) / max(high - low, 1e-9)))
    return (drawn if drawn[zero] == "█" else f"{drawn[:zero]}│{drawn[zero + 1 :]}").rstrip()


def _tone(amount: float) -> str:
    return FOR if amount >= 0 else AGAINST


def _headline(found: Explanation) -> Iterable[Any]:
    pair = line((found.left, STRONG), " and ", (found.right, STRONG))
    if found.log_odds is None:
        yield line(pair, ": no link in this case")
        yield text(f"Ask for the reason: linkage why-not CASE {found.left} {found.right}", FAINT)
    else:
        word = "linked" if found.linked else "not linked"
        yield line(pair, f": {word}, {bits(found.log_odds)} bits ({odds(found.log_odds)})")
    if found.verdict:
        yield text(f"a person decided: {found.verdict}")
    if found.group:
        yield line("both in group ", (found.group, STRONG))
    if found.families:
        yield text(f"families: {', '.join(found.families)}")
    if found.lines:
        speaking, against = found.balance()
        said = f"for one operator {bits(speaking)} bits, against {bits(against) if against else '0'}"
        yield text(f"{said}, prior {bits(found.prior_bits)}")
    for name, log_odds in found.under_other_priors().items():
        yield text(f"if one looks for a {name}: {bits(log_odds)} bits", FAINT)


def _reasons(lines: Sequence[EvidenceLine], found: Explanation) -> Iterable[Any]:
    told: set[str] = set()
    for each in lines:
        yield line(
            (f"{bits(each.bits):>7}", _tone(each.bits)),
            "  ",
            (each.signal, STRONG),
            (f" · {each.family}", FAINT),
        )
        # What a signal means is told once, however many values it found.
        if each.meaning and each.signal not in told:
            yield indented(text(each.meaning, FAINT), 9)
        told.add(each.signal)
        if each.text:
            yield indented(text(f"“{cut(each.text, LONG)}”"), 9)
        if each.detail:
            yield indented(text(each.detail), 9)
        yield from _sides(each, found)


def _sides(each: EvidenceLine, found: Explanation) -> Iterable[Any]:
    ids = (each.left_observation, each.right_observation)
    seen = [found.observations[key] for key in ids if key is not None and key in found.observations]
    if seen:
        widths = (min(24, max(len(safe(one.account)) for one in seen)), None)
        yield indented(grid([_side(one) for one in seen], widths=widths), 9)


def _side(seen: Observation) -> tuple[Text, Text]:
    times = f", {seen.count:,} times" if seen.count > 1 else ""
    fact = line(
        f"{cut(seen.trait, 20)} = {cut(seen.value, 60)}",
        (f"  {span(seen.first_at, seen.last_at)}{times}", FAINT),
        (f"  {seen.where or 'no source row'}", "blue"),
    )
    return text(cut(seen.account, 24)), fact


def _rest(found: Explanation, shown: Sequence[EvidenceLine]) -> Iterable[Text]:
    silent = sum(1 for each in found.lines if each.bits == 0)
    more = sum(1 for each in found.lines if each.bits > 0) - sum(1 for each in shown if each.bits > 0)
    if len(shown) == len(found.lines):
        return
    if more:
        yield text(f"{more} more reasons count (--all writes them out)", FAINT)
    if silent:
        yield text(f"{silent} coincidences count nothing after the rules of their family (--all)", FAINT)
