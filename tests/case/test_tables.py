"""Tables of the case folder that the engine sums up."""

from collections.abc import Sequence
from itertools import permutations

import pyarrow as pa

from linkage.case.tables import cohesion
from linkage.engines import Engine

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
