"""Tables of the case folder that the engine sums up."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np
import pyarrow as pa

from linkage.case.tables import Families, cohesion, families, summary
from linkage.engines import Engine
from linkage.groups.assessment import Assessment
from linkage.groups.profile import reported_families
from tests.groups.test_gates import OPERATOR

BETWEEN = (0.864816, 0.733511, 0.639633, 0.878294)
"""Their mean is 0.7790635; added as fractions it falls on either side, by the order."""


def of(engine: Engine, similarities: Sequence[float]) -> list[dict[str, object]]:
    rows = pa.table(
        {"template": ["t"] * len(similarities), "similarity": pa.array(similarities, pa.float64())}
    )
    found: list[dict[str, object]] = engine.collect(
        cohesion(engine.table(rows)), at_most=engine.max_rows
    ).to_pylist()
    return found


def test_how_alike_prompts_are_does_not_depend_on_their_order(engine: Engine) -> None:
    assert len({round(sum(each) / 4, 6) for each in permutations(BETWEEN)}) == 2, "as fractions it would"
    for each in permutations(BETWEEN):
        assert of(engine, each) == [{"template": "t", "cohesion": 0.779064}]


def test_it_is_the_mean_of_each_template(engine: Engine) -> None:
    rows = pa.table({"template": ["a", "b", "a", "b"], "similarity": [1.0, 0.25, 0.5, 0.75]})
    found = engine.collect(cohesion(engine.table(rows)).order_by("template"), at_most=engine.max_rows)
    assert found.to_pydict() == {"template": ["a", "b"], "cohesion": [0.75, 0.5]}


def test_a_family_links_a_group_only_where_a_link_inside_it_has_bits_of_it() -> None:
    profile = replace(
        OPERATOR,
        pair_families=frozenset(("content", "payment")),
        needed_families=frozenset(("content",)),
        group_families=frozenset(("payment", "registration")),
        chain_families=frozenset(),
    )
    names = tuple(sorted(reported_families(profile)))
    group = Assessment(np.array([0, 1]), profile, [], (), "", 9.0, names)
    assert families(group, {"content", "payment"}) == Families(("content", "payment"), ("registration",))
    assert families(group, {"content"}) == Families(("content",), ("payment", "registration"))
    found = summary(group, {"interactions": 1_200}, families(group, {"content"}))
    assert found == "2 accounts and 1,200 interactions, linked by content, confirmed by payment, registration"
    assert summary(group, {}, Families((), ("payment",))) == "2 accounts, confirmed by payment"
