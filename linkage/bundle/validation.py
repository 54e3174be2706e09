"""How often groups were wrong where the truth is known: what goes into a bundle of an evaluation.

Rates are given with Wilson's interval at 95 %; by class for innocents who share hard things (campuses,
families, resellers). Where cases are not independent the interval says so.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from linkage.bundle.checks.intervals import wilson
from linkage.bundle.checks.likelihood import STEP, bounds_of
from linkage.bundle.units import fixed
from linkage.errors import CaseError, UsageError

Row = Mapping[str, Any]

HOW = "linkage evaluate CASE --truth FILE --kinds FILE --output json, of a case whose truth is known"
NOT_MEASURED: dict[str, Any] = {
    "rates": [],
    "remark": "no rates were given; --validation takes what linkage evaluate --output json prints",
}
RATES = "validation.json"
"""In the folder of the seal: the error rates that were sealed."""

WILSON = "95 %, Wilson"
TOGETHER = (
    "95 %, Wilson, as if accounts were independent; those of one hand or house are not: it is too narrow"
)
NO_INTERVAL = "none: pairs share accounts, and one evaluation cannot say how far they vary"
NOTHING = "none: there was no such case"
PAIRS = {
    "pair_precision": "pairs in one group that are one operator's",
    "pair_recall": "pairs of one operator that are in one group",
}


def read_validation(path: Path) -> dict[str, Any]:
    """Rates as `linkage evaluate --output json` prints them; raises CaseError where the file is none."""
    try:
        given = json.loads(path.read_text("utf-8"))
        rates = [dict(each) for each in _rates(given)]
        likelihood = _likelihood(given.get("reported_bits"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CaseError(f"{path}: no rates: {error!r}", hint=HOW) from error
    return {
        "rates": rates,
        "likelihood": likelihood,
        "accounts": given["accounts"],
        "operators": given["operators"],
        "inputs": sorted(map(str, given.get("inputs") or ())),
        "settings_digest": given.get("settings_digest"),
        "remark": "measured by linkage evaluate on the inputs named here, whose truth is known; how far they "
        "resemble the case is for a person to say",
    }


def sealed_rates(case: Path) -> dict[str, Any]:
    """The error rates that were sealed with a case, or that none were given."""
    path = case / "seal" / RATES
    return {**json.loads(path.read_text("ascii"))} if path.exists() else NOT_MEASURED


def apart(validation: Row | None, run: Row) -> None:
    """Raises UsageError where rates were measured on the case's own data."""
    own = {str(each["sha256"]) for each in run.get("inputs", ())}
    if own & set((validation or {}).get("inputs") or ()):
        raise UsageError(
            "these rates were measured on data of the case itself",
            hint="measure on others, whose truth is known",
        )


def _rates(given: Row) -> Iterator[Row]:
    innocents = given["accounts"] - given["operator_accounts"]
    flagged, says = given["innocent_accounts_flagged"], "innocent accounts in a group"
    yield _rate(says, "all", flagged, innocents, TOGETHER)
    for each in given.get("flagged_by_kind") or ():
        yield _rate(says, str(each["kind"]), each["flagged"], each["accounts"], TOGETHER)
    yield _rate("groups that are not one operator's", "all", given["false_groups"], given["groups"])
    missed = given["operators"] - given["operators_found"]
    yield _rate("operators not found", "all", missed, given["operators"])
    found = sum(round((each["recall"] or 0) * each["accounts"]) for each in given["per_operator"])
    of = given["operator_accounts"]
    yield _rate("operators' accounts not found", "all", of - found, of, TOGETHER)
    for name, says in PAIRS.items():
        value = {"hits": None, "of": None, "value": fixed(given[name])}
        yield {"rate": says, "class": "all", **value, "interval": None, "interval_is": NO_INTERVAL}


def _likelihood(given: Row | None) -> dict[str, Any] | None:
    """The numbers that were reported where the truth is known, and the range that they support."""
    if given is None:
        return None
    counts = {
        name: [[int(bits), int(count)] for bits, count in given[name]] for name in ("same", "different")
    }
    totals = {name: int(given[name]) for name in ("same_accounts", "different_accounts")}
    found = {"likelihood": {**counts, **totals}}
    low, high = bounds_of(found) or (0, 0)
    return {
        **counts,
        **totals,
        "bits": [f"{each / STEP:.1f}" for each in (low, high)],
        "bits_are": "empirical lower and upper bound of the likelihood ratio (Vergeer et al. 2016), with one"
        " misleading result more on either side than was seen, in bits; counts are by tenths of a bit",
    }


def _rate(says: str, kind: str, hits: int, of: int, how: str = WILSON) -> dict[str, Any]:
    near = wilson(hits / of, of) if of else None
    return {
        "rate": says,
        "class": kind,
        "hits": int(hits),
        "of": int(of),
        "value": fixed(hits / of) if of else None,
        "interval": [fixed(each / 1e6) for each in near] if near else None,
        "interval_is": how if near else NOTHING,
    }
