"""settings: every setting, with its value, default, meaning, source and effect."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from linkage.cli.screen.layout import FAINT, STRONG, WARN, heading, indented, line, show, text
from linkage.cli.screen.output import Format, SettingsFormat, emit
from linkage.evidence.signals.registry import with_signals
from linkage.settings.catalogue import setting_rows
from linkage.settings.program import Settings

Row = Mapping[str, Any]


def settings(*, file: Path | None, changed: bool, output: SettingsFormat) -> None:
    """Print the settings in force: defaults, then a settings file, then the environment."""
    chosen, default = with_signals(Settings.load(file)), with_signals(Settings.model_construct())
    rows = [row for row in setting_rows(chosen, default) if row["changed"] or not changed]
    if output is SettingsFormat.table:
        show(*(_page(rows) if rows else [text("Every setting has its default.")]))
    elif output is SettingsFormat.markdown:
        print("\n".join(_markdown(rows)))
    else:
        emit(Format(output), rows)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _section(row: Row) -> str:
    return str(row["setting"]).rpartition(".")[0]


def _page(rows: Iterable[Row]) -> Iterator[Any]:
    for section, own in groupby(rows, _section):
        yield heading(f"[{section}]" if section else "Settings without a section")
        for row in own:
            name = row["setting"].rpartition(".")[2]
            note = (f"  changed; default {_shown(row['default'])}", WARN) if row["changed"] else ""
            yield indented(line((name, STRONG), f" = {_shown(row['value'])}", note))
            if row["meaning"]:
                yield indented(text(row["meaning"]), 6)
            for label in ("source", "changes"):
                if row[label]:
                    yield indented(text(f"{label}: {row[label]}", FAINT), 6)


def _markdown(rows: Iterable[Row]) -> Iterator[str]:
    """A page for the documentation: the defaults, a table for each section."""
    yield "# Settings"
    yield ""
    yield "Written by `linkage settings --output markdown`. Do not edit."
    for section, own in groupby(rows, _section):
        yield f"\n## {f'[{section}]' if section else 'Without a section'}\n"
        yield "| setting | default | meaning | source | changes |"
        yield "|---|---|---|---|---|"
        for row in own:
            cells = (row["meaning"], row["source"], row["changes"])
            name = row["setting"].rpartition(".")[2]
            texts = (each.replace("|", "\\|").replace("\n", " ") for each in cells)
            yield f"| `{name}` | `{_shown(row['default'])}` | {' | '.join(texts)} |"
