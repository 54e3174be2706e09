"""Every number that changes a table, with where its value comes from; one section for each package.

`Settings` is in `program`. It is loaded when first asked for: a page about a case needs a section or two, and
must not wait for the rest.
"""

from importlib import import_module
from typing import Any

_PROGRAM = ("OF_THE_MACHINE", "Settings", "TableMapping", "Trait")


def __getattr__(name: str) -> Any:
    if name in _PROGRAM:
        return getattr(import_module("linkage.settings.program"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_PROGRAM})
