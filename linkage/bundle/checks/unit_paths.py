"""Which paths units have: whatever stands under another path was made by no run, and counts for nothing."""

from linkage.bundle.checks.unit_parts import PART

_KINDS: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    "account": ((3,), ("member", "name")),
    "against": ((3, 4), ("count", "in-full", "said")),
    "claim": ((3,), ("claim",)),
    "group": ((3,), ()),
    "link": ((4,), ("ends", "reasons", "strength", "weights")),
    "member": ((4,), ("standing",)),
    "person": ((3,), ("name",)),
    "run": ((2, 4), ()),
    "seen": ((3,), ()),
    "seen-days": ((3,), ()),
    "setting": ((3,), ()),
    "signal": ((3,), ("meaning",)),
    "template": ((4,), ("example", "sent", "value")),
    "validation": ((2,), ("rates",)),
}
"""Of each kind how many names a path has, and which the last may be; any where none are listed."""

_NOTHING: tuple[tuple[int, ...], tuple[str, ...]] = ((), ())


def is_placed(names: list[str]) -> bool:
    """Whether the names of a path are those of a unit, or of a part of one."""
    lengths, last = _KINDS.get(names[0], _NOTHING)
    # A name may begin as a part does: a signal is called what a source calls its column.
    count = len(names) - (len(names) > 3 and PART.fullmatch(names[-2]) is not None)
    return count in lengths and (not last or names[-1] in last)
