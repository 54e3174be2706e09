"""What runs on this machine have cost, kept for later predictions: numbers, and nothing of any source."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

from linkage.private_files import private_folder, write_private
from linkage.runs.cost import Measured
from linkage.runs.identity import code_version, identity
from linkage.settings.program import Settings

MOST = 100
"""Runs that are remembered, of all versions together."""


def history_file() -> Path:
    """Where the costs of runs are kept."""
    return Path(user_cache_dir("linkage")) / "costs.json"


def conditions(settings: Settings) -> str:
    """What must be the same for one run's costs to say anything of another's: code, cores and encoder."""
    prompts = settings.prompts
    return identity(code_version(), os.cpu_count(), settings.threads, prompts.encoder, prompts.judge)


def remember(run: dict[str, Any], settings: Settings) -> None:
    """Keep what a run has cost, by its receipt; where it cannot be kept, it is not."""
    try:
        measured = Measured.of(run)
    except KeyError:
        return
    kept = [*_all(), {"under": conditions(settings), **measured.to_json()}][-MOST:]
    with suppress(OSError):
        private_folder(history_file().parent)
        write_private(history_file(), json.dumps(kept).encode())


def remembered(settings: Settings) -> list[Measured]:
    """What runs under the same conditions have cost, the latest last."""
    found, under = [], conditions(settings)
    for each in _all():
        with suppress(KeyError, TypeError, ValueError):
            if each["under"] == under:
                found.append(Measured.of_json(each))
    return found


def _all() -> list[Any]:
    try:
        found = json.loads(history_file().read_text("utf-8"))
    except (OSError, ValueError):
        return []
    return found if isinstance(found, list) else []
