"""Every threshold and cap, with where its value comes from.

Settings are read when asked (never at import): defaults, then `linkage.toml`, then environment
variables `LINKAGE_…`, then arguments. What was in force is written to the case's receipt.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from linkage.errors import UsageError


class Section(BaseModel):
    """A table of `linkage.toml`; an unknown name in it is an error, not a shrug."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TableMapping(Section):
    """How one foreign table becomes one of ours.

    `columns` maps our column to a foreign one; `constants` fills a column of ours with one text;
    `unpivot` (observations only) maps our trait name to a foreign column, one observation for each.
    `file` names files of a folder; of a graph, `match` is a path whose properties are the columns.
    """

    file: str = ""
    match: str = ""
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    unpivot: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_place(self) -> "TableMapping":
        if bool(self.file) == bool(self.match):
            raise ValueError("needs either file, or match where the source is a graph")
        return self


class Reading(Section):
    """Limits of what is read, from the size of honest logs; a bomb or a broken export exceeds them."""

    max_quarantined: float = Field(0.01, ge=0, le=1, description="share of a table's rows; above it exit 3")
    max_line_bytes: int = Field(8 * 2**20, gt=0)
    max_file_bytes: int = Field(20 * 2**30, gt=0, description="after decompression")
    max_ratio: int = Field(200, gt=1, description="decompressed to compressed, once past 64 MiB")
    earliest: str = Field("1990-01-01", description="a time before it is a default value, not a time")
    latest: str = Field("2100-01-01", description="likewise after it")


class Prompts(Section):
    """From texts to templates. The similarities were chosen from the table of `benchmarks/similarity.py`.

    At `same`, 83 % of segments with 30 % of their words replaced are still near what they were made from,
    and about one in a thousand random pairs of people's sentences; at `maybe`, 93 % and one in two hundred.
    """

    encoder: str = Field("static", description="'static', 'hashing', or a sentence-transformers name or path")
    max_representatives: int = Field(2_000_000, gt=0)
    neighbours: int = Field(16, gt=0, description="k of the capped search; what it cut is counted")
    same: float = Field(0.70, description="static similarity from which two segments are near-duplicates")
    maybe: float = Field(0.60, description="below it they are not; between the two the transformer judges")
    judged_same: float = Field(0.70, description="transformer similarity from which it says yes")
    max_judged: int = Field(300, ge=0, description="texts the transformer may read in one run")
    min_segment_words: int = Field(3, ge=1, description="shorter segments say too little to be shared")
    max_segments: int = Field(64, gt=0, description="segments kept of one prompt")


class Signals(Section):
    """Which values propose pairs of accounts, and how much a shared value may say."""

    clique_degree: int = Field(50, description="a value on up to so many accounts links all of them")
    nearest_degree: int = Field(5_000, description="up to so many: each account to its nearest in time")
    nearest: int = Field(8, description="how many nearest, and as many drawn by hash")
    min_propose_bits: float = Field(1.5, description="a commoner value supports links, proposes none")
    min_pair_bits: float = Field(
        5.0, description="bits of all values that propose a pair, for it to be compared; bounds the work"
    )
    max_pairs: int = Field(20_000_000, description="candidate pairs in all; above it exit 6")
    window_seconds: float = Field(60.0, description="same object within this window")
    window_participation: int = Field(2, description="posts an account must have in such pairs")
    window_traits: list[str] = Field([], description="traits of `observations` whose values are such objects")
    handover_seconds: float = Field(600.0, description="an address passed on within this time")
    echo_bits: float = Field(20.0, description="a response hash of one account in another's input")


class Scoring(Section):
    """Fellegi–Sunter weights: the prior, and the rules by which families add up."""

    operator_accounts: int = Field(
        100, ge=2, description="size of operator of which the prior is: large enough that a weak link counts"
    )
    large_operator_share: float = Field(
        0.025, description="the second prior, reported beside it: 25,000 accounts of a million"
    )
    withheld_accounts: int = Field(
        500,
        ge=2,
        description="the same where prompts are withheld, and at most the large operator's share: of a small "
        "operator whose texts are not known too little is left to link its accounts one by one",
    )
    link_bits: float = Field(0.0, description="log-odds from which a pair is a link (0: as likely as not)")
    strong_bits: float = Field(
        9.0,
        description="bits a link needs from signals that can make one: one rare text at the floor of 0.002 and as "
        "much again as coin tosses say; whether many such links are a group is decided over the group",
    )
    caps: dict[str, float] = Field(
        {
            "network": 16.0,
            "device": 10.0,
            "payment": 20.0,
            "registration": 12.0,
            "content": 24.0,
            "timing": 10.0,
            "lineage": 30.0,
            "other": 12.0,
        },
        description="most bits one family may give",
    )
    correlation: dict[str, float] = Field(
        {"content": 0.3, "network": 0.5},
        description="between values of one family, as in Kish's design effect",
    )
    default_correlation: float = 0.3


class Grouping(Section):
    """From links to groups."""

    min_accounts: int = Field(5, ge=2)
    min_families: int = Field(2, ge=1)
    resolution: float = Field(1.0, gt=0, description="of modularity")
    weight_power: float = Field(
        3.0,
        gt=0,
        description="a link weighs its bits to this power: weak links are many, and together would drown the strong "
        "ones; at 1 an operator lies inside a crowd, at 4 a large one falls to pieces",
    )
    split_beyond: float = Field(
        5.0,
        ge=0,
        description="standard deviations by which a community must split better than its rewirings to be split: "
        "as much is seen in one of a million random graphs",
    )
    split_loose: float = Field(
        0.5,
        ge=0,
        le=1,
        description="parts are one if they are tied by this part of what rewirings' parts are tied by, or more",
    )
    rewirings: int = Field(6, ge=2, description="random graphs of the same degrees a split is held against")
    least_belonging: float = Field(
        0.15,
        ge=0,
        description="weight of an account's links inside its community, relative to that of its weaker members, "
        "below which it is none of it; at 0.1 and 0.2 one to two accounts in a hundred come or go",
    )
    resamples: int = Field(10, ge=0)
    dropout: float = Field(0.10, ge=0, lt=1, description="share of values left out of each resample")
    margin_bits: float = Field(
        6.0,
        description="bits by which one operator must lead every innocent story for a group to be reported: 64 to 1; "
        "at 10, of the operators of ten populations looked at one in three is left unresolved",
    )
    core: float = Field(0.8, description="membership from which an account is core")
    fringe: float = Field(0.5, description="membership below which it is left out")
    false_discovery: float = Field(0.01, description="rate for the group-level tests, Benjamini–Hochberg")
    null_runs: int = Field(
        20, ge=0, description="redrawn populations; with fewer no single group can reach max_q"
    )
    max_q: float = Field(0.05, description="q-value above which a group is not reported, only counted")


class Trait(Section):
    """A trait that a source brings and the contract does not know."""

    family: str
    agreement: float = Field(0.5, gt=0, le=1, description="m: chance that one operator's accounts share it")


class Settings(BaseSettings):
    """All of it. `Settings(seed=7)` changes one thing; `Settings.load("linkage.toml")` reads a file."""

    model_config = SettingsConfigDict(
        env_prefix="LINKAGE_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    seed: int = 0
    threads: int = Field(0, ge=0, description="0: as many as there are cores; no table depends on it")
    memory: str = Field(
        "",
        description="limit for the engine, such as '2GB'; empty: 1.2 GB and twice what is read, doubled "
        "where that is too little, up to six tenths of the machine's",
    )
    engine: str = Field("duckdb", description="where relational work runs")
    sources: dict[str, TableMapping] = {}
    traits: dict[str, Trait] = {}
    reading: Reading = Reading()
    prompts: Prompts = Prompts()
    signals: Signals = Signals()
    scoring: Scoring = Scoring()
    grouping: Grouping = Grouping()

    @classmethod
    def load(cls, path: Path | None = None, **changes: Any) -> "Settings":
        """Settings from a TOML file, then `changes`; raises UsageError naming file and field."""
        try:
            given = tomllib.loads(path.read_text("utf-8")) if path else {}
            return cls(**{**given, **changes})
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: not TOML: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{path or 'settings'}: {where}: {first['msg']}") from error

    def digest(self) -> str:
        """SHA-256 of everything that may change a table."""
        chosen = self.model_dump(mode="json", exclude={"threads", "memory", "engine"})
        return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()
