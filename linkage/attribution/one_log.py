"""Which traits have values that mean something in one log only: no other log's can agree with them."""

from linkage.schema import TRAIT_FAMILY

OF_ONE_LOG = frozenset(("created_at", "registration_burst", "issuing_burst", "themes"))
"""Traits whose values are moments, bursts or profiles of one log: no other log's can agree with them."""

OF_ONE_LOG_FAMILIES = frozenset(("timing", "lineage"))
"""Families of which every trait is so: hours and rhythms, and hashes of the answers that were given there."""


def of_one_log(trait: str) -> bool:
    """Whether the values of a trait mean something in one log only."""
    return trait in OF_ONE_LOG or TRAIT_FAMILY.get(trait) in OF_ONE_LOG_FAMILIES
