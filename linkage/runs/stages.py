"""The stages of one run: each is computed, or taken from what an earlier run stored.

A stage is its name, the program's code, the settings it may read and the identities of its inputs. Equal ones
give equal rows, so the same command goes on where it was stopped, and a changed setting computes anew only
what may read it. What a run stored goes when it has succeeded, unless it was asked to keep it.
"""

import os
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from linkage.engines import Engine
from linkage.errors import IntegrityError, UsageError
from linkage.log import Log
from linkage.runs.identity import identity, stage_identity
from linkage.runs.memory import Watch
from linkage.runs.parts import TakenApart, put_together
from linkage.runs.store import GIGABYTE, Damaged, Draft, Entry, Store, stages_folder
from linkage.settings.program import Settings
from linkage.settings.runs import Runs

T = TypeVar("T")


@dataclass(frozen=True)
class Work:
    """What the computation of a stage is given: a folder that lasts as long as the run, the settings that it
    may read, and whom to tell how many rows are done."""

    folder: Path
    settings: Settings
    handled: Callable[[int], None]


@dataclass(frozen=True)
class Made(Generic[T]):
    """The output of a stage, its identity, and the size of its files in bytes (0 where it was not stored)."""

    value: T
    identity: str
    bytes: int = 0


@dataclass(frozen=True)
class Stage(Generic[T]):
    """What a stage is: the type of its output, the sections of the settings that it may read, and how many
    rows an output has. `content` is what of an output further stages depend on beyond its inputs.
    """

    name: str
    kind: type[T]
    sections: Sequence[str]
    rows: Callable[[T], int]
    content: Callable[[T], Any] = lambda _: None


def _always(_: Any) -> bool:
    return True


@dataclass
class Stages:
    """Runs stages: `with Stages(log, settings) as stages: made = stages.run(stage, compute)`."""

    log: Log
    settings: Settings
    _scratch: Path | None = None
    _engine: Engine | None = None
    _store: Store | None = None
    _watch: Watch = field(default_factory=Watch)
    _used: list[Entry] = field(default_factory=list)
    _drafts: list[Draft] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._store = _store(self.settings.runs)
        if self._store is not None:
            self._store.sweep(self.settings.runs.keep_days, self.settings.runs.max_gigabytes)
        self.log.memory = self._watch.__enter__().take
        return self

    def work_in(self, scratch: Path) -> None:
        """The folder for files of a stage that is not stored."""
        self._scratch = scratch

    def run_on(self, engine: Engine) -> None:
        """The engine of all stages that come now; those before had none."""
        self._engine = engine

    def engine(self) -> Engine:
        """The engine of the run; raises IntegrityError before there is one."""
        if self._engine is None:
            raise IntegrityError("a stage without an engine has made rows of one")
        return self._engine

    def run(
        self,
        stage: Stage[T],
        inputs: Sequence[Made[Any] | str],
        compute: Callable[[Work], T],
        *,
        unchanged: Callable[[T], bool] = _always,
    ) -> Made[T]:
        """The output of a stage for these inputs, from the store where it is there.

        An input is what another stage has made, or an identity. `unchanged` says whether a stored output is
        still what the inputs give, where only looking at them tells.
        """
        chosen = self.settings.only(*stage.sections)
        dumped = self.settings.model_dump(mode="json", include={*stage.sections})
        given = [each if isinstance(each, str) else each.identity for each in inputs]
        name = stage_identity(stage.name, dumped, given)
        with self.log.stage(stage.name) as handled:
            made = self._restored(stage, name, unchanged)
            was_stored = made is not None
            if made is None:
                made = self._computed(stage, name, lambda folder: compute(Work(folder, chosen, handled)))
            handled(stage.rows(made.value))
        self.log.stages[-1] |= {"disk": made.bytes, **({"stored": True} if was_stored else {})}
        return made

    # --- from the store ----------------------------------------------------------------------------

    def _restored(self, stage: Stage[T], name: str, unchanged: Callable[[T], bool]) -> Made[T] | None:
        store = self._store
        if store is None:
            return None
        if self.settings.runs.fresh:
            store.discard(name)
            return None
        try:
            entry = store.open(name)
            if entry is None:
                return None
            self._used.append(entry)
            made = self._loaded(stage, name, entry)
        except (Damaged, IntegrityError, KeyError, ValueError, OSError):
            self._forget(name)
            return None
        if not unchanged(made.value):
            self._forget(name)
            return None
        self.log.caps += entry.said["caps"]
        return made

    def _forget(self, name: str) -> None:
        """Remove an output that is of no use."""
        for entry in [each for each in self._used if each.folder.name == name]:
            os.close(entry.handle)
            self._used.remove(entry)
        if self._store is not None:
            self._store.discard(name)

    def _loaded(self, stage: Stage[T], name: str, entry: Entry) -> Made[T]:
        value = put_together(stage.kind, entry.said["outline"], entry.parts, self.engine)
        return Made(value, _identity(name, stage.content(value)), entry.bytes)

    # --- computed ------------------------------------------------------------------------------------

    def _computed(self, stage: Stage[T], name: str, compute: Callable[[Path], T]) -> Made[T]:
        if self._store is None:
            assert self._scratch is not None
            value = compute(self._scratch)
            return Made(value, _identity(name, stage.content(value)))
        draft, mark = self._store.draft(), self._engine.mark() if self._engine else 0
        self._drafts.append(draft)
        caps, started = len(self.log.caps), time.perf_counter()
        value = compute(draft.folder)
        said = {
            "stage": stage.name,
            "seconds": round(time.perf_counter() - started, 3),
            "caps": self.log.caps[caps:],
        }
        entry = self._sealed(self._store, draft, name, value, said)
        if entry is None:
            return Made(value, _identity(name, stage.content(value)))
        # From here on the rows are in files: what the engine made on the way to them may go.
        del value
        if self._engine is not None:
            self._engine.drop_since(mark)
        return self._loaded(stage, name, entry)

    def _sealed(
        self, store: Store, draft: Draft, name: str, value: Any, said: dict[str, Any]
    ) -> Entry | None:
        """The stored output; None where the disk refuses it, or it is larger than all may be."""
        try:
            outline = TakenApart(draft.folder, self.engine).outline(value)
            if _size(draft.folder) > self.settings.runs.max_gigabytes * GIGABYTE:
                return None
            entry = store.seal(draft, name, {**said, "outline": outline})
        except OSError:
            # What cannot be stored is still known to this run; an output of files stays in its draft.
            return None
        self._drafts.remove(draft)
        self._used.append(entry)
        store.sweep(self.settings.runs.keep_days, self.settings.runs.max_gigabytes)
        return entry

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.__exit__(kind, error, trace)
        for draft in self._drafts:
            shutil.rmtree(draft.folder, ignore_errors=True)
            os.close(draft.handle)
        for entry in self._used:
            if self._store is not None and self.settings.runs.keep:
                self._store.keep(entry)
            os.close(entry.handle)
            if self._store is not None and kind is None:
                self._drop(self._store, entry)
        self._used, self._drafts = [], []

    def _drop(self, store: Store, entry: Entry) -> None:
        """After a run that succeeded nothing stays but what somebody asked to keep."""
        if not store.is_kept(entry):
            with suppress(OSError):
                store.discard(entry.folder.name)


def _identity(name: str, content: Any) -> str:
    return name if content is None else identity(name, content)


def _size(folder: Path) -> int:
    return sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())


def _store(chosen: Runs) -> Store | None:
    """The store that the settings name; None where there shall be none, or where the user's cache folder
    cannot be used. A folder that was named and cannot be used is an error."""
    if not chosen.store:
        return None
    try:
        return Store(stages_folder(chosen.folder))
    except UsageError:
        if chosen.folder:
            raise
        return None
