"""All adapters, one line each."""

from linkage.errors import UsageError
from linkage.ingest.adapters import nginx
from linkage.ingest.adapters.adapter import Adapter

ADAPTERS: dict[str, Adapter] = {each.name: each for each in (nginx.ADAPTER,)}


def adapter(name: str) -> Adapter:
    """The adapter of that name; raises UsageError naming those there are."""
    if name not in ADAPTERS:
        raise UsageError(f"no format is called {name!r}", hint=f"formats: {', '.join(sorted(ADAPTERS))}")
    return ADAPTERS[name]
