"""From numbers back to words: the tables of the case folder.

Inside, accounts, values and signals are numbers; here they get their names, ids and sentences, at one place.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _
from numpy.typing import NDArray

from linkage.arrays import DECIMALS
from linkage.evidence.shared_values import millionths
from linkage.groups.assessment import Assessment
from linkage.groups.profile import linking_families
from linkage.links.stage import VERDICTS, Links
from linkage.schema import CASE
from linkage.wording import many

MICRO = 1e6


def _named(names: pa.Array, numbers: NDArray[np.int64]) -> pa.Array:
    return names.take(pa.array(numbers))


def _family_lists(masks: NDArray[np.int64], families: Sequence[str]) -> pa.Array:
    kinds, inverse = np.unique(masks, return_inverse=True)
    lists = [[name for i, name in enumerate(families) if (int(mask) >> i) & 1] for mask in kinds]
    return pa.array(lists, pa.list_(pa.string())).take(pa.array(inverse))


def links(found: Links, names: list[str]) -> pa.Table:
    """links.parquet: the pairs that are links, and those on which a person has decided."""
    scored = found.scored
    kept = np.flatnonzero(found.listed)
    verdict = np.full(len(kept), None, dtype=object)
    for place in np.flatnonzero(found.decided(*VERDICTS)[kept]).tolist():
        row = kept[place]
        verdict[place] = found.forced[int(scored.left[row]), int(scored.right[row])]
    accounts = pa.array(names, pa.string())
    return pa.table(
        {
            "left": _named(accounts, scored.left[kept]),
            "right": _named(accounts, scored.right[kept]),
            "log_odds": scored.log_odds[kept],
            "families": _family_lists(scored.families[kept], found.families),
            "verdict": pa.array(verdict, pa.string()),
        },
        schema=CASE["links"].schema,
    )


def cohesion(members: ir.Table) -> ir.Table:
    """Mean similarity of each template's prompts, to a millionth; `members` has template and similarity.

    Of whole millionths: the last bit of a sum of fractions depends on which thread adds what, and where the
    mean lies between two millionths that bit decides.
    """
    sums = members.group_by("template").agg(total=millionths(_.similarity).sum(), n=_.count())
    return sums.select("template", cohesion=(_.total / _.n).round() / MICRO)


# --- groups and findings --------------------------------------------------------------------------


def memberships(
    groups: Sequence[tuple[str, Assessment]], names: list[str], stays: NDArray[np.float64], *, core: float
) -> pa.Table:
    """Rows of groups.parquet, with the reason those of explained.parquet, and with all those of
    unresolved."""
    members = np.concatenate([np.empty(0, np.int64), *(each.members for _name, each in groups)])
    # Rounded as Python does it, once for each share there is: NumPy's own way may differ in the last bit.
    shares, place = np.unique(stays[members], return_inverse=True)
    rounded = np.array([round(share, DECIMALS) for share in shares.tolist()], dtype=np.float64)
    about = {
        "group": [name for name, _each in groups],
        "reason": [each.reason for _name, each in groups],
        "favours": [each.favours for _name, each in groups],
        "settles": [each.settles for _name, each in groups],
    }
    kinds = [pa.field(name, pa.float64() if name == "favours" else pa.string()) for name in about]
    sizes = np.array([len(each.members) for _name, each in groups], dtype=np.int64)
    of_group = np.repeat(np.arange(len(groups)), sizes)
    rows = pa.table(about, schema=pa.schema(kinds)).take(pa.array(of_group))
    role = pa.array(["fringe", "core"]).take(pa.array((stays[members] >= core).astype(np.int8)))
    rows = rows.append_column("account", _named(pa.array(names, pa.string()), members))
    return rows.append_column("membership", pa.array(rounded[place])).append_column("role", role)


def amounts(interactions: ir.Table, members: ir.Table) -> ir.Table:
    """For each group: interactions, tokens, first and last moment; `members` has group and account."""
    return (
        interactions.join(members, "account")
        .group_by("group")
        .agg(
            interactions=_.count(),
            input_tokens=_.input_tokens.sum(),
            output_tokens=_.output_tokens.sum(),
            first_at=_.at.min(),
            last_at=_.at.max(),
        )
    )


@dataclass(frozen=True)
class Families:
    """On which families a group rests: those that its links rest on, and those that confirm it and make none
    of its links, for in these it differs from others, or half of it hangs together by cards, names or
    numbers."""

    linked: tuple[str, ...]
    confirmed: tuple[str, ...]


def families(assessment: Assessment, inside: AbstractSet[str]) -> Families:
    """The families of a group; `inside` are those with bits in any link between two of its accounts."""
    profile = assessment.profile
    linked = linking_families(profile) & inside
    others = set(assessment.families) & (profile.group_families | profile.chain_families)
    return Families(tuple(sorted(linked)), tuple(sorted(others - linked)))


def families_inside(
    groups: Sequence[tuple[str, Assessment]], found: Links, accounts: int
) -> dict[str, frozenset[str]]:
    """Of each group the families with bits in any link between two of its accounts."""
    home = np.full(accounts, -1, dtype=np.int64)
    for number, (_name, assessment) in enumerate(groups):
        home[assessment.members] = number
    scored = found.scored
    left, right = home[scored.left], home[scored.right]
    rows = np.flatnonzero(found.linked & (left == right) & (left >= 0))
    masks = np.zeros(len(groups), dtype=np.int64)
    np.bitwise_or.at(masks, left[rows], scored.families[rows])
    return {
        name: frozenset(each for i, each in enumerate(found.families) if (int(mask) >> i) & 1)
        for (name, _assessment), mask in zip(groups, masks, strict=True)
    }


def findings(
    groups: Sequence[tuple[str, Assessment]],
    done: Mapping[str, Mapping[str, Any]],
    stays: NDArray[np.float64],
    links: Links,
) -> pa.Table:
    """findings.parquet: one row for each reported group; what is not computed stays null."""
    rows = []
    inside = families_inside(groups, links, len(stays))
    for name, assessment in groups:
        own, rests_on = done.get(name, {}), families(assessment, inside[name])
        rows.append(
            {
                "group": name,
                "accounts": len(assessment.members),
                "interactions": own.get("interactions", 0),
                **{k: own.get(k) for k in ("input_tokens", "output_tokens", "first_at", "last_at")},
                "log_odds": assessment.log_odds,
                "q_value": assessment.q_value,
                "stability": round(float(stays[assessment.members].mean()), DECIMALS),
                "families": sorted({*rests_on.linked, *rests_on.confirmed}),
                "distillation": own.get("distillation"),
                "targets": own.get("targets", []),
                "infrastructure": assessment.infrastructure,
                "summary": summary(assessment, own, rests_on),
            }
        )
    schema = CASE["findings"].schema
    plain = [pa.field(f.name, pa.int64() if pa.types.is_timestamp(f.type) else f.type) for f in schema]
    return pa.Table.from_pylist(rows, pa.schema(plain))


def summary(assessment: Assessment, done: Mapping[str, Any], rests_on: Families) -> str:
    """One sentence an investigator can repeat."""
    size = len(assessment.members)
    asked = f" and {many(done['interactions'], 'interaction')}" if done.get("interactions") else ""
    marks = [
        f"{m.inside:.0%} {m.trait.replace('_', ' ')} {m.value} ({m.outside:.0%} elsewhere)"
        for m in assessment.enrichments[:2]
    ]
    apart = f"; set apart by {', '.join(marks)}" if marks else ""
    by = f", linked by {', '.join(rests_on.linked)}" if rests_on.linked else ""
    also = f", confirmed by {', '.join(rests_on.confirmed)}" if rests_on.confirmed else ""
    return f"{many(size, 'account')}{asked}{by}{also}{apart}"
