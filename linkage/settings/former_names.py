"""Sections under the names that they had in earlier versions, so that old files and variables still work."""

from collections.abc import Mapping
from typing import Any

from pydantic_settings import EnvSettingsSource

FORMER = {"reading": "ingest", "signals": "evidence", "scoring": "links", "grouping": "groups"}
"""Former name of a section to its name now."""


def with_former_names(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same settings with every section under its name now; where both are given, the name now wins."""
    renamed = {name: value for name, value in given.items() if name not in FORMER}
    for former, name in FORMER.items():
        if former in given:
            older, newer = given[former], renamed.get(name)
            if isinstance(older, dict) and isinstance(newer, dict):
                renamed[name] = {**older, **newer}
            else:
                renamed[name] = older if newer is None else newer
    return renamed


class EnvironmentWithFormerNames(EnvSettingsSource):
    """Environment variables, among them `LINKAGE_READING__…` and other former names."""

    def _load_env_vars(self) -> Any:
        found = dict(super()._load_env_vars())
        for former, name in FORMER.items():
            start, now = (
                f"{self.env_prefix}{each}{self.env_nested_delimiter}".lower() for each in (former, name)
            )
            for key in [each for each in found if each.startswith(start)]:
                found.setdefault(now + key.removeprefix(start), found[key])
        return found
