"""One group on a terminal: who, when, why, what speaks against it, and what it does not prove."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from linkage.cli import opposed
from linkage.cli.attributed import attributed
from linkage.cli.layout import FAINT, FOR, STRONG, WARN, heading, indented, line, rows, text
from linkage.cli.safe import cut
from linkage.cli.text import UNKNOWN, bits, compact, daily, many, number, share, span, sparkline
from linkage.cli.view import GroupView, Reason
from linkage.explain.findings import examination

FEW = 20

_OPAQUE = re.compile("[0-9a-f]{24,}")
"""A digest, of which nobody reads more than its beginning."""

LONG = 90
"""Characters shown of a sentence or a prompt."""

PROVES_NOT = (
    "That these accounts act as one is an inference from coincidences. It names no person and no company, and"
    " does not say that a rule was broken. A reseller, a shared tool, or one customer whom the sources do not"
    " declare can look the same. Read the evidence against, and the rows themselves, before acting."
)


def group(view: GroupView, width: int) -> Iterable[Any]:
    """The whole screen."""
    yield from _headline(view)
    yield from _members(view, width)
    yield from _timelines(view, width)
    yield from opposed.against(view.detail.get("against") or (), view.against)
    yield from _families(view)
    yield from _strongest(view)
    yield from _enrichment(view)
    yield from attributed(view.detail)
    yield from opposed.examined(examination(view.detail))
    yield from _gates(view)
    yield heading("What this does not prove")
    yield indented(text(PROVES_NOT))


def _headline(view: GroupView) -> Iterable[Any]:
    yield line((view.group, STRONG), f"  {view.headline}")
    finding = view.finding
    if view.reason:
        yield text(f"accuses nobody: {view.reason}")
    if view.verdict:
        yield text(f"a person decided: {view.verdict}")
    for each in view.since:
        yield indented(text(f"since then: {each}" if view.verdict else each, WARN))
    if not view.finding:
        yield from _undecided(view)
    if not finding:
        return
    facts = [
        ("active", span(finding["first_at"], finding["last_at"])),
        ("requests", number(finding["interactions"])),
        ("tokens", f"{compact(finding['input_tokens'])} in, {compact(finding['output_tokens'])} out"),
        ("log-odds", f"{bits(finding['log_odds'])} bits"),
        ("stability", share(finding["stability"])),
        ("q-value", UNKNOWN if finding["q_value"] is None else f"{finding['q_value']:.2g}"),
        ("distillation", UNKNOWN if finding["distillation"] is None else share(finding["distillation"])),
        ("infrastructure", finding["infrastructure"] or "unknown"),
    ]
    if finding["targets"]:
        facts.append(
            ("targets", ", ".join(f"{each['name']} {share(each['share'])}" for each in finding["targets"]))
        )
    for name, value in facts:
        yield indented(line((f"{name:<15}", FAINT), value))
    yield from opposed.standing(examination(view.detail))


ENOUGH = frozenset(("size", "families", "provision", "stable", "beyond chance"))
"""Gates that a group does not pass for want of evidence; the others speak for another explanation."""


def _undecided(view: GroupView) -> Iterable[Any]:
    """Whether a group that is not reported is explained, or too little is known of it to say."""
    gates = view.detail.get("gates") or ()
    failed = [gate for gate in gates if isinstance(gate, Mapping) and not gate.get("passed")]
    if failed and all(gate.get("name") in ENOUGH for gate in failed):
        wanting = "; ".join(f"{gate['name']} ({gate.get('detail', '')})" for gate in failed)
        yield text(f"not enough to say whether one hand runs them: {wanting}", WARN)


def _members(view: GroupView, width: int) -> Iterable[Any]:
    for role in ("core", "fringe"):
        own = [row for row in view.members if row["role"] == role]
        if not own:
            continue
        shown = "  ".join(cut(row["account"], 40) for row in own[:FEW])
        more = f"  … and {len(own) - FEW:,} more" if len(own) > FEW else ""
        lowest = min(row["membership"] for row in own)
        yield heading(
            f"{role.capitalize()}: {many(len(own), 'account')}, in at least {share(lowest)} of resampled runs"
        )
        yield indented(text(shown + more))


def _timelines(view: GroupView, width: int) -> Iterable[Any]:
    wide = max(20, min(72, width - 30))
    drawn = []
    for label, key in (("registrations", "registrations_by_day"), ("requests", "by_day")):
        days = view.detail.get(key) or ()
        cells, each = daily(days, wide)
        if cells:
            first, last = min(str(row["day"])[:10] for row in days), max(str(row["day"])[:10] for row in days)
            unit = "a day" if each == 1 else f"{each} days"
            drawn.append(line(f"{label:<14}", (sparkline(cells), FOR)))
            drawn.append(text(f"{'':<14}{first} to {last}, most {number(int(max(cells)))} in {unit}", FAINT))
    hours = view.detail.get("hours") or ()
    if any(hours):
        drawn.append(line(f"{'hour of day':<14}", (sparkline(hours), FOR), ("  0–23 UTC", FAINT)))
    if drawn:
        yield heading("When")
        yield from (indented(each) for each in drawn)


def _families(view: GroupView) -> Iterable[Any]:
    if not view.families:
        return
    yield heading(f"Families, over {many(view.links, 'link')} inside the group")
    body = [
        (each.family, number(each.links), share(each.links / view.links), bits(each.mean_bits))
        for each in view.families
    ]
    yield indented(rows(("family", "links", "share", "bits/link"), body, right="links share bits/link"))


def _strongest(view: GroupView) -> Iterable[Any]:
    if not view.strongest:
        return
    yield heading("Strongest evidence, by family, summed over the group")
    body: list[tuple[object, ...]] = []
    for family, reasons in groupby(view.strongest, key=lambda each: each.family):
        own = list(reasons)
        body += [
            (
                "" if place else family,
                each.signal,
                number(each.pairs),
                number(each.accounts),
                bits(each.mean_bits),
                _what(each),
            )
            for place, each in enumerate(own)
        ]
        rest = own[0].family_values - len(own)
        if rest:
            body.append(("", text(f"and {many(rest, 'more value')}", FAINT), "", "", "", ""))
    columns = ("family", "signal", "pairs", "accounts", "bits/pair", "what*")
    yield indented(rows(columns, body, right="pairs accounts bits/pair"))
    first = view.strongest[0]
    yield indented(text(f"row by row: linkage explain CASE {first.left} {first.right}", FAINT))


def _what(each: Reason) -> str:
    """The value and how common it is; when the two of one pair used it says nothing of the group."""
    said = (each.detail or "").partition(";")[0].partition(", used ")[0]
    value = each.value or ""
    if value in said and not each.text:
        return said
    shown = f"“{cut(each.text, LONG)}”" if each.text else cut(value, 12 if _OPAQUE.fullmatch(value) else 48)
    return f"{shown}, {said}" if said else shown


def _enrichment(view: GroupView) -> Iterable[Any]:
    found: Sequence[Mapping[str, Any]] = view.detail.get("enrichment") or ()
    if not found:
        return
    yield heading("How the group differs from the population")
    body = [
        (
            each.get("trait", ""),
            cut(each.get("value", ""), 40),
            _portion(each.get("inside")),
            _portion(each.get("outside")),
            bits(each.get("bits")),
            UNKNOWN if each.get("p_value") is None else f"{each['p_value']:.1g}",
        )
        for each in found[:FEW]
    ]
    columns = ("trait", "value*", "inside", "outside", "bits", "p")
    yield indented(rows(columns, body, right="inside outside bits p"))
    if len(found) > FEW:
        yield indented(text(f"and {len(found) - FEW:,} more", FAINT))


def _portion(value: Any) -> str:
    if isinstance(value, float) and value <= 1:
        return share(value)
    return number(value) if isinstance(value, int | float) else str(value)


def _gates(view: GroupView) -> Iterable[Any]:
    gates = view.detail.get("gates") or ()
    if gates:
        yield heading("Gates")
    for gate in gates:
        yield indented(text(gate if isinstance(gate, str) else _gate(gate)))


def _gate(gate: Mapping[str, Any]) -> str:
    word = "passed" if gate.get("passed") else "not passed"
    return f"{gate.get('name', '')}, {word}: {gate.get('detail', '')}"
