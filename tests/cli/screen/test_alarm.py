"""A run is interrupted although it says nothing, and what comes out is why."""

import signal
import threading
import time

import pytest

from linkage.cli.screen.alarm import BELL, Alarm
from linkage.errors import BudgetError


class Check:
    """Raises from its second call on."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        if self.calls > 1:
            raise BudgetError("too long")


def test_work_that_says_nothing_is_interrupted() -> None:
    started, before = time.monotonic(), signal.getsignal(BELL)
    with pytest.raises(BudgetError, match="too long"), Alarm(Check()):
        while time.monotonic() < started + 30:
            pass
    assert time.monotonic() < started + 20
    assert signal.getsignal(BELL) == before


def test_what_others_make_of_the_interruption_is_not_what_comes_out() -> None:
    with pytest.raises(BudgetError, match="too long") as caught, Alarm(Check()):
        try:
            end = time.monotonic() + 30
            while time.monotonic() < end:
                pass
        except BudgetError as error:
            raise RuntimeError("query interrupted") from error
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_work_that_ends_in_time_is_left_alone() -> None:
    check = Check()
    with Alarm(check):
        pass
    time.sleep(0.1)
    assert check.calls == 0


def test_in_another_thread_nothing_is_interrupted() -> None:
    """Only the main thread can run a handler; there the budget is checked as the run reports."""
    check, ended = Check(), []

    def work() -> None:
        with Alarm(check):
            time.sleep(1.5)
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended and check.calls == 0
