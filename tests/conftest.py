"""What all tests share: where things are, what may be skipped, and how examples are drawn."""

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from linkage.cli.app import run
from linkage.engines import Engine
from linkage.engines.duckdb import DuckDB

ROOT = Path(__file__).resolve().parents[1]
Command = Callable[..., tuple[int, str, str]]
"""Runs a command line; gives its exit code, stdout and stderr."""

IN_CI = os.environ.get("CI", "").lower() not in ("", "0", "false")

# No deadline: a busy machine is no defect. In CI the same examples are drawn each time.
settings.register_profile(
    "ours", deadline=None, derandomize=IN_CI, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("ours")


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; a test that asks for it is skipped where there is none."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data is not beside the project ({os.path.relpath(folder, ROOT)})")
    return folder


@pytest.fixture(autouse=True)
def stages_apart(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test has a run store is no other test's: one that replaces code of a stage would mislead it. Nor
    do its costs count for anybody."""
    folder = tmp_path_factory.getbasetemp() / f"cache-{uuid4().hex}"
    for module in ("store", "history"):
        monkeypatch.setattr(f"linkage.runs.{module}.user_cache_dir", lambda name: str(folder / name))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine for the tests of one file."""
    made = DuckDB(tmp_path_factory.mktemp("scratch"), threads=2)
    yield made
    made.close()


@pytest.fixture
def linkage(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        missing = [name for name in marker.args if find_spec(name) is None]
        if missing:
            pytest.skip(f"not installed: {', '.join(missing)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if item.get_closest_marker("optional") is None:
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    report = yield
    refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In CI what was not tested is not taken to work: a skip is a failure."""
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"in CI nothing is skipped unless it is marked optional: {reason}"
