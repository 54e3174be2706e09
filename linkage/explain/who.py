"""Every account that has some values, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linkage.explain.conditions import Condition
from linkage.explain.held_values import Value
from linkage.schema import OUTCOMES

Row = Mapping[str, Any]
NO_GROUP = "none"
"""The outcome of an account that is in no group."""


@dataclass(frozen=True)
class Holder:
    """An account that has the wanted values: those it has, how often and when they were seen, and its group.

    `outcome` is one of OUTCOMES, or NO_GROUP; only those of `groups` are reported.
    """

    account: str
    outcome: str
    group: str | None
    role: str | None
    first_at: datetime | None
    last_at: datetime | None
    count: int
    has: tuple[str, ...]

    def as_row(self) -> dict[str, Any]:
        """As a row for a program."""
        return {**vars(self), "has": list(self.has)}


def holders(
    conditions: Sequence[Condition],
    met: Sequence[Sequence[Value]],
    rows: Sequence[Row],
    places: Mapping[str, Sequence[Row]],
    *,
    any_of: bool = False,
) -> list[Holder]:
    """The accounts that meet all conditions, or with `any_of` at least one; reported ones first.

    `met` are the values that meet each condition, `rows` the observations of these values, `places` the rows
    of each account in the tables of OUTCOMES.
    """
    wanted = [set(values) for values in met]
    by_account: dict[str, list[Row]] = {}
    for row in rows:
        by_account.setdefault(row["account"], []).append(row)
    found = []
    for account, own in by_account.items():
        values = {(row["trait"], row["value"]) for row in own}
        meets = [bool(values & each) for each in wanted]
        if any(meets) if any_of else all(meets):
            found.append(_holder(account, own, next(iter(places.get(account, ())), {})))
    return sorted(found, key=in_reading_order)


def in_reading_order(holder: Holder) -> tuple[int, str, str]:
    """Reported accounts first, those in no group last; group by group."""
    outcomes = (*OUTCOMES, NO_GROUP)
    return outcomes.index(holder.outcome), holder.group or "", holder.account


def _holder(account: str, rows: Sequence[Row], place: Row) -> Holder:
    return Holder(
        account=account,
        outcome=place.get("outcome", NO_GROUP),
        group=place.get("group"),
        role=place.get("role"),
        first_at=min((row["first_at"] for row in rows if row["first_at"]), default=None),
        last_at=max((row["last_at"] for row in rows if row["last_at"]), default=None),
        count=sum(row["count"] or 0 for row in rows),
        has=tuple(dict.fromkeys(f"{row['trait']}={row['value']}" for row in rows)),
    )
