"""The page of errors: where an error can come from, how that was checked, and what the check gave.

An analysis of errors, source by source, and not one rate for everything: SWGDE 12-Q-001, "Establishing
confidence in digital and multimedia evidence forensic results by error mitigation analysis".
"""

from typing import Any

from linkage.bundle.checks.likelihood import STEP, bounds_of, log10_of

UNITS = dict[str, Any]
"""Opened units by path: those of run, setting, group, claim, validation."""

Rows = list[tuple[str, str, str]]

HIDDEN = "withheld in this view"
UNMEASURED = "not measured: no validation data were sealed with this case"
ERRORS_HEAD = """\
# Sources of error

No single rate says how wrong such a result can be. Each row names one source of error, what is done against
it and how that was checked, and what the check gave for this case. "Rate" is a share with its interval; where
it was measured, on which data, and how far these resemble the case, is in data/methodology/validation.json.

| source of error | check | result |
|---|---|---|
"""


def error_page(units: UNITS, groups: list[str]) -> str:
    """The page for the groups of a view, from what it opens."""
    rows = error_rows(units, groups)
    return ERRORS_HEAD + "".join("| " + " | ".join(_cell(each) for each in row) + " |\n" for row in rows)


def error_rows(units: UNITS, groups: list[str]) -> Rows:
    """Source of error, check and result, row by row."""
    return [*_of_data(units), *_of_groups(units, groups), *_of_validation(units), *_of_program(units)]


def _cell(text: str) -> str:
    """A text that stays in its cell: what is not printable ASCII, or ends a cell, is shown as a number."""
    kept = (each if " " <= each <= "~" and each not in "|\\<>`" else f"&#{ord(each)};" for each in text)
    return "".join(kept)


def _of_data(units: UNITS) -> Rows:
    return [
        (
            "the logs are false or incomplete",
            "none is possible from a bundle; V5 opens units at random, to compare with the sources",
            "not known",
        ),
        (
            "rows of the sources could not be read or were filtered",
            "rows in = rows used + filtered + quarantined, for each file",
            _rows_lost(units),
        ),
        (
            "a limit of the run cut something off",
            "each limit counts what it cut",
            _cut(units),
        ),
    ]


def _rows_lost(units: UNITS) -> str:
    rows = [
        value
        for path, value in sorted(units.items())
        if path.startswith("run/input/") and path.endswith("/content") and isinstance(value, dict)
    ]
    if not rows:
        return HIDDEN
    whole = sum(_int(row.get("rows")) for row in rows)
    kept = sum(_int(row.get("used")) for row in rows)
    return f"{kept} of {whole} rows were used"


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _cut(units: UNITS) -> str:
    caps = units.get("run/caps")
    if not isinstance(caps, list):
        return HIDDEN
    cut = [each for each in caps if isinstance(each, dict) and _int(each.get("count"))]
    return (
        f"{len(cut)} limits cut something: run/caps in data/disclosures.jsonl" if cut else "nothing was cut"
    )


def _of_groups(units: UNITS, groups: list[str]) -> Rows:
    said = _claims(units)
    found: Rows = []
    for group in groups:
        own = {(key[1], key[2]): claim for key, claim in said.items() if key[0] == group}
        found += [
            (
                f"group {group} is a coincidence",
                "q-value: expected share of false groups among those that score as high",
                _value(own, "as-run", "q-value"),
            ),
            (
                f"group {group} depends on a few accounts or links",
                "the run is repeated on samples: mean share of them in which an account stays with the group",
                _value(own, "mean-membership", ""),
            ),
            (
                f"the bits of group {group} are added up wrongly",
                "V3: of the sealed links, those whose log-odds is the prior plus their bits",
                _value(own, "links-add-up", ""),
            ),
            (
                f"another explanation holds for group {group}",
                "what speaks against is counted, sealed, and in every view: data/counter-evidence.jsonl",
                _value(own, "count-against", "") + " points",
            ),
        ]
    return found


def _claims(units: UNITS) -> dict[tuple[str, str, str], dict[str, Any]]:
    claims = (value for path, value in units.items() if path.startswith("claim/") and isinstance(value, dict))
    return {(str(each.get("group")), str(each.get("method")), str(each.get("of"))): each for each in claims}


def _value(own: dict[tuple[str, str], dict[str, Any]], method: str, of: str) -> str:
    claim = own.get((method, of))
    if claim is None:
        return "not computed for this group, or withheld in this view"
    near = claim.get("interval")
    interval = f" (interval {near[0]} to {near[1]})" if isinstance(near, list) and len(near) == 2 else ""
    return f"{claim.get('value')}{interval}"


RATES = (
    ("innocent accounts in a group", "innocent accounts who share hard things are taken for one operator"),
    ("groups that are not one operator's", "a whole group is wrong"),
    ("operators not found", "an operator is missed"),
    ("operators' accounts not found", "an operator's account is missed"),
)


def _of_validation(units: UNITS) -> Rows:
    validation = units.get("validation/rates")
    known = validation.get("rates") if isinstance(validation, dict) else None
    rates = [each for each in known or () if isinstance(each, dict)]
    found: Rows = []
    for name, source in RATES:
        own = [each for each in rates if each.get("rate") == name and each.get("value") is not None]
        worst = max(own, key=lambda each: (str(each["value"]), str(each.get("class"))), default=None)
        whole = next((each for each in own if each.get("class") == "all"), None)
        result = UNMEASURED if whole is None else _rate(whole)
        if whole is not None and worst is not None and worst is not whole and worst["value"] > whole["value"]:
            result += f"; worst class, {worst.get('class')}: {_rate(worst)}"
        found.append((source, f"rate of {name}, where the truth is known", result))
    bounds = bounds_of(validation)
    result = UNMEASURED
    if bounds is not None:
        low, high = (each / STEP for each in bounds)
        powers = f"log10 {log10_of(low):.2f} to {log10_of(high):.2f}"
        result = f"from {low:.1f} to {high:.1f} bits ({powers}); numbers beyond are not put into words"
    found.append(
        (
            "a number of bits is larger than any test could confirm",
            "empirical lower and upper bound of the likelihood ratio (Vergeer et al. 2016)",
            result,
        )
    )
    found.append(
        (
            "the validation data do not resemble the case",
            "digests of inputs show that they are other data; resemblance is for a person to say",
            "no overlap of files" if rates else UNMEASURED,
        )
    )
    return found


def _rate(rate: dict[str, Any]) -> str:
    near = rate.get("interval")
    interval = f", interval {near[0]} to {near[1]}" if isinstance(near, list) and len(near) == 2 else ""
    return f"{rate['value']} ({rate.get('hits')} of {rate.get('of')}{interval})"


def _of_program(units: UNITS) -> Rows:
    versions = units.get("run/versions")
    version = versions.get("linkage") if isinstance(versions, dict) else None
    return [
        (
            "the settings were chosen to fit",
            "settings and error rates are sealed before any view; a second seal has a number of its own",
            "data/seal/SEAL.txt",
        ),
        (
            "the program is wrong, or its numbers depend on the machine",
            "V4: the same inputs give the same tables, to the byte",
            f"not checked in this bundle; made by version {version or 'withheld'}",
        ),
        (
            "something was changed after it was sealed",
            "V0 to V2: digests, signatures, commitments",
            "whatever the recipient's own check gives",
        ),
    ]
