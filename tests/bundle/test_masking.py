"""What a sentence must not name is gone from it, however short, and nothing else is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.bundle.masking import BEGINNINGS, HIDDEN, Mask, maskable

SENTENCE = "without card {}, the group of 12 accounts falls apart; the weakest member is {}"


@pytest.mark.parametrize("name", ["acct_00", "bob", "u7", "a", "42", "é", "x.y+z", "(?:", "12", "[a-z]", "w"])
def test_an_account_is_hidden_however_it_is_called(name: str) -> None:
    hidden = Mask(["card_1"], [name]).hide(SENTENCE.format("card_1", name))
    assert hidden.endswith(f"the weakest member is {HIDDEN}") and "card_1" not in hidden


@pytest.mark.parametrize("value", ["DE1", "a1", "fp-9", "508910", "1744"])
def test_a_value_is_hidden_if_it_is_no_count(value: str) -> None:
    assert Mask([value]).hide(f"card {value} of 12 accounts") == f"card {HIDDEN} of 12 accounts"


def test_counts_of_a_sentence_stay() -> None:
    assert Mask(["12", "174"]).hide("12 of 174 accounts") == "12 of 174 accounts"


def test_a_part_of_a_word_is_not_a_value() -> None:
    assert Mask([], ["card_1", "art"]).hide("card_12 and a part") == "card_12 and a part"


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5), st.data())
def test_no_name_is_left_as_a_word(names: list[str], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))
    hidden = Mask([], names).hide(" ; ".join(chosen))
    rest = hidden.replace(HIDDEN, " ")
    for name in {each for each in names if each.strip(" ;")}:
        assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", rest)


@pytest.mark.parametrize("start", BEGINNINGS)
def test_an_account_cannot_hide_what_kind_of_point_it_is(start: str) -> None:
    names = [*start.replace(":", "").replace(",", "").split(), start]
    assert Mask([], names).hide(f"{start} ask bob") == f"{start} ask bob"
    assert Mask([], [*names, "bob"]).hide(f"{start} ask bob") == f"{start} ask {HIDDEN}"


def test_names_that_stand_in_what_replaces_them_are_harmless() -> None:
    assert Mask([], ["withheld", "acct"]).hide("acct is withheld") == f"{HIDDEN} is {HIDDEN}"


@given(st.text("ab_é .:-", max_size=30), st.lists(st.text("ab_é .:-", min_size=1, max_size=6), max_size=6))
def test_a_mask_needs_no_more_values_than_a_sentence_has_pieces(sentence: str, values: list[str]) -> None:
    few = maskable(sentence).intersection(values)
    assert Mask(few).hide(sentence) == Mask(values).hide(sentence)
    hidden = {each for each in values if each.strip() and Mask([each]).hide(sentence) != sentence}
    words = {each for each in values if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", sentence)}
    assert hidden == {each for each in words if each.strip()}
