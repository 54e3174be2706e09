"""Groups under the names that they have in bundles.

The id of a group in a case is a hash of its members: whoever knows all members but one can try every account
for the last. So a bundle calls a group by a keyed name, and a claim as well. Only a view that names accounts
opens the id that the group has in the case.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from linkage.bundle.units import Secret

Unit = tuple[str, Any, str]
"""Path, value, and the group it belongs to; empty for what belongs to all."""

ID = re.compile(r"\bop-[0-9a-f]{10}\b")
"""The id of a group in a case."""

NAME = re.compile("g-[0-9a-f]{16}")
"""Its name in bundles."""

PLACED = ("against", "group", "link", "member", "template")
"""Kinds of units whose path names a group after the kind."""

TELLING = ("against", "group")
"""Kinds of units whose values are texts of this program, in which a group may be named."""

IN_CASE = "in-case"
"""The unit of a group that holds its id in the case."""


Alias = Callable[[str], str]


def claim_alias(secret: Secret) -> Alias:
    """The name of a claim in bundles; in a case it is a hash of the group's id, too."""
    return lambda claim: f"c-{secret.handle('claim', claim)[:12]}"


def under_alias(units: Iterable[Unit], alias: Alias, claim: Alias) -> Iterator[Unit]:
    """The units with groups and claims under other names, and the id of each group in a unit of its own.

    The group that a unit belongs to, its third part, keeps its id: that part never leaves the case.
    """
    named = set[str]()
    for path, value, group in units:
        kind, *rest = path.split("/")
        if group and group not in named:
            named.add(group)
            yield f"group/{alias(group)}/{IN_CASE}", group, group
        if kind in PLACED:
            kept = hidden(value, alias) if kind in TELLING else value
            yield "/".join([kind, alias(rest[0]), *rest[1:]]), kept, group
        elif kind == "claim":
            name = claim(rest[0])
            yield f"claim/{name}/claim", {**value, "claim": name, "group": alias(group)}, group
        else:
            yield path, value, group


def hidden(value: Any, alias: Alias) -> Any:
    """A value with every id of a group in its texts replaced."""
    if isinstance(value, str):
        return ID.sub(lambda found: alias(found[0]), value)
    if isinstance(value, Mapping):
        return {hidden(name, alias): hidden(each, alias) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [hidden(each, alias) for each in value]
    return value
