"""Reading sources: mappings of foreign tables, and the limits of what is read."""

from pydantic import Field, model_validator

from linkage.settings.section import Section


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


class Ingest(Section):
    """Limits of what is read, from the size of honest logs; a bomb or a broken export exceeds them."""

    max_quarantined: float = Field(0.01, ge=0, le=1, description="share of a table's rows; above it exit 3")
    max_line_bytes: int = Field(8 * 2**20, gt=0)
    max_file_bytes: int = Field(20 * 2**30, gt=0, description="after decompression")
    max_ratio: int = Field(200, gt=1, description="decompressed to compressed, once past 64 MiB")
    earliest: str = Field("1990-01-01", description="a time before it is a default value, not a time")
    latest: str = Field("2100-01-01", description="likewise after it")
