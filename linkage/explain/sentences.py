"""What can be said against a group, in sentences, from what the examination of it found.

The examination of a reported group stands in `run.json` under `groups.<group>.examined`, in this form; shares
go from 0 to 1, and what is not known is null:

`accounts`, `core`, `fringe`, `stability`; `links` inside the group and `links_looked_at` (fewer where the
group is so large that a sample is taken apart); `hours`: links in which hours of the day are `alike` and
`other`.
`whole`, and with it each row of `without_family`, `sources` and `smallest_set`: `links` that stand `of`
those that count, `accounts` in the largest part, sizes of the largest `parts` of two and more, accounts in
smaller parts or `alone`.
`without_family`: a row for each `family` left out; whether the rest `passes` the gates, and those that
`failed`.
`sources`: the values whose loss does most, each with those that the same accounts hold, as they are then
one source: `sources` (`family`, `values` of trait, value and holders, how many `more`, `accounts`, `bits`),
and whether the group `falls` into parts that matter.
`smallest_set`: the fewest sources found that take it apart together; with `falls` false, the most damaging
ones that it outlives; null without any.
`seam`: the thinnest division: `sizes`, links `across`, `expected` of one evenly linked group, `ratio`,
whether it is `thin`, first accounts of the `smaller` side; null where there are no two sides.
`weakest`: the `account` with fewest `links`, the `median`, its `strongest` link in bits, its `membership`.
`opposing`: for each `signal` that speaks against `links`, its `bits` in all and the `most` on one.
`unlike`: `what` is true of so many `accounts` `of` those it could be told of, `outside`: of other accounts.
`least_like`: the `account`s of whom several of these are true, and `what`.
`agreement`: for each `trait` and its `family`, shares of pairs of members (`inside`) and of strangers
(`outside`) that agree; `compared` members hold it; `as_strangers`.
`explanations`: each benign `explanation`, its `outcome` (fits, does not fit, not enough to say), the
`figure`.
`state`: the `word` (firm, narrow, thin) and `why`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from linkage.explain.benign_explanations import FITS

Row = Mapping[str, Any]

FIRM, NARROW, THIN = "firm", "narrow", "thin"
"""What a group rests on: much; much, but one family alone carries it past a gate or a benign explanation
fits; little."""

CORE = 0.8
"""Stability below which a group is thin: the membership that makes an account core."""

SPARSE = 2.0
"""Links for each account below which a group is thin: a chain of accounts has one, a ring one, nothing is
confirmed by a second way round."""

BENEATH = 0.02
"""Share of the members of whom something must be true for it to be said of the group."""


def state(row: Row, min_accounts: int) -> dict[str, Any]:
    """Whether the evidence for a group is thin, or hangs on one family or way to read it, and why."""
    thin, narrow = list(_thin(row, min_accounts)), [*_families(row), *_fitting(row)]
    return {"word": THIN if thin else NARROW if narrow else FIRM, "why": thin or narrow}


def _thin(row: Row, min_accounts: int) -> Iterable[str]:
    smallest = row["smallest_set"]
    if smallest and smallest["falls"] and len(smallest["sources"]) == 1:
        yield f"one source holds it together: {source(smallest['sources'][0])}"
    if row["accounts"] < 2 * min_accounts:
        yield f"{row['accounts']} accounts; what so few have in common is told from chance with difficulty"
    if row["stability"] < CORE:
        yield f"its accounts stay together in {row['stability']:.0%} of resampled runs"
    if row["links"] < SPARSE * row["accounts"]:
        yield f"{row['links']} links among {row['accounts']} accounts: hardly any is confirmed by another way"
    if row["seam"] and row["seam"]["thin"]:
        yield _seam(row["seam"])


def sentences(row: Row) -> list[str]:
    """Everything that speaks against a group, what weighs most first."""
    return [
        *_taken_apart(row),
        *_families(row),
        *_fitting(row),
        *_members(row),
        *_alike(row),
        *_opposing(row),
    ]


def _taken_apart(row: Row) -> Iterable[str]:
    smallest = row["smallest_set"]
    if smallest and smallest["falls"]:
        removed = "; ".join(source(each) for each in smallest["sources"])
        yield f"remove {removed}, and it falls into {parts(smallest)}"
    if row["seam"] and row["seam"]["thin"]:
        yield _seam(row["seam"])


def _seam(seam: Row) -> str:
    larger, smaller = seam["sizes"]
    return (
        f"two sides of {larger:,} and {smaller:,} accounts are joined by {seam['across']:,} links, where one"
        f" evenly linked group would have {seam['expected']:,.0f}"
    )


def _families(row: Row) -> Iterable[str]:
    for each in row["without_family"]:
        if not each["passes"]:
            yield f"without {each['family']} it would not be reported: {', '.join(each['failed'])}"


def _fitting(row: Row) -> Iterable[str]:
    for each in row["explanations"]:
        if each["outcome"] == FITS:
            yield f"{each['explanation']} fits: {each['figure']}"


def _members(row: Row) -> Iterable[str]:
    for each in row["unlike"]:
        if each["accounts"] >= BENEATH * each["of"]:
            share = each["accounts"] / max(each["of"], 1)
            beside = "" if each["outside"] is None else f", {each['outside']:.0%} of other accounts"
            yield f"{each['accounts']:,} of {each['of']:,} members ({share:.0%}{beside}) {each['what']}"


def _alike(row: Row) -> Iterable[str]:
    found = [each for each in row["agreement"] if each["as_strangers"]]
    if found:
        said = "; ".join(
            f"{e['trait']} {e['inside']:.0%} of pairs, strangers {e['outside']:.0%}" for e in found
        )
        yield f"they agree less than twice as often as strangers in {said}"


def _opposing(row: Row) -> Iterable[str]:
    for each in row["opposing"]:
        share = each["links"] / max(row["links_looked_at"], 1)
        links = "one link" if each["links"] == 1 else f"{each['links']:,} links"
        yield f"{each['signal']} speaks against {links} ({share:.1%}), with {-each['most']:.1f} bits at most"


def source(row: Row) -> str:
    """A source in a few words: its first value, and how many more."""
    first = row["values"][0]
    more = len(row["values"]) - 1 + row["more"]
    beside = f" and {more} more of the same accounts" if more else ""
    return f"{first['trait']} {first['value']}{beside}"


def parts(row: Row) -> str:
    """The parts of what remains: `412 + 96, and 3 alone`."""
    if len(row["parts"]) == 1 and not row["alone"]:
        return f"all {row['parts'][0]:,} together"
    several = " + ".join(f"{size:,}" for size in row["parts"])
    alone = f"{row['alone']:,} alone or in smaller parts" if row["alone"] else ""
    return ", ".join(filter(None, (several, alone))) or "nothing"
