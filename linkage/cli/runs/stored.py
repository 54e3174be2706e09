"""runs list and runs clear: what runs keep for later ones, how large it is, and its end."""

from collections.abc import Sequence
from typing import Any

from linkage.cli.screen.layout import rows, show
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.terminal import say
from linkage.cli.screen.text import many
from linkage.prompts import stored_vectors
from linkage.prompts.stored_vectors import Stored


def listed(*, output: Format) -> None:
    """Print what is kept."""
    found = stored_vectors.stored()
    if output is not Format.table:
        emit(output, _rows(found), bytes=sum(each.bytes for each in found))
    elif found:
        body = [
            (row["kept"], row["encoder"], f"{row['files']:,}", f"{row['bytes']:,}", row["changed"])
            for row in _rows(found)
        ]
        show(rows(("kept", "of encoder*", "files", "bytes", "changed"), body, right="files bytes"))
        say(f"{_size(found)} in {stored_vectors.vectors_folder()}; to remove it: linkage runs clear")
    else:
        say("nothing is kept")


def clear(*, output: Format) -> None:
    """Remove what is kept, and print what that was."""
    found = stored_vectors.clear()
    if output is not Format.table:
        emit(output, _rows(found), bytes=sum(each.bytes for each in found))
    say(f"{_size(found)} removed; a run that needs it makes it again" if found else "nothing was kept")


def _size(found: Sequence[Stored]) -> str:
    return f"{many(sum(each.files for each in found), 'file')}, {sum(each.bytes for each in found):,} bytes"


def _rows(found: Sequence[Stored]) -> list[dict[str, Any]]:
    return [
        {
            "kept": "vectors of texts",
            "encoder": each.encoder,
            "folder": str(each.folder),
            "files": each.files,
            "bytes": each.bytes,
            "changed": each.changed.isoformat(timespec="seconds"),
        }
        for each in found
    ]
