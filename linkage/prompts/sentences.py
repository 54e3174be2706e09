"""Where a masked prompt is cut into sentences."""

import re

ENDS = re.compile(r"[.!?;\n。｡](?:(?<=[\n。｡])|[\"')\]]*+\s+)")
"""What ends a sentence or a line."""

EDGE = " \t-*•#.,:;!?()[]{}|=_/\\\"'"
"""Signs at the edge of a sentence that are no part of it."""


def sentences(masked: str) -> list[str]:
    """The sentences of a skeleton, short ones too, without their edges."""
    return [part for part in (each.strip(EDGE) for each in ENDS.split(masked)) if part]
