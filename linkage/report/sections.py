"""A report from opened units: which sections there are, in which order, and which of them are folded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from linkage.report import (
    activity,
    appendix,
    assessment,
    case_overview,
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
    verification, what is withheld and why, what people decided on groups. `sealed`: it stands in a bundle.
    `unresolved` are groups of the case that may have no section (group, accounts, settles), `explained` how
    many linked groups are not reported; both are empty where that is not to be said."""

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

    unresolved: Sequence[Row] = ()
    explained: int | None = None
    sealed: bool = False
    scripted: bool = False
    day: str = ""


def document(source: Source, given: Given) -> tuple[Document, Whole]:
    """The report, and what it was made of."""
    whole = gather(source, overview.VALUES)
    told = subjects(whole, given)
    made = Document(
        title=given.title,
        label=given.label,
        about=given.about,
        opening=[overview_of(told, given), appendix.limits(sealed=given.sealed)],
        groups=[Group(each.name, sections(each), " ".join(each.verdicts[-1:])) for each in told],
        closing=[
            *appendix.ladder(given.ladder),
            *appendix.words(given.words, given.why_words),
            *appendix.errors(given.errors),
            *appendix.withheld(given.withheld),
            appendix.receipts(whole),
        ],
        day=given.day or last_day(whole),
        scripted=given.scripted,
    )
    return made, whole


def subjects(whole: Whole, given: Given) -> list[Subject]:
    """The groups of which anything is opened, in the order of a report."""
    return case_overview.by_size(
        Subject(name, whole, group, given.withheld, given.verdicts.get(name, ()), given.sealed)
        for name, group in whole.groups.items()
        if group.claims or group.fields
    )


def overview_of(told: Sequence[Subject], given: Given) -> Section:
    """The first section: all groups at once."""
    named = {each.name for each in told}
    elsewhere = [each for each in given.unresolved if each["group"] not in named]
    return case_overview.overview(told, elsewhere, given.explained)


def last_day(whole: Whole) -> str:
    """The last day any group was active: a report has no clock."""
    known = [
        str(days[1])
        for group in whole.groups.values()
        if (days := group.fields.get("active-days")) and days[1]
    ]
    return max(known, default="2000-01-01")


def sections(subject: Subject) -> list[Section]:
    """All sections of one group: first those that everybody reads, then those that are folded."""
    return [
        overview.headline(subject),
        overview.sides(subject),
        overview.strongest(subject),
        _when(subject),
        shared_traits.sent(subject),
        assessment.taken(subject),
        overview.marks(subject),
        shared_traits.indicators(subject),
        assessment.competing(subject),
        assessment.explanations(subject),
        assessment.stability(subject),
        assessment.whose(subject),
        assessment.gates(subject),
        _network(subject),
        _bits(subject),
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
        "the mean link family by family, and one link reason by reason" if found else "",
        folded=True,
    )


def _network(subject: Subject) -> Section:
    picture = link_diagram.picture(subject.whole, subject.group)
    found: list[Block] = [picture] if picture is not None else [
        subject.missing("Which accounts are linked with which", "link.ends", "link.strength")
    ]  # fmt: skip
    gist = picture.said if picture is not None else ""
    return Section("Who is linked with whom", found, gist, folded=True)
