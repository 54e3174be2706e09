"""In what two accounts differ, and which differences speak for two operators."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.explain import html
from linkage.groups.declared_units import PUBLIC_DOMAINS
from linkage.settings.explain import Pairs

Row = Mapping[str, Any]

HOURS_OF_DAY = 24

_OPEN = ("organisation", "email_domain", "country", "payment_country", "funding", "referrer", "plan")
"""Traits that an account shows openly, in which a difference is listed."""


@dataclass(frozen=True)
class Difference:
    """A trait in which the two hold different values, and whether that speaks for two operators.

    Most differences say little: an operator varies what he can. It is harder to vary the organisation that an
    account belongs to, and the hours at which it works.
    """

    trait: str
    left: str
    right: str
    speaks: bool
    why: str


def differences_html(left: str, right: str, found: Iterable[Difference]) -> str:
    """The differences of two accounts, as a notebook shows them."""
    rows = ((each.trait, each.left, each.right, each.why) for each in found)
    return html.table(("trait", left, right, "meaning"), rows)


def differences(left: Sequence[Row], right: Sequence[Row], chosen: Pairs) -> list[Difference]:
    """Traits in which two accounts hold no common value, from their rows of `observations`.

    A trait of which only one has a value is no difference.
    """
    held = [_by_trait(rows) for rows in (left, right)]
    found = []
    for trait in _OPEN:
        one, other = (side.get(trait, set()) for side in held)
        if one and other and not one & other:
            found.append(_different(trait, one, other))
    hours = [next(iter(side.get("hours", ())), "") for side in held]
    if all(len(each) == HOURS_OF_DAY and each.isdecimal() and each.isascii() for each in hours):
        common = _overlap(hours[0], hours[1])
        if common < chosen.min_hours_overlap:
            why = f"only {common:.0%} of their working hours are the same"
            found.append(Difference("hours", hours[0], hours[1], speaks=True, why=why))
    return found


def _different(trait: str, one: set[str], other: set[str]) -> Difference:
    left, right = (", ".join(sorted(each)) for each in (one, other))
    own = trait == "organisation" or (
        trait == "email_domain" and not {each.lower() for each in one | other} & PUBLIC_DOMAINS
    )
    if own:
        what = "organisations" if trait == "organisation" else "e-mail domains of their own"
        why = f"they belong to different {what}: {left} and {right}"
    else:
        why = "says little: one operator can vary it, and strangers can share it"
    return Difference(trait, left, right, speaks=own, why=why)


def _by_trait(rows: Sequence[Row]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["trait"], set()).add(row["value"])
    return found


def _overlap(one: str, other: str) -> float:
    """Share of activity that falls into the same hours, from the digits of two day profiles."""
    digits = [[int(digit) for digit in each] for each in (one, other)]
    totals = [sum(each) or 1 for each in digits]
    common: float = sum(min(x / totals[0], y / totals[1]) for x, y in zip(*digits, strict=True))
    return common
