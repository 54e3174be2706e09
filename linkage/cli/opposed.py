"""What speaks against a group on a terminal: how little takes it apart, in what its members differ, and what
else could explain it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.cli.layout import AGAINST, FAINT, WARN, heading, indented, line, rows, text
from linkage.cli.safe import cut
from linkage.cli.text import bits, many, number, share
from linkage.explain import sentences
from linkage.explain.findings import THIN, Examination

Row = Mapping[str, Any]

FEW = 20
MOST = 3
"""Sources whose loss is told of."""

FAINTLY = {"fits": AGAINST, "does not fit": "", "not enough to say": FAINT}
"""How each outcome of an explanation is drawn."""


def standing(found: Examination | None) -> Iterable[Any]:
    """One line on how strong the evidence is, and why; nothing where a group was not examined."""
    if found is None:
        return
    level, reasons = found.strength.level, found.strength.reasons
    words = (
        level
        if reasons
        else f"{level}: it does not depend on a single source, on one family or on few links, and no benign"
        " explanation fits"
    )
    yield indented(line(("evidence       ", FAINT), (words, WARN if level == THIN else "")))
    yield from (indented(text(f"– {each}"), 17) for each in reasons)


def against(said: Sequence[Any], pairs: Sequence[Row]) -> Iterable[Any]:
    """The sentences, and the pairs with the strongest evidence against them."""
    yield heading("Evidence against")
    points = [each if isinstance(each, str) else each.get("detail", "") for each in said]
    for each in points[:FEW]:
        yield indented(text(f"– {each}"))
    for row in pairs:
        pair = f"{cut(row['left'], 24)} · {cut(row['right'], 24)}"
        yield indented(
            line((bits(row["bits"]), AGAINST), f"  {row['signal']}, {pair}: {row['detail'] or ''}")
        )
    if not points and not pairs:
        yield indented(text("no signal found any; where nothing could be compared there is none to find"))


def examined(found: Examination | None) -> Iterable[Any]:
    """Everything the examination of the group found, beyond its sentences."""
    if found:
        yield from _without(found)
        yield from _removed(found)
        yield from _least_typical(found)
        yield from _agreement(found)
        yield from _explanations(found)


def _without(found: Examination) -> Iterable[Any]:
    counted = found.whole.of
    yield heading(
        f"What remains when a family is left out, of {many(counted, 'link')} that"
        f" {'counts' if counted == 1 else 'count'}"
    )
    body = [
        (
            each.family,
            number(each.remains.links),
            share(each.remains.share),
            sentences.parts(each.remains),
            "yes" if each.passes else text(f"no: {', '.join(each.failed)}", WARN),
        )
        for each in found.without_family
    ]
    columns = ("without", "links", "share", "parts*", "still reported*")
    yield indented(rows(columns, body, right="links share"))
    if sample := sentences.sample(found):
        yield indented(text(sample, FAINT))


def _removed(found: Examination) -> Iterable[Any]:
    yield heading("What holds it together")
    smallest = found.smallest_set
    if smallest is None:
        yield indented(text("no single value: its links rest on none that has a name"))
    else:
        tone = WARN if smallest.falls_apart else ""
        yield indented(text(sentences.smallest_set(smallest, _short), tone))
    for each in found.sources[:MOST]:
        source, remains = each.sources[0], each.remains
        name = sentences.source(source, _short)
        left = f"{share(remains.share)} of the links stand, {sentences.parts(remains)}"
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
        yield indented(line((cut(each.account, 40), WARN), f"  {'; '.join(each.differences)}"))


def _agreement(found: Examination) -> Iterable[Any]:
    known = [each for each in found.agreement if each.inside is not None]
    if not known:
        return
    yield heading("How often two members agree, and two strangers")
    body = [
        (
            each.trait,
            share(each.inside),
            "not known" if each.outside is None else share(each.outside),
            number(each.compared),
            text("hardly more", AGAINST) if each.like_strangers else "",
        )
        for each in known
    ]
    yield indented(
        rows(("trait", "members", "strangers", "known of", ""), body, right="members strangers known")
    )
    silent = [each.trait for each in found.agreement if each.inside is None]
    if silent:
        yield indented(text(f"not compared, known of too few: {', '.join(silent)}", FAINT))


def _explanations(found: Examination) -> Iterable[Any]:
    yield heading("Benign explanations tested")
    body = [
        (each.explanation, text(each.outcome, FAINTLY.get(each.outcome, "")), each.figure)
        for each in found.benign_explanations
    ]
    yield indented(rows(("explanation*", "outcome", "what decides*"), body))
