"""The words for numbers: a fixed scale, so that nobody chooses a stronger one, and words never used."""

import re

SCALE = (
    (0.0, "supports another explanation rather than one operator"),
    (1.0, "supports neither"),
    (3.321928, "weak support for one operator"),
    (6.643856, "moderate support for one operator"),
    (9.965784, "moderately strong support for one operator"),
    (13.287712, "strong support for one operator"),
    (19.931569, "very strong support for one operator"),
    (float("inf"), "extremely strong support for one operator"),
)
"""Upper bounds in bits: likelihood ratios of 1, 2, 10, 100, 1,000, 10,000 and 1,000,000 (the verbal scale of
the ENFSI guideline for evaluative reporting, 2015)."""

NEVER = re.compile(
    r"\b(prove[sdn]?|proving|certain|certainly|certainty|match|matche[sd]|matching)\b", re.IGNORECASE
)
"""Words that promise more than any of this can give."""


def support(bits: float) -> str:
    """The word for a likelihood ratio of so many bits; the prior is not in it."""
    return next(word for bound, word in SCALE if bits < bound or bound == float("inf"))
