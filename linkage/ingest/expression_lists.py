"""Lists that an expression makes of several values, without the library's interpreter."""

from collections.abc import Callable
from typing import Any

Step = Callable[[Any], Any]

_EMPTY: tuple[Any, ...] = ("", [], {}, None)
"""What the library takes for false, besides false itself."""


def listed(tree: Any, compiled: Callable[[Any], Step]) -> Step | None:
    """A closure for `[a, b]`, or for `[a, b][?@]`, those of it that are not empty; None for another tree.

    `compiled` makes a closure of each part.
    """
    if tree["type"] == "multi_select_list":
        reads = [compiled(child) for child in tree["children"]]
        return lambda row: None if row is None else [read(row) for read in reads]
    if tree["type"] != "filter_projection":
        return None
    of, rest, condition = tree["children"]
    made = listed(of, compiled) if of["type"] == "multi_select_list" else None
    if made is None or (rest["type"], condition["type"]) != ("identity", "current"):
        return None
    return lambda row: [each for each in made(row) or () if each is not False and each not in _EMPTY]
