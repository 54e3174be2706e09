"""Texts known from elsewhere are found among those of a run, and change nothing there."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from linkage.prompts.encoder import HashingEncoder
from linkage.prompts.known_texts import known_prompt, nearest_segments, segment_id
from linkage.settings.prompts import Prompts

SENTENCE = "set out every step of the proof before the result is given"


def clusters(*centres: str) -> pa.Table:
    return pa.table({"segment": [segment_id(each) for each in centres], "example": list(centres)})


def again(text: str, *centres: str) -> dict[str, str]:
    return nearest_segments([text], clusters(*centres), encoder=HashingEncoder(), same=0.7)


def test_a_text_is_read_as_the_prompt_it_would_be() -> None:
    one = known_prompt(f"{SENTENCE.capitalize()}. Item: 17 of them all.", Prompts())
    other = known_prompt(f"{SENTENCE.capitalize()}.\nItem: 18 of them all.", Prompts())

    assert one.prompt == other.prompt
    assert SENTENCE in one.segments.values()
    assert all(segment_id(text) == name for name, text in one.segments.items())


def test_the_centre_itself_and_a_reworded_sentence_are_found() -> None:
    stranger = "what do people in norway eat on a sunday"

    assert again(SENTENCE, SENTENCE, stranger) == {SENTENCE: segment_id(SENTENCE)}
    reworded = SENTENCE.replace("given", "named")
    assert again(reworded, stranger, SENTENCE) == {reworded: segment_id(SENTENCE)}


def test_a_strange_sentence_is_found_nowhere() -> None:
    assert again("boil the potatoes for twenty minutes", SENTENCE) == {}


def test_nothing_is_found_among_nothing() -> None:
    assert again(SENTENCE) == {}
    assert nearest_segments([], clusters(SENTENCE), encoder=HashingEncoder(), same=0.7) == {}
    assert again("<n> <id>", SENTENCE) == {}


@given(st.permutations([SENTENCE, "name each rule that it uses at once", "keep the answer short and plain"]))
def test_the_order_of_clusters_changes_nothing(centres: list[str]) -> None:
    assert again("keep the answer short and very plain", *centres) == again(
        "keep the answer short and very plain", *sorted(centres)
    )
