"""What the whole case says of one link: evidence that two accounts by themselves cannot give.

It comes after the groups are found. It speaks against links outside reported groups; of links inside it says
how large the group is.
"""

import ibis
import ibis.expr.types as ir

from linkage.evidence.kinds import Kind
from linkage.evidence.signals.detail import Run, many, number
from linkage.evidence.signals.signal import signal

HUNDREDTH = 0.01


def _reason(rows: ir.Table, run: Run) -> ir.StringValue:
    return rows.text


def _company(rows: ir.Table, run: Run) -> ir.StringValue:
    return many(rows["count"], "other account is", "other accounts are") + " linked with both"


def _parted(rows: ir.Table, run: Run) -> ir.StringValue:
    percent = number(rows.expected / HUNDREDTH, 1)
    return ibis.literal("of two accounts of one group, resampled runs part ") + percent + " %"


def _withheld(rows: ir.Table, run: Run) -> ir.StringValue:
    percent = number(rows.expected / HUNDREDTH, 1)
    return ibis.literal("of pairs of their prompts ") + percent + " % are known on both sides"


def _sized(rows: ir.Table, run: Run) -> ir.StringValue:
    return ibis.literal("as a pair of an operator of ") + many(rows["count"], "account")


@signal("explained sharing", "other", supports_only=True, kind=Kind.EXPLAINED, detail=_reason)
def explained() -> None:
    """What the two share is explained without an operator: they are one customer's own accounts, or lie in
    a community that a popular text, a shared network or chance explains. What is explained says nothing
    about an operator, so as many bits are taken back as it had added."""
    return None


@signal(
    "no common company",
    "other",
    supports_only=True,
    kind=Kind.COMPANY,
    shown="accounts linked with both",
    detail=_company,
)
def company() -> None:
    """Too few other accounts are linked with both. The prior asks for an operator of a certain size: the
    rest of its accounts would be linked with these two as these two are with one another. Strangers who
    share one rare thing by chance share no company."""
    return None


@signal(
    "grouped apart",
    "other",
    supports_only=True,
    kind=Kind.APART,
    shown="different communities",
    detail=_parted,
)
def apart() -> None:
    """Grouping put the two into different communities, or one of them into none: each has more in common
    with others. How often it parts two accounts of one group by bad luck is known from the runs on resampled
    evidence; strangers it parts nearly always."""
    return None


@signal(
    "size of the group",
    "other",
    supports_only=True,
    kind=Kind.SIZE,
    shown="one reported group",
    detail=_sized,
)
def size() -> None:
    """Both are in one reported group. The prior is that of the smallest operator looked for; of a larger one
    as many more pairs are his. The group's size is counted in memberships, and so is the chance that both
    belong to it. It makes no link and no group: it is known only when the group has passed every gate."""
    return None


@signal(
    "prompts withheld",
    "other",
    supports_only=True,
    kind=Kind.WITHHELD,
    shown="prompts that are not known",
    detail=_withheld,
)
def withheld() -> None:
    """The log does not hand out what the two ask, or only some of it. So the prior of a larger operator is
    taken, of whose accounts more pairs are, and less is asked of strong signals: alike questions, which link
    most accounts of an operator, cannot be seen. It is no sign of an operator, and counts in no family."""
    return None
