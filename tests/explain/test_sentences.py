"""Single findings about a group in sentences."""

from dataclasses import replace

import pytest

from linkage.explain import sentences
from linkage.explain.findings import Remains
from tests.explain.test_strength import BROKEN, CARD, FIRM


@pytest.mark.parametrize(
    ("parts", "alone", "words"),
    [
        ((20,), 0, "one part of all 20 accounts"),
        ((12, 8), 0, "12 + 8 accounts"),
        ((1_200,), 3, "1,200 accounts, 3 alone or in smaller parts"),
        ((), 20, "20 alone or in smaller parts"),
        ((), 0, "nothing"),
    ],
)
def test_parts_in_words(parts: tuple[int, ...], alone: int, words: str) -> None:
    assert sentences.parts(Remains(0, 0, 0, parts, alone)) == words


def test_a_set_that_the_group_survives_is_counted() -> None:
    survived = replace(BROKEN, falls_apart=False)
    assert "any single source" in sentences.smallest_set(survived)
    assert "even when 2 sources" in sentences.smallest_set(replace(survived, sources=(CARD, CARD)))


def test_values_are_shortened_as_the_reader_wants() -> None:
    several = replace(CARD, more=2)
    assert sentences.source(several, str.lower) == "fingerprint x (and 2 other values of the same accounts)"
    weakest = replace(FIRM.weakest_member, account="LONG", links=1)
    assert sentences.weakest_member(weakest, str.lower) == (
        "the weakest member is long: 1 link, the strongest of +4.0 bits (the median member has 5), in the"
        " group in 100% of resampled runs"
    )


def test_a_sample_is_stated() -> None:
    assert sentences.sample(FIRM) == ""
    assert sentences.sample(replace(FIRM, links=80)) == "a sample of 50 of its 80 links was examined"
