"""Single findings about a group in sentences: for the receipt, the terminal and the reports."""

from collections.abc import Callable

from linkage.explain.findings import Examination, Remains, Source, SourceAblation, WeakestCut, WeakestMember
from linkage.wording import many, noun

Shorten = Callable[[str], str]
"""Makes a value safe and short enough to be shown."""


def smallest_set(found: SourceAblation, shorten: Shorten = str) -> str:
    """What the loss of the smallest set of sources does."""
    if found.falls_apart:
        sources = "; ".join(source(each, shorten) for each in found.sources)
        return f"without {sources}, the group falls apart into {parts(found.remains)}"
    if len(found.sources) == 1:
        return "the group does not fall apart when any single source of evidence is left out"
    sources = many(len(found.sources), "source")
    return f"the group does not fall apart even when {sources} of evidence are left out"


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
    return (
        ", ".join(filter(None, (several and noun(sum(found.parts), f"{several} account"), alone)))
        or "nothing"
    )


def two_sides(found: WeakestCut) -> str:
    """The weakest cut, beside what one evenly linked group would have."""
    larger, smaller = found.sizes
    return (
        f"two sides of {larger:,} and {many(smaller, 'account')} are joined by"
        f" {many(found.links, 'link')}; one evenly linked group would have {found.expected:,.0f}"
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
