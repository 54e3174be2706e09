"""How the number of a claim, and its interval, are computed from opened units; all it rests on is opened."""

from collections.abc import Callable

from linkage.bundle.checks.claim_forms import Claim, supported_micro
from linkage.bundle.checks.disclosures import MICRO, Opened, micro
from linkage.bundle.checks.intervals import of_resamples


def _fixed(millionths: int) -> str:
    sign = "-" if millionths < 0 else ""
    return f"{sign}{abs(millionths) // MICRO}.{abs(millionths) % MICRO:06d}"


def _members(claim: Claim, opened: Opened) -> str:
    return str(len(opened.members[claim["group"]]))


def _core(claim: Claim, opened: Opened) -> str:
    return str(sum(role == "core" for _, role in opened.members[claim["group"]]))


def _membership(claim: Claim, opened: Opened) -> str:
    rows = opened.members[claim["group"]]
    return _fixed((2 * sum(each for each, _ in rows) + len(rows)) // (2 * len(rows)))


def _strongest(claim: Claim, opened: Opened) -> str:
    return _fixed(max(opened.strengths[claim["group"]].values()))


def _add_up(claim: Claim, opened: Opened) -> str:
    """How many links are the prior plus their bits."""
    strengths, weights = opened.strengths[claim["group"]], opened.weights[claim["group"]]
    prior = micro(opened.small["run/prior-bits"])
    sums = {link: prior + sum(micro(bits) for _, _, bits in rows) for link, rows in weights.items()}
    return str(sum(abs(sums[link] - strengths[link]) <= 1 for link in strengths.keys() & sums.keys()))


def _family(claim: Claim, opened: Opened) -> str:
    """Mean bits of a family over the links it speaks in."""
    spoken = _spoken(claim, opened)
    return _fixed((2 * sum(spoken) + len(spoken)) // (2 * len(spoken))) if spoken else "0.000000"


def _spoken(claim: Claim, opened: Opened) -> list[int]:
    """Of each link that a family speaks in, all its bits."""
    return opened.family_bits(claim["group"]).get(claim["of"], [])


def _days(claim: Claim, opened: Opened) -> list[tuple[str, int]]:
    days = opened.small[f"group/{claim['group']}/{claim['of']}"]
    return [(str(day), int(count)) for day, count in days]


def _sum_of_days(claim: Claim, opened: Opened) -> str:
    return str(sum(count for _, count in _days(claim, opened)))


def _days_with_any(claim: Claim, opened: Opened) -> str:
    return str(sum(count > 0 for _, count in _days(claim, opened)))


def _points(claim: Claim, opened: Opened) -> str:
    return str(len(opened.points(claim["group"])))


def _as_run(claim: Claim, opened: Opened) -> str:
    return str(opened.small[f"group/{claim['group']}/{claim['of']}"])


def _supported(claim: Claim, opened: Opened) -> str:
    bits = supported_micro(claim, opened)
    return "no validation data" if bits is None else _fixed(bits)


def interval_of(claim: Claim, opened: Opened) -> list[str] | None:
    """The interval of a claim: empty where there is none for it, None where its setting is withheld."""
    if claim.get("method") == "family-bits":
        sums = _spoken(claim, opened)
        return [_fixed(min(sums)), _fixed(max(sums))] if sums else []
    if claim.get("method") != "mean-membership":
        return []
    runs = opened.small.get("setting/groups/resamples")
    if runs is None and opened.hides("setting.groups"):
        return None
    found = of_resamples(micro(claim["value"]), runs or 0)
    return [_fixed(each) for each in found] if found else []


METHODS: dict[str, Callable[[Claim, Opened], str]] = {
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
    "supported-bits": _supported,
}
"""How a claim is computed; `as-run` needs the run itself, and is compared with its sealed unit."""
