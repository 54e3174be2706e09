"""V2: what the examination of a group found against it is said of it, in the words and numbers that follow.

Points that a person's decision or an unresolved outcome put first are compared elsewhere. After what was
examined a few sentences can stand whose numbers are told nowhere else: they have one form each.
"""

import re
from collections.abc import Iterator
from typing import Any

from linkage.bundle.checks.agreement import WITHHELD_WORD, fits
from linkage.bundle.checks.decided import SETTLES
from linkage.bundle.checks.disclosures import Opened
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.outcomes import FIRST_POINT
from linkage.bundle.checks.said_numbers import how_many

Found = dict[str, Any]

WOULD_BE = {
    "size": "too few accounts would be left",
    "families": "too few independent kinds of evidence would speak for it",
    "stable": "it would fall apart when part of the evidence is left out",
    "one operator leads": (
        "one operator would not lead every innocent explanation by the margin that is asked for"
    ),
    "beyond chance": "chance would bring about as much in common too often",
}
"""What would be so if a gate were failed, by its name."""

AFTER = tuple(
    map(
        re.compile,
        (
            r"[0-9]{1,3}% of the accounts lie in one declared unit: .+",
            "nothing about payment distinguishes these accounts from comparable ones",
            "their registrations are spread over time like everybody's",
            r"only [0-9]{1,3}% of their prompts lie in templates of the group",
            r"[0-9]{1,3}% of the common prompts are exact copies, as those of a public text are",
        ),
    )
)
"""Points of which nothing but a new run tells the numbers, in the order they have."""


def check_points(opened: Opened, report: Report) -> None:
    """Every group that the view names and of which an examination is opened."""
    for group in sorted(map(str, opened.view.get("groups", ()))):
        try:
            _check_points(group, opened, report)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
            report.fault("V2", f"an examination of another form: {error}", f"group/{group}/examined")


def _check_points(group: str, opened: Opened, report: Report) -> None:
    found, decided = (opened.small.get(f"group/{group}/{name}") for name in ("examined", "decided"))
    if found is None or not isinstance(decided, list):
        return
    paths = opened.points(group)
    while paths and str(opened.small[paths[0]]).startswith((FIRST_POINT, SETTLES)):
        paths.pop(0)
    paths, least = paths[len(decided) :], _share_of(opened)
    if found and found["outliers"] and least is None:
        return
    expected = list(examined_points(found, least or 0.0)) if found else []
    for place, wanted in enumerate(expected):
        said = str(opened.small[paths[place]]) if place < len(paths) else ""
        if not fits(said, wanted):
            what = "a point against in other words than its examination gives"
            return report.fault("V2", what, f"against/{group}", expected=wanted, found=said)
    after = [str(opened.small[path]) for path in paths[len(expected) :]]
    forms = iter(AFTER)
    for said in after:
        if WITHHELD_WORD not in said and not any(form.fullmatch(said) for form in forms):
            what = "a point against that no examination gives"
            return report.fault("V2", what, f"against/{group}", expected="one of fixed form", found=said)
    return None


def _share_of(opened: Opened) -> float | None:
    """From which share of the members on a difference counts; None where that is withheld."""
    chosen = opened.small.get("setting/explain/strength")
    return float(chosen["min_member_share"]) if chosen else None


def examined_points(found: Found, least: float) -> Iterator[str]:
    """The points that follow from an examination, in order; `least` is the share of the members from which a
    difference of some of them counts."""
    smallest, cut = found["smallest_set"], found["weakest_cut"]
    if smallest and smallest["falls_apart"]:
        sources = "; ".join(map(_source, smallest["sources"]))
        yield f"without {sources}, the group falls apart into {_left(smallest['remains'])}"
    if cut and cut["thin"]:
        yield (
            f"two sides of {cut['sizes'][0]:,} and {how_many(cut['sizes'][1], 'account')} are joined by"
            f" {how_many(cut['links'], 'link')}; one evenly linked group would have"
            f" {float(cut['expected']):,.0f}"
        )
    yield from _that_narrow(found)
    for each in found["outliers"]:
        share = each["accounts"] / max(each["known"], 1)
        if each["accounts"] >= least * each["known"]:
            outside = each["outside"]
            others = "" if outside is None else f"; {float(outside):.0%} of other accounts do"
            those = f"{each['accounts']:,} of {each['known']:,} members ({share:.0%})"
            yield f"{those} {each['difference']}{others}"
    alike = [
        f"{each['trait']} (the same in {float(each['inside']):.0%} of pairs of members,"
        f" {float(each['outside']):.0%} of pairs of strangers)"
        for each in found["agreement"]
        if each["like_strangers"]
    ]
    if alike:
        yield f"members agree less than twice as often as strangers in {'; '.join(alike)}"
    for each in found["counter_evidence"]:
        share = each["links"] / max(found["links_examined"], 1)
        yield (
            f"{each['signal']} speaks against {how_many(each['links'], 'link')} ({share:.1%}), with at most"
            f" {-float(each['strongest_bits']):.1f} bits"
        )


def _that_narrow(found: Found) -> Iterator[str]:
    for each in found["without_family"]:
        if each["failed"]:
            failed = "; ".join(WOULD_BE[gate] for gate in each["failed"])
            yield f"without {each['family']} evidence it would not be reported: {failed}"
    for each in found["benign_explanations"]:
        if each["outcome"] == "fits":
            yield f"a benign explanation fits, {each['explanation']}: {each['figure']}"


def _source(found: Found) -> str:
    first, *more = found["values"]
    others = len(more) + found["more"]
    also = f" (and {how_many(others, 'other value')} of the same accounts)" if others else ""
    return f"{first['trait']} {first['value']}{also}"


def _left(found: Found) -> str:
    parts, alone = found["parts"], found["alone"]
    if len(parts) == 1 and not alone:
        return f"one part of all {parts[0]:,} accounts"
    several = " + ".join(f"{size:,}" for size in parts)
    noun = "account" if sum(parts) == 1 else "accounts"
    told = [f"{several} {noun}"] if several else []
    told += [f"{alone:,} alone or in smaller parts"] if alone else []
    return ", ".join(told) or "nothing"
