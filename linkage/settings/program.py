"""Every number that changes a table, with where its value comes from; one section for each package.

Settings are read when asked (never at import): defaults, then `linkage.toml`, then environment
variables `LINKAGE_…`, then arguments. What was in force is written to the case's receipt.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from linkage.errors import UsageError
from linkage.settings.attribution import Attribution
from linkage.settings.case import CaseTables
from linkage.settings.evidence import Evidence
from linkage.settings.explain import Explain
from linkage.settings.former_names import EnvironmentWithFormerNames, with_former_names
from linkage.settings.groups import Groups
from linkage.settings.ingest import Ingest, TableMapping
from linkage.settings.links import Links
from linkage.settings.observations import Observations
from linkage.settings.prompts import Prompts
from linkage.settings.runs import Runs
from linkage.settings.section import Section, setting

__all__ = ["OF_THE_MACHINE", "Settings", "TableMapping", "Trait"]

FROM_FILE = "settings_from_file"
"""Under this name `Settings.load` hands the content of a file to the sources of settings."""

OF_THE_MACHINE = ("threads", "memory", "max_rows", "engine", "runs")
"""Settings on which no table depends."""


class Trait(Section):
    """A trait that a source brings and the contract does not know."""

    family: str
    agreement: float = setting(
        0.5,
        "m: chance that one operator's accounts share a value of it",
        source="half of them, where nothing is known",
        changes="bits of the trait's evidence",
        gt=0,
        le=1,
    )


class Settings(BaseSettings):
    """All of it. `Settings(seed=7)` changes one thing; `Settings.load("linkage.toml")` reads a file."""

    model_config = SettingsConfigDict(
        env_prefix="LINKAGE_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    seed: int = setting(
        0,
        "seed of everything that is drawn: neighbours, communities, resamples, null model",
        source="any number; two runs with one seed give the same bytes",
        changes="all tables, within what chance may change",
    )
    threads: int = setting(
        0, "threads of the engine; 0: as many as there are cores", source="speed", changes="nothing", ge=0
    )
    memory: str = setting(
        "",
        "limit for the engine, such as '2GB'; empty: 1.2 GB and twice what is read, doubled where that is "
        "too little, up to six tenths of the machine's",
        source="what does not fit is spilled to disk",
        changes="nothing",
    )
    max_rows: int = setting(
        100_000_000,
        "rows that one stage may take into memory at once; more ends the run",
        source="some gigabytes, at a few columns of numbers each",
        changes="nothing",
        gt=0,
    )
    engine: str = setting(
        "duckdb", "where relational work runs", source="the engine that is built in", changes="nothing"
    )
    sources: dict[str, TableMapping] = setting(
        {},
        "how foreign tables become ours, by table; see the guide to sources",
        source="without a mapping, columns go by their own names",
        changes="which rows there are",
    )
    traits: dict[str, Trait] = setting(
        {},
        "traits that a source brings and the contract does not know, with family and agreement",
        source="only the source knows what they mean",
        changes="families of observations, and evidence of these traits",
    )
    ingest: Ingest = Ingest()
    observations: Observations = Observations()
    prompts: Prompts = Prompts()
    evidence: Evidence = Evidence()
    links: Links = Links()
    groups: Groups = Groups()
    explain: Explain = Explain()
    attribution: Attribution = Attribution()
    case: CaseTables = CaseTables()
    runs: Runs = Runs()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *others: Any,
        **more: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment before the file; nothing else is looked at."""
        del others, more
        given = init_settings()
        file = with_former_names(given.pop(FROM_FILE, {}))
        return (
            InitSettingsSource(settings_cls, with_former_names(given)),
            EnvironmentWithFormerNames(settings_cls),
            InitSettingsSource(settings_cls, file),
        )

    @classmethod
    def load(cls, path: Path | None = None, **changes: Any) -> "Settings":
        """Settings from a TOML file, then `changes`; raises UsageError naming file and field."""
        try:
            given = tomllib.loads(path.read_text("utf-8")) if path else {}
            return cls(**{**changes, FROM_FILE: given})
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{path}: not TOML: {error}") from error
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{path or 'settings'}: {where}: {first['msg']}") from error

    def only(self, *sections: str) -> "Settings":
        """The same without any other section: reading one that is not named raises AttributeError."""
        less = self.model_copy()
        for name in type(self).model_fields.keys() - {*sections, *OF_THE_MACHINE}:
            del less.__dict__[name]
        return less

    def digest(self) -> str:
        """SHA-256 of everything that may change a table."""
        chosen = self.model_dump(mode="json", exclude=set(OF_THE_MACHINE))
        return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()
