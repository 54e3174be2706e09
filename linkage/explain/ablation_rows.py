"""How little would take a group apart: families, sources and links left out, one group at a time.

Composition only: the arithmetic is in `inference.web` and `inference.seam`; gates are asked again with what
remains. Each function gives rows of the receipt, as `inference.objections` describes them.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linkage.arrays import Floats, Ints
from linkage.explain import ablation as web
from linkage.explain import member_outliers, weakest_cut
from linkage.groups import gates
from linkage.groups.assessment import Judged
from linkage.groups.community import Inside
from linkage.settings.groups import Groups as GroupsSettings

Row = dict[str, Any]

TOLD = 6
"""Sources told of: those whose loss does most."""

NAMED = 3
"""Values named of one source; the rest are counted."""


@dataclass(frozen=True)
class Taken:
    """One group in hand: its community and the evidence inside it, whose columns `families` names.

    `links` are all links inside the group; the evidence may be that of a sample.
    """

    judged: Judged
    web: web.Web
    links: int
    families: tuple[str, ...]


def whole(group: Taken) -> Row:
    """The group as it is."""
    return asdict(group.web.remains(np.ones(group.web.pairs, dtype=bool)))


def without_families(group: Taken, chosen: GroupsSettings) -> list[Row]:
    """What remains when each family that says anything is left out, and which gates it would fail then."""
    rows = []
    for family, name in enumerate(group.families):
        if group.web.bits[:, family].any():
            standing = group.web.without_family(family)
            remains = group.web.remains(standing)
            failed = _failed(_without(group, family, standing, remains.accounts), chosen)
            rows.append({"family": name, **asdict(remains), "passes": not failed, "failed": failed})
    return rows


def _without(group: Taken, family: int, standing: NDArray[np.bool_], accounts: int) -> gates.Community:
    """What the gates would look at if nothing of this family were known.

    What would excuse the group (one card, one place, one unit) is not forgotten with its family.
    """
    name, known, inside = group.families[family], group.judged.community, group.web
    counted = inside.across & standing
    bits, strong = inside.bits[counted].copy(), inside.strong[counted].copy()
    bits[:, family] = strong[:, family] = 0.0
    log_odds = inside.log_odds[counted] - inside.bits[counted, family]
    left = Inside(log_odds, bits, strong, group.families, inside.bar.link_bits)
    return replace(
        known,
        accounts=accounts,
        pair_families=left.speaking(),
        group_families=known.group_families - {name},
        marked=known.marked - {name},
        provided=known.provided - {name},
        # Cards and numbers make one chain: without the ones the others may not hold together.
        dealt=frozenset() if name in known.dealt else known.dealt,
        needed=left.needed() - {name},
        cards=0.0 if name == "payment" else known.cards,
        concealing=known.concealing and name != "payment",
        workload=None if name == "content" else known.workload,
    )


def _failed(without: gates.Community, chosen: GroupsSettings) -> list[str]:
    outcome = gates.gates(
        without,
        min_accounts=chosen.min_accounts,
        min_families=chosen.min_families,
        min_stability=chosen.fringe,
    )
    return [gate.name for gate in outcome if not gate.passed]


def sources(group: Taken, least: int) -> tuple[list[Row], Row | None]:
    """The sources whose loss does most, each alone, and the smallest set found that takes it apart (or, with
    `falls` false, the most damaging one it outlives). Values are numbers still."""
    taken = web.taken_in_turn(group.web, group.web.sources())
    smallest = web.smallest_set(group.web, taken, least=least)
    told = [_row(group, each, least) for each in taken[:TOLD]]
    return told, _row(group, smallest, least) if smallest else None


def _row(group: Taken, taken: web.Taken, least: int) -> Row:
    return {
        "sources": [
            {
                "family": group.families[each.family],
                "values": [int(v) for v in each.values[:NAMED]],
                "more": max(len(each.values) - NAMED, 0),
                "accounts": each.accounts,
                "bits": each.bits,
            }
            for each in taken.sources
        ],
        **asdict(taken.remains),
        "falls": taken.remains.falls(least),
    }


def thinnest(group: Taken, names: Sequence[str], *, least: int, seed: int) -> Row | None:
    """The two sides the group would come apart into."""
    found = weakest_cut.seam(group.web, least=least, seed=seed)
    if found is None:
        return None
    smaller = group.judged.members[found.side == 1][: member_outliers.TOLD]
    return {
        "sizes": list(found.sizes),
        "across": found.across,
        "expected": found.expected,
        "ratio": round(found.ratio, 6),
        "thin": found.ratio < weakest_cut.SEAM,
        "smaller": [names[i] for i in smaller],
    }


def weakest(group: Taken, names: Sequence[str], stays: Floats) -> Row:
    """The account that hangs by least."""
    found = weakest_cut.weakest(group.web)
    account = int(group.judged.members[found.account])
    return {
        "account": names[account],
        "links": found.links,
        "median": found.median,
        "strongest": round(found.strongest, 6) if np.isfinite(found.strongest) else None,
        "membership": round(float(stays[account]), 6),
    }


def opposing(group: Taken, signals: Sequence[str]) -> list[Row]:
    """For each signal that speaks against any link: how many, with how many bits in all, and the most."""
    inside, found = group.web, []
    against_it = inside.counted < 0
    for signal in np.unique(inside.rows.signal[against_it]).tolist():
        own = against_it & (inside.rows.signal == signal)
        found.append(
            {
                "signal": signals[signal],
                "links": len(np.unique(inside.rows.pair[own])),
                "bits": round(float(np.rint(inside.counted[own] * 1e6).sum()) / 1e6, 6),
                "most": float(inside.counted[own].min()),
            }
        )
    return found


def common(group: Taken, family: str, degrees: Ints) -> tuple[int, float | None]:
    """Of the values of a family that links rest on: how many, and the median share of their holders outside,
    each value with the weight of what it says. `degrees` counts holders by value."""
    inside = group.web
    of_family = (inside.family == group.families.index(family)) & inside.rows.on_values
    rows = np.flatnonzero(of_family & (inside.counted > 0))
    if not len(rows):
        return 0, None
    values, place = np.unique(inside.rows.value[rows], return_inverse=True)
    weight = np.bincount(place, weights=np.rint(inside.counted[rows] * 1e6))
    holds = np.zeros((len(values), inside.n), dtype=bool)
    for side in inside.ends:
        holds[place, side[inside.rows.pair[rows]]] = True
    elsewhere = 1 - np.minimum(holds.sum(axis=1) / np.maximum(degrees[values], 1), 1.0)
    order = np.lexsort((values, elsewhere))
    middle = int(np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2))
    return len(values), round(float(elsewhere[order][middle]), 6)
