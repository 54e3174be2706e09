"""What became of an account, in words."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from linkage.cli.screen.layout import FAINT, STRONG, WARN, text
from linkage.cli.screen.text import many
from linkage.explain.who import NO_GROUP
from linkage.schema import OUTCOMES

WORDS = {
    "groups": "reported group",
    "unresolved": "unresolved",
    "explained": "explained",
    NO_GROUP: "in no group",
}
"""Each outcome as a person reads it."""

TONES = {"groups": STRONG, "unresolved": WARN, "explained": FAINT, NO_GROUP: FAINT}

NO_ACCUSATION = (
    "A reported group is a reason to look, no accusation. Accounts outside reported groups are not reported."
)
"""Said where accounts are listed with their outcomes."""

PARTIAL = (
    "This case leaves out what one account alone has. Accounts that are reported, unresolved, explained or"
    " decided on are complete."
)
"""Said wherever rows of observations are shown that may be missing some."""


def outcome(name: str) -> Any:
    """An outcome as a cell."""
    return text(WORDS[name], TONES[name])


def summed(outcomes: Iterable[str]) -> str:
    """How many accounts have each outcome: `2 in reported groups, 1 in no group`."""
    counts = Counter(outcomes)
    named = {
        "groups": "in reported groups",
        "unresolved": "unresolved",
        "explained": "explained",
        NO_GROUP: "in no group",
    }
    parts = [f"{counts[name]:,} {named[name]}" for name in (*OUTCOMES, NO_GROUP) if counts[name]]
    return ", ".join(parts)


def left_out(shown: int, of: int, what: str) -> list[Any]:
    """The line that says how many rows a page leaves out; nothing where it shows all."""
    if shown >= of:
        return []
    return [text(f"and {many(of - shown, f'more {what}')}; all of them: --output csv", FAINT)]
