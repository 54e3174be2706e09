"""Which signals a source can support, from the columns that say something in it."""

from collections.abc import Iterable
from typing import Any

from linkage.evidence.signals import registry
from linkage.ingest.preview import Preview


def signal_rows(columns: frozenset[str]) -> list[dict[str, Any]]:
    """A row for each signal: whether these columns can support it, and what is missing where they cannot."""
    rows = []
    for signal in registry.SIGNALS:
        nearest = min((sorted(each - columns) for each in signal.alternatives), key=len)
        rows.append(
            {"signal": signal.name, "family": signal.family, "supported": not nearest, "missing": nearest}
        )
    return rows


def columns_of(previews: Iterable[Preview]) -> frozenset[str]:
    """Columns that say something in the rows looked at, and the traits of the long form."""
    found: set[str] = set()
    for each in previews:
        found |= {*each.filled, *each.traits}
    return frozenset(found)
