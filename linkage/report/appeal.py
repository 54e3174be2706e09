"""What is held about one account, on one page for its owner: nothing on it is about another account.

No id of another account is there, and no value that this account does not hold itself. Texts are withheld,
too: the example that a case keeps of a text may be another account's.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.explain.account import AccountView, SharedReason, read_in_words
from linkage.explain.gate_words import ASKS
from linkage.explain.objections import GroupDoubts
from linkage.report.document import Block, Document, Facts, Points, Prose, Section, Table
from linkage.report.formatting import bits, count, many, share, spelled

Row = Mapping[str, Any]

TEXTS = ("prompt", "system_prompt", "template", "segment", "themes", "response", "context")
"""Traits whose values are digests of texts."""

ABOUT_TEXTS = ("content", "lineage")
"""Families of evidence whose values are digests of texts."""

READ_AS = {
    "hours": "requests in each hour of the day from 0 to 23 UTC, 9 for the busiest hour: ",
    "regularity": "regular gaps between requests: ",
}
"""What stands before the values of traits that are written in a code."""

LISTED = 5
"""Values of one trait that the page lists."""

LINKED = "What links it with other accounts"
COMPARED = "What was compared (no link)"

FOUND = {
    "groups": (
        "The computation found {of}, this one among them, that may have one operator. {decided} To be in"
        " such a group is a reason to look, no accusation."
    ),
    "unresolved": (
        "It is one of {of} that one operator or an innocent explanation may link. What is known does not say"
        " which. The group is not reported."
    ),
    "explained": (
        "The computation found {of}, this one among them, that have something in common, for an innocent"
        " reason or with too little evidence for one operator. The group is not reported."
    ),
    "none": "It is in no group of accounts, so it is not reported.",
}
"""What was found about the account, by its outcome."""

STAYS = (
    "how often it stays in the group when part of the evidence is left out at random; 100% means in every"
    " repeat, and is no probability that the group is right"
)
"""What the membership of an account says."""

Q_VALUE = (
    "Redrawn populations are the same accounts with their values dealt anew. The q-value is the share of"
    " groups that are chance, as expected among all groups that score as high."
)

NAMES = {
    "ip": "IP address",
    "prefix": "network of addresses",
    "asn": "network operator (AS)",
    "bin": "card range (BIN)",
    "ja4": "TLS fingerprint (JA4)",
    "fingerprint": "card",
    "billing_hash": "billing identity, as a digest",
    "email_domain": "e-mail domain",
    "email_hash": "e-mail address, as a digest",
    "phone_hash": "telephone number, as a digest",
    "api_key": "API key",
    "created_at": "opened at",
    "segment": "sentence",
}
"""Names of traits that a reader would not know."""

UNITS = ((86_400, "days"), (3_600, "hours"), (60, "minutes"), (1, "seconds"))
"""Units of time in seconds, the longest first."""

HELPS = {
    "network": "who else uses the address: a company, a school, a household, a VPN or a hosting service",
    "device": "which program or device was used, and who else uses the same, such as a tool in common use",
    "payment": "whose card or invoice it is, and why more than one account pays with it",
    "registration": "who the account belongs to, and how and through whom it was opened",
    "content": "where the texts come from: a course, a publication, a template or a tool",
    "timing": "when the account is used, and by whom",
    "lineage": "how answers that other accounts received came to be in the account's requests",
}
"""What would help to judge evidence of each family."""


@dataclass(frozen=True)
class Page:
    """What the page is made of beside the account: its observations, how to reach whoever decides, and a
    function that takes what is not the account's own out of a sentence."""

    observations: Sequence[Row]
    contact: str
    hide: Callable[[str], str]


def appeal(view: AccountView, page: Page) -> Document:
    """The page."""
    day = f"{view.last_at:%Y-%m-%d}" if view.last_at else "2000-01-01"
    return Document(
        title=f"What is held about account {view.account}",
        label="For the owner of the account: nothing here is about another account",
        about=[("account", view.account), ("observed until", day)],
        opening=[Section("What was found", list(_found(view, page)))],
        groups=[],
        closing=[
            Section("What is held", [_held(page.observations)]),
            Section(LINKED if view.links else COMPARED, list(_reasons(view, page))),
            Section("What speaks against", list(_against(view, page))),
            *_group(view, page),
            Section("What is not known", list(_unknown(view, page))),
            Section("How to contest this", list(_contest(view, page))),
        ],
        day=day,
    )


def _found(view: AccountView, page: Page) -> Iterable[Block]:
    yield Prose(
        FOUND[view.outcome].format(of=many(view.members, "account"), decided=_decided(view)), strong=True
    )
    facts = [("links", count(view.links), "accounts that it is linked with")]
    if view.group:
        facts.insert(0, ("group", view.group, ""))
    if view.membership is not None:
        facts.append(("membership", share(view.membership), STAYS))
    if view.work:
        facts.append(
            ("work", f"{count(view.work[0])} of {count(view.work[1])}", "prompts that are the group's")
        )
    yield Facts(facts)
    if view.reason:
        yield Prose(f"Reason: {page.hide(view.reason)}.")
    yield Prose("This is the result of a computation. It is evidence and no proof, and it can be wrong.")


def _decided(view: AccountView) -> str:
    """Whether a person has decided about its group."""
    verdict = next((row["verdict"] for row in view.verdicts if row.get("group") == view.group), None)
    return f"A person decided about the group: {verdict}." if verdict else "Nobody has decided this yet."


def _held(rows: Sequence[Row]) -> Table:
    """The account's own values; of texts how many there are."""
    by_trait: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_trait.setdefault((row["family"], row["trait"]), []).append(row)
    body = []
    for (family, trait), own in sorted(by_trait.items()):
        values = sorted({row["value"] for row in own})
        days = [f"{row[end]:%Y-%m-%d}" for row in own for end in ("first_at", "last_at") if row[end]]
        said = _listed(trait, values)
        body.append([family, _name(trait), said, min(days, default=""), max(days, default="")])
    heads = ("family", "trait", "values", "first seen", "last seen")
    return Table("Observations of this account", heads, body, wide=2)


def _name(trait: str) -> str:
    """The name of a trait in words: `e-mail domain` is easier to read than `email_domain`."""
    return NAMES.get(trait, trait.replace("_", " "))


def _listed(trait: str, values: Sequence[str]) -> str:
    if trait in TEXTS:
        return f"{many(len(values), 'text')}, held as digests"
    if trait == "rhythm":
        values = [_rhythm(each) for each in values]
    more = f" and {len(values) - LISTED:,} more" if len(values) > LISTED else ""
    return READ_AS.get(trait, "") + ", ".join(map(spelled, values[:LISTED])) + more


def _rhythm(value: str) -> str:
    """A rhythm without its code: regular at a scale, or the middle gap of an account without regular gaps."""
    found = re.fullmatch(r"no timer, middle gap (\d+(?:\.\d+)?) s", value)
    if found is None:
        return f"requests come {value}"
    seconds = float(found[1])
    unit, name = next((unit, name) for unit, name in UNITS if seconds >= unit or unit == 1)
    return f"requests come at no regular gap; half of the gaps are at most {seconds / unit:,.1f} {name}"


def _reasons(view: AccountView, page: Page) -> Iterable[Block]:
    if not view.reasons:
        yield Prose("Nothing was found that links it with another account.")
        return
    strongest = "strongest link" if view.read_links < view.links else "link"
    over = (
        f"Over its {many(view.read_links, strongest)}."
        if view.links
        else f"Over {read_in_words(view)}: what they have in common is too little for a link."
    )
    yield Prose(
        f"{over} Bits measure evidence: each bit doubles the odds that one operator runs both accounts."
    )
    own = {row["value"] for row in page.observations if row["trait"] not in TEXTS}
    body = [
        [each.family, each.signal, spelled(each.value), count(each.links), bits(each.bits)]
        for each in view.reasons
        if each.value in own
    ]
    unnamed: dict[tuple[str, str], list[SharedReason]] = {}
    for each in view.reasons:
        if each.value not in own:
            unnamed.setdefault((each.family, each.signal), []).append(each)
    for (family, signal), several in unnamed.items():
        what = many(len(several), "text") if family in ABOUT_TEXTS else "a comparison with other accounts"
        links, most = max(each.links for each in several), max(each.bits for each in several)
        body.append([family, signal, f"withheld: {what}", count(links), bits(most)])
    heads = ("family", "signal", "value", "pairs", "bits at most")
    yield Table("What it has in common with other accounts", heads, body, right=frozenset({3, 4}), wide=2)
    meanings = dict.fromkeys(f"{each.signal}: {each.meaning}" for each in view.reasons if each.meaning)
    yield Points(list(meanings))


def _against(view: AccountView, page: Page) -> Iterable[Block]:
    if read := read_in_words(view):
        yield Prose(f"Over {read}.")
    if view.against:
        yield Points([page.hide(each.to_owner) for each in view.against])
    else:
        yield Prose("Nothing was found; only what could be compared was searched.")


def _group(view: AccountView, page: Page) -> Iterable[Section]:
    """What speaks against its group: the account is reported only because the group is."""
    if view.group_doubts:
        yield Section("The group as a whole", list(_doubts(view.group_doubts, page)))


def _doubts(doubts: GroupDoubts, page: Page) -> Iterable[Block]:
    if doubts.level:
        yield Prose(f"The evidence for the group is {doubts.level}.", strong=True)
    against = [page.hide(each) for each in (*doubts.reasons, *doubts.against)]
    if against:
        yield Points(against)
    if doubts.gates:
        body = [
            [
                ASKS.get(str(each.get("name")), str(each.get("name", ""))),
                "passed" if each.get("passed") else "failed",
                page.hide(each.get("detail", "")),
            ]
            for each in doubts.gates
        ]
        yield Table("Tests that a reported group must pass", ("test", "result", "because"), body, wide=2)
        if any("q-value" in row[2] for row in body):
            yield Prose(Q_VALUE)
    if doubts.stories:
        stories = [[str(each["hypothesis"]), bits(each["bits"])] for each in doubts.stories]
        heads = ("explanation", "bits for one operator against it")
        yield Table("Other explanations that were weighed", heads, stories, right=frozenset({1}), wide=0)


def _unknown(view: AccountView, page: Page) -> Iterable[Block]:
    if view.unknown:
        yield Prose(f"There is no observation of: {', '.join(view.unknown)}. That is evidence neither way.")
    else:
        yield Prose("There are observations in every family of evidence.")
    if view.settles:
        yield Prose(f"What would decide: {page.hide(view.settles)}.")


def _contest(view: AccountView, page: Page) -> Iterable[Block]:
    yield Prose(
        f"Write to {page.contact}. Name the account, and say which of the statements above are wrong and why."
    )
    families = dict.fromkeys(each.family for each in view.reasons)
    helps = [f"{family}: {HELPS[family]}" for family in families if family in HELPS]
    if helps:
        yield Prose("It helps to say, and where possible to show:")
        yield Points(helps)
    yield Prose(
        "A person decides. The decision is recorded with its reason, and the next computation keeps to it."
    )
