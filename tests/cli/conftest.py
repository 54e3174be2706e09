"""Commands run in this process, on a case made by hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import linkage as front
from linkage.errors import BudgetError, InputError
from tests import made_case
from tests.neo4j_server import neo4j_server

__all__ = ["neo4j_server"]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_case.write(tmp_path_factory.mktemp("made") / "case")


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Stands in for the pipeline: writes the case made by hand, or raises what it is told."""
    calls: list[dict[str, Any]] = []

    def investigate(
        sources: Any, *, case: Path, settings: Any, progress: Any, who: str, **beside: Any
    ) -> Any:
        calls.append({"sources": sources, "settings": settings, "who": who, **beside})
        progress("read", 12, 12)
        if Path(sources[0]).name == "broken":
            raise InputError("payments.csv: row 3: no account", hint="name the column")
        if Path(sources[0]).name == "slow":
            raise BudgetError("score: too many pairs")
        if Path(sources[0]).name == "stopped":
            raise KeyboardInterrupt
        empty = {"links": []} if Path(sources[0]).name == "calm" else None
        run = made_case.receipt()
        if Path(sources[0]).name == "leaky":
            run["inputs"][0]["used"] += 1
        return front.open_case(made_case.write(case, empty, run))

    monkeypatch.setattr("linkage.api.investigate", investigate)
    yield calls
