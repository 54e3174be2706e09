"""settings: every setting, with its value, default, meaning, source and effect."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from linkage.cli.screen.layout import FAINT, STRONG, WARN, heading, indented, line, show, text
from linkage.cli.screen.output import Format, SettingsFormat, emit
from linkage.settings import Settings

Row = Mapping[str, Any]


def settings(*, file: Path | None, changed: bool, output: SettingsFormat) -> None:
    """Print the settings in force: defaults, then a settings file, then the environment."""
    rows = [row for row in setting_rows(Settings.load(file)) if row["changed"] or not changed]
    if output is SettingsFormat.table:
        show(*(_page(rows) if rows else [text("Every setting has its default.")]))
    elif output is SettingsFormat.markdown:
        print("\n".join(_markdown(rows)))
    else:
        emit(Format(output), rows)


def setting_rows(chosen: Settings) -> list[dict[str, Any]]:
    """A row for each setting: name with its section, value, default, whether they differ, and its texts."""
    # Constructed, not called: a call would read the environment.
    return list(_walk("", chosen, Settings.model_construct()))


def _walk(prefix: str, chosen: BaseModel, default: BaseModel) -> Iterator[dict[str, Any]]:
    for name, field in type(chosen).model_fields.items():
        value, usual = getattr(chosen, name), getattr(default, name)
        if isinstance(value, BaseModel):
            yield from _walk(f"{prefix}{name}.", value, usual)
            continue
        yield {
            "setting": prefix + name,
            "value": _plain(value),
            "default": _plain(usual),
            "changed": value != usual,
            **_texts(field),
        }


def _texts(field: FieldInfo) -> dict[str, str]:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return {
        "meaning": field.description or "",
        "source": str(extra.get("source", "")),
        "changes": str(extra.get("changes", "")),
    }


def _plain(value: Any) -> Any:
    """A value as TOML can hold it."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        plain = [_plain(each) for each in value]
        return sorted(plain) if isinstance(value, set | frozenset) else plain
    return value


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
