"""Claims: every number that is said of a group, and how to compute it again from the opened units."""

from collections.abc import Iterator, Mapping
from typing import Any

from linkage.bundle.case_units import Inputs, group_fields
from linkage.bundle.checks.intervals import of_resamples
from linkage.bundle.checks.likelihood import support
from linkage.bundle.units import fixed
from linkage.bundle.unresolved_groups import points
from linkage.explain.findings import examination
from linkage.schema import content_id

Row = Mapping[str, Any]
Claim = dict[str, Any]

AS_RUN = {
    "log-odds": "bits of log-odds that the group's typical member belongs to it",
    "q-value": "expected share of false groups among those that score as high",
    "distillation": "distillation score, 0 to 1",
    "input-tokens": "tokens sent by the group's accounts",
    "output-tokens": "tokens received by the group's accounts",
    "favours": "bits for one operator over the best innocent explanation: too few to decide, so unresolved",
}
"""Numbers that only the whole run can compute again; they are compared with their sealed unit."""


NEAR = {
    "mean-membership": "95 %, Wilson, with as many trials as resampled runs: accounts stay or go together",
    "family-bits": "lowest and highest of the links it is the mean of: a range, not a confidence interval",
}
NO_INTERVAL = {
    "log-odds": "none: a computed number; how often groups that scored so were wrong is in validation.json",
    "q-value": "none: a bound itself, from how often redrawn populations score as high",
    "distillation": "none: a score by fixed rules, of no rate in a population",
    "favours": "none: a computed number, below the margin that a report asks for",
    "strongest-link": "none: a computed number; how near log-odds come to chances is in validation.json",
}
EXACT = "none: a count of what is recorded, from which nothing is estimated"
"""Why a claim has the interval that it has, or none."""


def claims(inputs: Inputs) -> list[Claim]:
    """The claims on every sealed group, in order."""
    found = []
    for finding in inputs.findings:
        group = str(finding["group"])
        detail: Row = inputs.run.get("groups", {}).get(group, {})
        for claim in (*_members(inputs, group), *_times(group, detail), *_links(inputs, group)):
            found.append(claim)
        found += _as_run(inputs, finding, detail)
        found += _claim(
            group, "points that speak against the group", len(points(finding, detail)), "count-against"
        )
    return found


def _claim(
    group: str,
    says: str,
    value: object,
    method: str,
    *,
    of: str = "",
    units: int | None = None,
    near: tuple[int, int] | None = None,
) -> list[Claim]:
    if value is None:
        return []
    name = f"c-{content_id([group, method, of, says])[:12]}"
    return [
        {
            "claim": name,
            "group": group,
            "says": says,
            "value": str(value),
            "interval": [fixed(each / 1e6) for each in near] if near else None,
            "interval_is": _interval_is(method, of, near),
            "method": method,
            "of": of,
            "units": int(str(value)) if units is None else units,
            "level": "V4" if method == "as-run" else "V3",
            "alternatives": [],
            "words": "",
        }
    ]


def _interval_is(method: str, of: str, near: tuple[int, int] | None) -> str:
    """What the interval is, or why there is none."""
    if method in NEAR:
        return NEAR[method] if near else "none: nothing was resampled"
    return NO_INTERVAL.get(of or method, EXACT)


def _members(inputs: Inputs, group: str) -> Iterator[Claim]:
    rows = inputs.members[group]
    core = sum(row["role"] == "core" for row in rows)
    whole = [round(row["membership"] * 1e6) for row in rows]
    mean = (2 * sum(whole) + len(whole)) // (2 * len(whole))
    runs = inputs.run.get("settings", {}).get("groups", {}).get("resamples", 0)
    yield from _claim(group, "accounts in the group", len(rows), "count-members")
    yield from _claim(group, "accounts in its core", core, "count-core", units=len(rows))
    says = "stability: mean share of resampled runs in which an account stays with the group"
    near = of_resamples(mean, runs)
    yield from _claim(group, says, fixed(mean / 1e6), "mean-membership", units=len(rows), near=near)


def _times(group: str, detail: Row) -> Iterator[Claim]:
    for of, key, says in (
        ("by-day", "by_day", "interactions of the group's accounts"),
        ("registrations", "registrations_by_day", "accounts whose registration is known"),
    ):
        rows = detail.get(key) or ()
        yield from _claim(group, says, sum(row["count"] for row in rows), "sum-of-days", of=of, units=1)
    days = sum(row["count"] > 0 for row in detail.get("by_day") or ())
    yield from _claim(group, "days with interactions", days, "days-with-any", of="by-day", units=1)


def _links(inputs: Inputs, group: str) -> Iterator[Claim]:
    links = inputs.links[group]
    if not links:
        return
    says = "sealed links whose log-odds is the prior plus their bits"
    yield from _claim(group, says, len(links), "links-add-up")
    strongest = fixed(max(link.log_odds for link in links))
    yield from _claim(
        group, "bits of log-odds of the strongest link", strongest, "strongest-link", units=len(links)
    )
    sums: dict[str, list[int]] = {}
    for family, bits in _family_bits(inputs, group):
        sums.setdefault(family, []).append(bits)
    for family, own in sorted(sums.items()):
        mean = (2 * sum(own) + len(own)) // (2 * len(own)) / 1e6
        says = f"mean bits of {family}, over the sealed links it speaks in"
        near = (min(own), max(own))
        yield from _claim(group, says, fixed(mean), "family-bits", of=family, units=len(links), near=near)


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
    for name, says in AS_RUN.items():
        found += _claim(group, says, fields.get(name), "as-run", of=name, units=1)
    for claim in found:
        if claim["of"] == "log-odds":
            prior = inputs.run.get("scoring", {}).get("prior_bits", 0.0)
            claim["words"] = support(float(claim["value"]) - prior)
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
    return [[str(each["hypothesis"]), f"{each['bits']:+.1f} bits against it"] for each in stories]
