"""Signals from when the accounts act. The pair arithmetic is in `coincidence`."""

from linkage.signals.signal import signal


@signal("same object in a window", "timing")
def same_object() -> None:
    """Both accounts acted on one object (a shared post, a rare template) within seconds of each other,
    more often than the traffic of that object explains."""
    return None


@signal("hand-over", "timing")
def handover() -> None:
    """On one rare template, one account started within minutes of the other stopping, more often than
    the template's own traffic explains: work passed from hand to hand."""
    return None


@signal("day–night profile", "timing", supports_only=True)
def hours() -> None:
    """How alike the hours of the day are at which the two accounts work. Measured against each account's
    own even and odd days, so it can speak for and against."""
    return None
