"""What the gates ask, and what is so where one is failed, in words that stand by themselves.

A gate is called by what passes it (`one operator leads`): that name says the opposite of a failure.
"""

from collections.abc import Iterable

ASKS = {
    "size": "enough accounts",
    "families": "several independent kinds of evidence",
    "stable": "it stays together when part of the evidence is left out",
    "one operator leads": "one operator explains it better, by a margin, than every innocent explanation",
    "beyond chance": "chance seldom brings about as much in common",
}
"""What each gate asks, by its name."""

FAILS = {
    "size": ("it has too few accounts", "too few accounts would be left"),
    "families": (
        "too few independent kinds of evidence speak for it",
        "too few independent kinds of evidence would speak for it",
    ),
    "stable": (
        "it falls apart when part of the evidence is left out",
        "it would fall apart when part of the evidence is left out",
    ),
    "one operator leads": (
        "one operator does not lead every innocent explanation by the margin that is asked for",
        "one operator would not lead every innocent explanation by the margin that is asked for",
    ),
    "beyond chance": (
        "chance brings about as much in common too often",
        "chance would bring about as much in common too often",
    ),
}
"""What is so where a gate is failed, and what would be so if it were."""


def fails(gate: str) -> str:
    """What is so where this gate is failed."""
    return FAILS[gate][0] if gate in FAILS else f'it fails the gate "{gate}"'


def would_fail(gates: Iterable[str]) -> str:
    """What would be so if these gates were failed."""
    return "; ".join(
        FAILS[each][1] if each in FAILS else f'it would fail the gate "{each}"' for each in gates
    )
