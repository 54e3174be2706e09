"""No bundle is made of a group of which an innocent explanation may be true as well."""

from pathlib import Path

import pytest

from linkage.bundle.reports import none_unresolved
from linkage.case import Case
from linkage.errors import UsageError
from tests import made_case
from tests.made_case import GROUP, STRANGERS


def test_an_unresolved_group_is_refused_and_a_reported_one_is_not(tmp_path: Path) -> None:
    tables = made_case.tables()
    row = {"group": "op-open", "membership": 1.0, "role": "core", "reason": "either", "favours": 2.0}
    tables["unresolved"] = [{**row, "account": each, "settles": "ask"} for each in STRANGERS]
    case = Case(made_case.write(tmp_path / "case", tables))
    none_unresolved(case, [GROUP])
    with pytest.raises(UsageError, match="op-open: unresolved"):
        none_unresolved(case, [GROUP, "op-open"])
