"""Lists too long for one line, in parts: `seen/HANDLE/part-0002-of-0009/ip` is one of `seen/HANDLE/ip`.

The path of a part says how many there are, and is committed to with its values: a part that is withheld is
missed, and a list counts as opened once all its parts are.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from linkage.bundle.checks.limits import MOST_PARTS
from linkage.bundle.checks.strict_json import NotStrict

PART = re.compile(r"part-([0-9]{4})-of-([0-9]{4})")


def part_path(path: str, number: int, parts: int) -> str:
    """The path of a part of the list at `path`, counted from 1; raises ValueError beyond the limits."""
    if parts > MOST_PARTS:
        raise ValueError(f"{path}: a list in more than {MOST_PARTS} parts")
    start, _, last = path.rpartition("/")
    return f"{start}/part-{number:04d}-of-{parts:04d}/{last}"


def part_of(path: str) -> tuple[str, int, int] | None:
    """The list that a path is a part of, its number and how many there are; None where it is no part."""
    if "/part-" not in path:
        return None
    names = path.split("/")
    found = PART.fullmatch(names[-2])
    if found is None:
        return None
    number, parts = int(found[1]), int(found[2])
    if not 1 <= number <= parts:
        raise NotStrict("a part beyond the number of parts")
    return "/".join([*names[:-2], names[-1]]), number, parts


def joined(units: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The units, with each list whole again where the last of its parts stood."""
    parts: dict[str, list[Any]] = {}
    for path, value in units:
        part = part_of(path)
        if part is None:
            yield path, value
            continue
        whole, number, count = part
        parts.setdefault(whole, []).extend(value)
        if number == count:
            yield whole, parts.pop(whole)


def whole_path(path: str) -> str:
    """The path of the list that a unit is a part of; of any other unit its own."""
    part = part_of(path)
    return path if part is None else part[0]


class Parts:
    """Opened parts, list by list."""

    def __init__(self) -> None:
        self._found: dict[str, dict[int, list[Any]]] = {}
        self._counts: dict[str, int] = {}

    def add(self, part: tuple[str, int, int], value: Any) -> None:
        """Keep a part; raises NotStrict where it is no list, or does not fit the others."""
        path, number, parts = part
        if not isinstance(value, list):
            raise NotStrict("a part that is no list")
        if self._counts.setdefault(path, parts) != parts:
            raise NotStrict("parts of one list that count differently")
        self._found.setdefault(path, {})[number] = value

    def complete(self) -> Iterator[tuple[str, list[Any]]]:
        """Lists of which every part is opened, by path."""
        for path, found in sorted(self._found.items()):
            if len(found) == self._counts[path]:
                yield path, [row for _, rows in sorted(found.items()) for row in rows]

    def paths(self) -> Iterator[str]:
        """Lists of which any part is opened."""
        return iter(self._found)
