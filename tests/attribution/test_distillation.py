"""The distillation score: what each part says, when it says nothing, and what the parts make together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from linkage.attribution import distillation
from linkage.attribution.distillation import Part, Refusals, ratio
from linkage.settings.attribution import Distillation

SOME = np.linspace(0, 1, 50)
CHOSEN = Distillation()


def part(name: str, inside: np.ndarray, outside: np.ndarray) -> Part:
    return distillation.part(name, inside, outside, CHOSEN)


def filtered(refused: int, requests: int, others_refused: int, others: int) -> Part:
    return distillation.filtered(Refusals(refused, requests), Refusals(others_refused, others), CHOSEN)


def score(parts: list[Part]) -> float | None:
    return distillation.score(parts, CHOSEN)


def test_a_group_like_everybody_is_at_a_half() -> None:
    made = part("template share", SOME, SOME)

    assert made.share == 0.5
    assert made.inside == made.outside == 0.5
    assert made.meaning


def test_more_than_everybody_is_one_and_less_than_everybody_nothing() -> None:
    assert part("template share", SOME + 2, SOME).share == 1
    assert part("template share", SOME - 2, SOME).share == 0


def test_equals_count_half() -> None:
    assert part("single-turn share", np.ones(9), np.ones(40)).share == 0.5


def test_what_is_known_of_too_few_is_not_said() -> None:
    few = part("template share", SOME[:4], SOME)

    assert few.share is None
    assert "4 of its accounts" in few.why
    assert part("template share", SOME, SOME[:29]).share is None
    assert part("template share", np.full(40, np.nan), np.full(40, np.nan)).why == "not recorded"


def test_unknown_accounts_are_left_out() -> None:
    assert part("template share", np.r_[SOME, np.nan], np.r_[SOME, np.nan]) == part(
        "template share", SOME, SOME
    )


@given(arrays(float, st.integers(5, 20), elements=st.floats(0, 1)), st.randoms())
def test_a_part_is_a_share_whatever_the_order(figures: np.ndarray, random: object) -> None:
    turned = part("output per input", figures[::-1], SOME[::-1])

    assert turned == part("output per input", figures, SOME)
    assert turned.share is not None
    assert 0 <= turned.share <= 1


def test_refusals_are_compared_by_rate() -> None:
    assert filtered(10, 1_000, 10, 1_000).share == 0.5
    assert filtered(0, 1_000, 100, 10_000).share == 1
    assert filtered(30, 1_000, 10, 1_000).share == 0.25


@pytest.mark.parametrize("counts", [(0, 100, 0, 100), (0, 100, 10, 1_000), (0, 0, 5, 100), (5, 10, 0, 0)])
def test_refusals_too_rare_to_miss_say_nothing(counts: tuple[int, int, int, int]) -> None:
    made = filtered(*counts)

    assert made.share is None
    assert made.why


def test_the_score_is_how_far_known_parts_lie_above_a_half() -> None:
    parts = [Part("template share", 1.0), Part("single-turn share", 0.75), Part("output per input", 0.2)]

    assert score(parts) == 0.5
    assert score([*parts, Part("round-the-clock use", None)]) == 0.5


def test_two_parts_are_not_enough_to_say() -> None:
    assert score([Part("template share", 1.0), Part("single-turn share", 1.0)]) is None
    assert score([]) is None


def test_every_part_has_a_meaning() -> None:
    assert len(distillation.MEANINGS) == 7
    assert all(Part(name, None).meaning for name in distillation.MEANINGS)


def test_hours_in_use_do_not_follow_from_the_number_of_requests() -> None:
    few, many = np.zeros((2, 24), dtype=np.int64)
    few[:12], many[:12] = 1, 100
    night = np.zeros(24, dtype=np.int64)
    night[3] = 50

    hours = distillation.effective_hours(np.stack([many, night, few * 0, few]), CHOSEN)

    assert hours[0] == pytest.approx(0.5, abs=0.01)
    assert hours[1] == pytest.approx(1 / 24)
    assert np.isnan(hours[2])
    assert hours[3] == 1.0  # twelve requests in twelve hours may as well come from twenty-four


def test_a_ratio_of_nothing_is_not_known() -> None:
    found = ratio(np.array([1, 1, 1]), np.array([2, 0, 2]), known=np.array([True, True, False]))

    assert found[0] == 0.5
    assert np.isnan(found[1:]).all()


def test_how_many_accounts_a_part_needs_is_a_setting() -> None:
    few = Distillation(min_members=4)

    assert distillation.part("template share", SOME[:4], SOME, few).share is not None
