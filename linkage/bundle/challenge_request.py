"""Challenges to a seal, written from a bundle."""

import json

from linkage.bundle.checks.challenge import challenge_fault
from linkage.errors import UsageError


def challenge(seal: str, beacon: str, count: int) -> bytes:
    """A challenge to open so many units that the beacon picks; raises UsageError for a useless one."""
    if why := challenge_fault(beacon, count):
        raise UsageError(why)
    fields = {"seal": seal, "beacon": beacon, "count": count}
    return json.dumps(fields, separators=(",", ":")).encode("ascii") + b"\n"
