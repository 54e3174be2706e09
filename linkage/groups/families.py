"""What families of evidence say together: which count once, and which a tool or a place brings by itself."""

from collections.abc import Sequence

import numpy as np

from linkage.arrays import Bools, Ints

PLACE = frozenset(("network", "device"))
"""An address and a client are one way in; they show a place or a tool, never by themselves a person."""

WAY_IN = PLACE | {"timing"}
"""What those show in common who come by one way: its addresses, its clients, its hours."""

NOT_PROVISION = frozenset(("network", "device", "content", "timing"))
"""Families that a popular tool, a tutorial or a shared network brings about by itself."""

PROVISION = frozenset(("payment", "registration"))
"""What is provided for accounts, and may be what a community was chosen by from a crowd of accounts."""

NOT_PLANTED = "registration"
"""What nobody can put on another's account afterwards: when and how it was opened. Requests, addresses,
clients and cards come with a stolen key or session."""


def independent_families(families: frozenset[str]) -> frozenset[str]:
    """Families that do not stand for one another: network and device count as one way in."""
    return families - PLACE | ({"network"} if families & PLACE else set())


def independent_count(held: Bools, names: Sequence[str]) -> Ints:
    """How many independent families each account has, of those it holds: (accounts, families named)."""
    kinds = [min(independent_families(frozenset((name,)))) for name in names]
    ways = [held[:, [own == kind for own in kinds]].any(axis=1) for kind in sorted(set(kinds))]
    return np.sum(ways, axis=0, dtype=np.int64) if ways else np.zeros(len(held), dtype=np.int64)


def counted_once(families: frozenset[str]) -> str:
    """What to add where families that do not stand for one another count as one; empty elsewhere."""
    both = families >= PLACE
    return f" ({' and '.join(sorted(PLACE, reverse=True))} count as one)" if both else ""


def little_in_common(families: frozenset[str]) -> str:
    """Why a community whose accounts have these families in common is not reported for too few of them."""
    if families and families <= WAY_IN:
        return "shared infrastructure: one way in, nothing else in common"
    if families == {"content"}:
        return "a popular tool, tutorial or public text: alike questions, nothing else in common"
    if "content" in families and families <= NOT_PROVISION:
        return "a popular tool, tutorial or public text: alike questions, client and ways in, nothing else"
    return "too few independent families of evidence"
