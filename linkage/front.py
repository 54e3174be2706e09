"""The front door: from sources to a case."""

from collections.abc import Sequence
from pathlib import Path

from linkage import pipeline
from linkage.case import Case, audit, user
from linkage.log import Progress
from linkage.settings import Settings

Source = str | Path


def investigate(
    source: Source | Sequence[Source],
    *,
    case: Source,
    settings: Settings | None = None,
    progress: Progress | None = None,
    who: str = "",
) -> Case:
    """Turn the tables of one or more sources into groups of accounts, kept in the folder `case`.

    `progress` is called with stage, rows done and rows in all (or None). Raises InputError when a source
    cannot be used, and whatever `progress` raises.
    """
    sources = [Path(source)] if isinstance(source, str | Path) else [Path(each) for each in source]
    folder, chosen = Path(case), settings or Settings()
    pipeline.investigate(sources, folder, settings=chosen, progress=progress)
    audit(
        folder,
        "investigate",
        {"sources": [str(each) for each in sources], "settings": chosen.digest()},
        who=who or user(),
    )
    return Case(folder)
