"""One browser, and one hostile case, for all tests of reports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from linkage.bundle import reports
from linkage.case import Case
from tests.graph.browsing import chromium
from tests.report import hostile, made

ACCOUNTS = 560
"""More than one picture draws."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield chromium(playwright)


@pytest.fixture(scope="session")
def hostile_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with the hostile texts in every field that a log can set."""
    texts = hostile.VECTORS + hostile.texts()
    return made.case(tmp_path_factory.mktemp("hostile") / "case", texts, ACCOUNTS)


@pytest.fixture(scope="session")
def hostile_report(hostile_case: Path) -> reports.Report:
    return reports.of_case(Case(hostile_case), [])


@pytest.fixture(scope="session")
def plain_report(tmp_path_factory: pytest.TempPathFactory) -> reports.Report:
    folder = made.case(tmp_path_factory.mktemp("plain") / "case", made.PLAIN, 60)
    return reports.of_case(Case(folder), [])
