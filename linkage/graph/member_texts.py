"""What members of groups asked, in their own words: the text behind ids of prompts, templates and sentences.

The texts of a case's tables may be anybody's. Those that are loaded are quoted by the rule of
`case.sent_texts`, group by group: as it was sent only where nobody outside the group sent it, else masked.
"""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from linkage.case import Case
from linkage.case.holdings import Holdings
from linkage.case.sent_texts import sent_texts

ASKED = ("prompt", "template")
GROUPS = ("groups", "unresolved")
"""Tables of groups whose members are quoted: those that are reported, and those at which somebody looks."""

SCHEMA = pa.schema([("id", pa.string()), ("text", pa.string())])


def no_texts() -> pa.Table:
    """The table of a push that takes no text along."""
    return SCHEMA.empty_table()


def member_texts(case: Case) -> pa.Table:
    """id and text of everything that members asked, and of the sentences that evidence about them names.

    Of a template that two groups use, the text is that of the larger one.
    """
    known = Holdings(case)
    found: dict[str, str] = {}
    for members in _groups(case):
        ids = {row["value"] for row in known.traits_of(members, ASKED)} | _named_in_evidence(case, members)
        for value, sent in sent_texts(case.path, members, ids).items():
            found.setdefault(value, sent.text)
    values = sorted(found)
    return pa.table({"id": values, "text": [found[each] for each in values]}, schema=SCHEMA)


def _groups(case: Case) -> Iterator[list[str]]:
    """The members of each group, the largest first."""
    for name in GROUPS:
        rows = case.table(name).select(["group", "account"])
        groups: dict[str, list[str]] = {}
        for group, account in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            groups.setdefault(group, []).append(account)
        yield from sorted(groups.values(), key=lambda members: (-len(members), members))


def _named_in_evidence(case: Case, members: list[str]) -> set[str]:
    """What content the evidence between members is about."""
    rows = case.evidence_among(members, ("family", "value"))
    content = rows.filter(pc.equal(rows.column("family").cast(pa.string()), "content"))
    return set(pc.unique(content.column("value").cast(pa.string())).to_pylist()) - {None}
