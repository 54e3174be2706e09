"""What a run would read of a source, on the screen."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from linkage.cli.screen.layout import AGAINST, FAINT, FOR, WARN, heading, indented, rows, text
from linkage.cli.screen.safe import cut
from linkage.ingest import reasons
from linkage.ingest.preview import ROWS, Preview
from linkage.wording import many

MICROSECONDS = 10**6
SHOWN_FILES, SHOWN_COLUMNS, SHOWN_CELL = 20, 12, 160
ELSEWHERE = {reasons.NOT_WANTED, reasons.NO_ACCOUNT_NAMED}
"""Why rows of a file are no rows of a table, though nothing is wrong with them."""
TIMES = ("at", "created_at", "seen_at")


def mark(ok: bool) -> Any:
    """Yes or no, in its colour."""
    return text("yes", FOR) if ok else text("no", AGAINST)


def source_page(
    source: str,
    seen: Sequence[Preview],
    ignored: Mapping[str, str],
    signals: Sequence[Mapping[str, Any]],
) -> Iterable[Any]:
    """Each table with its columns and examples, the files not read, and the signals this supports."""
    for each in seen:
        yield from _table(each)
    if ignored:
        yield heading("Files not read")
        shown = list(ignored.items())[:SHOWN_FILES]
        yield indented(rows(("file*", "reason*"), shown))
        if len(ignored) > SHOWN_FILES:
            yield indented(text(f"and {len(ignored) - SHOWN_FILES:,} more", FAINT))
    yield heading(f"Signals that {source} supports")
    body = [
        (each["signal"], mark(each["supported"]), "" if each["supported"] else ", ".join(each["missing"]))
        for each in signals
    ]
    yield indented(rows(("signal", "supported", "missing*"), body))
    families = sorted({each["family"] for each in signals if each["supported"]})
    yield indented(
        text(f"Families of evidence: {', '.join(families) or 'none'}. A group needs two at least.")
    )
    if seen:
        yield indented(text(f"Seen from up to {ROWS:,} rows of each kind of file; nothing was run.", FAINT))


def _table(each: Preview) -> Iterable[Any]:
    yield heading(f"Table {each.table}, read as {each.read_as}")
    if each.rows and not each.used and set(each.left_out) <= ELSEWHERE:
        yield indented(text(f"none of the {each.rows:,} rows looked at is for this table", FAINT))
        return
    files = each.files[0] if len(each.files) == 1 else f"{each.files[0]} and {len(each.files) - 1:,} more"
    yield indented(text(f"{files}; {each.used:,} of {each.rows:,} rows looked at can be used"))
    body = [
        (name, each.mapped.get(name, "inside the prompt" if name in each.filled else ""), _share(each, name))
        for name in {**each.mapped, **each.filled}
        if name in each.filled or each.read_as != "its own columns"
    ]
    yield indented(rows(("column", "from*", "filled"), body, right="filled"))
    for reason, count in sorted(each.left_out.items()):
        yield indented(text(f"{many(count, 'row')} not used: {reason}", WARN))
    for column, why in each.losses.get("dropped_cells", {}).items():
        said = ", ".join(f"{reason} ({count:,})" for reason, count in why.items())
        yield indented(text(f"cells lost in {column}: {said}", WARN))
    for column, count in each.losses.get("meaningless", {}).items():
        yield indented(
            text(f"cells of {column} that say nothing, such as “-” or “unknown”: {count:,}", FAINT)
        )
    if each.unused:
        names = ", ".join(cut(name, 40) for name in each.unused[:SHOWN_COLUMNS])
        more = f" and {len(each.unused) - SHOWN_COLUMNS:,} more" if len(each.unused) > SHOWN_COLUMNS else ""
        yield indented(text(f"columns not used: {names}{more}", FAINT))
    for row in each.examples:
        yield indented(text(_example(row), FAINT))


def _share(each: Preview, name: str) -> str:
    if name.startswith("trait "):
        return ""
    return f"{each.filled.get(name, 0):.0%}"


def _moment(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds / MICROSECONDS, UTC).isoformat(timespec="seconds")


def _example(row: Mapping[str, Any]) -> str:
    cells = {name: _moment(value) if name in TIMES else value for name, value in row.items()}
    return cut(json.dumps(cells, ensure_ascii=False, default=str), SHOWN_CELL)
