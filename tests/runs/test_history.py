"""What runs have cost is remembered for runs under the same conditions, and nothing else is."""

import json
import stat

import pytest

from linkage.runs import history
from linkage.runs.history import MOST, history_file, remember, remembered
from linkage.settings.program import Settings
from tests.runs.test_cost import RUN


def test_a_run_is_remembered_under_its_conditions() -> None:
    assert remembered(Settings()) == []
    remember(RUN, Settings())
    (found,) = remembered(Settings(seed=4))
    assert found.shape.rows == 14
    hashing = Settings.load(None, prompts={"encoder": "hashing"})
    assert remembered(hashing) == [] and remembered(Settings(threads=7)) == []


def test_another_version_of_the_program_has_costs_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    remember(RUN, Settings())
    monkeypatch.setattr(history, "code_version", lambda: "another")
    assert remembered(Settings()) == []


def test_the_oldest_are_forgotten_and_nobody_else_may_read() -> None:
    for _ in range(MOST + 5):
        remember(RUN, Settings())
    assert len(remembered(Settings())) == MOST
    assert stat.S_IMODE(history_file().stat().st_mode) == 0o600
    held = json.loads(history_file().read_text())
    assert {*held[0]} == {"under", "shape", "stages"}, "nothing of the source"


@pytest.mark.parametrize("text", ["", "{}", "[1, null]", '[{"under": 1}]', '"x"', "\x00"])
def test_a_damaged_file_is_begun_anew(text: str) -> None:
    history_file().parent.mkdir(parents=True)
    history_file().write_text(text)
    assert remembered(Settings()) == []
    remember(RUN, Settings())
    assert len(remembered(Settings())) == 1


def test_a_receipt_of_another_version_and_a_file_that_cannot_be_written_are_no_error() -> None:
    remember({"stages": []}, Settings())
    history_file().mkdir(parents=True)
    remember(RUN, Settings())
    assert remembered(Settings()) == []
