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
    indicators: Source | Sequence[Source] = (),
    known: Source | Sequence[Source] = (),
) -> Case:
    """Turn the tables of one or more sources into groups of accounts, kept in the folder `case`.

    `indicators` are files that name values of known operators (tables, or STIX 2.1 bundles), and `known`
    earlier case folders: groups are compared with them, and none is made by them.
    `progress` is called with stage, rows done and rows in all (or None). Raises InputError when a source
    cannot be used, and whatever `progress` raises.
    """
    sources, lists, earlier = _paths(source), _paths(indicators), _paths(known)
    folder, chosen = Path(case), settings or Settings()
    pipeline.investigate(sources, folder, settings=chosen, progress=progress, indicators=lists, known=earlier)
    audit(
        folder,
        "investigate",
        {
            "sources": [str(each) for each in sources],
            "indicators": [str(each) for each in lists],
            "known": [str(each) for each in earlier],
            "settings": chosen.digest(),
        },
        who=who or user(),
    )
    return Case(folder)


def _paths(given: Source | Sequence[Source]) -> list[Path]:
    return [Path(given)] if isinstance(given, str | Path) else [Path(each) for each in given]
