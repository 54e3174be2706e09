"""runs list and runs clear: what runs keep outside any case, how large it is, and its end."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from linkage.cli.screen.layout import rows, show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many
from linkage.prompts import stored_vectors
from linkage.runs.store import Store, stages_folder
from linkage.settings.program import Settings

VECTORS, STAGE = "vectors of texts", "output of a stage"


def listed(*, settings: Path | None, output: Format) -> None:
    """Print what is kept."""
    folder = _folder(settings)
    found = [*_vectors(), *_stages(folder)]
    if output is not Format.table:
        emit(output, found, bytes=sum(each["bytes"] for each in found))
    elif found:
        body = [
            (
                row["kept"],
                row["encoder"] or row["stage"],
                f"{row['files']:,}",
                f"{row['bytes']:,}",
                row["changed"],
            )
            for row in found
        ]
        show(rows(("kept", "of*", "files", "bytes", "last used"), body, right="files bytes"))
        places = {VECTORS: stored_vectors.vectors_folder(), STAGE: folder}
        where = " and ".join(str(places[kept]) for kept in places if any(r["kept"] == kept for r in found))
        say(f"{_size(found)} in {where}; to remove it: linkage runs clear")
    else:
        say("nothing is kept")


def clear(*, settings: Path | None, output: Format) -> None:
    """Remove what is kept, and print what that was."""
    folder = _folder(settings)
    before = _stages(folder)
    left = {each.identity for each in _cleared(folder)}
    found = [
        *map(_of_encoder, stored_vectors.clear()),
        *(each for each in before if each["identity"] not in left),
    ]
    if output is not Format.table:
        emit(output, found, bytes=sum(each["bytes"] for each in found))
    say(f"{_size(found)} removed; a run that needs it makes it again" if found else "nothing was kept")
    if left:
        say(f"{many(len(left), 'stage')} left: a run is using them")


def _folder(settings: Path | None) -> Path:
    return stages_folder(Settings.load(settings).runs.folder)


def _cleared(folder: Path) -> Sequence[Any]:
    """What is left after all that can be removed was."""
    if not folder.is_dir():
        return []
    store = Store(folder)
    store.clear()
    return store.stored()


def _size(found: Sequence[dict[str, Any]]) -> str:
    files, size = (sum(each[what] for each in found) for what in ("files", "bytes"))
    return f"{many(files, 'file')}, {size:,} bytes"


def _vectors() -> list[dict[str, Any]]:
    return [_of_encoder(each) for each in stored_vectors.stored()]


def _of_encoder(each: stored_vectors.Stored) -> dict[str, Any]:
    return _row(VECTORS, each, encoder=each.encoder)


def _stages(folder: Path) -> list[dict[str, Any]]:
    found = Store(folder).stored() if folder.is_dir() else []
    return [_row(STAGE, each, stage=each.stage, identity=each.identity, stays=each.kept) for each in found]


def _row(kept: str, each: Any, **more: Any) -> dict[str, Any]:
    return {
        "kept": kept,
        "encoder": "",
        "stage": "",
        "identity": "",
        "stays": True,
        "folder": str(each.folder),
        "files": each.files,
        "bytes": each.bytes,
        "changed": each.changed.isoformat(timespec="seconds"),
        **more,
    }
