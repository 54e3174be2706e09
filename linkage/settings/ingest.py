"""Reading sources: mappings of foreign tables, and the limits of what is read."""

import codecs
from typing import Literal

from pydantic import Field, model_validator

from linkage.settings.section import Section, setting

HONEST = "from the size of honest logs; a bomb or a broken export exceeds it"
ROWS = "which rows are used; those that are not stand in the quarantine with their reason"


Epoch = Literal[
    "seconds",
    "milliseconds",
    "microseconds",
    "nanoseconds",
    "dotnet_ticks",
    "windows_filetime",
    "cocoa",
]
"""What a number of a time counts: units since 1970, .NET's ticks since the year 1, and so on."""


class TableMapping(Section):
    """How one foreign table becomes one of ours.

    `columns` maps our column to an expression: a foreign column, or a path into one (ingest/expressions.py);
    `constants` fills a column of ours with one text; `unpivot` (observations only) maps our trait name to an
    expression, one observation for each. `explode` names the list whose elements are the rows, `where` an
    expression that must hold of a row; `epochs` says what a column of numbers counts.
    `file` names files of a folder; of a graph, `match` is a path whose properties are the columns.
    `format`, `delimiter` and `encoding` are for what cannot be seen from the file.
    """

    file: str = ""
    match: str = ""
    columns: dict[str, str] = Field({})
    constants: dict[str, str] = Field({})
    unpivot: dict[str, str] = Field({})
    explode: str = ""
    where: str = ""
    epochs: dict[str, Epoch] = Field({})
    format: Literal["", "parquet", "csv", "ndjson", "json", "access"] = ""
    delimiter: str = Field("", max_length=1)
    encoding: str = ""

    @model_validator(mode="after")
    def _one_place(self) -> "TableMapping":
        if bool(self.file) == bool(self.match):
            raise ValueError("needs either file, or match where the source is a graph")
        try:
            codecs.lookup(self.encoding or "utf-8")
        except LookupError:
            raise ValueError(f"encoding = {self.encoding!r} is no encoding known here") from None
        return self


class ConversationReading(Section):
    """Limits of what is read of a conversation in one cell."""

    max_wrappers: int = setting(
        6,
        "bodies inside one another in which a conversation is looked for",
        source="a logged call is a record, its request, the body, and at most a text that holds it",
        changes="which prompts are read as conversations",
        ge=1,
    )
    max_python_characters: int = setting(
        200_000,
        "characters up to which a text is read as what Python prints of lists and dictionaries",
        source="Python takes a microsecond and a hundred bytes for each of them",
        changes="which prompts are read as conversations",
        ge=0,
    )


class Ingest(Section):
    """Limits of what is read."""

    max_quarantined: float = setting(
        0.01,
        "share of a table's rows that may be unusable; above it the run ends with exit code 3",
        source="from honest logs; a broken export exceeds it",
        changes="whether there is a case at all",
        ge=0,
        le=1,
    )
    max_line_bytes: int = setting(
        8 * 2**20, "bytes of one line or one value that is read", source=HONEST, changes=ROWS, gt=0
    )
    max_file_bytes: int = setting(
        20 * 2**30,
        "bytes of one file after decompression; above it the run ends with exit code 3",
        source=HONEST,
        changes="whether there is a case at all",
        gt=0,
    )
    max_ratio: int = setting(
        200,
        "times that a file may be larger decompressed than compressed, past ratio_from_bytes",
        source=HONEST,
        changes="whether there is a case at all",
        gt=1,
    )
    max_repeated_ratio: int = setting(
        20_000,
        "times that the texts of a Parquet file, which holds repeated ones once, may be larger than the file,"
        " past ratio_from_bytes",
        source="an honest row takes a byte or more for what differs, its texts some kilobytes",
        changes="whether there is a case at all",
        gt=1,
    )
    ratio_from_bytes: int = setting(
        64 * 2**20,
        "decompressed bytes of a file from which max_ratio is asked of it",
        source="a short file of one repeated line is no bomb",
        changes="whether there is a case at all",
        gt=0,
    )
    earliest: str = setting(
        "1990-01-01",
        "first day of which a time is believed",
        source="a time before it is a default value, not a time",
        changes=ROWS,
    )
    latest: str = setting(
        "2100-01-01",
        "day from which no time is believed",
        source="a time after it is a default value, not a time",
        changes=ROWS,
    )
    max_json_depth: int = setting(
        64,
        "lists and objects inside one another in a row of JSON",
        source="logs have three or four levels",
        changes=ROWS,
        gt=0,
    )
    max_bundle_bytes: int = setting(
        256 * 2**20,
        "bytes of a STIX bundle, which is read whole; above it the run ends with exit code 3",
        source="beyond it a threat platform exports the bundle in parts",
        changes="whether there is a case at all",
        gt=0,
    )
    max_pattern_depth: int = setting(
        32,
        "brackets inside one another in the pattern of a STIX indicator",
        source="patterns that people write have two or three",
        changes="which indicators are used",
        gt=0,
    )
    quarantined_characters: int = setting(
        2048,
        "characters kept of a row that is not used",
        source="the contract of quarantine.ndjson; enough to know a row by",
        changes="the text of rows in quarantine.ndjson",
        gt=0,
    )
    format: str = setting(
        "",
        "the log format of others that the source is in, where it could be several; see doctor --formats",
        source="formats are recognised by their columns",
        changes=ROWS,
    )
    sampled_rows: int = setting(
        20,
        "first rows of a file that are looked at to see which table or format of others it is in",
        source="formats differ in their columns, which are the same in all rows or in most",
        changes="as what a file is read",
        gt=0,
    )
    delimiter: str = setting(
        "",
        "what stands between the cells of CSV, where that cannot be seen from the header",
        source="the most frequent of comma, semicolon, tab and bar in the header",
        changes=ROWS,
    )
    encoding: str = setting(
        "",
        "encoding of text files that are not UTF-8 or UTF-16, such as 'latin-1'",
        source="UTF-8 can be told from others, these not from one another",
        changes="texts, and so ids of what holds letters beyond ASCII",
    )
    since: str = setting(
        "", "first moment of which rows are used, in ISO 8601; empty: all", source="the user", changes=ROWS
    )
    until: str = setting(
        "", "moment from which rows are not used, in ISO 8601; empty: none", source="the user", changes=ROWS
    )
    folder_slack_hours: int = setting(
        24,
        "hours before and after the time that a folder's name tells, within which its rows may be",
        source="a folder's day may be a local one, and an export may hold the last rows of the day before;"
        " with folders by the hour in UTC, 1 is enough",
        changes="which folders since and until leave out unopened",
        ge=0,
    )
    listed_columns: int = setting(
        200,
        "unknown columns that a receipt names, and characters of each name; the rest are counted",
        source="a receipt is read by people",
        changes="the names of unknown columns in run.json",
        gt=0,
    )
    listed_cells: int = setting(
        3,
        "rows that a receipt names for each column and reason by which cells were lost",
        source="enough to see what is wrong; all are counted",
        changes="the examples of dropped cells in run.json",
        ge=0,
    )
    earliest_number: str = setting(
        "2001-09-09",
        "day from which a number without a declared epoch is believed to count from 1970",
        source="since then seconds of 1970 have ten digits; smaller numbers are times of today in ticks of "
        ".NET or seconds of Cocoa",
        changes=ROWS,
    )
    timezone: str = setting(
        "UTC",
        "zone, by its IANA name, of times that name none",
        source="logs of services are written in UTC",
        changes="every time without a zone",
    )
    date_order: Literal["", "mdy", "dmy"] = setting(
        "",
        "order of day and month in dates such as 05/04/2026; such a date is refused where none is declared",
        source="nothing in a date tells it",
        changes=ROWS,
    )
    meaningless: tuple[str, ...] = setting(
        (
            "-", "none", "null", "nan", "unknown", "n/a", "(not set)", "{}", "[]", "***",
            "redacted*", "[redacted*", "<redacted*",
        ),
        "cells that count as empty, whatever their case; a trailing * stands for any rest",
        source="what exporters of logs write where they know nothing",
        changes="which cells are empty",
    )  # fmt: skip
    meaningless_texts: tuple[str, ...] = setting(
        (
            "{}", "[]", "null", "none", "redacted", "redacted by*", "redacted-*", "redacted_*", "redacted:*",
            "redacted…", "[redacted*", "<redacted*",
        ),
        "the same for prompts and system prompts",
        source="placeholders of loggers alone: people do ask “unknown” or “-”",
        changes="which prompts are withheld",
    )  # fmt: skip
    trusted_proxies: tuple[str, ...] = setting(
        (),
        "networks of proxies that are passed over in a list of addresses such as X-Forwarded-For",
        source="private networks are passed over in any case",
        changes="the address of a request that came through proxies",
    )
    conversations: ConversationReading = ConversationReading()
