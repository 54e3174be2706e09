"""Signals from when the accounts act. The pair arithmetic is in `coincidence`."""

import ibis
import ibis.expr.types as ir

from linkage.evidence.kinds import Kind
from linkage.evidence.signals.detail import Run, compared, many, times
from linkage.evidence.signals.signal import Shared, signal


@signal("same object in a window", "timing", needs="prompt at|system_prompt at|template at", detail=times)
def same_object() -> None:
    """Both accounts acted on one object (a shared post, a rare template) within seconds of each other,
    more often than the traffic of that object explains."""
    return None


@signal("hand-over", "timing", needs="at", detail=times)
def handover() -> None:
    """On one rare template, one account started within minutes of the other stopping, more often than
    the template's own traffic explains: work passed from hand to hand."""
    return None


@signal(
    "day–night profile",
    "timing",
    supports_only=True,
    needs="at|hours",
    kind=Kind.HOURS,
    observed="hours",
    shown="hours of the day",
    detail=compared("hours of the day"),
)
def hours() -> None:
    """How alike the hours of the day are at which the two accounts work. Measured against each account's
    own even and odd days, so it can speak for and against."""
    return None


def _occasions(rows: ir.Table, run: Run) -> ir.StringValue:
    names = run.chosen.recurrence.names
    width = ibis.cases(*[(rows.scale == i, name) for i, name in enumerate(names)], else_="")
    return ibis.literal("within ") + width + ", " + many(rows["count"], "time") + ", on this object"


@signal(
    "same object again and again",
    "timing",
    supports_only=True,
    needs="prompt at|template at",
    detail=_occasions,
)
def same_object_again() -> None:
    """Both accounts came back to one rare template or object on the same occasions, within ten minutes, two
    hours or a day of each other, more often than its other users do. Pauses put in between two accounts
    hide them from a narrow window, not from this."""
    return None


@signal("regular gaps", "timing", needs="at")
def regularity() -> Shared:
    """Both accounts' requests follow one another at gaps more equal than the population's, and of about the
    same length, as a program with a timer sends them. Timers that many use, every hour or every day,
    count for little."""
    return Shared("regularity", agreement=0.3, floor=0.002, proposes=False)


@signal("move to a new model", "timing", needs="model at")
def model_move() -> Shared:
    """Both accounts took up a new model within the same six hours, in which far more accounts than before
    and after did so. On the day a model appears thousands do, and it says next to nothing; on other days,
    or model after model, it shows one hand that redirects its traffic."""
    return Shared("model_move", agreement=0.3, floor=0.01, proposes=False)
