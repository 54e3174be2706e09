"""A dossier: one page for each group, with the questions that a legal reader asks and what the logs answer.

The questions are those that a law on attacks by distillation would have assessed: who provides the accounts,
who asks, from where, by which methods, how much, when, and at what. Where the logs cannot say, it says so.
"""

from collections.abc import Iterable, Mapping, Sequence

from linkage.report import appendix, sections
from linkage.report import dossier_answers as answers
from linkage.report.document import Answer, Answers, Document, Facts, Group, Prose, Section
from linkage.report.dossier_answers import LINE, NOT_HERE
from linkage.report.formatting import clean, cut, sentence
from linkage.report.group_view import Subject, as_number
from linkage.report.opened_units import Source, Whole, gather


def dossier(source: Source, given: sections.Given, settles: Mapping[str, str]) -> tuple[Document, Whole]:
    """One page for each group, and what it was made of; `settles` says of a group what would decide, where
    that is known."""
    whole = gather(source, 0)
    told = sections.subjects(whole, given)
    made = Document(
        title=given.title,
        label=given.label,
        about=given.about,
        opening=(),
        groups=[Group(each.name, [_page(each, settles.get(each.name, ""))]) for each in told],
        day=given.day or sections.last_day(whole),
        contents=False,
    )
    return made, whole


def _page(subject: Subject, settles: str) -> Section:
    questions = (
        ("Who runs the accounts", answers.provider(subject)),
        ("Who asks", answers.asker(subject)),
        ("From where", answers.place(subject)),
        ("For whom, or with a state's help", ()),
        ("Method", answers.method(subject)),
        ("Amount", answers.amount(subject)),
        ("Period", answers.period(subject)),
        ("Models", answers.models(subject)),
        ("Capabilities", answers.capabilities(subject)),
        ("Known operators", answers.known_operators(subject)),
        ("What speaks against", answers.against(subject)),
        ("What would decide", (sentence(settles),) if settles else ()),
        ("MITRE ATLAS", answers.atlas(subject)),
    )
    rows = [_answer(name, [*map(clean, said)]) for name, said in questions]
    return Section("", [*_standing(subject), Answers(rows), Prose(appendix.LIMITS)])


def _answer(question: str, said: Sequence[str]) -> Answer:
    known = len(said) > 1 or not said[0].startswith(NOT_HERE) if said else False
    return Answer(question, said or [f"{NOT_HERE}."], known)


def _standing(subject: Subject) -> Iterable[Facts | Prose]:
    """How firmly the group stands, and what a person decided."""
    yield from (Prose(clean(said), strong=True) for said in subject.undecided)
    facts = []
    for says, method, of in (
        ("Accounts", "count-members", ""),
        ("Interactions", "sum-of-days", "by-day"),
        ("Log-odds, bits", "as-run", "log-odds"),
        ("q-value", "as-run", "q-value"),
    ):
        found = subject.claim(method, of)
        if found is not None:
            number = as_number(0, found[1])
            facts.append((says, number, str(found[1].get("words") or "")))
    if facts:
        yield Facts(facts)
    yield from (Prose(f"A person decided: {clean(said)}", strong=True) for said in subject.verdicts)
    if subject.examination:
        strength = subject.examination.strength
        why = f": {'; '.join(strength.reasons)}" if strength.reasons else ""
        yield Prose(cut(f"The evidence is {strength.level}{why}.", 2 * LINE))
