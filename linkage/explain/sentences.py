"""What was found against a group, in sentences: for the receipt, the terminal and the reports."""

from collections.abc import Callable, Iterable

from linkage.explain.findings import (
    FIRM,
    FITS,
    NARROW,
    THIN,
    Examination,
    Remains,
    Source,
    SourceAblation,
    Strength,
    WeakestCut,
    WeakestMember,
)
from linkage.settings.explain import Strength as Thresholds
from linkage.wording import many, noun

Shorten = Callable[[str], str]
"""Makes a value safe and short enough to be shown."""


def strength(found: Examination, chosen: Thresholds, *, min_accounts: int) -> Strength:
    """Whether the evidence for a group is thin, or depends on one family or one reading of it, and why."""
    thin = tuple(_thin(found, chosen, min_accounts))
    narrow = (*_families(found), *_fitting(found))
    return Strength(THIN if thin else NARROW if narrow else FIRM, thin or narrow)


def _thin(found: Examination, chosen: Thresholds, min_accounts: int) -> Iterable[str]:
    smallest = found.smallest_set
    if smallest and smallest.falls_apart and len(smallest.sources) == 1:
        yield f"one source of evidence holds it together: {source(smallest.sources[0])}"
    if found.accounts < 2 * min_accounts:
        yield f"only {many(found.accounts, 'account')}: among so few, common values can be chance"
    if found.stability < chosen.min_stability:
        yield f"its accounts stay together in only {found.stability:.0%} of resampled runs"
    if found.links < chosen.min_links_per_account * found.accounts:
        yield (
            f"only {many(found.links, 'link')} among {many(found.accounts, 'account')}:"
            " hardly any link is confirmed by a second path"
        )
    if found.weakest_cut and found.weakest_cut.thin:
        yield two_sides(found.weakest_cut)


def against(found: Examination, chosen: Thresholds) -> list[str]:
    """Everything that was found against a group, the weightiest first."""
    return [
        *_removals(found),
        *_families(found),
        *_fitting(found),
        *_differences(found, chosen),
        *_agreement(found),
        *_counter_evidence(found),
    ]


def _removals(found: Examination) -> Iterable[str]:
    if found.smallest_set and found.smallest_set.falls_apart:
        yield smallest_set(found.smallest_set)
    if found.weakest_cut and found.weakest_cut.thin:
        yield two_sides(found.weakest_cut)


def _families(found: Examination) -> Iterable[str]:
    for each in found.without_family:
        if not each.passes:
            gates = "gate" if len(each.failed) == 1 else "gates"
            named = ", ".join(f'"{gate}"' for gate in each.failed)
            fails = f"it would fail the {gates} {named}"
            yield f"without {each.family} evidence it would not be reported: {fails}"


def _fitting(found: Examination) -> Iterable[str]:
    for each in found.benign_explanations:
        if each.outcome == FITS:
            yield f"a benign explanation fits, {each.explanation}: {each.figure}"


def _differences(found: Examination, chosen: Thresholds) -> Iterable[str]:
    for each in found.outliers:
        if each.accounts >= chosen.min_member_share * each.known:
            share = each.accounts / max(each.known, 1)
            outside = "" if each.outside is None else f"; {each.outside:.0%} of other accounts do"
            yield f"{each.accounts:,} of {each.known:,} members ({share:.0%}) {each.difference}{outside}"


def _agreement(found: Examination) -> Iterable[str]:
    alike = [each for each in found.agreement if each.like_strangers]
    if alike:
        traits = "; ".join(
            f"{each.trait} (the same in {each.inside:.0%} of pairs of members, {each.outside:.0%} of pairs of"
            " strangers)"
            for each in alike
        )
        yield f"members agree less than twice as often as strangers in {traits}"


def _counter_evidence(found: Examination) -> Iterable[str]:
    for each in found.counter_evidence:
        share = each.links / max(found.links_examined, 1)
        yield (
            f"{each.signal} speaks against {many(each.links, 'link')} ({share:.1%}), with at most"
            f" {-each.strongest_bits:.1f} bits"
        )


# --- single findings -----------------------------------------------------------------------------


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
