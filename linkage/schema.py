"""The contract of every table, and the few dataclasses that people hold.

Between stages travel tables with the schemas declared here. Inside the program a moment is an
`int64` of microseconds since 1970-01-01 UTC; in the case folder it is `timestamp[us, UTC]`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa

# --- ids -----------------------------------------------------------------------------------------


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def content_id(parts: Sequence[object]) -> str:
    """The id of anything: 32 hexadecimal digits of the SHA-256 of its content as a JSON list.

    A list, because parts joined by a separator can collide.
    """
    text = _JSON.encode(list(parts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


# --- what comes in -------------------------------------------------------------------------------

TEXT, TIME, COUNT, NUMBER, HASHES, VECTOR = "text", "time", "count", "number", "hashes", "vector"

ARROW = {
    TEXT: pa.string(),
    TIME: pa.int64(),
    COUNT: pa.int64(),
    NUMBER: pa.float64(),
    HASHES: pa.list_(pa.string()),
    VECTOR: pa.list_(pa.float32()),
}


CLEANED = "cleaned"
"""The column of a staged row that says what was cleaned in it; no part of what the row states."""


@dataclass(frozen=True)
class SourceTable:
    """One table of the input contract: its columns with their kinds, and those that must be filled."""

    name: str
    columns: dict[str, str]
    required: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of a staged row: the contract's columns, then the file and line it came from, and
        what was cleaned in it, as `column: what` (null for nearly every row)."""
        columns = [pa.field(name, ARROW[kind]) for name, kind in self.columns.items()]
        origin = [pa.field("file", pa.string()), pa.field("line", pa.int64())]
        return pa.schema([*columns, *origin, pa.field(CLEANED, pa.list_(pa.string()))])


def _table(name: str, required: str, **columns: str) -> SourceTable:
    return SourceTable(name, columns, tuple(required.split()))


def _texts(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), TEXT)


SOURCES: dict[str, SourceTable] = {
    table.name: table
    for table in (
        _table(
            "accounts",
            "account",
            account=TEXT,
            created_at=TIME,
            **_texts("email_domain email_hash phone_hash country referrer organisation plan"),
        ),
        _table("sessions", "account at", account=TEXT, at=TIME, **_texts("ip user_agent ja4 device asn")),
        _table(
            "payments",
            "account",
            account=TEXT,
            at=TIME,
            **_texts("fingerprint bin issuer funding country billing_hash"),
        ),
        _table(
            "interactions",
            "account at",
            account=TEXT,
            at=TIME,
            **_texts("interaction prompt system_prompt model"),
            input_tokens=COUNT,
            output_tokens=COUNT,
            **_texts("finish_reason ip user_agent ja4 api_key response_sha256"),
            context_sha256=HASHES,
            prompt_sha256=TEXT,
            embedding=VECTOR,
        ),
        _table("observations", "account trait value", account=TEXT, trait=TEXT, value=TEXT, at=TIME),
        _table(
            "indicators",
            "operator trait value",
            **_texts("operator trait value"),
            confidence=NUMBER,
            source=TEXT,
            seen_at=TIME,
        ),
        _table("benign", "trait value", **_texts("trait value reason")),
    )
}

ENOUGH = ("interactions", "observations", "sessions", "payments")
"""At least one of these must be among the sources."""

# --- families ------------------------------------------------------------------------------------

FAMILIES = ("network", "device", "payment", "registration", "content", "timing", "lineage")
OTHER = "other"

TRAIT_FAMILY: dict[str, str] = {
    **dict.fromkeys(("ip", "prefix", "asn"), "network"),
    **dict.fromkeys(("user_agent", "ja4", "device", "client", "api_key"), "device"),
    **dict.fromkeys(
        ("fingerprint", "bin", "issuer", "funding", "billing_hash", "payment_country", "issuing_burst"),
        "payment",
    ),
    **dict.fromkeys(
        (
            "created_at",
            "email_domain",
            "email_hash",
            "phone_hash",
            "country",
            "referrer",
            "organisation",
            "plan",
            "address_pattern",
            "registration_burst",
        ),
        "registration",
    ),
    **dict.fromkeys(("prompt", "system_prompt", "template", "segment", "model", "themes"), "content"),
    **dict.fromkeys(("hours", "handover", "regularity", "rhythm", "model_move", "model_start"), "timing"),
    **dict.fromkeys(("response", "context"), "lineage"),
}
"""Family of each trait the program itself derives from the input contract."""

CLEANED_CELLS = "cleaned_cells"
"""Trait of an account whose cells had to be cleaned: `prompt: control characters`."""

NO_EVIDENCE = frozenset([CLEANED_CELLS])
"""Traits for an investigator to look at. They are no property of an operator, so nothing weighs them: through
one broken exporter the cells of strangers need the same cleaning."""

# --- what goes out -------------------------------------------------------------------------------

MOMENT = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True)
class CaseTable:
    """One table of the case folder: its schema and the columns that make a row unique and order it."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...]


_KINDS = {
    "text": pa.string(),
    "number": pa.float64(),
    "count": pa.int64(),
    "at": MOMENT,
    "texts": pa.list_(pa.string()),
    "shares": pa.list_(pa.struct([pa.field("name", pa.string()), pa.field("share", pa.float64())])),
}


def _case(name: str, key: str, columns: str) -> CaseTable:
    """A table from its columns, written as `name` (text) or `name:kind`."""
    pairs = [column.partition(":") for column in columns.split()]
    fields = [pa.field(column, _KINDS[kind or "text"]) for column, _, kind in pairs]
    return CaseTable(name, pa.schema(fields), tuple(key.split()))


CASE: dict[str, CaseTable] = {
    table.name: table
    for table in (
        _case(
            "observations",
            "account observation",
            "observation account trait value family first_at:at last_at:at count:count source",
        ),
        _case("prompts", "prompt", "prompt skeleton example accounts:count interactions:count template"),
        _case(
            "templates",
            "template",
            "template example prompts:count accounts:count interactions:count"
            " first_at:at last_at:at cohesion:number",
        ),
        _case("segments", "segment", "segment example accounts:count"),
        _case("near", "left right", "left right similarity:number method"),
        _case(
            "evidence",
            "left right signal value",
            "left right signal family value bits:number detail left_observation right_observation",
        ),
        _case("links", "left right", "left right log_odds:number families:texts verdict"),
        _case("groups", "group account", "group account membership:number role"),
        _case(
            "unresolved",
            "group account",
            "group account membership:number role reason favours:number settles",
        ),
        _case("explained", "group account", "group account membership:number role reason"),
        _case(
            "findings",
            "group",
            "group accounts:count interactions:count input_tokens:count output_tokens:count"
            " first_at:at last_at:at log_odds:number q_value:number stability:number families:texts"
            " distillation:number targets:shares infrastructure summary",
        ),
        _case(
            "attributions", "group hypothesis", "group hypothesis log_odds:number confidence evidence:texts"
        ),
        _case("workload", "group row", "group row account interaction"),
        _case("lineage", "group was kind", "group was kind at:at shared:count"),
        _case("rows", "row", "row table file line:count"),
    )
}
"""`rows` says at which file and line each row named by `observations.source` stands. It is the one
table that differs when the same rows come in other files, and the last step of every walk back."""

VERDICTS = ("linked", "not linked", "confirmed", "dismissed")

OUTCOMES = ("groups", "unresolved", "explained")
"""The three outcomes of a community, by the table that lists it; each account is in one of them at most."""

# --- what people hold ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """What became of the rows of one file. `rows == used + sum(filtered) + sum(quarantined)` always.

    Of the cells of used rows: `dropped_cells` could not be used, by column and reason, with some of their
    rows in `dropped_examples`; `cleaned_cells` lost characters, by column and kind. `meaningless` cells of
    any row held a word that says nothing, by column; they count as empty. `inside_prompts` counts the
    conversations taken apart, their turns, images and parts without text.
    """

    table: str
    file: str
    bytes: int
    sha256: str
    rows: int
    used: int
    filtered: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    unknown_columns: tuple[str, ...] = ()
    naive_times: int = 0
    dropped_cells: dict[str, dict[str, int]] = field(default_factory=dict)
    dropped_examples: dict[str, dict[str, tuple[int, ...]]] = field(default_factory=dict)
    cleaned_cells: dict[str, dict[str, int]] = field(default_factory=dict)
    meaningless: dict[str, int] = field(default_factory=dict)
    inside_prompts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class EvidenceLine:
    """One reason, as a person reads it: how much, why, and the two observations it rests on.

    `text` is what stands behind a value that is the id of a prompt, a template or a sentence.
    """

    signal: str
    family: str
    value: str
    bits: float
    detail: str
    meaning: str
    left_observation: str | None
    right_observation: str | None
    left_source: str | None = None
    right_source: str | None = None
    text: str | None = None
