"""Which files a run reads, before it reads them: for whoever asks whether they still are what they were."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from linkage.ingest.opening import opened
from linkage.ingest.read import Sources
from linkage.settings.ingest import Ingest as IngestSettings
from linkage.settings.ingest import TableMapping


@dataclass(frozen=True)
class Inputs:
    """The files of a run by table and name; and what is known of them all before they are read (`shape`),
    which does not depend on where they lie."""

    files: Mapping[tuple[str, str], Path]
    shape: tuple[Any, ...]

    @property
    def identities(self) -> list[str]:
        """The shape as text, to be compared with that of another run."""
        return [json.dumps(self.shape, sort_keys=True)]

    def unchanged(self, sources: Sources) -> bool:
        """Whether what was read is what these files hold, byte for byte."""
        read = {(each.table, each.file): each.sha256 for each in sources.receipts}
        return read.keys() == self.files.keys() and all(
            _digest(self.files[key]) == digest for key, digest in read.items()
        )


def inputs(
    paths: Sequence[Path],
    chosen: IngestSettings,
    mappings: Mapping[str, TableMapping],
    indicators: Sequence[Path] = (),
    left_out: Mapping[str, str] | None = None,
) -> Inputs:
    """The files that `read` would read; raises as `read` does for what cannot be opened."""
    found = opened(paths, chosen, mappings, indicators).found
    files = {(part.table, part.name): part.path for part in found.parts}
    shape = [{**asdict(part), "path": "", "bytes": part.path.stat().st_size} for part in found.parts]
    return Inputs(files, (shape, found.ignored, dict(left_out or {})))


def digests(sources: Sources) -> list[str]:
    """The SHA-256 of each file that was read, in order."""
    return [each.sha256 for each in sources.receipts]


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
