"""What is asked for: the rules on words, one by one, and that they say `other` where they do not know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.attribution import targets
from linkage.attribution.targets import NAMES, by_model, categories, elicits, points, shares
from linkage.settings.attribution import Distillation

CHOSEN = Distillation()


def category_of(text: str) -> str:
    return NAMES[int(categories(np.array([points(text)]), CHOSEN)[0])]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("refactor this python function so that the unit test passes: <code>", "software engineering"),
        ("<code> what does this do", "software engineering"),
        ("use the tools below, call one tool at a time, and plan every subtask", "agentic work and tool use"),
        ("solve the problem. think step by step and write out your reasoning", "reasoning traces"),
        ("prove that the equation has no positive integer solution", "mathematics"),
        ("load the csv into a dataframe and plot the correlation", "data analysis"),
        ("reply to the customer who wants a refund for order <n>", "customer support"),
        ("rewrite this paragraph of my essay in a warmer tone", "writing"),
        ("grade both answers by the rubric and give each a score", "grading and preference data"),
        ("what is the capital of france", "other"),
        ("give me one good reason", "other"),
        ("", "other"),
        ("объясни это", "other"),
    ],
)
def test_a_prompt_belongs_to(text: str, category: str) -> None:
    assert category_of(text) == category


def test_words_inside_words_do_not_count() -> None:
    assert category_of("the codebreaker was preapiary and scored") == "other"


def test_a_word_counts_once_however_often_it_stands() -> None:
    assert category_of("code " * 50) == "other"


def test_eliciting_reasoning_is_seen_beside_another_target() -> None:
    counted = np.array([points("write the python function and the code, step by step")])

    assert elicits(counted, CHOSEN).tolist() == [True]
    assert elicits(np.array([points("write the python function")]), CHOSEN).tolist() == [False]


def test_the_lists_are_lower_case_and_name_known_categories() -> None:
    assert set(targets.PHRASES) == set(targets.WORDS)
    assert set(targets.MODELS.values()) <= set(NAMES)
    for listed in targets.WORDS.values():
        assert listed == listed.lower()
        assert len(listed.split()) == len(set(listed.split()))


@pytest.mark.parametrize(
    ("model", "category"),
    [("acme-coder-7b", "software engineering"), ("Math-Plus", "mathematics"), ("acme-4", None), (None, None),
     ("decoder-2", None)],
)  # fmt: skip
def test_a_model_tells_only_by_a_word_of_its_name(model: str | None, category: str | None) -> None:
    place = by_model(model)

    assert (None if place is None else NAMES[place]) == category


def test_shares_add_up_and_come_largest_first() -> None:
    weights = np.zeros(len(NAMES), dtype=np.int64)
    weights[[0, 3, -1]] = 1, 2, 5

    found = shares(weights)

    assert [each["name"] for each in found] == [NAMES[-1], NAMES[3], NAMES[0]]
    assert sum(float(str(each["share"])) for each in found) == 1
    assert shares(weights * 0) == []


@given(st.text(max_size=300))
def test_any_text_has_a_category(text: str) -> None:
    assert category_of(text.lower()) in NAMES


def test_no_prompts_have_no_categories() -> None:
    assert categories(np.empty((0, len(NAMES) - 1), dtype=np.int64), CHOSEN).tolist() == []
