"""who: every account that has some values."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from linkage.case.holdings import Holdings
from linkage.cli.read_case import read_case
from linkage.cli.screen.layout import FAINT, STRONG, line, rows, show, text
from linkage.cli.screen.outcomes import NO_ACCUSATION, PARTIAL, left_out, outcome, summed
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.text import dates, many
from linkage.explain.conditions import condition
from linkage.explain.who import Holder, holders

FEW = 100
"""Accounts that a page lists."""


def who(*, case: Path, values: Sequence[str], any_of: bool, output: Format, who: str) -> None:
    """List the holders of values."""
    found = read_case(case, "who", who, values=" ".join(values))
    known = Holdings(found)
    conditions = [condition(each, known.traits) for each in values]
    met = known.meeting(conditions)
    seen = known.of_values([value for each in met for value in each])
    places = found.places({row["account"] for row in seen})
    accounts = holders(conditions, met, seen, places, any_of=any_of)
    if output is Format.table:
        show(*_page(accounts, values, any_of, complete=known.complete))
    else:
        emit(output, [each.as_row() for each in accounts], complete=known.complete)


def _page(found: Sequence[Holder], values: Sequence[str], any_of: bool, *, complete: bool) -> Iterable[Any]:
    asked = (" or " if any_of else " and ").join(values)
    if not found:
        yield line("No account has ", (asked, STRONG), ".")
    else:
        have = "has" if len(found) == 1 else "have"
        yield line(
            (many(len(found), "account"), STRONG), f" {have} ", (asked, STRONG), ": ",
            summed(each.outcome for each in found), ".",
        )  # fmt: skip
        yield text("")
        yield _table(found[:FEW], values)
        yield from left_out(FEW, len(found), "account")
    if found:
        yield text(NO_ACCUSATION, FAINT)
    if not complete:
        yield text(PARTIAL, FAINT)


def _table(found: Sequence[Holder], values: Sequence[str]) -> Any:
    # Of several values it matters who has which; there is no room on a narrow screen for more.
    several = len(values) > 1
    columns = ("account!", "outcome", "group!", "seen!", *(("has*",) if several else ("role", "times")))
    body = [
        (
            each.account,
            outcome(each.outcome),
            each.group,
            dates(each.first_at, each.last_at),
            *((", ".join(_held(each, values)),) if several else (each.role, f"{each.count:,}")),
        )
        for each in found
    ]
    return rows(columns, body, right="times")


def _held(holder: Holder, values: Sequence[str]) -> Iterable[str]:
    """Which of the wanted values an account has, in as few words as tell them apart: values are long, and the
    first line of the page names them."""
    traits = {each.partition("=")[0] for each in values}
    if len(traits) == len(values):
        return dict.fromkeys(each.partition("=")[0] for each in holder.has)
    return [each.partition("=")[2] for each in holder.has] if len(traits) == 1 else holder.has
