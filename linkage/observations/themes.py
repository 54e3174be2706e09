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

from linkage.arrays import Floats, Ints
from linkage.engines import Engine

DAY = 86_400_000_000
THEMES = 128
"""So many themes, the most widely held: what fewer hold, rarity weighs better."""

LEAST_EVENTS = 6
"""Times an account must have touched a theme on its even and on its odd days."""

LEAST_ACCOUNTS = 50
"""Accounts from which the population shows what likenesses are worth."""

DRAWN = 5.0
"""Weight of the population's habits in an account's own, in events: of few little is known."""

MOST_BITS = 3.0
"""Work divided by theme looks like different people, a popular subject like the same: this only supports."""

BINS = 8


@dataclass(frozen=True)
class Tastes:
    """For each account (rows, of which `place` gives the number, −1 for none) and theme (columns): how much
    likelier it is than for anybody (log₂) on even days, and its share on odd days; and what a likeness is
    worth: its class by `edges`, and the bits of each class."""

    place: Ints
    likelier: NDArray[np.float32]
    share: NDArray[np.float32]
    edges: Floats
    worth: Floats


@dataclass(frozen=True)
class Touched:
    """How often each account touched each theme on even and on odd days: a, theme (a place in `themes`), odd,
    n, first and last moment, and the first row that did; in the order of a, theme, odd."""

    rows: pa.Table
    themes: tuple[str, ...]


def touched(engine: Engine, asked: ir.Table, segments: ir.Table) -> Touched:
    """The commonest themes and who touched them. `asked`: a, at, row, prompt_id, template; `segments` maps
    prompt_id to segment. Themes are sentences and templates, the most widely held first."""
    held = asked.join(segments, "prompt_id").select("a", "at", "row", value="segment")
    whole = asked.filter(_.template.notnull()).select("a", "at", "row", value="template")
    counts = held.union(whole).group_by("a", "value", odd=(_.at // DAY) % 2)
    daily = engine.keep(counts.agg(n=_.count(), first=_.at.min(), last=_.at.max(), row=_.row.min()))
    wide = daily.group_by("value").agg(accounts=_.a.nunique())
    top = engine.collect(
        wide.order_by([wide.accounts.desc(), wide.value]).limit(THEMES), at_most=engine.max_rows
    )
    named = engine.table(top.select(["value"]).append_column("theme", pa.array(np.arange(len(top)))))
    rows = daily.join(named, "value").select("a", "theme", "odd", "n", "first", "last", "row")
    found = engine.collect(rows.order_by(["a", "theme", "odd"]), at_most=engine.max_rows)
    engine.drop(daily, named)
    return Touched(found, tuple(top["value"].to_pylist()))


def theme_facts(names: list[str], found: Touched) -> pa.Table:
    """One fact for each account active enough to be compared: its three commonest themes."""
    rows = found.rows
    a, theme, odd, n = (rows[c].to_numpy().astype(np.int64) for c in ("a", "theme", "odd", "n"))
    known = _enough(a, odd, n, len(names))
    at = np.flatnonzero(known[a])
    cell, place = np.unique(a[at] * THEMES + theme[at], return_inverse=True)
    times = np.bincount(place, weights=n[at], minlength=len(cell)).astype(np.int64)
    order = np.lexsort((cell, -times, cell // THEMES))
    who, start = np.unique((cell // THEMES)[order], return_index=True)
    end = np.append(start, len(order))[1:]
    chosen = [cell[order[i : min(i + 3, j)]] % THEMES for i, j in zip(start, end, strict=True)]
    low, high = np.searchsorted(a, who), np.searchsorted(a, who, side="right")
    first, last = rows["first"].to_numpy(), rows["last"].to_numpy()
    return pa.table(
        {
            "account": pa.array([names[i] for i in who], pa.string()),
            "trait": pa.array(["themes"] * len(who), pa.string()),
            "value": pa.array([" ".join(found.themes[t] for t in some) for some in chosen], pa.string()),
            "first_at": pa.array([int(first[i:j].min()) for i, j in zip(low, high, strict=True)], pa.int64()),
            "last_at": pa.array([int(last[i:j].max()) for i, j in zip(low, high, strict=True)], pa.int64()),
            "count": pa.array([int(n[i:j].sum()) for i, j in zip(low, high, strict=True)], pa.int64()),
            "source": pa.array([f"interactions:{rows['row'][int(i)]}" for i in low], pa.string()),
        }
    )


def _enough(a: Ints, odd: Ints, n: Ints, accounts: int) -> NDArray[np.bool_]:
    """Which accounts touched themes often enough on even and on odd days."""
    total = np.bincount(a * 2 + odd, weights=n, minlength=2 * accounts).reshape(-1, 2)
    return np.asarray((total >= LEAST_EVENTS).all(axis=1), dtype=bool)


def tastes(found: Touched, accounts: int, *, seed: int) -> Tastes | None:
    """The tastes of all accounts active enough; None where too few are."""
    rows = found.rows
    a, theme, odd, n = (rows[c].to_numpy().astype(np.int64) for c in ("a", "theme", "odd", "n"))
    known = np.flatnonzero(_enough(a, odd, n, accounts))
    if len(known) < LEAST_ACCOUNTS:
        return None
    place = np.full(accounts, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    kept = place[a] >= 0
    cells = (place[a[kept]] * 2 + odd[kept]) * THEMES + theme[kept]
    counts = np.bincount(cells, weights=n[kept], minlength=2 * THEMES * len(known))
    counts = counts.reshape(len(known), 2, THEMES)
    even, share = counts[:, 0], counts[:, 1] / counts[:, 1].sum(axis=1, keepdims=True)
    # Each account counts alike in what anybody does.
    usual = (counts.sum(axis=1) / counts.sum(axis=(1, 2))[:, None]).mean(axis=0)
    usual = (usual + 1e-6) / (usual + 1e-6).sum()
    likelier = np.log2((even + DRAWN * usual) / (even.sum(axis=1, keepdims=True) + DRAWN) / usual)
    return _taught(place, likelier.astype(np.float32), share.astype(np.float32), seed)


def _taught(place: Ints, likelier: NDArray[np.float32], share: NDArray[np.float32], seed: int) -> Tastes:
    count = len(likelier)
    every = np.arange(count)
    own = likeness(likelier, share, every, every)
    chance = likeness(likelier, share, every, np.random.default_rng(seed).permutation(count))
    edges = np.quantile(np.concatenate([own, chance]), np.linspace(0, 1, BINS + 1)[1:-1])
    same = (np.bincount(np.searchsorted(edges, own), minlength=BINS) + 1) / (count + BINS)
    other = (np.bincount(np.searchsorted(edges, chance), minlength=BINS) + 1) / (count + BINS)
    # Unlike themes say nothing against: an operator may give each account a subject of its own.
    worth = np.round(np.clip(np.log2(same / other), 0.0, MOST_BITS), 6)
    return Tastes(place, likelier, share, edges, worth)


def likeness(
    likelier: NDArray[np.float32], share: NDArray[np.float32], left: Ints, right: Ints
) -> NDArray[np.float64]:
    """How much better the left account's even days foretell the right one's odd days than anybody's do:
    mean log₂ likelihood ratio of one event."""
    parts = [
        np.einsum("ij,ij->i", likelier[left[i : i + 65536]], share[right[i : i + 65536]], dtype=np.float64)
        for i in range(0, len(left), 65536)
    ]
    return np.round(np.concatenate(parts), 6) if parts else np.empty(0)


def weigh_themes(tastes: Tastes, left: Ints, right: Ints) -> Floats:
    """Bits for each pair, from 0 to 3; NaN where either account was too little active to be compared."""
    x, y = tastes.place[left], tastes.place[right]
    both = (x >= 0) & (y >= 0)
    bits = np.full(len(left), np.nan)
    alike = likeness(tastes.likelier, tastes.share, x[both], y[both])
    bits[both] = tastes.worth[np.searchsorted(tastes.edges, alike)]
    return bits
