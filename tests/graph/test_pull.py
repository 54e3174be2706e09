"""Which verdicts in the database are news to a case; what a server answers is in test_push."""

from pathlib import Path
from typing import Any

import pytest

from linkage.case import Case
from linkage.errors import UsageError
from linkage.graph.pull import in_force, nothing_lost
from linkage.graph.verdicts import Verdict
from linkage.links import constraints
from tests import made_case
from tests.made_case import GROUP, OPERATOR


class Session:
    """A database that holds these verdicts."""

    def __init__(self, *found: Verdict) -> None:
        self.found = list(found)

    def execute_read(self, *_: Any) -> list[Verdict]:
        return self.found


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case(made_case.write(tmp_path / "case"))


def test_a_verdict_that_was_withdrawn_is_no_news_where_it_still_stands(case: Case) -> None:
    confirmed = Session(Verdict(GROUP, "confirmed", "x", "mira", tuple(OPERATOR)))
    with pytest.raises(UsageError):
        nothing_lost(confirmed, case, "made")
    case.judge(constraints.on_group("confirmed", GROUP, OPERATOR, "x"), who="mira")
    nothing_lost(confirmed, case, "made")
    assert [row["verdict"] for row in in_force(case)] == ["confirmed"]
    case.judge(constraints.withdrawal(1, case.verdicts(), "y"), who="mira")
    nothing_lost(confirmed, case, "made")
    assert in_force(case) == [], "the next push takes it out of the database"


def test_another_verdict_than_the_withdrawn_one_is_news(case: Case) -> None:
    case.judge(constraints.on_group("confirmed", GROUP, OPERATOR, "x"), who="mira")
    case.judge(constraints.withdrawal(1, case.verdicts(), "y"), who="mira")
    with pytest.raises(UsageError, match="does not know yet: 1"):
        nothing_lost(Session(Verdict(GROUP, "dismissed", "z", "", ())), case, "made")
