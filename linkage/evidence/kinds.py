"""On what a row of evidence rests."""

from enum import IntEnum


class Kind(IntEnum):
    """On what a row of evidence rests."""

    VALUE = 0
    """One value of a trait: both accounts hold it, or acted on it."""
    HOURS = 1
    """The two accounts' hours of the day, compared."""
    THEMES = 2
    """The themes that the two accounts ask about, compared."""
    COMPANY = 3
    """The accounts that are linked with both."""
    APART = 4
    """Where grouping put the two accounts."""
    SIZE = 5
    """How many accounts the group of both has."""
    EXPLAINED = 6
    """A reason that explains what the two accounts share, without an operator."""
