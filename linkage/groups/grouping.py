"""The steps from links to a partition of the accounts, on all of the evidence and on part of it.

Each step is one function that can be replaced alone: `divide_components`, `split_communities`,
`drop_hangers_on`, `constrain_pairs`, and `membership` over resampled runs.
"""

import numpy as np

from linkage.arrays import Bools, Floats, Ints
from linkage.groups.belonging import Leeway, drop_hangers_on, own_share
from linkage.groups.communities import WeightedLinks
from linkage.groups.declared_units import Units
from linkage.groups.families import independent_count
from linkage.groups.inner_links import tied_ends
from linkage.groups.partition import components, renumber_communities, sizes
from linkage.groups.splitting import divide_components, split_communities
from linkage.groups.stability import Reasons, kept, membership
from linkage.groups.verdict_constraints import constrain_pairs
from linkage.links.comparison import Measures
from linkage.links.link_rule import LinkRule
from linkage.links.stage import LINKED, Links
from linkage.settings.program import Settings


class Grouping:
    """Groups the accounts of one run by its links, on all of the evidence or on part of it.

    `found` are the links, of which those count that the `rule` calls links, with the bits above its
    threshold, and one, raised to `power` for their weight; `by` is how any two accounts are
    compared; `units` are the declared units of all accounts.
    """

    def __init__(
        self,
        found: Links,
        units: Units,
        *,
        rule: LinkRule,
        by: Measures,
        power: float,
        settings: Settings,
    ) -> None:
        self.found, self.units, self.power = found, units, power
        self.rule, self.by = rule, by
        self.settings, self.chosen = settings, settings.groups
        self.n = len(units.unit)
        # A person's verdict holds whatever the evidence.
        self.linked = found.linked & (rule.enough(found.scored.log_odds) | found.decided(LINKED))

    def partition(self) -> Ints:
        """The community of each account (−1: none): detected, split, hangers-on left out, declared units
        beside them, verdicts on pairs obeyed."""
        return constrain_pairs(self._with_units(self._divided(self.linked)), self.found.forced)

    def parts(self, labels: Ints) -> Ints:
        """The communities (−1: none) inside each community of a partition, by the links inside it alone."""
        return self._divided(self._inside(labels))

    def membership(self, labels: Ints) -> Floats:
        """For each account, the share of resampled runs that find it with its community again."""
        # A pair that is no link on all the evidence is none on less of it.
        reasons = Reasons.of(self.found, self.linked)
        found = membership(
            labels, lambda run: self._resampled(reasons, run), self.chosen, seed=self.settings.seed
        )
        return np.where(self._held_by_declaration(labels), 1.0, found)

    def settled(self, labels: Ints, before: Ints | None = None, *, left: Bools | None = None) -> Ints:
        """The partition without those that hang on to their community, and with the communities that lose
        accounts split anew: what hangs on to two operators makes them look like one.

        `before` is a partition that was settled, of which this one is a part: an account is judged again if
        its community lost most of what tied it there. Accounts that `left` a community are not split.
        """
        links = self._weighted(self.found.scored.log_odds, self.linked, power=1.0)
        left_over = self._without_hangers_on(labels, before, links)
        kept = np.ones(self.n, dtype=bool) if left is None else ~left
        parts = self._split_anew(left_over, labels if before is None else before, kept, links)
        return self._without_hangers_on(parts, left_over, links)

    def _without_hangers_on(self, labels: Ints, before: Ints | None, links: WeightedLinks) -> Ints:
        """The partition without those that hang on to their community; what a person linked stays."""
        forced = [account for pair in self.found.forced for account in pair]
        limits, spread, share = self.chosen.communities, self._spread(), own_share(labels, links)
        if before is not None:
            spread[share > own_share(before, links) / 2] = np.inf
        enough = np.where(self._bound(labels, share), limits.bound_belonging, limits.min_belonging)
        result = drop_hangers_on(
            labels,
            links,
            self.chosen,
            leeway=Leeway(spread, enough),
            by=self.by,
            seed=self.settings.seed,
        )
        result[forced] = labels[forced]
        return result

    def _bound(self, labels: Ints, share: Floats) -> Bools:
        """Accounts whose links lie nearly all in their community (`share` of their weight), to as many others
        as a group has accounts, by as many independent families as a group must rest on. That is not how a
        stranger hangs on."""
        scored, limits = self.found.scored, self.chosen
        rows = np.flatnonzero(self._inside(labels))
        degree = sum(np.bincount(side[rows], minlength=self.n) for side in (scored.left, scored.right))
        result = (degree >= limits.min_accounts) & (share >= limits.communities.bound_share)
        rows = rows[result[scored.left[rows]] | result[scored.right[rows]]]
        ends = np.stack([scored.left[rows], scored.right[rows]])
        tied = tied_ends(ends, self.found.families_of(rows, self.rule.rules), self.n, limits.profiles)
        return result & (independent_count(tied, self.found.families) >= limits.min_families)

    def _split_anew(self, labels: Ints, before: Ints, kept: Bools, links: WeightedLinks) -> Ints:
        """The partition with those communities of `kept` accounts split that have fewer than before. What was
        put together by profile, and not by links, they do not split."""
        smaller = (labels >= 0) & (sizes(labels)[labels] < sizes(before)[before])
        asked = smaller & kept & self._held_by_links(before)
        if not asked.any():
            return labels
        parts = self._split(np.where(asked, labels, -1), links)
        parts[(parts >= 0) & (sizes(parts)[parts] < 2)] = -1
        new = np.where(parts >= 0, labels.max() + 1 + parts, -1)
        return renumber_communities(np.where(asked, new, labels))

    def _held_by_links(self, labels: Ints) -> Bools:
        """Accounts of communities whose linked accounts hang together by the links inside."""
        scored, inside = self.found.scored, self._inside(labels)
        left, right = scored.left[inside], scored.right[inside]
        linked = np.zeros(self.n, dtype=bool)
        linked[left] = linked[right] = True
        component = components(self.n, left, right)
        home = np.unique(np.stack([labels[linked], component[linked]]), axis=1)[0]
        return np.isin(labels, np.flatnonzero(np.bincount(home, minlength=1) == 1))

    def _inside(self, labels: Ints) -> Bools:
        """Which pairs are links inside a community."""
        home = labels[self.found.scored.left]
        return np.asarray(self.linked & (home == labels[self.found.scored.right]) & (home >= 0))

    def _split(self, labels: Ints, links: WeightedLinks) -> Ints:
        return split_communities(
            labels, links, self.chosen, by=self.by, power=self.power, seed=self.settings.seed
        )

    def _spread(self) -> Floats:
        """How far from the typical account each may be to be a member."""
        limits, known = self.chosen.communities, self.rule.rules.known
        least = self.chosen.workload.min_known_share
        withheld = known < least if len(known) else np.zeros(self.n, dtype=bool)
        return np.where(withheld, limits.withheld_belonging_spread, limits.belonging_spread)

    def _divided(self, linked: Bools) -> Ints:
        """Detected, split, hangers-on left out."""
        seed, chosen, by = self.settings.seed, self.chosen, self.by
        links, power = self._weighted(self.found.scored.log_odds, linked, power=1.0), self.power
        labels = divide_components(self.n, links, chosen, by=by, power=power, seed=seed)
        return self.settled(self._split(labels, links))

    def _weighted(self, log_odds: Floats, linked: Bools, *, power: float | None = None) -> WeightedLinks:
        scored = self.found.scored
        weight = self.rule.weight(log_odds[linked]) ** (self.power if power is None else power)
        return WeightedLinks(scored.left[linked], scored.right[linked], weight)

    def _resampled(self, reasons: Reasons, run: int) -> WeightedLinks:
        """The links on part of the values in resampled run number `run`."""
        scored, rules = self.found.scored, self.rule.rules
        stay = kept(reasons.value, dropout=self.chosen.dropout, seed=self.settings.seed, run=run)
        log_odds = reasons.log_odds(stay, rules, rules.priors(scored.left, scored.right))
        forced = ~self.rule.enough(scored.log_odds)
        return self._weighted(log_odds, self.linked & (self.rule.enough(log_odds) | forced))

    def _with_units(self, labels: Ints) -> Ints:
        """Declared units whose accounts are in no community become communities of their own."""
        scored = self.found.scored
        inside = self.linked & self.units.same(scored.left, scored.right)
        free = inside & (labels[scored.left] < 0) & (labels[scored.right] < 0)
        result, base = labels.copy(), int(labels.max(initial=-1)) + 1
        for side in (scored.left[free], scored.right[free]):
            result[side] = base + self.units.unit[side]
        return renumber_communities(result)

    def _held_by_declaration(self, labels: Ints) -> Bools:
        """Accounts whose whole community is one declared unit: no value of the evidence holds it together."""
        unit, known = self.units.unit, labels >= 0
        count = int(labels.max(initial=-1)) + 1
        low, high = np.full(count, np.iinfo(np.int64).max), np.full(count, -1, dtype=np.int64)
        np.minimum.at(low, labels[known], unit[known])
        np.maximum.at(high, labels[known], unit[known])
        return np.asarray(known & np.append((low == high) & (low >= 0), False)[labels])
