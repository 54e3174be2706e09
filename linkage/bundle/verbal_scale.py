"""Words that no generated text uses; those that it does use for numbers are in `checks.likelihood`."""

import re

NEVER = re.compile(
    r"\b(prove[sdn]?|proving|certain|certainly|certainty|match|matche[sd]|matching)\b", re.IGNORECASE
)
"""Words that promise more than any of this can give."""
