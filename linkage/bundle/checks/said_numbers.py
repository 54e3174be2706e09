"""V2: a sentence about a group says the numbers that the opened units give, and nothing else.

Gates and summary are rendered again from those units. Of a number that is sealed rounded, either way of
rounding it once more counts.
"""

import re
from collections.abc import Iterator
from typing import Any

from linkage.bundle.checks.agreement import fits
from linkage.bundle.checks.disclosures import Opened
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.outcomes import UNRESOLVED

HALF_OF_LAST = 5e-7
"""What a number with six decimals can be off."""

WAY_IN_FAMILIES = ("network", "device")
ONE_WAY_IN = " (network and device count as one)"
PERHAPS = " by marks that one of so many communities may bear"
"""What is said of families that stand for one another, and of those that may say it by chance."""

KINDS_COUNTED = re.compile(r"([0-9]+) independent: ([^(;]+?)(?: \(|;|$)")

Otherwise = tuple[str, str, object, object]
"""What is wrong, the unit it is said in, what follows from the other units, and what is said."""


def how_many(number: int, one: str) -> str:
    """A count with its noun, as a case words it."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def check_sentences(opened: Opened, report: Report) -> None:
    """Gates and summary of every group that the view names."""
    for group in sorted(map(str, opened.view.get("groups", ()))):
        start = f"group/{group}"
        for rule in (_gates, _summary):
            try:
                for what, path, expected, found in rule(opened, start):
                    report.fault("V2", what, path, expected=expected, found=found)
            except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
                report.fault("V2", f"a sentence about units of another form: {error}", start)


# --- gates ---------------------------------------------------------------------------------------


def _gates(opened: Opened, start: str) -> Iterator[Otherwise]:
    path = f"{start}/gates"
    told = opened.small.get(path) or []
    names = [gate["name"] for gate in told]
    if len(set(names)) < len(names):
        yield "one gate told twice", path, sorted(set(names)), names
    for gate in told:
        name, said = gate["name"], gate["detail"]
        if name not in GATES:
            yield "a gate that there is not", path, ", ".join(GATES), name
            continue
        wanted, passes = GATES[name](opened, start, said)
        if wanted and said not in wanted:
            yield "a gate in other words than its numbers give", path, wanted[0], said
        if type(gate["passed"]) is not bool or gate["passed"] not in passes:
            yield "a gate with another outcome than its numbers give", path, passes[0], gate["passed"]


Rendered = tuple[list[str], list[bool]]
"""Sentences that the numbers allow, none where they are withheld, and outcomes."""

EITHER = [True, False]


def _size(opened: Opened, start: str, said: str) -> Rendered:
    accounts, least = (
        _own_unit(opened, start, "accounts"),
        _own_unit(opened, "setting/groups", "min-accounts"),
    )
    if accounts is None:
        return [], EITHER
    return [how_many(accounts, "account")], EITHER if least is None else [accounts >= least]


def _families(opened: Opened, start: str, said: str) -> Rendered:
    """As many as are listed, each family of the group among them."""
    found = KINDS_COUNTED.match(said)
    listed = [] if not found or found[2] == "none" else found[2].split(", ")
    count = len(set(listed) - {"device"} | ({"network"} if "device" in listed else set()))
    both = ONE_WAY_IN if set(WAY_IN_FAMILIES) <= set(listed) else ""
    whole = f"{count} independent: {', '.join(sorted(set(listed))) or 'none'}{both}"
    own, least = (
        _own_unit(opened, start, "families") or [],
        _own_unit(opened, "setting/groups", "min-families"),
    )
    missing = sorted(set(own) - set(listed))
    if missing or not said.startswith(whole):
        return [f"{whole}, with {', '.join(missing)}" if missing else whole], EITHER
    rest = said[len(whole) :]
    unsure = rest[len("; ") : -len(PERHAPS)].split(", ") if rest.endswith(PERHAPS) else []
    if rest and rest != f"; {', '.join(sorted(set(unsure) & set(listed)))}{PERHAPS}":
        return [whole], EITHER
    # That a tool brings all of it fails a gate, too.
    return [said], [False] if least is not None and count < least else EITHER


def _stable(opened: Opened, start: str, said: str) -> Rendered:
    stays, least = _own_unit(opened, start, "stability"), _own_unit(opened, "setting/groups", "fringe")
    if stays is None:
        return [], EITHER
    wanted = [f"stability {each:.2f}" for each in _near(stays)]
    return wanted, EITHER if least is None else _at_least(stays, float(least))


def _lead(opened: Opened, start: str, said: str) -> Rendered:
    """By what one operator leads the best innocent explanation, and by what it has to."""
    weighed = _own_unit(opened, start, "competing")
    if not weighed or not weighed.get("stories"):
        return [], EITHER
    bits, margin = float(weighed["favours"]), float(weighed["margin"])
    missing = f", as the source has no {' and no '.join(weighed['missing'])}" if weighed["missing"] else ""
    least = min(float(each["bits"]) for each in weighed["stories"])
    best = [each["hypothesis"] for each in weighed["stories"] if float(each["bits"]) == least]
    needed = f"{margin:.1f} are needed{missing}"
    chosen = _own_unit(opened, "setting/groups", "stories") or {}
    if "margin_bits" in chosen:
        asked = float(chosen["margin_bits"]) + float(chosen["missing_family_bits"]) * len(weighed["missing"])
        needed = needed if abs(asked - margin) <= HALF_OF_LAST else f"{asked:.1f} are needed{missing}"
    wanted = [f"{bits:+.1f} bits against the best innocent story, {each}; {needed}" for each in best]
    return wanted, [bits >= margin]


def _beyond_chance(opened: Opened, start: str, said: str) -> Rendered:
    share, most = _own_unit(opened, start, "q-value"), _own_unit(opened, "setting/groups", "max-q")
    runs = _own_unit(opened, "setting/groups", "null-runs")
    if None in (share, most, runs):
        return [], EITHER
    rest = f"over {runs} redrawn populations, at most {float(most):.2g}"
    wanted = [f"q-value {each:.2g} {rest}" for each in _near(share)]
    return wanted, _at_least(most, float(share))


GATES = {
    "size": _size,
    "families": _families,
    "stable": _stable,
    "one operator leads": _lead,
    "beyond chance": _beyond_chance,
}
"""What each gate says, by its name."""


def _own_unit(opened: Opened, start: str, name: str) -> Any:
    return opened.small.get(f"{start}/{name}")


def _near(said: Any) -> list[float]:
    """A number, and what it may have been before it was rounded."""
    number = float(said)
    return [number, number - HALF_OF_LAST, number + HALF_OF_LAST]


def _at_least(said: Any, least: float) -> list[bool]:
    number = float(said)
    return EITHER if abs(number - least) <= HALF_OF_LAST else [number >= least]


# --- the summary ---------------------------------------------------------------------------------


def _summary(opened: Opened, start: str) -> Iterator[Otherwise]:
    path = f"{start}/summary"
    said, accounts = opened.small.get(path), opened.small.get(f"{start}/accounts")
    marks = opened.small.get(f"{start}/marks")
    if said is None or accounts is None:
        return
    if opened.small.get(f"{start}/outcome") == UNRESOLVED:
        begins, ends = f"{how_many(accounts, 'account')}, unresolved: ", ". Nobody in it is accused."
        why = str(opened.small.get(f"{start}/reason"))
        inner = said[len(begins) : len(said) - len(ends)]
        if not (said.startswith(begins) and said.endswith(ends) and fits(why, inner)):
            yield OTHER_SUMMARY, path, f"{begins}{why}{ends}", said
        return
    asked = opened.small.get(f"{start}/interactions")
    begins = how_many(accounts, "account")
    if asked:
        begins += f" and {how_many(int(asked), 'interaction')}"
    ends = "" if marks is None else _apart(marks[:2])
    middle = said[len(begins) : len(said) - len(ends)]
    if asked is None:
        # How many is withheld: any number may be told.
        middle = ASKED.sub("", middle, count=1)
    families = _by_role(middle) if marks is not None else opened.small.get(f"{start}/families")
    if not (said.startswith(begins) and said.endswith(ends)) or families is None:
        yield OTHER_SUMMARY, path, f"{begins} … {ends}", said
    elif sorted(families) != sorted(opened.small.get(f"{start}/families", families)):
        yield OTHER_SUMMARY, path, opened.small[f"{start}/families"], families


OTHER_SUMMARY = "a summary in other words than its numbers give"
ASKED = re.compile(r"^ and [0-9,]+ interactions?")
BY_ROLE = re.compile(r"(?:, linked by (.+?))?(?:, confirmed by (.+))?")


def _by_role(said: str) -> list[str] | None:
    """The families that a summary names, those that link before those that confirm; None where it says
    something else."""
    found = BY_ROLE.fullmatch(said)
    if not found:
        return None
    named = [part.split(", ") for part in found.groups() if part]
    return [each for part in named for each in part] if all(each == sorted(each) for each in named) else None


def _apart(marks: list[dict[str, Any]]) -> str:
    told = [
        f"{float(mark['inside']):.0%} {mark['trait'].replace('_', ' ')} {mark['value']}"
        f" ({float(mark['outside']):.0%} elsewhere)"
        for mark in marks
    ]
    return f"; set apart by {', '.join(told)}" if told else ""
