"""What is said first of a group: its figures, and what speaks against and for it, side by side."""

import math
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from linkage.explain.findings import Strength
from linkage.report.document import Block, Cell, Facts, Number, Points, Prose, Section, Sides, Table
from linkage.report.formatting import (
    UNKNOWN,
    bits,
    claimed,
    clean,
    count,
    cut,
    many,
    sentence,
    share,
    small,
    spelled,
)
from linkage.report.group_view import Subject
from linkage.report.opened_units import MILLION, Gathered
from linkage.report.sent_text import is_digest, is_id_of_text, text_of

VALUES = 2
"""Values shown of each family: what many small reasons say together must not hide behind one large one."""

DIGITS = 10
"""Digits shown of a digest: enough to recognise it."""

QUOTED = 100
"""Characters shown of a text that links rest on."""

MARKS = 5
"""Differences from the population that stand beside what speaks against; all of them are folded."""

Pair = tuple[str, Cell, str]


def headline(subject: Subject) -> Section:
    """The figures of a group."""
    blocks: list[Block] = [Prose(clean(said), strong=True) for said in (*subject.undecided, *subject.decided)]
    blocks.append(Facts([*_size(subject), *_strength(subject)]))
    if targets := subject.field("targets"):
        said = ", ".join(f"{clean(name)} {share(part)}" for name, part in targets)
        blocks.append(Facts([("Asked for", said, "share of its requests, by lists of English words")]))
    blocks += [Prose(f"A person decided: {said}", strong=True) for said in subject.verdicts]
    if subject.examination:
        blocks.append(_strength_of(subject.examination.strength))
    return Section("At a glance", blocks)


def _strength_of(found: Strength) -> Block:
    if not found.reasons:
        return Prose(
            "The evidence is firm: it does not depend on a single source, on one family or on few links, and"
            " no benign explanation fits."
        )
    return Prose(
        f"The evidence is {clean(found.level)}: {'; '.join(map(clean, found.reasons))}.", strong=True
    )


def _size(subject: Subject) -> Iterable[Pair]:
    for says, method, of in (
        ("Accounts", "count-members", ""),
        ("Interactions", "sum-of-days", "by-day"),
        ("Days with interactions", "days-with-any", "by-day"),
    ):
        number = subject.number(method, of)
        if number is not None:
            yield says, number, _core(subject) if method == "count-members" else ""
    days = subject.field("active-days")
    if days and days[0]:
        yield "Active from", str(days[0]), f"to {days[1]}, UTC"


def _core(subject: Subject) -> str:
    core, every = (subject.claim(method) for method in ("count-core", "count-members"))
    if core is None or every is None:
        return ""
    return f"{count(core[1]['value'])} core, {int(every[1]['value']) - int(core[1]['value']):,} fringe"


def _strength(subject: Subject) -> Iterable[Pair]:
    found = subject.claim("as-run", "log-odds")
    number = subject.number("as-run", "log-odds")
    if found is not None and number is not None:
        yield "Log-odds, bits", number, f"log10 {_log10(found[1])}, with the prior, as computed"
        yield from _supported(subject, str(found[1].get("words") or ""))
    if (favours := subject.number("as-run", "favours")) is not None:
        yield "Bits for one operator", favours, "over the best innocent explanation; too few to decide"
    q = subject.number("as-run", "q-value")
    remark = "expected share of false groups among those that score as high"
    yield "q-value", q if q is not None else UNKNOWN, remark
    for says, method, of, remark in (
        ("Stability", "mean-membership", "", "mean share of resampled runs in which an account stays"),
        ("Points against", "count-against", "", "listed in full below"),
        ("Distillation", "as-run", "distillation", "0% to 100%; a firm's own application scores high, too"),
    ):
        found, number = subject.claim(method, of), subject.number(method, of)
        near = between(found[1]) if found else ""
        remark += f"; interval {near.replace(', ', ' to ')}" if near else ""
        yield says, number if number is not None else UNKNOWN, remark
    infrastructure = subject.group.fields.get("infrastructure")
    if infrastructure:
        shared = "many accounts outside share what links the group, and not its work"
        yield "Infrastructure", clean(infrastructure), shared if infrastructure == "reseller" else ""


def _log10(claim: Mapping[str, Any]) -> str:
    """The number of a claim, which is in bits, as a power of ten."""
    return f"{float(claim['value']) * math.log10(2):.2f}"


def _supported(subject: Subject, words: str) -> Iterable[Pair]:
    """The likelihood ratio as far as validation data support it, and its word."""
    method, of = "supported-bits", "log-odds"
    found, number = subject.claim(method, of), subject.number(method, of)
    if found is None or number is None:
        yield (
            "Bits that validation data support",
            UNKNOWN,
            "no validation data were sealed with the case, so it has no word",
        )
        return
    said = f"log10 {_log10(found[1])}, without the prior: {words}, by the table of words below"
    yield "Bits that validation data support", number, said


# --- against and for -----------------------------------------------------------------------------


def sides(subject: Subject) -> Section:
    """Against on the left, where one reads first."""
    left = Section("What speaks against", [*_against(subject)])
    right = Section("What speaks for", [*_for(subject)])
    return Section("Against and for", [Sides(left, right)])


def _against(subject: Subject) -> Iterable[Block]:
    said = [sentence(text) for _, text in sorted(subject.group.against.items())]
    if said:
        yield Points(said)
    else:
        yield Prose("No signal found anything; where nothing could be compared there is nothing to find.")
    found = subject.examination
    if found and found.counter_evidence:
        rows = [(clean(each.signal), count(each.links), bits(each.bits)) for each in found.counter_evidence]
        yield Table(
            "Signals that speak against links", ("Signal", "Links", "Bits in all"), rows, frozenset((1, 2))
        )
    if subject.why_not("group.examined"):
        yield subject.missing("How the group was examined", "group.examined")


def _for(subject: Subject) -> Iterable[Block]:
    rows = [row for row in _families(subject)]
    if rows:
        yield Table(
            "Families: sealed links each speaks in, and its mean bits there",
            ("Family", "Links", "Mean bits"),
            rows,
            frozenset((1, 2)),
        )
    else:
        yield subject.missing("Bits by family", "link.weights")
    marks = subject.field("marks")
    if marks:
        yield _marks(marks, MARKS)
    elif subject.why_not("group.marks"):
        yield subject.missing("In what the group differs from the population", "group.marks")


def _families(subject: Subject) -> Iterable[tuple[Cell, ...]]:
    group = subject.group
    for family in sorted(group.family_bits, key=lambda each: (-group.family_bits[each][1], each)):
        links, total = group.family_bits[family]
        number: Cell = subject.number("family-bits", family) or bits(total / MILLION / links)
        yield family, count(links), number


def marks(subject: Subject) -> Section:
    """All values that are more common in the group than elsewhere."""
    found, title = subject.field("marks"), "How it differs from others"
    if not found:
        missing = subject.missing("In what the group differs from the population", "group.marks")
        return Section(title, [missing], folded=True)
    return Section(title, [_marks(found, len(found))], many(len(found), "value"), folded=True)


def _marks(marks: list[dict[str, object]], most: int) -> Table:
    rows = [
        (
            f"{clean(each['trait']).replace('_', ' ')} {cut(spelled(each['value']), 80)}",
            share(str(each["inside"])),
            share(str(each["outside"])),
            small(str(each["p_value"])) if each.get("p_value") is not None else UNKNOWN,
        )
        for each in marks[:most]
    ]
    more = len(marks) - len(rows)
    caption = f"How the group differs from the population{f'; {more} more are listed below' if more else ''}"
    return Table(caption, ("Trait and value", "In the group", "Elsewhere", "p"), rows, frozenset((1, 2, 3)))


def strongest(subject: Subject) -> Section:
    """The values that hold the group together, family by family."""
    held = subject.group.held
    if not held:
        blocks: list[Block] = [subject.missing("The values that links rest on", "link.reasons")]
        return Section("What links rest on", blocks)
    rows: list[tuple[Cell, ...]] = []
    for family, keys in groupby(held, key=lambda key: key[0]):
        for number, key in enumerate(keys):
            own = held[key]
            accounts = count(len(own.accounts)) if own.accounts else "withheld"
            rows.append(
                (
                    "" if number else family,
                    key[1],
                    # Before the numbers: a phone shows three columns, and this one says most.
                    _what(subject.group, key, own.detail),
                    count(own.links),
                    accounts,
                    bits(own.total / MILLION / max(own.links, 1)),
                )
            )
    heads = ("Family", "Signal", "Value, and how common it is", "Links", "Accounts", "Mean bits")
    caption = f"Of each family the {VALUES} values that say most over all sealed links"
    return Section("What links rest on", [Table(caption, heads, rows, frozenset((3, 4, 5)), wide=2)])


def _what(group: Gathered, key: tuple[str, str, str], detail: str) -> str:
    """The value and how common it is; of a text its words, and where these are not shown, that it is one."""
    family, _signal, value = key[0], key[1], spelled(key[2])
    said = spelled(detail.partition(";")[0])
    text = text_of(group.sent, value)
    if text or is_id_of_text(family, value):
        shown = f"“{cut(text, QUOTED)}”" if text else "a text that is not shown"
        return cut(f"{shown}, {said.removeprefix(value).lstrip(', ')}", 200)
    if is_digest(value):
        return cut(f"{value[:DIGITS]}…, {said.removeprefix(value).lstrip(', ')}", 200)
    return cut(said if value and value in said else f"{cut(value, 60)}, {said}" if value else said, 200)


def claims(subject: Subject) -> Section:
    """Every number of the group, with what leads to it."""
    rows: list[tuple[Cell, ...]] = []
    for place, claim in subject.numbered:
        exact = Number(str(claim["value"]), str(claim["claim"]), 0, str(claim["value"]))
        near = between(claim)
        rows.append((str(place), str(claim["claim"]), clean(claim["says"]), exact, near, str(claim["level"])))
    caption = (
        "Claims: those at V3 are computed again from the opened units; those at V4 need the run itself, and"
        " are compared with their sealed unit"
    )
    heads = ("No.", "Claim", "What", "Number", "From, to", "Checked at")
    anchors = [str(claim["claim"]) for _, claim in subject.numbered]
    table = Table(caption, heads, rows, frozenset((0, 3, 4)), wide=2, anchors=anchors)
    said = f"{many(len(rows), 'claim')}; a small figure beside a number leads here."
    kinds = {str(claim.get("interval_is") or "") for _, claim in subject.numbered if claim.get("interval")}
    blocks = [Prose(said), table, *map(_meaning, sorted(kinds))]
    return Section("Every number", blocks, many(len(rows), "claim"), folded=True)


def between(claim: Mapping[str, object]) -> str:
    """The interval of a claim, where it has one."""
    near = claim.get("interval")
    if not isinstance(near, list):
        return ""
    low, high = (claimed({**claim, "value": each}) for each in near)
    return f"{low}, {high}"


def _meaning(kind: str) -> Block:
    return Prose(f"From, to: {clean(kind)}.")
