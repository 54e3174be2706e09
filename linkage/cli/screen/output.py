"""Rows for a person, a program or a spreadsheet."""

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TextIO

from linkage.cli.screen.safe import spreadsheet

SCHEMA_VERSION = 1

Rows = Sequence[Mapping[str, Any]]


class Format(StrEnum):
    """How rows are printed."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"


class ExportFormat(StrEnum):
    """The kinds of file that the accounts of groups are exported to."""

    csv = "csv"
    parquet = "parquet"
    graphml = "graphml"
    gexf = "gexf"
    opengraph = "opengraph"
    attack_navigator = "attack-navigator"


class Role(StrEnum):
    """The role of an account in its group."""

    core = "core"
    fringe = "fringe"


class SettingsFormat(StrEnum):
    """How settings are printed: as rows, or as a page of the documentation."""

    table = "table"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"
    markdown = "markdown"


def emit(form: Format, rows: Rows, **top: Any) -> None:
    """Print rows in a format for programs; `top` is added to the JSON object beside its rows."""
    if form is Format.json:
        print(_json({"schema_version": SCHEMA_VERSION, **top, "rows": list(rows)}, indent=1))
    elif form is Format.ndjson:
        for row in rows:
            print(_json(row))
    elif form is Format.csv:
        write_csv(sys.stdout, rows)


def _json(value: Any, indent: int | None = None) -> str:
    # DEL is the one control character that stays raw in ASCII JSON.
    return json.dumps(value, indent=indent, default=_plain, allow_nan=False).replace("\x7f", "\\u007f")


def write_csv(file: TextIO, rows: Rows, columns: Sequence[str] = ()) -> None:
    """Write rows for a spreadsheet, none of whose cells is taken for a formula; `columns` come first, and
    stand there also without rows."""
    columns = list(dict.fromkeys((*columns, *(name for row in rows for name in row))))
    writer = csv.writer(file, lineterminator="\n")
    if columns:
        writer.writerow([spreadsheet(name) for name in columns])
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in columns])


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple | dict):
        return spreadsheet(_json(value))
    return spreadsheet(value.isoformat() if isinstance(value, datetime | date) else str(value))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    return str(value)
