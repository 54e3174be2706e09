"""Single findings about a group in sentences: for the receipt, the terminal and the reports."""

from collections.abc import Callable

from linkage.explain.findings import Examination, Remains, Source, SourceAblation, WeakestCut, WeakestMember

Shorten = Callable[[str], str]
"""Makes a value safe and short enough to be shown."""


def smallest_set(found: SourceAblation, shorten: Shorten = str) -> str:
    """What the loss of the smallest set of sources does."""
    if found.falls_apart:
        sources = "; ".join(source(each, shorten) for each in found.sources)
        return f"without {sources}, the group falls apart into {parts(found.remains)}"
    if len(found.sources) == 1:
        return "the group does not fall apart when any single source of evidence is left out"
    return f"the group does not fall apart even when {len(found.sources)} sources of evidence are left out"


def source(found: Source, shorten: Shorten = str) -> str:
    """A source in a few words: its first value, and how many more."""
    first = found.values[0]
    more = len(found.values) - 1 + found.more
    others = f" (and {many(more, 'other value')} of the same accounts)" if more else ""
    return f"{shorten(first.trait)} {shorten(first.value)}{others}"


def parts(found: Remains) -> str:
    """The parts of what remains: `412 + 96 accounts, 3 alone or in smaller parts`."""
    if len(found.parts) == 1 and not found.alone:
        return f"one part of all {found.parts[0]:,} accounts"
    several = " + ".join(f"{size:,}" for size in found.parts)
    alone = f"{found.alone:,} alone or in smaller parts" if found.alone else ""
    return ", ".join(filter(None, (f"{several} accounts" if several else "", alone))) or "nothing"


def two_sides(found: WeakestCut) -> str:
    """The weakest cut, beside what one evenly linked group would have."""
    larger, smaller = found.sizes
    return (
        f"two sides of {larger:,} and {smaller:,} accounts are joined by {many(found.links, 'link')}; one"
        f" evenly linked group would have {found.expected:,.0f}"
    )


def weakest_member(found: WeakestMember, shorten: Shorten = str) -> str:
    """The account that is linked least."""
    strongest = (
        f", the strongest of {found.strongest_bits:+.1f} bits" if found.strongest_bits is not None else ""
    )
    return (
        f"the weakest member is {shorten(found.account)}: {many(found.links, 'link')}{strongest}"
        f" (the median member has {found.median_links:,.0f}), in the group in {found.membership:.0%} of"
        " resampled runs"
    )


def sample(found: Examination) -> str:
    """That only some links were examined; empty where all were."""
    if found.links_examined == found.links:
        return ""
    return f"a sample of {found.links_examined:,} of its {found.links:,} links was examined"


def many(number: int, one: str) -> str:
    """A number of things: `1 link`, `1,200 links`."""
    return f"{number:,} {one}{'' if number == 1 else 's'}"
