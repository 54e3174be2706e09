"""What is claimed of a group, in fixed words: whoever makes a bundle takes them from here, and whoever checks
one compares with them."""

from collections.abc import Iterator
from typing import Any

from linkage.bundle.checks.disclosures import MICRO, Opened, micro
from linkage.bundle.checks.likelihood import bounds_of, capped_micro, support

SAYS = {
    ("count-members", ""): "accounts in the group",
    ("count-core", ""): "accounts in its core",
    (
        "mean-membership",
        "",
    ): "stability: mean share of resampled runs in which an account stays with the group",
    ("sum-of-days", "by-day"): "interactions of the group's accounts",
    ("sum-of-days", "registrations"): "accounts whose registration is known",
    ("days-with-any", "by-day"): "days with interactions",
    ("links-add-up", ""): "sealed links whose log-odds is the prior plus their bits",
    ("strongest-link", ""): "bits of log-odds of the strongest link",
    ("count-against", ""): "points that speak against the group",
}
SUPPORTED = ("supported-bits", "log-odds")
SUPPORTED_SAYS = (
    "bits of the likelihood ratio (log-odds less the prior), kept to what validation data support"
)
"""What a claim says, by its method and what it is of."""

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

OF_LINKS = ("links-add-up", "strongest-link", "family-bits")
OF_MEMBERS = ("count-members", "count-core", "mean-membership")

Claim = dict[str, Any]


def claim_says(method: str, of: str) -> str | None:
    """The sentence of a claim; None where no claim is made so."""
    if method == "family-bits" and of:
        return f"mean bits of {of}, over the sealed links it speaks in"
    if (method, of) == SUPPORTED:
        return SUPPORTED_SAYS
    return AS_RUN.get(of) if method == "as-run" else SAYS.get((method, of))


def interval_is(method: str, of: str, *, has_interval: bool) -> str:
    """What the interval is, or why there is none."""
    if method == SUPPORTED[0]:
        return "none: an end of the range that validation data support, or a computed number within it"
    if method in NEAR:
        return NEAR[method] if has_interval else "none: nothing was resampled"
    return NO_INTERVAL.get(of or method, EXACT)


def level_of(method: str) -> str:
    """The rung of the ladder at which a number is computed again."""
    return "V4" if method == "as-run" else "V3"


def needed(claim: Claim) -> tuple[str, ...]:
    """The classes of units that a claim is computed from."""
    method, of = claim["method"], claim["of"]
    if method in OF_MEMBERS:
        return ("member.standing",)
    if method == "links-add-up":
        return ("link.strength", "link.weights", "run.prior-bits")
    if method == SUPPORTED[0]:
        return (f"group.{of}", "run.prior-bits")
    if method in OF_LINKS:
        return ("link.strength" if method == "strongest-link" else "link.weights",)
    return ("against.said",) if method == "count-against" else (f"group.{of}",)


def rests_on(claim: Claim, sealed: dict[str, int]) -> int:
    """How many units a claim rests on, from how many are sealed of its group."""
    method = claim["method"]
    if method in OF_MEMBERS:
        return sealed["member"]
    if method in OF_LINKS:
        return sealed["link"]
    return sealed["against"] if method == "count-against" else 1


def claims_due(group: str, opened: Opened) -> Iterator[tuple[str, str]]:
    """The claims that the opened units of a group make: method, and what of."""
    yield from SAYS if opened.sealed(group)["link"] else (key for key in SAYS if key[0] not in OF_LINKS)
    for rows in opened.weights.get(group, {}).values():
        yield from (("family-bits", str(family)) for _, family, _ in rows)
    for of in AS_RUN:
        if opened.small.get(f"group/{group}/{of}") is not None:
            yield "as-run", of
    known = {f"group/{group}/log-odds", "run/prior-bits"} <= opened.small.keys()
    if known and opened.small[f"group/{group}/log-odds"] is not None and _bounds(opened) is not None:
        yield SUPPORTED


def _bounds(opened: Opened) -> tuple[int, int] | None:
    return bounds_of(opened.small.get("validation/rates"))


def supported_micro(claim: Claim, opened: Opened) -> int | None:
    """The likelihood ratio of a group in millionths of a bit, kept to what validation data support.

    None where there are none, or what it follows from is withheld.
    """
    bounds, prior = _bounds(opened), opened.small.get("run/prior-bits")
    log_odds = opened.small.get(f"group/{claim['group']}/log-odds")
    if bounds is None or prior is None or log_odds is None:
        return None
    return capped_micro(micro(log_odds) - micro(prior), bounds)


def words_of(claim: Claim, opened: Opened) -> str | None:
    """The word for a number; None where what it follows from is withheld."""
    if (claim["method"], claim["of"]) != ("as-run", "log-odds") or _bounds(opened) is None:
        return ""
    bits = supported_micro(claim, opened)
    return None if bits is None else support(bits / MICRO)


def alternatives_of(claim: Claim, opened: Opened) -> list[list[str]] | None:
    """The innocent explanations that were tested beside a number; None where that is not opened."""
    if claim["method"] != "as-run" or claim["of"] not in ("log-odds", "favours"):
        return []
    name = "examined" if claim["of"] == "log-odds" else "competing"
    found = opened.small.get(f"group/{claim['group']}/{name}")
    if found is None:
        return None
    if not found:
        return []
    if name == "examined":
        rows = found["benign_explanations"]
        return [[each["explanation"], each["outcome"]] for each in rows]
    return [[each["hypothesis"], margin_says(float(each["bits"]))] for each in found.get("stories") or ()]


def margin_says(bits: float) -> str:
    """How far one operator leads an innocent explanation."""
    return f"{bits:+.1f} bits against it"
