"""A report from opened units: which sections there are, and in which order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linkage.report import (
    activity,
    appendix,
    assessment,
    contributions,
    link_diagram,
    overview,
    shared_traits,
)
from linkage.report.document import Block, Document, Group, Picture, Section
from linkage.report.group_view import Subject
from linkage.report.opened_units import Source, Whole, gather

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Given:
    """What a report is given beside the units: its title and label, what it is about, the rungs of
    verification, what is withheld and why, what people decided on groups. `sealed`: it stands in a bundle."""

    title: str
    label: str
    about: Sequence[tuple[str, str]] = ()
    ladder: Sequence[tuple[str, str]] = ()
    withheld: Mapping[str, Row] = field(default_factory=dict)
    verdicts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    words: Sequence[tuple[str, ...]] = ()
    """The table of words for numbers: bits, log10 and ratio below which each stands, and the word."""

    why_words: Sequence[str] = ()
    errors: Sequence[tuple[str, str, str]] = ()
    """Sources of error: what was checked of each, and the result."""

    sealed: bool = False
    scripted: bool = False
    day: str = ""


def document(source: Source, given: Given) -> tuple[Document, Whole]:
    """The report, and what it was made of."""
    whole = gather(source, overview.VALUES)
    groups = [
        Group(name, sections(Subject(name, whole, group, given.withheld, given.verdicts.get(name, ()))))
        for name, group in sorted(whole.groups.items())
        if group.claims or group.fields
    ]
    made = Document(
        title=given.title,
        label=given.label,
        about=given.about,
        opening=[appendix.limits(given.ladder, sealed=given.sealed)],
        groups=groups,
        closing=[
            *appendix.words(given.words, given.why_words),
            *appendix.errors(given.errors),
            appendix.receipts(whole),
            *appendix.withheld(given.withheld),
        ],
        day=given.day or _last_day(whole),
        scripted=given.scripted,
    )
    return made, whole


def _last_day(whole: Whole) -> str:
    """The last day any group was active: a report has no clock."""
    known = [
        str(days[1])
        for group in whole.groups.values()
        if (days := group.fields.get("active-days")) and days[1]
    ]
    return max(known, default="2000-01-01")


def sections(subject: Subject) -> list[Section]:
    """All sections of one group."""
    return [
        overview.headline(subject),
        overview.sides(subject),
        _when(subject),
        _bits(subject),
        overview.strongest(subject),
        _network(subject),
        assessment.stability(subject),
        assessment.competing(subject),
        assessment.explanations(subject),
        shared_traits.indicators(subject),
        shared_traits.sent(subject),
        assessment.taken(subject),
        assessment.whose(subject),
        assessment.gates(subject),
        shared_traits.members(subject),
        overview.claims(subject),
    ]


def _drawn(pictures: Iterable[Picture | None]) -> list[Block]:
    return [each for each in pictures if each is not None]


def _when(subject: Subject) -> Section:
    fields = subject.group.fields
    days = activity.timeline(fields.get("registrations") or (), fields.get("by-day") or ())
    week = activity.week(fields.get("week") or ()) or activity.hours(fields.get("hours") or ())
    found = _drawn([days, week])
    return Section("When", found or [subject.missing("When they were active", "group.by-day", "group.hours")])


def _bits(subject: Subject) -> Section:
    found = _drawn(
        [
            contributions.of_group(subject.whole, subject.group),
            contributions.of_link(subject.whole, subject.group),
        ]
    )
    return Section(
        "Where the bits come from",
        found or [subject.missing("Bits of links", "link.weights", "run.prior-bits")],
    )


def _network(subject: Subject) -> Section:
    picture = link_diagram.picture(subject.whole, subject.group)
    found: list[Block] = [picture] if picture is not None else [
        subject.missing("Which accounts are linked with which", "link.ends", "link.strength")
    ]  # fmt: skip
    return Section("Who is linked with whom", found)
