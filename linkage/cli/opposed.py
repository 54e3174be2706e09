"""What speaks against a group on a terminal: how little takes it apart, in what its members differ, and what
else could explain it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.cli.layout import AGAINST, FAINT, WARN, heading, indented, line, rows, text
from linkage.cli.safe import cut
from linkage.cli.text import bits, many, number, share
from linkage.explain import sentences as objections

Row = Mapping[str, Any]

FEW = 20
MOST = 3
"""Sources whose loss is told of."""

FAINTLY = {"fits": AGAINST, "does not fit": "", "not enough to say": FAINT}
"""How each outcome of an explanation is drawn."""


def standing(found: Row) -> Iterable[Any]:
    """One line on how thin the evidence is, and why; nothing where a group was not examined."""
    state = found.get("state")
    if not state:
        return
    words = (
        "firm: no single source, seam or family carries it, and no benign explanation fits"
        if not state["why"]
        else state["word"]
    )
    tone = WARN if state["word"] == objections.THIN else ""
    yield indented(line(("evidence       ", FAINT), (words, tone)))
    yield from (indented(text(f"– {why}"), 17) for why in state["why"])


def against(said: Sequence[Any], pairs: Sequence[Row]) -> Iterable[Any]:
    """The sentences, and the pairs with the strongest evidence against them."""
    yield heading("Evidence against")
    sentences = [each if isinstance(each, str) else each.get("detail", "") for each in said]
    for each in sentences[:FEW]:
        yield indented(text(f"– {each}"))
    for row in pairs:
        pair = f"{cut(row['left'], 24)} · {cut(row['right'], 24)}"
        yield indented(
            line((bits(row["bits"]), AGAINST), f"  {row['signal']}, {pair}: {row['detail'] or ''}")
        )
    if not sentences and not pairs:
        yield indented(text("no signal found any; where nothing could be compared there is none to find"))


def examined(found: Row) -> Iterable[Any]:
    """Everything the examination of the group found, beyond its sentences."""
    if found:
        yield from _without(found)
        yield from _removed(found)
        yield from _fringe(found)
        yield from _least_like(found)
        yield from _agreement(found)
        yield from _explanations(found)


def _without(found: Row) -> Iterable[Any]:
    whole = found["whole"]
    yield heading(
        f"What remains when a family is left out, of {many(whole['of'], 'link')} that"
        f" {'counts' if whole['of'] == 1 else 'count'}"
    )
    body = [
        (
            each["family"],
            number(each["links"]),
            share(each["links"] / max(each["of"], 1)),
            objections.parts(each),
            "yes" if each["passes"] else text(f"no: {', '.join(each['failed'])}", WARN),
        )
        for each in found["without_family"]
    ]
    columns = ("without", "links", "share", "accounts together*", "still reported*")
    yield indented(rows(columns, body, right="links share"))
    if found["links_looked_at"] < found["links"]:
        looked = f"a sample of {found['links_looked_at']:,} of {found['links']:,} links was looked at"
        yield indented(text(looked, FAINT))


def _removed(found: Row) -> Iterable[Any]:
    yield heading("What holds it together")
    smallest = found["smallest_set"]
    if smallest is None:
        yield indented(text("no single value: its links rest on none that has a name"))
    elif smallest["falls"]:
        what = "; ".join(objections.source(each) for each in smallest["sources"])
        yield indented(line("remove ", (what, WARN), f", and it falls into {objections.parts(smallest)}"))
    else:
        several = len(smallest["sources"])
        count = "no single source" if several == 1 else f"not even {several} sources together"
        yield indented(text(f"{count} of evidence, left out, takes it apart"))
    for each in found["sources"][:MOST]:
        source = each["sources"][0]
        name = objections.source({**source, "values": [_short(v) for v in source["values"]]})
        left = f"{share(each['links'] / max(each['of'], 1))} of the links stand, {objections.parts(each)}"
        yield indented(
            text(f"without {name} ({source['family']}, {many(source['accounts'], 'account')}): {left}")
        )
    if found["seam"]:
        yield indented(text(_seam(found["seam"])))


def _short(value: Row) -> Row:
    return {**value, "value": cut(value["value"], 48)}


def _seam(seam: Row) -> str:
    larger, smaller = seam["sizes"]
    return (
        f"its thinnest division is {larger:,} + {smaller:,}: {seam['across']:,} links across,"
        f" {seam['expected']:,.0f} in an evenly linked group"
    )


def _fringe(found: Row) -> Iterable[Any]:
    weak = found["weakest"]
    strongest = "" if weak["strongest"] is None else f", the strongest {bits(weak['strongest'])} bits"
    yield indented(
        text(
            f"its weakest member is {cut(weak['account'], 40)}: {many(weak['links'], 'link')} (median"
            f" {weak['median']:,.0f}){strongest}, in {share(weak['membership'])} of resampled runs"
        )
    )


def _least_like(found: Row) -> Iterable[Any]:
    if found["least_like"]:
        yield heading("Members least like the others")
    for each in found["least_like"]:
        yield indented(line((cut(each["account"], 40), WARN), f"  {'; '.join(each['what'])}"))


def _agreement(found: Row) -> Iterable[Any]:
    known = [each for each in found["agreement"] if each["inside"] is not None]
    if not known:
        return
    yield heading("How often two members agree, and two strangers")
    body = [
        (
            each["trait"],
            share(each["inside"]),
            "not known" if each["outside"] is None else share(each["outside"]),
            number(each["compared"]),
            text("hardly more", AGAINST) if each["as_strangers"] else "",
        )
        for each in known
    ]
    yield indented(
        rows(("trait", "members", "strangers", "known of", ""), body, right="members strangers known")
    )
    silent = [each["trait"] for each in found["agreement"] if each["inside"] is None]
    if silent:
        yield indented(text(f"not compared, known of too few: {', '.join(silent)}", FAINT))


def _explanations(found: Row) -> Iterable[Any]:
    yield heading("Benign explanations tested")
    body = [
        (each["explanation"], text(each["outcome"], FAINTLY.get(each["outcome"], "")), each["figure"])
        for each in found["explanations"]
    ]
    yield indented(rows(("explanation*", "outcome", "what decides*"), body))
