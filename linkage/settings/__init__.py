"""Every number that changes a table, with where its value comes from; one section for each package.

Settings are read when asked (never at import): defaults, then `linkage.toml`, then environment
variables `LINKAGE_…`, then arguments. What was in force is written to the case's receipt.
"""

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError
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
from linkage.settings.section import Section

__all__ = ["OF_THE_MACHINE", "Settings", "TableMapping", "Trait"]

OF_THE_MACHINE = ("threads", "memory", "max_rows", "engine")
"""Settings on which no table depends."""


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
    max_rows: int = Field(
        100_000_000, gt=0, description="rows that one stage may take into memory at once; more ends the run"
    )
    engine: str = Field("duckdb", description="where relational work runs")
    sources: dict[str, TableMapping] = {}
    traits: dict[str, Trait] = {}
    ingest: Ingest = Ingest()
    observations: Observations = Observations()
    prompts: Prompts = Prompts()
    evidence: Evidence = Evidence()
    links: Links = Links()
    groups: Groups = Groups()
    explain: Explain = Explain()
    attribution: Attribution = Attribution()
    case: CaseTables = CaseTables()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *others: Any,
        **more: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before the environment; nothing else is looked at."""
        del others, more
        given = with_former_names(init_settings())
        return InitSettingsSource(settings_cls, given), EnvironmentWithFormerNames(settings_cls)

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
        chosen = self.model_dump(mode="json", exclude=set(OF_THE_MACHINE))
        return hashlib.sha256(json.dumps(chosen, sort_keys=True).encode()).hexdigest()
