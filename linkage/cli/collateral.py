"""collateral: who is hit if values are blocked, and which values cover a group."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from linkage.case.collateral import is_group, of_group, of_values
from linkage.case.holdings import Holdings
from linkage.case.reader import CaseReader
from linkage.cli.read_case import read_case
from linkage.cli.screen.layout import FAINT, STRONG, heading, indented, line, rows, show, text
from linkage.cli.screen.outcomes import PARTIAL, left_out
from linkage.cli.screen.output import Format, emit
from linkage.cli.screen.safe import cut
from linkage.cli.screen.text import many
from linkage.errors import UsageError
from linkage.explain.collateral import BLOCKABLE, CLASSES, Block, Collateral, Impact

LIMITS: tuple[int | None, ...] = (0, 10, 100, None)
"""Other accounts that may hold each of the blocked values, where the command names no limit."""

FEW = 30

HEADS = dict(zip(CLASSES, ("reported", "unresolved", "explained", "in no group"), strict=True))
"""Columns of other accounts, by what became of them."""

GREEDY = (
    "others: accounts outside the group that may hold each value. Greedy weighted set cover: a value costs 1"
    " and its others; no values that cover the same members cost less than the last column (Chvátal 1979)."
)

PAST = (
    "Counted are the accounts of this case until the run. That a value has no other holder here does not make"
    " it safe to block: others may come to hold it, and an operator may change most values at will."
)
"""Said before any number: what is counted is the past of one case."""


def collateral(
    *,
    case: Path,
    about: Sequence[str],
    traits: Sequence[str],
    others: Sequence[int],
    output: Format,
    who: str,
) -> None:
    """Show who is hit."""
    folder = read_case(case, "collateral", who, about=" ".join(about))
    if len(about) == 1 and ("=" not in about[0] or is_group(folder, about[0])):
        _group(folder, about[0], traits, others, output)
        return
    if not all("=" in each for each in about):
        raise UsageError("one group, or values as TRAIT=VALUE", hint="linkage collateral --help")
    if traits or others:
        raise UsageError("--trait and --others choose values of a group", hint="leave them out")
    _values(folder, about, output)


# --- values --------------------------------------------------------------------------------------


def _values(case: CaseReader, named: Sequence[str], output: Format) -> None:
    found = of_values(case, named)
    impacts = [each for each in found.impacts() if each.others]
    hit = found.hit(range(len(found.held.values)))
    by_class = found.by_class(hit)
    if output is not Format.table:
        emit(output, [_flat(each) for each in impacts], hit=len(hit), by_class=by_class)
        return
    show(*_values_page(impacts, named, len(hit), by_class, complete=Holdings(case).complete))


def _values_page(
    impacts: Sequence[Impact], named: Sequence[str], hit: int, by_class: Mapping[str, int], *, complete: bool
) -> Iterable[Any]:
    blocked = " and ".join(named)
    yield line((many(hit, "account"), STRONG), " would be hit if ", (blocked, STRONG), " were blocked")
    yield text(PAST)
    for name, head in HEADS.items():
        yield indented(text(f"{by_class[name]:>8,}  {head}"))
    if len(impacts) > 1:
        yield heading("Value by value")
        body = [(each.trait, cut(each.value, 60), *_counts(each.by_class)) for each in impacts[:FEW]]
        columns = ("trait", "value*", *HEADS.values())
        yield indented(rows(columns, body, right="reported unresolved explained"))
        yield from map(indented, left_out(FEW, len(impacts), "value"))
    either = " --any" if len(named) > 1 else ""
    yield text(f"Who they are: linkage who CASE {shlex.join(named)}{either}", FAINT)
    if not complete:
        yield text(PARTIAL, FAINT)


# --- a group -------------------------------------------------------------------------------------


def _group(
    case: CaseReader, group: str, traits: Sequence[str], others: Sequence[int], output: Format
) -> None:
    found = of_group(case, group, traits or BLOCKABLE)
    blocks = [found.block(limit) for limit in (others or LIMITS)]
    if output is Format.table:
        show(*_group_page(group, found, blocks, complete=Holdings(case).complete))
        return
    listed = [
        {"most_others": block.most_others, "place": place, "newly": newly, **_flat(impact)}
        for block in blocks
        for place, (impact, newly) in enumerate(zip(block.values, block.newly, strict=True), 1)
    ]
    plain = [asdict(each) for each in blocks]
    for each in plain:
        del each["values"], each["newly"]
    emit(output, listed, group=group, members=len(found.members), covers=plain)


def _group_page(group: str, found: Collateral, blocks: Sequence[Block], *, complete: bool) -> Iterable[Any]:
    yield line("To block ", (group, STRONG), f" ({many(len(found.members), 'account')})")
    yield text(PAST)
    yield text("")
    columns = ("others", "values", "members", "others hit*", "cost", "least")
    body = [_cover(each, limits) for each, limits in _alike(blocks)]
    yield indented(rows(columns, body, right="others values members cost least"))
    yield indented(text(GREEDY, FAINT))
    best = next((each for each in blocks if each.covered == each.of), blocks[-1])
    yield from _chosen(best)
    if not complete:
        yield text(PARTIAL, FAINT)


def _alike(blocks: Sequence[Block]) -> list[tuple[Block, list[int | None]]]:
    """The covers, each once, with all limits that lead to it."""
    found: list[tuple[Block, list[int | None]]] = []
    for each in blocks:
        if found and found[-1][0].values == each.values:
            found[-1][1].append(each.most_others)
        else:
            found.append((each, [each.most_others]))
    return found


def _limit(most_others: int | None) -> str:
    if most_others is None:
        return "any number"
    return f"at most {most_others:,}" if most_others else "none"


def _cover(each: Block, limits: Sequence[int | None]) -> tuple[object, ...]:
    hit = ", ".join(f"{count:,} {HEADS[name]}" for name, count in each.by_class.items() if count)
    return (
        ", ".join(map(_limit, limits)),
        f"{len(each.values):,}",
        f"{each.covered:,} of {each.of:,}",
        f"{each.others:,}" + (f": {hit}" if hit else ""),
        f"{each.cost:,}",
        f"{each.cost_at_least:,}",
    )


def _chosen(block: Block) -> Iterable[Any]:
    yield heading(f"The {many(len(block.values), 'value')}{_held_by(block)}")
    if not block.values:
        yield indented(text("no value of a trait that can be blocked is held by so few others"))
        return
    body = [
        (each.trait, cut(each.value, 60), f"{newly:,}", f"{each.members:,}", f"{each.others:,}")
        for each, newly in zip(block.values[:FEW], block.newly, strict=False)
    ]
    columns = ("trait", "value*", "newly", "members", "others")
    yield indented(rows(columns, body, right="newly members others"))
    yield from map(indented, left_out(FEW, len(block.values), "value"))


def _held_by(block: Block) -> str:
    if block.most_others is None or not block.values:
        return ""
    each = "each " if len(block.values) > 1 else ""
    if not block.most_others:
        return f", {each}held by no other account of this case"
    return f", {each}held by at most {many(block.most_others, 'other account')}"


def _counts(by_class: Mapping[str, int]) -> list[str]:
    return [f"{by_class[name]:,}" for name in HEADS]


def _flat(each: Impact) -> dict[str, Any]:
    """One row of an impact, with a column for each class."""
    plain = asdict(each)
    return {**{name: plain[name] for name in ("trait", "value", "members", "others")}, **plain["by_class"]}
