"""Writing a case so that a killed run leaves the earlier case as it was.

All files are made in a folder inside the case. Only when they are complete and on disk is that folder renamed
to `.ready`; from then on the new case is decided, and whoever opens it next finishes the moves. The audit
entry of the run is one of these files, so that no tables stand without it. That a run of a case was begun is
entered before it reads anything: a run that is thrown away leaves that.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from linkage.case import parquet
from linkage.case.journal import AUDIT, BEGUN, FAILED, VERDICTS, Act, audit, audit_once, mend_all, now
from linkage.case.scratch import scratch, sweep
from linkage.errors import CaseError, IntegrityError
from linkage.private_files import FILE, open_private, private_folder
from linkage.schema import CASE

RUN, QUARANTINE = "run.json", "quarantine.ndjson"
FOUND_IN_ALL = ("observations", "links", "findings")
"""Tables that a case of every version has."""

WRITING, READY, LOCK = ".writing", ".ready", ".lock"
ENTRY = "audit.entry"
"""Among the files of a decided case: what is still to be entered in its audit file."""


class CaseWriter:
    """The one way into a case folder: `with CaseWriter(path) as case: case.table(...); case.receipt(...)`.

    `act` is what the audit file is to say of the run; without one it says nothing.
    """

    def __init__(self, path: str | Path, act: Act | None = None) -> None:
        self.path = Path(path)
        self._act, self._begun = act, 0
        self._receipt: dict[str, Any] | None = None
        self._rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        claim(self.path)
        self._new = not any((self.path / name).exists() for name in (RUN, AUDIT, READY))
        self._lock = os.fdopen(open_private(self.path / LOCK, os.O_RDWR), "ab")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            raise CaseError(
                f"{self.path}: another run is writing this case", hint="wait for it to end"
            ) from error
        with ExitStack() as undo:
            undo.callback(self._lock.close)
            self._prepare()
            undo.pop_all()
        return self

    def _prepare(self) -> None:
        """Clear up after runs that were killed, and enter that this one was begun."""
        finish(self.path)
        mend_all(self.path)
        self.scratch = self.path / WRITING
        # What runs that were killed left behind; the lock says that none is alive.
        shutil.rmtree(self.scratch, ignore_errors=True)
        sweep(self.path)
        private_folder(self.scratch)
        if self._act and not self._new:
            begun = audit(self.path, f"{self._act.action} {BEGUN}", self._act.detail, who=self._act.who)
            self._begun = begun["seq"]

    def table(self, name: str, table: pa.Table) -> None:
        """Write one table; raises IntegrityError where it breaks its contract."""
        ready = parquet.prepare(name, table)
        parquet.write(self.scratch / f"{name}.parquet", name, ready)
        self._rows[name] = ready.num_rows

    def ordered(self, name: str, batches: Iterable[pa.RecordBatch]) -> None:
        """Write one table whose rows come in the order of its key; it need not fit into memory."""
        self._rows[name] = parquet.write_ordered(self.scratch / f"{name}.parquet", name, batches)

    def quarantine(self, path: Path) -> None:
        """Take a copy of the file of rows that were not used."""
        shutil.copyfile(path, self.scratch / QUARANTINE)

    def receipt(self, run: dict[str, Any]) -> None:
        """What `run.json` will hold, beside the size, rows and SHA-256 of each output."""
        self._receipt = run

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._complete()
                os.replace(self.scratch, self.path / READY)
                finish(self.path)
            elif not self._new:
                self._failed(kind.__name__)
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)
            if kind is not None and self._new:
                self._leave_nothing()
            self._lock.close()

    def _leave_nothing(self) -> None:
        """Where there was no case there is none: nobody saw what a first run would have found."""
        if (self.path / READY).exists():
            return
        (self.path / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            self.path.rmdir()

    def _failed(self, why: str) -> None:
        """Enter that the run came to nothing; where even that cannot be written, that it was begun stands."""
        if self._act:
            with suppress(OSError, IntegrityError):
                detail = {"begun": self._begun, "why": why}
                audit(self.path, f"{self._act.action} {FAILED}", detail, who=self._act.who)

    def _complete(self) -> None:
        if self._receipt is None:
            raise IntegrityError(f"{self.path}: a case without a receipt is not written")
        for name in CASE:
            if name not in self._rows:
                self.table(name, CASE[name].schema.empty_table())
        (self.scratch / QUARANTINE).touch()
        outputs = {file.name: self._output(file) for file in sorted(self.scratch.iterdir())}
        text = json.dumps({**self._receipt, "outputs": outputs}, indent=1, default=str)
        (self.scratch / RUN).write_text(text + "\n", "utf-8")
        if self._act:
            (self.scratch / ENTRY).write_text(json.dumps(asdict(self._done(self._act))), "ascii")
        for file in self.scratch.iterdir():
            file.chmod(FILE)
            sync(file)
        sync(self.scratch)

    def _done(self, act: Act) -> Act:
        """The entry of this run: which tables it made, and when they were decided."""
        run = self._output(self.scratch / RUN)["sha256"]
        return Act(act.who, act.action, {**act.detail, "begun": self._begun, "run": run, "decided": now()})

    def _output(self, file: Path) -> dict[str, Any]:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        rows = self._rows.get(file.stem)
        return {"bytes": file.stat().st_size, "sha256": digest, **({} if rows is None else {"rows": rows})}


def is_case(path: Path) -> bool:
    """Whether a folder holds a case: its `run.json` is a receipt that lists the tables of one, or is damaged
    beside the tables of one. Other programs write a `run.json`, too."""
    try:
        receipt = json.loads((path / RUN).read_text("utf-8"))
    except ValueError:
        return all((path / f"{name}.parquet").exists() for name in FOUND_IN_ALL)
    except OSError:
        return False
    return is_receipt(receipt)


def is_receipt(found: object) -> bool:
    """Whether what a `run.json` holds is the receipt of a case."""
    outputs = found.get("outputs") if isinstance(found, dict) else None
    return isinstance(outputs, dict) and all(f"{name}.parquet" in outputs for name in FOUND_IN_ALL)


def claim(path: Path) -> None:
    """Make the folder, readable by its owner alone; raises CaseError when it holds something else."""
    if path.exists() and not path.is_dir():
        raise CaseError(f"{path}: is a file", hint="name a folder")
    ours = {QUARANTINE, AUDIT, VERDICTS}
    if (
        path.is_dir()
        and not is_case(path)
        and not (path / READY).exists()
        and any(each.name not in ours and not each.name.startswith(".") for each in path.iterdir())
    ):
        raise CaseError(f"{path}: holds files that are no case", hint="name a new folder")
    try:
        private_folder(path)
    except OSError as error:
        raise CaseError(f"{path}: cannot be made: {error.strerror}") from error


@contextmanager
def working_folder(case: Path) -> Iterator[Path]:
    """A scratch folder in a case that may still have to be made; raises CaseError as `claim` does."""
    claim(case)
    with scratch(case) as folder:
        yield folder


def finish(path: Path) -> None:
    """Move the files of a decided case into their places, `run.json` last; safe to repeat at any point."""
    ready = path / READY
    if not ready.is_dir():
        return
    entry = ready / ENTRY
    if entry.exists():
        # Before the tables: a disk that is full leaves the case as decided as it was.
        audit_once(path, Act(**json.loads(entry.read_text("ascii"))), BEGUN)
    files = [file for file in ready.iterdir() if file != entry]
    for file in sorted(files, key=lambda file: (file.name == RUN, file.name)):
        os.replace(file, path / file.name)
    for name in (AUDIT, VERDICTS):
        os.close(open_private(path / name, os.O_RDWR))
    sync(path)
    entry.unlink(missing_ok=True)
    ready.rmdir()


def recover(path: Path) -> None:
    """Finish what a run that was killed while it moved its files had decided, and clear up what other killed
    commands left: torn lines and scratch."""
    if (path / READY).is_dir():
        with open(path / LOCK, "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            finish(path)
    mend_all(path)
    sweep(path)


def sync(path: Path) -> None:
    """Have the system put a file, or the names in a folder, on disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
