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
    of = filtered(tree)
    made = None if of is None else listed(of, compiled)
    if made is None:
        return None
    return lambda row: [each for each in made(row) or () if each is not False and each not in _EMPTY]


def filtered(tree: Any) -> Any:
    """The list `[a, b]` of `[a, b][?@]`; None for another tree."""
    if tree["type"] != "filter_projection":
        return None
    of, rest, condition = tree["children"]
    plain = (of["type"], rest["type"], condition["type"]) == ("multi_select_list", "identity", "current")
    return of if plain else None
