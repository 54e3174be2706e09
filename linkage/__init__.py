"""linkage finds the groups of accounts that one operator runs, and shows why."""

from importlib import import_module
from typing import Any

__all__ = ["Settings", "investigate", "open_case"]

__version__ = "0.1.0"
"""The one place that says so: the build reads it from here, and it is known in a bare checkout too."""

_HOME = {"Settings": "linkage.settings.program", "investigate": "linkage.api", "open_case": "linkage.case"}


def __getattr__(name: str) -> Any:
    # Loaded when first asked for: the command line must answer before Arrow and pydantic are in memory.
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
