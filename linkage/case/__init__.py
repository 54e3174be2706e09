"""The case folder: the embedded store, plain Parquet and JSON.

Each name is loaded when first asked for: a question about a few accounts must not wait for what explains
pairs, or writes cases.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Case": "folder",
    "CaseReader": "reader",
    "CaseWriter": "writer",
    "Table": "table",
    "audit": "journal",
    "audit_faults": "journal",
    "open_case": "folder",
    "persist": "lineage",
    "previous_groups": "lineage",
    "read_verdicts": "journal",
    "user": "journal",
    "with_past": "lineage",
}
"""The module of each name."""

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"linkage.case.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
