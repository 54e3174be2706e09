"""The first screen: the groups by size with one line each, what to look at first, and what is unresolved."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linkage.explain.findings import FIRM, THIN
from linkage.hypothesis_names import INNOCENT, UNKNOWN_OPERATOR
from linkage.report.document import Block, Cell, Entry, Index, Number, Points, Prose, Section, Sides
from linkage.report.formatting import clean, count, cut, many, share, spelled
from linkage.report.group_view import Subject

Row = Mapping[str, Any]

CAUTION = (
    "A reported group is a reason to look, no accusation. That one operator runs its accounts is inferred"
    " from coincidences: read what speaks against first."
)

NAMED, UNDECIDED = 6, 5
"""Groups named in one sentence, and unresolved groups listed."""

LINE, VALUE, SETTLES = 260, 48, 160
"""Characters of the line about a group, of a value in it, and of what would decide about one."""


def by_size(subjects: Iterable[Subject]) -> list[Subject]:
    """Reported groups before unresolved ones, then those of most accounts first."""
    return sorted(subjects, key=lambda each: (is_unresolved(each), -size(each), each.name))


def is_unresolved(subject: Subject) -> bool:
    """Whether a group is no finding."""
    return bool(subject.field("outcome") == "unresolved")


def size(subject: Subject) -> int:
    """Accounts of a group; 0 where that is not opened."""
    found = subject.claim("count-members")
    number = found[1]["value"] if found else subject.field("accounts")
    return int(number or 0)


def overview(subjects: Sequence[Subject], elsewhere: Sequence[Row], explained: int | None) -> Section:
    """The section that a report begins with.

    `subjects` are the groups of the report in order; `elsewhere` the unresolved groups of the case that have
    no section (group, accounts, settles); `explained` counts the linked groups that are not reported, None
    where that is not known.
    """
    most = max(map(size, subjects), default=0)
    entries = [_entry(subject, place, most) for place, subject in enumerate(subjects, 1)]
    blocks: list[Block] = [Prose(_lead(subjects, elsewhere)), Prose(CAUTION, strong=True)]
    if entries:
        blocks.append(Index(entries))
    first = [*_first([each for each in subjects if not is_unresolved(each)])]
    left = Section("What to look at first", [Points(first) if first else Prose("Nothing is reported.")])
    right = Section("What is unresolved", [*_unresolved(subjects, elsewhere, explained)])
    return Section("Overview", [*blocks, Sides(left, right)])


def _lead(subjects: Sequence[Subject], elsewhere: Sequence[Row]) -> str:
    reported = [each for each in subjects if not is_unresolved(each)]
    accounts = sum(map(size, reported))
    whole = subjects[0].whole.run.get("run/population") or {} if subjects else {}
    among = f", of {count(whole['accounts'])} accounts in the case" if whole.get("accounts") else ""
    open_ = len(subjects) - len(reported) + len(elsewhere)
    unresolved = f"; {many(open_, 'group')} unresolved" if open_ else ""
    return f"{many(len(reported), 'reported group')} with {many(accounts, 'account')}{among}{unresolved}."


# --- one line a group ----------------------------------------------------------------------------


def _entry(subject: Subject, place: int, most: int) -> Entry:
    return Entry(
        clean(subject.name),
        place,
        stands(subject),
        size(subject) / most if most else 0.0,
        [*_figures(subject)],
        cut(in_one_line(subject), LINE),
    )


def stands(subject: Subject) -> str:
    """How a group stands, in one word or two."""
    if is_unresolved(subject):
        return "unresolved"
    return f"{clean(subject.examination.strength.level)} evidence" if subject.examination else "reported"


def _figures(subject: Subject) -> Iterable[tuple[str, Cell]]:
    for name, method, of in (("accounts", "count-members", ""), ("interactions", "sum-of-days", "by-day")):
        number = subject.number(method, of)
        if number is not None:
            yield name, Number(number.text, number.claim, 0, number.value)
    days = subject.field("active-days")
    if days and days[0]:
        yield "active", f"{days[0]} to {days[1]}"


def in_one_line(subject: Subject) -> str:
    """What links the group and sets it apart; of an unresolved one, what competes."""
    if is_unresolved(subject):
        said = str(subject.field("reason") or "")
    else:
        said = "; ".join(filter(None, (_linked_by(subject), _set_apart(subject))))
    decided = f" A person decided: {subject.verdicts[-1]}." if subject.verdicts else ""
    return f"{said[:1].upper()}{said[1:]}.{decided}" if said else decided.strip()


def _linked_by(subject: Subject) -> str:
    """The families that links rest on; what the summary of the finding says of them, where that is opened."""
    # The summary begins with figures, and ends with marks, which the report has as numbers.
    summary = str(subject.field("summary") or "")
    if said := summary.partition("interactions, ")[2].partition("; set apart by")[0]:
        return said
    own = subject.group.family_bits
    order = sorted(own, key=lambda family: (-own[family][1], family))
    return f"linked by {', '.join(order)}" if order else ""


def _set_apart(subject: Subject) -> str:
    """The value in which the group differs most from the population."""
    marks = subject.field("marks")
    if not marks:
        return ""
    first = marks[0]
    what = f"{clean(first['trait']).replace('_', ' ')} {cut(spelled(first['value']), VALUE)}"
    return f"{share(str(first['inside']))} {what} ({share(str(first['outside']))} elsewhere)"


# --- what to look at first -----------------------------------------------------------------------


def _first(reported: Sequence[Subject]) -> Iterable[str]:
    """In which order a person would go through the groups, and why."""
    waiting = [each for each in reported if not each.verdicts]
    if reported and not waiting:
        yield "A person has decided on every group."
    yield from _start(waiting)
    for each in waiting:
        if (story := known_operator(each)) is not None:
            yield (
                f"{each.name} may be a known operator's: {cut(story['hypothesis'], 80)},"
                f" {clean(story['confidence'])} confidence."
            )
    scored = [each for each in waiting if each.field("distillation") is not None]
    if scored:
        most = max(scored, key=lambda each: float(each.field("distillation")))
        yield (
            f"Most like copying a model through its answers: {most.name}, distillation score"
            f" {share(most.field('distillation'))}."
        )
    if sellers := [each.name for each in waiting if each.field("infrastructure") == "reseller"]:
        yield (
            f"{_listed(sellers)}: the accounts may be a reseller's, and who asks is somebody else. Ask the"
            " reseller before an account is blocked."
        )
    if thin := [each.name for each in waiting if _level(each) == THIN]:
        yield f"Thin evidence, to be checked before anything is done: {_listed(thin)}."


def _level(subject: Subject) -> str:
    return subject.examination.strength.level if subject.examination else ""


def _start(waiting: Sequence[Subject]) -> Iterable[str]:
    firm = [each for each in waiting if _level(each) == FIRM]
    if firm:
        yield f"Begin with {firm[0].name} ({many(size(firm[0]), 'account')}), the largest with firm evidence."
    elif waiting:
        largest = waiting[0]
        reasons = largest.examination.strength.reasons if largest.examination else ()
        weak = f" Its weak point: {cut(reasons[0], 200)}." if reasons else ""
        yield f"Begin with {largest.name} ({many(size(largest), 'account')}), the largest.{weak}"


def known_operator(subject: Subject) -> Row | None:
    """The likeliest known operator that is held for more than little likely; None where there is none."""
    stories = (subject.field("attribution") or {}).get("stories") or ()
    return next(
        (each for each in stories if is_operator(each["hypothesis"]) and each["confidence"] != "low"),
        None,
    )


def is_operator(hypothesis: str) -> bool:
    """Whether a hypothesis is a known operator."""
    return hypothesis not in (UNKNOWN_OPERATOR, *INNOCENT)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _unresolved(
    subjects: Sequence[Subject], elsewhere: Sequence[Row], explained: int | None
) -> Iterable[Block]:
    own = [
        {
            "group": each.name,
            "accounts": size(each),
            "settles": each.field("settles-in-full") or each.field("settles"),
        }
        for each in subjects
        if is_unresolved(each)
    ]
    rows = [*own, *elsewhere]
    if rows:
        yield Prose("One operator or an innocent explanation: what is known does not say which.")
        yield Points([_open_question(each) for each in rows[:UNDECIDED]])
        if (more := len(rows) - UNDECIDED) > 0:
            yield Prose(f"and {many(more, 'more group')}: linkage groups CASE --unresolved")
    else:
        yield Prose("No group is unresolved.")
    if explained:
        yield Prose(
            f"{many(explained, 'more linked group')} not reported: an innocent explanation, or too little"
            " evidence."
        )


def _open_question(row: Row) -> str:
    settles = f": {cut(row['settles'], SETTLES)}" if row.get("settles") else ""
    return f"{clean(row['group'])}, {many(int(row['accounts']), 'account')}{settles}"
