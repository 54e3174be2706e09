"""Counts with their nouns: every sentence that counts something takes its words from here."""


def many(number: int, one: str, more: str = "") -> str:
    """A count with its noun; `more` is the plural where it takes more than an s."""
    return f"{number:,} {noun(number, one, more)}"


def noun(number: int, one: str, more: str = "") -> str:
    """The noun or verb that goes with a count: `noun(1, "is", "are")`."""
    return one if number == 1 else more or f"{one}s"
