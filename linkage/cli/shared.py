"""shared: what some accounts have in common, and what sets each apart."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from linkage.case.holdings import Holdings
from linkage.case.shared import in_common
from linkage.cli.files import read_text
from linkage.cli.read_case import read_case
from linkage.cli.screen.layout import FAINT, STRONG, heading, indented, line, rows, show, text
from linkage.cli.screen.outcomes import PARTIAL, left_out
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.safe import cut
from linkage.cli.screen.text import many
from linkage.errors import UsageError
from linkage.explain.shared import Apart, CommonValue, Shared, few

FEW = 30
"""Values in common that a page lists."""

OF_A_TRAIT = 3
"""Values in common listed of each trait."""

MOST_APART = 8
"""Traits listed of each account."""

MOST_ACCOUNTS = 20
"""Accounts that a page sets apart."""

LONG = 120

BITS = (
    "bits b: drawn at random, as many accounts would share this value at most once in 2^b draws. Rows"
    " overlap, so do not add them. Bits say nothing about accounts that were chosen by these values."
)


def shared(*, case: Path, accounts: Sequence[str], file: Path | None, output: Format, who: str) -> None:
    """Show what some accounts share."""
    # Not splitlines(): an id may hold what Unicode calls the end of a line.
    lines = read_text(file).split("\n") if file else []
    listed = [each for each in (line.removesuffix("\r") for line in lines) if each]
    chosen = list(dict.fromkeys([*accounts, *listed]))
    if len(chosen) < 2:
        raise UsageError("at least two accounts are needed", hint="name them, or give --accounts FILE")
    folder = read_case(case, "shared", who, accounts=" ".join(chosen))
    most, of_a_trait = (FEW, OF_A_TRAIT) if output is Format.table else (len(chosen) * FEW,) * 2
    found = in_common(folder, chosen, most=most, of_a_trait=of_a_trait)
    if output is Format.table:
        known = Holdings(folder)
        show(*_page(found, known.population, complete=known.complete))
        return
    apart = [asdict(each) for each in found.apart]
    more = {"accounts": list(found.accounts), "apart": apart, "unknown": dict(found.unknown)}
    emit(output, [asdict(each) for each in found.common], **more)


def _page(found: Shared, population: int, *, complete: bool) -> Iterable[Any]:
    of = len(found.accounts)
    yield line((many(of, "account"), STRONG), f" of {population:,} in this case")
    yield heading("In common, rarest first")
    if not found.common:
        yield indented(text("no value that two of them hold"))
    else:
        columns = ("trait", "value*", "of these", "of all", "bits")
        shown = few(found.common, FEW, OF_A_TRAIT)
        body = [_common(each, of) for each in shown]
        yield indented(rows(columns, body, right="bits"))
        yield from map(indented, left_out(len(shown), len(found.common), "value"))
        yield indented(
            text(
                BITS,
                FAINT,
            )
        )
    yield from _apart(found)
    yield from _unknown(found)
    if not complete:
        yield text(PARTIAL, FAINT)


def _common(each: CommonValue, of: int) -> tuple[object, ...]:
    inside = "all" if each.inside == of else f"{each.inside:,}"
    shown = f"“{cut(each.text, LONG)}”" if each.text else cut(each.value, LONG)
    return each.trait, shown, inside, f"{each.accounts:,}", f"{each.rarity_bits:.1f}"


def _apart(found: Shared) -> Iterable[Any]:
    yield heading("What sets each apart")
    by_account = [list(own) for _, own in groupby(found.apart, key=lambda each: each.account)]
    if not by_account:
        yield indented(text("nothing: in every trait each of them agrees with another one, or none does"))
        return
    body = [row for own in by_account[:MOST_ACCOUNTS] for row in _of_account(own)]
    yield indented(rows(("account!", "trait", "its values*", "the others*"), body))
    yield from map(indented, left_out(MOST_ACCOUNTS, len(by_account), "account"))


def _of_account(own: Sequence[Apart]) -> Iterable[tuple[object, ...]]:
    for place, each in enumerate(own[:MOST_APART]):
        yield each.account if not place else "", each.trait, _own(each), _others(each)
    if len(own) > MOST_APART:
        yield "", text(f"and {many(len(own) - MOST_APART, 'more trait')}", FAINT), "", ""


def _own(each: Apart) -> str:
    more = f" and {each.values - 1:,} more" if each.values > 1 else ""
    return f"{cut(each.value, 48)}{more}"


def _others(each: Apart) -> str:
    if each.others == 1:
        return "has another value"
    return f"{each.agree:,} of {each.others:,} agree with another one"


def _unknown(found: Shared) -> Iterable[Any]:
    gaps = [(name, ", ".join(own)) for name, own in found.unknown.items() if own]
    if gaps:
        yield heading("What is not known")
        yield indented(rows(("account!", "no observation in*"), gaps[:MOST_ACCOUNTS]))
        yield from map(indented, left_out(MOST_ACCOUNTS, len(gaps), "account"))
