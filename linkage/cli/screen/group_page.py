"""The page of one group: members, activity, evidence for and against, and what it does not prove."""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from linkage.cli.screen import counter_evidence
from linkage.cli.screen.attribution import attribution
from linkage.cli.screen.competing import competing
from linkage.cli.screen.group_summary import GroupSummary, Reason
from linkage.cli.screen.layout import (
    FAINT,
    FOR,
    LONGEST_ID,
    STRONG,
    WARN,
    heading,
    indented,
    line,
    rows,
    text,
)
from linkage.cli.screen.safe import cut
from linkage.cli.screen.text import UNKNOWN, bits, compact, daily, many, number, share, span, sparkline
from linkage.errors import command
from linkage.explain.findings import examination

FEW = 20

_OPAQUE = re.compile("[0-9a-f]{24,}")
"""A digest: its first digits are enough to recognise it."""

LONG = 90
"""Characters shown of a sentence or a prompt."""

PROVES_NOT = (
    "That one operator runs these accounts is inferred from coincidences. The finding names no person or"
    " company, and does not say that a rule was broken. A reseller, a shared tool, or a customer that"
    " the sources do not declare can look the same. Before you act, read the evidence against and the source"
    " rows."
)

UNDECIDED = (
    "It is not concluded that one operator runs these accounts: another explanation fits about as well."
    " Ask what would decide before anything else is done."
)


def group_page(found: GroupSummary, width: int) -> Iterable[Any]:
    """The parts of the page, which is `width` columns wide."""
    yield from _headline(found)
    yield from _members(found, width)
    yield from _timelines(found, width)
    yield from counter_evidence.against(found.detail.get("against") or (), found.against)
    yield from _families(found)
    yield from _strongest(found)
    yield from _enrichment(found)
    yield from competing(found.detail.get("competing") or {})
    yield from attribution(found.detail)
    yield from counter_evidence.examination(examination(found.detail))
    yield from _gates(found)
    yield heading("What this does not prove")
    yield indented(text(UNDECIDED if found.is_unresolved else PROVES_NOT))


def _headline(found: GroupSummary) -> Iterable[Any]:
    yield line((found.group, STRONG), f"  {found.headline}")
    finding = found.finding
    if found.reason:
        yield text(f"{'unresolved' if found.is_unresolved else 'not reported'}: {found.reason}")
    if found.is_unresolved:
        yield text(UNRESOLVED)
    if found.verdict:
        yield text(f"verdict by a person: {found.verdict}")
    for each in found.since:
        yield indented(text(f"since the verdict: {each}" if found.verdict else each, WARN))
    if not found.finding:
        yield from _undecided(found)
    if not finding:
        return
    facts = [
        ("active", span(finding["first_at"], finding["last_at"])),
        ("interactions", number(finding["interactions"])),
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
    yield from counter_evidence.strength(examination(found.detail))


UNRESOLVED = "No finding: somebody should look, and ask what would decide."

ENOUGH = frozenset(("size", "families", "stable", "beyond chance"))
"""Gates that fail for lack of evidence; the others fail because another explanation fits."""


def _undecided(found: GroupSummary) -> Iterable[Any]:
    """For a group that is not reported: whether evidence is lacking, and where."""
    gates = found.detail.get("gates") or ()
    failed = [gate for gate in gates if isinstance(gate, Mapping) and not gate.get("passed")]
    if failed and all(gate.get("name") in ENOUGH for gate in failed):
        missing = "; ".join(f"{gate['name']} ({gate.get('detail', '')})" for gate in failed)
        yield text(
            f"too little evidence to decide whether one operator runs these accounts: {missing}",
            WARN,
        )


def _members(found: GroupSummary, width: int) -> Iterable[Any]:
    for role in ("core", "fringe"):
        own = [row for row in found.members if row["role"] == role]
        if not own:
            continue
        shown = "  ".join(cut(row["account"], LONGEST_ID) for row in own[:FEW])
        more = f"  … and {len(own) - FEW:,} more" if len(own) > FEW else ""
        lowest = min(row["membership"] for row in own)
        runs = "all resampled runs" if lowest == 1 else f"at least {share(lowest)} of the resampled runs"
        yield heading(f"{role.capitalize()}: {many(len(own), 'account')}, each a member in {runs}")
        yield indented(text(shown + more))


def _timelines(found: GroupSummary, width: int) -> Iterable[Any]:
    wide = max(20, min(72, width - 30))
    plots = []
    for label, key in (("registrations", "registrations_by_day"), ("interactions", "by_day")):
        days = found.detail.get(key) or ()
        cells, each = daily(days, wide)
        if cells:
            first, last = min(str(row["day"])[:10] for row in days), max(str(row["day"])[:10] for row in days)
            unit = "a day" if each == 1 else f"{each} days"
            plots.append(line(f"{label:<14}", (sparkline(cells), FOR)))
            plots.append(
                text(f"{'':<14}{first} to {last}, at most {number(int(max(cells)))} in {unit}", FAINT)
            )
    hours = found.detail.get("hours") or ()
    if any(hours):
        plots.append(line(f"{'hour of day':<14}", (sparkline(hours), FOR), ("  0–23 UTC", FAINT)))
    if plots:
        yield heading("Activity")
        yield from (indented(each) for each in plots)


def _families(found: GroupSummary) -> Iterable[Any]:
    if not found.families:
        return
    yield heading(f"Evidence by family, over {many(found.links, 'link')} inside the group")
    body = [
        (each.family, number(each.links), share(each.links / found.links), bits(each.mean_bits))
        for each in found.families
    ]
    yield indented(rows(("family", "links", "share", "bits/link"), body, right="links share bits/link"))


def _strongest(found: GroupSummary) -> Iterable[Any]:
    if not found.strongest:
        return
    yield heading("Strongest evidence of each family, over all links of the group")
    body: list[tuple[object, ...]] = []
    for family, reasons in groupby(found.strongest, key=lambda each: each.family):
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
    columns = ("family", "signal", "pairs", "accounts", "bits/pair", "value*")
    yield indented(rows(columns, body, right="pairs accounts bits/pair"))
    first = found.strongest[0]
    yield indented(
        text(
            f"source rows of one pair: {command('linkage', 'explain', 'CASE', first.left, first.right)}",
            FAINT,
        )
    )


def _what(each: Reason) -> str:
    """The value and how common it is, without what concerns one pair only."""
    common = (each.detail or "").partition(";")[0].partition(", used ")[0]
    value = each.value or ""
    if value in common and not each.text:
        return common
    shown = f"“{cut(each.text, LONG)}”" if each.text else cut(value, 12 if _OPAQUE.fullmatch(value) else 48)
    common = common.removeprefix(value).lstrip(", ")
    return f"{shown}, {common}" if common else shown


def _enrichment(found: GroupSummary) -> Iterable[Any]:
    values: Sequence[Mapping[str, Any]] = found.detail.get("enrichment") or ()
    if not values:
        return
    yield heading("Values more common in the group than elsewhere")
    body = [
        (
            each.get("trait", ""),
            cut(each.get("value", ""), 40),
            _portion(each.get("inside")),
            _portion(each.get("outside")),
            bits(each.get("bits")),
            UNKNOWN if each.get("p_value") is None else f"{each['p_value']:.1g}",
        )
        for each in values[:FEW]
    ]
    columns = ("trait", "value*", "inside", "outside", "bits", "p-value")
    yield indented(rows(columns, body, right="inside outside bits p-value"))
    if len(values) > FEW:
        yield indented(text(f"and {len(values) - FEW:,} more", FAINT))


def _portion(value: Any) -> str:
    if isinstance(value, float) and value <= 1:
        return share(value)
    return number(value) if isinstance(value, int | float) else str(value)


def _gates(found: GroupSummary) -> Iterable[Any]:
    gates = found.detail.get("gates") or ()
    if gates:
        yield heading("Gates")
        yield indented(rows(("gate", "result", "because*"), map(_gate, gates)))


def _gate(gate: str | Mapping[str, Any]) -> tuple[object, ...]:
    if isinstance(gate, str):  # cases of earlier versions
        return "", "", gate
    passed = gate.get("passed")
    return gate.get("name", ""), "passed" if passed else text("failed", WARN), gate.get("detail", "")
