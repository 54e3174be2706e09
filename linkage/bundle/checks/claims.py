"""V3: each claim computed again from the opened units, and what the view may not leave out."""

import re
from collections.abc import Callable
from typing import Any, Optional

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.disclosures import MICRO, Opened, micro, small_under
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.intervals import of_resamples
from linkage.bundle.checks.strict_json import NotStrict, strict

CLAIMS, COUNTER, PARAMETERS = (
    "data/claims.jsonl",
    "data/counter-evidence.jsonl",
    "data/methodology/params.json",
)
VALIDATION = "data/methodology/validation.json"
REPORT = "data/report/report.html"
SHOWN = re.compile(r'<data class="n" id="[a-z0-9-]*" data-claim="([a-z0-9-]+)" value="([^"]*)">')

Claim = dict[str, Any]
Computed = Optional[str]  # noqa: UP045
"""A number as the claim writes it; None where not everything it needs is opened."""


def check_claims(content: Content, opened: Opened, report: Report) -> dict[str, Claim]:
    """The claims of the view are those that were sealed, and nothing that was counted against is missing."""
    claims: dict[str, Claim] = {}
    for number, row in _rows(content, CLAIMS, report):
        name = str(row.get("claim"))
        if name in claims:
            report.fault("V2", "one claim twice", f"{CLAIMS}:{number}", found=name)
        claims[name] = row
        sealed = opened.small.get(f"claim/{name}/claim")
        if sealed != row:
            what = "a claim that is not opened" if sealed is None else "a claim other than the sealed one"
            report.fault("V2", what, f"{CLAIMS}:{number}", expected=sealed or "", found=row)
    for path, _ in small_under(opened, "claim/"):
        if path.split("/")[1] not in claims:
            report.fault("V2", "an opened claim that the list leaves out", CLAIMS, expected=path)
    _counter(content, opened, report)
    _parameters(content, opened, report)
    _validation(content, opened, report)
    return claims


def _rows(content: Content, name: str, report: Report) -> list[tuple[int, Claim]]:
    rows = []
    for number, line in enumerate(content.lines(name, "V2"), 1):
        try:
            row = strict(line)
        except NotStrict as error:
            report.fault("V2", f"a line: {error}", f"{name}:{number}")
            continue
        if isinstance(row, dict):
            rows.append((number, row))
        else:
            report.fault("V2", "a line that is no object", f"{name}:{number}")
    return rows


def _counter(content: Content, opened: Opened, report: Report) -> None:
    """Of every opened group, as many points against it as were sealed."""
    listed = {str(row.get("unit")): row.get("says") for _, row in _rows(content, COUNTER, report)}
    for path, says in sorted(listed.items()):
        sealed = opened.small.get(path)
        if not path.startswith("against/") or sealed is None or sealed != says:
            what = "a point against that is not the sealed one"
            report.fault("V2", what, COUNTER, expected=sealed or path, found=says)
    groups = {path.split("/")[1] for path, _ in small_under(opened, "group/")}
    for group in sorted(groups):
        count = opened.small.get(f"against/{group}/count")
        points = len({path.split("/")[2] for path in listed if path.startswith(f"against/{group}/")})
        if count != points:
            report.fault(
                "V2", "points against were left out", f"against/{group}", expected=count, found=points
            )


def _parameters(content: Content, opened: Opened, report: Report) -> None:
    wanted = {path.removeprefix("setting/"): value for path, value in small_under(opened, "setting/")}
    try:
        said = strict(content.whole(PARAMETERS, "V2"))
    except NotStrict as error:
        return report.fault("V2", f"parameters: {error}", PARAMETERS)
    if said != wanted:
        report.fault(
            "V2", "parameters other than the sealed ones", PARAMETERS, expected=len(wanted), found=said
        )


def _validation(content: Content, opened: Opened, report: Report) -> None:
    """Rates measured on the case's own data would say how well it fits itself."""
    try:
        said = strict(content.whole(VALIDATION, "V2"))
    except NotStrict as error:
        return report.fault("V2", f"the rates: {error}", VALIDATION)
    inputs = said.get("inputs") if isinstance(said, dict) else None
    own = {
        str(value.get("sha256"))
        for path, value in small_under(opened, "run/input/")
        if path.endswith("/content") and isinstance(value, dict)
    }
    for digest in sorted(own & set(map(str, inputs if isinstance(inputs, list) else ()))):
        report.fault("V2", "rates that were measured on the case's own data", VALIDATION, found=digest)


def recompute_claims(claims: dict[str, Claim], opened: Opened, report: Report) -> dict[str, str]:
    """What became of each claim: `recomputed`, or why it is only attested."""
    states = {}
    for name, claim in sorted(claims.items()):
        method = METHODS.get(str(claim.get("method")))
        if method is None:
            report.fault("V3", "a method nobody knows", name, found=claim.get("method"))
            continue
        try:
            found = method(claim, opened)
        except (NotStrict, KeyError, TypeError, ValueError, IndexError) as error:
            report.fault("V3", "a claim whose units cannot be read", name, found=repr(error))
            continue
        if found is None:
            states[name] = "attested, not recomputable"
        elif found != claim.get("value"):
            report.fault(
                "V3", "a claim computes to another number", name, expected=claim.get("value"), found=found
            )
        elif (near := _interval(claim, opened)) is not None and near != (claim.get("interval") or []):
            said = claim.get("interval")
            report.fault("V3", "a claim computes to another interval", name, expected=said, found=near)
        else:
            states[name] = "stated in the sealed unit" if claim["method"] == "as-run" else "recomputed"
    done = sum(state == "recomputed" for state in states.values())
    report.looked["V3"] = f"{done} claims recomputed, {len(states) - done} attested"
    return states


def check_report(content: Content, claims: dict[str, Claim], report: Report) -> None:
    """Every number the report shows is the number of a claim of the view."""
    if not content.has(REPORT):
        return
    for name, value in SHOWN.findall(content.whole(REPORT).decode("utf-8", "replace")):
        wanted = claims.get(name)
        if wanted is None:
            report.fault("V3", "the report cites a claim that is not there", REPORT, found=name)
        elif str(wanted.get("value")) != value:
            report.fault(
                "V3", "the report shows another number", REPORT, expected=wanted.get("value"), found=value
            )


def _all(found: int, claim: Claim) -> bool:
    """Whether as many units are opened as the claim rests on; a missing one makes it attested."""
    return bool(found == claim["units"])


def _fixed(millionths: int) -> str:
    sign = "-" if millionths < 0 else ""
    return f"{sign}{abs(millionths) // MICRO}.{abs(millionths) % MICRO:06d}"


def _members(claim: Claim, opened: Opened) -> Computed:
    rows = opened.members.get(claim["group"], [])
    return str(len(rows)) if _all(len(rows), claim) else None


def _core(claim: Claim, opened: Opened) -> Computed:
    rows = opened.members.get(claim["group"], [])
    return str(sum(role == "core" for _, role in rows)) if _all(len(rows), claim) else None


def _membership(claim: Claim, opened: Opened) -> Computed:
    rows = opened.members.get(claim["group"], [])
    if not rows or not _all(len(rows), claim):
        return None
    return _fixed((2 * sum(each for each, _ in rows) + len(rows)) // (2 * len(rows)))


def _strongest(claim: Claim, opened: Opened) -> Computed:
    rows = opened.strengths.get(claim["group"], {})
    return _fixed(max(rows.values())) if rows and _all(len(rows), claim) else None


def _add_up(claim: Claim, opened: Opened) -> Computed:
    """How many links are the prior plus their bits."""
    strengths = opened.strengths.get(claim["group"], {})
    weights, prior = opened.weights.get(claim["group"], {}), opened.small.get("run/prior-bits")
    if prior is None or not _all(len(strengths), claim) or strengths.keys() != weights.keys():
        return None
    sums = {link: micro(prior) + sum(micro(bits) for _, _, bits in rows) for link, rows in weights.items()}
    return str(sum(abs(sums[link] - strengths[link]) <= 1 for link in strengths))


def _family(claim: Claim, opened: Opened) -> Computed:
    """Mean bits of a family over the links it speaks in."""
    weights = opened.weights.get(claim["group"], {})
    if not _all(len(weights), claim):
        return None
    spoken = _spoken(claim, opened)
    return _fixed((2 * sum(spoken) + len(spoken)) // (2 * len(spoken))) if spoken else "0.000000"


def _spoken(claim: Claim, opened: Opened) -> list[int]:
    """Of each link that a family speaks in, all its bits."""
    weights = opened.weights.get(claim["group"], {})
    own = [[micro(bits) for _, family, bits in rows if family == claim["of"]] for rows in weights.values()]
    return [sum(bits) for bits in own if bits]


def _days(claim: Claim, opened: Opened) -> list[tuple[str, int]] | None:
    days = opened.small.get(f"group/{claim['group']}/{claim['of']}")
    return None if days is None else [(str(day), int(count)) for day, count in days]


def _sum_of_days(claim: Claim, opened: Opened) -> Computed:
    days = _days(claim, opened)
    return None if days is None else str(sum(count for _, count in days))


def _days_with_any(claim: Claim, opened: Opened) -> Computed:
    days = _days(claim, opened)
    return None if days is None else str(sum(count > 0 for _, count in days))


def _points(claim: Claim, opened: Opened) -> Computed:
    points = [path for path, _ in small_under(opened, f"against/{claim['group']}/") if path.endswith("/said")]
    return str(len(points)) if _all(len(points), claim) else None


def _as_run(claim: Claim, opened: Opened) -> Computed:
    value = opened.small.get(f"group/{claim['group']}/{claim['of']}")
    return None if value is None else str(value)


def _interval(claim: Claim, opened: Opened) -> list[str] | None:
    """The interval of a claim: empty where there is none for it, None where its units are not opened."""
    if claim.get("method") == "family-bits":
        sums = _spoken(claim, opened)
        return [_fixed(min(sums)), _fixed(max(sums))] if sums else []
    if claim.get("method") != "mean-membership":
        return []
    runs = opened.small.get("setting/groups/resamples")
    if not isinstance(runs, int):
        return None
    found = of_resamples(micro(claim["value"]), runs)
    return [_fixed(each) for each in found] if found else []


METHODS: dict[str, Callable[[Claim, Opened], Computed]] = {
    "count-members": _members,
    "count-core": _core,
    "mean-membership": _membership,
    "strongest-link": _strongest,
    "links-add-up": _add_up,
    "family-bits": _family,
    "sum-of-days": _sum_of_days,
    "days-with-any": _days_with_any,
    "count-against": _points,
    "as-run": _as_run,
}
"""How a claim is computed; `as-run` needs the run itself, and is compared with its sealed unit."""
