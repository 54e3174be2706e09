"""What no file of the project may say, whatever its kind."""

import gzip
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path


def _joined(text: str) -> str:
    """Words cut in two by ¦, made whole: so this file does not hold what it forbids."""
    return text.replace("¦", "")


_HOSTS = _joined(
    "py¦pi.org files.python¦hosted.org repo1.maven¦.org repo.maven.apache¦.org registry.npm¦js.org"
    " crates¦.io proxy.golang¦.org deb.deb¦ian.org"
).split()
_MAKERS = _joined(r"ai|a\.i\.|llm|language model|cla¦ude|gpt|chat¦gpt|cod¦ex|copi¦lot")
_MADE = _joined("written|gener¦ated|authored|created|made|assisted|produced")
_MADE_BY = rf"\b(?:{_MADE})[ -](?:by|with) (?:an? |the )?(?:{_MAKERS})\b"

ANYWHERE = {
    "a registry's address": "|".join(map(re.escape, _HOSTS)),
    "a path of one machine": _joined(r"(?<![\w.*}-])/(?:wo¦rk|ro¦ot)/"),
}
IN_OUR_WORDS = {
    "a word about who writes it": _joined("co-auth¦ored-by") + rf"|{_MADE_BY}|\b(?:ai|llm)[ -](?:{_MADE})\b",
    "the number of a task": _joined(r"\b(?:iss¦ue|tick¦et|ta¦sk)s? #?\d+\b|(?<![\w&/#])#\d{1,4}\b(?!;)"),
}
DATA = (".csv", ".gz", ".jsonl", ".ndjson", ".npy", ".parquet", ".zst")
"""What people in a story say there, they may say."""

BESIDE = _joined(r"\.\./sha¦red")
MAY_LOOK_BESIDE = ("tests/", "benchmarks/")

_NOT_OURS = {".git", ".venv", "__pycache__", "build", "dist", "cases"}


def faults(path: str, text: str) -> Iterator[str]:
    """What a file at `path` says that it must not."""
    rules = ANYWHERE if path.endswith(DATA) else ANYWHERE | IN_OUR_WORDS
    if not path.startswith(MAY_LOOK_BESIDE):
        rules = rules | {"what lies beside the project": BESIDE}
    for what, pattern in rules.items():
        for found in re.finditer(pattern, text, re.IGNORECASE):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path}:{line}: {what}: {found.group()}"


def content(path: Path) -> str:
    """A file's text, unpacked; of other bytes whatever reads as text."""
    packed = path.read_bytes()
    return (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8", "replace")


def files(root: Path) -> list[Path]:
    """Every file that is tracked or about to be; without a repository, every file that is not made here."""
    if (root / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
        found = [root / name for name in listed.split("\0") if name]
    else:
        found = [each for each in root.rglob("*") if not _made_here(each.relative_to(root))]
    return sorted(each for each in found if each.is_file())


def _made_here(path: Path) -> bool:
    return any(
        part in _NOT_OURS or part.endswith((".egg-info", "_cache")) or part in (".hypothesis", ".artefacts")
        for part in path.parts
    )
