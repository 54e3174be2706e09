"""V2: what is said in two places of a bundle is the same in both, and units belong together as they do in
a case: no account twice, no link of an account with itself, no pair linked twice.

Nothing here tells a lie that agrees with itself; only a re-run does.
"""

from collections import Counter
from typing import Any

from linkage.bundle.checks.bundle_files import Content
from linkage.bundle.checks.custody_chain import CUSTODY, Act
from linkage.bundle.checks.disclosures import OPENED, Opened, short_path, small_under
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.seal_page import SEAL, Seal
from linkage.bundle.checks.strict_json import count_of

WITHHELD_WORD = "[withheld]"
"""What stands in a sentence in place of a value that could name somebody."""

TORN = ("op-" + WITHHELD_WORD, WITHHELD_WORD + "-")
"""A name of a group of which an account's name hid a part."""


def check_agreement(content: Content, seal: Seal, opened: Opened, acts: list[Act]) -> None:
    """Seal and run, custody and run, numbers of a group, its points against, its accounts and links."""
    report = content.report
    run = opened.small.get("run/sha256")
    if run is not None and run != seal["run-sha256"]:
        report.fault("V2", "the seal is of another run", SEAL, expected=run, found=seal["run-sha256"])
    _attempts(seal, opened, acts, report)
    for group in sorted(map(str, opened.view.get("groups", ()))):
        _said_twice(group, opened, report)
        _same_points(group, opened, report)
        _joined_accounts(group, opened, report)
    _one_each(opened, report)
    _one_whole(opened, report)
    _rested_on(opened, report)


def _rested_on(opened: Opened, report: Report) -> None:
    """What links rest on was seen, of the accounts they are between, by signals that there are."""
    told = {tuple(value[:2]) for path, value in small_under(opened, "signal/")}
    if opened.reasons is not None:
        hides_seen = any(name.startswith("seen.") for name in opened.view.get("withheld", ()))
        accounts = (opened.small.get("run/population") or {}).get("accounts")
        opened.reasons.tell(told, report, accounts=accounts, hides_seen=hides_seen)


def _one_whole(opened: Opened, report: Report) -> None:
    """Whoever has a name, or did something, is a member with a name, as far as that is not withheld."""
    hides = {name: opened.hides(name) for name in ("account.member", "account.name")}
    seen = set() if opened.reasons is None else opened.reasons.seen_of
    some = seen | opened.names.keys() | opened.member_of.keys()
    for name, known in (("account.member", opened.member_of), ("account.name", opened.names)):
        for account in sorted(some - known.keys()) if not hides[name] else ():
            report.fault("V2", "an account of which not everything is told", name, found=account)


def _attempts(seal: Seal, opened: Opened, acts: list[Act], report: Report) -> None:
    """Every run that custody says was begun is among those that are told."""
    told = opened.small.get("run/attempts")
    begun = sum(row.get("act") == "compute-begun" for row in acts[: count_of(seal["custody-entries"]) or 0])
    if isinstance(told, list) and len(told) < begun:
        report.fault("V2", "runs of which custody tells were left out", CUSTODY, expected=begun, found=told)


def _said_twice(group: str, opened: Opened, report: Report) -> None:
    """How many accounts and links a group has, where it is said a second time."""
    sealed, start = opened.sealed(group), f"group/{group}"
    accounts, links = opened.small.get(f"{start}/accounts"), opened.small.get(f"{start}/links")
    if accounts is not None and (type(accounts) is not int or accounts != sealed["member"]):
        what = "a group of another number of accounts than of members"
        report.fault("V2", what, f"{start}/accounts", expected=sealed["member"], found=accounts)
    if links is not None and (not _is_pair(links) or links[1] != sealed["link"] or links[0] < links[1]):
        what = "a group of another number of links than were sealed"
        report.fault("V2", what, f"{start}/links", expected=sealed["link"], found=links)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)


def _same_points(group: str, opened: Opened, report: Report) -> None:
    """A point in full is the point that is counted, with the values that this one leaves out."""
    said = opened.points(group)
    full = {path for path, _ in small_under(opened, f"against/{group}/") if path.endswith("/in-full")}
    for path in said:
        own = f"{path.removesuffix('said')}in-full"
        if own in full and not fits(str(opened.small[path]), str(opened.small[own])):
            what = "a point against that says something else in full"
            report.fault("V2", what, own, expected=opened.small[path], found=opened.small[own])
    for path in sorted(full - {f"{each.removesuffix('said')}in-full" for each in said}):
        report.fault("V2", "a point against in full that is not counted", path, found=opened.small[path])


def fits(said: str, full: str) -> bool:
    """Whether a sentence is another one with some of its words withheld."""
    if TORN[0] in said or TORN[1] in said:
        # The name of a group is replaced in both, and part of it was withheld before in one of them.
        said = said.replace(TORN[0], WITHHELD_WORD)
        return full.startswith(said.partition(WITHHELD_WORD)[0])
    start, *rest = said.split(WITHHELD_WORD)
    if not rest:
        return said == full
    *between, end = rest
    if not full.startswith(start) or not full.endswith(end):
        return False
    place, last = len(start), len(full) - len(end)
    for part in between:
        # At least one character is withheld; the first place leaves most for what follows.
        found = full.find(part, place + 1, last)
        if found < 0:
            return False
        place = found + len(part)
    return place < last


def _joined_accounts(group: str, opened: Opened, report: Report) -> None:
    pairs: set[tuple[str, ...]] = set()
    strange = {
        account
        for account, member in opened.member_of.items()
        if short_path(f"member/{group}/{member}/standing") not in opened.paths
    }
    if opened.hides("member.standing"):
        strange.clear()
    for name, ends in sorted(opened.ends.get(group, {}).items()):
        pair = tuple(sorted(map(str, ends))) if isinstance(ends, list) else ()
        for wrong, what in (
            (len(set(pair)) != 2, "a link that is none between two accounts"),
            (pair in pairs, "two links between the same two accounts"),
            (not strange.isdisjoint(pair), "a link with somebody who is no member"),
        ):
            if wrong:
                report.fault("V2", what, f"link/{group}/{name}/ends", found=ends)
        pairs.add(pair)


def _one_each(opened: Opened, report: Report) -> None:
    for what, values in (
        ("one account under two handles", opened.names),
        ("one member who is two accounts", opened.member_of),
    ):
        for value, count in Counter(values.values()).items():
            if count > 1:
                report.fault("V2", what, OPENED, expected="one", found=value)
