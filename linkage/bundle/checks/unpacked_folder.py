"""A bundle that somebody has unpacked: no link is followed, and what is not a plain file is refused."""

import os
import stat
from collections.abc import Iterator
from itertools import islice

from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import name_fault, twins
from linkage.bundle.checks.limits import LONGEST_NAME, MOST_FILES

PIECE = 1 << 20


class Folder:
    """The files below a folder; whatever else is there is in the report."""

    def __init__(self, path: str, report: Report) -> None:
        self.path = path
        self.report = report
        self.sizes: dict[str, int] = {}
        self._walk()
        for one, other in twins(sorted(self.sizes)):
            report.fault("V0", "two names that differ by case alone", other, found=one)

    def names(self) -> list[str]:
        """Every file, sorted."""
        return sorted(self.sizes)

    def length(self, name: str) -> int:
        """Bytes of a file."""
        return self.sizes[name]

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a file, in pieces; raises OSError where it has become a link since."""
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        left = self.sizes[name]
        with os.fdopen(os.open(os.path.join(self.path, *name.split("/")), flags), "rb") as file:
            while piece := file.read(min(PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    self.report.fault("V0", "a file grew while it was read", name, expected=self.sizes[name])
                    return
                yield piece

    def close(self) -> None:
        """Nothing is held."""

    def _walk(self) -> None:
        """Folder by folder, with a list of those to come: however deep they are, nothing calls itself."""
        waiting, seen = [""], 0
        while waiting:
            below = waiting.pop()
            with os.scandir(os.path.join(self.path, below)) as found:
                entries = sorted(islice(found, MOST_FILES + 1 - seen), key=lambda each: each.name)
            if not entries:
                self.report.fault("V0", "an empty folder", below or ".", expected="files")
            seen += len(entries)
            if seen > MOST_FILES:
                limit = f"at most {MOST_FILES}"
                return self.report.fault("V0", "too many files", below or ".", expected=limit)
            for entry in entries:
                name = f"{below}/{entry.name}" if below else entry.name
                if self._is_folder(name, entry):
                    waiting.append(name)

    def _is_folder(self, name: str, entry: os.DirEntry[str]) -> bool:
        """Whether there is more to look at below an entry; what else it is, is kept or in the report."""
        info = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(info.st_mode):
            self.report.fault("V0", "a link", name)
        elif stat.S_ISDIR(info.st_mode) and len(name) > LONGEST_NAME:
            self.report.fault("V0", "a name that is too long", name, expected=f"at most {LONGEST_NAME}")
        elif stat.S_ISDIR(info.st_mode):
            return True
        elif not stat.S_ISREG(info.st_mode):
            self.report.fault("V0", "a device, pipe or socket", name)
        elif info.st_mode & 0o7000:
            self.report.fault("V0", "a set-uid or set-gid mode", name)
        elif why := name_fault(name):
            self.report.fault("V0", why, name)
        else:
            self.sizes[name] = info.st_size
        return False
