"""A case with one reported group, told to another provider to whom the operator came as well."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from linkage import investigate
from linkage.attribution.exchange_key import ExchangeKey, new_exchange_key, read_exchange_key
from linkage.case import Case
from linkage.share import export
from tests import promised, returning

STOLEN, KNOWN_SHARED = "hand 0", "hand 1"
"""Cards of the operator: one that an innocent account bears, too, and one known to be many people's."""


@dataclass(frozen=True)
class Spring:
    """The case of the first provider, and where the second one's sources are."""

    case: Case
    group: str
    again: Path

    def share(self, **changes: object) -> export.Shared:
        """What is told of the group."""
        return export.share(self.case, export.Wanted([self.group], "Provider A", **changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def spring(tmp_path_factory: pytest.TempPathFactory) -> Spring:
    made = tmp_path_factory.mktemp("shared")
    first = returning.tables("a", turns=8, strangers=60)
    innocent = next(row for row in first["payments"] if row["account"] == "a050")
    innocent["fingerprint"] = STOLEN
    first["benign"] = [{"trait": "fingerprint", "value": KNOWN_SHARED, "reason": "a club's card"}]
    promised.write(first, made / "first")
    promised.write(returning.tables("b", turns=8, days=40, strangers=60), made / "again")
    case = investigate(made / "first", case=made / "spring", settings=returning.chosen())
    (finding,) = case.findings
    assert {row["account"] for row in case.groups} == {f"a{number:03}" for number in range(12)}
    return Spring(Case(case.path), finding["group"], made / "again")


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ExchangeKey]:
    path = tmp_path_factory.mktemp("exchange") / "key"
    new_exchange_key(path)
    return path, read_exchange_key(path)
