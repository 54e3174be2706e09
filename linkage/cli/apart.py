"""Why two accounts are not in one group, on a terminal."""

from collections.abc import Iterable
from typing import Any

from linkage.cli.layout import AGAINST as TOLD_AGAINST
from linkage.cli.layout import FAINT, STRONG, WARN, heading, indented, line, rows, text
from linkage.cli.safe import cut
from linkage.cli.text import bits, many, span
from linkage.explain.why_not import AGAINST, LINKED, UNKNOWN, Account, WhyNot

FEW = 20

TONE = {AGAINST: TOLD_AGAINST, UNKNOWN: WARN}
"""How a state is drawn."""


def apart(found: WhyNot) -> Iterable[Any]:
    """The whole screen."""
    yield line((found.left.account, STRONG), " and ", (found.right.account, STRONG), ": ", _verdict(found))
    if found.state != LINKED:
        yield line((found.state, TONE.get(found.state, "")), f": {found.because}")
    for reason in found.failed:
        yield indented(text(f"– {reason}"))
    yield heading("What is known")
    for account in (found.left, found.right):
        yield from _known(account)
    yield from _against(found)
    yield from _shared(found)
    yield from _not_compared(found)
    yield text("")
    if found.state != AGAINST:
        yield text(
            "Not linked does not mean different: it means that this case holds too little to say so.", FAINT
        )


def _verdict(found: WhyNot) -> str:
    if found.together:
        return f"in one group after all ({found.left.group}); see linkage explain"
    if not found.explanation.linked:
        return "not linked"
    one = found.left.group and found.left.group == found.right.group
    return "linked, in a group that accuses nobody" if one else "linked, but not in one group"


def _known(account: Account) -> Iterable[Any]:
    families = ", ".join(f"{family} {count:,}" for family, count in account.by_family.items()) or "nothing"
    place = f"in {account.group}" if account.group else "in no group"
    reason = f" (accuses nobody: {account.reason})" if account.reason else ""
    yield indented(
        line((account.account, STRONG), f"  {place}{reason}, {span(account.first_at, account.last_at)}")
    )
    yield indented(text(f"{many(account.observations, 'observation')}: {families}", FAINT), 4)


def _shared(found: WhyNot) -> Iterable[Any]:
    yield heading("What both have")
    if not found.shared:
        yield indented(text("no value of any trait"))
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
    yield indented(rows(("trait", "value", "bits", "what that says*"), body, right="bits"))
    if len(found.shared) > FEW:
        yield indented(text(f"and {len(found.shared) - FEW} more", FAINT))


def _not_compared(found: WhyNot) -> Iterable[Any]:
    yield heading("What was not compared")
    if not found.not_compared:
        yield indented(text("nothing: both have observations in every family"))
    for each in found.not_compared:
        yield indented(text(f"{each.family}: the case holds nothing for {' or '.join(each.missing)}"))


def _against(found: WhyNot) -> Iterable[Any]:
    """Evidence that was counted, and what differs; what says little is told apart from what speaks."""
    if found.against or found.differences:
        yield heading("What speaks against")
    for line_of in found.against[:FEW]:
        yield indented(
            line(
                (bits(line_of.bits), TOLD_AGAINST), f"  {line_of.signal}: {line_of.detail or line_of.meaning}"
            )
        )
    body = [
        (
            text(each.trait, TOLD_AGAINST if each.speaks else ""),
            cut(each.left, 26),
            cut(each.right, 26),
            each.why,
        )
        for each in sorted(found.differences, key=lambda each: not each.speaks)
    ]
    if body:
        columns = ("differ in", cut(found.left.account, 26), cut(found.right.account, 26), "what that says*")
        yield indented(rows(columns, body))
