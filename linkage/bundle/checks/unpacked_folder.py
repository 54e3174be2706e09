"""A bundle that somebody has unpacked: no link is followed, and what is not a plain file is refused."""

import os
import stat
from collections.abc import Iterator

from linkage.bundle.checks.faults import Report
from linkage.bundle.checks.file_names import name_fault, twins

MOST_FILES = 1_000
PIECE = 1 << 20


class Folder:
    """The files below a folder; whatever else is there is in the report."""

    def __init__(self, path: str, report: Report) -> None:
        self.path = path
        self.report = report
        self.sizes: dict[str, int] = {}
        self._walk("")
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
        with os.fdopen(os.open(os.path.join(self.path, *name.split("/")), flags), "rb") as file:
            while piece := file.read(PIECE):
                yield piece

    def close(self) -> None:
        """Nothing is held."""

    def _walk(self, below: str) -> None:
        with os.scandir(os.path.join(self.path, below)) as found:
            entries = sorted(found, key=lambda each: each.name)
        if not entries:
            self.report.fault("V0", "an empty folder", below or ".")
        for entry in entries:
            self._entry(f"{below}/{entry.name}" if below else entry.name, entry)

    def _entry(self, name: str, entry: "os.DirEntry[str]") -> None:
        info = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(info.st_mode):
            return self.report.fault("V0", "a link", name)
        if stat.S_ISDIR(info.st_mode):
            return self._walk(name)
        if not stat.S_ISREG(info.st_mode):
            return self.report.fault("V0", "a device, pipe or socket", name)
        if info.st_mode & 0o7000:
            self.report.fault("V0", "a set-uid or set-gid mode", name)
        if why := name_fault(name):
            return self.report.fault("V0", why, name)
        if len(self.sizes) >= MOST_FILES:
            return self.report.fault("V0", "too many files", name, expected=f"at most {MOST_FILES}")
        self.sizes[name] = info.st_size
