"""why-not: why two accounts are not linked, or not in one group."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from linkage.cli.open_case import open_case
from linkage.cli.screen import layout
from linkage.cli.screen.layout import FAINT, STRONG, WARN, heading, indented, line, rows, show, text
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.safe import cut
from linkage.cli.screen.text import bits, many, span
from linkage.explain.why_not import AGAINST, LINKED, UNKNOWN, Account, WhyNot

FEW = 20

TONE = {AGAINST: layout.AGAINST, UNKNOWN: WARN}
"""The colour of a state."""


def why_not(*, case: Path, a: str, b: str, output: Format, who: str) -> None:
    """Explain an absent link."""
    found = open_case(case, "why-not", who, a=a, b=b).why_not(a, b)
    if output is Format.table:
        show(*why_not_page(found))
        return
    emit(
        output,
        [asdict(each) for each in found.shared],
        left=asdict(found.left),
        right=asdict(found.right),
        state=found.state,
        because=found.because,
        linked=found.explanation.linked,
        together=found.together,
        log_odds=found.explanation.log_odds,
        link_bits=found.explanation.link_bits,
        failed=list(found.failed),
        compared=list(found.explanation.compared),
        not_compared=[asdict(each) for each in found.not_compared],
        differences=[asdict(each) for each in found.differences],
        against=[asdict(each) for each in found.against],
    )


def why_not_page(found: WhyNot) -> Iterable[Any]:
    """The parts of the page, which `explain` shows too where there is no link."""
    yield line((found.left.account, STRONG), " and ", (found.right.account, STRONG), ": ", _verdict(found))
    if found.state != LINKED:
        yield line((found.state, TONE.get(found.state, "")), f": {found.because}")
    for reason in found.failed:
        yield indented(text(f"– {reason}"))
    yield heading("Observations")
    for account in (found.left, found.right):
        yield from _known(account)
    yield from _against(found)
    yield from _shared(found)
    yield from _not_compared(found)
    yield text("")
    if found.state != AGAINST:
        yield text(
            "“Not linked” does not mean different operators, only that this case cannot link the accounts.",
            FAINT,
        )


def _verdict(found: WhyNot) -> str:
    if found.together:
        return f"both in group {found.left.group}" + (
            "" if found.explanation.linked else ", but not linked directly"
        )
    if not found.explanation.linked:
        return "not linked"
    one = found.left.group and found.left.group == found.right.group
    if not one:
        return "linked, but not in one group"
    return f"linked, in a group that is {'unresolved' if _unresolved(found.left) else 'not reported'}"


def _unresolved(account: Account) -> bool:
    return account.outcome == "unresolved"


def _known(account: Account) -> Iterable[Any]:
    families = ", ".join(f"{family} {count:,}" for family, count in account.by_family.items()) or "nothing"
    place = f"in {account.group}" if account.group else "in no group"
    state = "unresolved, no finding" if _unresolved(account) else "not reported"
    reason = f" ({state}: {account.reason})" if account.reason else ""
    yield indented(
        line((account.account, STRONG), f"  {place}{reason}, {span(account.first_at, account.last_at)}")
    )
    yield indented(text(f"{many(account.observations, 'observation')}: {families}", FAINT), 4)


def _shared(found: WhyNot) -> Iterable[Any]:
    yield heading("Values in common")
    if not found.shared:
        yield indented(text("none"))
        return
    body = [
        (
            cut(each.trait, 18),
            cut(each.value, 30),
            bits(each.bits) if each.bits is not None else "0",
            each.why,
        )
        for each in found.shared[:FEW]
    ]
    yield indented(rows(("trait", "value", "bits", "because*"), body, right="bits"))
    if len(found.shared) > FEW:
        yield indented(text(f"and {len(found.shared) - FEW} more", FAINT))


def _not_compared(found: WhyNot) -> Iterable[Any]:
    yield heading("Not compared")
    if not found.not_compared:
        yield indented(text("none: there are data on both accounts in every family"))
    for each in found.not_compared:
        yield indented(text(f"{each.family}: no data on {' or '.join(each.missing)}"))


def _against(found: WhyNot) -> Iterable[Any]:
    """Evidence for two operators, and traits that differ: first those that count as evidence."""
    if found.against or found.differences:
        yield heading("Differences")
    for line_of in found.against[:FEW]:
        yield indented(
            line(
                (bits(line_of.bits), layout.AGAINST),
                f"  {line_of.signal}: {line_of.detail or line_of.meaning}",
            )
        )
    body = [
        (
            text(each.trait, layout.AGAINST if each.speaks else ""),
            cut(each.left, 26),
            cut(each.right, 26),
            each.why,
        )
        for each in sorted(found.differences, key=lambda each: not each.speaks)
    ]
    if body:
        columns = ("trait", f"{found.left.account}*", f"{found.right.account}*", "meaning*")
        yield indented(rows(columns, body))
