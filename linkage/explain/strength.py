"""How strong the evidence for a group is, and everything that was found against it, in sentences."""

from collections.abc import Iterable

from linkage.explain.findings import FIRM, FITS, NARROW, THIN, Examination, Strength
from linkage.explain.gate_words import would_fail
from linkage.explain.sentences import smallest_set, source, two_sides
from linkage.settings.explain import Strength as Thresholds
from linkage.wording import many


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
            yield f"without {each.family} evidence it would not be reported: {would_fail(each.failed)}"


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
