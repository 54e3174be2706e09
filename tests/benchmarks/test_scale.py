"""The ladder's rows, and what they say of a run that was ended."""

from pathlib import Path

import pytest
import scale
from process_memory import Measured
from scale import INVESTIGATED, LADDER, SIMULATED, Rung, arguments, investigated_row, report, simulated_row

ENDED = Measured(61.0, 50.0, 13 << 30, "ended at the limit of 12.0 GiB", "")


def test_the_last_row_is_the_case_the_project_was_made_for() -> None:
    assert [rung.name for rung in LADDER] == [
        "20,000 / 250,000", "200,000 / 2,500,000", "20,000 / 2,500,000", "1,000,000 / 10,000,000",
        "1,000,000 / 28,800,000",
    ]  # fmt: skip
    assert LADDER[-1].operator_accounts == 25_000


def test_a_run_that_was_ended_is_a_row_that_says_so() -> None:
    made = simulated_row(LADDER[3], Path("nowhere"), ENDED)
    assert made[1] == ENDED.ended and len(made) == len(SIMULATED) and set(made[2:]) == {None}
    found = investigated_row(LADDER[3], Path("nowhere"), ENDED)
    assert found[1] == "ended at the limit of 12.0 GiB after 61" and found[4] == 13.0
    assert len(found) == len(INVESTIGATED) and set(found[5:]) == {None}


def test_a_small_row_is_run_as_people_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scale, "LADDER", (Rung(400, 3_000, operator_accounts=60),))
    monkeypatch.setattr("sys.argv", ["scale.py", "--simulate", "1", "--keep", str(tmp_path)])
    chosen = arguments()
    chosen.investigate, chosen.limit = [1], 6.0
    lines = list(report(chosen, tmp_path))
    assert any(line.startswith("| 400 / 3,000 |") for line in lines)
    cells = [cell.strip() for cell in lines[-2].split("|")[1:-1]]
    assert cells[0] == "400 / 3,000" and len(cells) == len(INVESTIGATED) and "of 7" in cells[5]
    capsys.readouterr()
