"""The part of a group's page on evidence against it: weak points, odd members, innocent explanations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.cli.screen.layout import AGAINST, FAINT, WARN, heading, indented, line, rows, text
from linkage.cli.screen.safe import cut
from linkage.cli.screen.text import bits, many, number, share
from linkage.explain import sentences

Row = Mapping[str, Any]

FEW = 20
MOST = 3
"""Sources of evidence whose removal is shown."""

STRENGTH = {
    sentences.FIRM: "firm: it depends on no single source or family, and no innocent explanation fits",
    sentences.NARROW: "narrow: it depends on one family, or an innocent explanation fits",
    sentences.THIN: "thin: there is little of it",
}
"""How strong the evidence for a group is, in a sentence."""

TONES = {"fits": AGAINST, "does not fit": "", "not enough to say": FAINT}
"""The colour of each outcome of an explanation."""


def strength(found: Row) -> Iterable[Any]:
    """How strong the evidence is, and why; nothing for a group that was not examined."""
    state = found.get("state")
    if not state:
        return
    words = STRENGTH.get(state["word"], state["word"])
    tone = WARN if state["word"] == sentences.THIN else ""
    yield indented(line(("evidence       ", FAINT), (words, tone)))
    yield from (indented(text(f"– {why}"), 17) for why in state["why"])


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


def examination(found: Row) -> Iterable[Any]:
    """The rest of what the examination of the group found."""
    if found:
        yield from _without(found)
        yield from _removed(found)
        yield from _weakest_member(found)
        yield from _least_like(found)
        yield from _agreement(found)
        yield from _explanations(found)


def _without(found: Row) -> Iterable[Any]:
    whole = found["whole"]
    yield heading(f"Links that remain without one family, of {many(whole['of'], 'link')}")
    body = [
        (
            each["family"],
            number(each["links"]),
            share(each["links"] / max(each["of"], 1)),
            sentences.parts(each),
            "yes" if each["passes"] else text(f"no: {', '.join(each['failed'])}", WARN),
        )
        for each in found["without_family"]
    ]
    columns = ("without", "links", "share", "still connected*", "still reported*")
    yield indented(rows(columns, body, right="links share"))
    if found["links_looked_at"] < found["links"]:
        looked = f"computed on a sample of {found['links_looked_at']:,} of {found['links']:,} links"
        yield indented(text(looked, FAINT))


def _removed(found: Row) -> Iterable[Any]:
    yield heading("Weakest points")
    smallest = found["smallest_set"]
    if smallest is None:
        yield indented(text("the links depend on no single named value"))
    elif smallest["falls"]:
        what = "; ".join(sentences.source(each) for each in smallest["sources"])
        yield indented(line("without ", (what, WARN), f", the group splits: {sentences.parts(smallest)}"))
    else:
        several = len(smallest["sources"])
        which = "any one source" if several == 1 else f"its {several} strongest sources"
        yield indented(text(f"the group stays connected without {which} of evidence"))
    for each in found["sources"][:MOST]:
        source = each["sources"][0]
        name = sentences.source({**source, "values": [_short(v) for v in source["values"]]})
        left = f"{share(each['links'] / max(each['of'], 1))} of the links remain, {sentences.parts(each)}"
        yield indented(
            text(f"without {name} ({source['family']}, {many(source['accounts'], 'account')}): {left}")
        )
    if found["seam"]:
        yield indented(text(_division(found["seam"])))


def _short(value: Row) -> Row:
    return {**value, "value": cut(value["value"], 48)}


def _division(seam: Row) -> str:
    larger, smaller = seam["sizes"]
    return (
        f"weakest division: {larger:,} + {smaller:,} accounts, joined by {seam['across']:,} links;"
        f" an evenly linked group would have {seam['expected']:,.0f}"
    )


def _weakest_member(found: Row) -> Iterable[Any]:
    weak = found["weakest"]
    strongest = "" if weak["strongest"] is None else f", strongest {bits(weak['strongest'])} bits"
    yield indented(
        text(
            f"weakest member: {cut(weak['account'], 40)}, {many(weak['links'], 'link')} (median"
            f" {weak['median']:,.0f}){strongest}, in the group in {share(weak['membership'])} of the"
            " resampled runs"
        )
    )


def _least_like(found: Row) -> Iterable[Any]:
    if found["least_like"]:
        yield heading("Members that differ most from the others")
    for each in found["least_like"]:
        yield indented(line((cut(each["account"], 40), WARN), f"  {'; '.join(each['what'])}"))


def _agreement(found: Row) -> Iterable[Any]:
    known = [each for each in found["agreement"] if each["inside"] is not None]
    if not known:
        return
    yield heading("Pairs with the same value: two members, two other accounts")
    body = [
        (
            each["trait"],
            share(each["inside"]),
            "unknown" if each["outside"] is None else share(each["outside"]),
            number(each["compared"]),
            text("little difference", AGAINST) if each["as_strangers"] else "",
        )
        for each in known
    ]
    yield indented(
        rows(("trait", "members", "others", "accounts", ""), body, right="members others accounts")
    )
    silent = [each["trait"] for each in found["agreement"] if each["inside"] is None]
    if silent:
        yield indented(
            text(f"not compared, because too few members have a value: {', '.join(silent)}", FAINT)
        )


def _explanations(found: Row) -> Iterable[Any]:
    yield heading("Innocent explanations tested")
    body = [
        (each["explanation"], text(each["outcome"], TONES.get(each["outcome"], "")), each["figure"])
        for each in found["explanations"]
    ]
    yield indented(rows(("explanation*", "result", "because*"), body))
