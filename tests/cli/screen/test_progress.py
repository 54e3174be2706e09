import time

import pytest

from linkage.cli.screen import progress
from linkage.cli.screen.progress import Budget, Progress
from linkage.errors import BudgetError, UsageError


@pytest.mark.parametrize(
    ("text", "seconds", "memory"),
    [
        ("", None, None),
        ("30m", 1800, None),
        ("12GB", None, 12e9),
        ("30m,12GB", 1800, 12e9),
        (" 1.5h , 512 MiB ", 5400, 512 * 2**20),
    ],
)
def test_budgets(text: str, seconds: float | None, memory: float | None) -> None:
    assert Budget.parse(text) == Budget(seconds, memory)


@pytest.mark.parametrize("text", ["30", "soon", "30m;12GB", "-5m", "1e3s", "12 parsecs"])
def test_what_is_no_budget(text: str) -> None:
    with pytest.raises(UsageError, match="--budget"):
        Budget.parse(text)


def test_time_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    with Progress(Budget(seconds=5), quiet=True) as steps:
        steps("read", 1, None)
        now = time.monotonic()
        monkeypatch.setattr(progress.time, "monotonic", lambda: now + 6)
        with pytest.raises(BudgetError, match="score: stopped after 6 s") as caught:
            steps("score", 1, None)
    assert caught.value.exit_code == 6


def test_memory_runs_out() -> None:
    with Progress(Budget(memory=1.0), quiet=True) as steps, pytest.raises(BudgetError, match="GB"):
        steps("read", 1, None)


def test_without_a_terminal_each_stage_is_one_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(Budget()) as steps:
        steps("read", 0, None)
        steps("read", 10, 10)
        steps("sc\x1bore", 5, None)
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split()[0] for line in err.splitlines()] == ["read", "sc\\u{1b}ore"]
    assert "10 rows" in err


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(Budget(), quiet=True) as steps:
        steps("read", 10, 10)
    assert capsys.readouterr() == ("", "")


def test_a_stage_that_says_nothing_is_stopped_and_told_what_it_needs() -> None:
    with (
        pytest.raises(BudgetError, match="stability: stopped after 1 s") as caught,
        Progress(Budget(seconds=0.6), quiet=True, needs="52m,10GB") as steps,
    ):
        steps("stability", 0, None)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            pass
    assert "--budget 52m,10GB" in caught.value.hint and "same command" in caught.value.hint


def test_a_line_tells_memory_and_the_time_that_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(Budget(), seconds={"read": 5.0, "prompts": 60.0, "write": 30.0}) as steps:
        steps("read", 10, 10)
        steps("prompts", 10, 10)
        steps("write", 10, 10)
    read, prompts, write = capsys.readouterr().err.splitlines()
    assert "MB" in read or "GB" in read
    assert read.endswith("about 90 s left") and prompts.endswith("about 30 s left")
    assert "left" not in write


def test_without_a_prediction_nobody_says_how_long_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(Budget()) as steps:
        steps("read", 10, 10)
    assert "left" not in capsys.readouterr().err
