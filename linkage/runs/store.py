"""Stored outputs on disk: a folder for each, under its identity, whole or not at all, for its owner alone.

Each holds its parts and `entry.json`, which has the size and SHA-256 of every part and a digest of itself.
Whoever uses an entry holds a shared lock on the file `held` in it; one that nobody holds may be removed. What
a killed run was still writing lies in a folder `.new-…`, and goes when the next run begins.
"""

import fcntl
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

from linkage.errors import UsageError
from linkage.private_files import (
    FILE,
    OTHERS,
    close_to_others,
    open_private,
    private_folder,
    write_private,
)
from linkage.runs.identity import file_digest, identity

ENTRY, HELD, KEEP = "entry.json", "held", "keep"
DRAFT, GONE = ".new-", ".gone"
GIGABYTE = 10**9
DAY = 86_400


class Damaged(Exception):
    """A stored output is not what it was when it was written, or is not ours; the message says how."""


@dataclass(frozen=True)
class Entry:
    """One stored output: what `entry.json` says of it, and its parts by name. `handle` holds it in use."""

    folder: Path
    said: dict[str, Any]
    parts: dict[str, Path]
    handle: int

    @property
    def bytes(self) -> int:
        """Size of all parts."""
        return sum(each["bytes"] for each in self.said["parts"].values())


@dataclass(frozen=True)
class Stored:
    """A stored output as it is listed: its stage, identity, size, last use (UTC), and whether it stays after
    a run succeeded."""

    stage: str
    identity: str
    folder: Path
    files: int
    bytes: int
    changed: datetime
    kept: bool


@dataclass(frozen=True)
class Draft:
    """An output that is being written, and the lock that says its run is alive."""

    folder: Path
    handle: int


def stages_folder(named: str = "") -> Path:
    """Where outputs are stored: the folder that a setting names, or the one in the user's cache."""
    return Path(named).expanduser() if named else Path(user_cache_dir("linkage")) / "stages"


class Store:
    """The stored outputs of a user; the folder is made where it is missing.

    Raises UsageError where it is not the user's own, or cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            private_folder(folder)
            _own(folder, stat.S_ISDIR)
        except (OSError, Damaged) as error:
            raise UsageError(
                f"{folder}: stages cannot be stored here: {error}",
                hint="name another folder in runs.folder, or set runs.store = false",
            ) from error

    def open(self, name: str) -> Entry | None:
        """The output of this identity, held until `release`; None where there is none.

        Raises Damaged where there is one that cannot be trusted.
        """
        folder = self.folder / name
        if not folder.is_dir() or folder.is_symlink():
            return None
        handle = _hold(folder, fcntl.LOCK_SH | fcntl.LOCK_NB)
        if handle is None:
            if not (folder / HELD).exists():
                raise Damaged(f"{HELD} is missing")
            return None
        try:
            said, parts = _checked(folder)
        except (Damaged, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            os.close(handle)
            raise Damaged(str(error)) from error
        os.utime(folder / HELD)
        return Entry(folder, said, parts, handle)

    def draft(self) -> "Draft":
        """A folder to write an output into, locked as long as its run is alive."""
        folder = Path(tempfile.mkdtemp(dir=self.folder, prefix=DRAFT))
        handle = open_private(folder / f"{HELD}.new", os.O_RDWR)
        fcntl.flock(handle, fcntl.LOCK_EX)
        (folder / f"{HELD}.new").rename(folder / HELD)
        return Draft(folder, handle)

    def seal(self, draft: "Draft", name: str, said: dict[str, Any]) -> Entry:
        """Turn a draft into the stored output of this identity, whole or not at all; raises OSError.

        Where another run has stored the same meanwhile, that one stays, and the draft is used as it is.
        Nothing waits for the disk: what a failing power supply tears is seen by its digest.
        """
        parts = {}
        for file in _files(draft.folder):
            close_to_others(file.parent)
            file.chmod(FILE)
            size, digest = file.stat().st_size, file_digest(file)
            parts[file.relative_to(draft.folder).as_posix()] = {"bytes": size, "sha256": digest}
        body = {**said, "parts": parts}
        write_private(draft.folder / ENTRY, json.dumps({"sha256": identity(body), "of": body}).encode())
        place = self.folder / name
        try:
            os.rename(draft.folder, place)
        except OSError:
            if not place.is_dir():
                raise
            place = draft.folder
        fcntl.flock(draft.handle, fcntl.LOCK_SH)
        return Entry(place, body, {part: place / part for part in parts}, draft.handle)

    def discard(self, name: str) -> bool:
        """Remove an output, or a draft, that no run is using; whether it is gone."""
        folder = self.folder / name
        if folder.is_symlink() or not folder.is_dir():
            folder.unlink(missing_ok=True)
            return True
        handle = _hold(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if handle is None and ((folder / HELD).exists() or _just_made(folder)):
            return False
        # Out of sight first: a half-removed output would look damaged.
        gone = self.folder / f"{DRAFT}{name.removeprefix(DRAFT).removesuffix(GONE)}{GONE}"
        with suppress(OSError):
            os.rename(folder, gone)
        shutil.rmtree(gone, ignore_errors=True)
        if handle is not None:
            os.close(handle)
        return not folder.exists()

    def keep(self, entry: Entry) -> None:
        """Have an output stay after its run has succeeded."""
        os.close(open_private(entry.folder / KEEP, os.O_RDWR))

    def is_kept(self, entry: Entry) -> bool:
        """Whether an output stays after its run has succeeded."""
        return (entry.folder / KEEP).exists()

    def stored(self) -> list[Stored]:
        """What is stored, the least recently used first."""
        found = [_listed(each) for each in self._entries()]
        return sorted(found, key=lambda each: (each.changed, each.identity))

    def sweep(self, keep_days: float, max_gigabytes: float) -> list[Stored]:
        """Remove what killed runs left unfinished, what is too old, and the least recently used above the
        size; what a run is using stays. Returns what was removed."""
        for draft in self.folder.glob(f"{DRAFT}*"):
            self.discard(draft.name)
        found, removed = self.stored(), []
        size, oldest = sum(each.bytes for each in found), time.time() - keep_days * DAY
        for each in found:
            too_old = each.changed.timestamp() < oldest
            if (too_old or size > max_gigabytes * GIGABYTE) and self.discard(each.identity):
                removed.append(each)
                size -= each.bytes
        return removed

    def clear(self) -> list[Stored]:
        """Remove all that no run is using; returns what was removed."""
        return self.sweep(keep_days=-1, max_gigabytes=0)

    def _entries(self) -> Iterator[Path]:
        for each in self.folder.iterdir():
            if each.is_dir() and not each.is_symlink() and not each.name.startswith(DRAFT):
                yield each


def _listed(folder: Path) -> Stored:
    try:
        stage = str(json.loads((folder / ENTRY).read_text("utf-8"))["of"]["stage"])
    except (OSError, ValueError, KeyError, TypeError):
        stage = "damaged"
    sizes = []
    for file in folder.rglob("*"):
        with suppress(OSError):
            if not file.is_dir() and file.name not in (HELD, KEEP):
                sizes.append(file.lstat().st_size)
    used = folder / HELD if (folder / HELD).exists() else folder
    changed = datetime.fromtimestamp(used.lstat().st_mtime, UTC)
    return Stored(stage, folder.name, folder, len(sizes), sum(sizes), changed, (folder / KEEP).exists())


def _checked(folder: Path) -> tuple[dict[str, Any], dict[str, Path]]:
    """What `entry.json` says, and the parts, all as they were written; raises Damaged."""
    _own(folder, stat.S_ISDIR)
    _own(folder / ENTRY, stat.S_ISREG)
    written = json.loads((folder / ENTRY).read_text("utf-8"))
    said = written["of"]
    if identity(said) != written["sha256"]:
        raise Damaged(f"{ENTRY} was changed")
    parts = {}
    for name, part in said["parts"].items():
        path = folder / name
        for above in path.relative_to(folder).parents:
            _own(folder / above, stat.S_ISDIR)
        found = _own(path, stat.S_ISREG)
        if found.st_size != part["bytes"] or file_digest(path) != part["sha256"]:
            raise Damaged(f"{name} was changed")
        parts[name] = path
    return said, parts


def _own(path: Path, kind: Any) -> os.stat_result:
    """What the system says of a file or folder that is ours alone and no link; raises Damaged."""
    found = path.lstat()
    if not kind(found.st_mode):
        raise Damaged(f"{path.name} is a link or of another kind")
    if found.st_uid != os.geteuid():
        raise Damaged(f"{path.name} belongs to another user")
    if stat.S_IMODE(found.st_mode) & OTHERS:
        raise Damaged(f"{path.name} is open to other users")
    return found


def _hold(folder: Path, kind: int) -> int | None:
    """A lock on an entry; None where it cannot be had."""
    try:
        handle = os.open(folder / HELD, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, kind)
    except OSError:
        os.close(handle)
        return None
    return handle


def _just_made(folder: Path) -> bool:
    """Whether another run may be about to take the lock of its new draft."""
    if not folder.name.startswith(DRAFT) or folder.name.endswith(GONE):
        return False
    return time.time() - folder.stat().st_mtime < DAY


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.is_file() and each.name not in (HELD, KEEP))
