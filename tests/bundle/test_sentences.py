"""Sentences that a key-holder changes: each is rendered again from the units whose numbers it states.

What is said of a gate, of a reason and of a whole group is refused without a re-run where the units that it
speaks of say otherwise; each forgery makes everything else fit.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.checks.disclosures import Opened
from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.points_found import WOULD_BE, check_points, examined_points
from linkage.bundle.checks.reason_forms import NO_VALUE, OBSERVED, TRAITS, stated
from linkage.bundle.checks.said_numbers import GATES, check_sentences
from linkage.bundle.policy import read_policy
from linkage.bundle.units import plain, slug
from linkage.evidence.signals.registry import SIGNALS, WHOLE_CASE
from linkage.explain import strength
from linkage.explain.findings import (
    Agreement,
    BenignExplanation,
    CounterEvidence,
    Examination,
    FamilyAblation,
    HoursCompared,
    MemberDifference,
    Remains,
    Source,
    SourceAblation,
    Strength,
    Value,
    WeakestCut,
    WeakestMember,
)
from linkage.explain.gate_words import FAILS
from linkage.settings.explain import Strength as Thresholds
from tests.bundle.forger import Forger, forge
from tests.bundle.lies import Lying, both, field, first, softened
from tests.bundle.made import contradicted, standalone
from tests.bundle.whole import Whole, named_in

WORDS = "a gate in other words than its numbers give"
OUTCOME = "a gate with another outcome than its numbers give"
SUMMARY = "a summary in other words than its numbers give"
POINT = "a point against in other words than its examination gives"
NOBODY = "reasons that rest on observations of nobody, or of somebody else"
REASON = "a reason in other words than a run gives"


def gate(of: str, /, **said: Any) -> Lying:
    """A gate of which something else is said."""
    return field("gates", lambda own: [{**row, **said} if row["name"] == of else row for row in own])


def reasons(change: Callable[[list[Any]], list[Any]], of: str = "") -> Lying:
    """The first reason of every link, said otherwise; `of` words in it."""

    def lie(forger: Forger, group: str) -> None:
        changed = 0
        for path in forger.paths(f"link/{group}/", "/reasons"):
            rows = [change(row) if of in row[1] else row for row in forger[path]]
            changed += rows != forger[path]
            forger[path] = rows
        assert changed

    return lie


def worded(old: str, new: str) -> Lying:
    """Every reason with other words."""
    return reasons(lambda row: [row[0], row[1].replace(old, new), *row[2:]])


def examined(**said: Any) -> Lying:
    """An examination that found something else."""
    return field("examined", lambda own: {**own, **said})


def another_value(forger: Forger, group: str) -> None:
    """One link rests on a card that its two accounts never held."""
    first("link/{group}/", "/reasons", lambda rows: [["4111 1111", *rows[0][1:]], *rows[1:]])(forger, group)


def rarer_in_one(forger: Forger, group: str) -> None:
    """In one link a value is rarer than in the others."""
    path = forger.paths(f"link/{group}/", "/reasons")[0]
    rows = [[value, said.replace("by 12 of", "by 2 of"), *held] for value, said, *held in forger[path]]
    forger.change(path, lambda _: rows)


def work(**changes: Callable[[Any], Any]) -> Lying:
    """What a group took, said otherwise."""
    return field("taken", lambda own: {**own, **{name: new(own[name]) for name, new in changes.items()}})


def sent_by_fewer(forger: Forger, group: str) -> None:
    """One account did not send a text that all are said to have sent."""
    gone = forger.paths("seen/", "/segment")[0]
    forger[gone] = forger[gone][:1]
    forger[gone.replace("seen/", "seen-days/")] = forger[gone.replace("seen/", "seen-days/")][:1]


def of_signal(forger: Forger, group: str, old: str, new: str, family: str) -> None:
    """All reasons by one signal as if they were by another."""
    for path in forger.paths(f"link/{group}/", "/weights"):
        forger[path] = [[new, family, row[2]] if row[0] == old else row for row in forger[path]]
        said = path.replace("/weights", "/reasons")
        forger[said] = [
            [value, words.partition(";")[0] if row[0] == new else words, *held]
            for row, (value, words, *held) in zip(forger[path], forger[said], strict=True)
        ]


LIES: dict[str, tuple[Lying, str]] = {
    "a gate passed by far": (gate("size", detail="passed by far"), WORDS),
    "a gate of 900 accounts": (gate("size", detail="900 accounts"), WORDS),
    "eight independent families": (gate("families", detail="8 independent: content, network"), WORDS),
    "a gate without a family of the group": (gate("families", detail="1 independent: content"), WORDS),
    "a gate with doubts taken away": (
        gate("families", detail="4 independent: content, network, payment, registration, sure"), WORDS,
    ),
    "a gate of another stability": (gate("stable", detail="stability 0.10"), WORDS),
    "a gate of 60 bits": (
        gate("one operator leads", detail="+60.0 bits against the best innocent story, one customer; 0.0 are"
             " needed"), WORDS,
    ),
    "a gate against another story": (
        gate("one operator leads", detail="+1.5 bits against the best innocent story, hijacked accounts; 0.0"
             " are needed"), WORDS,
    ),
    "a gate that asks for less": (
        gate("one operator leads", detail="+1.5 bits against the best innocent story, one customer; -9.0 are"
             " needed"), WORDS,
    ),
    "a margin that nobody set": (
        both(field("competing", lambda own: {**own, "margin": "-9.0"}),
             gate("one operator leads", detail="+1.5 bits against the best innocent story, one customer; -9.0"
                  " are needed")), WORDS,
    ),
    "a gate of another chance": (
        gate("beyond chance", detail="q-value 0.0001 over 2 redrawn populations, at most 1"), WORDS,
    ),
    "a gate over 1,000 populations": (
        gate("beyond chance", detail="q-value 0.33 over 1000 redrawn populations, at most 1"), WORDS,
    ),
    "a gate that was passed and failed": (gate("size", passed=False), OUTCOME),
    "a gate of his own": (gate("size", name="beyond doubt"), "a gate that there is not"),
    "a gate twice": (field("gates", lambda own: [*own, own[0]]), "one gate told twice"),
    "a summary of 900 accounts": (
        field("summary", lambda own: own.replace("12 accounts", "900 accounts")), SUMMARY,
    ),
    "a summary of a foreign state": (field("summary", lambda own: f"{own}, of a foreign state"), SUMMARY),
    "a summary of more requests": (
        field("summary", lambda own: own.replace("48 interactions", "48,000 interactions")), SUMMARY,
    ),
    "a summary of another family": (
        field("summary", lambda own: own.replace("linked by content", "linked by confession")), SUMMARY,
    ),
    "a summary of a mark that is none": (
        field("summary", lambda own: own.replace("bin 411111", "bin 999999")), SUMMARY,
    ),
    "a summary of rarer marks": (
        field("summary", lambda own: own.replace("(1% elsewhere)", "(0% elsewhere)")), SUMMARY,
    ),
    "a family of the summary that the group has not": (
        field("families", lambda own: [each for each in own if each != "registration"]), SUMMARY,
    ),
    "a value that its accounts never held": (another_value, NOBODY),
    "all values of a signal": (
        reasons(lambda row: ["a stolen card", *row[1:]], "12 of 52 accounts"), NOBODY,
    ),
    "a value held by two": (
        worded("held by 12 of", "held by 2 of"), "a value that more accounts hold than its reasons say",
    ),
    "a value held by none": (
        worded("held by 12 of", "held by 0 of"), "a value that more accounts hold than its reasons say",
    ),
    "a value rarer in one link": (rarer_in_one, "a value that several numbers of accounts hold"),
    "a value among a billion": (
        worded("of 52 accounts", "of 1000000000 accounts"),
        "reasons that were compared among another number of accounts",
    ),
    "a reason that counts as more": (
        worded("counted as 0.6", "counted as 9.6"), "a reason that counts as other bits than it has",
    ),
    "a reason that overlaps nothing of the kind": (
        worded("other network evidence", "other payment evidence"), "a reason that overlaps another family",
    ),
    "a reason with a verdict": (worded(" accounts", " accounts, as thieves do"), REASON),
    "a reason without words": (reasons(lambda row: [row[0], "", *row[2:]]), REASON),
    "a point softened": (softened, POINT),
    "a point of another number": (
        first("against/{group}/", "001/said", lambda said: said.replace("100%", "1%")), POINT,
    ),
    "an innocent explanation that fits, and is not told": (
        field("examined", lambda own: {**own, "benign_explanations": [
            {**each, "outcome": "fits"} for each in own["benign_explanations"]
        ]}), POINT,
    ),
    "half of the members differ, and nobody says so": (
        examined(outliers=[{"difference": "pay with a card of their own", "accounts": 6, "known": 12,
                            "outside": "0.1", "examples": []}]), POINT,
    ),
    "a signal against all links, and nobody says so": (
        examined(counter_evidence=[{"signal": "day–night profile", "links": 60, "bits": "-60.0",
                                    "strongest_bits": "-9.0"}]), POINT,
    ),
    "a cut that is thin, and nobody says so": (
        examined(weakest_cut={"sizes": [6, 6], "links": 1, "expected": "30.0", "ratio": "0.03",
                              "thin": True, "smaller_side": []}), POINT,
    ),
    "one source that holds all, and nobody says so": (
        field("examined", lambda own: {**own, "smallest_set": {**own["smallest_set"], "falls_apart": True}}),
        POINT,
    ),
    "points of an examination that found nothing": (
        examined(without_family=[], agreement=[]), "a point against that no examination gives",
    ),
    "other topics": (field("targets", [["weapons", "1.000000"]]), "other topics than were counted"),
    "a larger share of a topic": (
        field("targets", [["reasoning traces", "0.100000"]]), "other topics than were counted",
    ),
    "a score that was never computed": (field("distillation", "0.900000"), "another score than was computed"),
    "work of 900 accounts": (
        work(distillation=lambda own: {**own, "accounts": 900}), "another number of accounts than is told of",
    ),
    "work of 400 days": (work(days=lambda own: 400), "another number of days than have requests"),
    "a million requests to a model": (
        work(models=lambda own: [{"name": "m-1", "interactions": 10**6}]), "more requests to models",
    ),
    "a mark of 60 bits": (
        field("marks", lambda own: [{**own[0], "bits": "60.0"}, *own[1:]]),
        "a mark of other bits than its shares give",
    ),
    "a rarer mark": (
        field("marks", lambda own: [own[0], own[1], {**own[2], "outside": "0.000001"}, *own[3:]]),
        "a mark of other bits than its shares give",
    ),
    "a weakest member who is stronger than any": (
        field("examined", lambda own: {
            **own, "weakest_member": {**own["weakest_member"], "membership": "0.7"},
        }),
        "a weakest member of another standing than any member",
    ),
    "an examination of another stability": (examined(stability="0.2"), "another stability than was examined"),
    "a text of all members that one sent": (
        sent_by_fewer, "a text that more members sent than are seen",
    ),
    "a population with five requests": (
        lambda forger, group: forger.change("run/population", lambda own: {**own, "interactions": 5}),
        "more requests of groups than there are",
    ),
    "an address as a card": (
        lambda forger, group: of_signal(forger, group, "prefix", "card", "payment"),
        "a reason by a signal that is of other values",
    ),
    "a text as a card": (
        lambda forger, group: of_signal(forger, group, "rare segments", "card", "payment"),
        "a reason by a signal that is of other values",
    ),
}  # fmt: skip
"""Each lie, and words of the fault."""


@pytest.fixture(scope="module")
def good(whole: Whole) -> Path:
    return whole.bundle(whole.again.parent / "sentences.zip", read_policy("court"))


@pytest.mark.parametrize("name", LIES)
def test_a_sentence_of_other_numbers_is_refused(name: str, good: Path, whole: Whole, tmp_path: Path) -> None:
    (lie, words), group = LIES[name], named_in(good)

    def told(forger: Forger) -> None:
        lie(forger, group)
        if name.startswith(("a point", "points")):
            for path in forger.paths(f"against/{group}/", "/said"):
                forger[path.replace("/said", "/in-full")] = forger[path]
        forger.settle(group)

    found = whole.climb(forge(good, whole.key, tmp_path / "a.zip", told)).report
    contradicted(found, words)


def test_the_one_file_refuses_it_too(good: Path, whole: Whole, tmp_path: Path) -> None:
    path = forge(good, whole.key, tmp_path / "a.zip", lambda forger: another_value(forger, named_in(good)))
    (tmp_path / "signers").write_text(whole.signers)
    done = standalone(path, tmp_path / "signers", "--recompute")
    assert done.returncode == 5 and NOBODY in done.stdout


# --- the verifier words what a run words ----------------------------------------------------------------

COUNTS, SHARES = st.integers(0, 10**7), st.floats(0, 1)
BITS = st.floats(-500, 500)
LEFT = st.builds(
    Remains, links=COUNTS, of=COUNTS, accounts=COUNTS, parts=st.lists(COUNTS).map(tuple), alone=COUNTS
)
SOURCE = st.builds(
    Source,
    family=st.text(),
    values=st.lists(st.builds(Value, trait=st.text(), value=st.text(), holders=COUNTS), min_size=1).map(
        tuple
    ),
    more=COUNTS,
    accounts=COUNTS,
    bits=BITS,
)
LOST = st.builds(
    SourceAblation, sources=st.lists(SOURCE, min_size=1).map(tuple), remains=LEFT, falls_apart=st.booleans()
)
EXAMINATIONS = st.builds(
    Examination,
    **dict.fromkeys(("accounts", "core", "fringe", "links", "links_examined"), COUNTS),
    stability=SHARES,
    whole=LEFT,
    without_family=st.lists(
        st.builds(
            FamilyAblation,
            family=st.text(),
            remains=LEFT,
            failed=st.lists(st.sampled_from(sorted(FAILS)), unique=True).map(tuple),
        )
    ).map(tuple),
    sources=st.just(()),
    smallest_set=st.none() | LOST,
    weakest_cut=st.none()
    | st.builds(
        WeakestCut,
        sizes=st.tuples(COUNTS, COUNTS),
        links=COUNTS,
        expected=st.floats(0, 1e9),
        ratio=SHARES,
        thin=st.booleans(),
        smaller_side=st.just(()),
    ),
    weakest_member=st.just(WeakestMember("a", 1, 1.0, None, 1.0)),
    counter_evidence=st.lists(
        st.builds(CounterEvidence, signal=st.text(), links=COUNTS, bits=BITS, strongest_bits=BITS)
    ).map(tuple),
    hours=st.just(HoursCompared(0, 0)),
    outliers=st.lists(
        st.builds(
            MemberDifference,
            difference=st.text(),
            accounts=COUNTS,
            known=COUNTS,
            outside=st.none() | SHARES,
            examples=st.just(()),
        )
    ).map(tuple),
    least_typical=st.just(()),
    agreement=st.lists(
        st.builds(
            Agreement,
            trait=st.text(),
            family=st.text(),
            inside=SHARES,
            outside=SHARES,
            compared=COUNTS,
            like_strangers=st.booleans(),
        )
    ).map(tuple),
    benign_explanations=st.lists(
        st.builds(
            BenignExplanation,
            explanation=st.text(),
            outcome=st.sampled_from(("fits", "does not fit", "not enough to say")),
            figure=st.text(),
        )
    ).map(tuple),
    strength=st.just(Strength("firm", ())),
)


@given(found=EXAMINATIONS)
def test_points_follow_from_an_examination_as_a_run_words_them(found: Examination) -> None:
    chosen = Thresholds()
    sealed = plain(found.to_json())
    assert [*examined_points(sealed, chosen.min_member_share)] == strength.against(found, chosen)


def test_gates_and_signals_are_those_of_a_run() -> None:
    assert {name: told for name, (_, told) in FAILS.items()} == WOULD_BE
    assert GATES.keys() == FAILS.keys()
    assert {each.name: each.shown for each in (*SIGNALS, *WHOLE_CASE) if each.shown} == NO_VALUE
    assert {each.name: slug(each.rule.trait) for each in SIGNALS if each.rule} == TRAITS
    assert {each.observed for each in SIGNALS if each.observed} == set(OBSERVED)


@pytest.mark.parametrize(
    "said",
    [
        "held by 2 of 9 accounts",
        "held by 2 of 9 accounts, used 1 day apart",
        "held by 12 of 52 accounts, used 40 days apart; 1.2 bits; counted as 0.6, because it overlaps other"
        " network evidence",
        "once on this object, itself held by 3 of 9 accounts",
        "within two hours, 4 times, on this object",
        "1 exact text in common, where about 40 were to be expected",
        "hours of the day compared",
        "3 other accounts are linked with both",
        "of two accounts of one group, resampled runs part 12.5 %",
        "of pairs of their prompts 3.0 % are known on both sides",
        "as a pair of an operator of 40 accounts",
    ],
)
def test_a_sentence_of_a_run_has_a_form_and_no_other_has(said: str) -> None:
    assert stated("card", said) is not None
    assert stated("card", f"{said}.") is None and stated("card", f"a thief, {said}") is None


# --- what is no fault -----------------------------------------------------------------------------------


def faults_of(**units: Any) -> list[str]:
    """Faults of a group with these units, and no others."""
    opened, report = Opened(view={"groups": ["g-1"], "withheld": {}}), Report()
    opened.small = {f"group/g-1/{name.replace('_', '-')}": value for name, value in units.items()}
    check_sentences(opened, report)
    check_points(opened, report)
    return [each.what for each in report.faults]


def row(name: str, detail: str, *, passed: bool = True) -> list[dict[str, Any]]:
    """A list of one gate."""
    return [{"name": name, "detail": detail, "passed": passed}]


def test_a_number_that_was_rounded_twice_is_no_other_number() -> None:
    """What is sealed with six decimals may have lain on either side of what it is shown as."""
    for said in ("stability 0.66", "stability 0.67"):
        assert faults_of(stability="0.665000", gates=row("stable", said)) == []
    assert faults_of(stability="0.665002", gates=row("stable", "stability 0.66")) == [WORDS]


def test_what_is_withheld_contradicts_no_sentence() -> None:
    assert faults_of(gates=row("size", "9 accounts")) == []
    assert faults_of(gates=row("one operator leads", "anything"), competing={}) == []
    assert faults_of(summary="9 accounts") == []


def test_a_family_may_be_sure_for_one_of_many_communities_alone() -> None:
    said = "2 independent: content, device, network (network and device count as one); content"
    assert faults_of(gates=row("families", f"{said} by marks that one of so many communities may bear")) == []
    assert faults_of(gates=row("families", said)) == [WORDS]


def test_a_summary_of_an_unresolved_group_gives_its_reason() -> None:
    units = {"outcome": "unresolved", "accounts": 1, "reason": "the card [withheld] is common"}
    said = "1 account, unresolved: the card 4111 is common. Nobody in it is accused."
    assert faults_of(**units, summary=said) == []
    assert faults_of(**units, summary=said.replace("common", "rare")) == [SUMMARY]
