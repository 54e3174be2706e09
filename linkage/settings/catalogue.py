"""Every setting as a row: its value and default, what it is, its source, and what it changes."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def setting_rows(chosen: BaseModel, default: BaseModel | None = None) -> list[dict[str, Any]]:
    """A row for each field of `chosen` and of its sections, in their order.

    `setting` is the name with its sections, `value` and `default` are as TOML can hold them, `changed` says
    whether they differ; `meaning`, `source` and `changes` are empty where a field has none. The argument
    `default` gives defaults that the model itself does not know.
    """
    # Constructed, not called: a call would read the environment.
    return list(_rows(chosen, default or type(chosen).model_construct(), ""))


def _rows(chosen: BaseModel, default: BaseModel, prefix: str) -> Iterator[dict[str, Any]]:
    for name, field in type(chosen).model_fields.items():
        value, usual = getattr(chosen, name), getattr(default, name)
        if isinstance(value, BaseModel):
            yield from _rows(value, usual, f"{prefix}{name}.")
            continue
        yield {
            "setting": prefix + name,
            "value": _plain(value),
            "default": _plain(usual),
            "changed": value != usual,
            **_texts(field),
        }


def _texts(field: FieldInfo) -> dict[str, str]:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return {
        "meaning": field.description or "",
        "source": str(extra.get("source", "")),
        "changes": str(extra.get("changes", "")),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_plain(each) for each in value)
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value
