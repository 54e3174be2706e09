"""Texts that a group sent, as far as they are opened, and how a text stands for its id."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CONTENT = "content"
"""The family whose values may be ids of texts."""

_DIGEST = re.compile("[0-9a-f]{24,}")


@dataclass(frozen=True)
class Sent:
    """A text that the group sent, as far as it is opened: what it is, the id that stands for it, the text,
    whether its slots are masked; and by how many of the group and by how many others, and how often."""

    kind: str = "text"
    value: str = ""
    text: str | None = None
    masked: bool = False
    counts: tuple[int, int, int] | None = None


def sent(units: Mapping[str, Any]) -> Sent:
    """A text from its opened units."""
    kind, value, masked = units.get("value", ("text", "", ""))
    counts = units.get("sent")
    return Sent(
        str(kind),
        str(value),
        units.get("example"),
        masked == "masked",
        (int(counts[0]), int(counts[1]), int(counts[2])) if counts else None,
    )


def is_id_of_text(family: str, value: str) -> bool:
    """Whether a value of evidence is the id of a text, which says nothing to a reader."""
    return family == CONTENT and is_digest(value)


def is_digest(value: str) -> bool:
    """Whether a value is a digest, of which nobody reads more than its beginning."""
    return _DIGEST.fullmatch(value) is not None


def text_of(texts: Iterable[Sent], value: str) -> str | None:
    """The text that an id stands for, where it is opened."""
    return next((each.text for each in texts if each.value == value and each.text), None)
