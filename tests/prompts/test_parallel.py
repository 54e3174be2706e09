"""Work shared with a second process: the same answers, whatever becomes of it."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from linkage.prompts import parallel
from linkage.prompts.parallel import in_two_processes
from linkage.prompts.skeleton import skeletons
from linkage.settings.prompts import Prompts


def who(items: Sequence[Any], *, extra: int = 0) -> list[Any]:
    return [(item, extra, os.getpid()) for item in items]


def dies_there(items: Sequence[Any], *, here: int) -> list[Any]:
    if os.getpid() != here:
        os._exit(7)
    return list(items)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "LEAST", 4)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("count", [4, 5, 9])
def test_each_half_is_done_by_another_process_and_comes_in_order(count: int) -> None:
    made = in_two_processes(who, list(range(count)), extra=3)
    assert [(item, extra) for item, extra, _ in made] == [(item, 3) for item in range(count)]
    pids = [pid for _, _, pid in made]
    assert set(pids[: count // 2]) == {os.getpid()}
    assert len(set(pids)) == 2


def test_little_work_stays_here() -> None:
    assert {pid for _, _, pid in in_two_processes(who, list(range(100)))} == {os.getpid()}
    assert in_two_processes(who, []) == []


@pytest.mark.usefixtures("few")
def test_a_process_that_dies_or_never_starts_costs_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_two_processes(dies_there, list(range(9)), here=os.getpid()) == list(range(9))
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert [item for item, _, _ in in_two_processes(who, list(range(9)))] == list(range(9))


@pytest.mark.usefixtures("few")
def test_an_error_here_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def remembered(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(real(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", remembered)

    with pytest.raises(TypeError):
        in_two_processes(who, list(range(9)), unknown=1)
    assert started[0].poll() is not None


@pytest.mark.usefixtures("few")
def test_hostile_texts_come_back_as_they_are() -> None:
    texts = ["a\x00b", "\ud800 lone", "é" * 5000, "", "<b> 10 'x'", "‮ txt", "x.py 3\n" * 2000, "🙂"]
    chosen = Prompts(min_segment_words=2, max_segments=8)
    alone = skeletons(texts, chosen=chosen)
    assert in_two_processes(skeletons, texts, chosen=chosen) == alone
