"""Which names a file of a bundle may have, looked at before anything is opened."""

import re

from linkage.bundle.checks.limits import LONGEST_NAME, LONGEST_SEGMENT

SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""

SUFFIXES = (
    ".txt", ".json", ".jsonl", ".jsonld", ".md", ".html", ".pdf", ".sha256", ".lock", ".sig", ".tsr", ".pem",
)  # fmt: skip
BARE = ("allowed_signers",)
"""Files of a bundle that have no suffix."""

TAG_FILES = ("bag-info.txt", "bagit.txt", "manifest-sha256.txt", "manifest-sha512.txt")
TAG_MANIFESTS = ("tagmanifest-sha256.txt", "tagmanifest-sha512.txt")
SIGNED = "tagmanifest-sha256.txt"
SIGNATURE = f"{SIGNED}.sig"
STAMPS = (f"{SIGNATURE}.tsr", f"{SIGNATURE}.2.tsr")
"""Time stamps of the signature, by up to two authorities; there may be none."""

ROOT = (*TAG_FILES, *TAG_MANIFESTS, SIGNATURE)
"""Everything that has to stand beside `data/`; nothing else may, but for time stamps."""


def name_fault(name: str) -> str:
    """Why a name is refused; empty for a good one."""
    for wrong, why in _WRONG:
        if wrong(name):
            return why
    return ""


def _segments(name: str) -> list[str]:
    return name.split("/")


def _bad_segment(name: str) -> bool:
    return not all(SEGMENT.fullmatch(each) for each in _segments(name))


_WRONG = (
    (lambda name: not name, "an empty name"),
    (lambda name: not name.isascii(), "a name that is not plain ASCII"),
    (lambda name: any(ord(each) < 32 or ord(each) == 127 for each in name), "a control character in a name"),
    (lambda name: "%" in name, "an escaped character in a name"),
    (lambda name: name.startswith(("\\\\", "//")), "a network or device path"),
    (lambda name: re.match(r"[A-Za-z]:", name) is not None, "a name with a drive letter"),
    (lambda name: "\\" in name, "a backslash in a name"),
    (lambda name: name.startswith("/"), "an absolute name"),
    (lambda name: ".." in _segments(name), "a name that leads out of the bundle"),
    (lambda name: ":" in name, "a name with a second stream"),
    (lambda name: any(RESERVED.fullmatch(each) for each in _segments(name)), "a device's name"),
    (
        lambda name: any(each.endswith((".", " ")) for each in _segments(name)),
        "a name ending in dot or blank",
    ),
    (lambda name: max(map(len, _segments(name))) > LONGEST_SEGMENT, "a name that is too long"),
    (lambda name: len(name) > LONGEST_NAME, "a name that is too long"),
    (_bad_segment, "a name outside the grammar"),
    (
        lambda name: not name.endswith(SUFFIXES) and name.rpartition("/")[2] not in BARE,
        "a kind of file that bundles do not hold",
    ),
)


def twins(names: list[str]) -> list[tuple[str, str]]:
    """Names that differ by case alone."""
    seen: dict[str, str] = {}
    found = []
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            found.append((other, name))
    return found
