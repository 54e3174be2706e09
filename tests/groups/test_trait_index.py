"""What of a community's prompts is its own: rare among accounts that send as much."""

import numpy as np

from linkage.groups.trait_index import ALONE, SIGNATURE, Known, own_values, peculiar
from linkage.groups.trait_tests import Population
from tests.groups.made_held import held

N = 400
CREW = np.arange(10)
NOBODY = np.empty(0, dtype=np.int64)


def known(holders: dict[str, list[int]], *, busy: int = 12) -> Known:
    """Accounts of whom the first ten send `busy` prompts each, the others twelve, and who holds what."""
    prompts = np.full(N, 12, dtype=np.int64)
    prompts[CREW] = busy
    template = held((a, name) for name, who in holders.items() for a in who)
    return Known({"template": template}, prompts, np.full(N, np.nan), Population(np.zeros(N, dtype=np.int64)))


def own(of: Known, beside: np.ndarray = NOBODY) -> list[str]:
    names = of.held["template"].names
    return [names[v] for v in own_values(of, CREW, "template", beside)]


def test_a_text_of_a_fifth_of_the_accounts_that_others_hardly_hold_is_their_own() -> None:
    several = {"job": [0, 1, 2, 50], "popular": [0, 1, 2, *range(50, 130)], "two hold it": [3, 4]}
    assert own(known(several)) == ["job"]


def test_what_accounts_so_busy_hold_anyway_is_not_their_own() -> None:
    """Ten others of 390 hold it: no wonder that three do who send eight times as much."""
    tutorial = {"tutorial": [0, 1, 2, *range(50, 60)]}
    assert own(known(tutorial)) == ["tutorial"]
    assert own(known(tutorial, busy=96)) == []


def test_what_their_neighbours_on_the_same_infrastructure_hold_is_not_their_own() -> None:
    pool = {"pool": [0, 1, 2, 3, 50, 51, 52]}
    assert own(known(pool)) == ["pool"]
    assert own(known(pool), beside=np.arange(50, 60)) == []


def test_the_signature_is_what_half_hold_and_few_others_do() -> None:
    several = {
        "a every job": list(range(10)),
        "b some jobs": [0, 1, 2, 3],
        "c public questions": [*range(10), *range(50, 61)],
        "d planted on as many": [*range(5), *range(50, 55)],
        "e public, as often theirs": [*range(4), *range(50, 54)],
    }
    found = peculiar(known(several), CREW, "template", np.arange(5))
    assert found.tolist() == [SIGNATURE | ALONE, ALONE, 0, SIGNATURE, 0]
