"""What speaks against the links of one account, and against its group as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linkage.schema import EvidenceLine
from linkage.wording import many, noun

Row = Mapping[str, Any]

IN_WORDS = {
    "day–night profile": "the two accounts work at other hours of the day",
    "no common company": (
        "too few other accounts are linked with both, while most accounts of one operator are linked with one"
        " another"
    ),
    "grouped apart": (
        "the grouping put the two accounts into different groups, or one of them into none, since each has"
        " more in common with others"
    ),
    "explained sharing": (
        "what the two accounts share is explained without one operator, such as by one customer, a public"
        " text or chance"
    ),
}
"""What each signal says where it speaks against a link."""


@dataclass(frozen=True)
class Objection:
    """What speaks against a link, and the same for the account's owner: it names no other account."""

    said: str
    to_owner: str


@dataclass(frozen=True)
class GroupDoubts:
    """What speaks against a group as a whole, as far as its receipt says.

    `level` is that of findings.Strength, None for a group that was not examined, with the `reasons` for it;
    `against` is everything else that was found. `gates` are rows of name, passed and detail. `stories` are
    the innocent explanations with the bits for one operator against each (rows of hypothesis and bits), the
    one that stands up best first.
    """

    level: str | None
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    gates: tuple[Row, ...]
    stories: tuple[Row, ...]


def group_doubts(detail: Row) -> GroupDoubts | None:
    """What the receipt of a group says against it; None where it says nothing of the group."""
    if not detail:
        return None
    strength = (detail.get("examined") or {}).get("strength") or {}
    reasons = tuple(strength.get("reasons", ()))
    against = [
        each if isinstance(each, str) else each.get("detail", "") for each in detail.get("against") or ()
    ]
    stories = (detail.get("competing") or {}).get("stories") or ()
    return GroupDoubts(
        level=strength.get("level"),
        reasons=reasons,
        against=tuple(each for each in against if each and each not in reasons),
        # Cases of earlier versions hold sentences.
        gates=tuple(each for each in detail.get("gates") or () if isinstance(each, Mapping)),
        stories=tuple(sorted(stories, key=lambda each: (each["bits"], each["hypothesis"]))),
    )


def account_objections(
    account: str,
    place: Row,
    detail: Row,
    verdicts: Sequence[Row],
    lines: Iterable[tuple[str, EvidenceLine]],
) -> Iterable[Objection]:
    """What speaks against the links of an account and against its place in its group.

    `place` is its row in a table of OUTCOMES, `detail` what the receipt says of its group, `lines` the
    evidence with the other account of each pair.
    """
    for row in verdicts:
        if row["verdict"] in ("not linked", "dismissed"):
            ends = [each for each in (row.get("left"), row.get("right")) if each != account]
            about = row.get("group") or ends[0]
            what = "this group" if row.get("group") else "this account and another one"
            yield Objection(
                f"a person decided about {about}: {row['verdict']} ({row['reason']})",
                f"a person decided about {what}: {row['verdict']}",
            )
    stays = place.get("membership")
    if stays is not None and stays < 1:
        yield _plain(
            f"it is in its group in {stays:.0%} of resampled runs, each without part of the evidence"
            f" ({place['role']} of the group)"
        )
    share = detail.get("shares", {}).get(account)
    if share is not None and 2 * int(share["own"]) < int(share["prompts"]):
        own, prompts = int(share["own"]), int(share["prompts"])
        are = noun(own, "is", "are")
        yield _plain(f"{own:,} of its {many(prompts, 'prompt')} {are} the group's work, less than half")
    yield from map(_plain, _examined(account, detail.get("examined") or {}))
    yield from _counter_evidence(lines)


def _plain(said: str) -> Objection:
    """An objection that names nobody else."""
    return Objection(said, said)


def _counter_evidence(lines: Iterable[tuple[str, EvidenceLine]]) -> Iterable[Objection]:
    """The signals that speak against links, the weightiest first."""
    found: dict[str, list[tuple[float, str, str]]] = {}
    for name, line in lines:
        if line.bits < 0:
            found.setdefault(line.signal, []).append((line.bits, name, line.detail))
    for signal, against in sorted(found.items(), key=lambda item: (min(item[1]), item[0])):
        bits, name, detail = min(against)
        pairs = "one pair" if len(against) == 1 else many(len(against), "pair")
        words = f": {IN_WORDS[signal]}" if signal in IN_WORDS else ""
        yield Objection(
            f"{signal} speaks against {pairs}{words}; most against the one with {name}: {detail}"
            f" ({bits:+.1f} bits)",
            f"{signal} speaks against {pairs}, by up to {-bits:.1f} bits{words}",
        )


def _examined(account: str, examined: Row) -> Iterable[str]:
    """What the examination of its group says of this account."""
    weakest = examined.get("weakest_member") or {}
    if weakest.get("account") == account:
        yield (
            f"it is the weakest member of its group, with {many(weakest['links'], 'link')}"
            f" (the median member has {weakest['median_links']:,.0f})"
        )
    unlike = [each for each in examined.get("least_typical", ()) if each["account"] == account]
    said = {difference for each in unlike for difference in each["differences"]}
    said |= {each["difference"] for each in examined.get("outliers", ()) if account in each["examples"]}
    if said:
        yield f"it is one of the members that {'; '.join(sorted(said))}"
