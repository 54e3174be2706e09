"""Every setting there is, and another value for each."""

from collections.abc import Iterator
from typing import Any

from pydantic.fields import FieldInfo

from linkage.settings import Settings
from linkage.settings.section import Section

Path = tuple[str, ...]


def every_setting(of: Section | Settings | None = None, above: Path = ()) -> Iterator[tuple[Path, FieldInfo]]:
    """The path of each setting, such as ("groups", "min_accounts"), with its field; sections are walked."""
    section = of if of is not None else Settings()
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from every_setting(value, (*above, name))
        else:
            yield (*above, name), field


def value_at(settings: Settings, path: Path) -> Any:
    """The value of one setting."""
    found: Any = settings
    for name in path:
        found = getattr(found, name)
    return found


def another(value: Any) -> Iterator[Any]:
    """Values of the same kind that differ from this one; some may be out of bounds."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, value + 2)
    elif isinstance(value, float):
        yield from (value / 2, value * 1.5, (value + 1) / 2, value + 1)
    elif isinstance(value, str):
        yield from ("2001-01-01", f"{value}x")
    elif isinstance(value, tuple):
        yield (*value, "other")
    elif isinstance(value, list):
        yield [*value, "other"]
    elif isinstance(value, dict):
        first = next(iter(value.values()), 0.5)
        yield value | {"other": first if isinstance(first, dict) else type(first)(1)}


def nested(path: Path, value: Any) -> dict[str, Any]:
    """A value as the arguments that set it: {"groups": {"min_accounts": 7}}."""
    for name in reversed(path):
        value = {name: value}
    found: dict[str, Any] = value
    return found


def keyword_of(path: Path) -> str:
    """The environment variable of a setting."""
    return "LINKAGE_" + "__".join(path).upper()
