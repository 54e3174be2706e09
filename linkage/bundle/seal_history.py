"""Every seal that a case has had, beside its audit file: each names the head of the custody it sealed."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from linkage.bundle import custody, seal
from linkage.wording import many, noun

Row = Mapping[str, Any]


def seal_faults(case: Path, audit: Sequence[Row]) -> list[str]:
    """What the seals of a case say against its audit file, in words: entries that were taken away, and those
    that are not what was sealed."""
    return [fault for name, page in pages(case) for fault in _faults(case, name, page, audit)]


def pages(case: Path) -> Iterator[tuple[str, seal.Page]]:
    """The seal of a case and those before it, each with what it is called."""
    if (page := seal.current(case)) is not None:
        yield "the seal", page
    for path in sorted((case / seal.FOLDER / seal.PRIOR).glob("*.txt")):
        signature = path.with_name(f"{path.name}.sig")
        if signature.exists():
            yield f"the earlier seal {path.stem[:16]}", seal.Page(path.read_bytes(), signature.read_bytes())


def _faults(case: Path, name: str, page: seal.Page, audit: Sequence[Row]) -> Iterator[str]:
    count = int(page.fields["custody-entries"])
    if len(audit) < count:
        sealed, are = many(count, "entry was", "entries were"), noun(len(audit), "is", "are")
        yield f"{name}: {sealed} sealed, {len(audit)} {are} left"
        return
    kept = audit[:count]
    secret = seal.secret_of(case, page.fields["run-sha256"], kept)
    if custody.head(custody.custody_lines(kept, secret)) != page.fields["custody-head"]:
        one = "the first entry is not the one that was sealed"
        said = one if count == 1 else f"the first {count} entries are not those that were sealed"
        yield f"{name}: {said}"
