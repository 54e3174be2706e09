"""The part of a group's page on evidence against it: weak points, odd members, innocent explanations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.cli.screen.layout import AGAINST, FAINT, LONGEST_ID, WARN, heading, indented, line, rows, text
from linkage.cli.screen.safe import cut
from linkage.cli.screen.strength import STRENGTH
from linkage.cli.screen.text import bits, many, number, share
from linkage.explain import sentences
from linkage.explain.findings import THIN, Examination
from linkage.explain.gate_words import would_fail

Row = Mapping[str, Any]

FEW = 20
MOST = 3
"""Sources of evidence whose removal is shown."""

ALONE = "each by one or two figures alone; competing explanations weigh all that is known"
"""What tells these explanations from the competing ones."""

TONES = {"fits": AGAINST, "does not fit": "", "not enough to say": FAINT}
"""The colour of each outcome of an explanation."""


def strength(found: Examination | None) -> Iterable[Any]:
    """How strong the evidence is, and why; nothing for a group that was not examined."""
    if found is None:
        return
    level, reasons = found.strength.level, found.strength.reasons
    tone = WARN if level == THIN else ""
    yield indented(line(("evidence       ", FAINT), (STRENGTH.get(level, level), tone)))
    yield from (indented(text(f"– {each}"), 17) for each in reasons)


def against(objections: Sequence[Any], pairs: Sequence[Row]) -> Iterable[Any]:
    """The objections, and the pairs with the strongest evidence against a link."""
    yield heading("Evidence against")
    found = [each if isinstance(each, str) else each.get("detail", "") for each in objections]
    for each in found[:FEW]:
        yield indented(text(f"– {each}"))
    for row in pairs:
        pair = f"{cut(row['left'], 24)} · {cut(row['right'], 24)}"
        yield indented(
            line((bits(row["bits"]), AGAINST), f"  {row['signal']}, {pair}: {row['detail'] or ''}")
        )
    if not found and not pairs:
        yield indented(text("none found; only what could be compared was searched"))


def examination(found: Examination | None) -> Iterable[Any]:
    """The rest of what the examination of the group found."""
    if found:
        yield from _without(found)
        yield from _removed(found)
        yield from _least_typical(found)
        yield from _agreement(found)
        yield from _explanations(found)


def _without(found: Examination) -> Iterable[Any]:
    yield heading(f"Links that remain without one family, of {many(found.whole.of, 'link')}")
    body = [
        (
            each.family,
            number(each.remains.links),
            share(each.remains.share),
            sentences.parts(each.remains),
            "yes" if each.passes else text(f"no: {would_fail(each.failed)}", WARN),
        )
        for each in found.without_family
    ]
    columns = ("without", "links", "share", "still connected*", "still reported*")
    yield indented(rows(columns, body, right="links share"))
    if sample := sentences.sample(found):
        yield indented(text(sample, FAINT))


def _removed(found: Examination) -> Iterable[Any]:
    yield heading("Weakest points")
    smallest = found.smallest_set
    if smallest is None:
        yield indented(text("the links depend on no single named value"))
    else:
        tone = WARN if smallest.falls_apart else ""
        yield indented(text(sentences.smallest_set(smallest, _short), tone))
    for each in found.sources[:MOST]:
        source, remains = each.sources[0], each.remains
        name = sentences.source(source, _short)
        left = f"{share(remains.share)} of the links remain, {sentences.parts(remains)}"
        yield indented(text(f"without {name} ({source.family}, {many(source.accounts, 'account')}): {left}"))
    if found.weakest_cut:
        yield indented(text(sentences.two_sides(found.weakest_cut)))
    yield indented(text(sentences.weakest_member(found.weakest_member, _short)))


def _short(value: str) -> str:
    return cut(value, 48)


def _least_typical(found: Examination) -> Iterable[Any]:
    if found.least_typical:
        yield heading("Members that differ most from the others")
    for each in found.least_typical:
        yield indented(line((cut(each.account, LONGEST_ID), WARN), f"  {'; '.join(each.differences)}"))


def _agreement(found: Examination) -> Iterable[Any]:
    known = [each for each in found.agreement if each.inside is not None]
    if not known:
        return
    yield heading("Pairs with the same value: two members, two other accounts")
    body = [
        (
            each.trait,
            share(each.inside),
            "unknown" if each.outside is None else share(each.outside),
            number(each.compared),
            text("little difference", AGAINST) if each.like_strangers else "",
        )
        for each in known
    ]
    yield indented(
        rows(("trait", "members", "others", "accounts", ""), body, right="members others accounts")
    )
    silent = [each.trait for each in found.agreement if each.inside is None]
    if silent:
        yield indented(
            text(f"not compared, because too few members have a value: {', '.join(silent)}", FAINT)
        )


def _explanations(found: Examination) -> Iterable[Any]:
    yield heading("Innocent explanations tested")
    body = [
        (each.explanation, text(each.outcome, TONES.get(each.outcome, "")), each.figure)
        for each in found.benign_explanations
    ]
    yield indented(rows(("explanation*", "result", "because*"), body))
    yield indented(text(ALONE, FAINT))
