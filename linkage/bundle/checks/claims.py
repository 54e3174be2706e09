"""V3: each claim computed again from the opened units, and what the view may not leave out."""

import re

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.claim_forms import (
    Claim,
    alternatives_of,
    claim_says,
    claims_due,
    interval_is,
    level_of,
    needed,
    rests_on,
    words_of,
)
from linkage.bundle.checks.claim_methods import METHODS, interval_of
from linkage.bundle.checks.counted import rows_of
from linkage.bundle.checks.disclosures import Opened, small_under
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.strict_json import NotStrict, strict

CLAIMS, PARAMETERS = "data/claims.jsonl", "data/methodology/params.json"
VALIDATION = "data/methodology/validation.json"
REPORT = "data/report/report.html"
SHOWN = re.compile(r'<data class="n" id="[a-z0-9-]*" data-claim="([a-z0-9-]+)" value="([^"]*)">')

FIELDS = frozenset(
    (
        "alternatives",
        "claim",
        "group",
        "interval",
        "interval_is",
        "level",
        "method",
        "of",
        "says",
        "units",
        "value",
        "words",
    )
)


def check_claims(content: Content, opened: Opened, report: Report) -> dict[str, Claim]:
    """The claims of the view are those that were sealed, and nothing that was counted against is missing."""
    claims: dict[str, Claim] = {}
    for number, row in rows_of(content, CLAIMS, report):
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
    _parameters(content, opened, report)
    _validation(content, opened, report)
    return claims


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
    _due(claims, opened, report)
    for name, claim in sorted(claims.items()):
        try:
            state = _state(name, claim, opened, report)
        except (NotStrict, KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            report.fault("V3", "a claim whose units cannot be read", name, found=repr(error))
        else:
            if state:
                states[name] = state
    done = sum(state == "recomputed" for state in states.values())
    report.looked["V3"] = f"{done} claims recomputed, {len(states) - done} attested"
    return states


def _due(claims: dict[str, Claim], opened: Opened, report: Report) -> None:
    """Every number that the opened units of a group give is claimed, and once."""
    if opened.hides("claim.claim"):
        return
    made: dict[tuple[str, str, str], str] = {}
    for name, claim in sorted(claims.items()):
        key = (str(claim.get("group")), str(claim.get("method")), str(claim.get("of")))
        if key in made:
            report.fault("V3", "one number claimed twice", name, found=made[key])
        made[key] = name
    for group in sorted(map(str, opened.view.get("groups", ()))):
        for method, of in sorted(set(claims_due(group, opened))):
            if (group, method, of) not in made:
                what = "a claim that the opened units make is left out"
                report.fault("V3", what, f"group {group}", expected=claim_says(method, of))


def _state(name: str, claim: Claim, opened: Opened, report: Report) -> str:
    """What became of one claim; empty, with a fault, where it does not follow from the units."""
    method = METHODS.get(str(claim.get("method")))
    says = claim_says(str(claim.get("method")), str(claim.get("of")))
    if method is None or says is None:
        report.fault("V3", "a method nobody knows", name, found=(claim.get("method"), claim.get("of")))
        return ""
    _form(name, claim, opened, report)
    missing = [kind for kind in needed(claim) if not _all_opened(kind, claim, opened)]
    for kind in missing:
        if not opened.hides(kind):
            what = "a claim whose units are neither opened nor withheld"
            report.fault("V3", what, name, expected=f"{claim.get('units')} of {kind}")
    if missing:
        _attested(name, claim, opened, report)
        return "attested, not recomputable"
    if (found := method(claim, opened)) != claim.get("value"):
        report.fault(
            "V3", "a claim computes to another number", name, expected=claim.get("value"), found=found
        )
        return ""
    if (near := interval_of(claim, opened)) is not None and near != (claim.get("interval") or []):
        said = claim.get("interval")
        report.fault("V3", "a claim computes to another interval", name, expected=said, found=near)
        return ""
    return "stated in the sealed unit" if claim["method"] == "as-run" else "recomputed"


def _form(name: str, claim: Claim, opened: Opened, report: Report) -> None:
    """Whether a claim is in the words, rests on the units, and names the alternatives that it has to."""
    method, of = claim["method"], claim["of"]
    has_interval = claim.get("interval") is not None
    wanted: dict[str, object] = {
        "says": claim_says(method, of),
        "interval_is": interval_is(method, of, has_interval=has_interval),
        "level": level_of(method),
        "units": rests_on(claim, opened.sealed(claim["group"])),
    }
    if (tested := alternatives_of(claim, opened)) is not None:
        wanted["alternatives"] = tested
    if (words := words_of(claim, opened)) is not None:
        wanted["words"] = words
    for part, value in wanted.items():
        if claim.get(part) != value:
            what = f"a claim with other {part} than its units give"
            report.fault("V3", what, name, expected=value, found=claim.get(part))
    if unknown := sorted(claim.keys() - FIELDS):
        report.fault("V3", "a claim with fields nobody knows", name, found=unknown)


def _all_opened(kind: str, claim: Claim, opened: Opened) -> bool:
    """Whether all units of a class that a claim rests on are opened."""
    group = claim["group"]
    count = opened.sealed(group)
    if kind == "member.standing":
        return len(opened.members.get(group, ())) == count["member"] > 0
    if kind in ("link.strength", "link.weights"):
        rows = opened.strengths if kind == "link.strength" else opened.weights
        return len(rows.get(group, ())) == count["link"] > 0
    if kind == "against.said":
        return len(opened.points(group)) == count["against"]
    return (
        kind.replace(".", "/") if kind.startswith("run.") else f"group/{group}/{claim['of']}"
    ) in opened.small


def _attested(name: str, claim: Claim, opened: Opened, report: Report) -> None:
    """A number of units follows from their sealed count, whether they are opened or not."""
    sealed = opened.sealed(claim["group"])
    counts = {"count-members": sealed["member"], "links-add-up": sealed["link"]}
    wanted = counts.get(claim["method"])
    if wanted is not None and claim.get("value") != str(wanted):
        what = "a claim of another number than was sealed"
        report.fault("V3", what, name, expected=wanted, found=claim.get("value"))


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
