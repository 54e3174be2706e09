"""On which families an account of a group rests."""

import numpy as np

from linkage.groups.member_families import resting_families, rests_on_enough
from tests.groups.test_assessment import SIZE, assessed, assessor


def test_an_account_rests_on_its_links_and_on_what_sets_the_group_apart() -> None:
    """The links are of content; cards of one bin set the group apart, and every account has one."""
    of = assessor()
    crew, _others = assessed(of)
    found = resting_families(of, crew)
    assert found.all() and found.shape == (SIZE, 2)
    assert rests_on_enough(of, crew).all()


def test_one_who_only_asks_alike_does_not_rest_on_enough() -> None:
    of = assessor()
    crew, _others = assessed(of)
    for name in ("bin", "funding"):
        holders = of.traits.traits[name]
        kept = holders.a != 3
        holders.__dict__.update(a=holders.a[kept], value=holders.value[kept])
    resting = rests_on_enough(of, crew)
    assert np.flatnonzero(~resting).tolist() == [3]
