"""What is said against a group, from what its examination found."""

from typing import Any

import pytest

from linkage.explain import sentences

WHOLE = {"links": 50, "of": 50, "accounts": 20, "parts": [20], "alone": 0}
FIRM: dict[str, Any] = {
    "accounts": 20, "core": 20, "fringe": 0, "stability": 1.0, "links": 50, "links_looked_at": 50,
    "whole": WHOLE,
    "without_family": [{"family": "payment", **WHOLE, "passes": True, "failed": []}],
    "sources": [], "smallest_set": None, "seam": None,
    "weakest": {"account": "a", "links": 3, "median": 5.0, "strongest": 4.0, "membership": 1.0},
    "opposing": [], "hours": {"alike": 0, "other": 0}, "unlike": [], "least_like": [], "agreement": [],
    "explanations": [{"explanation": "one household", "outcome": "does not fit", "figure": "20 accounts"}],
}  # fmt: skip
"""A group against which nothing was found."""

CARD = {
    "family": "payment",
    "values": [{"trait": "fingerprint", "value": "X", "holders": 20}],
    "more": 0,
    "accounts": 20,
    "bits": 300.0,
}
BROKEN = {
    "sources": [CARD],
    "links": 20,
    "of": 50,
    "accounts": 12,
    "parts": [12, 8],
    "alone": 0,
    "falls": True,
}
SEAM = {"sizes": [12, 8], "across": 3, "expected": 40.0, "ratio": 0.075, "thin": True, "smaller": ["a"]}


def told(**changed: Any) -> tuple[dict[str, Any], list[str]]:
    row = {**FIRM, **changed}
    return sentences.state(row, 5), sentences.sentences(row)


def test_where_nothing_was_found_nothing_is_said() -> None:
    assert told() == ({"word": "firm", "why": []}, [])


def test_a_card_that_holds_it_together_is_named_with_the_parts() -> None:
    state, said = told(smallest_set=BROKEN)
    assert state["word"] == "thin"
    assert said == ["remove fingerprint X, and it falls into 12 + 8"]


def test_what_it_outlives_is_nothing_against_it() -> None:
    assert told(smallest_set={**BROKEN, "falls": False})[1] == []


def test_two_sources_that_only_together_take_it_apart_make_it_no_thinner() -> None:
    state, said = told(smallest_set={**BROKEN, "sources": [CARD, CARD]})
    assert state["word"] == "firm"
    assert len(said) == 1


def test_a_family_without_which_it_fails_makes_it_narrow() -> None:
    row = {"family": "payment", **WHOLE, "passes": False, "failed": ["provision"]}
    state, said = told(without_family=[row])
    assert state["word"] == "narrow"
    assert state["why"] == said == ["without payment it would not be reported: provision"]


def test_a_benign_explanation_that_fits_leaves_no_group_firm() -> None:
    fits = {"explanation": "one household", "outcome": "fits", "figure": "6 accounts"}
    assert told(explanations=[fits])[0] == {"word": "narrow", "why": ["one household fits: 6 accounts"]}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"accounts": 9}, "9 accounts"),
        ({"stability": 0.6}, "60% of resampled runs"),
        ({"links": 30}, "30 links among 20 accounts"),
        ({"seam": SEAM}, "two sides of 12 and 8"),
    ],
)
def test_what_makes_it_thin_is_said(changed: dict[str, Any], why: str) -> None:
    state, _ = told(**changed)
    assert state["word"] == "thin"
    assert why in state["why"][0]


def test_each_finding_has_its_sentence() -> None:
    _, said = told(
        unlike=[{"what": "pay otherwise", "accounts": 3, "of": 20, "outside": 0.7, "named": []}],
        agreement=[
            {"trait": "country", "family": "registration", "inside": 0.1, "outside": 0.1, "compared": 20,
             "as_strangers": True}
        ],
        opposing=[{"signal": "hours", "links": 1, "bits": -1.5, "most": -1.5}],
        explanations=[{"explanation": "one household", "outcome": "fits", "figure": "6 accounts"}],
    )  # fmt: skip
    assert said == [
        "one household fits: 6 accounts",
        "3 of 20 members (15%, 70% of other accounts) pay otherwise",
        "they agree less than twice as often as strangers in country 10% of pairs, strangers 10%",
        "hours speaks against one link (2.0%), with 1.5 bits at most",
    ]


@pytest.mark.parametrize(
    ("parts", "alone", "words"),
    [([20], 0, "all 20 together"), ([12, 8], 0, "12 + 8"), ([1_200], 3, "1,200, 3 alone or in smaller parts"),
     ([], 20, "20 alone or in smaller parts"), ([], 0, "nothing")],
)  # fmt: skip
def test_parts_in_words(parts: list[int], alone: int, words: str) -> None:
    assert sentences.parts({"parts": parts, "alone": alone}) == words
