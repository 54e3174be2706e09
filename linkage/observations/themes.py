"""What two accounts ask about, day in, day out: their common themes, which are too common to weigh alone.

Rare templates and sentences speak for themselves. This compares how often two accounts come back to the
commonest ones. What a likeness is worth is learnt as for the hours of the day: from each account's even
days against its own odd days, and against strangers' odd days.
"""

from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _
from numpy.typing import NDArray

from linkage.arrays import DECIMALS, Floats, Ints
from linkage.observations.durations import DAY
from linkage.observations.likeness import likeness_classes
from linkage.settings.observations import Themes

BATCH = 65_536
"""Pairs whose rows are multiplied at once; no result depends on it."""


@dataclass(frozen=True)
class ThemeCounts:
    """How often each account used each theme on even and on odd days: a, theme (a place in `themes`), odd,
    n, first and last moment, and the first row that did; in the order of a, theme, odd."""

    rows: pa.Table
    themes: tuple[str, ...]


@dataclass(frozen=True)
class ThemeProfiles:
    """For each account (rows, of which `place` gives the number, −1 for none) and theme (columns): how much
    likelier it is than for anybody (log₂) on even days, and its share on odd days; and what a likeness is
    worth: its class by `edges`, and the bits of each class."""

    place: Ints
    likelier: NDArray[np.float32]
    share: NDArray[np.float32]
    edges: Floats
    worth: Floats


def daily_uses(asked: ir.Table, segments: ir.Table) -> ir.Table:
    """Uses of every sentence and template on even and odd days: a, value, odd, n, first, last, row.

    `asked`: a, at, row, prompt_id, template; `segments` maps prompt_id to segment. Rows without a time are of
    no day.
    """
    asked = asked.filter(asked.at.notnull())
    held = asked.join(segments, "prompt_id").select("a", "at", "row", value="segment")
    whole = asked.filter(_.template.notnull()).select("a", "at", "row", value="template")
    counts = held.union(whole).group_by("a", "value", odd=(_.at // DAY) % 2)
    return counts.agg(n=_.count(), first=_.at.min(), last=_.at.max(), row=_.row.min())


def commonest(uses: ir.Table, chosen: Themes) -> ir.Table:
    """The most widely held sentences and templates of `daily_uses`, in order: value, accounts."""
    wide = uses.group_by("value").agg(accounts=_.a.nunique())
    return wide.order_by([wide.accounts.desc(), wide.value]).limit(chosen.themes)


def theme_uses(uses: ir.Table, numbers: ir.Table) -> ir.Table:
    """The rows of ThemeCounts, in order; `numbers` maps value to theme."""
    rows = uses.join(numbers, "value").select("a", "theme", "odd", "n", "first", "last", "row")
    return rows.order_by(["a", "theme", "odd"])


def theme_facts(names: list[str], counts: ThemeCounts, chosen: Themes) -> pa.Table:
    """One fact for each account active enough to be compared: its commonest themes."""
    rows, themes = counts.rows, max(len(counts.themes), 1)
    a, theme, odd, n = (rows[c].to_numpy().astype(np.int64) for c in ("a", "theme", "odd", "n"))
    known = _enough(a, odd, n, len(names), chosen)
    at = np.flatnonzero(known[a])
    cell, place = np.unique(a[at] * themes + theme[at], return_inverse=True)
    times = np.bincount(place, weights=n[at], minlength=len(cell)).astype(np.int64)
    order = np.lexsort((cell, -times, cell // themes))
    who, start = np.unique((cell // themes)[order], return_index=True)
    end = np.append(start, len(order))[1:]
    most = [cell[order[i : min(i + chosen.named, j)]] % themes for i, j in zip(start, end, strict=True)]
    low, high = np.searchsorted(a, who), np.searchsorted(a, who, side="right")
    first, last = rows["first"].to_numpy(), rows["last"].to_numpy()
    return pa.table(
        {
            "account": pa.array([names[i] for i in who], pa.string()),
            "trait": pa.array(["themes"] * len(who), pa.string()),
            "value": pa.array([" ".join(counts.themes[t] for t in some) for some in most], pa.string()),
            "first_at": pa.array([int(first[i:j].min()) for i, j in zip(low, high, strict=True)], pa.int64()),
            "last_at": pa.array([int(last[i:j].max()) for i, j in zip(low, high, strict=True)], pa.int64()),
            "count": pa.array([int(n[i:j].sum()) for i, j in zip(low, high, strict=True)], pa.int64()),
            "source": pa.array([f"interactions:{rows['row'][int(i)]}" for i in low], pa.string()),
        }
    )


def _enough(a: Ints, odd: Ints, n: Ints, accounts: int, chosen: Themes) -> NDArray[np.bool_]:
    """Which accounts used themes often enough on even and on odd days."""
    total = np.bincount(a * 2 + odd, weights=n, minlength=2 * accounts).reshape(-1, 2)
    return np.asarray((total >= chosen.min_events).all(axis=1), dtype=bool)


def theme_profiles(counts: ThemeCounts, accounts: int, chosen: Themes, *, seed: int) -> ThemeProfiles | None:
    """The themes of all accounts active enough; None where too few are."""
    rows, themes = counts.rows, chosen.themes
    a, theme, odd, n = (rows[c].to_numpy().astype(np.int64) for c in ("a", "theme", "odd", "n"))
    known = np.flatnonzero(_enough(a, odd, n, accounts, chosen))
    if len(known) < chosen.min_accounts:
        return None
    place = np.full(accounts, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    kept = place[a] >= 0
    cells = (place[a[kept]] * 2 + odd[kept]) * themes + theme[kept]
    uses = np.bincount(cells, weights=n[kept], minlength=2 * themes * len(known))
    uses = uses.reshape(len(known), 2, themes)
    even, share = uses[:, 0], uses[:, 1] / uses[:, 1].sum(axis=1, keepdims=True)
    usual = _usual(uses, chosen.smoothing)
    prior = chosen.prior_events
    likelier = np.log2((even + prior * usual) / (even.sum(axis=1, keepdims=True) + prior) / usual)
    return _learnt(place, likelier.astype(np.float32), share.astype(np.float32), chosen, seed=seed)


def _usual(uses: Ints, smoothing: float) -> Floats:
    """Each theme's share in what anybody does; each account counts alike."""
    usual = (uses.sum(axis=1) / uses.sum(axis=(1, 2))[:, None]).mean(axis=0)
    smoothed: Floats = (usual + smoothing) / (usual + smoothing).sum()
    return smoothed


def _learnt(
    place: Ints, likelier: NDArray[np.float32], share: NDArray[np.float32], chosen: Themes, *, seed: int
) -> ThemeProfiles:
    count = len(likelier)
    every = np.arange(count)
    own = likeness(likelier, share, every, every)
    chance = likeness(likelier, share, every, np.random.default_rng(seed).permutation(count))
    edges, ratio = likeness_classes(own, chance, chosen.classes)
    # Unlike themes say nothing against: an operator may give each account a subject of its own.
    worth = np.round(np.clip(ratio, 0.0, chosen.max_bits), DECIMALS).astype(np.float64)
    return ThemeProfiles(place, likelier, share, edges, worth)


def likeness(
    likelier: NDArray[np.float32], share: NDArray[np.float32], left: Ints, right: Ints
) -> NDArray[np.float64]:
    """How much better the left account's even days foretell the right one's odd days than anybody's do:
    mean log₂ likelihood ratio of one event."""
    parts = [
        np.einsum("ij,ij->i", likelier[left[i : i + BATCH]], share[right[i : i + BATCH]], dtype=np.float64)
        for i in range(0, len(left), BATCH)
    ]
    return np.round(np.concatenate(parts), DECIMALS) if parts else np.empty(0)


def theme_bits(profiles: ThemeProfiles, left: Ints, right: Ints) -> Floats:
    """Bits for each pair, from 0 to max_bits; NaN where either account was too little active to compare."""
    x, y = profiles.place[left], profiles.place[right]
    both = (x >= 0) & (y >= 0)
    bits = np.full(len(left), np.nan)
    alike = likeness(profiles.likelier, profiles.share, x[both], y[both])
    bits[both] = profiles.worth[np.searchsorted(profiles.edges, alike)]
    return bits
