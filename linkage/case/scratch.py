"""Folders for what a command writes on its way to a result: plaintext of a case stays inside the case.

Such a folder is for its owner alone and goes when the command ends. One whose command was killed is swept by
whoever opens the case next: the lock inside says whether its command is alive.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from linkage.private_files import open_private

PREFIX, HELD = ".work-", ".held"


@contextmanager
def scratch(case: Path) -> Iterator[Path]:
    """A folder inside a case folder, which goes, too, where it is left empty."""
    try:
        with scratch_in(case) as folder:
            yield folder
    finally:
        with suppress(OSError):
            case.rmdir()


@contextmanager
def scratch_in(parent: Path) -> Iterator[Path]:
    """The same in a folder that stays, for what has no case: what killed commands left in it goes first."""
    sweep(parent)
    folder = Path(tempfile.mkdtemp(dir=parent, prefix=PREFIX))
    # A sweeper looks for the final name alone: by then the lock is held.
    handle = open_private(folder / f"{HELD}.new", os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        (folder / f"{HELD}.new").rename(folder / HELD)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def sweep(parent: Path) -> None:
    """Remove the folders of commands that are no longer alive; what cannot be removed is left."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            handle = os.open(folder / HELD, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
