"""What a section of settings is, and how one of its numbers says what it is."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A table of `linkage.toml`; an unknown name in it is an error, not a shrug."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def setting(default: Any, says: str, *, source: str, changes: str, **bounds: Any) -> Any:
    """A field of a section: its default, what it is, where the default comes from, and what it changes.

    `source` names a publication, a table of `benchmarks/`, or the reason in a sentence; `changes` names the
    tables of the case, or the decision, that depend on it. `bounds` are pydantic's: ge, gt, le, lt.
    """
    return Field(
        default, description=says, json_schema_extra={"source": source, "changes": changes}, **bounds
    )
