"""account: one account, with its group, its partners and the reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

from linkage.case.account import EXPLAINED_PAIRS, about, in_short
from linkage.case.holdings import Holdings
from linkage.cli.read_case import read_case
from linkage.cli.screen.layout import AGAINST, FAINT, STRONG, grid, heading, indented, line, rows, show, text
from linkage.cli.screen.outcomes import PARTIAL, WORDS, outcome
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.safe import cut
from linkage.cli.screen.strength import STRENGTH
from linkage.cli.screen.text import bits, many, share, span
from linkage.errors import command
from linkage.explain.account import AccountView, Partner, SharedReason, read_in_words

PARTNERS = 10
"""Partners that the page lists."""

NOT_REPORTED = "This account is in no reported group, so it is not reported."

FEW = 20
OF_A_FAMILY = 3
"""Values shown of each family, so that many small reasons hide none."""

LONG = 180
"""Characters of a text that are shown."""


def account(*, case: Path, account: str, output: Format, who: str) -> None:
    """Show one account."""
    folder = read_case(case, "account", who, account=account)
    if output is Format.table:
        short = in_short(folder, account, pairs=EXPLAINED_PAIRS, of_a_family=OF_A_FAMILY)
        show(*_page(short, complete=Holdings(folder).complete))
        return
    found = about(folder, account, pairs=EXPLAINED_PAIRS)
    top = asdict(found)
    partners = top.pop("partners")
    top["against"] = [each.said for each in found.against]
    emit(output, [{**each, "lines": _lines(each["lines"])} for each in partners], **top)


def _lines(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = ("signal", "family", "value", "bits", "detail", "text")
    return [{name: each[name] for name in wanted} for each in lines]


def _page(found: AccountView, *, complete: bool) -> Iterable[Any]:
    yield line((found.account, STRONG), "  ", _place(found))
    yield indented(grid(_facts(found), widths=(16, None)))
    yield from _partners(found)
    yield from _reasons(found)
    read = read_in_words(found)
    yield heading(f"What speaks against, over {read}" if read else "What speaks against")
    for each in found.against[:FEW]:
        yield indented(line(("– ", AGAINST), each.said))
    if not found.against:
        yield indented(text("nothing was found; only what could be compared was searched"))
    yield from _group(found)
    yield heading("What is not known")
    unknown = ", ".join(found.unknown)
    yield indented(
        text(f"no observation in: {unknown}" if unknown else "there are observations in every family")
    )
    if found.outcome != "groups":
        yield text("")
        yield text(NOT_REPORTED, FAINT)
    elif not complete:
        yield text(PARTIAL, FAINT)


def _group(found: AccountView) -> Iterable[Any]:
    """What speaks against its group as a whole: this account is reported only because the group is."""
    doubts = found.group_doubts
    if doubts is None:
        return
    yield heading("The group as a whole")
    if doubts.level:
        yield indented(line(("evidence ", FAINT), STRENGTH.get(doubts.level, doubts.level)))
        yield from (indented(line(("– ", AGAINST), each)) for each in doubts.reasons)
    for gate in doubts.gates:
        if not gate.get("passed"):
            yield indented(line(("– ", AGAINST), f"gate {gate['name']} failed: {gate.get('detail', '')}"))
    if doubts.stories:
        best = doubts.stories[0]
        yield indented(
            text(
                f"nearest innocent explanation: {best['hypothesis']}, {bits(best['bits'])} bits for"
                " one operator against it"
            )
        )
    if doubts.against:
        yield indented(text(f"{many(len(doubts.against), 'more point')} against the group"))
    yield indented(text(f"all of it: {command('linkage', 'show', 'CASE', found.group)}", FAINT))


def _facts(found: AccountView) -> Iterable[tuple[object, str]]:
    seen = f"{span(found.first_at, found.last_at)}, {many(found.observations, 'observation')}"
    work = found.work and f"{found.work[0]:,} of {found.work[1]:,} prompts are the group's work"
    told = {"reason": found.reason, "would settle it": found.settles, "observed": seen, "work": work}
    registered = {trait: ", ".join(own[:3]) + _more(own) for trait, own in found.registered.items()}
    facts = [(text(name, FAINT), said) for name, said in {**told, **registered}.items() if said]
    return [*facts, *((text(f"verdict {row['seq']}", FAINT), _verdict(row)) for row in found.verdicts)]


def _verdict(row: Mapping[str, Any]) -> str:
    about = row.get("group") or f"{row['left']} and {row['right']}"
    return f"{about}: {row['verdict']}, by {row['who']} on {str(row['at'])[:10]} ({row['reason']})"


def _more(values: tuple[str, ...]) -> str:
    return f" and {len(values) - 3} more" if len(values) > 3 else ""


def _place(found: AccountView) -> str:
    if not found.group:
        return WORDS[found.outcome]
    name = f"{found.role} of " if found.outcome == "groups" else ""
    stays = "" if found.membership is None else f", in it in {share(found.membership)} of resampled runs"
    return f"{name}{WORDS[found.outcome]} {found.group} ({many(found.members, 'account')}){stays}"


def _partners(found: AccountView) -> Iterable[Any]:
    yield heading(_linked(found))
    if not found.partners:
        yield indented(text("it shares no value with another account that is rare enough to compare them"))
        return
    columns = ("partner!", "bits", "families*", "outcome", "group!")
    listed = [each for each in found.partners if each.linked] or found.partners
    yield indented(rows(columns, map(_partner, listed[:PARTNERS]), right="bits"))
    more, apart = len(listed) - PARTNERS, found.not_linked if found.links else 0
    said = [f"and {many(more, 'weaker link' if found.links else 'more pair')}"] if more > 0 else []
    if apart:
        were = "was compared and is" if apart == 1 else "were compared and are"
        said.append(f"{many(apart, 'more pair')} {were} not linked")
    if said:
        yield indented(text(f"{'; '.join(said)}; all of them: --output csv", FAINT))


def _linked(found: AccountView) -> str:
    if not found.links:
        return "Linked with no account" + ("; compared with these" if found.partners else "")
    if not found.group:
        return f"Linked with {many(found.links, 'account')}"
    outside = found.links - found.inside
    return (
        f"Linked with {many(found.links, 'account')}: {found.inside:,} in its group, {outside:,} outside it"
    )


def _partner(each: Partner) -> tuple[object, ...]:
    families = ", ".join(each.families) + (f" ({each.verdict} by a person)" if each.verdict else "")
    return each.account, bits(each.log_odds), families, outcome(each.outcome), each.group


def _reasons(found: AccountView) -> Iterable[Any]:
    if not found.reasons:
        return
    strongest = "strongest link" if found.read_links < found.links else "link"
    linked = f"Reasons, over its {many(found.read_links, strongest)}"
    yield heading(linked if found.links else "What was compared (no link)")
    columns = ("family", "signal", "pairs", "bits", "value*")
    body: list[tuple[object, ...]] = []
    for family, all_of_it in groupby(found.reasons, key=lambda each: each.family):
        own = list(all_of_it)
        for place, each in enumerate(own[:OF_A_FAMILY]):
            name = "" if place else family
            body.append((name, each.signal, f"{each.links:,}", bits(each.bits), _value(each)))
        if len(own) > OF_A_FAMILY:
            more = many(len(own) - OF_A_FAMILY, "more value")
            body.append(("", text(f"and {more}", FAINT), "", "", ""))
    yield indented(rows(columns, body, right="pairs bits"))
    best = next(each for each in found.partners if each.lines)
    yield indented(
        text(
            f"source rows of one link: {command('linkage', 'explain', 'CASE', found.account, best.account)}",
            FAINT,
        )
    )


def _value(each: SharedReason) -> str:
    shown = f"“{cut(each.text, LONG)}”" if each.text else cut(each.value, 48)
    common = each.detail.partition(";")[0].partition(", used ")[0]
    return common if each.value in common and not each.text else f"{shown}, {common}" if common else shown
