"""What the accounts of a group have in common, what they sent, and who they are."""

from collections.abc import Iterable

from linkage.report.document import Block, Cell, Example, Names, Prose, Section, Table
from linkage.report.formatting import clean, count, cut, many, share
from linkage.report.group_view import Subject
from linkage.report.opened_units import INDICATORS
from linkage.report.sent_text import Sent

OF_TRAIT, LEAST = 5, 2
"""Values shown of each trait; and by how many accounts a value must be held to be shared."""

NAMED = 1_000
"""Accounts named in a report, the first by name; all are in the spreadsheet, or among the opened units."""

GIST = 90
"""Characters of what stands beside the title of a folded section."""

LONGEST = 1_200
"""Characters shown of an example."""


def indicators(subject: Subject) -> Section:
    """Cards, addresses and the like, by how many accounts of the group hold them."""
    accounts = len(subject.group.members)
    rows: list[tuple[Cell, ...]] = []
    exact = True
    for trait in INDICATORS:
        own, whole = _shared(subject, trait)
        exact = exact and whole
        for number, (value, holders) in enumerate(own[:OF_TRAIT]):
            part = share(str(holders / accounts)) if accounts else ""
            rows.append(("" if number else trait.replace("-", " "), cut(value, 160), count(holders), part))
        if len(own) > OF_TRAIT:
            rows.append(("", f"and {len(own) - OF_TRAIT:,} more that are shared", "", ""))
    if not rows:
        missing = subject.missing("Values that accounts share", "seen.ip", "seen.*")
        return Section("What they share", [missing], folded=True)
    caption = "Values held by two accounts of the group or more"
    if not exact:
        caption += "; the group is so large that these are lower bounds"
    table = Table(caption, ("Trait", "Value", "Accounts", "Share"), rows, frozenset((2, 3)), wide=1)
    remark = "That a value is shared says little where many outside the group hold it, too."
    gist = ", ".join(dict.fromkeys(str(row[0]) for row in rows if row[0]))
    return Section("What they share", [Prose(remark), table], cut(gist, GIST), folded=True)


def _shared(subject: Subject, trait: str) -> tuple[list[tuple[str, int]], bool]:
    """Values with their holders, most first; and whether all were counted from the first to the last."""
    kinds = subject.group.values.get(trait, {})
    counted = kinds.get("seen") or kinds.get("seen-days")
    if counted is None:
        return [], True
    own = [(value, holders) for value, holders in counted.counts.items() if holders >= LEAST]
    return sorted(own, key=lambda each: (-each[1], each[0])), not counted.forgot


def sent(subject: Subject) -> Section:
    """What they sent, as far as its text may be shown."""
    found = subject.group.sent
    blocks: list[Block] = []
    for number, each in enumerate(found, 1):
        said = f"{number}. {each.kind.capitalize()}{', masked' * each.masked}{_senders(subject, each)}"
        blocks.append(Prose(said) if each.text is None else Example(said, _example(each.text)))
    if subject.why_not("template.example"):
        blocks.insert(0, subject.missing("The text of requests", "template.example"))
    elif not found:
        blocks.append(Prose("No text was sent by more than one account of the group, or no text was read."))
    else:
        blocks.insert(0, Prose(QUOTED))
    gist = f"{many(len(found), 'text')} that few others sent" if found else ""
    return Section("What they sent", blocks, gist, folded=True)


QUOTED = (
    "Accounts of the group sent each of these; what few others sent comes first. Templates, system prompts"
    " and sentences are counted with their near-duplicates, and one that the group sent is quoted. What"
    " others sent, too, and every sentence by itself, is masked: marks stand for numbers, links, names of"
    " files and quotations."
)


def _senders(subject: Subject, each: Sent) -> str:
    """How many sent it, where that is opened."""
    if each.counts is None:
        return ""
    members, others, uses = each.counts
    group = many(len(subject.group.members), "account")
    rest = f"{many(others, 'other account')} sent it, too" if others else "nobody else sent it"
    return f": sent {many(uses, 'time')} by {members:,} of {group} of the group; {rest}"


def _example(text: object) -> str:
    said = clean(text)
    more = len(said) - LONGEST
    return f"{said[:LONGEST]}… ({more:,} more characters)" if more > 0 else said


def members(subject: Subject) -> Section:
    """The accounts, core and fringe."""
    whole, group = subject.whole, subject.group
    named = {member: whole.names.get(account) for account, member in whole.member_of.items()}
    blocks: list[Block] = []
    left = NAMED
    for role in ("core", "fringe"):
        own = [member for member, (_, part) in group.members.items() if part == role]
        if not own:
            continue
        names = sorted(name for member in own if (name := named.get(member)) is not None)
        lowest = min((group.members[member][0] for member in own), key=float)
        said = (
            f"{role.capitalize()}: {many(len(own), 'account')}, in at least {share(lowest)} of resampled runs"
        )
        if names:
            more = len(names) - left
            where = "data/disclosures.jsonl" if subject.sealed else "the spreadsheet"
            said += f"; {more:,} more are in {where}" if more > 0 else ""
            blocks.append(Names(said, [cut(name, 80) for name in names[:left]]))
            left = max(left - len(names), 0)
        else:
            blocks.append(Prose(said))
    if subject.why_not("account.name"):
        blocks.append(subject.missing("Which accounts these are", "account.name"))
    return Section("Accounts", [*_role(), *blocks], many(len(group.members), "account"), folded=True)


def _role() -> Iterable[Block]:
    yield Prose(
        "Of the core are the accounts that stay with the group in nearly all resampled runs, with a tenth"
        " of the evidence left out each time; the fringe comes and goes."
    )
