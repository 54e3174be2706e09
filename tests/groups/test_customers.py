"""Who openly belongs together, and who counts once where communities are compared."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from linkage.groups.customers import Customers
from linkage.groups.declared_units import Units


def customers(unit: list[int], beside_domain: list[int], name: list[int]) -> Customers:
    units = Units(
        np.array(unit), tuple("unit" for _ in range(max(unit, default=-1) + 1)), np.array(beside_domain)
    )
    every = np.arange(len(unit))
    return Customers(units, every, np.array(name), every)


def alike(of: Customers) -> list[set[int]]:
    """The accounts that count once, those that stand alone left out."""
    units = of.named_units
    return [set(np.flatnonzero(units == number).tolist()) for number in sorted(set(units.tolist()) - {-1})]


def test_under_one_domain_a_firm_pays_under_its_name_and_a_catch_all_under_several() -> None:
    domain = customers([0, 0, 0, 0, -1], [-1] * 5, [7, 7, 8, 8, 7])
    assert alike(domain) == [{0, 1}, {2, 3}]
    assert alike(customers([0, 0, 0, 0, -1], [-1] * 5, [7, 7, 7, 7, 7])) == [{0, 1, 2, 3}]


def test_where_no_name_is_known_a_domain_is_one() -> None:
    assert alike(customers([0, 0, 0], [-1] * 3, [-1, -1, -1])) == [{0, 1, 2}]


def test_an_organisation_is_one_whatever_the_names() -> None:
    assert alike(customers([0, 0, 0], [0, 0, 0], [7, 8, -1])) == [{0, 1, 2}]


@given(st.lists(st.tuples(st.integers(-1, 3), st.booleans(), st.integers(-1, 3)), min_size=1, max_size=20))
def test_units_are_divided_and_never_joined(rows: list[tuple[int, bool, int]]) -> None:
    unit = [row[0] for row in rows]
    of = customers(unit, [row[0] if row[1] else -1 for row in rows], [row[2] for row in rows])
    assert [number == -1 for number in of.named_units.tolist()] == [number == -1 for number in unit]
    assert all(len({unit[account] for account in some}) == 1 for some in alike(of))
