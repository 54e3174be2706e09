"""A stage is computed once, and anew only where something it depends on has changed."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pytest

from linkage.engines import Engine
from linkage.errors import UsageError
from linkage.log import Log
from linkage.runs.stages import Made, Stage, Stages, Work
from linkage.runs.store import Store, stages_folder
from linkage.settings.program import Settings
from linkage.settings.runs import Runs


@dataclass(frozen=True)
class Number:
    """An output."""

    value: int


@dataclass
class Chain:
    """Two stages, the second made from the first; `ran` names those that were computed."""

    folder: Path
    chosen: Settings = field(default_factory=Settings)
    ran: list[str] = field(default_factory=list)
    log: Log = field(default_factory=Log)

    def __call__(self, ends: Callable[[], object] = lambda: None, **changes: Any) -> tuple[list[str], int]:
        """Which stages were computed, and the output of the second."""
        self.ran, self.log = [], Log()
        with Stages(self.log, self.chosen.model_copy(update=changes)) as stages:
            stages.work_in(self.folder)
            first = self.first(stages)
            last = self.second(stages, first)
            ends()
        return self.ran, last.value.value

    def first(self, stages: Stages) -> Made[Number]:
        def compute(work: Work) -> Number:
            self.ran.append("first")
            self.log.cut("first", {"left out": 3})
            return Number(work.settings.prompts.same.__hash__() % 1_000)

        return stages.run(Stage("first", Number, ("prompts",), rows=lambda made: 1), ["source"], compute)

    def second(self, stages: Stages, first: Made[Number]) -> Made[Number]:
        def compute(work: Work) -> Number:
            self.ran.append("second")
            return Number(first.value.value + work.settings.seed)

        stage = Stage("second", Number, ("seed",), rows=lambda made: made.value)
        return stages.run(stage, [first], compute)


class Stop(Exception):
    """What ends a run in its middle."""


def stop() -> None:
    raise Stop


def stopped(chain: Chain, **more: Any) -> None:
    with pytest.raises(Stop):
        chain(stop, **more)


@pytest.fixture
def chain(tmp_path: Path) -> Chain:
    return Chain(tmp_path)


def stored() -> list[str]:
    return sorted(each.stage for each in Store(stages_folder()).stored())


def test_a_run_that_was_stopped_goes_on_with_what_was_cut_and_counted(chain: Chain) -> None:
    stopped(chain)
    before = chain.log
    assert stored() == ["first", "second"]
    ran, value = chain()
    assert ran == [] and chain.log.caps == before.caps == [{"stage": "first", "what": "left out", "count": 3}]
    assert [(each["stage"], each["rows"]) for each in chain.log.stages] == [
        (each["stage"], each["rows"]) for each in before.stages
    ]
    assert all(each["stored"] for each in chain.log.stages)
    assert chain(runs=Runs(fresh=True)) == (["first", "second"], value)


def test_after_a_run_that_succeeded_nothing_is_left(chain: Chain) -> None:
    chain()
    assert stored() == []
    stopped(chain)
    chain()
    assert stored() == []
    assert chain()[0] == ["first", "second"]


def test_what_was_asked_to_be_kept_stays_and_serves_later_runs(chain: Chain) -> None:
    chain(runs=Runs(keep=True))
    assert chain()[0] == [] and stored() == ["first", "second"]
    assert chain(seed=5)[0] == ["second"], "what this run alone has stored goes with it"
    assert stored() == ["first", "second"]


def test_a_changed_setting_computes_only_what_depends_on_it(chain: Chain) -> None:
    prompts = chain.chosen.prompts.model_copy(update={"same": 0.99})
    keep = Runs(keep=True)
    assert chain(runs=keep)[0] == ["first", "second"]
    assert chain(runs=keep, seed=1)[0] == ["second"]
    assert chain(runs=keep, prompts=prompts)[0] == ["first", "second"]
    assert chain(runs=keep, prompts=prompts, seed=1)[0] == ["second"]
    assert chain(runs=keep, threads=3, max_rows=10)[0] == [], "nothing depends on these"
    assert chain(runs=keep)[0] == []


def test_fresh_takes_nothing_from_before(chain: Chain) -> None:
    stopped(chain)
    assert chain(runs=Runs(fresh=True))[0] == ["first", "second"]
    assert stored() == []


def test_a_damaged_output_is_computed_again(chain: Chain) -> None:
    stopped(chain)
    (first,) = (each for each in Store(stages_folder()).stored() if each.stage == "first")
    (first.folder / "entry.json").write_text("")
    assert chain()[0] == ["first"]
    assert stored() == []


def test_a_stage_can_read_no_setting_but_those_it_depends_on(chain: Chain, tmp_path: Path) -> None:
    with Stages(Log(), Settings()) as stages:
        stages.work_in(tmp_path)
        stage = Stage("x", Number, ("seed", "prompts"), rows=lambda made: 1)
        stages.run(stage, [], lambda work: Number(work.settings.seed + bool(work.settings.prompts)))
        stage = Stage("y", Number, ("prompts",), rows=lambda made: 1)
        for name in ("seed", "evidence", "traits"):
            with pytest.raises(AttributeError, match=name):
                stages.run(stage, [], lambda work, name=name: Number(getattr(work.settings, name)))


def test_an_output_whose_inputs_have_changed_is_computed_again(tmp_path: Path) -> None:
    ran: list[int] = []

    def run(content: int) -> str:
        stage = Stage("x", Number, (), rows=lambda made: 1, content=lambda made: made.value)

        def compute(work: Work) -> Number:
            ran.append(content)
            return Number(content)

        with Stages(Log(), Settings(runs=Runs(keep=True))) as stages:
            stages.work_in(tmp_path)
            made = stages.run(stage, [], compute, unchanged=lambda made: made.value == content)
            return made.identity

    assert run(1) == run(1) != run(2) == run(2)
    assert ran == [1, 2]


def test_files_of_an_output_are_its_own(tmp_path: Path) -> None:
    @dataclass(frozen=True)
    class Files:
        """An output of files."""

        paths: dict[str, tuple[Path, ...]]

    def compute(work: Work) -> Files:
        (work.folder / "table").mkdir()
        (work.folder / "table" / "0").write_text("row")
        return Files({"table": (work.folder / "table" / "0",)})

    stage = Stage("read", Files, (), rows=lambda made: 1)
    for runs in (Runs(keep=True), Runs()):
        with Stages(Log(), Settings(runs=runs)) as stages:
            stages.work_in(tmp_path)
            made = stages.run(stage, [], compute)
            assert made.value.paths["table"][0].read_text() == "row"
            assert made.value.paths["table"][0].is_relative_to(stages_folder())
            assert made.bytes == 3


# --- where nothing can be stored -------------------------------------------------------------------


def test_a_full_disk_costs_the_storing_and_not_the_run(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Store, "seal", refuse)
    stopped(chain)
    assert stored() == [] and list(stages_folder().iterdir()) == []
    assert chain()[0] == ["first", "second"]


def test_what_is_larger_than_all_may_be_is_not_stored(chain: Chain) -> None:
    runs = chain.chosen.runs.model_copy(update={"max_gigabytes": 0.0})

    def run(stages: Stages, work: Callable[[Work], Number]) -> None:
        stages.run(Stage("x", Number, (), rows=lambda made: 1), [], work)

    def compute(work: Work) -> Number:
        (work.folder / "file").write_text("content")
        return Number(1)

    with Stages(Log(), chain.chosen.model_copy(update={"runs": runs})) as stages:
        stages.work_in(chain.folder)
        run(stages, compute)
        assert stored() == []
    assert list(stages_folder().iterdir()) == []


def test_stages_that_shall_not_be_stored_are_not(chain: Chain) -> None:
    runs = chain.chosen.runs.model_copy(update={"store": False})
    stopped(chain, runs=runs)
    assert not stages_folder().exists()
    assert chain(runs=runs)[0] == ["first", "second"]


def test_a_cache_folder_that_cannot_be_used_is_done_without(chain: Chain, tmp_path: Path) -> None:
    stages_folder().parent.mkdir(parents=True)
    stages_folder().write_text("a file")
    assert chain()[0] == ["first", "second"]
    (tmp_path / "file").write_text("")
    named = chain.chosen.runs.model_copy(update={"folder": str(tmp_path / "file")})
    with pytest.raises(UsageError, match="stages cannot be stored here"):
        chain(runs=named)


def test_stages_are_stored_in_the_folder_that_is_named(chain: Chain, tmp_path: Path) -> None:
    named = chain.chosen.runs.model_copy(update={"folder": str(tmp_path / "there")})
    stopped(chain, runs=named)
    assert len(Store(tmp_path / "there").stored()) == 2 and not stages_folder().exists()


def test_the_engine_gives_back_what_is_stored(engine: Engine, tmp_path: Path) -> None:
    """Rows that were stored are read from their files, and the tables made on the way are gone."""

    @dataclass(frozen=True)
    class Rows:
        """An output of rows."""

        rows: ir.Table

    made: list[ir.Table] = []

    def compute(work: Work) -> Rows:
        made.append(engine.keep(engine.table(pa.table({"a": [1, 2]}))))
        return Rows(made[0])

    with Stages(Log(), Settings()) as stages:
        stages.run_on(engine)
        found = stages.run(Stage("x", Rows, (), rows=lambda made: 2), [], compute)
        assert sorted(engine.collect(found.value.rows, at_most=2)["a"].to_pylist()) == [1, 2]
        with pytest.raises(Exception, match="does not exist"):
            engine.collect(made[0], at_most=2)


def test_of_two_stages_only_the_damaged_one_is_computed(chain: Chain) -> None:
    stopped(chain)
    for each in Store(stages_folder()).stored():
        if each.stage == "second":
            (each.folder / "part-001.npy").write_bytes(b"not a part of it")
            (each.folder / "entry.json").chmod(0o644)
    assert chain()[0] == ["second"]
