"""On what a row of evidence rests."""

from enum import IntEnum, auto


class Kind(IntEnum):
    """On what a row of evidence rests."""

    VALUE = 0
    """One value of a trait: both accounts hold it, or acted on it."""
    HOURS = auto()
    """The two accounts' hours of the day, compared."""
    THEMES = auto()
    """The themes that the two accounts ask about, compared."""
    COMPANY = auto()
    """The accounts that are linked with both."""
    APART = auto()
    """Where grouping put the two accounts."""
    SIZE = auto()
    """How many accounts the group of both has."""
    EXPLAINED = auto()
    """A reason that explains what the two accounts share, without an operator."""
    WITHHELD = auto()
    """How many prompts of the two accounts cannot be compared."""
