"""Challenges to a seal, written from a bundle."""

import json

from linkage.bundle.checks.challenge import MOST_PICKED
from linkage.errors import UsageError


def challenge(seal: str, beacon: str, count: int) -> bytes:
    """A challenge to open so many units that the beacon picks; raises UsageError for a useless one."""
    if not 0 < count <= MOST_PICKED:
        raise UsageError(f"{count}: not a number of units to pick", hint=f"1 to {MOST_PICKED}; 300 bound 1 %")
    if len(beacon.strip()) < 8:
        raise UsageError(
            "a beacon is public and could not be foreseen", hint="a lottery's or drand's numbers"
        )
    fields = {"seal": seal, "beacon": beacon, "count": count}
    return json.dumps(fields, separators=(",", ":")).encode("ascii") + b"\n"
