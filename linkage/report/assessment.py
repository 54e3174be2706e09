"""How firmly a group stands, what else could explain it, whose it may be, and which gates it passed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.explain import sentences
from linkage.explain.findings import FITS, Examination
from linkage.report import contributions as pictures
from linkage.report.document import Block, Cell, Points, Prose, Section, Table
from linkage.report.formatting import UNKNOWN, bits, clean, count, cut, many, share
from linkage.report.group_view import Subject

Row = Mapping[str, Any]

STORIES, REASONS = 8, 6
"""Stories about whose a group is, and reasons for one, that are written out."""


def stability(subject: Subject) -> Section:
    """How little would take it apart."""
    found = subject.examination
    if found is None:
        missing = subject.missing("How the group was examined", "group.examined")
        return Section("How firmly it stands", [missing], folded=True)
    blocks: list[Block] = [Points([*_apart(found)])]
    picture = pictures.left_out(found)
    if picture is not None:
        blocks.append(picture)
    blocks += [*_least_typical(found), *_agreement(found)]
    return Section("How firmly it stands", blocks, picture.said if picture else "", folded=True)


def _apart(found: Examination) -> Iterable[str]:
    yield (
        f"{many(found.core, 'account')} of the core and {count(found.fringe)} of the fringe; stability"
        f" {share(found.stability)}"
    )
    if found.smallest_set:
        yield sentences.smallest_set(found.smallest_set, _short)
    if found.weakest_cut:
        yield sentences.two_sides(found.weakest_cut)
    yield sentences.weakest_member(found.weakest_member, _short)
    if sample := sentences.sample(found):
        yield sample


def _short(value: str) -> str:
    return cut(value, 80)


def _least_typical(found: Examination) -> Iterable[Block]:
    if rows := [(cut(each.account, 80), clean("; ".join(each.differences))) for each in found.least_typical]:
        yield Table("Members that differ most from the others", ("Account", "In what"), rows, wide=1)


def _agreement(found: Examination) -> Iterable[Block]:
    known = [each for each in found.agreement if each.inside is not None]
    if not known:
        return
    rows = [
        (
            clean(each.trait),
            share(each.inside),
            share(each.outside),
            count(each.compared),
            "less than twice as often" if each.like_strangers else "",
        )
        for each in known
    ]
    caption = "How often two members agree in a trait, and how often two strangers do"
    heads = ("Trait", "Members", "Strangers", "Known of members", "Remark")
    yield Table(caption, heads, rows, frozenset((1, 2, 3)), wide=4)


# --- what else could explain it ------------------------------------------------------------------


def explanations(subject: Subject) -> Section:
    """Each benign explanation that was tested, with the figure that decides it."""
    found = subject.examination
    title = "Benign explanations tested"
    if found is None or not found.benign_explanations:
        return Section(title, [subject.missing("Benign explanations", "group.examined")], folded=True)
    rows = [
        (clean(each.explanation), clean(each.outcome), clean(each.figure))
        for each in found.benign_explanations
    ]
    table = Table(
        "Each held against the figure that decides it",
        ("Explanation", "Outcome", "What decides"),
        rows,
        wide=2,
    )
    remark = (
        "Each is held against one or two figures alone; competing explanations weigh all that is known. That"
        " one fits does not clear anybody, and that none fits says nothing against anybody."
    )
    fits = sum(each.outcome == FITS for each in found.benign_explanations)
    return Section(title, [Prose(remark), table], f"{fits} of {len(rows)} fit", folded=True)


def competing(subject: Subject) -> Section:
    """One operator against each innocent explanation, and what each feature says."""
    found, title = subject.field("competing"), "Competing explanations"
    if not found or not found.get("stories"):
        return Section(title, [subject.missing("Competing explanations", "group.competing")], folded=True)
    names = [each["hypothesis"] for each in found["stories"]]
    said: list[tuple[Cell, ...]] = [
        ("all of it", "", *(bits(each["bits"]) for each in found["stories"])),
        *(
            (clean(each["feature"]), clean(each["state"]), *(bits(each["bits"][name]) for name in names))
            for each in found["features"]
        ),
    ]
    caption = f"Bits for one operator against each; reported from {bits(found['margin'])} against every one"
    heads = ("What is known", "State", *(clean(name) for name in names))
    numbers = frozenset(range(2, 2 + len(names)))
    nearest = min(found["stories"], key=lambda each: (float(each["bits"]), str(each["hypothesis"])))
    gist = f"{bits(nearest['bits'])} bits for one operator against the best, {clean(nearest['hypothesis'])}"
    return Section(title, [Table(caption, heads, said, numbers, wide=1)], gist, folded=True)


def whose(subject: Subject) -> Section:
    """Stories about whose the group is, each against all others."""
    found = subject.field("attribution")
    stories: Sequence[Row] = (found or {}).get("stories") or ()
    title = "Whose it may be"
    if not stories:
        return Section(
            title, [subject.missing("Stories about whose it is", "group.attribution")], folded=True
        )
    rows = [
        (cut(each["hypothesis"], 80), bits(each["log_odds"]), clean(each["confidence"]), _families(each))
        for each in stories[:STORIES]
    ]
    more = len(stories) - len(rows)
    caption = "Each story against all the others together"
    caption += f"; {more:,} less likely ones are not shown" if more > 0 else ""
    heads = ("Story", "Bits", "Confidence", "By")
    blocks: list[Block] = [Table(caption, heads, rows, frozenset((1,)), wide=3)]
    for each in stories[:STORIES]:
        said = [*(clean(remark) for remark in each.get("remarks") or ()), *_reasons(each)]
        if said:
            blocks += [Prose(f"{cut(each['hypothesis'], 80)}:"), Points(said)]
    first = stories[0]
    gist = f"{cut(first['hypothesis'], 60)}, {clean(first['confidence'])} confidence"
    return Section(title, blocks, gist, folded=True)


def _families(story: Row) -> str:
    return ", ".join(map(clean, story.get("families") or ()))


def _reasons(story: Row) -> Iterable[str]:
    found = story.get("matches") or ()
    for each in found[:REASONS]:
        source = f" ({cut(each['source'], 80)})" if each.get("source") else ""
        value = f"{clean(each['trait'])} {cut(each['value'], 80)}"
        yield f"{bits(each['counted'])} {value}: {clean(each['detail'])}{source}"
    if more := len(found) + int(story.get("more_matches", 0)) - len(found[:REASONS]):
        yield f"and {many(more, 'more value')}"


def taken(subject: Subject) -> Section:
    """What the group asked for, and how like the collecting of answers its requests are."""
    found = subject.field("taken")
    title = "What was taken"
    if not found:
        return Section(title, [subject.missing("What was taken", "group.taken")], folded=True)
    blocks: list[Block] = []
    models = found.get("models") or ()
    if models:
        total = sum(int(each["interactions"]) for each in models) or 1
        rows: list[tuple[Cell, ...]] = [
            (
                cut(each["name"] or "not named", 80),
                count(each["interactions"]),
                share(each["interactions"] / total),
            )
            for each in models[:STORIES]
        ]
        heads = ("Model", "Interactions", "Share")
        blocks.append(Table("By model", heads, rows, frozenset((1, 2))))
    targets = found.get("targets") or ()
    if targets:
        rows = [(clean(each["name"]), share(each["share"]), share(each.get("elsewhere"))) for each in targets]
        heads = ("Asked for", "Share", "Elsewhere")
        blocks.append(Table("By lists of English words", heads, rows, frozenset((1, 2))))
    blocks += [*_distillation(found.get("distillation") or {})]
    gist = ", ".join(f"{clean(each['name'])} {share(each['share'])}" for each in targets[:3])
    return Section(title, blocks, gist, folded=True)


def _distillation(found: Row) -> Iterable[Block]:
    parts = found.get("parts") or ()
    if not parts:
        return
    rows = [
        (
            clean(each["name"]),
            UNKNOWN if each["share"] is None else share(each["share"]),
            _figure(each["inside"]),
            _figure(each["outside"]),
            clean(each["meaning"]) + (f" ({clean(each['why'])})" if each.get("why") else ""),
        )
        for each in parts
    ]
    score = found.get("score")
    caption = (
        f"Distillation {UNKNOWN if score is None else share(score)}: of each habit the chance that an account"
        " of the group shows more of it than another; 50% is like everybody"
    )
    yield Table(
        caption,
        ("Habit", "More", "Here", "Elsewhere", "What is measured"),
        rows,
        frozenset((1, 2, 3)),
        wide=4,
    )


def _figure(value: float | str | None) -> str:
    return "–" if value is None else f"{float(value):.2f}"


def gates(subject: Subject) -> Section:
    """What a community must pass to be reported."""
    found = subject.field("gates")
    title = "Gates"
    if not found:
        return Section(title, [subject.missing("Gates", "group.gates")], folded=True)
    rows = [
        (clean(each["name"]), "passed" if each["passed"] else "not passed", clean(each.get("detail", "")))
        for each in found
    ]
    heads = ("Gate", "Outcome", "Figure")
    table = Table("A community is reported only if it passes all of them", heads, rows, wide=2)
    passed = sum(bool(each["passed"]) for each in found)
    return Section(title, [table], f"{passed} of {len(rows)} passed", folded=True)
