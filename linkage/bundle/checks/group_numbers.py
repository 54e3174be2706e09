"""V2: the numbers of a group and of a run agree wherever they are said, and none is one that cannot be.

A case says many numbers twice: requests in all, by day and by hour; accounts, and how many were examined.
Whoever changes one of them changes all, or is told here. What agrees throughout only a re-run can tell.
"""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from linkage.bundle.checks.disclosures import MICRO, Opened, micro, small_under
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.limits import SAFE_INTEGER
from linkage.bundle.checks.outcomes import REPORTED
from linkage.bundle.checks.strict_json import NotStrict

HOURS, WEEKDAYS = 24, 7
ROUNDED = 1
"""Millionths by which a mean of numbers with six decimals can be off."""

SHARES = ("q-value", "distillation", "stability")
"""Numbers of a group that are shares: from 0 to 1."""

WHOLE = ("interactions", "input-tokens", "output-tokens")
"""Numbers of a group that are counted."""

Wrong = tuple[str, str, object, object]
"""What is wrong, the unit it is said in, what follows from the other units, and what is said."""


def check_numbers(opened: Opened, report: Report) -> None:
    """Every group that the view names, and the run."""
    rules: list[Callable[[Opened, str], Iterator[Wrong]]] = [
        _counted, _shares, _by_day, _activity, _standings, _examined, _stories, _attributed, _texts,
    ]  # fmt: skip
    for group in sorted(map(str, opened.view.get("groups", ()))):
        for rule in rules:
            _tell(f"group/{group}", rule, opened, report)
    _tell("run", lambda opened, _: _of_run(opened), opened, report)


def _tell(start: str, rule: Callable[[Opened, str], Iterator[Wrong]], opened: Opened, report: Report) -> None:
    try:
        for what, path, expected, found in rule(opened, start):
            report.fault("V2", what, path, expected=expected, found=found)
    except (NotStrict, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        report.fault("V2", f"numbers of another form: {error}", start)


def _counted(opened: Opened, start: str) -> Iterator[Wrong]:
    for name in WHOLE:
        value = opened.small.get(path := f"{start}/{name}")
        if value is not None and not (_is_counted(value) or _is_large(value)):
            yield "a count that is none", path, "a whole number from 0 on", value


def _shares(opened: Opened, start: str) -> Iterator[Wrong]:
    found = {f"{start}/{name}": [opened.small.get(f"{start}/{name}")] for name in SHARES}
    found[f"{start}/targets"] = [share for _, share in opened.small.get(f"{start}/targets") or ()]
    found[f"{start}/marks"] = [
        mark[side] for mark in opened.small.get(f"{start}/marks") or () for side in ("inside", "outside")
    ]
    for path, values in found.items():
        for value in values:
            if value is not None and not 0 <= float(value) <= 1:
                yield "a share that is none", path, "0 to 1", value


def _by_day(opened: Opened, start: str) -> Iterator[Wrong]:
    """Days are days, each once and in order; of an account's registration there is one."""
    for name in ("by-day", "registrations"):
        rows = opened.small.get(path := f"{start}/{name}") or []
        days = [day for day, _ in rows]
        dates = [str(datetime.date.fromisoformat(day)) for day in days]
        if days != sorted(set(dates)) or not all(_is_counted(count) for _, count in rows):
            yield "days that are none, or twice, or out of order", path, "each day once, and its count", days
    opened_on = _total(opened.small.get(f"{start}/registrations"))
    accounts = opened.small.get(f"{start}/accounts")
    if accounts is not None and opened_on > accounts:
        yield "more registrations than accounts", f"{start}/registrations", accounts, opened_on


def _activity(opened: Opened, start: str) -> Iterator[Wrong]:
    """What the accounts did, by day, by hour and in all."""
    rows = opened.small.get(f"{start}/by-day")
    if not rows:
        return
    total = _total(rows)
    hours, week = opened.small.get(f"{start}/hours"), opened.small.get(f"{start}/week")
    said = {
        "interactions": opened.small.get(f"{start}/interactions"),
        "hours": _total(hours) if hours else None,
        "week": sum(map(sum, week)) if week else None,
    }
    for name, number in said.items():
        if number is not None and number != total and not _is_large(number):
            yield "another number of requests than by day", f"{start}/{name}", total, number
    if hours and [hour for hour, _ in hours] != [f"{hour:02d}" for hour in range(HOURS)]:
        yield "hours that are not those of a day", f"{start}/hours", HOURS, hours
    if week and [len(each) for each in week] != [HOURS] * WEEKDAYS:
        yield "hours that are not those of a week", f"{start}/week", HOURS * WEEKDAYS, week
    span, active = opened.small.get(f"{start}/active-days"), [day for day, count in rows if count]
    if span and None not in span and active and not span[0] <= active[0] <= active[-1] <= span[1]:
        yield "requests on days on which the group was not active", f"{start}/by-day", span, active
    exact = opened.small.get(f"{start}/active")
    if exact and span and None not in (*exact, *span) and [each[:10] for each in exact] != span:
        yield "other days than the group was active on", f"{start}/active-days", exact, span


def _standings(opened: Opened, start: str) -> Iterator[Wrong]:
    """How surely the members belong, one by one and on average, and who of them is core."""
    members = opened.members.get(start.partition("/")[2])
    if not members or opened.hides("member.standing"):
        return
    mean, said = sum(share for share, _ in members) / len(members), opened.small.get(f"{start}/stability")
    if said is not None and abs(micro(said) - mean) > ROUNDED:
        yield "a stability that is not the mean of its members", f"{start}/stability", mean / MICRO, said
    core = opened.small.get("setting/groups/core")
    if core is None:
        return
    from_here = float(core) * MICRO
    for share, role in members:
        if abs(share - from_here) > ROUNDED and (role == "core") != (share > from_here):
            yield (
                "a member of another role than its membership gives",
                start,
                core,
                f"{share / MICRO}, {role}",
            )


def _examined(opened: Opened, start: str) -> Iterator[Wrong]:
    """The group that was examined is the one that is shown, and it was held to gates."""
    if opened.small.get(f"{start}/outcome") == REPORTED and opened.small.get(f"{start}/gates") == []:
        yield "a group that was held to no gate", f"{start}/gates", "every gate", []
    about = opened.small.get(path := f"{start}/examined")
    members = opened.members.get(start.partition("/")[2])
    if not about or not members or opened.hides("member.standing"):
        return
    core = sum(role == "core" for _, role in members)
    expected = {"accounts": len(members), "core": core, "fringe": len(members) - core}
    if links := opened.small.get(f"{start}/links"):
        expected["links"] = links[0]
    found = {name: about[name] for name in expected}
    if found != expected:
        yield "another group than was examined", path, expected, found


def _stories(opened: Opened, start: str) -> Iterator[Wrong]:
    """One operator leads by what it leads the best innocent explanation by."""
    weighed = opened.small.get(path := f"{start}/competing")
    if not weighed or not weighed.get("stories"):
        return
    least = min(float(each["bits"]) for each in weighed["stories"])
    for where, said in (
        (path, weighed.get("favours")),
        (f"{start}/favours", opened.small.get(f"{start}/favours")),
    ):
        if said is not None and abs(float(said) - least) * MICRO > ROUNDED:
            yield "a lead that is not that over the best innocent explanation", where, least, said


def _attributed(opened: Opened, start: str) -> Iterator[Wrong]:
    """No story is held with more confidence than its odds give."""
    about = opened.small.get(path := f"{start}/attribution") or {}
    bands = {name: float(each) for name, each in about.get("bands", {}).items()}
    for story in about.get("stories", ()):
        odds, said = float(story["log_odds"]), story["confidence"]
        if said in bands and odds < bands[said]:
            yield "a story held with more confidence than its odds give", path, bands[said], odds


def _texts(opened: Opened, start: str) -> Iterator[Wrong]:
    """No text was sent by more members than there are."""
    group = start.partition("/")[2]
    accounts = opened.sealed(group)["member"]
    for path, (members, others, uses) in opened.sent.get(group, ()):
        if not all(map(_is_counted, (members, others, uses))) or members > accounts or uses < members:
            found = [members, others, uses]
            yield "a text that more sent than there are", path, f"at most {accounts} members", found


def _of_run(opened: Opened) -> Iterator[Wrong]:
    """Rows of each source, the seed, and how many accounts there are to find groups among."""
    seeds = [opened.small.get(path) for path in ("run/seed", "setting/run/seed")]
    if None not in seeds and seeds[0] != seeds[1]:
        yield "two seeds of one run", "run/seed", seeds[1], seeds[0]
    yield from _sources(opened)
    groups = [str(each) for each in opened.view.get("groups", ())]
    members = sum(opened.sealed(each)["member"] for each in groups)
    population = opened.small.get("run/population") or {}
    if "accounts" in population and population["accounts"] < members:
        yield "more members than accounts", "run/population", members, population["accounts"]
    links = sum(sum(opened.small.get(f"group/{each}/links", ())[:1]) for each in groups)
    if "links" in population and population["links"] < links:
        yield "more links of groups than there are", "run/population", links, population["links"]
    tables = opened.small.get("run/outputs") or {}
    found = [each for each in groups if opened.small.get(f"group/{each}/outcome") == REPORTED]
    listed = sum(opened.sealed(each)["member"] for each in found)
    for name, least in (("findings.parquet", len(found)), ("groups.parquet", listed)):
        if "rows" in tables.get(name, ()) and tables[name]["rows"] < least:
            yield "a table with fewer rows than are shown", "run/outputs", least, tables[name]["rows"]


def _sources(opened: Opened) -> Iterator[Wrong]:
    """Sources are numbered without a gap, and each row of one was used, filtered or set aside."""
    given = dict(small_under(opened, "run/input/"))
    for kind in ("content", "file"):
        found = [path for path in given if path.endswith(f"/{kind}")]
        if not opened.hides(f"run.{kind}") and found != [
            f"run/input/{number:05d}/{kind}" for number in range(len(found))
        ]:
            yield "a source that is neither opened nor withheld", f"run.{kind}", len(found), found[-1]
    for path, row in given.items():
        if path.endswith("/content") and "rows" in row:
            kinds = [row.get(name) or {} for name in ("filtered", "quarantined")]
            used = row.get("used", 0) + sum(sum(each.values()) for each in kinds)
            if used != row["rows"]:
                yield "a source with other rows than were used or set aside", path, used, row["rows"]


def _total(rows: Any) -> int:
    return sum(count for _, count in rows or ())


def _is_counted(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_large(value: Any) -> bool:
    """Whether a text is a count too large for a number of JSON."""
    return isinstance(value, str) and value.isascii() and value.isdigit() and int(value) > SAFE_INTEGER
