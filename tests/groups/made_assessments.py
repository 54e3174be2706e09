"""What the tests of verdicts share: assessed communities by the numbers of their members."""

import numpy as np

from linkage.groups.assessment import Assessment
from linkage.groups.gates import Gate

NAMES = [f"a{i:02}" for i in range(20)]
PASSED, FAILED = Gate("size", True, "20 accounts"), Gate("provision", False, "none")


def assessment(*members: int, gate: Gate = PASSED) -> Assessment:
    return Assessment(
        np.array(members, dtype=np.int64), None, [], (gate,), "" if gate.passed else "habits", 3.0, ()  # type: ignore[arg-type]
    )  # fmt: skip


def named(*numbers: int) -> frozenset[str]:
    return frozenset(NAMES[i] for i in numbers)
