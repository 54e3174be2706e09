"""The sentence that goes with a row of evidence: what was measured, in words.

Each function takes rows of evidence in the form that the case writes them (ROWS, and of the value `text` and
`degree`, the number of accounts that hold it) and gives an Ibis expression of text.
"""

from collections.abc import Callable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from linkage.settings.evidence import Evidence

DAY = 86_400_000_000


@dataclass(frozen=True)
class Run:
    """What the sentences say of the run: how many accounts it compared, and under which settings."""

    accounts: int
    chosen: Evidence


Detail = Callable[[ir.Table, Run], ir.StringValue]


def number(value: ir.NumericValue, digits: int) -> ir.StringValue:
    """A number with so many digits after the point."""
    return value.round(digits).cast(f"decimal(12, {digits})").cast("string")


def count(rows: ir.Table) -> ir.StringValue:
    """The column `count` as text."""
    return rows["count"].cast("string")


def many(value: ir.IntegerValue, one: str, more: str = "") -> ir.StringValue:
    """A count with its noun; `more` is the plural where it takes more than an s."""
    return value.cast("string") + " " + ibis.ifelse(value == 1, one, more or f"{one}s")


def _holders(rows: ir.Table, run: Run) -> ir.StringValue:
    return ibis.literal("held by ") + rows.degree.cast("string") + f" of {run.accounts} accounts"


def held(rows: ir.Table, run: Run) -> ir.StringValue:
    """How many accounts hold the value, and how long apart the two used it."""
    days = (rows.gap / DAY).floor().cast("int64")
    apart = ibis.ifelse(days >= 1, ibis.literal(", used ") + many(days, "day") + " apart", "")
    return _holders(rows, run) + apart


def times(rows: ir.Table, run: Run) -> ir.StringValue:
    """How often something happened on an object, and how many accounts use the object."""
    often = ibis.ifelse(rows["count"] == 1, "once", count(rows) + " times")
    return often + " on this object, itself " + _holders(rows, run)


def compared(what: str) -> Detail:
    """That two accounts were compared in this."""
    return lambda rows, run: ibis.literal(f"{what} compared")
