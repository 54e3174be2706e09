"""What speaks against each reported group, from the arrays of a finished run to the rows of its receipt.

Composition only: how little takes a group apart is `fragile`, in what its members differ `unlike`, what is
said of it all `inference.objections`, where the form is written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from ibis import _

from linkage.arrays import Floats, Ints
from linkage.evidence.rows import Kind, value_numbers
from linkage.evidence.stage import Weighing
from linkage.explain import ablation, ablation_rows, benign_explanations, member_outliers, sentences
from linkage.explain.outlier_rows import Crowd, Histories
from linkage.groups.assessment import Judge, Judged
from linkage.links.log_odds import Rules
from linkage.links.stage import LINKED
from linkage.log import Log
from linkage.settings import Settings

Row = dict[str, Any]

MOST_ROWS = 4_000_000
"""Rows of evidence of one group that are looked at; of a larger one a sample of its links, counted."""


class Examiner:
    """Examines the reported groups of one run, which `court` has judged; `log` counts what is left out."""

    def __init__(
        self,
        weighing: Weighing,
        court: Judge,
        past: Histories,
        *,
        rules: Rules,
        settings: Settings,
        log: Log,
    ) -> None:
        self.weighing, self.court, self.past, self.rules = weighing, court, past, rules
        self.settings, self.log = settings, log
        self.links, self.names = court.links, weighing.names
        chosen, evidence = settings.links, court.links.evidence
        self.bar = ablation.Bar(chosen.link_bits, chosen.strong_bits, weighing.strong)
        self.signal, self.kind = (evidence[c].to_numpy().astype(np.int64) for c in ("signal", "kind"))
        self.value = value_numbers(evidence)
        self.bits = evidence["bits"].to_numpy()
        self.starts = np.searchsorted(self.links.scored.pair, np.arange(len(self.links.linked) + 1))

    def examine(self, judged: Sequence[Judged], stays: Floats) -> list[Judged]:
        """The same communities; each reported one with what was found against it."""
        reported = [each for each in judged if each.reported]
        if not reported:
            return list(judged)
        crowd = Crowd(
            self.court.everything,
            self.court.units,
            self.past,
            np.concatenate([each.members for each in reported]),
            names=self.names,
            seed=self.settings.seed,
        )
        degrees, self.left_out = self._degrees(), 0
        found = {int(each.members[0]): self._examined(each, crowd, stays, degrees) for each in reported}
        self.log.cut("stability", {"links of large groups that were not taken apart": self.left_out})
        self._name(list(found.values()))
        for row in found.values():
            row["state"] = sentences.state(row, self.settings.groups.min_accounts)
        return [replace(j, examined=found[int(j.members[0])]) if j.reported else j for j in judged]

    def _examined(self, judged: Judged, crowd: Crowd, stays: Floats, degrees: Ints) -> Row:
        chosen, members, group = self.settings.groups, judged.members, self._group(judged)
        stand = ablation_rows.without_families(group, chosen)
        sources, smallest = ablation_rows.sources(group, chosen.min_accounts)
        rows = group.web.rows
        own = rows.kind == Kind.HOURS
        clock, alike, other = member_outliers.other_hours(
            group.web.ends, rows.pair[own], rows.bits[own], members
        )
        unlike = [*crowd.unlike(members), *([clock] if clock.accounts else [])]
        common = [
            benign_explanations.Common(*ablation_rows.common(group, f, degrees))
            for f in ("network", "content")
        ]
        shares = {row["family"]: row["links"] / max(row["of"], 1) for row in stand}
        core = int((stays[members] >= chosen.core).sum())
        return {
            "accounts": len(members),
            "core": core,
            "fringe": len(members) - core,
            "stability": round(float(stays[members].mean()), 6),
            "links": group.links,
            "links_looked_at": group.web.pairs,
            "whole": ablation_rows.whole(group),
            "without_family": stand,
            "sources": sources,
            "smallest_set": smallest,
            "seam": ablation_rows.thinnest(
                group, self.names, least=chosen.min_accounts, seed=self.settings.seed
            ),
            "weakest": ablation_rows.weakest(group, self.names, stays),
            "opposing": ablation_rows.opposing(group, [each.name for each in self.weighing.signals]),
            "hours": {"alike": alike, "other": other},
            "unlike": [self._unlike(each) for each in unlike],
            "least_like": member_outliers.least_like(unlike, self.names),
            "agreement": [
                {**asdict(each), "as_strangers": each.as_strangers} for each in crowd.agreements(members)
            ],
            "explanations": [
                asdict(each) for each in benign_explanations.outcomes(crowd.figures(judged, shares, *common))
            ],
        }

    def _unlike(self, found: member_outliers.Unlike) -> Row:
        return {
            "what": found.what,
            "accounts": len(found.accounts),
            "of": found.of,
            "outside": found.outside,
            "named": [self.names[i] for i in found.accounts[: member_outliers.TOLD]],
        }

    # --- the evidence inside one group -----------------------------------------------------------

    def _group(self, judged: Judged) -> ablation_rows.Taken:
        scored, members = self.links.scored, judged.members
        place = np.full(len(self.names), -1, dtype=np.int64)
        place[members] = np.arange(len(members))
        inside = self.links.linked & (place[scored.left] >= 0) & (place[scored.right] >= 0)
        every = np.flatnonzero(inside)
        pairs = self._bearable(every)
        width = self.starts[pairs + 1] - self.starts[pairs]
        first = self.starts[pairs] - (np.cumsum(width) - width)
        rows = np.arange(int(width.sum())) + np.repeat(first, width)
        pair = np.repeat(np.arange(len(pairs)), width)
        inner = ablation.Web(
            np.stack([place[scored.left[pairs]], place[scored.right[pairs]]]),
            ablation.Rows(pair, self.signal[rows], self.kind[rows], self.value[rows], self.bits[rows]),
            self.court.units.unit[members],
            self.links.decided(LINKED)[pairs],
            rules=self.rules,
            bar=self.bar,
        )
        return ablation_rows.Taken(judged, inner, len(every), self.links.families)

    def _bearable(self, pairs: Ints) -> Ints:
        """The pairs, or as many drawn by seed as have MOST_ROWS rows of evidence together."""
        rows = int((self.starts[pairs + 1] - self.starts[pairs]).sum())
        if rows <= MOST_ROWS:
            return pairs
        kept = len(pairs) * MOST_ROWS // rows
        self.left_out += len(pairs) - kept
        drawn = np.random.default_rng([self.settings.seed, len(pairs)]).choice(pairs, kept, replace=False)
        return np.sort(drawn)

    # --- values by name --------------------------------------------------------------------------

    def _degrees(self) -> Ints:
        """How many accounts hold each value, by its number."""
        values = self.weighing.values.select("v", "degree")
        table = self.weighing.engine.collect(values, at_most=self.weighing.engine.max_rows)
        degrees = np.zeros(table.num_rows, dtype=np.int64)
        degrees[table["v"].to_numpy()] = table["degree"].to_numpy()
        return degrees

    def _name(self, found: Sequence[Row]) -> None:
        """Puts trait, value and holders in the place of each value's number."""
        told = [source for row in found for each in _removals(row) for source in each["sources"]]
        numbers = sorted({v for source in told for v in source["values"]})
        values = self.weighing.values
        rows = self.weighing.engine.collect(
            values.filter(_.v.isin(numbers)).select("v", "trait", "value", "degree"),
            at_most=self.weighing.engine.max_rows,
        )
        named = {row.pop("v"): row for row in rows.to_pylist()}
        for source in told:
            source["values"] = [
                {"trait": named[v]["trait"], "value": named[v]["value"], "holders": named[v]["degree"]}
                for v in source["values"]
            ]


def _removals(row: Mapping[str, Any]) -> list[Row]:
    smallest = row["smallest_set"]
    return [*row["sources"], *([smallest] if smallest else [])]
