"""Reading sources: mappings of foreign tables, and the limits of what is read."""

from pydantic import Field, model_validator

from linkage.settings.section import Section, setting

HONEST = "from the size of honest logs; a bomb or a broken export exceeds it"
ROWS = "which rows are used; those that are not stand in the quarantine with their reason"


class TableMapping(Section):
    """How one foreign table becomes one of ours.

    `columns` maps our column to a foreign one; `constants` fills a column of ours with one text;
    `unpivot` (observations only) maps our trait name to a foreign column, one observation for each.
    `file` names files of a folder; of a graph, `match` is a path whose properties are the columns.
    """

    file: str = ""
    match: str = ""
    columns: dict[str, str] = Field({})
    constants: dict[str, str] = Field({})
    unpivot: dict[str, str] = Field({})

    @model_validator(mode="after")
    def _one_place(self) -> "TableMapping":
        if bool(self.file) == bool(self.match):
            raise ValueError("needs either file, or match where the source is a graph")
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
    listed_columns: int = setting(
        200,
        "unknown columns that a receipt names, and characters of each name; the rest are counted",
        source="a receipt is read by people",
        changes="the names of unknown columns in run.json",
        gt=0,
    )
    conversations: ConversationReading = ConversationReading()
