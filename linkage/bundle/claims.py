"""Claims: every number that is said of a group, and how to compute it again from the opened units."""

from collections.abc import Iterator, Mapping
from typing import Any

from linkage.bundle.case_units import Inputs, group_fields
from linkage.bundle.checks.claim_forms import AS_RUN, claim_says, interval_is, level_of, margin_says
from linkage.bundle.checks.disclosures import micro
from linkage.bundle.checks.intervals import of_resamples
from linkage.bundle.checks.likelihood import bounds_of, capped_micro, support
from linkage.bundle.units import fixed
from linkage.bundle.unresolved_groups import points
from linkage.explain.findings import examination
from linkage.schema import content_id

Row = Mapping[str, Any]
Claim = dict[str, Any]


def claims(inputs: Inputs) -> list[Claim]:
    """The claims on every sealed group, in order."""
    found = []
    for finding in inputs.findings:
        group = str(finding["group"])
        detail: Row = inputs.run.get("groups", {}).get(group, {})
        for claim in (*_members(inputs, group), *_times(group, detail), *_links(inputs, group)):
            found.append(claim)
        found += _as_run(inputs, finding, detail)
        found += _claim(group, len(points(finding, detail, inputs.decided.get(group, ()))), "count-against")
    return found


def _claim(
    group: str,
    value: object,
    method: str,
    *,
    of: str = "",
    units: int | None = None,
    near: tuple[int, int] | None = None,
) -> list[Claim]:
    if value is None:
        return []
    says = claim_says(method, of)
    name = f"c-{content_id([group, method, of, says])[:12]}"
    return [
        {
            "claim": name,
            "group": group,
            "says": says,
            "value": str(value),
            "interval": [fixed(each / 1e6) for each in near] if near else None,
            "interval_is": interval_is(method, of, has_interval=near is not None),
            "method": method,
            "of": of,
            "units": int(str(value)) if units is None else units,
            "level": level_of(method),
            "alternatives": [],
            "words": "",
        }
    ]


def _members(inputs: Inputs, group: str) -> Iterator[Claim]:
    rows = inputs.members[group]
    core = sum(row["role"] == "core" for row in rows)
    whole = [round(row["membership"] * 1e6) for row in rows]
    mean = (2 * sum(whole) + len(whole)) // (2 * len(whole))
    runs = inputs.run.get("settings", {}).get("groups", {}).get("resamples", 0)
    yield from _claim(group, len(rows), "count-members")
    yield from _claim(group, core, "count-core", units=len(rows))
    near = of_resamples(mean, runs)
    yield from _claim(group, fixed(mean / 1e6), "mean-membership", units=len(rows), near=near)


def _times(group: str, detail: Row) -> Iterator[Claim]:
    for of, key in (("by-day", "by_day"), ("registrations", "registrations_by_day")):
        rows = detail.get(key) or ()
        yield from _claim(group, sum(row["count"] for row in rows), "sum-of-days", of=of, units=1)
    days = sum(row["count"] > 0 for row in detail.get("by_day") or ())
    yield from _claim(group, days, "days-with-any", of="by-day", units=1)


def _links(inputs: Inputs, group: str) -> Iterator[Claim]:
    links = inputs.links[group]
    if not links:
        return
    yield from _claim(group, len(links), "links-add-up")
    strongest = fixed(max(link.log_odds for link in links))
    yield from _claim(group, strongest, "strongest-link", units=len(links))
    sums: dict[str, list[int]] = {}
    for family, bits in _family_bits(inputs, group):
        sums.setdefault(family, []).append(bits)
    for family, own in sorted(sums.items()):
        mean = (2 * sum(own) + len(own)) // (2 * len(own)) / 1e6
        near = (min(own), max(own))
        yield from _claim(group, fixed(mean), "family-bits", of=family, units=len(links), near=near)


def _family_bits(inputs: Inputs, group: str) -> Iterator[tuple[str, int]]:
    """Of each sealed link and family, all its bits in millionths."""
    sums: dict[tuple[str, str, str], int] = {}
    for row in inputs.reasons[group]:
        key = (row[0], row[1], row[3])
        sums[key] = sums.get(key, 0) + round(row[5] * 1e6)
    for (_, _, family), bits in sums.items():
        yield family, bits


def _as_run(inputs: Inputs, finding: Row, detail: Row) -> list[Claim]:
    group, fields = str(finding["group"]), dict(group_fields(finding, detail))
    found: list[Claim] = []
    for name in AS_RUN:
        found += _claim(group, fields.get(name), "as-run", of=name, units=1)
    bounds = bounds_of(inputs.validation)
    prior = micro(fixed(inputs.run.get("scoring", {}).get("prior_bits", 0.0)))
    for claim in list(found):
        if claim["of"] == "log-odds" and bounds is not None:
            supported = capped_micro(micro(claim["value"]) - prior, bounds)
            claim["words"] = support(supported / 1e6)
            found += _claim(group, fixed(supported / 1e6), "supported-bits", of="log-odds", units=1)
        if claim["of"] == "log-odds":
            claim["alternatives"] = _alternatives(detail)
        elif claim["of"] == "favours":
            claim["alternatives"] = _competing(detail)
    return found


def _alternatives(detail: Row) -> list[list[str]]:
    found = examination(detail)
    return [[each.explanation, each.outcome] for each in found.benign_explanations] if found else []


def _competing(detail: Row) -> list[list[str]]:
    """Each innocent explanation with the bits for one operator against it."""
    stories = (detail.get("competing") or {}).get("stories") or ()
    return [[str(each["hypothesis"]), margin_says(each["bits"])] for each in stories]
