"""Making the next rows while the database works on the last."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Item = TypeVar("Item")

DEPTH = 12
"""Items made before they are asked for: where a table's first take seconds, the database has work left."""

_END: Any = object()


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items in the same order, the next made in another thread; raises what making one raises."""
    source = iter(items)
    with ThreadPoolExecutor(1) as other:
        waiting = deque(other.submit(next, source, _END) for _place in range(DEPTH))
        try:
            while (item := waiting.popleft().result()) is not _END:
                waiting.append(other.submit(next, source, _END))
                yield item
        finally:
            for each in waiting:
                each.cancel()
