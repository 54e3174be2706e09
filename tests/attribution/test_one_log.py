"""Traits whose values mean something in one log only."""

import pytest

from linkage.attribution.one_log import OF_ONE_LOG, of_one_log
from linkage.schema import TRAIT_FAMILY


@pytest.mark.parametrize("trait", sorted(OF_ONE_LOG))
def test_moments_and_bursts_are_of_one_log(trait: str) -> None:
    assert of_one_log(trait)


def test_hours_and_hashes_of_answers_are_of_one_log_by_their_family() -> None:
    found = {family: of_one_log(trait) for trait, family in TRAIT_FAMILY.items() if trait not in OF_ONE_LOG}
    assert found["timing"] and found["lineage"]
    assert not found["network"] and not found["payment"]


@pytest.mark.parametrize("trait", ["ip", "fingerprint", "template", "a trait nobody knows"])
def test_other_logs_can_agree_with_other_traits(trait: str) -> None:
    assert not of_one_log(trait)
