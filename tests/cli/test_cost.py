"""What a run will cost is told before it begins, and a run that cannot fit is not begun."""

import json
from pathlib import Path

import pytest

from linkage.cli import cost
from linkage.cli.screen.progress import Budget
from linkage.errors import BudgetError
from linkage.runs import history
from linkage.runs.cost import WORK, Cost
from linkage.settings.program import Settings
from tests import promised
from tests.conftest import Command
from tests.promised import PLAIN
from tests.runs.test_cost import measured

HOUR = [Cost("read", 100, 600.0, 4 * 10**9, 1), Cost("prompts", 100, 3_000.0, 8 * 10**9, 1)]


@pytest.mark.parametrize("budget", ["", "60m,8GB", "41m", "6GB", "2h,5.5GB"])
def test_a_run_that_may_fit_is_begun(budget: str) -> None:
    cost.refuse(Budget.parse(budget), HOUR, ["logs"])
    cost.refuse(Budget.parse("1s,1MB"), [], ["logs"])


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        ("39m", "60 min of 39 min"),
        ("5GB", "8.0 GB of 5.0 GB"),
        ("1m,1GB", "60 min of 60 s and 8.0 GB of 1.0 GB"),
    ],
)
def test_a_run_that_cannot_fit_is_refused_with_what_it_needs(budget: str, said: str) -> None:
    with pytest.raises(BudgetError, match=said) as caught:
        cost.refuse(Budget.parse(budget), HOUR, ["my logs"])
    assert caught.value.exit_code == 6
    assert "--budget 90m,12GB" in caught.value.hint
    assert "linkage doctor 'my logs' --cost" in caught.value.hint


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return promised.write(PLAIN.tables(), tmp_path / "source")


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which runs were measured."""
    runs = [measured(size, 100.0, 0.0) for size in (1_000, 4_000)]
    for module in (cost, history):
        monkeypatch.setattr(module, "remembered", lambda settings: runs)


@pytest.mark.usefixtures("known")
def test_doctor_prints_every_stage(linkage: Command, source: Path) -> None:
    code, out, _ = linkage("doctor", source, "--cost", "--output", "json")
    found = json.loads(out)["cost"]
    assert code == 0 and [each["stage"] for each in found["stages"]] == [*WORK]
    assert found["shape"]["rows"] == sum(map(len, PLAIN.tables().values()))
    assert found["total"]["seconds"] == pytest.approx(100.0 * len(WORK))
    assert found["factor"] == 1.5 and "2 runs on this machine" in found["from"]
    code, out, _ = linkage("doctor", source, "--cost")
    assert code == 0 and all(stage in out for stage in WORK) and "either way" in " ".join(out.split())
    assert "cost" not in json.loads(linkage("doctor", source, "--output", "json")[1])


@pytest.mark.usefixtures("known")
def test_a_budget_that_is_too_small_ends_the_command_before_the_case(
    linkage: Command, source: Path, tmp_path: Path
) -> None:
    code, _, err = linkage("investigate", source, "--case", tmp_path / "case", "--budget", "5m")
    assert code == 6 and "not begun" in err and not (tmp_path / "case").exists()


def test_without_a_measured_run_nothing_is_predicted(source: Path) -> None:
    assert cost.prediction([source], Settings()) == []


@pytest.mark.usefixtures("known")
def test_what_is_no_file_is_not_predicted(source: Path) -> None:
    assert cost.prediction([source], Settings())
    assert cost.prediction(["neo4j://host:7687/name"], Settings()) == []
    assert cost.prediction([source, "s3://bucket/logs/"], Settings()) == []


def test_a_machine_is_measured_once(linkage: Command, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "CALIBRATION", ((400, 1_200), (500, 2_400)))
    monkeypatch.setenv("LINKAGE_PROMPTS__ENCODER", "hashing")
    code, out, err = linkage("doctor", source, "--cost", "--output", "json")
    assert code == 0 and "calibrating" in err
    assert [each["stage"] for each in json.loads(out)["cost"]["stages"]] == [*WORK]
    again, out, err = linkage("doctor", source, "--cost", "--output", "json")
    assert again == 0 and err == "" and "2 runs" in json.loads(out)["cost"]["from"]


def test_cost_needs_a_source(linkage: Command) -> None:
    code, _, err = linkage("doctor", "--cost")
    assert code == 2 and "linkage doctor SOURCE --cost" in err
